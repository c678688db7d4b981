"""Letters that go out."""

from __future__ import annotations

import threading

import pytest

from mailbot.store import outgoing
from mailbot.store.engine import Store
from mailbot.store.outgoing import Outgoing
from mailbot.values import Credential

from .cast import DIEGO, MINUTE, MORNING, REHEMA, opened, queued


def test_a_letter_comes_back_as_it_was_queued(store: Store) -> None:
    with store.begin() as c:
        number = opened(c)
        row = queued(c, "a@network.example", case=number)
        about_none = queued(c, "b@network.example")

    letter = Outgoing(
        id=row,
        case_number=number,
        template="received",
        language="en",
        sender="membership@network.example",
        recipient=REHEMA,
        subject="Your letter",
        message_id="a@network.example",
        raw=b"Subject: Your letter\r\n\r\nThank you.\r\n",
        attempts=0,
        state="waiting",
        queued_at=MORNING,
        sent_at=None,
        error="",
        answers_letter=None,
    )
    with store.look() as c:
        assert outgoing.find(c, row) == outgoing.by_message_id(c, "a@network.example") == letter
        assert outgoing.of_case(c, number) == [letter]
        without = outgoing.find(c, about_none)
        assert without is not None
        assert without.case_number == ""
        assert outgoing.find(c, 404) is None
        assert outgoing.by_message_id(c, "z@network.example") is None


def test_a_reserved_letter_waits_only_once_it_is_written(store: Store) -> None:
    with store.begin() as c:
        number = opened(c)
        row = outgoing.reserve(
            c,
            case=number,
            template="received",
            language="en",
            sender="membership@network.example",
            recipient=REHEMA,
            message_id="a@network.example",
            answers_letter=None,
            now=MORNING,
        )
        assert outgoing.thread(c, number, REHEMA) == []
        assert outgoing.claim(c, 10, MORNING) == []
        outgoing.put(c, row, subject="Your letter", raw=b"Thank you.")

        [letter] = outgoing.claim(c, 10, MORNING)
        assert (letter.id, letter.subject, letter.raw) == (row, "Your letter", b"Thank you.")


def test_each_letter_is_claimed_once(store: Store) -> None:
    with store.begin() as c:
        rows = [queued(c, f"{number}@network.example") for number in range(40)]
    claimed: list[int] = []

    def claim_all() -> None:
        while True:
            with store.begin() as c:
                some = outgoing.claim(c, 3, MORNING)
            if not some:
                return
            claimed.extend(letter.id for letter in some)

    threads = [threading.Thread(target=claim_all) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(claimed) == rows


def test_the_oldest_are_claimed_first_and_none_before_it_is_due(store: Store) -> None:
    with store.begin() as c:
        first, second, third = (queued(c, f"{number}@network.example") for number in range(3))
        outgoing.put_off(c, first, try_at=MORNING + MINUTE, error="451 try later")

        assert outgoing.next_try(c) == MORNING
        assert [letter.id for letter in outgoing.claim(c, 1, MORNING)] == [second]
        assert [letter.id for letter in outgoing.claim(c, 9, MORNING)] == [third]
        assert outgoing.next_try(c) == MORNING + MINUTE
        [late] = outgoing.claim(c, 9, MORNING + MINUTE)
        assert (late.id, late.attempts, late.error, late.state) == (first, 1, "451 try later", "sending")
        assert outgoing.next_try(c) is None


def test_what_was_being_sent_when_the_program_died_waits_again(store: Store, url: str) -> None:
    with store.begin() as c:
        row = queued(c, "a@network.example")
        outgoing.sent(c, queued(c, "b@network.example"), MORNING)
        outgoing.claim(c, 1, MORNING)
    store.close()

    again = Store.open(url)
    with again.begin() as c:
        assert outgoing.claim(c, 1, MORNING) == []
        assert outgoing.release_claims(c) == 1
        assert [letter.id for letter in outgoing.claim(c, 9, MORNING)] == [row]
    again.close()


def test_a_letter_put_back_was_not_tried(store: Store) -> None:
    with store.begin() as c:
        row = queued(c, "a@network.example")
        outgoing.claim(c, 1, MORNING)
        outgoing.put_back(c, row)

        [letter] = outgoing.claim(c, 1, MORNING)
        assert (letter.id, letter.attempts) == (row, 0)


def test_what_became_of_letters_is_counted_and_copied(store: Store) -> None:
    with store.begin() as c:
        sent, failed, _waiting = (queued(c, f"{number}@network.example") for number in range(3))
        outgoing.put_off(c, sent, try_at=MORNING, error="451 try later")
        outgoing.sent(c, sent, MORNING + MINUTE)
        outgoing.failed(c, failed, "550 no such user")

        assert outgoing.count_by_state(c) == {"sent": 1, "failed": 1, "waiting": 1}
        [copy] = outgoing.to_copy(c, 9)
        assert (copy.id, copy.sent_at, copy.attempts, copy.error) == (sent, MORNING + MINUTE, 2, "")
        gone = outgoing.find(c, failed)
        assert gone is not None
        assert (gone.state, gone.attempts, gone.error) == ("failed", 1, "550 no such user")
        outgoing.copied(c, sent)
        assert outgoing.to_copy(c, 9) == []


def test_a_thread_is_what_went_to_this_person_in_this_case(store: Store) -> None:
    with store.begin() as c:
        number, other = opened(c), opened(c, DIEGO)
        queued(c, "1@network.example", case=number)
        queued(c, "2@network.example", case=number, to=DIEGO)
        queued(c, "3@network.example", case=other)
        queued(c, "4@network.example", case=number, to=REHEMA.upper())
        outgoing.failed(c, queued(c, "5@network.example", case=number), "550 no such user")

        assert outgoing.thread(c, number, REHEMA) == ["1@network.example", "4@network.example"]


def test_credentials_come_only_of_letters_that_exist(store: Store) -> None:
    with store.begin() as c:
        number = opened(c)
        first = queued(c, "1@network.example", case=number, to=REHEMA.upper())
        second = queued(c, "2@network.example", to=DIEGO)
        theirs = Credential(REHEMA, number, "received", first)

        asked = ["2@network.example", "forged@network.example", "1@network.example"]
        assert outgoing.credentials_for(c, asked) == [theirs, Credential(DIEGO, "", "received", second)]
        assert outgoing.credentials_for(c, []) == []
        assert outgoing.credentials_of(c, [first, 404]) == [theirs]


def test_a_letter_with_a_hundred_thousand_references_is_looked_up(store: Store) -> None:
    with store.begin() as c:
        row = queued(c, "1@network.example")
        asked = [f"forged-{number}@network.example" for number in range(100_000)]

        assert outgoing.credentials_for(c, [*asked, "1@network.example"]) == [
            Credential(REHEMA, "", "received", row)
        ]


def test_letters_to_an_address_are_counted_from_a_moment_on(store: Store) -> None:
    with store.begin() as c:
        for message_id in ("1@network.example", "2@network.example"):
            queued(c, message_id, to=REHEMA.title())
        queued(c, "3@network.example", to=DIEGO)

        assert outgoing.provoked(c, REHEMA, MORNING) == 2
        assert outgoing.provoked(c, REHEMA, MORNING + MINUTE) == 0
        assert outgoing.provoked(c, REHEMA, MORNING, "confirm_sender") == 0


def test_a_letter_that_is_not_there_is_named(store: Store) -> None:
    with pytest.raises(outgoing.NoSuchOutgoing, match="404"), store.begin() as c:
        outgoing.sent(c, 404, MORNING)
