"""The default words, read once for the tests of the readers."""

import tomllib
from pathlib import Path

from mailbot.parsers.words import Words

WORDS = Words.from_table(
    tomllib.loads((Path(__file__).parents[2] / "rules" / "words.toml").read_text(encoding="utf-8"))
)
