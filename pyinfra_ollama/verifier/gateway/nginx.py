"""nginx's configuration as `nginx -T` shows it, read into directives; includes are followed.

Relies on nginx 1.22.1 and 1.26.3: each file is preceded by `# configuration file PATH:`; a relative
include is looked for beside nginx.conf.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

__all__ = ["Directive", "read"]

_FILE = re.compile(r"^# configuration file (?P<path>/.*):$", re.M)
_TOKEN = re.compile(
    r"""\s+ | \#[^\n]* | (?P<mark>[;{}])
    | "(?P<double>(?:[^"\\]|\\.)*)" | '(?P<single>(?:[^'\\]|\\.)*)'
    | (?P<bare>(?:[^\s;{}"'\\]|\\.|\$\{\w+\})(?:[^\s;{}\\]|\\.|\$\{\w+\})*)""",
    re.X | re.S,
)
_DEEPEST = 20


@dataclass(frozen=True)
class Directive:
    """One directive: its words without quotes, and what stands in its braces."""

    words: tuple[str, ...]
    inner: tuple[Directive, ...] = ()

    @property
    def name(self) -> str:
        return self.words[0]

    @property
    def rest(self) -> str:
        """The words after the name, in one line."""
        return " ".join(self.words[1:])

    def all(self, name: str) -> list[Directive]:
        """The directives of one name among its own."""
        return [one for one in self.inner if one.name == name]

    def first(self, name: str) -> str | None:
        """The words of the first directive of one name among its own."""
        return next((one.rest for one in self.inner if one.name == name), None)


def read(text: str) -> Directive:
    """The whole configuration as one directive named "". Raises ValueError for what is none."""
    starts = list(_FILE.finditer(text))
    if not starts:
        raise ValueError("nginx showed no configuration")
    ends = [*(match.start() for match in starts[1:]), len(text)]
    bodies = [text[m.end() : end] for m, end in zip(starts, ends, strict=True)]
    files = {m["path"]: body for m, body in zip(starts, bodies, strict=True)}
    main = starts[0]["path"]
    return Directive(("",), tuple(_file(main, files, posixpath.dirname(main), 0)))


def _file(path: str, files: Mapping[str, str], folder: str, depth: int) -> Iterator[Directive]:
    if depth > _DEEPEST:
        raise ValueError(f"{path} includes itself")
    for one in _parsed(files[path], path):
        yield from _included(one, files, folder, depth)


def _included(
    one: Directive, files: Mapping[str, str], folder: str, depth: int
) -> Iterator[Directive]:
    """The directive, followed by what it includes where it is an include."""
    if one.inner:
        inner = (more for each in one.inner for more in _included(each, files, folder, depth))
        yield Directive(one.words, tuple(inner))
        return
    yield one
    if one.name == "include" and len(one.words) == 2:
        pattern = posixpath.normpath(posixpath.join(folder, one.words[1]))
        for path in sorted(name for name in files if fnmatchcase(name, pattern)):
            yield from _file(path, files, folder, depth + 1)


def _parsed(text: str, path: str) -> tuple[Directive, ...]:
    stack: list[tuple[tuple[str, ...], list[Directive]]] = [((), [])]
    words: list[str] = []
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise ValueError(f"{path} cannot be read at {text[position : position + 30]!r}")
        position = match.end()
        mark = match["mark"]
        if mark == "{":
            stack.append((tuple(words), []))
            words = []
        elif mark:
            if words:
                stack[-1][1].append(Directive(tuple(words)))
                words = []
            if mark == "}":
                if len(stack) == 1:
                    raise ValueError(f"{path} closes a brace that is not open")
                head, inner = stack.pop()
                stack[-1][1].append(Directive(head or ("",), tuple(inner)))
        elif (word := _word(match)) is not None:
            words.append(word)
    if len(stack) > 1 or words:
        raise ValueError(f"{path} ends in the middle")
    return tuple(stack[0][1])


def _word(match: re.Match[str]) -> str | None:
    for kind in ("double", "single"):
        if match[kind] is not None:
            return re.sub(r"\\([\"'\\])", r"\1", match[kind])
    return match["bare"]
