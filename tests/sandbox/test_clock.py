"""The demo's clock."""

from datetime import timedelta

from mailbot.sandbox.clock import BEGINNING, Clock


def test_it_stands_until_it_is_moved_and_goes_on_when_it_is_let_run():
    clock = Clock()
    assert (clock(), clock()) == (BEGINNING, BEGINNING)

    clock.move(timedelta(days=15))
    assert clock() == BEGINNING + timedelta(days=15)

    clock.run()
    first = clock()
    while clock() == first:
        pass
    assert first < clock() < BEGINNING + timedelta(days=16)
