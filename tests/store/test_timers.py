"""Timers of cases."""

from __future__ import annotations

import pytest

from mailbot.store import timers
from mailbot.store.cases import NoSuchCase
from mailbot.store.engine import Store

from .cast import DIEGO, MINUTE, MORNING, opened


def test_timers_ring_in_the_order_they_are_due(store: Store) -> None:
    with store.begin() as c:
        first, second = opened(c), opened(c, DIEGO)
        timers.set_timer(c, first, "deadline", MORNING + 2 * MINUTE)
        timers.set_timer(c, second, "reminder", MORNING)
        timers.set_timer(c, first, "reminder", MORNING + MINUTE)

        assert timers.next_due(c) == MORNING
        assert timers.due(c, MORNING + MINUTE) == [
            (second, "reminder", MORNING),
            (first, "reminder", MORNING + MINUTE),
        ]


def test_a_timer_set_again_rings_once_and_later(store: Store) -> None:
    with store.begin() as c:
        number = opened(c)
        timers.set_timer(c, number, "reminder", MORNING)
        timers.set_timer(c, number, "reminder", MORNING + MINUTE)

        assert timers.due(c, MORNING) == []
        assert timers.due(c, MORNING + MINUTE) == [(number, "reminder", MORNING + MINUTE)]


def test_a_stopped_timer_does_not_ring(store: Store) -> None:
    with store.begin() as c:
        number = opened(c)
        timers.set_timer(c, number, "reminder", MORNING)
        timers.set_timer(c, number, "deadline", MORNING)
        timers.stop_timer(c, number, "reminder")
        timers.stop_timer(c, number, "hold")

        assert timers.due(c, MORNING) == [(number, "deadline", MORNING)]
        timers.stop_timer(c, number, "deadline")
        assert timers.next_due(c) is None


def test_a_timer_needs_its_case(store: Store) -> None:
    with pytest.raises(NoSuchCase, match="M-2026-0404"), store.begin() as c:
        timers.set_timer(c, "M-2026-0404", "reminder", MORNING)
