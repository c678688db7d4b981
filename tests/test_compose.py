"""A draft becomes a message that any mail program reads, and that nobody's words can bend."""

from __future__ import annotations

import email
from dataclasses import replace
from datetime import UTC, datetime
from email import policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import parseaddr

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailbot.compose import (
    DEFAULT_FOLDER,
    Draft,
    Templates,
    UnwritableAddressError,
    WrongAudienceError,
    compose,
)
from mailbot.compose.message import REFERENCES_KEPT
from mailbot.values import Address, Attachment
from mailbot.views import ForApplicant, ForSecretariat

TEMPLATES = Templates(DEFAULT_FOLDER)

VIEW = ForApplicant(
    network="River Commons",
    website="https://rivercommons.example",
    reader="Rehema Kazungu",
    number="M-2026-0042",
    applicant="Bahari Yetu",
    kind="organization",
    country="Kenya",
    understood=(),
    missing=(),
    unread=(),
    words="How many are you?\nAnd since when?",
)
DRAFT = Draft(
    template="question",
    language="en",
    view=VIEW,
    sender=Address("membership@rivercommons.example", "River Commons"),
    recipient=Address("rehema@bahariyetu.example", "Rehema Kazungu"),
    message_id="9f.42@rivercommons.example",
    date=datetime(2026, 11, 22, 9, 30, tzinfo=UTC),
)
NOTICE = ForSecretariat(
    network="River Commons",
    website="",
    reader="Ana Lopes",
    number="",
    tags=(),
    sender="Tomás Rey <tomas@rey.example>",
    reason="the letter has no end",
)


