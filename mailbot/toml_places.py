"""On which line of a TOML file each table, entry of an array of tables, and key stands.

``tomllib`` reads a file and forgets where. This looks only for where statements begin, in a file that
``tomllib`` has found to be right; what a value holds inside is at the line of its key.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

Path: TypeAlias = tuple[str | int, ...]
"""Keys and places in arrays, from the outside inward: ``("transitions", 3, "on")``."""

_TOKEN = re.compile(
    r'"""(?:\\.|[^\\])*?"""(?:"{0,2})'
    r"|'''.*?'''(?:'{0,2})"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'"
    r"|\#[^\n]*"
    r"|[\[\]{}\n]"
    r"|[^\"'\#\[\]{}\n]+",
    re.DOTALL,
)
_QUOTED = re.compile(r"\"(?:\\.|[^\"\\\n])*\"|'[^'\n]*'|[^\"'=]+")


@dataclass(frozen=True)
class Places:
    """Where the parts of one file stand, from line 1."""

    lines: Mapping[Path, int] = field(default_factory=dict)

    @classmethod
    def find(cls, text: str) -> Places:
        """Those of a whole file, which must be right TOML."""
        lines: dict[Path, int] = {}
        counts: dict[Path, int] = {}
        table: Path = ()
        for line, statement in _statements(text):
            if statement.startswith("[["):
                path = _within(_keys(statement.strip("[] \t")), counts)
                counts[path] = counts.get(path, 0) + 1
                table = (*path, counts[path] - 1)
            elif statement.startswith("["):
                table = _within(_keys(statement.strip("[] \t")), counts)
            else:
                _note(lines, (*table, *_keys(_key_of(statement))), line)
                continue
            _note(lines, table, line)
        return cls(lines)

    def line(self, path: Path) -> int:
        """The line of ``path``, else of the nearest part around it that has one; 0 where none has."""
        return next((self.lines[path[:n]] for n in range(len(path), 0, -1) if path[:n] in self.lines), 0)


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """Each header and each key with its value, without remarks, and the line on which it begins."""
    line, begun, depth, said = 1, 0, 0, ""
    for piece in _TOKEN.findall(text.replace("\r\n", "\n") + "\n"):
        if piece == "\n" and depth == 0:
            if said.strip():
                yield begun, said.strip()
            said = ""
        elif not piece.startswith("#"):
            begun = begun if said.strip() else line
            said += piece
            depth += (piece in "[{") - (piece in "]}") if len(piece) == 1 else 0
        line += piece.count("\n")


def _key_of(statement: str) -> str:
    """What stands before the first ``=`` that is not in quotation marks."""
    said = ""
    for piece in _QUOTED.finditer(statement):
        said += piece[0]
        if statement[piece.end() : piece.end() + 1] == "=":
            break
    return said


def _keys(written: str) -> tuple[str, ...]:
    """``a."b c".d`` → its keys; TOML itself knows how they are written."""
    found: list[str] = []
    inside: object = tomllib.loads(f"{written} = 0")
    while isinstance(inside, dict):
        ((key, inside),) = inside.items()
        found.append(key)
    return tuple(found)


def _within(keys: tuple[str, ...], counts: Mapping[Path, int]) -> Path:
    """The path of a header: below an array of tables it means the latest of them."""
    path: Path = ()
    for key in keys[:-1]:
        path = (*path, key)
        if path in counts:
            path = (*path, counts[path] - 1)
    return (*path, keys[-1])


def _note(lines: dict[Path, int], path: Path, line: int) -> None:
    """``line`` for ``path``, and for what is around it and has no line yet: ``[a.b]`` begins ``a`` too."""
    for end in range(1, len(path) + 1):
        lines.setdefault(path[:end], line)
