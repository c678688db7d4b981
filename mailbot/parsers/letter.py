"""Bytes → ``Letter``: reads any mail message at all, and raises on none.

The header fields of each part are cut by the standard library (``compat32``), once; all else is done
here, because neither the standard library nor mail-parser (which is ``compat32`` underneath) does it:
charsets step by step, encoded words cut inside a letter, names with a comma, format=flowed, a missing
boundary, leading blank lines, the text of an attached letter kept apart, and bounds on size, depth
and number of parts. Both recurse into multiparts without a limit, so those are cut here too.
"""

from __future__ import annotations

import binascii
import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.parser import BytesParser
from email.policy import compat32
from email.utils import parsedate_to_datetime
from itertools import count
from typing import TypeAlias
from urllib.parse import unquote_to_bytes

from mailbot.parsers.charsets import decode
from mailbot.parsers.html import html_to_text
from mailbot.parsers.smime import signed_content
from mailbot.parsers.tnef import Packed, read_tnef
from mailbot.parsers.transfer import transferred
from mailbot.values import Address, Attachment, Letter

MAX_PARTS = 1000
MAX_DEPTH = 50
MAX_HEADER = 256 * 1024
"""Bytes of one part's header that are read; the longest that mail servers make stay under 32 kB."""
MAX_STUB = 400
"""Characters of a plain text that may only say: this letter is in HTML."""
MAX_NAME = 500
"""Characters of a name in an address field; a longer one is cut."""
MAX_SUBJECT = 2_000
"""Characters of a subject that are kept; a line of mail has 998 at most (RFC 5322 section 2.1.1)."""
MAX_TEXT = 2 * 1024 * 1024
"""Characters of text that are kept; the longest letters that people type have some 100,000."""

TRACE = frozenset({"authentication-results", "received", "delivered-to", "x-original-to", "envelope-to"})
"""Fields that servers write, and in which an encoded word is no word (RFC 2047 section 5): decoded, it could
add a result that no server gave."""

_Fields: TypeAlias = tuple[tuple[str, str], ...]

_LEADING_BLANK = re.compile(rb"(?:[ \t]*\r?\n)+")
_HEAD_END = re.compile(rb"\r?\n\r?\n|^\r?\n")
_FIELD = re.compile(rb"(?:>?From |[!-9;-~]+[ \t]*:)")
_ENCODED_WORD = re.compile(
    # RFC 2047 section 2, and what is sent instead of it: words longer than 75, spaces and "?" inside.
    r"=\?([^?\s*]{1,40})(?:\*[^?\s]{0,20})?\?([bBqQ])\?([^?]{0,2000}+(?:\?(?!=)[^?]{0,500}+){0,8})\?="
)
_ID = re.compile(r"<\s*([^<>]{1,998}?)\s*>")
_PARAMETER = re.compile(r";\s*([^=;\s\"]{1,80})\s*=\s*(?:\"((?:[^\"\\]|\\.)*+)\"|([^;]*))")
_CONTINUED = re.compile(r"^([^*]+)(?:\*(\d{1,3}))?(\*)?$")
_BOUNDARY_LINE = re.compile(rb"^--([^\r\n]{1,70})\r?\nContent-", re.IGNORECASE | re.MULTILINE)
_PGP_BEGIN = re.compile(r"^-----BEGIN PGP SIGNED MESSAGE-----\n(?:Hash:[^\n]*\n)*\n", re.MULTILINE)
_PGP_SIGNATURE = re.compile(r"^-----BEGIN PGP SIGNATURE-----$", re.MULTILINE)
_PGP_END = re.compile(r"^-----END PGP SIGNATURE-----", re.MULTILINE)
_PGP_SEALED, _PGP_SEALED_END = "-----BEGIN PGP MESSAGE-----\n", "-----END PGP MESSAGE-----"
_OPAQUE = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
_NO_TEXT = frozenset(
    {"text/calendar", "text/csv", "text/css", "text/javascript", "text/rtf", "text/xml", "text/vcard"}
    | {"text/x-vcard", "text/directory", "text/x-vcalendar", "text/rfc822-headers", "text/x-amp-html"}
    | {"text/x-moz-deleted", "text/x-patch", "text/x-diff", "text/x-log"}
)
"""Texts that are read otherwise, or by programs alone."""
_PAGE = re.compile(r"\s{0,200}(?:<\?xml[^>]{0,200}>\s{0,20})?<(?:!doctype html|html)\b", re.IGNORECASE)
_ENRICHED = re.compile(r"</?[a-zA-Z][\w-]{0,30}>")
_WORD = re.compile(r"\w+")
_ADDRESS = re.compile(r"[^\s<>\"(),;:@]{1,128}@[^\s<>\"(),;:@]{1,255}")
_COMMENT = re.compile(r"\([^()]{0,500}\)")
_PARSER = BytesParser(policy=compat32)


