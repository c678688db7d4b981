"""Where in a TOML file things stand: against what ``tomllib`` reads, for every rule file there is."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mailbot.rulebook import default_folder
from mailbot.toml_places import Places

EXAMPLE = '''# A remark with [brackets] and "a quote
first = 1
a.b = 2
"quoted = key" = 3

[table] # and a remark
text = """
[not.a.table]
key = "neither"
"""
list = [
  "one", # [two]
  [1, 2],
  { inside = 3 },
]
literal = \'[[no]] = "x"\'

[[many]]
x = 1
[[many.more]]
y = 1
[[many.more]]
y = 2
[many.one]
z = 3
[[many]]
x = 2
[[many.more]]
y = 3
["dotted.key".below]
last = true
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("first",), 2),
        (("a", "b"), 3),
        (("a",), 3),
        (("quoted = key",), 4),
        (("table",), 6),
        (("table", "text"), 7),
        (("table", "list"), 11),
        (("table", "list", 2, "inside"), 11),
        (("table", "literal"), 16),
        (("many",), 18),
        (("many", 0, "x"), 19),
        (("many", 0, "more", 1), 22),
        (("many", 0, "more", 1, "y"), 23),
        (("many", 0, "one", "z"), 25),
        (("many", 1), 26),
        (("many", 1, "more", 0, "y"), 29),
        (("dotted.key", "below", "last"), 31),
        (("nowhere",), 0),
        (("table", "nowhere"), 6),
        ((), 0),
    ],
)
def test_each_part_has_its_line(path: tuple[str | int, ...], line: int) -> None:
    assert Places.find(EXAMPLE).line(path) == line


def parts(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """Every table, table of an array and key in what ``tomllib`` read."""
    if path:
        yield path, value
    if isinstance(value, dict):
        for key, below in value.items():
            yield from parts(below, (*path, key))
    elif isinstance(value, list) and all(isinstance(one, dict) for one in value):
        for at, below in enumerate(value):
            yield from parts(below, (*path, at))


RULES = sorted([*default_folder().glob("*.toml"), *Path(__file__).parent.glob("networks/*/rules/*.toml")])


def alone(statement: str) -> Any:
    """What one line with a key and its value says by itself."""
    inside: Any = tomllib.loads(statement)
    while isinstance(inside, dict):
        (inside,) = inside.values()
    return inside


@pytest.mark.parametrize("file", RULES, ids=[f"{file.parents[1].name}-{file.name}" for file in RULES])
def test_in_every_rule_file_each_part_is_found_where_it_stands(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    places, lines = Places.find(text), text.splitlines()
    for path, value in parts(tomllib.loads(text)):
        at = places.line(path)
        assert at, path
        name = next(key for key in reversed(path) if isinstance(key, str))
        assert name in lines[at - 1] or isinstance(value, dict | list), path
        if isinstance(value, str) and lines[at - 1].startswith(f"{name} = ") and lines[at - 1].endswith('"'):
            assert alone(lines[at - 1]) == value, path


def test_a_file_of_windows_has_the_same_lines() -> None:
    assert Places.find(EXAMPLE.replace("\n", "\r\n")).lines == Places.find(EXAMPLE).lines
