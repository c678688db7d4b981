"""The database: how it is opened, how a transaction begins and ends, and how its tables come to be."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import URL, Connection, Engine, create_engine, event, func, make_url, select
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError
from sqlalchemy.pool import ConnectionPoolEntry

PATIENCE = 60
"""Seconds to wait for another writer; handling a letter holds the database for some milliseconds."""

ADVISORY_LOCK = 0x6D61696C  # "mail"
"""The number by which bots on one PostgreSQL database know each other (its manual, section 13.3.5)."""

HIDDEN = True
"""The words of letters do not belong in the text of an error, which goes into logs and notices."""

EXAMPLES = "Write sqlite:///mailbot.db, or postgresql://user@host/name for a PostgreSQL server."

_LET_WRITE = "Let the user who runs mailbot write to the file and its folder."

SQLITE_TROUBLES = {
    "SQLITE_NOTADB": "the file is no SQLite database. Move it away, or name another in the setting database.",
    "SQLITE_CORRUPT": "the file is damaged. Restore a backup.",
    "SQLITE_BUSY": f"another program has been writing to it for {PATIENCE} seconds. End that program.",
    "SQLITE_FULL": "the disk is full. Make room.",
    "SQLITE_IOERR": "the disk cannot be read or written. Look at the disk.",
    "SQLITE_READONLY": f"it cannot be written to. {_LET_WRITE}",
    "SQLITE_CANTOPEN": f"it cannot be opened. {_LET_WRITE}",
}
"""SQLite's result codes (sqlite.org/rescode.html) that are nobody's fault in the code, and what to do."""

POSTGRESQL_TROUBLES = {"08", "40", "53", "55", "57", "58"}
"""Classes of SQLSTATE (PostgreSQL manual, appendix A) that are the server's: connection lost, deadlock, no
resources, locked, shut down, system. Another, such as 54 (a value too long to index), is the statement's."""

_LOOKING: dict[str, dict[str, Any]] = {
    "sqlite": {"mailbot_looks": True},
    "postgresql": {"postgresql_readonly": True, "isolation_level": "REPEATABLE READ"},
}
"""How a connection is told that it only looks, for each database; SQLite's is read in ``_begin_sqlite``."""


class StoreError(Exception):
    """The database cannot be used; the message says which, why, and what to do."""


class StoreBusy(StoreError):  # noqa: N818 - it says what is so, and passes by itself
    """Another bot is at work on this database."""


class Store:
    """One database, for use from any number of threads. SQLite lets one of them write at a time."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @classmethod
    def open(cls, url: str) -> Store:
        """The database at ``url``; the file and folder of an SQLite database are made where there are none.

        Creates no tables: see ``migrate``. Raises StoreError where it cannot be reached or is none.
        """
        parsed = _parse(url)
        make = _open_sqlite if parsed.get_backend_name() == "sqlite" else _open_postgresql
        engine = make(parsed)
        store = cls(engine)
        try:
            with store.look():
                pass
        except StoreError:
            engine.dispose()
            raise
        return store

    def close(self) -> None:
        """Close all connections that are not in use."""
        self._engine.dispose()

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """A transaction that may write: committed at the end, rolled back when an exception leaves it.

        Raises StoreError where the database is locked, full or away.
        """
        with self._told(), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def look(self) -> Iterator[Connection]:
        """A transaction that only reads, one moment's view of everything; writing in it fails.

        Raises StoreError where the database is away.
        """
        with self._told(), self._engine.connect() as plain:
            connection = plain.execution_options(**_LOOKING[self._engine.dialect.name])
            with connection.begin() as transaction:
                yield connection
                transaction.rollback()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Hold the database for one bot at a time: `run` and a `once` from cron would send letters twice.

        A process that dies lets go by itself. Raises StoreBusy where another one holds it.
        """
        if self._engine.dialect.name == "sqlite":
            with Path(f"{self._engine.url.database}.lock").open("w", encoding="ascii") as file:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    raise self._busy() from None
                yield
            return
        with self._told(), self._engine.connect() as connection:
            if not connection.scalar(select(func.pg_try_advisory_lock(ADVISORY_LOCK))):
                raise self._busy()
            try:
                yield
            finally:
                connection.execute(select(func.pg_advisory_unlock(ADVISORY_LOCK)))

    def _busy(self) -> StoreBusy:
        return StoreBusy(
            f"Another mailbot is at work on {self._name}. One at a time: end that one, or leave it the work."
        )

    def migrate(self) -> None:
        """Bring the tables to the newest form, in one transaction. Raises StoreError where that fails."""
        config = _alembic()
        with self.begin() as connection:
            config.attributes["connection"] = connection
            try:
                command.upgrade(config, "head")
            except CommandError as error:
                raise StoreError(
                    f"The tables of {self._name} cannot be brought up to date: {error}. "
                    "A newer mailbot may have written them: install that one, or restore a backup."
                ) from error

    def revisions(self) -> tuple[str | None, str]:
        """The migration that the tables have (None: there are none yet) and the newest there is."""
        head = ScriptDirectory.from_config(_alembic()).get_current_head()
        if head is None:
            raise StoreError("This installation of mailbot has no migrations: install it again.")
        with self.look() as connection:
            return MigrationContext.configure(connection).get_current_revision(), head

    @property
    def _name(self) -> str:
        return self._engine.url.render_as_string(hide_password=True)

    @contextmanager
    def _told(self) -> Iterator[None]:
        """What is the database's own fault (locked, full, away, no database) becomes a StoreError.

        Our faults, such as a broken constraint (IntegrityError), go through as they are.
        """
        try:
            yield
        except DBAPIError as error:
            trouble = _trouble(error)
            if not trouble:
                raise
            raise StoreError(f"The database {self._name} cannot be used: {trouble}") from error


