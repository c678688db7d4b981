"""The inbox against Dovecot, where IDLE, keywords and MOVE are as at most providers."""

import threading
from datetime import UTC, datetime

import pytest
from imapclient import IMAPClient

from mailbot.config import After, Imap, Secret, Security
from mailbot.mail.errors import FolderMissing, LoginRefused
from mailbot.mail.inbox import Capabilities, Fetched, Inbox
from tests.real.dovecot import PASSWORD, USER

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def letter(number, body=b"Good morning."):
    return b"From: rehema@bahariyetu.example\r\nSubject: Letter %d\r\n\r\n%s\r\n" % (number, body)


@pytest.fixture
def settings(dovecot):
    def make(**changes):
        where = {"host": dovecot.host, "port": dovecot.port, "security": Security.NONE}
        return Imap(user=USER, password=Secret(env="NOT_ASKED_FOR_HERE"), **where, **changes)

    return make


@pytest.fixture
def person(dovecot):
    """Somebody at a mail client of their own, who has made the folders Sent and Done."""
    with IMAPClient(dovecot.host, dovecot.port, ssl=False) as client:
        client.login(USER, PASSWORD)
        for folder in ("Sent", "Done"):
            client.create_folder(folder)
        yield client


def flags(person, folder):
    person.select_folder(folder, readonly=True)
    told = person.get_flags(person.search())
    return [tuple(flag for flag in told[uid] if flag != rb"\Recent") for uid in sorted(told)]


def test_letters_come_in_batches_with_their_time_and_unread(settings, person):
    for number in range(120):
        person.append("INBOX", letter(number), msg_time=NOON)

    with Inbox(settings(), PASSWORD) as inbox:
        batches = list(inbox.new_letters(None, 0))
        again = list(inbox.new_letters(inbox.uidvalidity, batches[-1].last_uid))

    assert [len(batch.letters) for batch in batches] == [50, 50, 20]
    assert batches[-1].letters[-1] == Fetched(120, NOON, letter(119))
    assert again == []
    assert set(flags(person, "INBOX")) == {()}


def test_letters_that_vanish_between_listing_and_fetching_are_passed_over(settings, person):
    for number in range(60):
        person.append("INBOX", letter(number))

    with Inbox(settings(), PASSWORD) as inbox:
        batches = inbox.new_letters(None, 0)
        next(batches)
        person.select_folder("INBOX")
        person.move([51, 55, 60], "Done")
        [rest] = batches

    assert [fetched.uid for fetched in rest.letters] == [52, 53, 54, 56, 57, 58, 59]
    assert (rest.last_uid, rest.withheld) == (60, ())


def test_idle_tells_of_new_mail(settings, person):
    with Inbox(settings(), PASSWORD) as inbox:
        list(inbox.new_letters(None, 0))
        delivery = threading.Timer(0.3, person.append, ["INBOX", letter(1)])
        delivery.start()

        assert inbox.wait(30, threading.Event())
        delivery.join()
        [batch] = inbox.new_letters(inbox.uidvalidity, 0)
        assert [fetched.raw for fetched in batch.letters] == [letter(1)]
        assert not inbox.wait(0.05, threading.Event())


def test_a_folder_made_anew_is_read_from_its_beginning(settings, person):
    person.create_folder("Applications")
    person.append("Applications", letter(1))
    with Inbox(settings(folder="Applications"), PASSWORD) as inbox:
        [before] = inbox.new_letters(None, 0)
    person.delete_folder("Applications")
    person.create_folder("Applications")
    person.append("Applications", letter(2))

    with Inbox(settings(folder="Applications"), PASSWORD) as inbox:
        [batch] = inbox.new_letters(before.uidvalidity, before.last_uid)

    assert [fetched.raw for fetched in batch.letters] == [letter(2)]
    assert batch.uidvalidity != before.uidvalidity


def test_done_is_flagged_by_keyword(settings, person):
    person.append("INBOX", letter(1))

    with Inbox(settings(after=After.FLAG), PASSWORD) as inbox:
        assert inbox.capabilities() == Capabilities(idle=True, move=True, keywords=True)
        inbox.put_away([1], After.FLAG, "")

    assert flags(person, "INBOX") == [(b"$MailbotDone",)]


def test_done_is_moved(settings, person):
    for number in (1, 2):
        person.append("INBOX", letter(number))

    with Inbox(settings(), PASSWORD) as inbox:
        inbox.put_away([1], After.MOVE, "Done")
        with pytest.raises(FolderMissing, match="has only Done, INBOX, Sent"):
            inbox.put_away([2], After.MOVE, "Fertig")

    assert (len(flags(person, "INBOX")), len(flags(person, "Done"))) == (1, 1)


def test_a_copy_of_what_was_sent_is_kept(settings, person):
    with Inbox(settings(sent="Sent"), PASSWORD) as inbox:
        inbox.append_sent(letter(1), NOON)

    assert flags(person, "Sent") == [(rb"\Seen",)]
    with Inbox(settings(folder="Sent"), PASSWORD) as sent:
        [batch] = sent.new_letters(None, 0)
        assert [(fetched.received_at, fetched.raw) for fetched in batch.letters] == [(NOON, letter(1))]


def test_a_wrong_password_and_a_missing_folder(settings):
    with pytest.raises(LoginRefused, match=USER):
        Inbox(settings(), "wrong").connect()
    with pytest.raises(FolderMissing, match="has only INBOX"):
        Inbox(settings(folder="Elsewhere"), PASSWORD).connect()
