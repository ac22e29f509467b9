"""A connection that ends in the middle of a run fails that host, and the others go on.

When a host goes just as a command is to be sent, paramiko 4.0 raises EOFError. pyinfra 3.10 counts
on paramiko's own exception there and ends the whole run with a traceback.
"""

from __future__ import annotations

from typing import Any

import paramiko

__all__ = ["Transport"]


class Transport(paramiko.Transport):
    """paramiko's, which says SSHException when the host ended the connection."""

    def open_channel(self, *args: Any, **options: Any) -> paramiko.Channel:
        """Open a channel as paramiko does. SSHException when there is no connection any more."""
        try:
            return super().open_channel(*args, **options)
        except EOFError as error:
            raise paramiko.SSHException("the host ended the connection") from error
