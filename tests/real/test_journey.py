"""The first journey against Dovecot: the bot is told of new mail by IDLE, and answers within seconds."""

import threading
import time
from contextlib import contextmanager
from dataclasses import replace

import pytest
from imapclient import IMAPClient

from mailbot.bot import Bot
from mailbot.config import After, Mailbox, Rhythm, Secret
from mailbot.sandbox.servers import Sandbox
from mailbot.store import cases, people
from tests.real.dovecot import PASSWORD, USER
from tests.story import BOX, INES, Got, letter, numbered, settings
from tests.story import PASSWORD as SMTP_PASSWORD

INES_AT = INES.addresses[0]
REHEMA = "rehema@bahari.example"
SECONDS = 20.0
"""Until an answer must be there; it takes one or two."""
AN_HOUR = 3600.0
"""Between two looks into a mailbox: without IDLE no answer would come in time."""


@pytest.fixture
def person(dovecot):
    """Somebody at a mail client of their own, who has made the folders that the bot is to use."""
    with IMAPClient(dovecot.host, dovecot.port, ssl=False) as client:
        client.login(USER, PASSWORD)
        for folder in ("Done", "Sent", "Solicitudes"):
            client.create_folder(folder)
        yield client


@pytest.fixture
def smtp():
    with Sandbox({BOX: SMTP_PASSWORD}) as servers:
        yield servers


@pytest.fixture
def office(tmp_path, dovecot, smtp):
    """Runs a bot on Dovecot: one mailbox for each of the ``changes`` to the plainest settings."""

    @contextmanager
    def at_work(*changes, poll=AN_HOUR):
        plain = settings(tmp_path, dovecot.port, smtp.smtp_port)
        (box,) = plain.mailboxes
        (tmp_path / "dovecot").write_text(PASSWORD, encoding="utf-8")
        imap = replace(box.imap, user=USER, password=Secret(file=str(tmp_path / "dovecot")))
        boxes = tuple(
            Mailbox(f"box {number}", box.address, replace(imap, **change))
            for number, change in enumerate(changes)
        )
        bot = Bot.build(replace(plain, mailboxes=boxes, rhythm=Rhythm(poll=poll)))
        with bot.office.store.begin() as connection:
            people.replace_all(connection, [INES])
        assert bot.once().troubles == []
        stop = threading.Event()
        running = threading.Thread(target=bot.run, args=(stop,))
        running.start()
        try:
            yield bot
        finally:
            stop.set()
            running.join(SECONDS)
            bot.close()
        assert not running.is_alive()

    return at_work


def answers(smtp, reader, count=1):
    """The letters to ``reader``, as soon as there are ``count`` of them."""

    def to_reader(sent):
        return [handed.raw for handed in sent if reader in handed.recipients]

    assert smtp.wait_for(lambda sent: len(to_reader(sent)) >= count, SECONDS)
    return [Got.read(raw) for raw in to_reader(smtp.outside)]


def wait_until(person, folder, found):
    """Waits, as a mail client does, until a search in ``folder`` finds something; what it finds."""
    person.select_folder(folder)
    until = time.monotonic() + SECONDS
    while not (uids := person.search(found)) and time.monotonic() < until:
        person.idle()
        person.idle_check(SECONDS)
        person.idle_done()
    return uids


def the_case(bot):
    with bot.office.store.look() as connection:
        (case,) = cases.every(connection)
    return case


def test_from_the_first_letter_to_the_invitation(office, person, smtp):
    with office({}) as bot:
        person.append("INBOX", letter(REHEMA, numbered()))

        (thanks,) = answers(smtp, REHEMA)
        (notice,) = answers(smtp, INES_AT)
        assert "[M-2026-0001]" in thanks.subject
        assert the_case(bot).stage == "screening"

        person.append("INBOX", letter(INES_AT, "#invite", answers=notice))

        _, invitation = answers(smtp, REHEMA, 2)
        _, transcript = answers(smtp, INES_AT, 2)
        assert the_case(bot).stage == "invited"
        assert thanks.id in invitation.message["References"]
        assert "#invite" in transcript.text

    person.select_folder("INBOX", readonly=True)
    assert len(person.search("UNSEEN")) == 2


def test_a_letter_that_is_done_is_flagged_and_a_copy_of_the_answer_kept(office, person, smtp):
    with office({"after": After.FLAG, "sent": "Sent"}, poll=1.0):
        person.append("INBOX", letter(REHEMA, numbered()))

        (thanks,) = answers(smtp, REHEMA)
        assert len(wait_until(person, "INBOX", ["KEYWORD", "$MailbotDone", "UNSEEN"])) == 1
        (copy,) = wait_until(person, "Sent", ["HEADER", "Message-ID", thanks.id])
        assert person.fetch([copy], ["BODY.PEEK[]"])[copy][b"BODY[]"] == thanks.raw


def test_a_letter_that_is_done_is_moved(office, person, smtp):
    with office({"after": After.MOVE, "done": "Done"}, poll=1.0):
        person.append("INBOX", letter(REHEMA, numbered()))

        answers(smtp, REHEMA)
        assert len(wait_until(person, "Done", ["FROM", REHEMA, "UNSEEN"])) == 1
    person.select_folder("INBOX", readonly=True)
    assert person.search() == []


def test_two_mailboxes_are_both_told_of_new_mail(office, person, smtp):
    with office({}, {"folder": "Solicitudes"}) as bot:
        person.append("Solicitudes", letter(REHEMA, numbered()))

        answers(smtp, REHEMA)
        (notice,) = answers(smtp, INES_AT)

        person.append("INBOX", letter(INES_AT, "#invite", answers=notice))

        answers(smtp, REHEMA, 2)
        assert the_case(bot).stage == "invited"