def _trouble(error: DBAPIError) -> str:
    """What is wrong with the database and what to do; ``""`` where the statement was at fault."""
    # psycopg quotes the statement below
    said = str(error.orig).strip().partition("\n")[0]
    if "no such table" in said or "UndefinedTable" in type(error.orig).__name__:
        return f"{said}. Its tables were not made yet: `mailbot run` makes them."
    code: str | None = getattr(error.orig, "sqlite_errorname", None)
    if code:
        # an extended code begins with the plain one: SQLITE_READONLY_DIRECTORY
        return next((words for plain, words in SQLITE_TROUBLES.items() if code.startswith(plain)), "")
    # psycopg tells no state where the connection itself failed
    state: str | None = getattr(error.orig, "sqlstate", None)
    trouble = isinstance(error, OperationalError) and (state is None or state[:2] in POSTGRESQL_TROUBLES)
    return f"{said}." if trouble else ""


def _parse(url: str) -> URL:
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as error:
        raise StoreError(f"The setting database is no database URL. {EXAMPLES}") from error
    if parsed.get_backend_name() not in {"sqlite", "postgresql"}:
        raise StoreError(
            f"The setting database asks for {parsed.get_backend_name()}, which mailbot cannot use. {EXAMPLES}"
        )
    return parsed


def _open_postgresql(url: URL) -> Engine:
    try:
        return create_engine(url, pool_pre_ping=True, hide_parameters=HIDDEN)
    except ModuleNotFoundError as error:
        raise StoreError(
            f"The setting database asks for PostgreSQL, and the Python package {error.name} is missing. "
            "Install mailbot[postgres]."
        ) from error


def _open_sqlite(url: URL) -> Engine:
    if not url.database or url.database == ":memory:":
        raise StoreError(f"The setting database names no file; letters must outlive the program. {EXAMPLES}")
    path = Path(url.database)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            # letters are nobody else's business; the files that SQLite puts beside it inherit this
            path.touch(mode=0o600)
    except OSError as error:
        raise StoreError(
            f"The database file {path} cannot be made: {error.strerror}. "
            "Let the user who runs mailbot write there, or name another file in the setting database."
        ) from error
    engine = create_engine(url, connect_args={"timeout": PATIENCE}, hide_parameters=HIDDEN)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    # the driver would begin transactions by itself, and late: at the first write (PEP 249 mode of sqlite3)
    connection.isolation_level = None
    with closing(connection.cursor()) as cursor:
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.execute("PRAGMA foreign_keys = ON")


def _begin_sqlite(connection: Connection) -> None:
    """A writer takes its turn at once, so that what it reads is still true when it writes."""
    looks = bool(connection.get_execution_options().get("mailbot_looks"))
    connection.exec_driver_sql(f"PRAGMA query_only = {'ON' if looks else 'OFF'}")
    connection.exec_driver_sql("BEGIN" if looks else "BEGIN IMMEDIATE")


def _alembic() -> Config:
    config = Config()
    config.set_main_option("script_location", "mailbot.store:migrations")
    config.set_main_option("path_separator", "os")
    return config
