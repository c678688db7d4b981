"""Reads the text of an attachment: Word, LibreOffice, RTF, PDF, HTML and plain text.

Lists keep their numbers, and the cells of a table row are parted by tabs, because both tell which
answer belongs to which question. Formats are told by their first bytes, not by name or type.
"""

from __future__ import annotations

import errno
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree import ElementTree

from mailbot.parsers.smime import is_encrypted
from mailbot.values import Attachment, AttachmentText, Unreadable

LARGEST = 40_000_000
"""Bytes of one part of a document once unpacked; a hundred times the text of a long novel."""

LONGEST = 400_000
"""Characters of text that are kept of one attachment; an application has a few thousand."""

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"

_LO = "{urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0}"

_SYMBOLS = {
    "Wingdings": {0x6F: "☐", 0x71: "☐", 0xA8: "☐", 0x78: "☒", 0xFD: "☒", 0xFE: "☑", 0xFB: "✗", 0xFC: "✓"},
    "Wingdings 2": {0xA3: "☐", 0x2A: "☐", 0x52: "☑", 0x53: "☒", 0x50: "✓", 0x4F: "✗"},
}
"""Signs that Word keeps as places in a font: boxes, ticked and not."""

_PAGE_NAMES = (".html", ".htm", ".xhtml")
_SEALED = frozenset({"application/pgp-encrypted", "application/x-pgp-encrypted"})
_PLAIN_NAMES = (".txt", ".text", ".md", ".csv")
_LAM_ALEF = re.compile(r"(?<![^\W\d_])([وفبك]{0,2}ا)([اأإآ])ل")
"""The article before an alef as PDFs have it, for lam-alef is one sign there: no Arabic word begins so."""
_NO_MEMORY = 1  # XML_ERROR_NO_MEMORY of expat.h
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # MS-CFB 2.2: old .doc, and also a .docx with a password


@dataclass(frozen=True, slots=True)
class _Refused(Exception):  # noqa: N818 - it carries a reason, it is no fault of ours
    reason: Unreadable


def read_attachment(attachment: Attachment) -> AttachmentText:
    """What ``attachment`` says, or why it cannot be read. Runs in this process, without any limit.

    Raises nothing but MemoryError; `mailbot.limits` bounds time and memory from outside.
    """
    try:
        text = _read(attachment)
    except _Refused as refusal:
        return AttachmentText(attachment.name, unreadable=refusal.reason)
    except ElementTree.ParseError as error:
        out_of_memory = error.code == _NO_MEMORY
        reason = Unreadable.TOO_BIG if out_of_memory else Unreadable.BROKEN
        return AttachmentText(attachment.name, unreadable=reason)
    except (ValueError, KeyError, LookupError, zipfile.BadZipFile, zlib.error, EOFError, OSError,
            RecursionError, NotImplementedError) as error:  # fmt: skip
        if _is_out_of_memory(error):
            raise MemoryError from error
        return AttachmentText(attachment.name, unreadable=Unreadable.BROKEN)
    return AttachmentText(attachment.name, tidy(text)[:LONGEST])


def _is_out_of_memory(error: Exception) -> bool:
    """Whether the lack of memory came under another name: an errno, or zlib's Z_MEM_ERROR (-4)."""
    if isinstance(error, OSError):
        return error.errno == errno.ENOMEM
    return isinstance(error, zlib.error) and str(error).startswith("Error -4 ")


def _read(attachment: Attachment) -> str:
    content = attachment.content
    head = content[:1024].lstrip()
    if content.startswith(b"PK\x03\x04"):
        return _read_zip(content)
    if attachment.media_type in _SEALED or is_encrypted(content) or b"-----BEGIN PGP MESSAGE-----" in head:
        raise _Refused(Unreadable.ENCRYPTED)
    if b"%PDF-" in content[:1024]:
        return _read_pdf(content)
    if head.startswith(b"{\\rtf"):
        return _read_rtf(content)
    if content.startswith(_OLE):
        encrypted = "EncryptedPackage".encode("utf-16-le") in content
        raise _Refused(Unreadable.ENCRYPTED if encrypted else Unreadable.UNKNOWN)
    is_page = attachment.media_type == "text/html" or attachment.name.lower().endswith(_PAGE_NAMES)
    if (is_page and _is_text(content)) or head[:200].lower().startswith((b"<!doctype html", b"<html")):
        return _read_html(content)
    if attachment.media_type == "text/plain" or attachment.name.lower().endswith(_PLAIN_NAMES):
        if not _is_text(content):
            raise _Refused(Unreadable.UNKNOWN)
        return _decode(content)
    if attachment.media_type == "application/pdf" or attachment.name.lower().endswith(
        (".docx", ".odt", ".pdf")
    ):
        raise _Refused(Unreadable.BROKEN)
    raise _Refused(Unreadable.UNKNOWN)


