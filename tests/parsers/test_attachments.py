"""Text out of attachments of every kind that people send."""

from __future__ import annotations

import io
import zipfile

import pytest

from mailbot.parsers.attachments import read_attachment
from mailbot.values import Attachment, AttachmentText, Unreadable

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
OFFICE = "urn:oasis:names:tc:opendocument:xmlns"


def zipped(**members: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in members.items():
            package.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return packed.getvalue()


def docx(body: str, numbering: str = "") -> bytes:
    members = {"word__document_xml": f'<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>'}
    if numbering:
        members["word__numbering_xml"] = f'<w:numbering xmlns:w="{WORD}">{numbering}</w:numbering>'
    return zipped(**members)


def odt(body: str) -> bytes:
    return zipped(
        content_xml=f'<o:document-content xmlns:o="{OFFICE}:office:1.0" xmlns:t="{OFFICE}:text:1.0" '
        f'xmlns:table="{OFFICE}:table:1.0" xmlns:style="{OFFICE}:style:1.0">'
        '<t:list-style style:name="N"><t:list-level-style-number style:num-format="1"/></t:list-style>'
        f"<o:body><o:text>{body}</o:text></o:body></o:document-content>"
    )


def pdf(text: str) -> bytes:
    """The smallest PDF of one page: PDF 32000-1, H.3."""
    stream = f"BT /F1 12 Tf 72 720 Td ({text}) Tj ET" if text else ""
    font = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
    resources = f"/Resources << /Font << /F1 {font} >> >>"
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R {resources} >>",
        f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream",
    ]
    content = "%PDF-1.4\n"
    offsets = []
    for number, one in enumerate(objects, start=1):
        offsets.append(len(content))
        content += f"{number} 0 obj\n{one}\nendobj\n"
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    return (
        f"{content}xref\n0 5\n0000000000 65535 f \n{table}"
        f"trailer << /Size 5 /Root 1 0 R >>\nstartxref\n{len(content)}\n%%EOF"
    ).encode("ascii")


def locked_pdf() -> bytes:
    """A PDF whose password is not the empty one: PDF 32000-1, 7.6.3."""
    lock = f"/Encrypt << /Filter /Standard /V 1 /R 2 /O <{'41' * 32}> /U <{'42' * 32}> /P -4 >>"
    identity = f"/ID [<{'43' * 16}> <{'43' * 16}>]"
    return pdf("We organize tenants.").replace(b"/Root 1 0 R", f"/Root 1 0 R {lock} {identity}".encode())


def locked_odt() -> bytes:
    manifest = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
    entry = '<m:file-entry m:full-path="content.xml"><m:encryption-data/></m:file-entry>'
    return zipped(
        content_xml="not to be read",
        **{"META-INF__manifest_xml": f'<m:manifest xmlns:m="{manifest}">{entry}</m:manifest>'},
    )


def locked_zip() -> bytes:
    """A zip whose member is marked as encrypted: APPNOTE 4.4.4, bit 0."""
    packed = bytearray(docx(p("secret")))
    for head, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        packed[packed.index(head) + flags] |= 1
    return bytes(packed)