def read_letter(raw: bytes) -> Letter:
    """Read a message from its bytes; what cannot be read is left out and named in ``defects``.

    Nothing is raised, whatever the bytes. A thousand parts are read, fifty deep: bounds of our own
    that no mail client comes near. The time grows with the length of ``raw`` alone.
    """
    return _Reading().letter(raw, 0)


@dataclass(frozen=True, slots=True)
class _Part:
    """A leaf of the tree of parts, its body still encoded."""

    fields: _Fields
    media_type: str
    parameters: dict[str, str]
    body: bytes
    alternative: int
    """The multipart/alternative that it stands in, numbered; 0: in none."""

    @property
    def name(self) -> str:
        disposition = _parameters(_value(self.fields, "content-disposition"))
        return _unfold(disposition.get("filename") or self.parameters.get("name", ""))

    @property
    def is_attached(self) -> bool:
        return _value(self.fields, "content-disposition").lower().startswith("attachment") or bool(self.name)


@dataclass(slots=True)
class _Reading:
    """What is counted while one message is read, the letters attached to it included."""

    parts: int = 0
    alternatives: Iterator[int] = field(default_factory=lambda: count(1))
    defects: list[str] = field(default_factory=list)

    def letter(self, raw: bytes, depth: int) -> Letter:
        before = len(self.defects)
        raw = _with_line_ends(raw)
        fields, body = self.cut(raw.lstrip(b"\r\n") if _FIELD.match(raw.lstrip()) else raw)
        content = _Content(self, depth)
        for part in self.leaves(fields, body, depth, 0, "text/plain"):
            content.take(part)
        text = content.text()
        return Letter(
            message_id=next(iter(_ids(_value(fields, "message-id"))), ""),
            in_reply_to=_ids(_value(fields, "in-reply-to")),
            references=_ids(_value(fields, "references")),
            sender=next(iter(_addresses(fields, "from")), None),
            reply_to=_addresses(fields, "reply-to"),
            to=_addresses(fields, "to"),
            cc=_addresses(fields, "cc"),
            subject=_decode_words(_value(fields, "subject")[: 10 * MAX_SUBJECT])[:MAX_SUBJECT],
            date=_date(_value(fields, "date")),
            headers=tuple((name, value if name in TRACE else _decode_words(value)) for name, value in fields),
            text=text,
            html="\n".join(content.pages)[:MAX_TEXT],
            attachments=tuple(content.attachments),
            forwarded=tuple(content.forwarded),
            defects=tuple(self.defects[before:]),
        )

    def cut(self, raw: bytes) -> tuple[_Fields, bytes]:
        """Cut a message or part into its header fields, unfolded but not decoded, and its body."""
        end = _HEAD_END.search(raw)
        head, body = (raw[: end.start()], raw[end.end() :]) if end else (raw, b"")
        if len(head) > MAX_HEADER:
            self.defects.append(f"header of {len(head)} bytes, cut at {MAX_HEADER}")
            head = head[:MAX_HEADER]
        message = _PARSER.parsebytes(head + b"\n\n", headersonly=True)
        fields = tuple((name.lower(), self.readable(value)) for name, value in message.raw_items())
        del message["content-transfer-encoding"]  # so that the rest comes as it stands
        rest = message.get_payload(decode=True)
        if isinstance(rest, bytes) and rest.strip():
            self.defects.append("no blank line between header and body")
            body = rest + body
        return fields, body

    def readable(self, value: object) -> str:
        """A field's value as text: unfolded, raw 8-bit bytes decoded."""
        text = _unfold(str(value))
        if text.isascii():
            return text
        found, wrong = decode(text.encode("utf-8", "surrogateescape"))
        self.defects.append(f"raw bytes in a header field{': ' + wrong if wrong else ''}")
        return found

    def leaves(
        self, fields: _Fields, body: bytes, depth: int, alternative: int, default: str
    ) -> Iterator[_Part]:
        """Every part of a body that is no multipart, in order."""
        self.parts += 1
        value = _value(fields, "content-type")
        media_type = value.partition(";")[0].strip().lower()
        if media_type.count("/") != 1 or media_type.startswith("/"):
            media_type = default
        parameters = _parameters(value)
        if not media_type.startswith("multipart/"):
            part = _Part(fields, media_type, parameters, body, alternative)
            yield part
            if media_type in _OPAQUE or part.name.lower().endswith(".p7m"):
                yield from self.signed(part, depth)
            return
        boundary = self.boundary(parameters, body)
        if not boundary or depth >= MAX_DEPTH:
            self.defects.append(f"{media_type} {'deeper than we read' if boundary else 'without a boundary'}")
            yield _Part(fields, "text/plain", parameters, body, alternative)
            return
        if media_type == "multipart/alternative" and not alternative:
            alternative = next(self.alternatives)
        default = "message/rfc822" if media_type == "multipart/digest" else "text/plain"
        for piece in _pieces(body, boundary):
            if self.parts >= MAX_PARTS:
                self.defects.append(f"more than {MAX_PARTS} parts")
                return
            yield from self.leaves(*self.cut(piece), depth + 1, alternative, default)

    def signed(self, part: _Part, depth: int) -> Iterator[_Part]:
        """The parts inside an opaque S/MIME part, which itself stays an attachment."""
        content = signed_content(self.payload(part))
        if content is None:
            self.defects.append("S/MIME: encrypted or broken, its text cannot be read")
        elif depth < MAX_DEPTH and self.parts < MAX_PARTS:
            yield from self.leaves(*self.cut(content), depth + 1, part.alternative, "text/plain")

    def boundary(self, parameters: dict[str, str], body: bytes) -> bytes:
        """The boundary as declared, or, where it is missing or never met, the first that looks like one."""
        declared = parameters.get("boundary", "").rstrip().encode("utf-8", "replace")
        if declared and b"--" + declared in body:
            return declared
        found = _BOUNDARY_LINE.search(body)
        if found:
            self.defects.append("boundary guessed")
        return found[1].rstrip() if found else b""

    def payload(self, part: _Part) -> bytes:
        """A part's body without its transfer encoding."""
        data, wrong = transferred(part.body, _value(part.fields, "content-transfer-encoding"))
        if wrong:
            self.defects.append(wrong)
        return data

    def text(self, part: _Part) -> str:
        """A text part, decoded, its line ends made \\n."""
        data = self.payload(part)
        charset = part.parameters.get("charset", "")
        if part.media_type == "text/html" and not charset:
            found = re.search(rb"charset\s*=\s*[\"']?([\w.:-]{1,40})", data[:2000])
            charset = found[1].decode("ascii") if found else ""
        text, wrong = decode(data[: 4 * MAX_TEXT], charset)
        if wrong:
            self.defects.append(wrong)
        if len(text) > MAX_TEXT:
            self.defects.append(f"text of {len(text)} characters, cut at {MAX_TEXT}")
            text = text[:MAX_TEXT]
        text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
        if part.media_type == "text/plain" and part.parameters.get("format", "").lower() == "flowed":
            return _unflow(text, delete_space=part.parameters.get("delsp", "").lower() == "yes")
        return text


