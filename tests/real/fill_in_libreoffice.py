"""Fills in the form in LibreOffice and saves it, as a person does; run by the system's Python, which has uno.

Standard input: {"pipe", "source", "targets": [path], "answers": {number: {"text", "box"}}}, where box is
the place of the box to tick, from 1, or 0. Without a source the office is asked to end.
"""

import json
import re
import sys
import time

import uno
from com.sun.star.beans import PropertyValue
from com.sun.star.connection import NoConnectException
from com.sun.star.text.ControlCharacter import PARAGRAPH_BREAK

CHECKED = "☒"
FILTERS = {".pdf": "writer_pdf_Export", ".odt": "writer8", ".docx": "MS Word 2007 XML"}


def connect(pipe, patience=60.0):
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    until = time.monotonic() + patience
    while True:
        try:
            return resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
        except NoConnectException:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)  # the office says nowhere when it is ready


def prop(name, value):
    return PropertyValue(Name=name, Value=value)


def fill(table, answers):
    """Each label in column A has its answer beside it in B, or below it where the row has one cell."""
    names = table.getCellNames()
    for name in names:
        label = re.match(r"(\d+)\. ", table.getCellByName(name).String) if name.startswith("A") else None
        if not label or label[1] not in answers:
            continue
        row = int(name[1:])
        target = f"B{row}" if f"B{row}" in names else f"A{row + 1}"
        answer = answers[label[1]]
        if answer["box"]:
            tick(table.getCellByName(target), answer["box"])
        else:
            write(table.getCellByName(target), answer["text"])


def write(cell, text):
    """Type ``text`` into the cell; an empty line is the Enter key, a new paragraph."""
    cursor = cell.createTextCursor()
    for number, paragraph in enumerate(text.split("\n\n")):
        if number:
            cell.insertControlCharacter(cursor, PARAGRAPH_BREAK, False)
        cell.insertString(cursor, paragraph, False)


def tick(cell, number):
    """Tick this box (content control) of the cell, as a click does: its state and its sign."""
    boxes = [
        portion.ContentControl
        for paragraph in cell
        for portion in paragraph
        if portion.TextPortionType == "ContentControl"
    ]
    box = boxes[number - 1]
    box.Checked = True
    for portion in box:
        portion.String = CHECKED


def main():
    order = json.load(sys.stdin)
    context = connect(order["pipe"])
    desktop = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
    if not order.get("source"):
        desktop.terminate()
        return
    url = uno.systemPathToFileUrl(order["source"])
    document = desktop.loadComponentFromURL(url, "_blank", 0, (prop("Hidden", True),))
    for table in document.TextTables:
        fill(table, order["answers"])
    for path in order["targets"]:
        kind = FILTERS[path[path.rindex(".") :]]
        document.storeToURL(uno.systemPathToFileUrl(path), (prop("FilterName", kind),))
    document.close(True)


main()
