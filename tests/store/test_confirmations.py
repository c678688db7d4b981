"""«Did you send this?»"""

from __future__ import annotations

from sqlalchemy import Connection

from mailbot.store import confirmations, letters
from mailbot.store.confirmations import Confirmation
from mailbot.store.engine import Store

from .cast import MORNING, REHEMA, queued


def asked(c: Connection) -> tuple[int, int, int]:
    """A letter whose sender was asked: (letter, outgoing letter, confirmation)."""
    [letter] = letters.receive(c, None, [letters.Incoming(b"#invite", MORNING)], MORNING)
    question = queued(c, "a@network.example")
    row = confirmations.ask(c, letter_id=letter, email=REHEMA, outgoing_id=question, now=MORNING)
    return letter, question, row


def test_a_question_is_found_by_the_letter_that_asked_it(store: Store) -> None:
    with store.begin() as c:
        letter, question, row = asked(c)

        assert confirmations.find(c, question) == Confirmation(row, letter, REHEMA, settled=False)
        assert confirmations.find(c, 404) is None
        assert confirmations.asked_already(c, letter)
        assert not confirmations.asked_already(c, 404)
        assert not confirmations.confirmed(c, letter)


def test_yes_confirms_the_letter(store: Store) -> None:
    with store.begin() as c:
        letter, question, row = asked(c)
        confirmations.settle(c, row, confirmed=True, now=MORNING)

        assert confirmations.find(c, question) == Confirmation(row, letter, REHEMA, settled=True)
        assert confirmations.confirmed(c, letter)


def test_the_first_answer_stands(store: Store) -> None:
    with store.begin() as c:
        letter, _question, row = asked(c)
        confirmations.settle(c, row, confirmed=False, now=MORNING)
        confirmations.settle(c, row, confirmed=True, now=MORNING)

        assert not confirmations.confirmed(c, letter)
