"""What fetching a secret comes to: its text, or why it cannot be had. No reason holds the text."""

from __future__ import annotations

# More than any key or token takes.
LONGEST_BYTES = 64 * 1024
# What is no name and no path may well be the secret itself, so it is not shown.
MISTAKEN = "what is not shown"


class SecretError(Exception):
    """A secret could not be had: what was found there, what would do, what to do next."""

    def __init__(self, *, seen: str, accepted: str, remedy: str) -> None:
        super().__init__(f"seen {seen}; accepted: {accepted}; next: {remedy}")
        self.seen = seen
        self.accepted = accepted
        self.remedy = remedy


def as_text(content: bytes, *, what: str) -> str:
    """Return what was read there, whole. Raises `SecretError`."""
    reason = None
    if len(content) > LONGEST_BYTES:
        reason = f"longer than {LONGEST_BYTES} bytes"
    elif not content.strip():
        reason = "empty"
    else:
        try:
            return content.decode()
        except UnicodeDecodeError:
            reason = "no UTF-8 text"
    raise SecretError(
        seen=f"{what} is {reason}", accepted="the secret and nothing else", remedy="correct it"
    )