@dataclass(slots=True)
class _Content:
    """What the parts of one letter hold, sorted."""

    reading: _Reading
    depth: int
    texts: list[tuple[int, str, str]] = field(default_factory=list)
    """(alternative, media type, text), in the letter's order."""
    pages: list[str] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    forwarded: list[Letter] = field(default_factory=list)
    named: list[tuple[_Part, str, Attachment]] = field(default_factory=list)
    """Text parts with a file's name that are to be shown with the letter."""
    packed: list[Packed] = field(default_factory=list)
    """What each ``winmail.dat`` held."""

    def take(self, part: _Part) -> None:
        kind = _text_kind(part)
        if kind and not part.is_attached:
            self.say(part, kind)
        elif part.media_type in ("message/rfc822", "message/global") and self.depth < MAX_DEPTH:
            self.forwarded.append(self.reading.letter(self.reading.payload(part), self.depth + 1))
        else:
            if part.media_type in ("message/rfc822", "message/global"):
                self.reading.defects.append("an attached letter deeper than we read")
            attachment = Attachment(part.name, part.media_type, self.reading.payload(part))
            if kind and not _value(part.fields, "content-disposition").lower().startswith("attachment"):
                self.named.append((part, kind, attachment))
            packed = read_tnef(attachment.content)
            if packed:
                self.packed.append(packed)
                self.attachments += packed.attachments
            else:
                self.attachments.append(attachment)

    def say(self, part: _Part, kind: str) -> None:
        """Take a text part as what the letter says."""
        text = self.reading.text(part)
        if kind == "text/plain" and _PAGE.match(text):
            kind = "text/html"  # a page labelled plain
        if part.media_type in ("text/enriched", "text/richtext"):
            text = _ENRICHED.sub("", text)
        self.texts.append((part.alternative, kind, text))
        if kind == "text/html":
            self.pages.append(text)

    def text(self) -> str:
        """The plain text, or that of the HTML where an alternative has no plain text, or a blank one.

        Where no part is text alone, the first that is shown with the letter, though it has a file's name.
        """
        if not any(text.strip() for _, _, text in self.texts) and self.named:
            part, kind, attachment = self.named[0]
            self.attachments = [one for one in self.attachments if one is not attachment]
            self.say(part, kind)
        plain = {
            number
            for number, kind, text in self.texts
            if kind == "text/plain" and text.strip() and not (number and self.is_stub(number, text))
        }
        shown = []
        for number, kind, text in self.texts:
            if kind == "text/plain":
                if not number or number in plain:
                    shown.append(text)
            elif not (number and number in plain):
                shown.append(html_to_text(text))
        text = "\n".join(piece for piece in shown if piece.strip())[:MAX_TEXT] or self.packed_text()
        if "-----BEGIN PGP" not in text:
            return text
        return self.without_sealed(self.without_armour(text))

    def is_stub(self, number: int, text: str) -> bool:
        """Whether the plain text of an alternative only says that the letter is in the HTML."""
        if len(text) > MAX_STUB:
            return False
        pages = [page for other, kind, page in self.texts if other == number and kind == "text/html"]
        said = set(_WORD.findall(text.lower()))
        shown = set(_WORD.findall(html_to_text(pages[0]).lower())) if pages and "html" in said else set()
        return len(shown) > 2 and len(said & shown) * 2 < len(said)

    def without_sealed(self, text: str) -> str:
        """Make an encrypted text an attachment, so that it is named as one that cannot be read."""
        begin = text.find(_PGP_SEALED)
        end = text.find(_PGP_SEALED_END, begin) + len(_PGP_SEALED_END)
        if begin < 0 or end < begin or text[:begin].rpartition("\n")[2].strip():
            return text  # none, or one that is quoted
        content = text[begin:end].encode("utf-8", "replace")
        self.attachments.append(Attachment("encrypted.asc", "application/pgp-encrypted", content))
        self.reading.defects.append("PGP: encrypted, its text cannot be read")
        return text[:begin] + text[end:]

    def packed_text(self) -> str:
        """The letter as a ``winmail.dat`` has it; where that is RTF alone, it becomes an attachment."""
        for packed in self.packed:
            text = packed.text if packed.text.strip() else html_to_text(packed.html)
            if text.strip():
                return text[:MAX_TEXT]
            if packed.rtf:
                self.attachments.append(Attachment("letter.rtf", "application/rtf", packed.rtf))
        return ""

    def without_armour(self, text: str) -> str:
        """Take a signed text out of its armour; the signature becomes an attachment (RFC 4880 section 7)."""
        begin = _PGP_BEGIN.search(text)
        middle = begin and _PGP_SIGNATURE.search(text, begin.end())
        end = middle and _PGP_END.search(text, middle.end())
        if not begin or not middle or not end:
            return text
        signature = text[middle.start() : end.end()].encode("utf-8", "replace")
        self.attachments.append(Attachment("signature.asc", "application/pgp-signature", signature))
        signed = re.sub(r"^- ", "", text[begin.end() : middle.start()], flags=re.MULTILINE)
        return text[: begin.start()] + signed + text[end.end() :]


