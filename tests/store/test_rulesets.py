"""Rules that cases began with."""

from __future__ import annotations

import pytest

from mailbot.store import rulesets
from mailbot.store.engine import Store

from .cast import MINUTE, MORNING


def test_rules_are_kept_once_and_stay_as_they_were(store: Store) -> None:
    with store.begin() as c:
        rulesets.keep(c, "cd" * 32, {"stages": {"inquiry": {"days": 14}}, "words": ["sí", "نعم"]}, MORNING)
        rulesets.keep(c, "cd" * 32, {"stages": {}}, MORNING + MINUTE)

        assert rulesets.load(c, "cd" * 32) == {"stages": {"inquiry": {"days": 14}}, "words": ["sí", "نعم"]}


def test_rules_that_are_not_there_are_named(store: Store) -> None:
    with pytest.raises(rulesets.NoSuchRules, match="0000"), store.look() as c:
        rulesets.load(c, "0000")
