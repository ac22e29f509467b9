"""The measuring: pages are asked as Prometheus asks them, requests go through the gateway."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median
from urllib.request import ProxyHandler, build_opener

from bench.commands import BenchError
from bench.gateway.asking import connected, on_kept
from bench.metrics.results import NGINX, NODE, OWN, Cost, Round
from bench.stage import say
from lab import api
from lab.streaming import Door

PAGES = ("metrics", "node", "nginx")
_OPENER = build_opener(ProxyHandler({}))
_CPU = re.compile(r"^ollama_exporter_cpu_seconds_total (\S+)$", re.M)


def scrape(address: str) -> str:
    """All pages once; the exporter's own."""
    texts = []
    for page in PAGES:
        with _OPENER.open(f"http://{address}:9434/{page}", timeout=10) as answer:
            texts.append(str(answer.read(), "utf-8"))
    return texts[0]


def cost(lab: str, host: str, door: Door, body: bytes, *, interval: float, scrapes: int) -> Cost:
    """Processor time of the exporters over so many intervals, with a request about each second."""
    before = _spent(lab, host, scrape(door.address))
    started, requests = time.perf_counter(), 0
    last = ""
    with connected(door) as connection:
        for number in range(1, scrapes + 1):
            while time.perf_counter() < started + number * interval:
                on_kept(connection, door, body)
                requests += 1
                left = started + number * interval - time.perf_counter()
                time.sleep(max(0.0, min(1.0, left)))
            last = scrape(door.address)
    seconds = time.perf_counter() - started
    after = _spent(lab, host, last)
    cpu = {name: round(after[name] - before[name], 4) for name in after}
    found = Cost(interval, scrapes, round(seconds, 2), requests, cpu)
    say(f"{scrapes} scrapes in {seconds:.0f} s: {found.percent(OWN):.3f} % of a core")
    return found


def _spent(lab: str, host: str, page: str) -> dict[str, float]:
    """Processor time so far: the exporter's own by its own word, Debian's by the kernel's."""
    match = _CPU.search(page)
    if match is None or 'ollama_exporter_source_up{source="gateway"} 1' not in page:
        raise BenchError(f"the exporter does not tell what is to be measured:\n{page[-500:]}")
    found = {OWN: float(match[1])}
    for name in (NODE, NGINX):
        pid = f"$(systemctl show {name} -p MainPID --value)"
        ran = api.run(lab, host, f"cat /proc/{pid}/stat && getconf CLK_TCK")
        rows = ran.stdout.splitlines()
        if ran.returncode != 0:
            raise BenchError(f"{host}: {name} does not run: {ran.stderr}")
        words = rows[0].rpartition(")")[2].split()
        found[name] = (int(words[11]) + int(words[12])) / int(rows[1])
    return found


def rounds(
    door: Door, body: bytes, *, count: int, seconds: float, every: float
) -> tuple[Round, ...]:
    """So many rounds of requests for so long, not observed and observed, in a changing order."""

    def block(length: float) -> tuple[float, ...]:
        until, made = time.perf_counter() + length, []
        # nginx ends a connection after a thousand requests.
        with connected(door) as connection:
            while time.perf_counter() < until:
                made.append(round(on_kept(connection, door, body), 6))
        return tuple(made)

    block(seconds / 2)
    found = []
    for number in range(count):
        blocks = {}
        for observed in (False, True) if number % 2 else (True, False):
            if observed:
                with _observed(door.address, every):
                    blocks[True] = block(seconds)
            else:
                blocks[False] = block(seconds)
        found.append(Round(blocks[False], blocks[True]))
    measured = tuple(found)
    middle = median(one.added for one in measured) * 1000
    say(f"first word, {count} rounds: {middle:.3f} ms added")
    return measured


@contextmanager
def _observed(address: str, every: float) -> Iterator[None]:
    """Somebody asks for the pages every so many seconds."""
    over, failed = threading.Event(), []

    def ask() -> None:
        while not over.is_set():
            try:
                scrape(address)
            except OSError as error:
                failed.append(str(error))
            over.wait(every)

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
    if failed:
        raise BenchError(f"a page was not answered: {failed[0]}")
