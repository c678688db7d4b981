"""On letters as they should be, ``read_letter`` and mail-parser, written by other hands, find the same."""

from __future__ import annotations

from datetime import UTC, datetime
from email.encoders import encode_base64
from email.header import Header
from email.message import Message
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart
from email.mime.text import MIMEText
from email.utils import format_datetime, formataddr

import mailparser
import pytest

from mailbot.parsers.letter import read_letter
from mailbot.values import Address

SENT = datetime(2026, 3, 3, 7, 12, tzinfo=UTC)

LATIN = "Añadimos: œuvre, «São Tomé», l’été."
TEXTS = {
    "us-ascii": "We work with fishing families.",
    "utf-8": "Añadimos œuvre — نعمل مع الصيادين, 漁民, привет.",
    "iso-8859-1": "Añadimos: São Tomé, l'été à Québec.",
    "iso-8859-15": "Añadimos œuvre, 12 €.",
    "windows-1252": LATIN,
    "iso-8859-2": "Łódź, Škoda, příběh.",
    "windows-1250": "Łódź, Škoda, příběh.",
    "iso-8859-6": "نعمل مع عائلات الصيادين على الساحل",
    "windows-1256": "نعمل مع عائلات الصيادين على الساحل",
    "windows-1251": "Мы работаем с семьями рыбаков",
    "koi8-r": "Мы работаем с семьями рыбаков",
    "windows-1253": "Εργαζόμαστε με οικογένειες αλιέων",
    "windows-1254": "Balıkçı aileleriyle çalışıyoruz",
    "windows-1255": "אנחנו עובדים עם משפחות דייגים",
    "iso-2022-jp": "私たちは漁民の家族と働いています",
    "shift_jis": "私たちは漁民の家族と働いています",
    "euc-jp": "私たちは漁民の家族と働いています",
    "gb2312": "我们与渔民家庭一起工作",
    "gb18030": "我们与渔民家庭一起工作",
    "big5": "我們與漁民家庭一起工作",
    "euc-kr": "우리는 어민 가족과 함께 일합니다",
    "utf-16": "Añadimos — نعمل",
}
ENCODINGS = {
    "7bit": ["us-ascii"],
    # Not iso-2022-jp, which mail-parser leaves undecoded where it is sent as it is.
    "8bit": [name for name in TEXTS if name not in ("utf-16", "iso-2022-jp")],
}
CASES = [
    *[(charset, encoding) for encoding in ("base64", "quoted-printable") for charset in TEXTS],
    *[(charset, encoding) for encoding, charsets in ENCODINGS.items() for charset in charsets],
]


def text_part(text: str, charset: str, encoding: str) -> Message:
    """A text part whose bytes are written as they are, or in one of the two encodings."""
    part = MIMENonMultipart("text", "plain", charset=charset)
    data = text.encode(charset)
    if encoding == "base64":
        part.set_payload(data)
        encode_base64(part)
    elif encoding == "quoted-printable":
        part["Content-Transfer-Encoding"] = encoding
        part.set_payload(
            "".join(f"={byte:02X}" for byte in data[:20])
            + "=\n"
            + "".join(f"={byte:02X}" for byte in data[20:])
        )
    else:
        part["Content-Transfer-Encoding"] = encoding
        part.set_payload(data.decode("ascii", "surrogateescape"))
    return part


def addressed(
    message: Message, name: str = "Rehema Kazungu", subject: str = "Our interest", charset: str = "utf-8"
) -> bytes:
    message["Message-ID"] = "<one@bahari.example>"
    message["From"] = formataddr((name, "rehema@bahari.example"), charset)
    message["To"] = "membership@network.example"
    message["Subject"] = Header(subject, charset)
    message["Date"] = format_datetime(SENT)
    return message.as_bytes()


def opinions(raw: bytes) -> tuple[dict[str, object], dict[str, object]]:
    """What the two of them found, told alike."""
    ours, theirs = read_letter(raw), mailparser.parse_from_bytes(raw)
    name, email = theirs.from_[0]
    return (
        {
            "sender": ours.sender,
            "subject": ours.subject,
            "message_id": ours.message_id,
            "date": ours.date,
            "text": ours.text.strip(),
            "attachments": [attachment.name for attachment in ours.attachments],
        },
        {
            "sender": Address(email, name),
            "subject": theirs.subject,
            "message_id": theirs.message_id.strip("<>"),
            "date": theirs.date,
            "text": "\n".join(theirs.text_plain).strip(),
            "attachments": [attachment["filename"] for attachment in theirs.attachments],
        },
    )


def assert_one_opinion(raw: bytes, **expected: object) -> None:
    ours, theirs = opinions(raw)
    assert ours == theirs
    assert {name: ours[name] for name in expected} == expected


@pytest.mark.parametrize(("charset", "encoding"), CASES)
def test_on_the_text(charset, encoding):
    raw = addressed(text_part(TEXTS[charset], charset, encoding))

    assert_one_opinion(raw, text=TEXTS[charset], date=SENT, message_id="one@bahari.example")


@pytest.mark.parametrize("charset", [name for name in TEXTS if not name.startswith(("utf-16", "us-ascii"))])
def test_on_who_writes_about_what(charset):
    words = TEXTS[charset].split()[0].strip(":,.")
    raw = addressed(text_part("hello", "us-ascii", "7bit"), words, TEXTS[charset] * 3, charset)

    assert_one_opinion(raw, sender=Address("rehema@bahari.example", words), subject=TEXTS[charset] * 3)


@pytest.mark.parametrize(
    "name", ["our work.pdf", "café.pdf", "الرسالة.pdf", "a;b=c.pdf", 'say "yes".pdf', "x" * 150 + ".pdf"]
)
def test_on_the_names_of_attachments(name):
    whole = MIMEMultipart()
    whole.attach(MIMEText("hello", "plain", "us-ascii"))
    attached = MIMEBase("application", "pdf")
    attached.set_payload(b"%PDF-1.7")
    encode_base64(attached)
    attached.add_header("Content-Disposition", "attachment", filename=name)
    whole.attach(attached)

    assert_one_opinion(addressed(whole), text="hello", attachments=[name])


def test_on_an_alternative_inside_a_mixed_letter():
    alternative = MIMEMultipart("alternative")
    alternative.attach(MIMEText(LATIN, "plain", "utf-8"))
    alternative.attach(MIMEText(f"<p>{LATIN}</p>", "html", "utf-8"))
    whole = MIMEMultipart()
    whole.attach(alternative)

    assert_one_opinion(addressed(whole), text=LATIN, attachments=[])
