"""The one way a decision says no: what was seen, what is accepted, what to do next."""

from __future__ import annotations


class RefusedError(Exception):
    """Something on the host or in the declaration that this package will not go on with.

    The text is for a person and stands alone: where, what was seen, what is accepted, what
    to do next.
    """
