"""Draws the dashboard: `python -m picture.drawing dashboard.json dashboard.png`.

Needs matplotlib and Pillow, which only the benchmark's own virtual environment has. The picture is
the same for the same answers.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("agg")
from matplotlib import pyplot as plt
from matplotlib.patches import FancyBboxPatch
from PIL import Image

from picture import panels as draw
from picture.asking import Taken, load
from picture.board import Panel, panels

# Of the grid's cells, in inches.
CELL_WIDTH, CELL_HEIGHT, MARGIN, HEAD = 0.58, 0.32, 0.06, 0.7
DPI = 110
COLOURS = 128
STYLE = {
    "font.size": 7,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": "#9a9fa6",
    "xtick.color": "#5b6068",
    "ytick.color": "#5b6068",
    "text.color": "#24292e",
}
NOTE = (
    "Drawn by `make dashboard-picture` from what a Prometheus answered to the dashboard's "
    "questions; not a screenshot of Grafana."
)


class Sheet:
    """The whole picture, measured in cells from its upper left corner."""

    def __init__(self, board: tuple[Panel, ...]) -> None:
        self.cells = max(panel.y + panel.height for panel in board)
        self.width = 24 * CELL_WIDTH + 2 * MARGIN
        self.height = self.cells * CELL_HEIGHT + HEAD + MARGIN
        self.figure: Any = plt.figure(figsize=(self.width, self.height), dpi=DPI)

    def box(self, panel: Panel) -> tuple[float, float, float, float]:
        """Left, bottom, width and height of a panel, in inches."""
        top = self.height - HEAD - panel.y * CELL_HEIGHT
        height = panel.height * CELL_HEIGHT - MARGIN
        left = MARGIN + panel.x * CELL_WIDTH
        return left, top - height, panel.width * CELL_WIDTH - MARGIN, height

    def axes(self, left: float, bottom: float, width: float, height: float) -> Any:
        """Axes at a place in inches."""
        whole = (left / self.width, bottom / self.height)
        return self.figure.add_axes((*whole, width / self.width, height / self.height))

    def write(self, left: float, bottom: float, text: str, **more: Any) -> None:
        """Text at a place in inches."""
        self.figure.text(left / self.width, bottom / self.height, text, **more)

    def frame(self, panel: Panel) -> None:
        """A panel's frame and title, or a row's title."""
        left, bottom, width, height = self.box(panel)
        if panel.kind == "row":
            self.write(left, bottom + height / 2, panel.title, size=10, weight="bold", va="center")
            return
        frame = FancyBboxPatch(
            (left, bottom), width, height, boxstyle="round,pad=0,rounding_size=0.04",
            facecolor="white", edgecolor="#d7dade", linewidth=0.8,
            transform=self.figure.dpi_scale_trans, zorder=-1,
        )  # fmt: skip
        self.figure.patches.append(frame)
        top = bottom + height - 0.19
        self.write(left + 0.1, top, panel.title, size=8, weight="bold")
        if panel.unit.startswith("suffix:"):
            unit = panel.unit.removeprefix("suffix:")
            self.write(left + width - 0.1, top, unit, size=7, color="#5b6068", ha="right")


def picture(taken: Taken, path: Path) -> None:
    """Draw all panels where the dashboard has them."""
    board = panels()
    with mpl.rc_context(STYLE):
        sheet = Sheet(board)
        begin, end = (datetime.fromtimestamp(one, UTC) for one in (taken.start, taken.end))
        top = sheet.height - 0.3
        sheet.write(0.12, top, "Ollama", size=14, weight="bold")
        span = f"{begin:%H:%M} to {end:%H:%M} UTC, every {taken.step} s; all hosts"
        sheet.write(sheet.width - 0.12, top, span, size=8, ha="right")
        sheet.write(0.12, top - 0.22, NOTE, size=7, color="#5b6068")
        for panel in board:
            sheet.frame(panel)
            if panel.targets:
                draw.KINDS[panel.kind](sheet, panel, taken)
        drawn = BytesIO()
        sheet.figure.savefig(drawn, format="png", facecolor="#f4f5f6", dpi=DPI)
        plt.close(sheet.figure)
    # A third of the size, and nobody sees a difference.
    Image.open(drawn).convert("RGB").quantize(COLOURS).save(path, optimize=True)


if __name__ == "__main__":
    picture(load(Path(sys.argv[1])), Path(sys.argv[2]))
