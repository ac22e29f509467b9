"""What a person can do wrong, or the machine refuse, in the lab."""

from __future__ import annotations


class LabError(Exception):
    """A refusal or failure; its text says what was seen and what to do, on its own."""


class UsageError(LabError):
    """The command line asks for something that cannot be meant."""


class NotUpError(LabError):
    """No such lab, or its hosts are not running."""
