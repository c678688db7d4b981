"""The embedded servers keep what they promise to the demo and to other tests."""

import smtplib
from datetime import UTC, datetime

import pytest

from mailbot.sandbox.servers import Handed, Sandbox

BOX = "membership@network.example"
RAW = b"Subject: Hello\r\n\r\n.\r\n.. dots\r\n"


def hand_in(sandbox, *recipients, raw=RAW, sender="rehema@bahariyetu.example"):
    with smtplib.SMTP(sandbox.host, sandbox.smtp_port, local_hostname="client.example") as client:
        client.sendmail(sender, recipients, raw)


def test_what_smtp_takes_lies_in_the_inbox(sandbox):
    hand_in(sandbox, BOX, "elsewhere@other.example")

    assert sandbox.letters(BOX) == [RAW]
    assert sandbox.outside == (Handed("rehema@bahariyetu.example", (BOX, "elsewhere@other.example"), RAW),)


@pytest.mark.parametrize("address", ["membership+c42.abc@network.example", "Membership@Network.example"])
def test_an_account_is_reached_with_plus_and_in_any_case(address, sandbox):
    hand_in(sandbox, address)

    assert sandbox.letters(BOX) == [RAW]


def test_a_delivery_to_nobody_is_an_error(sandbox):
    with pytest.raises(KeyError):
        sandbox.deliver("nobody@network.example", RAW)


@pytest.mark.parametrize("raw", [b"", b"\r\n", b"\x00\xff\xfe"])
def test_broken_letters_are_kept_as_they_are(raw, sandbox):
    sandbox.deliver(BOX, raw, received_at=datetime(2026, 3, 2, tzinfo=UTC))

    assert sandbox.letters(BOX) == [raw]


def test_waiting_for_letters(sandbox):
    assert not sandbox.wait_for(bool, timeout=0.01)
    hand_in(sandbox, BOX)
    assert sandbox.wait_for(bool, timeout=0.01)


def test_a_refusal_holds_until_we_relent(sandbox):
    sandbox.refuse("550 5.1.1 No such user", recipient=BOX)
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        hand_in(sandbox, BOX)

    sandbox.relent()
    hand_in(sandbox, BOX)
    assert sandbox.letters(BOX) == [RAW]


def test_letters_outlive_the_server_being_down(sandbox):
    hand_in(sandbox, BOX)
    sandbox.smtp_down()
    with pytest.raises(OSError, match="refused"):
        hand_in(sandbox, BOX)

    sandbox.smtp_up()
    hand_in(sandbox, BOX)
    assert sandbox.letters(BOX) == [RAW, RAW]


def test_two_sandboxes_know_nothing_of_each_other(sandbox):
    with Sandbox({BOX: "another"}) as other:
        hand_in(other, BOX)

        assert (len(other.letters(BOX)), len(sandbox.letters(BOX))) == (1, 0)
