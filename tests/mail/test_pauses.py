"""How pauses grow."""

from datetime import timedelta

import pytest

from mailbot.mail.pauses import pause_after


@pytest.mark.parametrize(
    ("attempt", "spread", "seconds"),
    [
        (1, 0.0, 2),
        (2, 0.0, 4),
        (5, 0.0, 32),
        (6, 0.0, 60),
        (1_000_000, 0.0, 60),
        (2, 1.0, 3),
        (2, 0.5, 3.5),
    ],
)
def test_a_pause_doubles_up_to_the_longest(attempt, spread, seconds):
    pause = pause_after(attempt, first=timedelta(seconds=2), longest=timedelta(minutes=1), spread=spread)

    assert pause == timedelta(seconds=seconds)
