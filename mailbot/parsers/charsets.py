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
    "x-mac-arabic": "mac-arabic",
    "x-mac-cyrillic": "mac-cyrillic",
    "iso-8859-8-e": "windows-1255",
    "iso-8859-6-e": "iso-8859-6",
    "iso-8859-6-i": "iso-8859-6",
    "iso-8859-11": "cp874",
    "windows-874": "cp874",
    "tis-620": "cp874",
    "koi8-ru": "koi8-u",
    "iso-2022-jp-ms": "iso-2022-jp-2",
    "windows-31j": "cp932",
    "ms932": "cp932",
    "windows-949": "cp949",
    "ms949": "cp949",
    "uhc": "cp949",
    "windows-936": "gb18030",
    "cp936": "gb18030",
    "euc-cn": "gb18030",
    "windows-950": "big5",
    "ucs-2": "utf-16",
    "iso-10646-ucs-2": "utf-16",
}
_MANY_BYTES = frozenset({"gb18030", "cp949", "cp932", "big5", "big5-hkscs", "euc-jp"})
_NOT_ASCII = frozenset(
    {"iso-2022-jp", "iso-2022-jp-2", "iso-2022-kr", "utf-7", "hz"}
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
    "cp874": "านรกอมเงลวยสทตดปคห",
}
"""The commonest letters of the scripts that are mailed in single bytes, commonest first."""
_WESTERN, _CENTRAL, _TURKISH = (
    "áéíóúàèìòùâêîôûäëïöüñçãõåæøßœ¿¡«»’“”–…€",
    "áéíóúýäëöüčďěňřšťůžąćęłńśźżăâîșțşţőűđß„”",
    "ğışİçöüâî",
)
_ACCENTED = {
    "windows-1252": _WESTERN,
    "windows-1250": _CENTRAL,
    "iso-8859-2": _CENTRAL,
    "windows-1254": _TURKISH,
}
"""The letters with accents of Latin alphabets, and the signs beside them; the first of equals counts."""
_HAN = frozenset(
    "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年后作里用道行所然事成方多"
    "這個們來為國說時會對於後裡還學過發經種從樣無與將長區業請謝家起工渔民申与我们谢信您好本请"
)
_CHARACTERS = {
    "euc-jp": re.compile("[\u3041-\u3096\u30a1-\u30fa、。]"),
    "cp932": re.compile("[\u3041-\u3096\u30a1-\u30fa、。]"),
    "cp949": re.compile("[\uac00-\ud7a3]"),
    "gb18030": re.compile(f"[{''.join(sorted(_HAN))}，。]"),
    "big5": re.compile(f"[{''.join(sorted(_HAN))}，。]"),
}
"""What is commonest in the scripts that are mailed in two bytes a sign."""
_OFTEN = {"euc-jp": 0.35, "cp932": 0.35, "cp949": 0.85, "gb18030": 0.2, "big5": 0.2}
"""The least share of those signs in a text of that charset."""
_ESCAPES = re.compile(rb"\x1b(?:\$[@B]|\([BJI])")
"""The way into and out of two-byte signs in ISO-2022-JP, which is mailed without a label too."""

_RUNS = re.compile(rb"[\x80-\xff]+")
_WINDOWS = re.compile(r"(?:x-)?(?:windows|win|cp)[-_ ]?(125\d)")
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
    is_plain = data.isascii() and (charset not in _NOT_ASCII or (charset[:3] == "utf" and b"\0" not in data))
    if is_plain and charset != "utf-7":
        if b"\x1b$" in data and _ESCAPES.search(data):
            return _decode_as(data, "iso-2022-jp", declared)
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
    found = _WINDOWS.fullmatch(name)
    name = f"windows-{found[1]}" if found else name
    name = _SAME_AS.get(name) or _SAME_AS.get(name.removeprefix("x-")) or name.removeprefix("x-")
    try:
        b"?".decode(name, "replace")  # LookupError for "base64" and "zlib" too, which codecs.lookup knows
    except (LookupError, ValueError):  # ValueError: NUL inside the name; UnicodeError: "undefined"
        return ""
    return "" if name in ("idna", "punycode", "unicode_escape", "raw_unicode_escape") else name


def _guess(data: bytes) -> str:
    """A charset told by its letters: one of Latin letters unless they stand in runs like words."""
    sample = data[:_SAMPLE]
    runs = _RUNS.findall(sample)
    if not runs or sum(map(len, runs)) < 2 * len(runs):
        return _guess_latin(sample)  # letters with accents stand alone between ASCII ones
    many = _guess_many_bytes(sample)
    if many:
        return many
    high = b" ".join(runs)

    def score(name: str) -> int:
        text = high.decode(name, "replace")
        return sum(text.count(letter) for letter in _COMMON[name])

    return max(_COMMON, key=score)


def _guess_latin(sample: bytes) -> str:
    high = b"".join(_RUNS.findall(sample))

    def score(name: str) -> int:
        text = high.decode(name, "replace").lower()
        return sum(text.count(letter) for letter in _ACCENTED[name])

    return max(_ACCENTED, key=score)


def _guess_many_bytes(sample: bytes) -> str:
    """A charset of two bytes a sign in which ``sample`` is valid and reads like a text; ``""``: none."""
    best, most = "", 1.0
    for name, common in _CHARACTERS.items():
        try:
            text = codecs.getincrementaldecoder(name)("strict").decode(sample)
        except UnicodeDecodeError:
            continue
        signs = sum(letter > "\u007f" for letter in text)
        share = len(common.findall(text)) / max(signs, 1) / _OFTEN[name]
        if share > most:
            best, most = name, share
    return best
