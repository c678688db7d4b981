"""Letters made worse: what broken mail programs, gateways and hostile senders do to a message's bytes.

Each mutation takes the bytes of a letter, a source of chance and other letters to take pieces from, and
gives other bytes. ``mutated`` is a pure function of its arguments: the same chance, the same letter.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Sequence
from random import Random
from typing import Final

from bench import hostile

MOST = 60_000
"""Bytes of a mutated letter: attachments are cut, since reading them is measured elsewhere."""
PIECE = 4_000
"""Bytes of a spliced text, mostly; one in twenty is ten times as long."""

_HEAD_END = re.compile(rb"\r?\n\r?\n")
_CHARSET = re.compile(rb"(charset\s*=\s*\"?)([\w.:-]+)", re.IGNORECASE)
_ENCODING = re.compile(rb"(Content-Transfer-Encoding:\s*)([\w-]+)", re.IGNORECASE)
_TYPE = re.compile(rb"(Content-Type:\s*)([\w/+.-]+)", re.IGNORECASE)
_BOUNDARY = re.compile(rb"boundary\s*=\s*\"?([^\"\s;]+)", re.IGNORECASE)

_CHARSETS = (
    b"utf-7", b"utf-8", b"us-ascii", b"iso-8859-1", b"windows-1256", b"iso-8859-6", b"windows-1252", b"utf-16", b"utf-32",
    b"x-unknown", b"", b"base64", b"idna", b"punycode", b"undefined", b"hz", b"iso-2022-jp", b"gb18030", b"unicode_escape",
    b"rot13", b"\xff\xfe", b"a" * 300, b"cp037", b"mbcs", b"utf_8_sig", b"koi8-r", b"raw_unicode_escape",
)  # fmt: skip
_ENCODINGS = (
    b"base64",
    b"quoted-printable",
    b"8bit",
    b"7bit",
    b"binary",
    b"x-uuencode",
    b"uuencode",
    b"none",
    b"",
)
_TYPES = (
    b"text/plain", b"text/html", b"multipart/mixed", b"multipart/alternative", b"multipart/digest", b"message/rfc822",
    b"multipart/report", b"multipart/signed", b"application/pkcs7-mime", b"application/ms-tnef", b"text/calendar", b"text",
    b"message/delivery-status", b"message/partial", b"application/octet-stream", b"multipart/related", b"/", b"text/plain;;",
)  # fmt: skip
_FIELDS = (
    b"From", b"To", b"Cc", b"Subject", b"Date", b"Message-ID", b"In-Reply-To", b"References", b"Reply-To", b"Content-Type",
    b"Content-Disposition", b"Content-Transfer-Encoding", b"Auto-Submitted", b"Precedence", b"List-Id", b"List-Post",
    b"Return-Path", b"Received", b"Authentication-Results", b"X-Failed-Recipients", b"X-Auto-Response-Suppress", b"MIME-Version",
    b"Delivered-To",
)  # fmt: skip
_MARKS = "\u202e\u202d\u2066\u2067\u2069\u200f\u200e\u200b\u200d\ufeff\u061c\u00ad\u2028\u2029\x85\x0b\x0c\x1c\x1b\u0301"
_SURROGATES = (
    b"+2D0-",
    b"+3AA-",
    b"+2AA",
    b"\xed\xa0\x80",
    b"\xed\xb0\x80",
    b"=ED=A0=80",
    b"+2D3cAA-",
    b"&#xD800;",
)
_WORDS = (
    "APPROVE", "reject", "abstain", "not", "if", "#invite", "#ask why?", "#42", "unless", "apruebo", "j'approuve", "أوافق",
    "we support", "I object", "out of office", "N/A", "1.", "2)", "Q:", "A:", "On 3 March 2026 at 10:20, Ana <a@x.example> wrote:",
    "From: Ana\nSent: Tue, 3 March 2026 10:20\nTo: Bo\nSubject: x\n", "-----Original Message-----", "________________________________",
    "-- ", "Sent from my iPhone", "> ", "until 3 March", "until 31 February 99999", "31/12/0000", "+254 720 000 000", "www.x.example",
    "Begin forwarded message:", "How did you hear about the network?", "©", "½", "𝟙.", "١.", "①", "question ፪", "(²)", "፩)",
)  # fmt: skip

Mutation = Callable[[bytes, Random, Sequence[bytes]], bytes]


def mutated(chance: Random, letters: Sequence[bytes]) -> bytes:
    """One of ``letters`` after one to four mutations."""
    raw = chance.choice(letters)[: MOST // 2]
    for mutation in chance.choices(MUTATIONS, k=chance.randint(1, 4)):
        raw = mutation(raw, chance, letters)[:MOST]
    return raw


# ── bytes ────────────────────────────────────────────────────────────────────────────────────────


def flip_bytes(raw: bytes, chance: Random, _: Sequence[bytes]) -> bytes:
    data = bytearray(raw)
    for _number in range(min(len(data), chance.choice((1, 3, 30)))):
        data[chance.randrange(len(data))] = chance.randrange(256)
    return bytes(data)


def _span(raw: bytes, chance: Random, longest: int = 2_000) -> tuple[int, int]:
    start = chance.randrange(len(raw) + 1)
    return start, min(len(raw), start + chance.randint(0, longest))


def cut_out(raw: bytes, chance: Random, _: Sequence[bytes]) -> bytes:
    start, end = _span(raw, chance)
    return raw[:start] + raw[end:]


def cut_short(raw: bytes, chance: Random, _: Sequence[bytes]) -> bytes:
    return raw[: chance.randrange(len(raw) + 1)]


def double_a_stretch(raw: bytes, chance: Random, _: Sequence[bytes]) -> bytes:
    start, end = _span(raw, chance)
    return raw[:end] + raw[start:end] * chance.randint(1, 5) + raw[end:]


def insert_noise(raw: bytes, chance: Random, _: Sequence[bytes]) -> bytes:
    at, _end = _span(raw, chance)
    return raw[:at] + chance.randbytes(chance.randint(1, 200)) + raw[at:]


def insert_zeros(raw: bytes, chance: Random, _: Sequence[bytes]) -> bytes:
    at, _end = _span(raw, chance)
    return raw[:at] + b"\0" * chance.randint(1, 40) + raw[at:]


def change_line_ends(raw: bytes, chance: Random, _: Sequence[bytes]) -> bytes:
    end = chance.choice((b"\n", b"\r\n", b"\r", b"\n\r", b"\r\r\n", b"\x0b", b"\xe2\x80\xa8", b""))
    return raw.replace(b"\r\n", b"\n").replace(b"\n", end)


# ── header fields ────────────────────────────────────────────────────────────────────────────────


def _head_and_body(raw: bytes) -> tuple[list[bytes], bytes]:
    end = _HEAD_END.search(raw)
    at = end.start() if end else len(raw)
    return re.split(rb"\r?\n(?![ \t])", raw[:at]), raw[at:]


def drop_a_field(raw: bytes, chance: Random, _: Sequence[bytes]) -> bytes:
    fields, body = _head_and_body(raw)
    fields.pop(chance.randrange(len(fields)))
    return b"\n".join(fields) + body


def double_a_field(raw: bytes, chance: Random, letters: Sequence[bytes]) -> bytes:
    fields, body = _head_and_body(raw)
    others, _body = _head_and_body(chance.choice(letters))
    fields.insert(chance.randrange(len(fields) + 1), chance.choice(fields + others))
    return b"\n".join(fields) + body


def shuffle_fields(raw: bytes, chance: Random, _: Sequence[bytes]) -> bytes:
    fields, body = _head_and_body(raw)
    chance.shuffle(fields)
    return b"\n".join(fields) + body


def inflate_a_field(raw: bytes, chance: Random, _: Sequence[bytes]) -> bytes:
    make = chance.choice([*hostile.HEADERS.values()])
    return make(chance.choice((100, PIECE, 30_000))).encode("utf-8", "replace") + b"\n" + raw


def set_a_field(raw: bytes, chance: Random, _: Sequence[bytes]) -> bytes:
    value = chance.choice(
        (
            b"", b"<>", b"<<>>", b"=?utf-8?Q?=C3?= =?utf-8?Q?=A9?=", b"=?utf-7?Q?+2D0-?=", b"=?x?B?????=", b"a@b@c", b'"', b"(", b"auto-replied",
            b"\xff\xfe\x00", b"\xd9\x86\xd8\xad\xd9\x86", b";", b"text/plain; charset", b"attachment; filename*0*=utf-8''%D8%00; filename*1=x",
            b"Thu, 99 Foo 99999 99:99:99 +9999", b"Tue, 3 Mar 0001 00:00:00 +2359", b"list", b"bulk", b"#invite", b"Re: APPROVE", b"undisclosed:;",
            b"=?utf-8*ar?Q?=D9=86?=", b"multipart/report; report-type=delivery-status; boundary=b", b"a" * 1_100, b"mailer-daemon@x.example",
        )
    )  # fmt: skip
    return chance.choice(_FIELDS) + b": " + value + b"\n" + raw


# ── charsets, encodings, parts ───────────────────────────────────────────────────────────────────


def _replace_one(pattern: re.Pattern[bytes], raw: bytes, chance: Random, value: bytes) -> bytes:
    found = list(pattern.finditer(raw))
    if not found:
        return raw
    match = chance.choice(found)
    return raw[: match.start(2)] + value + raw[match.end(2) :]


def rename_charset(raw: bytes, chance: Random, _: Sequence[bytes]) -> bytes:
    return _replace_one(_CHARSET, raw, chance, chance.choice(_CHARSETS))


def rename_encoding(raw: bytes, chance: Random, _: Sequence[bytes]) -> bytes:
    return _replace_one(_ENCODING, raw, chance, chance.choice(_ENCODINGS))


def rename_type(raw: bytes, chance: Random, _: Sequence[bytes]) -> bytes:
    return _replace_one(_TYPE, raw, chance, chance.choice(_TYPES))


def write_in_another_charset(raw: bytes, chance: Random, _: Sequence[bytes]) -> bytes:
    name = chance.choice(
        ("cp1256", "iso-8859-6", "latin-1", "utf-16", "utf-7", "cp1252", "utf-8", "iso-2022-jp", "cp037")
    )
    return raw.decode("utf-8", "replace").encode(name, "replace")


def break_a_boundary(raw: bytes, chance: Random, _: Sequence[bytes]) -> bytes:
    found = _BOUNDARY.search(raw)
    if not found:
        return raw
    line = b"--" + found[1]
    match chance.randrange(5):
        case 0:
            return raw[: found.start()] + b'boundary="' + chance.randbytes(5) + b'"' + raw[found.end() :]
        case 1:
            return raw[: found.start()] + raw[found.end() :]
        case 2:
            return raw.replace(line + b"--", b"")
        case 3:
            return raw.replace(line, line + b"\n" + line)
        case _:
            return raw.replace(line, line[:-1], 1)


def nest(raw: bytes, chance: Random, _: Sequence[bytes]) -> bytes:
    for number in range(chance.choice((1, 2, 60))):
        kind = chance.choice((b"mixed", b"alternative", b"related", b"digest", b"signed", b"report", b"x"))
        mark = b"n%d" % number
        inner = b"Content-Type: message/rfc822\n\n" + raw if chance.random() < 0.3 else raw
        raw = b"From: Bo <bo@x.example>\nContent-Type: multipart/%b; boundary=%b\n\n--%b\n%b\n--%b--\n" % (kind, mark, mark, inner, mark)  # fmt: skip
    return raw


def forward(raw: bytes, chance: Random, letters: Sequence[bytes]) -> bytes:
    head = b"From: Bo <bo@x.example>\nSubject: Fwd: see below\n"
    outer = b'Content-Type: multipart/mixed; boundary="f"\n\n--f\n\nAPPROVE\n\n--f\nContent-Type: message/rfc822\n\n'
    return head + outer + raw + b"\n--f\n" + chance.choice(letters)[:PIECE] + b"\n--f--\n"


def attach(raw: bytes, chance: Random, _: Sequence[bytes]) -> bytes:
    name = chance.choice(
        (b"winmail.dat", b"letter.txt", b"letter.docx", b"../../etc/passwd", b"=?utf-8?Q?=D9?=.pdf", b"")
    )
    kind = chance.choice(
        (b"application/ms-tnef", b"text/plain", b"text/calendar", b"application/pkcs7-mime", b"image/png")
    )
    data = base64.encodebytes(
        chance.choice((b"\x78\x9f\x3e\x22", b"", raw[:200])) + chance.randbytes(chance.randint(0, 300))
    )
    attached = b"Content-Type: %b; name=\"%b\"\nContent-Disposition: attachment; filename=\"%b\"\nContent-Transfer-Encoding: base64\n\n%b" % (kind, name, name, data)  # fmt: skip
    return (
        b'Content-Type: multipart/mixed; boundary="at"\n\n--at\n'
        + raw
        + b"\n--at\n"
        + attached
        + b"\n--at--\n"
    )


def make_html(raw: bytes, chance: Random, _: Sequence[bytes]) -> bytes:
    end = _HEAD_END.search(raw)
    body = raw[end.end() :] if end else raw
    tag = chance.choice(
        (b"div", b"blockquote", b"p", b"pre", b"td", b"script", b"span style='display:none'", b"li")
    )
    lines = b"".join(b"<%b>%b</%b>" % (tag, line, tag.split()[0]) for line in body.split(b"\n"))
    return b"From: Ana Ruiz <ana@x.example>\nContent-Type: text/html\n\n<html><body>" + lines


# ── text ─────────────────────────────────────────────────────────────────────────────────────────


def _into_body(raw: bytes, chance: Random, text: bytes) -> bytes:
    end = _HEAD_END.search(raw)
    at = chance.randint(end.end() if end else 0, len(raw))
    if chance.random() < 0.7:
        at = raw.rfind(b"\n", 0, at) + 1 or at
    return raw[:at] + text + raw[at:]


def splice_a_letter(raw: bytes, chance: Random, letters: Sequence[bytes]) -> bytes:
    other = chance.choice(letters)
    start, end = _span(other, chance)
    return _into_body(raw, chance, other[start:end])


def splice_a_hostile_text(raw: bytes, chance: Random, _: Sequence[bytes]) -> bytes:
    make = chance.choice([*hostile.TEXTS.values(), *hostile.PAGES.values()])
    length = chance.choice((50, 300, PIECE)) if chance.random() < 0.95 else 10 * PIECE
    return _into_body(raw, chance, make(length).encode("utf-8", "surrogatepass"))


def splice_words(raw: bytes, chance: Random, _: Sequence[bytes]) -> bytes:
    for _number in range(chance.randint(1, 8)):
        words = chance.choice((" ", "\n")).join(chance.choices(_WORDS, k=chance.randint(1, 4)))
        raw = _into_body(raw, chance, f"{words}\n".encode())
    return raw


def splice_marks(raw: bytes, chance: Random, _: Sequence[bytes]) -> bytes:
    for _number in range(chance.randint(1, 30)):
        raw = _into_body(raw, chance, chance.choice(_MARKS).encode())
    return raw


def splice_surrogates(raw: bytes, chance: Random, _: Sequence[bytes]) -> bytes:
    raw = _replace_one(_CHARSET, raw, chance, b"utf-7")
    for _number in range(chance.randint(1, 6)):
        raw = _into_body(raw, chance, chance.choice(_SURROGATES))
    return raw


def quote_lines(raw: bytes, chance: Random, _: Sequence[bytes]) -> bytes:
    fields, body = _head_and_body(raw)
    mark = chance.choice((b"> ", b">", b">>>> ", b"| ", b"&gt; ", b" > "))
    often = chance.random()
    lines = [mark + line if chance.random() < often else line for line in body.split(b"\n")]
    return b"\n".join(fields) + b"\n\n" + b"\n".join(lines)


def join_lines(raw: bytes, chance: Random, _: Sequence[bytes]) -> bytes:
    fields, body = _head_and_body(raw)
    return b"\n".join(fields) + b"\n\n" + body.replace(b"\n", chance.choice((b" ", b"", b"\n\n\n")))


def shuffle_lines(raw: bytes, chance: Random, _: Sequence[bytes]) -> bytes:
    fields, body = _head_and_body(raw)
    lines = body.split(b"\n")
    chance.shuffle(lines)
    return b"\n".join(fields) + b"\n\n" + b"\n".join(lines)


MUTATIONS: Final[Sequence[Mutation]] = (
    flip_bytes, cut_out, cut_short, double_a_stretch, insert_noise, insert_zeros, change_line_ends,
    drop_a_field, double_a_field, shuffle_fields, inflate_a_field, set_a_field,
    rename_charset, rename_encoding, rename_type, write_in_another_charset, break_a_boundary, nest, forward, attach, make_html,
    splice_a_letter, splice_a_hostile_text, splice_words, splice_marks, splice_surrogates, quote_lines, join_lines, shuffle_lines,
)  # fmt: skip
