"""How fast the store takes letters and keeps cases.

    python bench/store.py [URL of an empty database]

Without a URL, SQLite in a temporary folder. Every transaction is durable (synchronous=FULL), so the figures
depend on the disk: compare them with each other, and on one machine.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from time import perf_counter

from mailbot.process.case import Case
from mailbot.process.events import Record
from mailbot.store import cases, journal, letters, outgoing, rulesets
from mailbot.store.engine import Store
from mailbot.values import Answer, Applicant, Kind, Participant, Role

NOW = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
RULES = "ab" * 32
BATCH = 50
SIZE = 8_000
"""Bytes of a letter: a page of text under the headers of today's providers."""
WORDS = "We work with fishing families along the coast and want to learn from others. " * 8


def main(url: str) -> None:
    """Measure, and print a line for each figure."""
    store = Store.open(url)
    store.migrate()
    with store.begin() as c:
        rulesets.keep(c, RULES, {}, NOW)
    known: list[Case] = []
    say(f"letters received, in batches of {BATCH}", receiving(store, 100), BATCH)
    say("letters handled: taken up, described, settled", handling(store, 500))
    say("cases opened, each with an entry and a letter", opening(store, 500, known))
    say("cases saved, with an entry, one answer changed", saving(store, known))
    say("cases loaded", loading(store, known))
    say("letters claimed and sent, one by one", sending(store, 500))
    with store.look() as c:
        say("journals audited, of two entries", iter([lambda: journal.audit(c)]), len(known))
    store.close()


def say(what: str, steps: Iterator[Callable[[], object]], each: int = 1) -> None:
    """Run the steps and print how many ``what`` a second that were; each step does ``each`` of them."""
    began, done = perf_counter(), 0
    for step in steps:
        step()
        done += each
    print(f"{what:<50}{done / (perf_counter() - began):>10,.0f} /s")


def receiving(store: Store, batches: int) -> Iterator[Callable[[], object]]:
    """Batches of letters with their mark."""

    def receive(first: int) -> None:
        with store.begin() as c:
            mark = letters.set_mark(c, "members", "INBOX", 1, first + BATCH - 1, NOW)
            uids = range(first, first + BATCH)
            batch = [letters.Incoming(f"{uid:0{SIZE}}".encode(), NOW, uid) for uid in uids]
            letters.receive(c, mark, batch, NOW)

    return (partial(receive, number * BATCH + 1) for number in range(batches))


def handling(store: Store, many: int) -> Iterator[Callable[[], object]]:
    """The store's part in handling a letter, in three transactions as in life."""

    def handle() -> None:
        with store.begin() as c:
            waiting = letters.take(c, NOW)
        assert waiting is not None
        with store.look() as c:
            letters.raw(c, waiting.id)
        with store.begin() as c:
            sender = f"writer{waiting.id}@people.example"
            message_id = f"{waiting.id}@people.example"
            letters.describe(
                c, waiting.id, message_id=message_id, sender=sender, subject="Interest", body_digest="d"
            )
            letters.held_up(c, waiting.id)
            letters.first_of(c, waiting.id, message_id, sender, "d")
            letters.settle(c, waiting.id, state="handled", outcome="opened", now=NOW)

    return (handle for _ in range(many))


def opening(store: Store, many: int, known: list[Case]) -> Iterator[Callable[[], object]]:
    """New cases, which end up in ``known``."""

    def open_one(number: int) -> None:
        email = f"applicant{number}@people.example"
        with store.begin() as c:
            case = cases.open_case(c, a_case(email), "M-{year}-{count:04}")
            journal.append(c, case.number, NOW, [Record("opened", {"letter": "1"}, WORDS)], lambda: "salt")
            outgoing.queue(
                c,
                case=case.number,
                template="received",
                language="en",
                sender="membership@network.example",
                recipient=email,
                subject="Your letter",
                message_id=f"{number}@network.example",
                raw=b"x" * SIZE,
                answers_letter=None,
                now=NOW,
            )
        known.append(case)

    return (partial(open_one, number) for number in range(many))


def saving(store: Store, known: list[Case]) -> Iterator[Callable[[], object]]:
    """Each case once more, with another answer."""

    def save(case: Case) -> None:
        answers = {**case.answers, "work": Answer("Something else.")}
        with store.begin() as c:
            cases.save(c, replace(case, answers=answers))
            journal.append(
                c, case.number, NOW, [Record("answered", {"question": "work"}, WORDS)], lambda: "salt"
            )

    return (partial(save, case) for case in known)


def loading(store: Store, known: list[Case]) -> Iterator[Callable[[], object]]:
    """Each case, in a transaction of its own."""

    def load(number: str) -> None:
        with store.look() as c:
            cases.load(c, number)

    return (partial(load, case.number) for case in known)


def sending(store: Store, many: int) -> Iterator[Callable[[], object]]:
    """The store's part in sending a letter, in three transactions as in life."""

    def send() -> None:
        with store.begin() as c:
            [letter] = outgoing.claim(c, 1, NOW)
        with store.begin() as c:
            outgoing.sent(c, letter.id, NOW)

    return (send for _ in range(many))


def a_case(email: str) -> Case:
    """A case with all four answers."""
    return Case(
        number="",
        stage="inquiry",
        since=NOW,
        opened=NOW,
        rules=RULES,
        language="en",
        applicant=Applicant(Kind.ORGANIZATION, "Bahari Yetu", "KE"),
        participants=(Participant(email, Role.APPLICANT, "Rehema Kazungu", since=NOW),),
        answers={question: Answer(WORDS) for question in ("discovery", "work", "motivation", "reference")},
        references=("Ana Ruiz",),
        evidence={"human rights": (WORDS,)},
    )


if __name__ == "__main__":
    if len(sys.argv) > 1:
        main(sys.argv[1])
    else:
        with tempfile.TemporaryDirectory() as folder:
            main(f"sqlite:///{folder}/mailbot.db")
