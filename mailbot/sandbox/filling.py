"""Fills in the application form's Word file as applicants do: types into its cells and ticks its boxes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from io import BytesIO
from typing import Any

from docx import Document

from mailbot.values import Attachment

_NUMBER = re.compile(r"^\d+\.\s")
_EMPTY, _TICKED = "☐", "☒"


def filled_in(form: Attachment, said: Mapping[str, str]) -> Attachment:
    """The form with the answers ``said``; what is not among them is left empty.

    They are by the beginning of a label: what is typed into its cell, or the words beside the boxes that
    are ticked, with commas between.

    Raises ValueError for a label, or a box, that the form does not have.
    """
    document = Document(BytesIO(form.content))
    waiting = dict(said)
    for rows in (table.rows for table in document.tables):
        for label, cell in _places(list(rows)):
            known = next((begun for begun in waiting if label.startswith(begun)), None)
            if known is not None:
                _answer(cell, waiting.pop(known))
    if waiting:
        raise ValueError(f"the form does not ask for «{next(iter(waiting))}»")
    content = BytesIO()
    document.save(content)
    return Attachment(form.name, form.media_type, content.getvalue())


def _places(rows: list[Any]) -> list[tuple[str, Any]]:
    """(label, the cell for its answer): beside it, or below it where it goes over the whole width."""
    found = []
    for at, row in enumerate(rows):
        first, second = row.cells[0], row.cells[-1]
        label = first.paragraphs[0].text
        if _NUMBER.match(label):
            whole = first._tc is second._tc
            found.append((_NUMBER.sub("", label), rows[at + 1].cells[0] if whole else second))
    return found


def _answer(cell: Any, answer: str) -> None:
    boxes = [text for text in _texts(cell._tc) if text.text == _EMPTY]
    if not boxes:
        cell.paragraphs[0].add_run(answer)
        return
    wanted = answer.split(", ")
    for box in boxes:
        control = next(above for above in box.iterancestors() if above.tag.endswith("}sdt"))
        beside = "".join(text.text for text in _texts(control.getnext())).strip()
        if beside in wanted:
            box.text = _TICKED
            wanted.remove(beside)
    if wanted:
        raise ValueError(f"the form has no box «{wanted[0]}»")


def _texts(element: Any) -> list[Any]:
    return [one for one in element.iter() if one.tag.endswith("}t")]
