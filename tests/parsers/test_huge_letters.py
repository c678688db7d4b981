"""The largest letters that a mail server lets through cost a bounded time and memory."""

from __future__ import annotations

import pytest

from bench.huge import HUGE, cost
from mailbot.rulebook import load_rules

LEXICON = load_rules().lexicon
SIZE = 25_000_000

FINDINGS = {
    "text": "text of 8388608 characters, cut at 2097152",
    "a thousand attachments": "more than 1000 parts",
    "parts without number": "more than 1000 parts",
    "letters 5,000 deep": "an attached letter deeper than we read",
    "parts 5,000 deep": "multipart/mixed deeper than we read",
    "a field of a megabyte": "header of 1000093 bytes, cut at 262144",
}


@pytest.mark.parametrize("name", HUGE)
def test_huge_letters_take_bounded_time_and_memory(name):
    raw = HUGE[name](SIZE)

    taken = cost(raw, LEXICON)

    assert not taken.is_too_high(len(raw)), f"{taken.seconds:.1f} s, {taken.megabytes:.0f} MB"
    assert FINDINGS.get(name, "") in "; ".join(taken.letter.defects)