def _text_kind(part: _Part) -> str:
    """``text/plain`` or ``text/html`` for a part that people read as text, ``""`` for any other."""
    kind = part.media_type
    if kind in ("text/plain", "text/html"):
        return kind
    if kind.startswith("text/") and kind not in _NO_TEXT and not part.alternative:
        return "text/plain"
    return "text/plain" if kind in ("text", "plain") else ""


def _with_line_ends(raw: bytes) -> bytes:
    """``raw`` with \\n for the bare \\r in which the old Macintosh, and some gateways, end a body's lines."""
    lines = raw.count(b"\n")
    bare = raw.count(b"\r") - raw.count(b"\r\n")
    return raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if bare > lines else raw


# ── multiparts and parameters ────────────────────────────────────────────────────────────────────


def _pieces(body: bytes, boundary: bytes) -> Iterator[bytes]:
    """The parts between the lines ``--boundary``, as far as ``--boundary--`` or the end (RFC 2046 5.1.1)."""
    marker = b"--" + boundary
    start, at = -1, 0
    while (at := body.find(marker, at)) >= 0:
        line_end = body.find(b"\n", at)
        line_end = len(body) if line_end < 0 else line_end
        tail = body[at + len(marker) : line_end].strip()
        if (at == 0 or body[at - 1] == 0x0A) and tail in (b"", b"--"):
            if start >= 0:
                yield body[start:at].removesuffix(b"\n").removesuffix(b"\r")
            if tail:
                return
            start = line_end + 1
        at += len(marker)
    if start >= 0:
        yield body[start:]