def old_doc() -> bytes:
    """The beginning of a file of Word 97: MS-CFB 2.2, with the name of its main stream."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + "WordDocument".encode("utf-16-le") + bytes(488)


def text_of(name: str, content: bytes, media_type: str = "application/octet-stream") -> str:
    found = read_attachment(Attachment(name, media_type, content))
    assert found.unreadable == ""
    return found.text


def p(text: str, style: str = "") -> str:
    return f"<w:p>{style}<w:r><w:t>{text}</w:t></w:r></w:p>"


def test_a_word_file_keeps_tables_fields_and_text_boxes():
    body = (
        p("Our answers")
        + f"<w:tbl><w:tr><w:tc>{p('Reference')}</w:tc>"
        + f"<w:tc>{p('Oak Centre')}{p('and others')}</w:tc></w:tr></w:tbl>"
        + f"<w:sdt><w:sdtContent>{p('typed into a field')}</w:sdtContent></w:sdt>"
        + f"<w:p><w:r><w:txbxContent>{p('in a box')}</w:txbxContent></w:r></w:p>"
    )

    assert text_of("a.docx", docx(body)) == (
        "Our answers\n\nReference\tOak Centre\n\nand others\n\ntyped into a field\n\nin a box"
    )


def test_a_word_file_keeps_the_numbers_of_its_lists():
    numbered = '<w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="7"/></w:numPr></w:pPr>'
    numbering = (
        '<w:abstractNum w:abstractNumId="1">'
        '<w:lvl w:ilvl="0"><w:numFmt w:val="decimal"/></w:lvl></w:abstractNum>'
        '<w:num w:numId="7"><w:abstractNumId w:val="1"/></w:num>'
    )

    assert text_of("a.docx", docx(p("One", numbered) + p("Two", numbered), numbering)) == "1. One\n2. Two"


def form_box(state: str) -> str:
    return f"<w:fldChar><w:ffData><w:checkBox>{state}</w:checkBox></w:ffData></w:fldChar><w:t> yes</w:t>"


@pytest.mark.parametrize(
    ("inside", "text"),
    [
        ('<w:sym w:font="Wingdings" w:char="F0FE"/><w:t> yes</w:t>', "☑ yes"),
        ('<w:sym w:font="Wingdings" w:char="F0A8"/><w:t> no</w:t>', "☐ no"),
        ('<w:sym w:font="Wingdings 2" w:char="F053"/><w:t> yes</w:t>', "☒ yes"),
        ('<w:sym w:font="Symbol" w:char="F0FE"/><w:t>another font</w:t>', "another font"),
        ('<w:sym w:font="Wingdings" w:char="box"/><w:t>no place</w:t>', "no place"),
        (form_box("<w:checked/>"), "☒ yes"),
        (form_box('<w:default w:val="1"/>'), "☒ yes"),
        (form_box('<w:default w:val="1"/><w:checked w:val="0"/>'), "☐ yes"),
        (form_box(""), "☐ yes"),
        ('<w:fldChar w:fldCharType="begin"/><w:instrText>PAGE</w:instrText><w:t>7</w:t>', "7"),
    ],
)
def test_a_word_file_keeps_boxes_however_they_are_written(inside, text):
    assert text_of("a.docx", docx(f"<w:p><w:r>{inside}</w:r></w:p>")) == text


def field(content: str, state: str = "") -> str:
    return f"<w:sdt><w:sdtPr>{state}</w:sdtPr><w:sdtContent>{content}</w:sdtContent></w:sdt>"


def test_a_field_that_nobody_typed_into_says_nothing():
    waiting, hint, run = "<w:showingPlcHdr/>", "Click here", "<w:r><w:t>{}</w:t></w:r>"
    inline = f"<w:p>{field(run.format(hint), waiting)}{run.format('a')}</w:p>"
    body = f"{field(p(hint), waiting)}{inline}<w:p>{field(run.format('☒'))}</w:p>"
    loext = "urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0"
    control = f'<l:content-control xmlns:l="{loext}" l:showing-place-holder="true">{hint}</l:content-control>'

    assert text_of("a.docx", docx(body)) == "a\n\n☒"
    assert text_of("a.odt", odt(f"<t:p>a{control}b</t:p>")) == "ab"


def test_what_was_deleted_in_a_word_file_stays_deleted():
    body = f"{p('kept')}<w:p><w:del><w:r><w:delText>gone</w:delText></w:r></w:del></w:p>"

    assert text_of("a.docx", docx(body)) == "kept"


def test_an_odt_keeps_lists_tables_and_line_breaks():
    body = (
        "<t:h>Answers</t:h>"
        '<t:list t:style-name="N"><t:list-item><t:p>One<t:line-break/>more</t:p></t:list-item>'
        "<t:list-item><t:p>Two</t:p></t:list-item></t:list>"
        "<table:table><table:table-row><table:table-cell><t:p>Left</t:p><t:p>too</t:p></table:table-cell>"
        "<table:table-cell><t:p>Right</t:p></table:table-cell></table:table-row></table:table>"
    )

    assert text_of("a.odt", odt(body)) == "Answers\n\n1. One\nmore\n2. Two\n\nLeft\n\ntoo\tRight"


@pytest.mark.parametrize(
    ("name", "media_type", "content", "text"),
    [
        ("a.rtf", "application/rtf", rb"{\rtf1\ansi Caf\'e9\par two}", "Café\ntwo"),
        (
            "a.pdf",
            "application/pdf",
            pdf("We organize tenants in nine towns."),
            "We organize tenants in nine towns.",
        ),
        ("a.txt", "text/plain", "één\r\ntwee".encode(), "één\ntwee"),
        ("a.txt", "text/plain", "نعمل منذ سنوات".encode("cp1256"), "نعمل منذ سنوات"),
        ("a.txt", "text/plain", "año".encode("cp1252"), "año"),
        ("a.txt", "text/plain", "hello".encode("utf-16"), "hello"),
        ("a.html", "text/html", b"<p>One</p><p>Two</p>", "One\n\nTwo"),
        ("a.html", "text/html", "<p>One</p>".encode("utf-16"), "One"),
        ("a.htm", "application/octet-stream", b"<p>One</p><p>Two</p>", "One\n\nTwo"),
        (
            "no-name",
            "application/octet-stream",
            pdf("The name and the type may lie about it."),
            "The name and the type may lie about it.",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_other_kinds(name, media_type, content, text):
    assert text_of(name, content, media_type) == text


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("scan.pdf", pdf(""), Unreadable.SCANNED),
        ("broken.pdf", b"%PDF-1.4 torn", Unreadable.BROKEN),
        ("empty.pdf", b"", Unreadable.BROKEN),
        ("torn.docx", docx("<w:p/>")[:60], Unreadable.BROKEN),
        (
            "entities.docx",
            zipped(word__document_xml="<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>"),
            Unreadable.BROKEN,
        ),
        (
            "locked.docx",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            Unreadable.ENCRYPTED,
        ),
        ("locked.pdf", locked_pdf(), Unreadable.ENCRYPTED),
        ("locked.odt", locked_odt(), Unreadable.ENCRYPTED),
        ("locked-by-zip.docx", locked_zip(), Unreadable.ENCRYPTED),
        ("old.doc", old_doc(), Unreadable.UNKNOWN),
        ("letter.pages", zipped(Index__Document_iwa="x", preview_jpg="x"), Unreadable.UNKNOWN),
        ("scan.jpg", b"\xff\xd8\xff\xe0\x00\x10JFIF\x00", Unreadable.UNKNOWN),
        ("scan.png", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", Unreadable.UNKNOWN),
        ("scan.heic", b"\x00\x00\x00\x18ftypheic\x00", Unreadable.UNKNOWN),
        ("picture.html", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", Unreadable.UNKNOWN),
        ("voice.mp3", b"ID3\x03", Unreadable.UNKNOWN),
        ("photos.zip", zipped(a_jpg="x"), Unreadable.UNKNOWN),
        ("bomb.docx", zipped(word__document_xml="<a>" * 14_000_000), Unreadable.TOO_BIG),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_read_is_named_with_its_reason(name, content, reason):
    assert read_attachment(Attachment(name, "application/octet-stream", content)) == AttachmentText(
        name, unreadable=reason
    )
