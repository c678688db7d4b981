"""Tables and texts on the terminal, in which nothing that came by mail can act as a control sequence."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
"""C0 and C1 control characters but tab and line break, and lone surrogates: ESC in a subject would steer the
terminal, and half a character cannot be written to it."""

_PIPED_WIDTH = 120
"""Columns where the output is no terminal; 80, which rich takes, cuts addresses in two."""


def console(*, stderr: bool = False) -> Console:
    """Where a command prints for a person. What it prints is taken as it is: no markup, no emoji."""
    screen = Console(stderr=stderr, markup=False, emoji=False, highlight=False)
    if not screen.is_terminal:
        screen.width = _PIPED_WIDTH
    return screen


def plain(text: str, style: str = "") -> Text:
    """``text`` without control characters."""
    return Text(_CONTROL.sub("", text), style=style)


def table(headings: Sequence[str], rows: Iterable[Sequence[str | Text]]) -> Table:
    """A table without frames; a Text in it keeps its style, a str is made plain."""
    grid = Table(*headings, box=None, padding=(0, 2, 0, 0), header_style="bold")
    for row in rows:
        grid.add_row(*(cell if isinstance(cell, Text) else plain(cell) for cell in row))
    return grid


def facts(pairs: Iterable[tuple[str, str]]) -> Table:
    """Names and what is known of each, one a line; what is not known is left out."""
    grid = Table.grid(padding=(0, 2, 0, 0))
    for name, known in pairs:
        if known:
            grid.add_row(plain(name, "dim"), plain(known))
    return grid


def heading(screen: Console, text: str) -> None:
    """A line that begins a part."""
    screen.print()
    screen.print(plain(text, "bold"))


def quoted(text: str) -> Padding:
    """Somebody's own words, set in."""
    return Padding(plain(text), (0, 0, 0, 4), expand=False)