def _parameters(value: str) -> dict[str, str]:
    """The parameters behind a field's value, in RFC 2231's long form too; the first of a name counts."""
    plain: dict[str, str] = {}
    pieces: dict[str, list[tuple[int, bool, str]]] = {}
    for found in _PARAMETER.finditer(value[:16_384]):
        quoted, bare = found[2], found[3]
        text = re.sub(r"\\(.)", r"\1", quoted) if quoted is not None else bare.strip()
        name = _CONTINUED.match(found[1].lower())
        if name and (name[2] or name[3]):
            pieces.setdefault(name[1], []).append((int(name[2] or 0), bool(name[3]), text))
        elif name:
            plain.setdefault(name[1], _decode_words(text))
    return plain | {name: _join_pieces(found) for name, found in pieces.items()}


def _join_pieces(pieces: list[tuple[int, bool, str]]) -> str:
    """RFC 2231 sections 3 and 4: ``name*0*=utf-8''caf%C3; name*1*=%A9``."""
    charset, data = "", b""
    for number, is_encoded, piece in sorted(pieces):
        text = piece
        if is_encoded and number == 0 and piece.count("'") >= 2:
            charset, _, text = piece.split("'", 2)
        data += unquote_to_bytes(text) if is_encoded else text.encode("utf-8", "replace")
    return decode(data, charset)[0]


# ── header fields ────────────────────────────────────────────────────────────────────────────────


def _value(fields: _Fields, name: str) -> str:
    return next((value for key, value in fields if key == name), "")


def _unfold(value: str) -> str:
    return re.sub(r"[\r\n]+[ \t]*", " ", value).replace("\0", "").strip()


def _decode_words(text: str) -> str:
    """Decode the encoded words of a field (RFC 2047), those cut inside a letter included.

    Neighbours in one charset are joined as bytes before they are decoded.
    """
    if "=?" not in text:
        return text
    out: list[str] = []
    held: list[tuple[str, bytes]] = []
    end = 0
    for word in _ENCODED_WORD.finditer(text):
        between = text[end : word.start()]
        if between.strip() or not held:
            out += [*_decoded(held), between]
            held = []
        held.append((word[1].lower(), _word_bytes(word[2].lower(), word[3])))
        end = word.end()
    return "".join([*out, *_decoded(held), text[end:]])


