"""The journal: what is in it, and what its audit sees."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import Connection, text

from mailbot.process.events import Record
from mailbot.store import journal
from mailbot.store.cases import NoSuchCase
from mailbot.store.engine import Store
from mailbot.store.journal import Fault

from .cast import DIEGO, MINUTE, MORNING, opened, salts

NUMBER = "M-2026-0001"
OTHER = "M-2026-0002"
RECORDS = (
    Record("opened", {"letter": "1"}),
    Record("noted", {"by": "Mara", "tag": "note"}, "Rehema called; Ñandú vouches for her."),
    Record("invited", {"stage": "invited"}, "Welcome!"),
)


@pytest.fixture
def journals(store: Store) -> Store:
    """Two cases with three entries each."""
    with store.begin() as c:
        for number in (opened(c), opened(c, DIEGO)):
            journal.append(c, number, MORNING, RECORDS[:1], salts())
            journal.append(c, number, MORNING + MINUTE, RECORDS[1:], salts())
    return store


# ── the chain ────────────────────────────────────────────────────────────────────────────────────

SAID: dict[str, Any] = {
    "number": NUMBER,
    "seq": 2,
    "at": MORNING,
    "entry": "noted",
    "facts": {"by": "Mara", "tag": "note"},
    "commitment": "c0",
    "previous": "f0",
}


@pytest.mark.parametrize(
    "change",
    [
        {"number": OTHER},
        {"seq": 3},
        {"at": MORNING + timedelta(microseconds=1)},
        {"entry": "opened"},
        {"facts": {"by": "Mara"}},
        {"facts": {"by": "Mara", "tag": "Note"}},
        {"commitment": ""},
        {"previous": ""},
    ],
)
def test_a_seal_covers_all_that_an_entry_says(change: dict[str, object]) -> None:
    assert journal.seal(**SAID | change) != journal.seal(**SAID)


def test_a_seal_does_not_depend_on_spelling() -> None:
    elsewhere = MORNING.astimezone(timezone(timedelta(hours=3)))
    assert journal.seal(**SAID | {"at": elsewhere, "facts": {"tag": "note", "by": "Mara"}}) == journal.seal(
        **SAID
    )


def test_a_seal_is_the_same_in_every_release() -> None:
    assert journal.seal(**SAID) == "a4a8f5a57fbe2bff546035016952f78f3d5d8337dd92c90d7b2a5002dcaef907"


def test_a_commitment_tells_nothing_without_its_salt() -> None:
    committed = journal.commit_to("Welcome!", "salt-1")

    assert committed == journal.commit_to("Welcome!", "salt-1")
    assert committed != journal.commit_to("Welcome!", "salt-2")
    assert committed != journal.commit_to("welcome!", "salt-1")
    assert journal.commit_to("", "salt-1") == ""


# ── writing and reading ──────────────────────────────────────────────────────────────────────────


def test_entries_come_back_in_order_and_in_a_chain(journals: Store) -> None:
    with journals.look() as c:
        entries = journal.entries(c, NUMBER)
        head = journal.head(c, NUMBER)

    assert [(e.seq, e.at, e.entry, e.facts, e.text) for e in entries] == [
        (1, MORNING, "opened", {"letter": "1"}, ""),
        (
            2,
            MORNING + MINUTE,
            "noted",
            {"by": "Mara", "tag": "note"},
            "Rehema called; Ñandú vouches for her.",
        ),
        (3, MORNING + MINUTE, "invited", {"stage": "invited"}, "Welcome!"),
    ]
    assert [e.previous for e in entries] == ["", entries[0].hash, entries[1].hash]
    assert head == (3, entries[2].hash)


def test_a_case_without_entries_has_an_empty_head(store: Store) -> None:
    with store.begin() as c:
        number = opened(c)

        assert journal.head(c, number) == (0, "")
        assert journal.entries(c, number) == []
        assert journal.audit(c) == []


def test_a_text_that_no_database_can_hold_does_not_break_the_chain(store: Store) -> None:
    with store.begin() as c:
        journal.append(c, opened(c), MORNING, [Record("noted", {}, "a\0b\udce9c")], salts())

        assert [entry.text for entry in journal.entries(c, NUMBER)] == ["a�b�c"]
        assert journal.audit(c) == []


def test_a_journal_needs_its_case(store: Store) -> None:
    with store.begin() as c:
        with pytest.raises(NoSuchCase, match="M-2026-0404"):
            journal.append(c, "M-2026-0404", MORNING, RECORDS, salts())
        with pytest.raises(NoSuchCase, match="M-2026-0404"):
            journal.head(c, "M-2026-0404")


# ── audit ────────────────────────────────────────────────────────────────────────────────────────


def test_untouched_journals_have_no_faults(journals: Store) -> None:
    with journals.look() as c:
        assert journal.audit(c) == []


def bytes_changed(c: Connection, table: str, column: str, where: str) -> Iterator[None]:
    """Each byte of a text in turn with its lowest bit turned, and in the end as it was."""
    original: bytes = c.execute(
        text(f"SELECT CAST({column} AS BLOB) FROM {table} WHERE {where}")
    ).scalar_one()
    change = text(f"UPDATE {table} SET {column} = CAST(:value AS TEXT) WHERE {where}")
    for place in range(len(original)):
        changed = bytearray(original)
        changed[place] ^= 1
        c.execute(change, {"value": bytes(changed)})
        yield
    c.execute(change, {"value": original})


@pytest.mark.parametrize(
    ("table", "column", "where"),
    [
        ("journal", "at", "id = 2"),
        ("journal", "entry", "id = 2"),
        ("journal", "facts", "id = 2"),
        ("journal", "commitment", "id = 2"),
        ("journal", "previous", "id = 2"),
        ("journal", "hash", "id = 2"),
        ("personal_texts", "text", "journal_id = 2"),
        ("personal_texts", "salt", "journal_id = 2"),
    ],
)
def test_a_changed_byte_is_named_with_its_entry(journals: Store, table: str, column: str, where: str) -> None:
    with journals.begin() as c:
        before = journal.entries(c, NUMBER)
        unnoticed = 0
        for _ in bytes_changed(c, table, column, where):
            faults = journal.audit(c)
            if not faults:
                # the one byte that says nothing: what stands between date and hour (ISO 8601 has a T)
                unnoticed += 1
                assert journal.entries(c, NUMBER) == before
                continue
            assert (NUMBER, 2) in {(fault.case, fault.seq) for fault in faults}
            assert {fault.case for fault in faults} == {NUMBER}
            assert not any(fault.erased for fault in faults)

        assert unnoticed <= (1 if column == "at" else 0)
        assert journal.audit(c) == []


GONE = "its text is gone, and no entry says that it was erased"


@pytest.mark.parametrize(
    ("tampering", "faults"),
    [
        pytest.param(
            ["DELETE FROM personal_texts WHERE journal_id = 2", "DELETE FROM journal WHERE id = 2"],
            [
                Fault(NUMBER, 2, "entry 2 is missing: entry 3 stands in its place"),
                Fault(NUMBER, 3, "it does not follow from the entry before it"),
                Fault(NUMBER, 3, "the end is missing: the case says 3 entries, the journal has 2"),
            ],
            id="one in the middle is taken out",
        ),
        pytest.param(
            ["DELETE FROM personal_texts WHERE journal_id = 3", "DELETE FROM journal WHERE id = 3"],
            [Fault(NUMBER, 3, "the end is missing: the case says 3 entries, the journal has 2")],
            id="the end is cut off",
        ),
        pytest.param(
            ["DELETE FROM personal_texts", "DELETE FROM journal"],
            [
                Fault(NUMBER, 3, "the end is missing: the case says 3 entries, the journal has 0"),
                Fault(OTHER, 3, "the end is missing: the case says 3 entries, the journal has 0"),
            ],
            id="all are gone",
        ),
        pytest.param(
            [
                "UPDATE journal SET seq = 9 WHERE id = 1",
                "UPDATE journal SET seq = 1 WHERE id = 2",
                "UPDATE journal SET seq = 2 WHERE id = 1",
            ],
            [
                Fault(NUMBER, 1, "it does not follow from the entry before it"),
                Fault(NUMBER, 1, "it was changed after it was written"),
                Fault(NUMBER, 2, "it does not follow from the entry before it"),
                Fault(NUMBER, 2, "it was changed after it was written"),
                Fault(NUMBER, 3, "it does not follow from the entry before it"),
            ],
            id="two change places",
        ),
        pytest.param(
            ["UPDATE journal SET case_id = 2, seq = 4 WHERE id = 3"],
            [
                Fault(NUMBER, 3, "the end is missing: the case says 3 entries, the journal has 2"),
                Fault(OTHER, 4, "it does not follow from the entry before it"),
                Fault(OTHER, 4, "it was changed after it was written"),
                Fault(OTHER, 4, "the end is another than the case says: 3 entries"),
            ],
            id="one is moved into another case",
        ),
        pytest.param(
            ["UPDATE cases SET journal_length = 2 WHERE id = 1"],
            [Fault(NUMBER, 3, "the end is another than the case says: 2 entries")],
            id="the length in the case is changed",
        ),
        pytest.param(
            ["UPDATE cases SET journal_head = 'ff' WHERE id = 1"],
            [Fault(NUMBER, 3, "the end is another than the case says: 3 entries")],
            id="the head in the case is changed",
        ),
        pytest.param(
            ["DELETE FROM personal_texts WHERE journal_id = 2"],
            [Fault(NUMBER, 2, GONE)],
            id="a text is deleted",
        ),
        pytest.param(
            ["UPDATE personal_texts SET text = '', salt = '' WHERE journal_id = 2"],
            [Fault(NUMBER, 2, GONE)],
            id="a text is emptied",
        ),
        pytest.param(
            ["INSERT INTO personal_texts VALUES (1, 'salt', 'She said no such thing')"],
            [Fault(NUMBER, 1, "its text was changed after it was written")],
            id="a text is put where there was none",
        ),
        pytest.param(
            [
                "UPDATE journal SET facts = x'00ff' WHERE id = 2",
                "UPDATE personal_texts SET text = x'00' WHERE journal_id = 2",
            ],
            [
                Fault(NUMBER, 2, "it cannot be read: it was changed after it was written"),
                Fault(NUMBER, 2, "entry 2 is missing: entry 3 stands in its place"),
                Fault(NUMBER, 3, "it does not follow from the entry before it"),
                Fault(NUMBER, 3, "the end is missing: the case says 3 entries, the journal has 2"),
            ],
            id="what is no text at all",
        ),
    ],
)
def test_tampering_is_named(journals: Store, tampering: list[str], faults: list[Fault]) -> None:
    with journals.begin() as c:
        for statement in tampering:
            c.execute(text(statement))

        assert journal.audit(c) == faults


def test_an_erased_text_is_told_as_erased(journals: Store) -> None:
    with journals.begin() as c:
        journal.erase(c, NUMBER, [2, 3], MORNING + 2 * MINUTE, salts())

        entries = journal.entries(c, NUMBER)
        assert [(e.entry, e.text, e.salt) for e in entries[1:]] == [
            ("noted", "", ""),
            ("invited", "", ""),
            ("erased", "", ""),
        ]
        assert entries[3].facts == {"entries": "2 3"}
        assert journal.audit(c) == [
            Fault(NUMBER, 2, "its text was erased, not recomputable", erased=True),
            Fault(NUMBER, 3, "its text was erased, not recomputable", erased=True),
        ]
        assert [e.text for e in journal.entries(c, OTHER)] == [record.text for record in RECORDS]
