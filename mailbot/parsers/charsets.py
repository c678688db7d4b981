"""Bytes of unknown honesty → text: believes a letter's charset only as far as the bytes bear it out.

The order is: what the bytes say themselves (a byte order mark, valid UTF-8), what is declared, what
the letters look like. UTF-8 is asked before a declared single-byte charset because text in another
charset is hardly ever valid UTF-8 by chance, while gateways often keep a wrong label.
"""

from __future__ import annotations

import codecs
import re

_SAME_AS = {
    # WHATWG Encoding Standard, section 4.2: these labels mean their Windows supersets.
    "us-ascii": "windows-1252",
    "ascii": "windows-1252",
    "ansi_x3.4-1968": "windows-1252",
    "iso-8859-1": "windows-1252",
    "latin1": "windows-1252",
    "iso-8859-9": "windows-1254",
    "iso-8859-8-i": "windows-1255",
    "iso-8859-8": "windows-1255",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
    "shift_jis": "cp932",
    "x-sjis": "cp932",
    "hz-gb-2312": "hz",
    "utf8mb4": "utf-8",
    "unicode-1-1-utf-8": "utf-8",
    "unicode-1-1-utf-7": "utf-7",
    "x-mac-roman": "mac-roman",
    "macintosh": "mac-roman",
}
_MANY_BYTES = frozenset({"gb18030", "cp949", "cp932", "big5", "euc-jp"})
_NOT_ASCII = frozenset(
    {"iso-2022-jp", "iso-2022-kr", "utf-7", "hz"}
    | {f"utf-{width}{order}" for width in ("16", "32") for order in ("", "le", "be", "-le", "-be")}
)
"""Charsets in which ASCII bytes may mean something else."""
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

_COMMON = {
    "windows-1256": "الينموترسدبعةهقفكأ",
    "iso-8859-6": "الينموترسدبعةهقفكأ",
    "windows-1251": "оеаинтсрвлкмдпуя",
    "koi8-r": "оеаинтсрвлкмдпуя",
    "windows-1253": "αοιετσνρυκπλμηςά",
    "windows-1255": "יולהאמרבתשנקדעפח",
}
"""The commonest letters of the scripts that are mailed in single bytes, commonest first."""

_RUNS = re.compile(rb"[\x80-\xff]+")
_SAMPLE = 20_000
"""Bytes that are looked at to tell a charset from its letters."""


def decode(data: bytes, declared: str = "") -> tuple[str, str]:
    """Decode ``data``; give the text, and what was wrong with its label in words (``""``: nothing).

    Never raises: bytes that fit no charset become U+FFFD.
    """
    for mark, name in _MARKS:
        if data.startswith(mark):
            return data.decode(name, "replace").removeprefix("\ufeff"), ""
    charset = _canonical(declared)
    if data.isascii() and charset not in _NOT_ASCII:
        return data.decode("ascii"), ""
    if charset in _MANY_BYTES | _NOT_ASCII:
        return _decode_as(data, charset, declared)
    text = data.decode("utf-8", "replace")
    if text.count("\ufffd") * 3 <= len(data) - len(text):  # a byte cut off or added now and then
        return text, ("" if charset in ("utf-8", "") else f"utf-8 labelled {declared}")
    guess = _guess(data)
    if charset in ("", "utf-8") or (charset == "windows-1252" != guess):
        return _decode_as(data, guess, declared)
    return _decode_as(data, charset, declared)


def _decode_as(data: bytes, charset: str, declared: str) -> tuple[str, str]:
    text = data.decode(charset, "replace")
    if charset != _canonical(declared):
        return text, f"{charset} labelled {declared or 'nothing'}"
    return text, (f"bytes that are not {declared}" if "\ufffd" in text else "")


def _canonical(declared: str) -> str:
    """A charset's name for Python; ``""`` where it is missing or nobody knows it."""
    name = declared[:40].strip(" '\"").lower().replace("cp-", "cp")
    name = _SAME_AS.get(name, name)
    try:
        b"?".decode(name, "replace")  # LookupError for "base64" and "zlib" too, which codecs.lookup knows
    except (LookupError, ValueError):  # ValueError: NUL inside the name; UnicodeError: "undefined"
        return ""
    return "" if name in ("idna", "punycode", "unicode_escape", "raw_unicode_escape") else name


def _guess(data: bytes) -> str:
    """A single-byte charset, told by its letters: windows-1252 unless they stand in runs like words."""
    sample = data[:_SAMPLE]
    runs = _RUNS.findall(sample)
    if not runs or sum(map(len, runs)) < 2 * len(runs):
        return "windows-1252"  # Latin letters with accents stand alone between ASCII ones
    high = b" ".join(runs)

    def score(name: str) -> int:
        text = high.decode(name, "replace")
        return sum(text.count(letter) for letter in _COMMON[name])

    return max(_COMMON, key=score)
