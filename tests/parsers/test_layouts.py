"""Replies of many mail programs in 25 languages, put together by ``bench.replies`` from ``layouts.toml``."""

import tomllib

import pytest

from bench.replies import READER, TABLES, WRITER, plain, replies
from mailbot.parsers.reply import split_reply
from mailbot.values import Letter
from tests.parsers.tables import WORDS

LAYOUTS = tomllib.loads(TABLES.read_text(encoding="utf-8"))


@pytest.mark.parametrize("known", [False, True], ids=["unknown", "known"])
@pytest.mark.parametrize("language", LAYOUTS)
def test_the_new_text_in_every_layout(language, known):
    wrong, count = [], 0
    for one in replies({language: LAYOUTS[language]}):
        count += 1
        parent = Letter(sender=WRITER, text=one.asked) if known else None
        found = plain(split_reply(Letter(sender=READER, text=one.text), parent, WORDS).new)
        assert not set(plain(one.new)) - set(found), f"lost: {one.text}"
        if found != plain(one.new):
            wrong.append(f"{one.layout}\n{one.text}")

    # An introduction that is folded at the full stop of a shortened word leaves its first line behind.
    assert len(wrong) <= 0.015 * count, wrong[0]
