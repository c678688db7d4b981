from datetime import UTC, datetime

import pytest

from mailbot.parsers.letter import read_letter
from mailbot.parsers.machine import find_machine
from mailbot.values import Machine, MachineSigns
from tests.parsers.tables import WORDS

DATE = "Date: Tue, 3 Mar 2026 09:12:00 +0000"

REPORT = f"""\
From: Mail Delivery System <MAILER-DAEMON@mx.example>
Subject: Undelivered Mail Returned to Sender
{DATE}
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b

This is the mail system at host mx.example.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; ana@gone.example
Action: failed
Status: 5.1.1
--b
Content-Type: message/rfc822

Message-ID: <token@network.example>
Subject: Your interest

Dear Ana
--b--
"""

FREE_FORM = f"""\
Return-Path: <>
From: Mail Service <service@mx.example>
Subject: Returned mail: see transcript for details
{DATE}

Your letter could not be delivered to <ana@gone.example>:
550 5.7.1 rejected by policy

------ This is a copy of your letter ------

Message-ID: <token@network.example>
To: ana@gone.example
"""


def read(raw: str) -> MachineSigns | None:
    return find_machine(read_letter(raw.encode()), WORDS)


@pytest.mark.parametrize(
    ("raw", "status"), [(REPORT, "5.1.1"), (FREE_FORM, "5.7.1")], ids=["report", "free form"]
)
def test_a_bounce_tells_whom_it_did_not_reach_and_which_letter(raw, status):
    signs = read(raw)

    assert signs is not None
    assert (signs.machine, signs.recipient) == (Machine.BOUNCE, "ana@gone.example")
    assert (signs.status, signs.original) == (status, "token@network.example")


def test_a_bounce_that_a_person_attaches_is_a_persons_letter():
    raw = (
        "From: Ana <ana@x.example>\nSubject: what is this?\nContent-Type: multipart/mixed; boundary=o\n\n"
        f"--o\n\nI got this back.\n--o\nContent-Type: message/rfc822\n\n{REPORT}\n--o--\n"
    )

    assert read(raw) is None


@pytest.mark.parametrize(
    ("head", "text", "back"),
    [
        ("Auto-Submitted: auto-replied", "I am away.", None),
        ("Auto-Submitted: auto-replied", "I am away until 20 March 2026.", datetime(2026, 3, 20, tzinfo=UTC)),
        (
            "Subject: Respuesta automática: Hola",
            "De licencia hasta el lunes 30 de marzo.",
            datetime(2026, 3, 30, tzinfo=UTC),
        ),
        (
            "Subject: Réponse automatique : Bonjour",
            "Absent jusqu'au 16 mars 2026.",
            datetime(2026, 3, 16, tzinfo=UTC),
        ),
        ("Subject: رد تلقائي: مرحبا", "أنا في إجازة حتى 20 مارس 2026", datetime(2026, 3, 20, tzinfo=UTC)),
        ("Subject: Automatic reply: Hello", "Thank you.", None),
        ("Precedence: auto_reply", "Away.", None),
        ("X-Autoreply: yes", "Away.", None),
        ("X-Auto-Response-Suppress: All", "Thank you.", None),
        ("Return-Path: <>", "Thank you.", None),
        (
            "Subject: Re: Hello",
            "Thank you for your message. I am on leave until 20 March 2026.",
            datetime(2026, 3, 20, tzinfo=UTC),
        ),
    ],
)
def test_an_automatic_reply_and_the_day_of_return(head, text, back):
    signs = read(f"From: Ana <ana@x.example>\n{DATE}\n{head}\n\n{text}")

    assert signs is not None
    assert (signs.machine, signs.back) == (Machine.AUTO_REPLY, back)


def test_a_calendars_answer():
    calendar = "Content-Type: text/calendar; method=REPLY\n\nBEGIN:VCALENDAR\nMETHOD:REPLY\n"
    raw = f"From: ana@x.example\n{DATE}\n{calendar}"

    signs = read(raw)

    assert signs is not None
    assert signs.machine is Machine.AUTO_REPLY


@pytest.mark.parametrize(
    ("head", "machine"),
    [
        ("Precedence: bulk", Machine.BULK),
        ("List-Unsubscribe: <https://x.example/u>", Machine.BULK),
        ("From: no-reply@x.example", Machine.BULK),
        ("From: X <ne-pas-repondre@x.example>", Machine.BULK),
        ("Auto-Submitted: auto-generated", Machine.BULK),
        ("List-Id: <talk.x.example>\nList-Post: <mailto:talk@x.example>", Machine.LIST),
        (
            "List-Id: <talk.x.example>\nList-Post: <mailto:talk@x.example>\nList-Unsubscribe: <u>",
            Machine.LIST,
        ),
        ("Precedence: list", Machine.LIST),
    ],
)
def test_bulk_mail_and_lists(head, machine):
    signs = read(f"{head}\n{DATE}\nSubject: News\n\nHello")

    assert signs is not None
    assert signs.machine is machine


@pytest.mark.parametrize(
    ("head", "text"),
    [
        ("Subject: Our interest", "We would like to become a member."),
        ("X-Auto-Response-Suppress: DR, OOF, AutoReply", "We would like to become a member."),
        ("Auto-Submitted: no", "We would like to become a member."),
        ("List-Unsubscribe: <mailto:crm@river.example>", "We paid our fee. Can you send the receipt?"),
        (
            "Subject: Fwd: Undelivered Mail Returned to Sender",
            "Why could this not be delivered? User unknown?",
        ),
        ("Subject: Absence de réponse", "Je vous ai écrit en mars. Avez-vous reçu ma lettre ?"),
        ("Subject: Re: the form", "I am travelling until 5 May and will send the form then."),
        ("Subject: Our work", "Our newsletter has an unsubscribe link, see https://x.example"),
        (
            "Delivered-To: us@network.example\nList-Post: <mailto:us@network.example>\nPrecedence: list",
            "We would like to become a member.",
        ),
    ],
)
def test_a_persons_letter(head, text):
    assert read(f"From: Ana <ana@x.example>\n{DATE}\n{head}\n\n{text}") is None
