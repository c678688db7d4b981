"""Opaque S/MIME (RFC 8551 section 3.5.2), its wrapping made here as RFC 5652 says."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.parsers.letter import read_letter
from mailbot.parsers.smime import signed_content

SIGNED = "Content-Type: text/plain; charset=utf-8\r\n\r\nNous approuvons : oui à l’adhésion.\r\n".encode()
DATA, SIGNED_DATA, ENVELOPED = (
    bytes.fromhex(f"06092a864886f70d0107{number}") for number in ("01", "02", "03")
)


def element(tag: int, content: bytes) -> bytes:
    size = len(content)
    if size < 0x80:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + content


def open_element(tag: int, content: bytes) -> bytes:
    return bytes([tag, 0x80]) + content + bytes(2)


def sealed(content: bytes, kind: bytes = SIGNED_DATA, wrap=element) -> bytes:
    digests = element(0x31, element(0x30, bytes.fromhex("0609608648016503040201")))
    inner = wrap(0x30, DATA + wrap(0xA0, content))
    rest = element(0x31, element(0x30, b"\x02\x01\x01" + bytes(300)))  # who signed, and the signature
    return wrap(0x30, kind + wrap(0xA0, wrap(0x30, b"\x02\x01\x01" + digests + inner + rest)))


def pieces(content: bytes) -> bytes:
    return b"".join(element(0x04, content[at : at + 20]) for at in range(0, len(content), 20))


@pytest.mark.parametrize(
    ("data", "content"),
    [
        (sealed(element(0x04, SIGNED)), SIGNED),
        (sealed(element(0x24, pieces(SIGNED))), SIGNED),
        (sealed(open_element(0x24, pieces(SIGNED)), wrap=open_element), SIGNED),
        (sealed(element(0x04, SIGNED * 600)), SIGNED * 600),
        (sealed(element(0x04, SIGNED), kind=ENVELOPED), None),
        (b"", None),
        (b"no ASN.1", None),
    ],
)
def test_the_signed_part(data, content):
    assert signed_content(data) == content


@given(st.integers(0, 120), st.binary(max_size=20), st.integers(0, 20))
def test_nothing_in_it_raises(at, noise, dropped):
    data = sealed(element(0x04, SIGNED))

    signed_content(data[:at] + noise + data[at + dropped :])


def letter(data: bytes) -> bytes:
    head = b"Content-Type: application/pkcs7-mime; smime-type=signed-data; name=smime.p7m\n"
    return head + b"Content-Transfer-Encoding: base64\n\n" + base64.encodebytes(data)


def test_a_signed_letter_is_read_and_its_signature_kept():
    data = sealed(element(0x04, SIGNED))
    read = read_letter(letter(data))

    assert read.text == "Nous approuvons : oui à l’adhésion.\n"
    assert [(one.name, one.content) for one in read.attachments] == [("smime.p7m", data)]
    assert read.defects == ()


def test_an_encrypted_letter_is_named_as_such():
    read = read_letter(letter(sealed(element(0x04, SIGNED), kind=ENVELOPED)))

    assert read.text == ""
    assert read.defects == ("S/MIME: encrypted or broken, its text cannot be read",)
    assert [one.name for one in read.attachments] == ["smime.p7m"]
