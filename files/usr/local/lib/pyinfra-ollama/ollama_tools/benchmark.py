"""`ollama-benchmark`: how fast this host's chat models answer, and whether that changed.

The server works while it is asked, so others wait, and models are loaded. The last result is kept
on the host, for root.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ollama_tools import state
from ollama_tools.config import PATH, Config, ConfigError, Service, load
from ollama_tools.generating import FailedError, Timed, generate, unload

__all__ = ["main"]

LAST = Path("/var/lib/pyinfra-ollama/benchmark.json")
ANSWER_SECONDS = 600.0
MOST_KEPT = 200


@dataclass(frozen=True)
class Row:
    """One prompt to one model: its times, or why there are none; `before`: tokens/s last time."""

    model: str
    prompt: str
    timed: Timed | None
    failure: str = ""
    before: float | None = None

    @property
    def change_percent(self) -> float | None:
        """How much faster (or, negative, slower) the answer came than last time."""
        if self.timed is None or not self.before:
            return None
        return round(100 * (self.timed.tokens_per_second / self.before - 1), 1)


def measure(config: Config, server: Service, given: argparse.Namespace) -> Iterator[Row]:
    """Ask every model every prompt, one after the other, and say so on stderr."""
    before, prompts = last(), given.prompt or config.prompts
    for model in given.model or config.chat_models:
        if given.cold:
            _let_go(server, model)
        for prompt in prompts:
            yield _one(server, model, prompt, given.tokens, before.get((model, prompt)))


def _let_go(server: Service, model: str) -> None:
    try:
        unload(server, model, seconds=ANSWER_SECONDS)
    except FailedError as error:
        print(f"{model} was not unloaded: {error}", file=sys.stderr)


def _one(server: Service, model: str, prompt: str, tokens: int, before: float | None) -> Row:
    print(f"{model}: {prompt}", file=sys.stderr)

    def show(piece: str) -> None:
        print(piece, end="", file=sys.stderr, flush=True)

    try:
        timed = generate(server, model, prompt, tokens=tokens, seconds=ANSWER_SECONDS, on_text=show)
    except FailedError as error:
        print(f"  failed: {error}", file=sys.stderr)
        return Row(model, prompt, None, str(error), before)
    print(f"\n  {timed.tokens} tokens, {timed.tokens_per_second:g} a second", file=sys.stderr)
    return Row(model, prompt, timed, "", before)


def table(rows: list[Row]) -> str:
    """For people."""
    lines = [
        f"{'model':<24} {'prompt':<28} {'load':>7} {'first':>7} {'prompt/s':>9} {'tok/s':>8}  last"
    ]
    for row in rows:
        head = f"{row.model[:24]:<24} {_short(row.prompt):<28}"
        if row.timed is None:
            lines.append(f"{head} failed: {row.failure}")
            continue
        one, change = row.timed, row.change_percent
        figures = (
            f"{one.load_seconds:>6.2f}s {one.first_token_seconds:>6.2f}s "
            f"{one.prompt_tokens_per_second:>9.1f} {one.tokens_per_second:>8.1f}"
        )
        lines.append(f"{head} {figures}  {'-' if change is None else f'{change:+.1f} %'}")
    return "\n".join(lines)


def _short(prompt: str) -> str:
    return prompt if len(prompt) <= 28 else f"{prompt[:25]}..."


def document(rows: list[Row], started: float) -> dict[str, Any]:
    """For programs, and what is kept."""
    return {
        "schema": 1,
        "started": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(started)),
        "results": [
            {
                "model": row.model,
                "prompt": row.prompt,
                "failure": row.failure or None,
                "change_percent": row.change_percent,
                **(asdict(row.timed) if row.timed else {}),
            }
            for row in rows
        ],
    }


def last(path: Path | None = None) -> dict[tuple[str, str], float]:
    """Tokens a second by model and prompt; nothing when none are kept or may be read."""
    rows = _kept(path or LAST)
    return {(row["model"], row["prompt"]): float(row["tokens_per_second"]) for row in rows}


def _kept(path: Path) -> list[dict[str, Any]]:
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))["results"]
        return [row for row in rows if row["model"] and row["prompt"] and row["tokens_per_second"]]
    except (OSError, ValueError, KeyError, TypeError):
        return []


def keep(found: dict[str, Any], path: Path | None = None) -> None:
    """Have the next run compare with this one, and what was not asked now with what is kept of it.

    A person without the right is told so.
    """
    path = path or LAST
    rows = {(row["model"], row["prompt"]): row for row in found["results"] if not row["failure"]}
    others = [row for row in _kept(path) if (row["model"], row["prompt"]) not in rows]
    kept = {**found, "results": [*others, *rows.values()][-MOST_KEPT:]}
    try:
        state.replace(path, json.dumps(kept, indent=2) + "\n")
    except OSError as error:
        print(f"not kept for the next comparison: {error.strerror}", file=sys.stderr)


def _tokens(text: str) -> int:
    count = int(text)
    if not 1 <= count <= 100_000:
        raise argparse.ArgumentTypeError("1 to 100000")
    return count


def parser() -> argparse.ArgumentParser:
    """The command line."""
    made = argparse.ArgumentParser(
        prog="ollama-benchmark",
        description="Time the declared prompts against every declared chat model. The server is "
        "busy meanwhile. Exit codes: 0 good, 1 a model failed, 2 nothing could be asked, 130 "
        "interrupted: what was measured until then is printed and kept.",
    )
    made.add_argument("--model", action="append", help="only this one; may be given again")
    made.add_argument("--prompt", action="append", help="instead of the declared ones")
    made.add_argument("--tokens", type=_tokens, default=128, help="most of an answer (128)")
    made.add_argument("--cold", action="store_true", help="unload each model first")
    made.add_argument("--json", action="store_true", help="write JSON, not a table")
    made.add_argument("--no-keep", action="store_true", help="leave the last result as it is")
    made.add_argument("--config", type=Path, default=PATH, help="another configuration file")
    return made


def main(arguments: list[str] | None = None) -> int:
    """Measure, print, keep."""
    given, started = parser().parse_args(arguments), time.time()
    try:
        config = load(given.config)
    except ConfigError as error:
        print(f"ollama-benchmark: {error}", file=sys.stderr)
        return 2
    if config.server is None or not (given.model or config.chat_models):
        print("ollama-benchmark: no chat model is declared for this host", file=sys.stderr)
        return 2
    rows: list[Row] = []
    interrupted = True
    with suppress(KeyboardInterrupt):
        for row in measure(config, config.server, given):
            rows.append(row)
        interrupted = False
    found = document(rows, started)
    if rows:
        print(json.dumps(found, indent=2) if given.json else table(rows))
    if not given.no_keep and any(row.timed for row in rows):
        keep(found)
    if interrupted:
        print("\nollama-benchmark: interrupted", file=sys.stderr)
        return 130
    return 1 if any(row.timed is None for row in rows) else 0