def _word_bytes(encoding: str, payload: str) -> bytes:
    data = payload.encode("utf-8", "replace")
    if encoding == "q":
        return quopri.decodestring(data, header=True)
    clean = re.sub(rb"[^A-Za-z0-9+/]", b"", data)
    return binascii.a2b_base64(clean[: len(clean) - (len(clean) % 4 == 1)] + b"==")


def _decoded(words: list[tuple[str, bytes]]) -> Iterator[str]:
    start = 0
    for at in range(1, len(words) + 1):
        if at == len(words) or words[at][0] != words[start][0]:
            yield decode(b"".join(data for _, data in words[start:at]), words[start][0])[0]
            start = at


def _ids(value: str) -> tuple[str, ...]:
    """The Message-IDs of a field, without brackets; a value without any brackets is taken by its words."""
    found = _ID.findall(value) or [word for word in value.split() if "@" in word]
    return tuple("".join(one.split()) for one in found)


def _date(value: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(value)
    except (TypeError, ValueError, IndexError, OverflowError):  # no date, or one like "31 Feb 99999"
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _addresses(fields: _Fields, name: str) -> tuple[Address, ...]:
    """The addresses of every field ``name``. Encoded names are decoded only after the commas are read."""
    found: list[Address] = []
    for key, value in fields:
        if key == name:
            found += _read_addresses(value)
    return tuple(found)


def _read_addresses(value: str) -> Iterator[Address]:
    """Cut at commas outside quotes and brackets; ``Kazungu, Rehema <r@x.example>`` is one address still."""
    held = ""
    for piece in _split_outside(value):
        held = f"{held}, {piece}" if held and len(held) < MAX_NAME else piece
        if "@" not in held and "=?" not in held:
            continue
        found = _ADDRESS.search(held, max(held.rfind("<"), 0)) or _ADDRESS.search(_decode_words(held))
        if found:
            yield _address(held, found[0])
            held = ""


def _address(piece: str, email: str) -> Address:
    name = piece.rpartition("<")[0] if "<" in piece else ""
    if not name.strip():
        comment = _COMMENT.search(piece)
        name = comment[0][1:-1] if comment else ""
    name = _decode_words(re.sub(r"\\(.)", r"\1", name.strip().strip('"')))
    return Address(email.strip("'"), " ".join(name.strip(" \"'").split())[:MAX_NAME])


def _split_outside(value: str) -> Iterator[str]:
    """Cut at commas and semicolons that stand outside ``"…"`` and ``<…>``; a group's name is dropped."""
    start, quoted, angled = 0, False, False
    for at, letter in enumerate(value):
        if letter == '"' and (at == 0 or value[at - 1] != "\\"):
            quoted = not quoted
        elif not quoted and letter in "<>":
            angled = letter == "<"
        elif not quoted and not angled and letter in ",;":
            yield value[start:at].strip()
            start = at + 1
        elif not quoted and not angled and letter == ":":
            start = at + 1
    yield value[start:].strip()


# ── format=flowed ────────────────────────────────────────────────────────────────────────────────


def _unflow(text: str, *, delete_space: bool) -> str:
    """Join the soft line breaks of format=flowed (RFC 3676 section 4); quoting is kept as ``>> ``."""
    lines: list[str] = []
    held, held_depth, is_open = "", 0, False
    for line in text.split("\n"):
        content = line.lstrip(">")
        depth = len(line) - len(content)
        content = content.removeprefix(" ")
        flows = content.endswith(" ") and content != "-- "
        if is_open and depth == held_depth and content != "-- ":
            held += content
        else:
            if is_open:
                lines.append(held)
            held, held_depth = (">" * depth + " " if depth else "") + content, depth
        is_open = flows
        if flows:
            held = held[:-1] if delete_space else held
        else:
            lines.append(held.rstrip() if content != "-- " else held)
    if is_open:
        lines.append(held)
    return "\n".join(lines)
