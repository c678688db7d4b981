"""Opening a database, its transactions, its tables."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine, insert, text
from sqlalchemy.exc import IntegrityError

from mailbot.store import letters
from mailbot.store.engine import Store, StoreBusy, StoreError
from mailbot.store.tables import letter_bodies, metadata

from .cast import MORNING


def test_migrating_makes_the_very_tables_that_the_queries_speak_of(store: Store) -> None:
    made_by_metadata = create_engine("sqlite://")
    metadata.create_all(made_by_metadata)
    written = text("SELECT name, sql FROM sqlite_master WHERE name NOT LIKE '%alembic%' ORDER BY name")

    with store.look() as c, made_by_metadata.connect() as other:
        assert compare_metadata(MigrationContext.configure(c), metadata) == []
        # also what compare_metadata does not see: names of constraints, primary keys
        assert [_plain(*row) for row in c.execute(written)] == [
            _plain(*row) for row in other.execute(written)
        ]
    made_by_metadata.dispose()


def _plain(name: str, sql: str | None) -> tuple[str, str]:
    """Without the line breaks, which a column that was added later lacks."""
    return name, " ".join((sql or "").split())


def test_migrating_twice_changes_nothing(url: str) -> None:
    store = Store.open(url)
    before = store.revisions()
    store.migrate()
    once = store.revisions()
    store.migrate()

    assert before == (None, once[1])
    assert once == store.revisions() == (once[1], once[1])
    store.close()


def test_tables_of_a_newer_mailbot_are_left_alone(store: Store) -> None:
    with store.begin() as c:
        c.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(StoreError, match="newer mailbot"):
        store.migrate()


def test_sqlite_is_set_to_lose_nothing(store: Store) -> None:
    with store.begin() as c:
        told = {
            name: c.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }

    assert told == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 60_000}


def test_an_exception_leaves_nothing_behind(store: Store) -> None:
    def break_off() -> None:
        with store.begin() as c:
            mark = letters.set_mark(c, "members", "INBOX", 7, 3, MORNING)
            letters.receive(c, mark, [letters.Incoming(b"Hello", MORNING, uid=3)], MORNING)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        break_off()

    with store.look() as c:
        assert letters.find_mark(c, "members", "INBOX") is None
        assert letters.count_by_state(c) == {}


KILLED_WHILE_RECEIVING = """
import os, signal, sys
from datetime import UTC, datetime
from mailbot.store import letters
from mailbot.store.engine import Store

now = datetime(2026, 3, 2, tzinfo=UTC)
with Store.open(sys.argv[1]).begin() as c:
    mark = letters.set_mark(c, "members", "INBOX", 7, 3, now)
    letters.receive(c, mark, [letters.Incoming(b"Hello", now, uid=3)], now)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_process_killed_in_a_transaction_leaves_nothing_behind(store: Store, url: str) -> None:
    killed = subprocess.run(
        [sys.executable, "-c", KILLED_WHILE_RECEIVING, url],
        env={"PYTHONPATH": ":".join(sys.path)},
        check=False,
    )

    assert killed.returncode == -signal.SIGKILL
    with store.begin() as c:
        assert letters.find_mark(c, "members", "INBOX") is None
        assert letters.count_by_state(c) == {}


def test_a_look_sees_one_moment_and_cannot_write(store: Store) -> None:
    with store.look() as looking:
        before = letters.count_by_state(looking)
        with store.begin() as c:
            letters.receive(c, None, [letters.Incoming(b"Hello", MORNING)], MORNING)
        after = letters.count_by_state(looking)
    with pytest.raises(StoreError, match="cannot be written to"), store.look() as c:
        letters.receive(c, None, [letters.Incoming(b"Goodbye", MORNING)], MORNING)

    assert (before, after) == ({}, {})
    with store.begin() as c:
        assert letters.count_by_state(c) == {"received": 1}


def test_writers_take_turns(store: Store) -> None:
    def write(thread: int) -> None:
        for number in range(10):
            with store.begin() as c:
                mark = letters.find_mark(c, "members", "INBOX")
                letters.set_mark(c, "members", "INBOX", 7, (mark.last_uid if mark else 0) + 1, MORNING)
                raw = f"{thread} {number}".encode()
                letters.receive(c, None, [letters.Incoming(raw, MORNING)], MORNING)

    threads = [threading.Thread(target=write, args=[number]) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with store.look() as c:
        mark = letters.find_mark(c, "members", "INBOX")
        assert mark is not None
        assert mark.last_uid == 40
        assert letters.count_by_state(c) == {"received": 40}


def test_a_reference_to_nothing_is_refused(store: Store) -> None:
    with pytest.raises(IntegrityError, match="FOREIGN KEY"), store.begin() as c:
        c.execute(insert(letter_bodies).values(letter_id=404, raw=b"Hello"))


def test_an_error_does_not_tell_what_stood_in_a_letter(store: Store) -> None:
    with pytest.raises(IntegrityError) as refused, store.begin() as c:
        c.execute(insert(letter_bodies).values(letter_id=404, raw=b"In confidence"))

    assert "In confidence" not in str(refused.value)


def test_the_folder_is_made_and_nobody_else_may_read_the_letters(tmp_path: Path) -> None:
    store = Store.open(f"sqlite:///{tmp_path}/var/mailbot/mailbot.db")
    store.migrate()

    modes = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "var" / "mailbot").iterdir()}
    store.close()
    assert modes == {"mailbot.db": 0o600, "mailbot.db-shm": 0o600, "mailbot.db-wal": 0o600}


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    notes = tmp_path / "notes.db"
    notes.write_text("Buy stamps. " * 100)

    with pytest.raises(StoreError, match=r"notes\.db.*no SQLite database") as refused:
        Store.open(f"sqlite:///{notes}")

    assert "setting database" in str(refused.value)
    assert notes.read_text().startswith("Buy stamps.")


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "letters").write_text("a file where a folder should be")

    with pytest.raises(StoreError, match=r"letters.mailbot\.db cannot be made"):
        Store.open(f"sqlite:///{tmp_path}/letters/mailbot.db")


def test_a_folder_in_the_files_place_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot be opened"):
        Store.open(f"sqlite:///{tmp_path}")


def test_tables_that_were_never_made_are_told_as_such(url: str) -> None:
    store = Store.open(url)

    with pytest.raises(StoreError, match="tables were not made yet"), store.look() as c:
        letters.recent(c, 10)
    store.close()


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("mailbot.db", "no database URL"),
        ("sqlite://", "names no file"),
        ("sqlite:///:memory:", "names no file"),
        ("mysql://office@host/letters", "asks for mysql"),
        ("postgresql://office:geheim@localhost:1/letters", "(?i)postgresql"),
    ],
)
def test_a_setting_that_cannot_be_used_is_refused_in_words(url: str, words: str) -> None:
    with pytest.raises(StoreError, match=words) as refused:
        Store.open(url)

    assert "geheim" not in str(refused.value)


def test_one_bot_at_a_time_works_on_a_database(tmp_path):
    url = f"sqlite:///{tmp_path}/mailbot.db"
    mine, other = Store.open(url), Store.open(url)
    with mine.alone(), pytest.raises(StoreBusy, match="Another mailbot is at work"), other.alone():
        pass
    with other.alone():
        pass
    mine.close()
    other.close()
