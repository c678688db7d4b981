"""The tokens by which a reply proves that it answers a letter which went to one person alone.

A letter of ours carries an unguessable Message-ID, the same token once more at the head of its
References (Exchange and some list servers replace Message-IDs), and, where the server keeps
plus-addresses, a signed Reply-To (``membership+c42.k3v…@``). What comes back is looked up in the store,
which knows to whom that letter went.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable

from mailbot.values import Address, Letter

_SIGNED = re.compile(r"\+c([1-9][0-9]{0,17})\.([a-z2-7]{20})\Z")
_TOKEN = re.compile(r"^mailbot\.[a-z2-7]{26,52}(?:\.t)?@")
"""What our own Message-IDs look like, so that a letter that quotes none of them costs no look-up."""


def new_message_id(randomness: bytes, domain: str) -> str:
    """An unguessable Message-ID (RFC 5322 section 3.6.4), without brackets, from 20 random bytes."""
    token = base64.b32encode(randomness).decode("ascii").lower().rstrip("=")
    return f"mailbot.{token}@{domain}"


def thread_token(message_id: str) -> str:
    """The token of ``message_id`` once more, as an id of its own for References."""
    local, _, domain = message_id.rpartition("@")
    return f"{local}.t@{domain}"


def tokens_in(letter: Letter) -> tuple[str, ...]:
    """The Message-IDs of ours that the letter answers, nearest first, each once.

    In-Reply-To names the parent; References run from the oldest to the nearest (RFC 5322 3.6.4).
    """
    named = [*letter.in_reply_to, *reversed(letter.references)]
    ours = (_plain(i) for i in named if _TOKEN.match(i))
    return tuple(dict.fromkeys(ours))


def is_ours(message_id: str) -> bool:
    """Whether it has the look of a Message-ID of ours; only the store knows whether it is one."""
    return bool(_TOKEN.match(message_id))


def _plain(message_id: str) -> str:
    local, _, domain = message_id.rpartition("@")
    return f"{local.removesuffix('.t')}@{domain}"


def signed_address(address: str, outgoing: int, recipient: str, key: bytes) -> str:
    """``address`` with the number of the outgoing letter and a signature over it and its recipient.

    The local part stays in lower-case letters and digits: some mail programs fold the case.
    """
    local, _, domain = address.rpartition("@")
    return f"{local}+c{outgoing}.{_signature(outgoing, recipient, key)}@{domain}"


def signed_in(letter: Letter, address: str, sender: Address, key: bytes) -> tuple[int, ...]:
    """The outgoing letters whose signed address ``letter`` was sent to, signed for this sender.

    It is looked for where a server may put it: To, Cc, Delivered-To, X-Original-To, Envelope-To.
    """
    wanted_local, _, wanted_domain = address.casefold().rpartition("@")
    found: dict[int, None] = {}
    for tried in _recipients(letter):
        typed, _, domain = tried.rpartition("@")
        local = typed.casefold()
        match = _SIGNED.search(local) if typed.isascii() else None  # «K», the kelvin sign, folds into «k»
        if match is None or domain.casefold() != wanted_domain or local[: match.start()] != wanted_local:
            continue
        outgoing = int(match[1])
        if hmac.compare_digest(match[2], _signature(outgoing, sender.key, key)):
            found[outgoing] = None
    return tuple(found)


def _recipients(letter: Letter) -> Iterable[str]:
    yield from (a.email for a in (*letter.to, *letter.cc))
    for name in ("delivered-to", "x-original-to", "envelope-to"):
        yield from (value.strip("<> \t") for value in letter.all(name))


def _signature(outgoing: int, recipient: str, key: bytes) -> str:
    said = f"reply-address\0{outgoing}\0{Address(recipient).key}".encode()
    digest = hmac.digest(key, said, hashlib.sha256)
    return base64.b32encode(digest).decode("ascii").lower()[:20]
