"""An IMAP and an SMTP server in this process, on free loopback ports, for the demo and the tests.

Both are other people's (pymap with its dict backend, aiosmtpd); here they are put on one event loop in
one thread, joined so that what SMTP takes lies in the recipient's INBOX, and given the levers that a
story needs: refuse, go down and come back, hang up, forget the UIDs. Nothing outlives the process.

    with Sandbox({"membership@network.example": "secret"}) as sandbox:
        sandbox.deliver("membership@network.example", raw)
        ...
        sandbox.outside  # what was sent through it
"""

from __future__ import annotations

import asyncio
import ssl
import threading
from argparse import Namespace
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self, TypeVar
from weakref import WeakSet

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from proxyprotocol.reader import ProxyProtocolReader
from proxyprotocol.version import ProxyProtocolVersion
from pymap.backend.dict import Config, Login
from pymap.backend.dict.filter import FilterSet
from pymap.backend.dict.mailbox import MailboxData, MailboxSet
from pymap.concurrent import Subsystem
from pymap.imap import IMAPServer
from pymap.parsing.message import AppendMessage
from pymap.parsing.specials import FetchRequirement
from pymap.parsing.specials.flag import Flag
from pymap.user import UserMetadata
from pysasl.hashing import BuiltinHash

from mailbot.config import Security

HOST = "127.0.0.1"
_PATIENCE = 10.0
"""Seconds that any single thing asked of the servers may take; they answer in milliseconds."""

_WHOLE = FetchRequirement.CONTENT

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Handed:
    """A letter that the SMTP server took: its envelope and its bytes as they came."""

    sender: str
    recipients: tuple[str, ...]
    raw: bytes