def sent(draft: Draft) -> EmailMessage:
    """The message as a mail program reads it."""
    message = email.message_from_bytes(compose(draft, TEMPLATES).raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    assert message.defects == []
    return message


def part(message: EmailMessage, kind: str) -> str:
    found = message.get_body((kind,))
    assert found is not None
    content: str = found.get_content()
    return content


# ── the head ─────────────────────────────────────────────────────────────────────────────────────


def test_the_head_of_a_letter() -> None:
    head, _, _ = compose(DRAFT, TEMPLATES).raw.partition(b"\r\n\r\n")
    assert head.decode().splitlines()[:11] == [
        "From: River Commons",
        " <membership@rivercommons.example>",
        "To: Rehema Kazungu",
        " <rehema@bahariyetu.example>",
        "Subject: [M-2026-0042] A question about your interest in River Commons",
        "Date: Sun, 22 Nov 2026 09:30:00 +0000",
        "Message-ID: <9f.42@rivercommons.example>",
        "Auto-Submitted: auto-generated",
        "X-Auto-Response-Suppress: All",
        "MIME-Version: 1.0",
        "Content-Type: multipart/alternative;",
    ]


def test_an_answer_threads_and_says_that_it_is_one() -> None:
    message = sent(
        replace(
            DRAFT,
            reply_to="membership+c42.x@rivercommons.example",
            in_reply_to="b@bahariyetu.example",
            references=("a@bahariyetu.example", "b@bahariyetu.example"),
        )
    )
    assert message["In-Reply-To"] == "<b@bahariyetu.example>"
    assert message["References"] == "<a@bahariyetu.example> <b@bahariyetu.example>"
    assert message["Reply-To"] == "membership+c42.x@rivercommons.example"
    assert message["Auto-Submitted"] == "auto-replied"


def test_of_very_many_references_the_first_and_the_last_are_kept() -> None:
    ids = tuple(f"{number}@bahariyetu.example" for number in range(500))
    kept = sent(replace(DRAFT, references=ids))["References"].split()
    assert kept == [f"<{each}>" for each in (ids[0], *ids[-REFERENCES_KEPT + 1 :])]
    exactly = sent(replace(DRAFT, references=ids[:REFERENCES_KEPT]))["References"].split()
    assert exactly == [f"<{each}>" for each in ids[:REFERENCES_KEPT]]


def test_a_case_tag_stands_in_the_subject_and_none_where_there_is_no_case() -> None:
    assert compose(DRAFT, TEMPLATES).subject.startswith("[M-2026-0042] ")
    assert compose(replace(DRAFT, view=replace(VIEW, number="")), TEMPLATES).subject.startswith("A question")


@pytest.mark.parametrize(
    "name",
    [
        "Rehema Kazungu",
        'Kazungu, Rehema "Rey"',
        "Río Vivo, A.C.",
        "اتحاد الصيادين في الساحل الشرقي للدفاع عن حقوق المجتمعات المحلية",
        "=?utf-8?q?not_a_word?=",
        "back\\slash",
        "漁" * 90,
        "rehema@bahariyetu.example",
        "",
    ],
)
def test_a_name_arrives_as_it_is(name: str) -> None:
    raw = compose(replace(DRAFT, recipient=Address("rehema@bahariyetu.example", name)), TEMPLATES).raw
    # policy.default of Python 3.11 puts spaces between the encoded words of one name.
    shown, address = parseaddr(email.message_from_bytes(raw)["To"].replace("\r\n", ""))
    assert (str(make_header(decode_header(shown))), address) == (name, "rehema@bahariyetu.example")


@pytest.mark.parametrize(
    "network", ["Red Río Vivo", "شبكة الحقوق الاقتصادية والاجتماعية والثقافية", "=?utf-8?q?a?=", "n" * 600]
)
def test_a_subject_arrives_as_it_is(network: str) -> None:
    draft = replace(DRAFT, view=replace(VIEW, network=network))
    assert sent(draft)["Subject"] == compose(draft, TEMPLATES).subject
    assert network in compose(draft, TEMPLATES).subject


INJECTION = "Bahari\r\nBcc: all@bad.example\r\n\r\n<b>\x00\u2028\u202egood"


def test_line_breaks_in_names_and_subjects_write_no_header() -> None:
    draft = replace(
        DRAFT,
        view=replace(VIEW, network=INJECTION, number=f"M-1{INJECTION}", applicant=INJECTION),
        sender=Address("membership@rivercommons.example", INJECTION),
        in_reply_to=f"a@b.example>{INJECTION}",
        references=("a@b.example", f"c{INJECTION}@b.example", "d e@b.example"),
        attachments=(Attachment(INJECTION, f"text/plain{INJECTION}", b"x"),),
    )
    message = sent(draft)
    assert set(message.keys()) == {
        "From", "To", "Subject", "Date", "Message-ID", "References", "Auto-Submitted",
        "X-Auto-Response-Suppress", "MIME-Version", "Content-Type",
    }  # fmt: skip
    assert message["From"].addresses[0].display_name == "Bahari Bcc: all@bad.example <b>good"
    assert message["References"] == "<a@b.example>"
    [attached] = message.iter_attachments()
    assert attached.get_content_type() == "application/octet-stream"
    assert attached.get_filename() == "Bahari Bcc: all@bad.example <b>good"


@pytest.mark.parametrize(
    "address",
    [
        "rehema", "@bahariyetu.example", "rehema@", "a b@bahariyetu.example", "a@b.example\r\nBcc: c@d.x",
        "a@b.example, c@d.example", "<a@b.example>", "réhema@bahariyetu.example", "a@b@c.example",
        f"{'a' * 400}@b.example", "a@b..\u2028example", "",
    ],
)  # fmt: skip
def test_a_letter_goes_to_no_address_that_is_none(address: str) -> None:
    with pytest.raises(UnwritableAddressError):
        compose(replace(DRAFT, recipient=Address(address, "Rehema")), TEMPLATES)


@pytest.mark.parametrize(
    ("address", "written"),
    [
        ("o'neil+x@bahariyetu.example", "o'neil+x@bahariyetu.example"),
        (" rehema@bahariyetu.example ", "rehema@bahariyetu.example"),
        ("two..dots.@docomo.example", "two..dots.@docomo.example"),
        ('"rehema k"@bahariyetu.example', '"rehema k"@bahariyetu.example'),
        ("rehema@río.example", "rehema@xn--ro-nja.example"),
        ("rehema@[192.0.2.1]", "rehema@[192.0.2.1]"),
    ],
)
def test_an_address_is_written_as_mail_servers_take_it(address: str, written: str) -> None:
    raw = compose(replace(DRAFT, recipient=Address(address)), TEMPLATES).raw
    assert f"\r\nTo: {written}\r\n".encode() in raw


@pytest.mark.parametrize("message_id", ["", "a b", "<a@b.example>", "a\r\n@b.example"])
def test_a_letter_needs_a_message_id(message_id: str) -> None:
    with pytest.raises(ValueError, match="is no Message-ID"):
        compose(replace(DRAFT, message_id=message_id), TEMPLATES)


# ── the body ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("language", TEMPLATES.languages())
def test_text_and_html_arrive_word_for_word(language: str) -> None:
    draft = replace(DRAFT, language=language)
    composed = compose(draft, TEMPLATES)
    message = sent(draft)
    assert message.get_content_type() == "multipart/alternative"
    assert part(message, "plain").replace("\r\n", "\n") == composed.text
    assert part(message, "html").replace("\r\n", "\n") == composed.html
    assert "> How many are you?\n> And since when?\n" in composed.text


@pytest.mark.parametrize(("language", "encoding"), [("en", "quoted-printable"), ("ar", "base64")])
def test_the_shorter_encoding_is_taken(language: str, encoding: str) -> None:
    view = replace(
        VIEW, words="سؤال طويل عن عملكم في القرى. " * 40 if language == "ar" else "Tell us more. " * 40
    )
    plain = sent(replace(DRAFT, language=language, view=view)).get_body(("plain",))
    assert plain is not None
    assert plain["Content-Transfer-Encoding"] == encoding


def assert_travels(raw: bytes) -> None:
    """Seven bits, each line ended by CRLF and within the 998 of RFC 5322 section 2.1.1."""
    assert raw.isascii()
    assert b"\0" not in raw
    lines = raw.split(b"\r\n")
    assert not any(b"\r" in line or b"\n" in line for line in lines)
    assert max(map(len, lines)) <= 998


@settings(deadline=None)
@given(
    words=st.text(max_size=400),
    name=st.text(max_size=300),
    language=st.sampled_from(TEMPLATES.languages()),
)
def test_whatever_is_written_travels_through_any_server(words: str, name: str, language: str) -> None:
    draft = replace(
        DRAFT,
        language=language,
        view=replace(VIEW, words=words, network=name, number=name[:20]),
        recipient=Address("rehema@bahariyetu.example", name),
        attachments=(Attachment(name, "application/pdf", words.encode(errors="replace")),),
    )
    assert_travels(compose(draft, TEMPLATES).raw)


def test_the_same_draft_gives_the_same_bytes() -> None:
    assert compose(DRAFT, TEMPLATES) == compose(DRAFT, Templates(DEFAULT_FOLDER))


def test_a_letter_is_not_filled_with_what_another_audience_may_know() -> None:
    with pytest.raises(WrongAudienceError):
        compose(replace(DRAFT, view=NOTICE), TEMPLATES)


# ── attachments ──────────────────────────────────────────────────────────────────────────────────

ORIGINAL = b"From: Tomas <tomas@rey.example>\r\nSubject: Hello\r\n\r\nIs anybody there?\r\n"


def set_aside(*attachments: Attachment) -> EmailMessage:
    draft = replace(DRAFT, template="set_aside", view=NOTICE, attachments=attachments)
    assert_travels(compose(draft, TEMPLATES).raw)
    return sent(draft)


def test_an_original_letter_is_attached_as_a_letter() -> None:
    message = set_aside(Attachment("original.eml", "message/rfc822", ORIGINAL))
    assert message.get_content_type() == "multipart/mixed"
    [attached] = message.iter_attachments()
    assert attached.get_content_type() == "message/rfc822"
    inner = attached.get_content()
    assert (inner["Subject"], inner.get_content()) == ("Hello", "Is anybody there?\r\n")


@pytest.mark.parametrize(
    "original",
    [
        ORIGINAL.replace(b"anybody", "alguién".encode("latin-1")),
        ORIGINAL.replace(b"\r\n", b"\n"),
        ORIGINAL.replace(b"anybody", b"any" * 400),
        ORIGINAL.replace(b"anybody", b"any\0body"),
    ],
)
def test_an_original_that_could_not_travel_as_a_letter_is_attached_byte_for_byte(original: bytes) -> None:
    [attached] = set_aside(Attachment("original.eml", "message/rfc822", original)).iter_attachments()
    assert attached.get_content_type() == "application/octet-stream"
    assert attached.get_filename() == "original.eml"
    assert attached.get_content() == original


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("form.pdf", "form.pdf"),
        ('the "form".pdf', 'the "form".pdf'),
        ("استمارة الطلب.pdf", "استمارة الطلب.pdf"),
        ("../../etc/form.pdf", ".._.._etc_form.pdf"),
        ("漁" * 100 + ".pdf", "漁" * 66 + ".pdf"),
    ],
)
def test_attachments_keep_their_names_and_bytes(name: str, shown: str) -> None:
    content = bytes(range(256)) * 50
    [attached] = set_aside(Attachment(name, "application/pdf", content)).iter_attachments()
    assert attached.get_content_type() == "application/pdf"
    assert attached.get_filename() == shown
    assert attached.get_content() == content
