"""One mailbox read by IMAP: new letters by UID, waiting for more, putting away what is done.

Blocking, for one worker thread. Every failure arrives as a MailError that says whether trying again
can help; after a ConnectionLost the inbox is closed and ``connect()`` opens it anew.
"""

from __future__ import annotations

import logging
import selectors
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, IMAPClientReadOnlyError

from mailbot.config import After, Imap, Security
from mailbot.mail.errors import ConnectionLost, FolderMissing, LoginRefused, MailError, Unprotected
from mailbot.mail.tls import certificate_refused, context_for

log = logging.getLogger(__name__)

MOST_LETTERS = 50
"""In one batch; larger batches fetch no faster, and 50 UIDs keep a command within the 1,000 octets
that RFC 2683 section 3.2.1.5 recommends."""
MOST_BYTES = 20_000_000
"""In one batch, by RFC822.SIZE; a single larger letter comes alone."""
DONE_FLAG = b"$MailbotDone"

_SEARCH_WIDTH = 90_000
"""UIDs asked for in one SEARCH of a large folder: the answer is one line, of which the standard
library's imaplib reads at most 1,000,000 octets, and a UID takes up to eleven."""
_LONGEST_IDLE = 28 * 60.0
"""Seconds; RFC 2177 has a client end IDLE at least every 29 minutes."""
_FIRST_IDLE = 1.0
"""Seconds. Mail that came just before IDLE may be told in the same packet as «idling», and then lies read
in a buffer where nobody looks; ending the first IDLE soon brings it to light."""
_GLANCE = 0.5
"""Seconds between two looks at the stop event while waiting."""
_GOODBYE = 2.0
"""Seconds that a server is given to answer when we leave."""
_TRY_LATER = ("[UNAVAILABLE]", "[INUSE]", "[LIMIT]", "[SERVERBUG]")
"""Response codes of a refusal that may pass by itself (RFC 5530 section 3, RFC 9051 section 7.1)."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A letter as it lies on the server. ``received_at`` is its INTERNALDATE, in UTC."""

    uid: int
    received_at: datetime
    raw: bytes


@dataclass(frozen=True, slots=True)
class Withheld:
    """A letter that the server lists and would not hand over, with what it said instead."""

    uid: int
    reason: str


