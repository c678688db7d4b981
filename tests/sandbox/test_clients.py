"""How the cast's mail clients write: what they quote is what readers of replies must cope with."""

from datetime import UTC, datetime

import pytest

from mailbot.parsers.letter import read_letter
from mailbot.parsers.reply import split_reply
from mailbot.sandbox.clients import (
    APPLE_MAIL,
    GMAIL,
    OUTLOOK,
    THUNDERBIRD,
    Writer,
    Written,
    new_letter,
    reply,
)
from mailbot.values import Address

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
INBOX = Address("membership@network.example", "The Network")
SIGNED = "membership+c1.abc@network.example"

PARENT = read_letter(
    (
        f"From: {INBOX.name} <{INBOX.email}>\r\nTo: Ana <ana@casa.example>\r\nReply-To: {SIGNED}\r\n"
        "Subject: [M-2026-0001] Two questions\r\nDate: Mon, 2 Mar 2026 08:00:00 +0000\r\n"
        "Message-ID: <two@network.example>\r\nReferences: <one@network.example>\r\n\r\n"
        "Dear Ana,\r\n\r\nHow did you learn about the network in your own community?\r\n\r\n"
        "Which organization could serve as a reference for you?\r\n\r\nWith warm regards\r\n"
    ).encode()
)

CLIENTS = [
    (client, language)
    for client in (THUNDERBIRD, GMAIL, APPLE_MAIL, OUTLOOK)
    for language in client.introductions
]


@pytest.mark.parametrize(("client", "language"), CLIENTS)
def test_what_a_client_quotes_can_be_told_from_what_was_typed(client, language):
    ana = Writer(Address("ana@casa.example", "Ana"), language, client)

    raw = reply(ana, Written("We heard of it on the radio."), PARENT, message_id="x@casa.example", at=AT)

    letter = read_letter(raw)
    assert "How did you learn" in letter.text
    assert split_reply(letter, PARENT).new == "We heard of it on the radio."


def test_a_reply_goes_where_it_is_wanted_and_threads():
    ana = Writer(Address("ana@casa.example", "Ana"), "en", GMAIL)

    letter = read_letter(reply(ana, Written("Yes."), PARENT, message_id="x@casa.example", at=AT))

    assert [address.email for address in letter.to] == [SIGNED]
    assert letter.subject == "Re: [M-2026-0001] Two questions"
    assert letter.in_reply_to == ("two@network.example",)
    assert letter.references == ("one@network.example", "two@network.example")


def test_answers_are_typed_between_the_quoted_lines():
    ana = Writer(Address("ana@casa.example", "Ana"), "en", APPLE_MAIL, "Ana")
    typed = Written(
        "Below.", under=(("How did you learn", "On the radio."), ("Which organization", "Casa Común."))
    )

    letter = read_letter(reply(ana, typed, PARENT, message_id="x@casa.example", at=AT))

    assert letter.text.strip().splitlines() == [
        "Below.",
        "",
        "On 2 Mar 2026, at 08:00, The Network <membership@network.example> wrote:",
        "",
        "> Dear Ana,",
        ">",
        "> How did you learn about the network in your own community?",
        "",
        "On the radio.",
        "",
        "> Which organization could serve as a reference for you?",
        "",
        "Casa Común.",
        "",
        "> With warm regards",
        "",
        "Ana",
    ]


def test_an_answer_to_a_question_that_was_not_put_is_refused():
    ana = Writer(Address("ana@casa.example", "Ana"), "en", APPLE_MAIL)
    typed = Written("Below.", under=(("What is your name", "Ana."),))

    with pytest.raises(ValueError, match="What is your name"):
        reply(ana, typed, PARENT, message_id="x@casa.example", at=AT)


def test_an_automatic_reply_says_so():
    ana = Writer(Address("ana@casa.example", "Ana"), "en", OUTLOOK)

    away = read_letter(
        reply(ana, Written("I am away.", "Away", automatic=True), PARENT, message_id="x@casa.example", at=AT)
    )

    assert away.header("auto-submitted") == "auto-replied"
    assert away.subject == "Away"


def test_long_lines_are_broken_softly_and_come_back_whole():
    words = "We are a union of some 1,400 households, and we have kept a record of every day without water."
    ana = Writer(Address("ana@casa.example", "Ana"), "en", THUNDERBIRD)

    raw = new_letter(ana, Written(words, "Hello"), INBOX, message_id="x@casa.example", at=AT)

    assert max(map(len, raw.splitlines())) < 79
    assert read_letter(raw).text.strip() == words
