"""Outgoing letters from the store to the mail server, and what became of each back into the store."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection

from mailbot.addressing import Cause
from mailbot.carrying_out import carry_out
from mailbot.mail.outbox import Later, Outbox, Outcome, Refused, Sent
from mailbot.mail.pauses import pause_after
from mailbot.office import Office
from mailbot.process.balloting import LETTERS
from mailbot.process.events import BallotSent, DeliveryFailed
from mailbot.store import cases, outgoing
from mailbot.values import Address

log = logging.getLogger(__name__)

AT_ONCE = 20
"""How many letters are claimed at a time; as many are in flight as there are connections."""
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=4)
OPENINGS = frozenset(letters.opening for letters in LETTERS.values())
"""The letters that open a ballot."""
GIVE_UP = timedelta(days=5)
"""RFC 5321 section 4.5.4.1: the give-up time generally needs to be at least four to five days."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """How many letters were sent, put off, and failed for good."""

    sent: int = 0
    later: int = 0
    failed: int = 0

    def __add__(self, other: Delivered) -> Delivered:
        return Delivered(self.sent + other.sent, self.later + other.later, self.failed + other.failed)


async def deliver_due(office: Office, outbox: Outbox, stop: threading.Event) -> Delivered:
    """Deliver what is due, until nothing is or ``stop`` is set. Raises MailError where the server refuses
    us altogether. What was claimed and not begun then waits again."""
    total = Delivered()
    while not stop.is_set() and (claimed := _claim(office)):
        waiting = iter(claimed)
        abreast = range(office.settings.smtp.connections)
        lanes = (_deliver_in_turn(office, outbox, waiting, stop) for _ in abreast)
        results = await asyncio.gather(*lanes, return_exceptions=True)
        _put_back(office, list(waiting))
        faults = [result for result in results if isinstance(result, BaseException)]
        total = sum((r for r in results if isinstance(r, Delivered)), total)
        if faults:
            raise faults[0]
    return total


def _claim(office: Office) -> list[outgoing.Outgoing]:
    with office.store.begin() as connection:
        claimed = outgoing.claim(connection, AT_ONCE, office.now())
    if claimed:
        office.step("claimed", claimed[0].id)
    return claimed


async def _deliver_in_turn(
    office: Office, outbox: Outbox, waiting: Iterator[outgoing.Outgoing], stop: threading.Event
) -> Delivered:
    """Deliver one letter after the other; several of these share what is waiting."""
    total = Delivered()
    while not stop.is_set() and (letter := next(waiting, None)) is not None:
        total += await _deliver(office, outbox, letter)
    return total


def _put_back(office: Office, not_begun: Sequence[outgoing.Outgoing]) -> None:
    if not not_begun:
        return
    with office.store.begin() as connection:
        for letter in not_begun:
            outgoing.put_back(connection, letter.id)


async def _deliver(office: Office, outbox: Outbox, letter: outgoing.Outgoing) -> Delivered:
    try:
        outcome = await outbox.send(letter.sender, letter.recipient, letter.raw)
    except BaseException:
        _put_back(office, [letter])
        raise
    office.step("accepted", letter.id)
    delivered = _note(office, letter, outcome)
    office.step("sent", letter.id)
    return delivered


def _note(office: Office, letter: outgoing.Outgoing, outcome: Outcome) -> Delivered:
    """What became of the letter, in one transaction with what follows for its case."""
    now = office.now()
    with office.store.begin() as connection:
        match outcome:
            case Sent():
                outgoing.sent(connection, letter.id, now)
                _announced(office, connection, letter)
                return Delivered(sent=1)
            case Later(reason) if now - letter.queued_at < GIVE_UP:
                pause = pause_after(letter.attempts + 1, first=FIRST_PAUSE, longest=LONGEST_PAUSE)
                outgoing.put_off(connection, letter.id, try_at=now + pause, error=reason)
                log.warning("the letter «%s» to %s waits: %s", letter.template, letter.recipient, reason)
                return Delivered(later=1)
            case Later(reason) | Refused(reason):
                outgoing.failed(connection, letter.id, reason)
                log.warning(
                    "the letter «%s» to %s cannot be delivered: %s", letter.template, letter.recipient, reason
                )
                _tell_case(office, connection, letter, reason)
                return Delivered(failed=1)


def _announced(office: Office, connection: Connection, letter: outgoing.Outgoing) -> None:
    """The last of the letters that open a ballot has gone out: from now on the days are reckoned."""
    if letter.template not in OPENINGS:
        return
    for number in letter.listed or (letter.case_number,):
        if number and not outgoing.on_their_way(connection, letter.template, number):
            case = cases.load(connection, number)
            carry_out(office, connection, case, [BallotSent()], Cause(office.now()))


def _tell_case(office: Office, connection: Connection, letter: outgoing.Outgoing, reason: str) -> None:
    """That a letter did not reach a participant is an event of the case. That a notice did not reach the
    Secretariat is told in the log alone: the notice of it would go the same way."""
    if not letter.case_number:
        return
    case = cases.load(connection, letter.case_number)
    if Address(letter.recipient).key in {Address(p.email).key for p in case.participants}:
        event = DeliveryFailed(letter.recipient, letter.template, reason)
        carry_out(office, connection, case, [event], Cause(office.now()))