@dataclass(frozen=True, slots=True)
class Batch:
    """New letters, lowest UID first, and the mark to store with them.

    Everything up to ``last_uid`` has been seen, also what vanished between listing and fetching.
    ``withheld`` needs a person's eye: going on without telling anybody would drop these in silence.
    """

    uidvalidity: int
    letters: tuple[Fetched, ...]
    last_uid: int
    withheld: tuple[Withheld, ...] = ()


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What the server offers of what we make use of."""

    idle: bool
    """New mail is told at once (RFC 2177); otherwise it is found by polling."""
    move: bool
    """Letters can be moved, by MOVE (RFC 6851) or by UIDPLUS (RFC 4315)."""
    keywords: bool
    """Our own flag for «done» is kept; otherwise the star is used. False too where ``after`` is LEAVE."""


@dataclass(frozen=True, slots=True)
class _Folder:
    """What the server told of the folder when it was opened."""

    uidvalidity: int
    newest_uid: int
    letters: int
    flags: tuple[bytes, ...]
    """Those that can be set for good (PERMANENTFLAGS)."""


class Inbox:
    """An IMAP account and its folder, as ``settings`` say. ``idle`` off: wait by polling alone."""

    def __init__(self, settings: Imap, password: str, *, idle: bool = True) -> None:
        self._settings = settings
        self._password = password
        self._idle = idle
        self._client: IMAPClient | None = None
        self._opened: _Folder | None = None
        self._looked_up_to = 0
        self._told_of_star = False

    def __enter__(self) -> Self:
        self.connect()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # ── coming and going ─────────────────────────────────────────────────────────────────────────

    def connect(self) -> None:
        """Connect, log in and open the folder for reading; what was open before is closed first.

        Raises ConnectionLost, Unprotected, LoginRefused, FolderMissing.
        """
        self.close()
        context = context_for(self._settings.security, self._settings.host, self._settings.ca_file)
        try:
            self._client = self._reach(context)
            if self._settings.security is Security.STARTTLS:
                self._upgrade(context)
            self._log_in()
            self._open()
        except BaseException:
            self._drop()
            raise

    def close(self) -> None:
        """Say goodbye, within two seconds, and hang up. Never raises."""
        client = self._client
        if client is None:
            return
        with suppress(OSError, IMAPClientError):
            client.socket().settimeout(_GOODBYE)
            client.logout()
        self._drop()

    def _drop(self) -> None:
        client, self._client, self._opened = self._client, None, None
        if client is not None:
            with suppress(OSError, IMAPClientError):
                client.shutdown()

    def _reach(self, context: ssl.SSLContext | None) -> IMAPClient:
        settings = self._settings
        with self._translated("connecting"):
            client = IMAPClient(
                settings.host,
                settings.port,
                ssl=settings.security is Security.TLS,
                ssl_context=context,
                timeout=settings.timeout,
            )
            client.normalise_times = False  # INTERNALDATE keeps its zone
            # imaplib sends a literal and its line break apart: without this, each APPEND waits 40 ms.
            client.socket().setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return client

    def _upgrade(self, context: ssl.SSLContext | None) -> None:
        with self._speaking("STARTTLS") as client:
            if not client.has_capability("STARTTLS"):
                raise Unprotected(
                    f'{self._where} offers no STARTTLS, which security = "starttls" demands; the password '
                    'was not sent. Use security = "tls" with port 993 if the server has it, or ask whoever '
                    "runs it: somebody in between may have struck the offer out."
                )
            try:
                client.starttls(context)
            except IMAPClientAbortError:
                raise
            except IMAPClientError as error:
                raise Unprotected(
                    f"{self._where} offered STARTTLS and then refused it ({_words(error)}); the password was "
                    'not sent. Use security = "tls" with port 993 if the server has it.'
                ) from error

    def _log_in(self) -> None:
        user = self._settings.user
        with self._speaking("logging in") as client:
            try:
                if client.has_capability("AUTH=PLAIN"):
                    client.plain_login(user, self._password)  # takes any character, unlike LOGIN
                elif client.has_capability("LOGINDISABLED"):
                    raise LoginRefused(
                        f"{self._where} takes no password on an unprotected connection (LOGINDISABLED). "
                        'Use security = "tls" or "starttls".'
                    )
                else:
                    client.login(user, self._password)
            except UnicodeEncodeError:
                # from None: this exception carries what could not be encoded.
                raise LoginRefused(
                    f"{self._where} takes only passwords in ASCII, and that of {user} has other characters. "
                    "Give the account another password."
                ) from None
            except IMAPClientError as error:
                words = _words(error).replace(self._password, "…") if self._password else _words(error)
                hung_up = isinstance(
                    error.__context__, IMAPClientAbortError
                )  # made a LoginError by IMAPClient
                if hung_up or _may_pass(words):
                    raise ConnectionLost(f"{self._where} lets nobody in just now: {words}") from None
                raise LoginRefused(
                    f"{self._where} refused the login of {user}: {words}. Check the user and where the "
                    "password is taken from; many providers want an app password here."
                ) from None

    # ── reading ──────────────────────────────────────────────────────────────────────────────────

    @property
    def uidvalidity(self) -> int:
        """The folder's UIDVALIDITY when it was last opened or asked for new letters."""
        return self._folder.uidvalidity

    def newest_uid(self) -> int:
        """The UID that all letters now in the folder lie at or below; the mark that means «now»."""
        return self._open().newest_uid

    @property
    def count(self) -> int:
        """How many letters lay in the folder when it was last opened."""
        return self._folder.letters

    def new_letters(self, uidvalidity: int | None, last_uid: int) -> Iterator[Batch]:
        """The letters above ``last_uid`` in batches, each with the mark to store in the same commit.

        Where the folder's UIDVALIDITY is not ``uidvalidity`` (RFC 9051 section 2.3.1.1), UIDs mean other
        letters now and all of the folder comes. Nothing is marked as read. Raises ConnectionLost between
        batches or within one, of which then nothing is yielded.
        """
        folder = self._open()
        since = last_uid if folder.uidvalidity == uidvalidity else 0
        self._looked_up_to = since
        for uids in _pieces(self._uids_above(since, folder), MOST_LETTERS):
            with self._speaking("asking for sizes") as client:
                told = client.fetch(uids, ["RFC822.SIZE"])
            for batch in batches_by_size(
                uids, {uid: items.get(b"RFC822.SIZE", 0) for uid, items in told.items()}
            ):
                letters, withheld = self._fetch(batch)
                yield Batch(folder.uidvalidity, letters, batch[-1], withheld)
        self._looked_up_to = folder.newest_uid

    def _uids_above(self, since: int, folder: _Folder) -> list[int]:
        """All UIDs above ``since``, ascending."""
        if since >= folder.newest_uid:
            return []
        if folder.letters <= _SEARCH_WIDTH:
            ranges = [f"{since + 1}:*"]
        else:
            starts = range(since + 1, folder.newest_uid + 1, _SEARCH_WIDTH)
            ranges = [f"{start}:{start + _SEARCH_WIDTH - 1}" for start in starts]
        found: set[int] = set()
        with self._speaking("looking for new letters") as client:
            for uids in ranges:
                found.update(client.search(["UID", uids]))
        # «*» is the last letter even where it lies below the first number (RFC 9051 section 9, seq-range).
        return sorted(uid for uid in found if uid > since)

    def _fetch(self, uids: Sequence[int]) -> tuple[tuple[Fetched, ...], tuple[Withheld, ...]]:
        """The letters of ``uids``; if the server balks at the batch, one by one.

        A server may answer NO to the whole because of one letter that somebody has just deleted
        (RFC 2180 section 4.1) or that is broken in its own store.
        """
        try:
            return self._fetch_together(uids), ()
        except _BalkedError:
            with self._speaking("catching up") as client:
                client.noop()
        letters: list[Fetched] = []
        withheld: list[Withheld] = []
        for uid in uids:
            try:
                letters += self._fetch_together([uid])
            except _BalkedError as error:
                withheld.append(Withheld(uid, str(error)))
        return tuple(letters), tuple(withheld)

    def _fetch_together(self, uids: Sequence[int]) -> tuple[Fetched, ...]:
        with self._speaking("fetching letters") as client:
            try:
                told = client.fetch(uids, ["INTERNALDATE", "BODY.PEEK[]"])
            except IMAPClientAbortError:
                raise
            except (IMAPClientError, ValueError) as error:  # ValueError: an INTERNALDATE that is no date
                raise _BalkedError(_words(error)) from error
        return tuple(
            Fetched(uid, items[b"INTERNALDATE"].astimezone(UTC), items[b"BODY[]"])
            for uid, items in sorted(told.items())
            if items.get(b"BODY[]") is not None and b"INTERNALDATE" in items
        )

    # ── waiting ──────────────────────────────────────────────────────────────────────────────────

    def wait(self, seconds: float, stop: threading.Event) -> bool:
        """Wait for mail; True as soon as some may have come, False when the time is up or ``stop`` is set.

        Without IDLE it waits for the time or for ``stop`` alone. At most 28 minutes at a time: whoever
        waits longer calls again, which renews IDLE. Raises ConnectionLost.
        """
        with self._speaking("asking what it can do") as client:
            if not (self._idle and client.has_capability("IDLE")):
                stop.wait(seconds)
                return False
        until = time.monotonic() + min(seconds, _LONGEST_IDLE)
        uidvalidity = self.uidvalidity
        folder = self._open()
        if folder.uidvalidity != uidvalidity or folder.newest_uid > self._looked_up_to:
            return True
        pause = _FIRST_IDLE
        while not stop.is_set() and (left := until - time.monotonic()) > 0:
            if self._idle_for(min(pause, left), stop):
                return True
            pause = _LONGEST_IDLE
        return False

    def _idle_for(self, seconds: float, stop: threading.Event) -> bool:
        """One IDLE, ended early by ``stop`` or by anything that the server says; True if that is mail.

        IMAPClient's ``idle_check`` reads without waiting and gives up the connection when a line comes in
        two pieces; ``idle_done`` reads whole lines, and finds out if the line was cut.
        """
        until = time.monotonic() + seconds
        with self._speaking("waiting for mail") as client, selectors.DefaultSelector() as ears:
            client.idle()
            ears.register(client.socket(), selectors.EVENT_READ)
            while not stop.is_set() and (left := until - time.monotonic()) > 0:
                if ears.select(min(_GLANCE, left)):
                    break
            if stop.is_set():
                client.socket().settimeout(_GOODBYE)
            told = client.idle_done()[1]
            client.socket().settimeout(self._settings.timeout)
        return any(len(line) > 1 and line[1] == b"EXISTS" for line in told)

    # ── putting away ─────────────────────────────────────────────────────────────────────────────

    def put_away(self, uids: Sequence[int], after: After, done_folder: str) -> None:
        """Leave, flag or move letters that are safely stored; ``uids`` are of the present ``uidvalidity``.

        Flagged is done with the keyword ``$MailbotDone``, or with the star (``\\Flagged``) where the server
        keeps no keywords. Letters that are gone are passed over. Raises FolderMissing where ``done_folder``
        is not there, MailError where the server cannot do it or the folder may only be read.
        """
        if after is After.LEAVE or not uids:
            return
        before = self._folder.uidvalidity
        folder = self._open(writable=True)
        if folder.uidvalidity != before:
            self._drop()
            raise ConnectionLost(
                f"{self._where}: the folder {self._settings.folder} was made anew while we worked on it; "
                "it has to be read again before anything in it is put away."
            )
        for piece in _pieces(sorted(uids), MOST_LETTERS):
            if after is After.FLAG:
                self._flag(piece, folder)
            else:
                self._move(piece, done_folder)

    def _flag(self, uids: Sequence[int], folder: _Folder) -> None:
        flag = DONE_FLAG if _keeps_keywords(folder) else rb"\Flagged"
        if flag != DONE_FLAG and not self._told_of_star:
            self._told_of_star = True
            log.warning("%s keeps no keywords: letters that are done get the star instead.", self._where)
        with self._speaking("flagging letters") as client:
            client.add_flags(uids, [flag], silent=True)

    def _move(self, uids: Sequence[int], folder: str) -> None:
        with self._speaking("moving letters") as client:
            try:
                if client.has_capability("MOVE"):
                    client.move(uids, folder)
                elif client.has_capability("UIDPLUS"):
                    client.copy(uids, folder)
                    client.delete_messages(uids, silent=True)
                    client.uid_expunge(uids)
                else:
                    # A plain EXPUNGE would also remove what somebody else has marked as deleted.
                    raise MailError(
                        f"{self._where} can move no letters (neither MOVE nor UIDPLUS). "
                        'Set after = "flag" or "leave".'
                    )
            except IMAPClientAbortError:
                raise
            except IMAPClientError as error:
                raise self._folder_error("done", folder, error) from error

    def append_sent(self, raw: bytes, at: datetime) -> None:
        """Put a copy of a letter that was sent ``at`` (aware) into the settings' ``sent``, marked as read.

        Does nothing where the settings name no such folder. Raises FolderMissing, ConnectionLost.
        """
        folder = self._settings.sent
        if not folder:
            return
        with self._speaking("keeping a copy") as client:
            try:
                client.append(folder, raw, flags=[rb"\Seen"], msg_time=at)
            except IMAPClientAbortError:
                raise
            except IMAPClientError as error:
                raise self._folder_error("sent", folder, error) from error

    # ── for the doctor ───────────────────────────────────────────────────────────────────────────

    def folders(self) -> list[str]:
        """The names of all folders that can hold letters, sorted."""
        with self._speaking("listing folders") as client:
            return sorted(name for flags, _, name in client.list_folders() if rb"\Noselect" not in flags)

    def capabilities(self) -> Capabilities:
        """What the server can do for us. Raises MailError where it cannot do what ``after`` asks for."""
        # EXAMINE tells no PERMANENTFLAGS, and SELECT is worth a complaint only if we mean to write.
        writes = self._settings.after is not After.LEAVE
        folder = self._open(writable=writes)
        with self._speaking("asking what it can do") as client:
            return Capabilities(
                idle=client.has_capability("IDLE"),
                move=client.has_capability("MOVE") or client.has_capability("UIDPLUS"),
                keywords=writes and _keeps_keywords(folder),
            )

    # ── the connection ───────────────────────────────────────────────────────────────────────────

    @property
    def _where(self) -> str:
        return f"{self._settings.host}, port {self._settings.port}"

    @property
    def _folder(self) -> _Folder:
        if self._opened is None:
            raise ConnectionLost(f"{self._where}: not connected.")
        return self._opened

    def _open(self, *, writable: bool = False) -> _Folder:
        """Open the folder (again): the only way to learn of a new UIDVALIDITY on an open connection.

        EXAMINE where reading is enough, so that nothing we do can change a flag.
        """
        name = self._settings.folder
        with self._speaking(f"opening {name}") as client:
            try:
                told = client.select_folder(name, readonly=not writable)
            except IMAPClientReadOnlyError as error:
                raise MailError(
                    f"{self._where}: {self._settings.user} may only read {name}, so letters there cannot be "
                    'flagged or moved. Set after = "leave", or give the account the right to write.'
                ) from error
            except IMAPClientAbortError:
                raise
            except IMAPClientError as error:
                raise self._folder_error("folder", name, error) from error
        try:
            self._opened = _Folder(
                uidvalidity=told[b"UIDVALIDITY"],
                newest_uid=told[b"UIDNEXT"] - 1,
                letters=told[b"EXISTS"],
                flags=told.get(b"PERMANENTFLAGS", ()),
            )
        except KeyError as missing:
            raise MailError(
                f"{self._where} tells no {missing.args[0].decode()} for {name}, without which new letters "
                "cannot be told from old ones (RFC 9051 section 2.3.1.1). Another server is needed."
            ) from missing
        return self._opened

    def _folder_error(self, setting: str, folder: str, error: IMAPClientError) -> MailError:
        """Why the server would not use ``folder``, named by ``setting``: not there, or something else."""
        words = _words(error)
        if _may_pass(words):
            return ConnectionLost(f"{self._where} cannot use {folder} just now: {words}")
        there = self.folders()
        if folder in there or folder.upper() == "INBOX":
            return MailError(f"{self._where} would not use the folder {folder} ({setting}): {words}")
        return FolderMissing(
            f"imap.{setting} is {folder!r}, but {self._settings.user} at {self._where} has only "
            f"{', '.join(there)}. Correct it in config.toml, or create the folder."
        )

    @contextmanager
    def _speaking(self, doing: str) -> Iterator[IMAPClient]:
        """The connection, for one exchange; if it breaks, it is dropped and ConnectionLost is raised."""
        if self._client is None:
            raise ConnectionLost(f"{self._where}: not connected.")
        with self._translated(doing):
            yield self._client

    @contextmanager
    def _translated(self, doing: str) -> Iterator[None]:
        try:
            yield
        except ssl.SSLCertVerificationError as error:
            self._drop()
            raise certificate_refused(self._where, error) from error
        except (OSError, IMAPClientError) as error:
            self._drop()
            raise ConnectionLost(f"{self._where}: {doing} failed: {_words(error)}") from error


