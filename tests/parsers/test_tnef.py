"""``winmail.dat``, made here as Outlook makes it: MS-OXTNEF 2.1.3."""

from __future__ import annotations

import base64
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.parsers.letter import read_letter
from mailbot.parsers.tnef import Packed, read_tnef
from mailbot.values import Attachment

STRING, UNICODE, BYTES, OBJECT, NUMBER = 0x1E, 0x1F, 0x102, 0x0D, 0x03
HELLO_RTF = rb"{\rtf1\ansi\ansicpg1252\pard hello world}" + b"\r\n"
HELLO_PACKED = bytes.fromhex(  # the examples of MS-OXRTFCP, 3.2.1 and 3.2.2
    "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0"
)
CROSSING_PACKED = bytes.fromhex("1a0000001c0000004c5a4675e2d44b51410004205758595a0d6e7d010eb0")


def winmail(*attributes: bytes) -> bytes:
    return (
        b"\x78\x9f\x3e\x22"
        b"\x01\x00" + attribute(0x00069007, struct.pack("<II", 1256, 0)) + b"".join(attributes)
    )


def attribute(number: int, value: bytes, level: int = 1) -> bytes:
    checksum = sum(value) & 0xFFFF
    return struct.pack("<BII", level, number, len(value)) + value + struct.pack("<H", checksum)


def properties(*values: tuple[int, int, bytes]) -> bytes:
    return struct.pack("<I", len(values)) + b"".join(a_property(*value) for value in values)


def a_property(number: int, kind: int, value: bytes) -> bytes:
    name = (
        bytes(16) + struct.pack("<II", 1, 6) + "abc".encode("utf-16-le") + bytes(2)
        if number >= 0x8000
        else b""
    )
    count = b"" if kind == NUMBER else struct.pack("<II", 1, len(value))
    return struct.pack("<HH", kind, number) + name + count + value + bytes(-len(value) % 4)


def body(*values: tuple[int, int, bytes]) -> bytes:
    return attribute(0x00069003, properties(*values))


def attached(title: bytes, data: bytes, *values: tuple[int, int, bytes]) -> bytes:
    return (
        attribute(0x00069002, bytes(14), 2)
        + attribute(0x00018010, title + b"\0", 2)
        + (attribute(0x0006800F, data, 2) if data else b"")
        + attribute(0x00069005, properties(*values), 2)
    )


@pytest.mark.parametrize(
    ("packed", "found"),
    [
        (attribute(0x0002800C, b"We fish.\r\n\0"), Packed(text="We fish.\n")),
        (body((0x1000, STRING, "نحن نصيد".encode("cp1256") + b"\0")), Packed(text="نحن نصيد")),
        (body((0x1000, UNICODE, "نحن\0".encode("utf-16-le"))), Packed(text="نحن")),
        (
            body((0x3FDE, NUMBER, struct.pack("<I", 65001)), (0x1013, BYTES, "<p>Añada</p>".encode())),
            Packed(html="<p>Añada</p>"),
        ),
        (body((0x8123, UNICODE, b"x\0\0\0"), (0x1000, STRING, b"behind\0")), Packed(text="behind")),
        (body((0x1009, BYTES, HELLO_PACKED)), Packed(rtf=HELLO_RTF)),
        (body((0x1009, BYTES, CROSSING_PACKED)), Packed(rtf=rb"{\rtf1 WXYZWXYZWXYZWXYZWXYZ}")),
        (body((0x1009, BYTES, bytes(8) + b"MELA" + bytes(4) + HELLO_RTF)), Packed(rtf=HELLO_RTF)),
        (
            attached(b"OURWOR~1.DOC", b"PK", (0x3707, UNICODE, "our work.docx\0".encode("utf-16-le"))),
            Packed(attachments=[Attachment("our work.docx", "application/octet-stream", b"PK")]),
        ),
        (
            attached(b"a.txt", b"one", (0x370E, STRING, b"text/plain\0"))
            + attached(b"b.txt", b"", (0x3701, BYTES, b"two")),
            Packed(
                attachments=[
                    Attachment("a.txt", "text/plain", b"one"),
                    Attachment("b.txt", "application/octet-stream", b"two"),
                ]
            ),
        ),
        (
            attached(b"a letter", b"", (0x3701, OBJECT, bytes(16) + b"inner")),
            Packed(attachments=[Attachment("a letter", "application/octet-stream", b"inner")]),
        ),
    ],
)
def test_what_is_packed_is_found(packed, found):
    assert read_tnef(winmail(packed)) == found


def test_a_file_cut_short_is_read_as_far_as_it_goes():
    whole = winmail(attached(b"a.txt", b"one"), attached(b"b.txt", b"two"))

    assert read_tnef(whole[:-40]) == Packed(
        attachments=[Attachment("a.txt", "application/octet-stream", b"one")]
    )


def test_other_files_are_none():
    assert read_tnef(b"PK\x03\x04") is None


WHOLE = winmail(
    body((0x1000, STRING, b"We fish.\0"), (0x1009, BYTES, HELLO_PACKED)),
    attached(b"a.txt", b"one", (0x3707, UNICODE, "a.txt\0".encode("utf-16-le"))),
)


@given(st.integers(4, len(WHOLE)), st.binary(max_size=40), st.integers(0, 40))
def test_nothing_in_it_raises(at, noise, dropped):
    read_tnef(WHOLE[:at] + noise + WHOLE[at + dropped :])


def letter(text: str, content: bytes) -> bytes:
    return (
        f"Content-Type: multipart/mixed; boundary=b\n\n--b\n\n{text}\n--b\n"
        "Content-Type: application/ms-tnef; name=winmail.dat\nContent-Transfer-Encoding: base64\n\n"
        f"{base64.encodebytes(content).decode()}--b--\n"
    ).encode()


def test_its_attachments_become_the_letters_own():
    read = read_letter(letter("We fish.", WHOLE))

    assert read.text == "We fish."
    assert read.attachments == (Attachment("a.txt", "application/octet-stream", b"one"),)


def test_its_text_is_the_letters_where_there_is_no_other():
    assert read_letter(letter("", WHOLE)).text == "We fish."


def test_a_letter_in_rtf_alone_becomes_an_attachment():
    read = read_letter(letter("", winmail(body((0x1009, BYTES, HELLO_PACKED)))))

    assert read.text == ""
    assert read.attachments == (Attachment("letter.rtf", "application/rtf", HELLO_RTF),)


def test_what_only_calls_itself_so_stays_an_attachment():
    read = read_letter(letter("hello", b"no such thing"))

    assert read.attachments == (Attachment("winmail.dat", "application/ms-tnef", b"no such thing"),)
