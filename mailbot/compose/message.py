"""A letter to write → the bytes of a mail message.

Written out here rather than by ``email.message.EmailMessage``, which takes longer for this than all
else about a letter together. Every line is 7-bit and ends with CRLF, whatever the words are.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from email.utils import encode_rfc2231, format_datetime, quote

from mailbot.compose.templates import Templates
from mailbot.compose.typeset import fold
from mailbot.values import Address, Attachment, Language
from mailbot.views import View

REFERENCES_KEPT = 20
"""Mail clients thread by the first reference and the last few; some servers refuse a very long header."""

LONGEST_NAME = 200
"""Characters of a display name: an ASCII name cannot be folded within the 998 of RFC 5322 section 2.1.1."""

LONGEST_FILENAME = 70
"""Characters, each of which may take 12 in RFC 2231."""

LONGEST_EMAIL = 320
"""RFC 3696 section 3."""

_ID = re.compile(r"[!-;=?-~]{1,900}")
"""A Message-ID without its brackets: anything visible (RFC 5322 section 3.6.4 is stricter, mail is not)."""

_LOCAL_PART = r"""[\w!#$%&'*+/=?^`{|}~.-]+|"(?:[ !#-\[\]-~]|\\[ -~])*\""""
_EMAIL = re.compile(rf"({_LOCAL_PART})@([A-Za-z0-9.-]+|\[[A-Za-z0-9.:]+\])", re.ASCII)
"""RFC 5322 section 3.4.1 without comments; dots may stand anywhere, as some Japanese addresses have it."""

_PLAIN_NAME = re.compile(r"[\w!#$%&'*+/=?^`{|}~ -]+", re.ASCII)
_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,126}/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}")

_WORD_BYTES = 45
"""Of UTF-8 in one encoded word, which may be 75 characters long (RFC 2047 section 2)."""

_LONGEST_LINE = 998
"""Bytes, without its CRLF (RFC 5322 section 2.1.1)."""


class UnwritableAddressError(ValueError):
    """A letter cannot be addressed so."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A letter to write: what it says, who writes to whom, and which letter it answers.

    Ids are without angle brackets. ``date`` is aware. ``reply_to`` is an address.
    """

    template: str
    language: Language
    view: View
    sender: Address
    recipient: Address
    message_id: str
    date: datetime
    reply_to: str = ""
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class Composed:
    """A letter as it is sent: ``raw`` is the message, the others what is in it."""

    subject: str
    raw: bytes
    text: str
    html: str


def compose(draft: Draft, templates: Templates) -> Composed:
    """The draft as a message; the same draft always gives the same bytes.

    An attachment of the type ``message/rfc822`` stays a letter that mail clients open, where its bytes
    allow it. Raises TemplateError where the template does, UnwritableAddressError where the sender's,
    the recipient's or the reply address is none or has characters that need SMTPUTF8, ValueError where
    ``message_id`` is none.
    """
    if not _ID.fullmatch(draft.message_id):
        raise ValueError(f"{draft.message_id!r} is no Message-ID")
    words = templates.render(draft.template, draft.language, draft.view)
    number = fold(draft.view.number)
    subject = f"[{number}] {words.subject}" if number else words.subject
    boundary = hashlib.sha256(draft.message_id.encode()).hexdigest()[:24]
    body = _multipart("alternative", boundary, [_text("plain", words.text), _text("html", words.html)])
    if draft.attachments:
        body = _multipart("mixed", f"m{boundary}", [body, *map(_attached, draft.attachments)])
    raw = _head(draft, subject).encode("ascii") + b"MIME-Version: 1.0\r\n" + body
    return Composed(subject, raw, words.text, words.html)


# ── the head ─────────────────────────────────────────────────────────────────────────────────────


def _head(draft: Draft, subject: str) -> str:
    answered = [_bracketed(draft.in_reply_to)] if _ID.fullmatch(draft.in_reply_to) else []
    references = [_bracketed(each) for each in draft.references if _ID.fullmatch(each)]
    if len(references) > REFERENCES_KEPT:
        references[1 : len(references) - REFERENCES_KEPT + 1] = []
    fields = {
        "From": _mailbox(draft.sender),
        "To": _mailbox(draft.recipient),
        "Reply-To": _mailbox(Address(draft.reply_to)) if draft.reply_to else "",
        "Subject": _unstructured(subject),
        "Date": format_datetime(draft.date),
        "Message-ID": _bracketed(draft.message_id),
        "In-Reply-To": "".join(answered),
        "References": "\r\n ".join(references),
        # RFC 3834 section 5.
        "Auto-Submitted": "auto-replied" if answered else "auto-generated",
        # Exchange and Outlook: no automatic reply of any kind to this ([MS-OXCMAIL] 2.2.3.2.14).
        "X-Auto-Response-Suppress": "All",
    }
    return "".join(f"{name}: {value}\r\n" for name, value in fields.items() if value)