def _is_text(content: bytes) -> bool:
    """Whether there is no zero in ``content``, unless a mark says that it is UTF-16."""
    return b"\0" not in content or content.startswith((b"\xff\xfe", b"\xfe\xff"))


def tidy(text: str) -> str:
    """``text`` with one kind of line end, no control characters and no lines of nothing but space."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\xa0", " ")
    text = re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ufeff]", "", text)
    lines = [line.rstrip() for line in text.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")


def _decode(content: bytes) -> str:
    for mark, charset in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if content.startswith(mark):
            return content.decode(charset, "replace")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        pass
    # Windows' two code pages of our applicants: Arabic letters fill 0xC0-0xFF nearly whole, while a
    # Western text has few bytes there.
    high = sum(byte >= 0xC0 for byte in content)
    return content.decode("cp1256" if high > len(content) / 3 else "cp1252", "replace")


# ── Word and LibreOffice ─────────────────────────────────────────────────────────────────────────


def _read_zip(content: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        names = set(package.namelist())
        if "word/document.xml" in names:
            numbering = _xml(package, "word/numbering.xml") if "word/numbering.xml" in names else None
            return _Word(_word_formats(numbering)).text(_xml(package, "word/document.xml"))
        if "content.xml" in names:
            if "META-INF/manifest.xml" in names and b"encryption-data" in _member(
                package, "META-INF/manifest.xml"
            ):
                raise _Refused(Unreadable.ENCRYPTED)
            return _LibreOffice().text(_xml(package, "content.xml"))
    raise _Refused(Unreadable.UNKNOWN)


def _member(package: zipfile.ZipFile, name: str) -> bytes:
    """One part, unpacked no further than `LARGEST`: the size that a zip declares may be a lie."""
    info = package.getinfo(name)
    if info.flag_bits & 1:
        raise _Refused(Unreadable.ENCRYPTED)
    if info.file_size > LARGEST:
        raise _Refused(Unreadable.TOO_BIG)
    with package.open(info) as part:
        data = part.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise _Refused(Unreadable.TOO_BIG)
    return data


def _xml(package: zipfile.ZipFile, name: str) -> ElementTree.Element:
    data = _member(package, name)
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:  # no office program writes one; entity bombs need one
        raise _Refused(Unreadable.BROKEN)
    return ElementTree.fromstring(data)  # noqa: S314 - without a DTD there are no entities to expand


def _word_formats(numbering: ElementTree.Element | None) -> dict[tuple[str, str], tuple[str, int]]:
    """(list id, level) → (how it is numbered, first number), from ``word/numbering.xml``."""
    if numbering is None:
        return {}
    abstract: dict[str, dict[str, tuple[str, int]]] = {}
    for one in numbering.iter(f"{_W}abstractNum"):
        levels = {}
        for level in one.iter(f"{_W}lvl"):
            style = level.find(f"{_W}numFmt")
            start = level.find(f"{_W}start")
            levels[level.get(f"{_W}ilvl", "0")] = (
                style.get(f"{_W}val", "bullet") if style is not None else "bullet",
                _number(start.get(f"{_W}val", "1")) if start is not None else 1,
            )
        abstract[one.get(f"{_W}abstractNumId", "")] = levels
    formats = {}
    for num in numbering.iter(f"{_W}num"):
        link = num.find(f"{_W}abstractNumId")
        for level_id, style_start in abstract.get(
            link.get(f"{_W}val", "") if link is not None else "", {}
        ).items():
            formats[num.get(f"{_W}numId", ""), level_id] = style_start
    return formats


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else 1


def _marker(style: str, number: int) -> str:
    """The mark that Word or LibreOffice would print before an item of a list."""
    if style in ("lowerLetter", "a") and 1 <= number <= 26:
        return f"{chr(96 + number)}) "
    if style in ("upperLetter", "A") and 1 <= number <= 26:
        return f"{chr(64 + number)}) "
    if style in ("bullet", "none", ""):
        return "• " if style == "bullet" else ""
    return f"{number}. "


_BESIDES = frozenset(
    {f"{_MC}Fallback"}
    | {f"{_W}{name}" for name in ("sectPr", "tblPr", "tcPr", "pPr", "rPr", "sdtPr", "del", "instrText")}
)
"""Parts of a Word document in which there is no text to read."""


def _is_placeholder(part: ElementTree.Element) -> bool:
    """Whether ``part`` is a content control that still says «Click here to enter text»."""
    return part.tag == f"{_W}sdt" and part.find(f"{_W}sdtPr/{_W}showingPlcHdr") is not None


def _symbol(sign: ElementTree.Element) -> str:
    """The character that a place in a font of symbols stands for; ``""`` where we do not know it."""
    try:
        place = int(sign.get(f"{_W}char", ""), 16) & 0xFF  # they lie at U+F000 and above
    except ValueError:
        return ""
    return _SYMBOLS.get(sign.get(f"{_W}font", ""), {}).get(place, "")


def _form_box(mark: ElementTree.Element) -> str:
    """The box of a form field of old Word, of which the file says only whether it is ticked."""
    box = mark.find(f"{_W}ffData/{_W}checkBox")
    if box is None:
        return ""
    state = box.find(f"{_W}checked")
    state = box.find(f"{_W}default") if state is None else state
    return "☐" if state is None or state.get(f"{_W}val", "1") in ("0", "false", "off") else "☒"


@dataclass(slots=True)
class _Word:
    """Reads ``word/document.xml``: paragraphs, lists, tables, form fields and text boxes in order.

    Written out here because python-docx leaves out content controls (Word's form fields), text boxes
    and the numbers of lists, and people answer in all three.
    """

    formats: dict[tuple[str, str], tuple[str, int]]
    counts: dict[tuple[str, str], int] = field(default_factory=dict)

    def text(self, document: ElementTree.Element) -> str:
        body = document.find(f"{_W}body")
        return "\n".join(self._blocks(body if body is not None else document))

    def _blocks(self, parent: ElementTree.Element) -> Iterator[str]:
        for child in parent:
            if child.tag == f"{_W}p":
                yield from self._paragraph(child)
            elif child.tag == f"{_W}tbl":
                yield from self._table(child)
            elif child.tag not in _BESIDES and not _is_placeholder(child):
                yield from self._blocks(child)

    def _table(self, table: ElementTree.Element) -> Iterator[str]:
        yield ""
        for row in table.iter(f"{_W}tr"):
            cells = ["\n".join(self._blocks(cell)).strip("\n") for cell in row.iter(f"{_W}tc")]
            yield "\t".join(cells)
        yield ""

    def _paragraph(self, paragraph: ElementTree.Element) -> Iterator[str]:
        boxes: list[ElementTree.Element] = []
        line = "".join(self._runs(paragraph, boxes))
        mark = self._list_mark(paragraph) if line.strip() else ""
        yield mark + line
        if not mark:
            yield ""
        for box in boxes:
            yield from self._blocks(box)

    def _runs(self, parent: ElementTree.Element, boxes: list[ElementTree.Element]) -> Iterator[str]:
        for child in parent:
            tag = child.tag
            if tag == f"{_W}t":
                yield child.text or ""
            elif tag == f"{_W}tab":
                yield " "
            elif tag in (f"{_W}br", f"{_W}cr"):
                yield "\n"
            elif tag == f"{_W}noBreakHyphen":
                yield "-"
            elif tag == f"{_W}sym":
                yield _symbol(child)
            elif tag == f"{_W}fldChar":
                yield _form_box(child)
            elif tag == f"{_W}txbxContent":
                boxes.append(child)
            elif tag not in _BESIDES and not _is_placeholder(child):
                yield from self._runs(child, boxes)

    def _list_mark(self, paragraph: ElementTree.Element) -> str:
        link = paragraph.find(f"{_W}pPr/{_W}numPr/{_W}numId")
        if link is None:
            style = paragraph.find(f"{_W}pPr/{_W}pStyle")
            return "• " if style is not None and style.get(f"{_W}val", "").startswith("ListBullet") else ""
        depth = paragraph.find(f"{_W}pPr/{_W}numPr/{_W}ilvl")
        level = (link.get(f"{_W}val", ""), depth.get(f"{_W}val", "0") if depth is not None else "0")
        if level not in self.formats:
            return ""
        style_name, first = self.formats[level]
        self.counts[level] = self.counts.get(level, first - 1) + 1
        for deeper in [known for known in self.counts if known[0] == level[0] and known[1] > level[1]]:
            del self.counts[deeper]
        return _marker(style_name, self.counts[level])


@dataclass(slots=True)
class _LibreOffice:
    """Reads ``content.xml`` of an .odt: paragraphs, headings, lists and tables in order."""

    formats: dict[str, str] = field(default_factory=dict)

    def text(self, document: ElementTree.Element) -> str:
        for style in document.iter(f"{_TEXT}list-style"):
            first = next(iter(style), None)
            numbered = first is not None and first.tag == f"{_TEXT}list-level-style-number"
            number_format = first.get(f"{_STYLE}num-format", "1") if first is not None else ""
            self.formats[style.get(f"{_STYLE}name", "")] = number_format if numbered else "bullet"
        body = document.find(f"{_OFFICE}body")
        return "\n".join(self._blocks(body if body is not None else document))

    def _blocks(self, parent: ElementTree.Element) -> Iterator[str]:
        for child in parent:
            if child.tag in (f"{_TEXT}p", f"{_TEXT}h"):
                yield "".join(self._runs(child))
                yield ""
            elif child.tag == f"{_TEXT}list":
                yield from self._list(child)
            elif child.tag == f"{_TABLE}table":
                yield from self._table(child)
            elif child.tag not in (f"{_TEXT}tracked-changes", f"{_TEXT}sequence-decls"):
                yield from self._blocks(child)

    def _list(self, items: ElementTree.Element) -> Iterator[str]:
        style = self.formats.get(items.get(f"{_TEXT}style-name", ""), "bullet")
        for number, item in enumerate(items, start=1):
            lines = "\n".join(self._blocks(item)).strip("\n")
            yield _marker(style, number) + lines
        yield ""

    def _table(self, table: ElementTree.Element) -> Iterator[str]:
        yield ""
        for row in table.iter(f"{_TABLE}table-row"):
            cells = ["\n".join(self._blocks(cell)).strip("\n") for cell in row]
            yield "\t".join(cells)
        yield ""

    def _runs(self, parent: ElementTree.Element) -> Iterator[str]:
        yield parent.text or ""
        for child in parent:
            if child.tag == f"{_TEXT}s" or child.tag == f"{_TEXT}tab":
                yield " "
            elif child.tag == f"{_TEXT}line-break":
                yield "\n"
            elif child.tag in (f"{_TEXT}note", f"{_OFFICE}annotation"):
                pass
            elif child.get(f"{_LO}showing-place-holder") != "true":
                yield from self._runs(child)
            yield child.tail or ""


# ── the others ───────────────────────────────────────────────────────────────────────────────────


def _read_rtf(content: bytes) -> str:
    from striprtf.striprtf import rtf_to_text  # noqa: PLC0415 - read late: most letters have no attachment

    text: str = rtf_to_text(content.decode("latin-1"), errors="replace")  # type: ignore[no-untyped-call]
    return text.replace("|\n", "\n").replace("|", "\t")  # striprtf writes a bar between cells


def _read_html(content: bytes) -> str:
    from mailbot.parsers.html import html_to_text  # noqa: PLC0415 - the same

    declared = re.search(rb"charset=[\"']?([\w-]+)", content[:2048])
    if declared:
        try:
            return html_to_text(content.decode(declared.group(1).decode("ascii"), "replace"))
        except LookupError:
            pass
    return html_to_text(_decode(content))


def _read_pdf(content: bytes) -> str:
    import pypdfium2  # noqa: PLC0415 - the same

    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        password = "password" in str(error).lower()
        raise _Refused(Unreadable.ENCRYPTED if password else Unreadable.BROKEN) from error
    pages: list[str] = []
    length = 0
    for page in document:
        pages.append(page.get_textpage().get_text_bounded())
        length += len(pages[-1])
        if length > LONGEST:
            break
    text = _LAM_ALEF.sub(r"\1ل\2", "\n".join(pages))
    if len(re.findall(r"\w", text)) < 10 * min(len(pages), 3):
        raise _Refused(Unreadable.SCANNED)
    return text
