"""Takes the signed text out of an opaque S/MIME part (``smime.p7m``), without judging the signature.

Only the way to the content is followed (RFC 5652 sections 3 and 5.1, in DER or BER); certificates and
signatures are passed over. An encrypted part has no such way, and gives nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

MOST = 100_000
"""Pieces of the content that are read; mail programs cut it into pieces of a kilobyte or more."""

_SEQUENCE, _CONTENT, _OCTETS, _OCTETS_IN_PIECES = 0x30, 0xA0, 0x04, 0x24
_SIGNED_DATA = bytes.fromhex("06092a864886f70d010702")
_DATA = bytes.fromhex("06092a864886f70d010701")
_ENVELOPED = (bytes.fromhex("06092a864886f70d010703"), bytes.fromhex("060b2a864886f70d0109100117"))
_INDEFINITE = 0x80


def is_encrypted(data: bytes) -> bool:
    """Whether ``data`` is an encrypted S/MIME part (RFC 5652 section 6, RFC 5083)."""
    return data[:1] == b"\x30" and any(kind in data[:32] for kind in _ENVELOPED)


def signed_content(data: bytes) -> bytes | None:
    """The MIME part that ``data`` signs; None where it is encrypted, or no such thing at all."""
    try:
        at = _enter(data, 0, _SEQUENCE)
        at = _enter(data, _behind(data, at, _SIGNED_DATA), _CONTENT)
        at = _enter(data, at, _SEQUENCE)
        at = _skip(data, _skip(data, at))  # the version, the digest algorithms
        at = _enter(data, at, _SEQUENCE)
        at = _enter(data, _behind(data, at, _DATA), _CONTENT)
        if data[at] != _OCTETS_IN_PIECES:
            return _octets(data, at)
        start, length = _head(data, at)
        end = len(data) if length < 0 else start + length
        return b"".join(islice(_pieces(data, start, end), MOST))
    except (IndexError, ValueError):
        return None


def _pieces(data: bytes, at: int, end: int) -> Iterator[bytes]:
    while at < min(end, len(data)) and data[at] == _OCTETS:
        yield _octets(data, at)
        at = _skip(data, at)


def _octets(data: bytes, at: int) -> bytes:
    if data[at] != _OCTETS:
        raise ValueError("no octets")
    start, length = _head(data, at)
    return data[start : start + length]


def _enter(data: bytes, at: int, tag: int) -> int:
    """Where the content of the element at ``at`` begins. Raises ValueError where it is another one."""
    if data[at] != tag:
        raise ValueError(f"element {data[at]:#x} for {tag:#x}")
    return _head(data, at)[0]


def _behind(data: bytes, at: int, expected: bytes) -> int:
    if not data.startswith(expected, at):
        raise ValueError("another kind of content")
    return at + len(expected)


def _skip(data: bytes, at: int) -> int:
    start, length = _head(data, at)
    if length < 0:
        raise ValueError("an element without an end where none is usual")
    return start + length


def _head(data: bytes, at: int) -> tuple[int, int]:
    """Where an element's content begins, and its length (X.690 section 8.1.3); -1: as far as it goes."""
    first = data[at + 1]
    if first < _INDEFINITE:
        return at + 2, first
    if first == _INDEFINITE:
        return at + 2, -1
    size = first & 0x7F
    return at + 2 + size, int.from_bytes(data[at + 2 : at + 2 + size], "big")
