"""Letters handed in for delivery by SMTP, over a few connections that stay open.

What becomes of a letter is a value (Sent, Later, Refused). What is no letter's fault, such as a login
that is refused, is raised as a MailError: the letter was not tried and its row stays as it was.
"""

from __future__ import annotations

import asyncio
import logging
import re
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from email.utils import parseaddr
from typing import Self, TypeAlias

import aiosmtplib

from mailbot.config import Security, Smtp
from mailbot.mail.errors import ConnectionLost, LoginRefused, Unprotected
from mailbot.mail.tls import certificate_refused, context_for

log = logging.getLogger(__name__)

_HELLO = "[127.0.0.1]"
"""What we call ourselves in EHLO: an address literal (RFC 5321 section 4.1.1.1), which any server takes
from a client that logs in and which tells nothing of this machine."""
_GOODBYE = 2.0
"""Seconds that a server is given to answer QUIT."""
_LAST_DOT = 10
"""How many times ``timeout`` the answer to the last dot may take: RFC 5321 section 4.5.3.2.6 wants ten
minutes, as a letter given up too soon is sent twice."""
_NO_LOGIN = {530, 534, 535, 538}
"""Answers to MAIL or AUTH that complain of the login (RFC 4954 section 6)."""
_POLICY = re.compile(r"5\.7\.\d+")
"""Enhanced status codes of a refusal for security or policy (RFC 3463 section 3.8)."""
_CONGESTED = re.compile(r"[45]\.4\.5\b")
"""«Mail system congestion», meant to pass (RFC 3463 section 3.5); Google says so, with a code of 550, when
the day's quota is used up."""


@dataclass(frozen=True, slots=True)
class Sent:
    """The server has taken charge of the letter; ``response`` is what it said, often its queue number."""

    response: str


