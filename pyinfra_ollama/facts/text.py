"""The text of files, for diffs: asked only when somebody wants to see one."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable

from pyinfra.api.command import QuoteString, StringCommand
from pyinfra.api.exceptions import FactProcessError
from pyinfra.api.facts import FactBase


class FileTexts(FactBase[dict[str, str]]):
    """
    Returns ``{path: text}`` of the files that exist. Never ask it for a secret file:
    with ``-vvv`` pyinfra prints what facts answer.

    + paths: absolute paths
    """

    @staticmethod
    def default() -> dict[str, str]:
        return {}

    def command(self, paths: tuple[str, ...]) -> StringCommand:
        bits: list[object] = ["for p in"]
        bits.extend(QuoteString(path) for path in paths)
        bits.append('; do [ -f "$p" ] && printf "%s %s\\n" "$p" "$(base64 -w0 <"$p")"; done; true')
        return StringCommand(*bits)

    def process(self, output: Iterable[str]) -> dict[str, str]:
        texts = {}
        for line in output:
            path, _, body = line.rpartition(" ")
            try:
                texts[path] = base64.b64decode(body, validate=True).decode(errors="replace")
            except binascii.Error as error:
                raise FactProcessError(f"the text of {path} was cut off") from error
        return texts