class Loop:
    """An event loop in a thread of its own, to which other threads hand work."""

    def __init__(self, name: str) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, name=name, daemon=True)

    def start(self) -> None:
        """Begin to run."""
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """The result of ``work``, done on the loop; raises what it raises, TimeoutError after ten seconds."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(_PATIENCE)

    def stop(self) -> None:
        """Cancel what still runs, wait for it, and end the thread."""
        self.run(_cancel_all())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(_PATIENCE)
        self.loop.close()


class Sandbox:
    """Both servers, for ``accounts``: address → password. Started by ``with``, and stopped by it.

    ``security`` other than NONE needs ``tls``, a server's context with its certificate. ``keywords``
    lets clients set flags of their own, which pymap by itself drops without a word. Mail to
    ``membership+anything@`` reaches ``membership@``; mail to an address without an account is taken too
    and found in ``outside`` alone. Anybody may hand in letters; a login, if tried, must be right. Letters
    are kept byte for byte, but for one that is a head alone: of that pymap loses the last byte. ``now``
    tells the time at which letters come in.
    """

    host = HOST

    def __init__(
        self,
        accounts: Mapping[str, str],
        *,
        security: Security = Security.NONE,
        tls: ssl.SSLContext | None = None,
        keywords: tuple[str, ...] = (),
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._now = now
        self._accounts = {address.casefold(): password for address, password in accounts.items()}
        self._loop = Loop("sandbox")
        kept = frozenset(Flag(keyword.encode()) for keyword in keywords)
        self._mailboxes = {address: _Mailboxes(kept) for address in self._accounts}
        self._taken: list[Handed] = []
        self._news = threading.Condition()
        self._refusals: dict[tuple[str, str], str] = {}
        implicit = tls if security is Security.TLS else None
        upgrade = tls if security is Security.STARTTLS else None
        self._imap = _Listener(_imap_factory(self._accounts, self._mailboxes, upgrade), implicit)
        self._smtp = _Listener(lambda: self._smtp_connection(upgrade), implicit)

    def __enter__(self) -> Self:
        self._loop.start()
        try:
            self._loop.run(self._start())
        except BaseException:
            self._loop.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.imap_down()
        self.smtp_down()
        self._loop.stop()

    # ── where to find them ───────────────────────────────────────────────────────────────────────

    @property
    def imap_port(self) -> int:
        """The IMAP server's port; the same for as long as the sandbox lives."""
        return self._imap.port

    @property
    def smtp_port(self) -> int:
        """The SMTP server's port; the same for as long as the sandbox lives."""
        return self._smtp.port

    # ── letters ──────────────────────────────────────────────────────────────────────────────────

    def deliver(self, recipient: str, raw: bytes, received_at: datetime | None = None) -> int:
        """Put a letter straight into an INBOX; returns its UID. Any thread.

        ``received_at`` (aware) becomes its INTERNALDATE; now, where None. Raises KeyError where nobody
        has that address.
        """
        return self._loop.run(self._deliver(recipient, raw, received_at))

    def letters(self, address: str, folder: str = "INBOX") -> list[bytes]:
        """The letters in a folder of an account, oldest first. Raises KeyError where there is none."""
        return self._loop.run(self._letters(address, folder))

    def add_folder(self, address: str, folder: str) -> None:
        """Make an empty folder in an account. Raises ValueError where it is there already."""
        self._loop.run(self._mailboxes[address.casefold()].add_mailbox(folder))

    @property
    def outside(self) -> tuple[Handed, ...]:
        """Every letter that the SMTP server took, in that order."""
        with self._news:
            return tuple(self._taken)

    def wait_for(self, enough: Callable[[tuple[Handed, ...]], bool], timeout: float = _PATIENCE) -> bool:
        """Wait until ``enough(outside)`` holds; False if it does not within ``timeout`` seconds."""
        with self._news:
            return self._news.wait_for(lambda: enough(tuple(self._taken)), timeout)

    # ── levers ───────────────────────────────────────────────────────────────────────────────────

    def refuse(self, answer: str, *, at: str = "RCPT", recipient: str = "") -> None:
        """From now on answer a command of SMTP with ``answer``: ``550 5.1.1 no such user``.

        ``at`` is MAIL, RCPT, DATA or AUTH; with ``recipient`` only for this one (at RCPT or DATA).
        """
        self._refusals[at, recipient.casefold()] = answer

    def relent(self) -> None:
        """Refuse nothing any more."""
        self._refusals.clear()

    def smtp_down(self) -> None:
        """Close the SMTP port and hang up on everybody."""
        self._loop.run(self._smtp.close())

    def smtp_up(self) -> None:
        """Open the SMTP port again, under the same number."""
        self._loop.run(self._smtp.open())

    def smtp_hang_up(self) -> None:
        """Hang up on everybody, as servers do with connections that rest too long, and stay open."""
        self._loop.run(self._smtp.hang_up())

    def imap_down(self) -> None:
        """Close the IMAP port and hang up on everybody."""
        self._loop.run(self._imap.close())

    def imap_up(self) -> None:
        """Open the IMAP port again, under the same number."""
        self._loop.run(self._imap.open())

    def renumber(self, address: str) -> None:
        """Make an INBOX anew with the same letters: another UIDVALIDITY, and everybody cut off."""
        self._loop.run(self._renumber(address))

    @property
    def smtp_connections(self) -> int:
        """How many connections the SMTP server has been given since the start."""
        return self._smtp.count

    # ── on the loop ──────────────────────────────────────────────────────────────────────────────

    async def _start(self) -> None:
        await self._imap.open()
        await self._smtp.open()

    async def _deliver(self, recipient: str, raw: bytes, received_at: datetime | None) -> int:
        inbox = await self._mailboxes[_account_of(recipient)].get_mailbox("INBOX")
        message = await inbox.append(AppendMessage(raw, received_at or self._now()), recent=True)
        return message.uid

    async def _letters(self, address: str, folder: str) -> list[bytes]:
        mailbox = await self._mailboxes[address.casefold()].get_mailbox(folder)
        loaded = [await message.load_content(_WHOLE) async for message in mailbox.messages()]
        return [bytes(letter.get_body([], False)) for letter in loaded]

    async def _renumber(self, address: str) -> None:
        await self._mailboxes[address.casefold()].renumber()
        await self._imap.hang_up()

    def _smtp_connection(self, upgrade: ssl.SSLContext | None) -> SMTP:
        return _Smtp(
            self,  # aiosmtpd calls the handle_* below
            loop=self._loop.loop,
            hostname="sandbox.example",
            ident="sandbox",
            enable_SMTPUTF8=True,
            tls_context=upgrade,
            require_starttls=upgrade is not None,
            auth_require_tls=upgrade is not None,
            authenticator=self._login,
        )

    def _login(self, *given: Any) -> AuthResult:
        """Called by aiosmtpd with server, session, envelope, mechanism and what was sent."""
        answer = self._refusals.get(("AUTH", ""))
        sent: LoginPassword = given[-1]
        wanted = self._accounts.get(sent.login.decode().casefold())
        if answer is None and wanted is not None and wanted.encode() == sent.password:
            return AuthResult(success=True)
        return AuthResult(success=False, handled=False, message=answer or "535 5.7.8 Wrong user or password")

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name for it, as those below
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Begin a letter, unless MAIL is refused."""
        if answer := self._refusals.get(("MAIL", "")):
            return answer
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 OK"

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take a recipient, unless refused."""
        if answer := self._refusal("RCPT", address):
            return answer
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Take the letter and put it where its recipients read, unless refused."""
        recipients = tuple(envelope.rcpt_tos)
        for recipient in recipients:
            if answer := self._refusal("DATA", recipient):
                return answer
        raw = envelope.original_content or b""
        for recipient in recipients:
            if _account_of(recipient) in self._mailboxes:
                await self._deliver(recipient, raw, None)
        with self._news:
            self._taken.append(Handed((envelope.mail_from or "").strip("<>"), recipients, raw))
            self._news.notify_all()
            return f"250 2.0.0 OK: queued as {len(self._taken)}"

    async def handle_exception(self, error: Exception) -> str:
        """Tell the client of anything unforeseen; aiosmtpd would write a traceback into the story."""
        return f"451 4.3.0 {type(error).__name__}: {error}"

    def _refusal(self, at: str, recipient: str) -> str | None:
        return self._refusals.get((at, recipient.casefold())) or self._refusals.get((at, ""))


class FlakyProxy:
    """A line to a server that can be cut or fall silent in mid-sentence. Started and stopped by ``with``.

    Counts what the server says to the client, over all connections since the last order.
    """

    host = HOST

    def __init__(self, port: int) -> None:
        self._target = port
        self._loop = Loop("flaky")
        self._listener = _Listener(self._connection, None)
        self._left: int | None = None
        self._silent = False
        self._said = bytearray()

    def __enter__(self) -> Self:
        self._loop.start()
        self._loop.run(self._listener.open())
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.run(self._listener.close())
        self._loop.stop()

    @property
    def port(self) -> int:
        """Where to connect instead of the server."""
        return self._listener.port

    @property
    def said(self) -> bytes:
        """All that clients said."""
        return bytes(self._said)

    def cut_after(self, octets: int) -> None:
        """Hang up once the server has said so many octets more; connections after that are cut at once."""
        self._left, self._silent = octets, False

    def silent_after(self, octets: int) -> None:
        """Pass on so many octets more of the server's, and then nothing, while all stays connected."""
        self._left, self._silent = octets, True

    def mend(self) -> None:
        """Pass on everything again, for new connections."""
        self._left = None

    def _connection(self) -> asyncio.StreamReaderProtocol:
        return _stream_protocol(self._pass_on)

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        to_server: asyncio.StreamWriter | None = None
        try:
            from_server, to_server = await asyncio.open_connection(HOST, self._target)
            asking = asyncio.ensure_future(self._pass_questions(reader, to_server))
            try:
                await self._pass_answers(from_server, writer)
            finally:
                asking.cancel()
        except OSError:
            pass  # either end has gone: the other is told so below
        finally:
            for end in (writer, to_server):
                if end is not None:
                    end.transport.abort()

    async def _pass_questions(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while said := await reader.read(65536):
            self._said += said
            writer.write(said)
        writer.close()

    async def _pass_answers(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while said := await reader.read(65536):
            if self._left is None:
                writer.write(said)
                continue
            writer.write(said[: self._left])
            self._left = max(0, self._left - len(said))
            if self._left == 0 and not self._silent:
                await writer.drain()
                writer.write_eof()
                return


class _Listener:
    """A port of the loopback that can be closed and opened again under the same number."""

    def __init__(self, protocol: Callable[[], asyncio.Protocol], tls: ssl.SSLContext | None) -> None:
        self._protocol = protocol
        self._tls = tls
        self._server: asyncio.Server | None = None
        self._transports: WeakSet[asyncio.BaseTransport] = WeakSet()
        self.port = 0
        self.count = 0

    async def open(self) -> None:
        """Listen; on any free port the first time."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._noted, HOST, self.port, ssl=self._tls)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Listen no more, and hang up on everybody. Nothing happens where it is closed already."""
        if self._server is not None:
            self._server.close()
            await self.hang_up()
            await self._server.wait_closed()
            self._server = None

    async def hang_up(self) -> None:
        """End every connection, and let those who served it notice."""
        for transport in list(self._transports):
            transport.abort()  # type: ignore[attr-defined]  # every transport of a socket has it
        await _settle()

    def _noted(self) -> asyncio.Protocol:
        """A protocol whose transport we shall know, so as to hang up."""
        protocol = self._protocol()
        begin = protocol.connection_made

        def connection_made(transport: asyncio.BaseTransport) -> None:
            self._transports.add(transport)
            self.count += 1
            protocol.connection_made = begin  # type: ignore[method-assign]  # STARTTLS calls it again
            begin(transport)

        protocol.connection_made = connection_made  # type: ignore[method-assign]
        return protocol


class _Smtp(SMTP):
    """aiosmtpd's server, whose every login would otherwise be logged as a warning of its own making."""

    def _create_session(self) -> Session:
        return _QuietSession(self.loop)


class _QuietSession(Session):
    login_data = None


class _Mailboxes(MailboxSet):
    """The folders of one account, whose INBOX keeps ``keywords`` and can be numbered anew."""

    def __init__(self, keywords: frozenset[Flag]) -> None:
        super().__init__()
        self._keywords = keywords
        self._inbox = self._new_inbox()

    def _new_inbox(self) -> _InboxData:
        return _InboxData(self._keywords, self._content_cache, self._thread_cache)

    async def renumber(self) -> None:
        """Put the letters of INBOX into a new one."""
        old, new = self._inbox, self._new_inbox()
        for uid in [message.uid async for message in old.messages()]:
            await old.copy(uid, new)
        self._inbox = new


class _InboxData(MailboxData):
    """pymap's mailbox, which keeps the system's flags alone, with some keywords more."""

    def __init__(self, keywords: frozenset[Flag], *shared: Any) -> None:
        super().__init__(*shared)
        self._keywords = keywords

    @property
    def permanent_flags(self) -> frozenset[Flag]:
        """The flags that can be set for good."""
        return super().permanent_flags | self._keywords


def _imap_factory(
    accounts: Mapping[str, str], mailboxes: Mapping[str, MailboxSet], upgrade: ssl.SSLContext | None
) -> Callable[[], asyncio.Protocol]:
    """Makes the protocol of one IMAP connection to ``accounts`` and their ``mailboxes``."""
    hashing = BuiltinHash(rounds=1)  # the usual number takes 0.1 s at each login, to protect nothing
    config = Config(
        Namespace(passlib_cfg=None, proxy_protocol=None),
        host=HOST,
        port=0,
        demo_data=False,
        demo_user="",
        demo_password="",
        ssl_context=upgrade or ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER),
        tls_enabled=upgrade is not None,
        hash_context=hashing,
        cpu_subsystem=Subsystem.for_asyncio(),
        invalid_user_sleep=0.0,
    )
    login = Login(config)
    for address, password in accounts.items():
        login.users_dict[address] = UserMetadata(config, address, password=hashing.hash(password))
        config.set_cache[address] = (mailboxes[address], FilterSet())
    serve = ProxyProtocolReader(ProxyProtocolVersion.get(None)).get_callback(IMAPServer(login, config))
    return lambda: _stream_protocol(serve)


def _stream_protocol(
    serve: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Any],
) -> asyncio.StreamReaderProtocol:
    return asyncio.StreamReaderProtocol(asyncio.StreamReader(), serve)


def _account_of(recipient: str) -> str:
    """The account that mail to ``recipient`` reaches: itself without ``+anything``."""
    local, _, domain = recipient.casefold().rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"


async def _cancel_all() -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    await _settle()


async def _settle() -> None:
    """Let what has already happened to sockets reach their transports: a TLS handshake that the client broke
    off belongs to nobody whom we could ask to close it."""
    for _ in range(10):
        await asyncio.sleep(0)
