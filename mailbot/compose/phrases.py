"""The sentences of one language that stand alone: what a tag did, what a journal entry says."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mailbot.compose.typeset import isolate

_VALUE = re.compile(r"\{(\w+)\}")


class MissingPhraseError(LookupError):
    """``phrases.toml`` lacks a sentence, or a sentence wants a value that nobody gave."""


@dataclass(frozen=True, slots=True)
class Phrases:
    """Sentences by their names: ``said.done_invite``, ``tags.ask.does``.

    ``file`` is the one on top, in which an error is best mended.
    """

    file: Path
    sentences: Mapping[str, str]
    rtl: bool = False

    @classmethod
    def read(cls, files: Sequence[Path], *, rtl: bool) -> Phrases:
        """The phrases of TOML files: tables of sentences with ``{named}`` values; a later file wins.

        ``rtl``: the language is written from right to left. Raises ValueError where a file is not such
        TOML, OSError where it cannot be read.
        """
        sentences: dict[str, str] = {}
        for file in files:
            sentences |= _sentences(tomllib.loads(file.read_text(encoding="utf-8")))
        return cls(files[-1], sentences, rtl)

    def say(self, table: str, key: str, /, **values: str) -> str:
        """The sentence ``key`` of ``[table]`` with ``values`` in the places of their names.

        A key in a table below is dotted: ``say("tags", "ask.does")``. Values that the sentence does
        not mention are left out. Raises MissingPhraseError.
        """
        name = f"{table}.{key}"
        try:
            sentence = self.sentences[name]
        except KeyError:
            raise MissingPhraseError(
                f"{self.file} has no sentence {name}. Add it, and in the other languages too."
            ) from None
        if unknown := sorted(self.values(name) - values.keys()):
            raise MissingPhraseError(
                f"{self.file}: {name} mentions {{{unknown[0]}}}, "
                f"but here it can only be told {', '.join(sorted(values)) or 'nothing'}. Take it out."
            )
        return _VALUE.sub(lambda match: isolate(values[match[1]], rtl=self.rtl), sentence)

    def keys(self, table: str) -> tuple[str, ...]:
        """The keys of ``[table]``, those of the tables below it included, in the file's order."""
        names = (name.removeprefix(f"{table}.") for name in self.sentences if name.startswith(f"{table}."))
        return tuple(dict.fromkeys(name.partition(".")[0] for name in names))

    def values(self, name: str) -> frozenset[str]:
        """The names of the values that the sentence ``name``, dotted throughout, mentions."""
        return frozenset(_VALUE.findall(self.sentences[name]))


def _sentences(table: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, str]]:
    for key, entry in table.items():
        if isinstance(entry, dict):
            yield from _sentences(entry, f"{above}{key}.")
        elif isinstance(entry, str) and above:
            yield f"{above}{key}", entry
        else:
            raise ValueError(f"{above}{key} must be a sentence in quotation marks, below a [table]")
