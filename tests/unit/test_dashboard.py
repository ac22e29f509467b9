"""The dashboard is one that Grafana's own types take, and says what it should."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from grafana_foundation_sdk.models.dashboard import Dashboard

from pyinfra_ollama.layout import grafana
from tests.unit import repo
from tests.unit.grafana import UNITS, faults

PLACE = Path(f"files{grafana.DASHBOARD}")
BOARD: dict[str, Any] = json.loads(repo.text(PLACE))
PANELS = [panel for panel in BOARD["panels"] if panel["type"] != "row"]
VARIABLES = {one["name"]: one for one in BOARD["templating"]["list"]}
each = pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel["title"])


def test_grafanas_own_types_take_it_whole() -> None:
    assert list(faults(Dashboard, BOARD)) == []


def damaged(change: Callable[[dict[str, Any]], object]) -> list[str]:
    board = copy.deepcopy(BOARD)
    change(board)
    return list(faults(Dashboard, board))


@pytest.mark.parametrize(
    ("change", "seen"),
    [
        (lambda board: board.update(titel="Ollama"), ".titel: there is no such field"),
        (lambda board: board.update(refresh=30), ".refresh: 30 is no"),
        (lambda board: board["panels"][1].update(id="2"), "[1].id_val: '2' is no"),
        (lambda board: board["panels"][1]["gridPos"].update(h=True), ".h: True is no"),
        (
            lambda board: board["panels"][1]["options"].update(textMode="names"),
            ".text_mode: 'names' is no",
        ),
        (lambda board: board["panels"][1]["links"][0].update(type="page"), "[1].links: ["),
        (
            lambda board: board["panels"][1]["targets"][0].update(query="up"),
            ".targets[0].query: there is no such field",
        ),
    ],
)
def test_what_they_do_not_know_is_seen(
    change: Callable[[dict[str, Any]], object], seen: str
) -> None:
    assert any(seen in fault for fault in damaged(change))


def test_panels_have_ids_of_their_own_and_do_not_overlap() -> None:
    assert len({panel["id"] for panel in BOARD["panels"]}) == len(BOARD["panels"])
    taken: set[tuple[int, int]] = set()
    for panel in BOARD["panels"]:
        grid = panel["gridPos"]
        assert grid["x"] + grid["w"] <= 24
        cells = {
            (x, y)
            for x in range(grid["x"], grid["x"] + grid["w"])
            for y in range(grid["y"], grid["y"] + grid["h"])
        }
        assert not cells & taken
        taken |= cells


@each
def test_a_panel_asks_the_chosen_prometheus_about_the_chosen_hosts(panel: dict[str, Any]) -> None:
    assert VARIABLES["datasource"]["type"] == "datasource"
    assert VARIABLES["datasource"]["query"] == "prometheus"
    chosen = {"type": "prometheus", "uid": "${datasource}"}
    assert panel["datasource"] == chosen
    for target in panel["targets"]:
        assert target["datasource"] == chosen
        assert 'instance=~"$instance"' in target["expr"]


@each
def test_a_panel_has_a_unit(panel: dict[str, Any]) -> None:
    found = panel["fieldConfig"]["defaults"]["unit"]
    assert found in UNITS or re.fullmatch(r"suffix:[a-z]+(/s)?", found)
    # States, names and counts only.
    assert found != "none" or panel["type"] in ("stat", "table")
    if panel["type"] == "heatmap":
        assert panel["options"]["yAxis"]["unit"] in UNITS


def test_every_runbook_it_leads_to_is_there() -> None:
    assert VARIABLES["runbooks"]["query"] == "docs/runbooks"
    urls = [link["url"] for panel in PANELS for link in panel.get("links", [])]
    assert len(urls) > 10
    for url in urls:
        assert (repo.ROOT / url.replace("${runbooks}", VARIABLES["runbooks"]["query"])).is_file()


def test_alerts_are_listed_with_their_runbooks() -> None:
    (table,) = [panel for panel in PANELS if panel["type"] == "table"]
    assert "ALERTS{" in table["targets"][0]["expr"]
    (links,) = [
        field["value"]
        for override in table["fieldConfig"]["overrides"]
        if override["matcher"]["options"] == "alertname"
        for field in override["properties"]
        if field["id"] == "links"
    ]
    assert [link["url"] for link in links] == ["${runbooks}/${__value.text}.md"]
