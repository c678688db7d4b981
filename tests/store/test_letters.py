"""Letters that came in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import Connection, func, select

from mailbot.store import letters
from mailbot.store.engine import Store
from mailbot.store.letters import Incoming, Mark, StoredLetter, Waiting
from mailbot.store.tables import attachments, letter_bodies
from mailbot.values import AttachmentText

from .cast import DIEGO, MINUTE, MORNING, REHEMA, opened

NAIROBI = timezone(timedelta(hours=3))


def a_mark(c: Connection, *, uidvalidity: int = 7, last_uid: int = 3) -> Mark:
    return letters.set_mark(c, "members", "INBOX", uidvalidity, last_uid, MORNING)


def received(c: Connection, *raws: bytes) -> list[int]:
    """Letters that came by pipe."""
    return letters.receive(c, None, [Incoming(raw, MORNING) for raw in raws], MORNING)


def described(
    c: Connection, row: int, *, message_id: str = "", sender: str = REHEMA, body: str = "d1"
) -> None:
    letters.describe(c, row, message_id=message_id, sender=sender, subject="Interest", body_digest=body)


def handled(c: Connection, row: int, *, state: str = "handled", case: str | None = None) -> None:
    letters.settle(c, row, state=state, outcome="opened", now=MORNING, case=case)


# ── marks ────────────────────────────────────────────────────────────────────────────────────────


def test_a_mark_moves_and_keeps_its_row_and_its_beginning(store: Store) -> None:
    with store.begin() as c:
        first = letters.set_mark(c, "members", "INBOX", 7, 3, MORNING)
        moved = letters.set_mark(c, "members", "INBOX", 8, 4_294_967_295, MORNING + MINUTE)
        other = letters.set_mark(c, "members", "Archive", 7, 1, MORNING, begun=MORNING - MINUTE)

    with store.look() as c:
        found = letters.find_mark(c, "members", "INBOX")
        assert letters.find_mark(c, "members", "Spam") is None
        assert letters.find_mark(c, "members", "Archive") == other
    assert found == moved == Mark(first.id, 8, 4_294_967_295, MORNING + MINUTE, begun=MORNING)
    assert other == Mark(other.id, 7, 1, MORNING, begun=MORNING - MINUTE)


# ── coming in ────────────────────────────────────────────────────────────────────────────────────


def test_a_letter_is_kept_byte_for_byte_with_its_time(store: Store) -> None:
    raw = b"Subject: \xe9\x00\r\n\r\n\xff\r\n"
    came = datetime(2026, 3, 2, 11, 30, tzinfo=NAIROBI)
    with store.begin() as c:
        mark = a_mark(c)
        [row] = letters.receive(c, mark, [Incoming(raw, came, uid=3)], MORNING)

    with store.look() as c:
        waiting = letters.next_letter(c, MORNING)
        assert waiting == Waiting(row, came, 0, "")
        assert waiting.received_at.tzinfo is UTC
        assert letters.raw(c, row) == raw


def test_a_time_without_a_zone_is_refused(store: Store) -> None:
    with pytest.raises(Exception, match="has no time zone"), store.begin() as c:
        letters.receive(c, None, [Incoming(b"Hello", datetime(2026, 3, 2))], MORNING)  # noqa: DTZ001


def test_the_same_bytes_are_linked_to_the_first_and_kept_once(store: Store) -> None:
    with store.begin() as c:
        mark = a_mark(c)
        batch = [
            Incoming(b"Hello", MORNING, 1),
            Incoming(b"Other", MORNING, 2),
            Incoming(b"Hello", MORNING, 3),
        ]
        first, other, again = letters.receive(c, mark, batch, MORNING)
    with store.begin() as c:
        [later] = received(c, b"Hello")

    with store.look() as c:
        assert letters.count_by_state(c) == {"received": 2, "duplicate": 2}
        assert [letters.raw(c, row) for row in (first, other, again, later)] == [
            b"Hello",
            b"Other",
            b"Hello",
            b"Hello",
        ]
        assert c.scalar(select(func.count()).select_from(letter_bodies)) == 2


def test_a_uid_that_is_stored_is_passed_over(store: Store) -> None:
    with store.begin() as c:
        mark = a_mark(c)
        first = letters.receive(
            c, mark, [Incoming(b"One", MORNING, 1), Incoming(b"Two", MORNING, 2)], MORNING
        )
    with store.begin() as c:
        second = letters.receive(
            c, mark, [Incoming(b"Two", MORNING, 2), Incoming(b"Three", MORNING, 3)], MORNING
        )

    assert (len(first), len(second)) == (2, 1)
    with store.look() as c:
        assert letters.count_by_state(c) == {"received": 3}


def test_after_a_change_of_uidvalidity_only_what_is_new_is_handled(store: Store) -> None:
    with store.begin() as c:
        letters.receive(c, a_mark(c), [Incoming(b"One", MORNING, 1), Incoming(b"Two", MORNING, 2)], MORNING)
    with store.begin() as c:
        rescanned = [
            Incoming(b"One", MORNING, 1),
            Incoming(b"Two", MORNING, 2),
            Incoming(b"Three", MORNING, 3),
        ]
        letters.receive(c, a_mark(c, uidvalidity=8), rescanned, MORNING)

    with store.look() as c:
        assert letters.count_by_state(c) == {"received": 3, "duplicate": 2}


def test_an_empty_batch_is_nothing(store: Store) -> None:
    with store.begin() as c:
        assert letters.receive(c, a_mark(c), [], MORNING) == []


# ── handling ─────────────────────────────────────────────────────────────────────────────────────


def test_letters_are_handled_in_the_order_they_came(store: Store) -> None:
    with store.begin() as c:
        rows = received(c, b"One", b"Two")
        order = []
        while waiting := letters.next_letter(c, MORNING):
            order.append(waiting.id)
            handled(c, waiting.id)

    assert order == rows


def test_a_letter_put_off_holds_up_its_sender_alone(store: Store) -> None:
    later = MORNING + 5 * MINUTE
    with store.begin() as c:
        first, of_another, of_the_same = received(c, b"One", b"Two", b"Three")
        described(c, first)
        assert letters.take(c, MORNING) == Waiting(first, MORNING, 1, REHEMA)
        letters.put_off(c, first, try_at=later, error="the disk was full")
        described(c, of_another, sender=DIEGO)
        described(c, of_the_same, sender=REHEMA.upper())

        assert [letters.held_up(c, row) for row in (first, of_another, of_the_same)] == [False, False, True]
        assert letters.next_letter(c, MORNING) == Waiting(of_another, MORNING, 0, DIEGO)
        handled(c, of_another)
        assert letters.next_letter(c, MORNING) is None
        assert letters.next_try(c) == later
        assert letters.next_letter(c, later) == Waiting(first, MORNING, 1, REHEMA)
        handled(c, first)
        assert letters.next_letter(c, MORNING) == Waiting(of_the_same, MORNING, 0, REHEMA)
        assert letters.next_try(c) is None


def test_letters_without_a_sender_do_not_wait_for_one_another(store: Store) -> None:
    with store.begin() as c:
        first, second = received(c, b"One", b"Two")
        for row in (first, second):
            described(c, row, sender="")
        letters.put_off(c, first, try_at=MORNING + MINUTE, error="unreadable")

        assert letters.next_letter(c, MORNING) == Waiting(second, MORNING, 0, "")


def test_a_repeat_needs_the_same_id_sender_and_body(store: Store) -> None:
    with store.begin() as c:
        first, second = received(c, b"One", b"Two")
        described(c, first, message_id="a@bahariyetu.example", body="d1")
        described(c, second, message_id="a@bahariyetu.example", body="d1")

        assert letters.first_of(c, second, "a@bahariyetu.example", REHEMA.title(), "d1") == first
        assert letters.first_of(c, first, "a@bahariyetu.example", REHEMA, "d1") is None
        assert letters.first_of(c, second, "b@bahariyetu.example", REHEMA, "d1") is None
        assert letters.first_of(c, second, "a@bahariyetu.example", DIEGO, "d1") is None
        assert letters.first_of(c, second, "a@bahariyetu.example", REHEMA, "d2") is None
        assert not letters.same_id(c, second, "a@bahariyetu.example")


def test_the_same_id_with_another_body_is_noticed(store: Store) -> None:
    with store.begin() as c:
        first, second = received(c, b"One", b"Two")
        described(c, first, message_id="a@bahariyetu.example", body="d1")
        described(c, second, message_id="a@bahariyetu.example", body="d2")

        assert letters.same_id(c, second, "a@bahariyetu.example")
        assert not letters.same_id(c, first, "a@bahariyetu.example")


def test_endless_ids_and_addresses_are_compared_as_well(store: Store) -> None:
    endless = "a" * 100_000 + "@bahariyetu.example"
    with store.begin() as c:
        first, second = received(c, b"One", b"Two")
        for row in (first, second):
            described(c, row, message_id=endless, sender=endless)

        assert letters.first_of(c, second, endless, endless, "d1") == first
        assert letters.held_up(c, second)


def test_letters_without_a_message_id_are_not_repeats(store: Store) -> None:
    with store.begin() as c:
        first, second = received(c, b"One", b"Two")
        described(c, first, body="d1")
        described(c, second, body="d2")

        assert letters.first_of(c, second, "", REHEMA, "d1") is None
        assert not letters.same_id(c, second, "")


def test_a_repeat_by_message_id_keeps_its_own_bytes(store: Store) -> None:
    with store.begin() as c:
        first, second = received(c, b"One", b"One, by another way")
        letters.settle(c, second, state="duplicate", outcome="repeat", now=MORNING, same_as=first)

        assert letters.raw(c, second) == b"One, by another way"


def test_a_letter_that_waited_for_a_confirmation_is_handled_again(store: Store) -> None:
    with store.begin() as c:
        [row] = received(c, b"One")
        handled(c, row, state="waiting")
        assert letters.next_letter(c, MORNING) is None
        letters.reopen(c, row)

        assert letters.next_letter(c, MORNING) == Waiting(row, MORNING, 0, "")


def test_attachments_are_kept_once_however_often_the_letter_is_tried(store: Store) -> None:
    texts = [AttachmentText("work.docx", "We teach."), AttachmentText("scan.pdf", unreadable="scanned")]
    types = ["application/docx", "application/pdf"]
    with store.begin() as c:
        [row] = received(c, b"One")
        letters.keep_attachments(c, row, texts, types)
        letters.keep_attachments(c, row, texts, types)

        kept = c.execute(select(attachments).order_by(attachments.c.id)).mappings().all()
    assert [(k["letter_id"], k["name"], k["media_type"], k["text"], k["unreadable"]) for k in kept] == [
        (row, "work.docx", "application/docx", "We teach.", ""),
        (row, "scan.pdf", "application/pdf", "", "scanned"),
    ]


def test_what_no_database_can_hold_is_replaced(store: Store) -> None:
    with store.begin() as c:
        [row] = received(c, b"One")
        letters.describe(c, row, message_id="", sender="", subject="a\0b\udce9c", body_digest="")

        assert [letter.subject for letter in letters.recent(c, 1)] == ["a�b�c"]


def test_a_letter_that_is_not_there_is_named(store: Store) -> None:
    with store.begin() as c:
        with pytest.raises(letters.NoSuchLetter, match="404"):
            letters.raw(c, 404)
        with pytest.raises(letters.NoSuchLetter, match="404"):
            handled(c, 404)


# ── on the server, and looking ───────────────────────────────────────────────────────────────────


def test_what_is_done_with_is_put_away_once(store: Store) -> None:
    with store.begin() as c:
        mark = a_mark(c)
        batch = [
            Incoming(raw, MORNING, uid) for uid, raw in enumerate([b"A", b"B", b"C", b"D", b"A"], start=1)
        ]
        rows = letters.receive(c, mark, batch, MORNING)
        handled(c, rows[0])
        handled(c, rows[1], state="set_aside")
        handled(c, rows[2], state="own")
        elsewhere = letters.set_mark(c, "members", "Archive", 7, 1, MORNING)

        done = letters.to_put_away(c, mark.id)
        assert done == [(rows[0], 7, 1), (rows[2], 7, 3), (rows[4], 7, 5)]
        assert letters.to_put_away(c, elsewhere.id) == []
        letters.put_away(c, [rows[0], rows[4]])
        assert letters.to_put_away(c, mark.id) == [(rows[2], 7, 3)]


def test_more_letters_than_fit_one_statement_are_put_away(store: Store) -> None:
    with store.begin() as c:
        mark = a_mark(c)
        rows = letters.receive(
            c, mark, [Incoming(str(uid).encode(), MORNING, uid) for uid in range(1, 1202)], MORNING
        )
        for row in rows:
            handled(c, row)
        letters.put_away(c, rows)

        assert len(rows) == 1201
        assert letters.to_put_away(c, mark.id) == []


def test_the_letters_of_a_case_are_listed(store: Store) -> None:
    with store.begin() as c:
        number = opened(c)
        first, second = received(c, b"One", b"Two")
        described(c, first, message_id="a@bahariyetu.example")
        handled(c, first, case=number)

        told = StoredLetter(
            first, MORNING, REHEMA, "Interest", "handled", "opened", number, "a@bahariyetu.example"
        )
        assert letters.of_case(c, number) == [told]
        assert letters.recent(c, 1) == [StoredLetter(second, MORNING, "", "", "received", "", "", "")]
        assert [letter.id for letter in letters.recent(c, 5)] == [second, first]