class _BalkedError(Exception):
    """The server refused a FETCH, or answered it with something that cannot be read."""


def batches_by_size(
    uids: Sequence[int], sizes: Mapping[int, int], most_bytes: int = MOST_BYTES
) -> Iterator[list[int]]:
    """``uids`` cut into runs of at most ``most_bytes`` by ``sizes`` (octets); never an empty run.

    A UID without a size has vanished: it stays in its run, so that the run's last UID is the mark.
    """
    run: list[int] = []
    weight = 0
    for uid in uids:
        size = sizes.get(uid, 0)
        if run and weight + size > most_bytes:
            yield run
            run, weight = [], 0
        run.append(uid)
        weight += size
    if run:
        yield run


def _pieces(uids: Sequence[int], most: int) -> Iterator[Sequence[int]]:
    return (uids[start : start + most] for start in range(0, len(uids), most))


def _keeps_keywords(folder: _Folder) -> bool:
    r"""``\*`` in PERMANENTFLAGS: new keywords can be made (RFC 9051 section 7.1)."""
    return rb"\*" in folder.flags or DONE_FLAG in folder.flags


def _words(error: Exception) -> str:
    """The server's own words; imaplib hands some of them on as the repr of bytes."""
    text = str(error) or type(error).__name__
    return text.replace("b'", "").replace('b"', "").rstrip("'\". ")


def _may_pass(words: str) -> bool:
    return any(code in words.upper() for code in _TRY_LATER)
