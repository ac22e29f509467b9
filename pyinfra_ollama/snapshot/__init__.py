"""What one question to a host answers: the question, the parsed answer, no pyinfra."""

from pyinfra_ollama.snapshot.filtering import Chain, FirewallState, UfwRule
from pyinfra_ollama.snapshot.model import (
    Account,
    ApiState,
    FileState,
    GpuState,
    PackageState,
    ReleaseState,
    Snapshot,
    SwapState,
    UnitState,
)
from pyinfra_ollama.snapshot.parse import SnapshotError, parse
from pyinfra_ollama.snapshot.question import Question, question_for, whole_question

__all__ = [
    "Account",
    "ApiState",
    "Chain",
    "FileState",
    "FirewallState",
    "GpuState",
    "PackageState",
    "Question",
    "ReleaseState",
    "Snapshot",
    "SnapshotError",
    "SwapState",
    "UfwRule",
    "UnitState",
    "parse",
    "question_for",
    "whole_question",
]
