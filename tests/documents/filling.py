"""Fills in the form as people do: lines in a letter, cells and boxes in a Word file."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping

import docx

from mailbot.process.form import FieldType
from mailbot.rulebook import load_rules
from mailbot.values import Kind

FORM = load_rules().form

LONG = {
    "en": "We organize fishers: since 2021.\n\nMembers decide; we won a case.",
    "es": "Organizamos a pescadoras: desde 2021.\n\nDecide la asamblea; ganamos un caso.",
    "fr": "Nous organisons les pêcheuses : depuis 2021.\n\nL’assemblée décide ; nous avons gagné un procès.",
    "ar": "ننظّم صيادات السمك: منذ عام 2021.\n\nالجمعية العامة تقرر؛ وقد ربحنا قضية.",
}
SHORT = {"en": "Bahari Yetu", "es": "Mar Nuestro", "fr": "Notre Mer", "ar": "بحرنا"}
COUNTRY = {"en": "Kenya", "es": "Perú", "fr": "Sénégal", "ar": "لبنان"}


def sample(kind: Kind, language: str) -> dict[str, str]:
    """An answer to every field, in ``language``; no two of the short ones are the same."""
    said = {}
    for number, one in enumerate(FORM.fields_for(kind), start=1):
        said[one.key] = {
            FieldType.TEXT: f"{SHORT[language]} {number}",
            FieldType.LONG_TEXT: f"{LONG[language]} ({number})",
            FieldType.CHOICE: one.choices[number % len(one.choices)].label[language] if one.choices else "",
            FieldType.YES_NO: FORM.words[language].yes[0],
            FieldType.COUNTRY: COUNTRY[language],
            FieldType.EMAIL: f"post{number}@bahari.example",
            FieldType.WEB_ADDRESS: "https://bahari.example/about",
            FieldType.YEAR: "1998",
            FieldType.NUMBER: "320",
        }[one.type]
    return said


def fill_lines(text: str, kind: Kind, said: Mapping[str, str], *, below: bool) -> str:
    """``text`` with each answer below the label and its help, or beside the label."""
    keys = {number: key for key, number in FORM.numbers(kind).items()}
    lines: list[str] = []
    waiting = ""
    for line in [*text.split("\n"), ""]:
        label = re.match(r"\((\d+)\) ", line)
        if label and not below:
            lines.append(f"{line} {said[keys[int(label[1])]]}")
            continue
        if label:
            waiting = said[keys[int(label[1])]]
        elif not line and waiting:
            lines.append(waiting)
            waiting = ""
        lines.append(line)
    return "\n".join(lines)


def fill_cells(content: bytes, kind: Kind, said: Mapping[str, str]) -> bytes:
    """The Word file with each answer in its cell, and the right boxes ticked by their sign alone."""
    document = docx.Document(io.BytesIO(content))
    keys = {number: key for key, number in FORM.numbers(kind).items()}
    rows = [row for table in document.tables for row in table.rows]
    for at, row in enumerate(rows):
        label = re.match(r"(\d+)\. ", row.cells[0].text)
        if not label:
            continue
        key = keys[int(label[1])]
        beside = row.cells[1]._tc is not row.cells[0]._tc
        cell = row.cells[1] if beside else rows[at + 1].cells[0]
        if "☐" in cell._tc.xml:
            _tick(cell, said[key])
            continue
        for number, paragraph in enumerate(said[key].split("\n\n")):
            (cell.paragraphs[0] if number == 0 else cell.add_paragraph()).add_run(paragraph)
    filled = io.BytesIO()
    document.save(filled)
    return filled.getvalue()


def _tick(cell, wanted: str) -> None:
    """Tick the box before ``wanted``; where it is none of the options (another language), write it below."""
    options = FORM.fields_for(None)
    keys = {
        choice.key for one in options for choice in one.choices if wanted in choice.label.values()
    } | {"yes" for words in FORM.words.values() if wanted == words.yes[0]}  # fmt: skip
    boxes = [box for box in cell._tc.iter() if box.tag.endswith("}sdt")]
    for box in boxes:
        tag = next(one for one in box.iter() if one.tag.endswith("}tag"))
        name = next(value for key, value in tag.attrib.items() if key.endswith("}val")).rpartition(".")[2]
        if name in keys:
            sign = next(one for one in box.iter() if one.tag.endswith("}t"))
            sign.text = "☒"
            return
    cell.add_paragraph().add_run(wanted)
