"""One thing that was found on a host before anything on it is changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Level = Literal["ok", "warning", "failure"]


@dataclass(frozen=True)
class Finding:
    """One row of the table. Warnings go on, a failure stops its host."""

    level: Level
    check: str
    seen: str
    remedy: str = ""