@dataclass(frozen=True, slots=True)
class Later:
    """The letter could not be handed in just now; the same bytes are worth another try."""

    reason: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The server will not take this letter. ``policy``: for who we are or what it says (5.7.x), not for where
    it goes."""

    reason: str
    policy: bool


Outcome: TypeAlias = Sent | Later | Refused


class Outbox:
    """The way out, as ``settings`` say; all of it belongs to the event loop on which ``start()`` ran."""

    def __init__(self, settings: Smtp, password: str | None) -> None:
        self._settings = settings
        self._password = password
        self._context: ssl.SSLContext | None = None
        self._places = asyncio.Semaphore(settings.connections)
        self._resting: list[aiosmtplib.SMTP] = []

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def start(self) -> None:
        """Get ready; connections are opened when there is a letter to send. Raises MailError."""
        self._context = context_for(self._settings.security, self._settings.host, self._settings.ca_file)

    async def close(self) -> None:
        """Wait for the letters in flight, then say goodbye on every connection. Nothing can be sent after."""
        for _ in range(self._settings.connections):
            await self._places.acquire()
        while self._resting:
            await self._leave(self._resting.pop())

    async def check(self) -> None:
        """Connect, log in and leave. Raises ConnectionLost, Unprotected, LoginRefused."""
        await self._leave(await self._connect())

    async def send(self, sender: str, recipient: str, raw: bytes) -> Outcome:
        """Hand in ``raw`` as it stands, for one recipient. An empty ``sender`` wants no bounces.

        A connection that the server closed since the last letter is replaced without a word, as long as it
        cannot have accepted anything. Where it breaks after the letter was begun, nobody knows: then it is
        Later, and the Message-ID shows a repetition for what it is. Raises LoginRefused, Unprotected.
        """
        async with self._places:
            if self._resting:
                try:
                    return await self._hand_in(self._resting.pop(), sender, recipient, raw)
                except _NotBegunError as closed:
                    log.debug("A resting connection was of no use any more: %s", closed)
            try:
                return await self._hand_in(await self._connect(), sender, recipient, raw)
            except (_NotBegunError, ConnectionLost) as error:
                return Later(str(error))

    async def _hand_in(self, link: aiosmtplib.SMTP, sender: str, recipient: str, raw: bytes) -> Outcome:
        """One letter over one connection; raises _NotBegunError where that broke before its first byte."""
        begun = False
        try:
            async with self._kept(link):
                _check_addresses(sender, recipient)
                options, encoding = self._options(link, sender, recipient, raw)
                await link.mail(sender, options=options, encoding=encoding)
                await link.rcpt(recipient, encoding=encoding)
                begun = True
                answer = await link.data(raw, timeout=self._settings.timeout * _LAST_DOT)
        except aiosmtplib.SMTPResponseException as error:
            if error.code == aiosmtplib.SMTPStatus.domain_unavailable and not begun:
                raise _NotBegunError(f"{self._where}: {error.code} {error.message}") from error
            return self._outcome_of(error)
        except ValueError as error:  # an address that cannot stand in a command
            return Refused(str(error), policy=False)
        except (aiosmtplib.SMTPException, OSError) as error:
            if begun:
                return Later(f"{self._where}: the connection broke while the letter was handed in: {error}")
            raise _NotBegunError(f"{self._where}: the connection broke: {error}") from error
        return Sent(answer.message)

    def _options(
        self, link: aiosmtplib.SMTP, sender: str, recipient: str, raw: bytes
    ) -> tuple[list[str], str]:
        """The parameters of MAIL for this letter, and the encoding of its addresses."""
        options = []
        if link.supports_extension("size"):
            options.append(f"SIZE={len(raw)}")
        if not raw.isascii() and link.supports_extension("8bitmime"):
            options.append("BODY=8BITMIME")
        if (sender + recipient).isascii():
            return options, "ascii"
        if not link.supports_extension("smtputf8"):
            raise ValueError(
                f"{self._where} takes only addresses in ASCII (it offers no SMTPUTF8), so nothing can go "
                f"from {sender} to {recipient}."
            )
        return [*options, "SMTPUTF8"], "utf-8"

    def _outcome_of(self, error: aiosmtplib.SMTPResponseException) -> Outcome:
        """What an answer other than «yes» means for the letter."""
        reason = f"{error.code} {error.message}"
        if error.code in _NO_LOGIN:
            raise LoginRefused(
                f"{self._where} wants another login before it takes letters: {reason}. "
                "Check smtp.user and smtp.password."
            )
        if error.code < 500 or _CONGESTED.match(error.message):
            return Later(reason)
        return Refused(reason, policy=bool(_POLICY.match(error.message)))

    # ── connections ──────────────────────────────────────────────────────────────────────────────

    @property
    def _where(self) -> str:
        return f"{self._settings.host}, port {self._settings.port}"

    @asynccontextmanager
    async def _kept(self, link: aiosmtplib.SMTP) -> AsyncIterator[None]:
        """Keeps a connection for the next letter if this one left it in order, and closes it if not."""
        try:
            yield
        except (aiosmtplib.SMTPResponseException, ValueError):
            await self._forget_letter(link)
            raise
        except BaseException:
            _cut(link)  # its next answer would belong to this letter
            raise
        finally:
            if link.is_connected:
                self._resting.append(link)

    async def _forget_letter(self, link: aiosmtplib.SMTP) -> None:
        """RSET, without which the server would take the next letter for a part of this one."""
        try:
            await link.rset()
        except (aiosmtplib.SMTPException, OSError):
            _cut(link)
        except BaseException:
            _cut(link)
            raise

    async def _connect(self) -> aiosmtplib.SMTP:
        """A new connection, protected and logged in as the settings demand."""
        settings = self._settings
        link = aiosmtplib.SMTP(
            hostname=settings.host,
            port=settings.port,
            timeout=settings.timeout,
            use_tls=settings.security is Security.TLS,
            start_tls=False,
            tls_context=self._context,
            local_hostname=_HELLO,
        )
        try:
            await link.connect()
            await link.ehlo()
            if settings.security is Security.STARTTLS:
                await self._upgrade(link)
            if settings.user:
                await self._log_in(link)
        except BaseException as error:
            _cut(link)
            if isinstance(cause := error.__cause__ or error, ssl.SSLCertVerificationError):
                raise certificate_refused(self._where, cause) from error
            if isinstance(error, (aiosmtplib.SMTPException, OSError)):
                raise ConnectionLost(f"{self._where} cannot be used just now: {error}") from error
            raise
        return link

    async def _upgrade(self, link: aiosmtplib.SMTP) -> None:
        if not link.supports_extension("starttls"):
            raise Unprotected(
                f'{self._where} offers no STARTTLS, which security = "starttls" demands; nothing was sent. '
                'Use security = "tls" with port 465 if the server has it, or ask whoever runs it: somebody '
                "in between may have struck the offer out."
            )
        await link.starttls()
        await link.ehlo()

    async def _log_in(self, link: aiosmtplib.SMTP) -> None:
        user, password = self._settings.user, self._password or ""
        if not link.supports_extension("auth"):
            raise LoginRefused(
                f"{self._where} offers no login on this connection, and smtp.user is {user!r}. "
                'Use security = "tls" or "starttls", or leave smtp.user empty if it needs no login.'
            )
        try:
            # Left to itself, aiosmtplib tries every method in turn: three failed logins for one.
            if "plain" in link.server_auth_methods:
                await link.auth_plain(user, password)
            else:
                await link.login(user, password)
        except aiosmtplib.SMTPAuthenticationError as error:
            if 400 <= error.code < 500:
                raise
            raise LoginRefused(
                f"{self._where} refused the login of {user}: {error.code} {error.message}. Check smtp.user "
                "and where smtp.password is taken from; many providers want an app password here."
            ) from None

    async def _leave(self, link: aiosmtplib.SMTP) -> None:
        transport = link.transport
        try:
            await link.quit(timeout=_GOODBYE)
        except (aiosmtplib.SMTPException, OSError) as error:
            log.debug("%s did not answer our goodbye: %s", self._where, error)
        _abort(transport)
        await asyncio.sleep(0)  # in which the socket is closed


def _cut(link: aiosmtplib.SMTP) -> None:
    """Hang up at once."""
    transport = link.transport
    link.close()
    _abort(transport)


def _abort(transport: asyncio.BaseTransport | None) -> None:
    """End a connection without TLS's own goodbye: waiting for the other side's might outlive our loop."""
    if isinstance(transport, asyncio.WriteTransport):
        transport.abort()


def _check_addresses(sender: str, recipient: str) -> None:
    """Raises ValueError for what is not one bare address; aiosmtplib would pick one out of it and go on."""
    for address in filter(None, (sender, recipient or "<>")):
        if "@" not in address or parseaddr(address)[1] != address:
            raise ValueError(f"{address!r} is no address that a letter can be sent to or from.")


class _NotBegunError(Exception):
    """The connection broke before anything of the letter can have been accepted."""