def _bracketed(message_id: str) -> str:
    return f"<{message_id}>"


def _mailbox(address: Address) -> str:
    email = _writable(address.email)
    name = fold(address.name)[:LONGEST_NAME].strip()
    if not name:
        return email
    if not name.isascii() or "=?" in name:
        shown = _encoded_words(name)
    else:
        shown = name if _PLAIN_NAME.fullmatch(name) else f'"{quote(name)}"'
    return f"{shown}\r\n <{email}>"


def _writable(email: str) -> str:
    local, _, domain = email.strip().rpartition("@")
    try:
        ascii_email = f"{local}@{domain if domain.isascii() else domain.encode('idna').decode('ascii')}"
    except UnicodeError:
        ascii_email = email
    if not _EMAIL.fullmatch(ascii_email) or len(ascii_email) > LONGEST_EMAIL:
        raise UnwritableAddressError(f"{email!r} is no address that we can write to. Correct it by hand.")
    return ascii_email


def _unstructured(words: str) -> str:
    if not words.isascii() or "=?" in words or len(words) > _LONGEST_LINE // 2:
        return _encoded_words(words)
    return words


def _encoded_words(words: str) -> str:
    """RFC 2047, in base64, folded; no character is cut in two."""
    pieces = [b""]
    for character in words:
        encoded = character.encode()
        if len(pieces[-1]) + len(encoded) > _WORD_BYTES:
            pieces.append(b"")
        pieces[-1] += encoded
    return "\r\n ".join(f"=?utf-8?b?{base64.b64encode(piece).decode('ascii')}?=" for piece in pieces)


# ── the body: each part is its own header fields, an empty line and its content ──────────────────


def _multipart(kind: str, boundary: str, parts: list[bytes]) -> bytes:
    # No line of quoted-printable or base64 holds «=_» (RFC 2045 section 6.7), and an attached letter
    # cannot foresee a Message-ID.
    delimiter = f"=_{boundary}".encode()
    head = b'Content-Type: multipart/%s;\r\n boundary="%s"\r\n\r\n' % (kind.encode(), delimiter)
    body = b"".join(b"--%s\r\n%s\r\n" % (delimiter, part) for part in parts)
    return head + body + b"--%s--\r\n" % delimiter


def _text(kind: str, words: str) -> bytes:
    """Quoted-printable or base64, whichever is shorter: Arabic is three times as long in the former."""
    content = words.replace("\n", "\r\n").encode()
    encoding, encoded = b"quoted-printable", binascii.b2a_qp(content, istext=True)
    if len(encoded) > _in_base64(len(content)):
        encoding, encoded = b"base64", _base64(content)
    head = b"Content-Type: text/%s; charset=utf-8\r\nContent-Transfer-Encoding: %s\r\n\r\n"
    return head % (kind.encode(), encoding) + encoded


def _attached(attachment: Attachment) -> bytes:
    media_type = attachment.media_type.lower()
    disposition = "Content-Disposition: attachment" + _filename(attachment.name)
    if media_type == "message/rfc822" and _is_seven_bit(attachment.content):
        head = f"Content-Type: message/rfc822\r\n{disposition}\r\n\r\n"
        return head.encode("ascii") + attachment.content
    # RFC 2046 section 5.2.1 lets no other encoding than 7bit and 8bit into message/rfc822.
    if media_type.startswith(("message/", "multipart/")) or not _MEDIA_TYPE.fullmatch(media_type):
        media_type = "application/octet-stream"
    head = f"Content-Type: {media_type}\r\n{disposition}\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    return head.encode("ascii") + _base64(attachment.content)


def _filename(name: str) -> str:
    shown = fold(name).replace("/", "_").replace("\\", "_")[-LONGEST_FILENAME:]
    if not shown:
        return ""
    if shown.isascii():
        return f';\r\n filename="{quote(shown)}"'
    return f";\r\n filename*={encode_rfc2231(shown, 'utf-8')}"


def _is_seven_bit(content: bytes) -> bool:
    lines = content.split(b"\r\n")
    return content.isascii() and not any(
        len(line) > _LONGEST_LINE or b"\r" in line or b"\n" in line or b"\0" in line for line in lines
    )


def _in_base64(size: int) -> int:
    """How many bytes ``size`` bytes take in base64, in lines of 76 characters with their CRLF."""
    characters = -(-size // 3) * 4
    return characters + -(-characters // 76) * 2


def _base64(content: bytes) -> bytes:
    return base64.encodebytes(content).replace(b"\n", b"\r\n")
