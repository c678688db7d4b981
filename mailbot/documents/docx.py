"""A sheet to fill in as a Word file: headings, and tables of labels with room for the answers.

Through python-docx, with what it does not know written out: the direction of Arabic, and check boxes
that can be ticked (content controls of Word 2010, which LibreOffice knows too).
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import quoteattr

from docx import Document
from docx.enum.table import WD_ROW_HEIGHT_RULE, WD_TABLE_ALIGNMENT
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from mailbot.values import Language

CHECKED, UNCHECKED = "☒", "☐"

_FONT = "Arial"
"""On nearly every machine, or replaced by one of the same widths; it has Arabic."""

_INK = RGBColor(0x1F, 0x2A, 0x37)
_GREY = RGBColor(0x5B, 0x65, 0x72)
_ACCENT = RGBColor(0x1B, 0x4F, 0x72)
_SHADE = "EEF2F6"
_LINE = "B8C2CC"
_WIDTH, _LABEL = Cm(17), Cm(6.8)
_ROOM = Cm(2)
"""The height of an empty long answer; it grows with what is typed."""

_EPOCH = (1980, 1, 1, 0, 0, 0)
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_W14 = "http://schemas.microsoft.com/office/word/2010/wordml"


class Sheet:
    """A Word file that is being written, top to bottom, in one language and direction."""

    def __init__(self, language: Language, *, rtl: bool, title: str, author: str) -> None:
        self._rtl = rtl
        self._document: Any = Document()
        self._set_page()
        self._set_font(language)
        properties = self._document.core_properties
        properties.title, properties.author, properties.language = title, author, language
        properties.comments = properties.last_modified_by = ""

    def _set_page(self) -> None:
        section = self._document.sections[0]
        section.page_width, section.page_height = Cm(21), Cm(29.7)
        section.left_margin = section.right_margin = Cm(2)
        section.top_margin = section.bottom_margin = Cm(1.8)
        if self._rtl:
            section._sectPr.append(OxmlElement("w:bidi"))

    def _set_font(self, language: Language) -> None:
        style = self._document.styles["Normal"]
        style.font.name, style.font.size = _FONT, Pt(10.5)
        style.font.color.rgb = _INK
        style.paragraph_format.space_after = Pt(4)
        properties = style.element.get_or_add_rPr()
        for script in ("w:eastAsia", "w:cs"):
            properties.rFonts.set(qn(script), _FONT)
        size = OxmlElement("w:szCs")  # Arabic has a size of its own
        size.set(qn("w:val"), "22")
        properties.append(size)
        spoken = OxmlElement("w:lang")
        spoken.set(qn("w:bidi" if self._rtl else "w:val"), language)
        properties.append(spoken)

    def title(self, words: str, below: str) -> None:
        """The title of the sheet and a line below it."""
        self.write(self._document.add_paragraph(), words, size=18, bold=True, color=_ACCENT)
        paragraph = self._document.add_paragraph()
        self.write(paragraph, below, color=_GREY)
        paragraph.paragraph_format.space_after = Pt(8)

    def paragraph(self, words: str) -> None:
        """A paragraph of running text."""
        self.write(self._document.add_paragraph(), words)

    def heading(self, words: str, below: str = "") -> None:
        """The heading of a section, kept on the page of what follows it."""
        heading = self._document.add_paragraph(style="Heading 2")
        self.write(heading, words, size=13, bold=True, color=_ACCENT)
        heading.paragraph_format.space_before = Pt(14)
        heading.paragraph_format.space_after = Pt(4)
        if below:
            paragraph = self._document.add_paragraph()
            self.write(paragraph, below, size=9.5, color=_GREY)
            paragraph.paragraph_format.keep_with_next = True

    def table(self) -> Table:
        """A table below what was written last."""
        table = self._document.add_table(rows=0, cols=2)
        table.autofit = False
        table.alignment = WD_TABLE_ALIGNMENT.LEFT
        for column, width in zip(table.columns, (_LABEL, _WIDTH - _LABEL), strict=True):
            column.width = width
        properties = table._tbl.tblPr
        if self._rtl:
            properties.insert(1, OxmlElement("w:bidiVisual"))
        sides = "".join(
            f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="{_LINE}"/>'
            for side in ("top", "left", "bottom", "right", "insideH", "insideV")
        )
        layout = properties.find(qn("w:tblLayout"))
        layout.addprevious(parse_xml(f'<w:tblBorders xmlns:w="{_W}">{sides}</w:tblBorders>'))
        margins = "".join(
            f'<w:{side} w:w="{width}" w:type="dxa"/>'
            for side, width in (("top", 60), ("left", 110), ("bottom", 60), ("right", 110))
        )
        layout.addnext(parse_xml(f'<w:tblCellMar xmlns:w="{_W}">{margins}</w:tblCellMar>'))
        return Table(self, table)

    def write(
        self,
        paragraph: Any,
        words: str,
        *,
        size: float = 0,
        bold: bool = False,
        color: RGBColor | None = None,
    ) -> None:
        """Add ``words`` to ``paragraph``, both in the direction of the sheet; line breaks stay."""
        if self._rtl:
            properties = paragraph._p.get_or_add_pPr()
            if properties.find(qn("w:bidi")) is None:
                properties.insert_element_before(
                    OxmlElement("w:bidi"), "w:spacing", "w:ind", "w:jc", "w:rPr", "w:sectPr"
                )
        run = paragraph.add_run(words)
        run.bold = bold
        run.font.cs_bold = bold
        run.font.name = _FONT
        if size:
            run.font.size = Pt(size)
        if color is not None:
            run.font.color.rgb = color
        if self._rtl:
            run.font.rtl = True
        properties = run._r.get_or_add_rPr()
        properties.rFonts.set(qn("w:cs"), _FONT)
        if size:
            own = OxmlElement("w:szCs")
            own.set(qn("w:val"), str(round(size * 2)))
            properties.insert_element_before(own, "w:highlight", "w:u", "w:rtl", "w:cs", "w:lang")

    def content(self) -> bytes:
        """The file. The same sheet gives the same bytes: no time of writing is kept in it."""
        written = io.BytesIO()
        self._document.save(written)
        packed = io.BytesIO()
        with zipfile.ZipFile(written) as source, zipfile.ZipFile(packed, "w") as package:
            for name in source.namelist():
                info = zipfile.ZipInfo(name, _EPOCH)
                info.compress_type = zipfile.ZIP_DEFLATED
                package.writestr(info, source.read(name))
        return packed.getvalue()


@dataclass(slots=True)
class Table:
    """Rows of labels and room for their answers."""

    sheet: Sheet
    table: Any

    def short(self, label: str, optional: str, help_: str, value: str) -> None:
        """A row with the label on one side and room for a line or two on the other."""
        cells = self._row().cells
        self._label(cells[0], label, optional, help_)
        self.sheet.write(cells[1].paragraphs[0], value)

    def long(self, label: str, optional: str, help_: str, value: str) -> None:
        """The label over the whole width, and below it room for paragraphs."""
        above, below = self._row(), self._row()
        for row in (above, below):
            row.cells[0].merge(row.cells[1])
        self._label(above.cells[0], label, optional, help_, kept=True)
        below.height, below.height_rule = _ROOM, WD_ROW_HEIGHT_RULE.AT_LEAST
        cell = below.cells[0]
        for number, paragraph in enumerate(value.split("\n\n")):
            place = cell.paragraphs[0] if number == 0 else cell.add_paragraph()
            self.sheet.write(place, paragraph)

    def choice(
        self,
        key: str,
        label: str,
        optional: str,
        help_: str,
        boxes: Sequence[tuple[str, str, bool]],
        odd: str,
        *,
        one_line: bool,
    ) -> None:
        """A check box for each of ``boxes`` (name, words, ticked); ``odd`` is an answer beside them."""
        cells = self._row().cells
        self._label(cells[0], label, optional, help_)
        paragraph = cells[1].paragraphs[0]
        for number, (name, words, ticked) in enumerate(boxes):
            if number and not one_line:
                paragraph = cells[1].add_paragraph()
            paragraph.paragraph_format.space_after = Pt(2)
            gap = "     " if number and one_line else ""
            if gap:
                self.sheet.write(paragraph, gap)
            paragraph._p.append(_check_box(f"{key}.{name}", words, ticked))
            self.sheet.write(paragraph, f" {words}")
        if odd:
            self.sheet.write(cells[1].add_paragraph(), odd)

    def _row(self) -> Any:
        row = self.table.add_row()
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        return row

    def _label(self, cell: Any, label: str, optional: str, help_: str, *, kept: bool = False) -> None:
        shade = f'<w:shd xmlns:w="{_W}" w:val="clear" w:color="auto" w:fill="{_SHADE}"/>'
        cell._tc.get_or_add_tcPr().append(parse_xml(shade))
        paragraph = cell.paragraphs[0]
        self.sheet.write(paragraph, label, bold=True)
        if optional:
            self.sheet.write(paragraph, f" ({optional})", size=9, color=_GREY)
        paragraph.paragraph_format.space_after = Pt(1)
        paragraph.paragraph_format.keep_with_next = kept
        for line in filter(None, help_.split("\n")):
            below = cell.add_paragraph()
            self.sheet.write(below, line, size=9, color=_GREY)
            below.paragraph_format.space_after = Pt(1)
            below.paragraph_format.keep_with_next = kept


def _check_box(tag: str, title: str, ticked: bool) -> Any:
    sign = CHECKED if ticked else UNCHECKED
    return parse_xml(
        f'<w:sdt xmlns:w="{_W}" xmlns:w14="{_W14}"><w:sdtPr>'
        f"<w:alias w:val={quoteattr(title)}/><w:tag w:val={quoteattr(tag)}/>"
        f'<w14:checkbox><w14:checked w14:val="{int(ticked)}"/>'
        '<w14:checkedState w14:val="2612" w14:font="MS Gothic"/>'
        '<w14:uncheckedState w14:val="2610" w14:font="MS Gothic"/></w14:checkbox></w:sdtPr>'
        '<w:sdtContent><w:r><w:rPr><w:rFonts w:ascii="MS Gothic" w:eastAsia="MS Gothic" w:hAnsi="MS Gothic" '
        f'w:hint="eastAsia"/></w:rPr><w:t>{sign}</w:t></w:r></w:sdtContent></w:sdt>'
    )
