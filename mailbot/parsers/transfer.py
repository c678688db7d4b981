"""Takes the transfer encoding off a part's body (RFC 2045 section 6), as far as it is really there."""

from __future__ import annotations

import binascii
import quopri
import re

_NO_BASE64 = re.compile(rb"[^A-Za-z0-9+/=]")
_BLOCKS = re.compile(rb"(?:[A-Za-z0-9+/\s]++={0,2})*+")
_BLOCK = re.compile(rb"[A-Za-z0-9+/\s]++(?:={1,2}|$)")


def transferred(body: bytes, encoding: str) -> tuple[bytes, str]:
    """``body`` decoded as the field Content-Transfer-Encoding says, and what was wrong in words."""
    name = encoding.strip(" \"'").lower()
    if name.startswith("quoted"):
        return quopri.decodestring(body), ""
    if name.startswith("base64"):
        return _base64(body)
    if "uuencode" in name:
        return _uudecoded(body)
    return body, ""


def _base64(body: bytes) -> tuple[bytes, str]:
    first = body.strip().partition(b"\n")[0].strip()
    if b" " in first and len(_NO_BASE64.findall(first)) * 20 > len(first):
        return body, "plain text labelled base64"
    if body.count(b"=") > 2 and _BLOCKS.fullmatch(body):  # several encoded pieces, one behind the other
        pieces = [_padded(block) for block in _BLOCK.findall(body)]
        return b"".join(piece for piece, _ in pieces), next((wrong for _, wrong in pieces if wrong), "")
    # A mailing list's footer may follow the padding in plain text; it ends the decoding quietly.
    return _padded(body)


def _padded(body: bytes) -> tuple[bytes, str]:
    clean = _NO_BASE64.sub(b"", body)
    try:
        return binascii.a2b_base64(clean + b"=="), ""
    except binascii.Error:  # one letter too many: RFC 4648 section 4 knows no such length
        return binascii.a2b_base64(clean.rstrip(b"=")[:-1] + b"=="), "broken base64"


def _uudecoded(body: bytes) -> tuple[bytes, str]:
    out = []
    for line in body.splitlines():
        if line.startswith((b"begin ", b"`")) or line.strip() in (b"", b"end"):
            continue
        try:
            out.append(binascii.a2b_uu(line))
        except binascii.Error:
            return body, "broken uuencode"
    return b"".join(out), ""
