"""What became of each moment: kept as JSON, shown as a table. Both are written, never typed."""

from __future__ import annotations

import json
import subprocess
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

from tests.fleet.running import ROOT
from tests.fleet.torture.moments import Moment
from tests.fleet.torture.watching import Struck

JSON, PAGE = ROOT / "docs/torture.json", ROOT / "docs/torture.md"

_HEAD = """\
# Runs that were struck

Each row is one run of `pyinfra INVENTORY deploy.py` that something befell at a moment chosen by its
seed: a *first deployment* of a bare host, or an *upgrade* (0.32.15 to 0.33.0, other settings, one
more package, other models), or, from seed 101 on, a *first deployment of every role*: gateway,
firewall, metrics, observer, monitoring and backup besides the server. Then the same command ran
again, `pyinfra-ollama verify` looked, and the command ran a third time. A row is good when

- the struck run, where it lived on, ended by itself, with 0 or 1 and no traceback;
- after an upgrade was struck, an Ollama answered before the second run, the older or the newer one;
- the second run ended with 0 and the verifier was green;
- the third run changed nothing and left the server's process alone;
- nothing lies on the host that was not declared, and its release is the archive's, file by file;
  with every role, the files are those of a host that nothing befell, with owners and modes.

What befalls a run:

- *kill*: pyinfra gets SIGKILL.
- *cut*: *session ended*: the ssh connection ends on the host. *cable pulled*: packets are lost
  until the run has given up; *for a moment*: for five seconds, which a run must survive.
- *reboot*: the host's power is cut without a last word, and it boots again. The lab's disks are
  the machine's own, so what a disk loses that was not yet written is **not** tried.
- *disk full*: all that a deployment writes, but for the files of packages below /usr, lies on one
  small file system, which is full from that moment until the run has ended. *read-only*: nothing
  new can be opened for writing in /etc, /opt, /usr and /var until then.
- *hang*: nothing on one of three hosts runs any more, while its kernel goes on answering. The run
  must give that host up and bring the others to their end.

*Struck at* names the operation and command that the run had begun last, and the programs that were
at work on the host. A seed finds the same command again; how far that had got may vary.

`make torture` makes this page (`SEEDS=1-112`), `make torture SEEDS=17` repeats one moment, and
`make test` has the first twelve and one of each rarer way. A row's revision is the commit that ran.

Four faults came to light in this way and were mended: a host that hung held up the whole run for
ever; what the question to the network noted stayed on the host when it was cut; packages that a
full disk had left torn kept every later run from its end; and `apt-get update` could stand still
for ever on a disk that filled (seeds 88 and 92, which were run anew after that).
"""


_COLUMNS = (
    "seed",
    "scenario",
    "way",
    "models",
    "struck at",
    "the run",
    "between",
    "second run",
    "verify",
    "third run",
    "revision",
)


@dataclass
class Row:
    """One moment and its outcome, in words; `fault` is None when all was well."""

    seed: int
    scenario: str
    way: str
    models: str
    operation: str = ""
    command: str = ""
    at_work: str = ""
    late: bool = False
    ended: str = ""
    between: str = ""
    second: str = ""
    verify: str = ""
    third: str = ""
    fault: str | None = None
    seconds: int = 0
    revision: str = ""

    @classmethod
    def of(cls, moment: Moment) -> Row:
        """A row with nothing known but the moment."""
        way = f"{moment.way}: {moment.how}" if moment.how else moment.way
        models = moment.models + (" + swap" if moment.swap else "")
        return cls(moment.seed, moment.scenario, way, models, revision=_revision())

    def note(self, struck: Struck) -> None:
        """Take down where it struck and how the run ended."""
        self.operation, self.command = struck.operation, struck.command
        self.at_work, self.late = struck.at_work, struck.late
        code = "killed" if struck.code < 0 else f"exit {struck.code}"
        self.ended = f"{code} after {struck.seconds:.0f} s"

    @property
    def where(self) -> str:
        """What was going on, for a person."""
        if self.late:
            return "after the end"
        doing = f"{self.operation}: {self.command}" if self.command else self.operation
        return f"{doing} ({self.at_work})" if self.at_work else doing

    @property
    def line(self) -> str:
        """The row on one line."""
        outcome = "FAULT" if self.fault else f"second {self.second}, verify {self.verify}, third ok"
        return f"{self.seed:3} {self.scenario}, {self.way}, at {self.where}: {outcome}"


def read() -> list[Row]:
    """The kept rows."""
    if not JSON.exists():
        return []
    return [Row(**row) for row in json.loads(JSON.read_text())]


def keep(rows: Iterable[Row]) -> list[Row]:
    """Put rows among those that are kept, in place of older ones of their seeds."""
    kept = {row.seed: row for row in [*read(), *rows]}
    ordered = [kept[seed] for seed in sorted(kept)]
    JSON.write_text(json.dumps([asdict(row) for row in ordered], indent=1) + "\n")
    PAGE.write_text(page(ordered))
    return ordered


def page(rows: Sequence[Row]) -> str:
    """The document."""
    good = [row for row in rows if not row.fault]
    late = sum(row.late for row in rows)
    lines = [f"**{len(good)} of {len(rows)} moments were good**; {late} came after the run.", ""]
    lines += ["| operation that was struck | moments |", "|---|---|"]
    places = Counter(row.operation for row in rows if not row.late)
    lines += [f"| {place} | {count} |" for place, count in places.most_common()]
    lines += ["", f"| {' | '.join(_COLUMNS)} |", "|" + "---|" * len(_COLUMNS)]
    lines += [_cells(row) for row in rows]
    faults = [row for row in rows if row.fault]
    for row in faults:
        lines += ["", f"## Seed {row.seed}", "", f"    make torture SEEDS={row.seed}", ""]
        lines += [f"    {line}".rstrip() for line in str(row.fault).splitlines()[:30]]
    return _HEAD + "\n" + "\n".join(lines) + "\n"


def _cells(row: Row) -> str:
    cells = (
        str(row.seed),
        row.scenario,
        row.way,
        row.models,
        row.where,
        row.ended,
        row.between or "-",
        row.second or "-",
        row.verify or "-",
        row.third if not row.fault else "**fault**",
        row.revision,
    )
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _revision() -> str:
    words = ["git", "describe", "--always", "--dirty", "--exclude=*"]
    ran = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    return ran.stdout.strip()
