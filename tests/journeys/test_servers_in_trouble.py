"""What happens to letters when servers fail, change their numbers, or hold what cannot be read."""

import threading
from dataclasses import replace

import pytest

from mailbot.config import After
from mailbot.mail.errors import ConnectionLost
from mailbot.sandbox.servers import FlakyProxy, Sandbox
from tests.story import BEGINNING, BOX, INES, PASSWORD, letter, numbered, settings, told

REHEMAS = "rehema@bahari.example"
INES_AT = INES.addresses[0]


def test_what_lies_in_the_inbox_before_the_first_start_is_answered_by_nobody(tmp_path, sandbox):
    for number in range(3):
        sandbox.deliver(BOX, letter(f"old{number}@group.example", numbered()), BEGINNING)
    with told(tmp_path, sandbox) as story:
        story.works()
        assert story.cases() == []
        assert list(sandbox.outside) == []

        story.hears(REHEMAS, numbered())
        story.works()
        assert len(story.cases()) == 1


def test_a_changed_uidvalidity_is_a_rescan_that_answers_nobody_twice(tmp_path, sandbox):
    sandbox.deliver(BOX, letter("old@group.example", numbered()), BEGINNING.replace(year=2025))
    with told(tmp_path, sandbox) as story:
        story.hears(REHEMAS, numbered())
        story.works()
        sandbox.renumber(BOX)
        story.hears("new@group.example", numbered(name="Other Network"))
        story.works()

        assert len(story.cases()) == 2
        assert story.templates_to(REHEMAS) == ["interest_complete"]
        assert story.templates_to("new@group.example") == ["interest_complete"]
        assert story.letters_to("old@group.example") == []


def test_a_connection_cut_in_mid_fetch_loses_and_doubles_nothing(tmp_path, sandbox):
    with FlakyProxy(sandbox.imap_port) as line:
        configured = settings(tmp_path, line.port, sandbox.smtp_port)
        with told(tmp_path, sandbox, configured=configured) as story:
            for number in range(5):
                story.hears(f"someone{number}@group.example", numbered(name=f"Group {number} Network"))
            line.cut_after(3000)
            troubles = story.bot.once().troubles
            assert [type(trouble) for trouble in troubles][:1] == [ConnectionLost]
            line.mend()
            story.works()

            assert len(story.cases()) == 5
            for number in range(5):
                assert story.templates_to(f"someone{number}@group.example") == ["interest_complete"]


def test_letters_wait_while_smtp_is_down_and_go_out_once(story, sandbox):
    sandbox.smtp_down()
    story.hears(REHEMAS, numbered())
    story.works()
    assert story.case().stage == "screening"
    assert list(sandbox.outside) == []

    sandbox.smtp_up()
    story.passes(minutes=5)
    assert story.templates_to(REHEMAS) == ["interest_complete"]
    assert story.templates_to(INES_AT) == ["screening_notice"]


def test_a_recipient_who_is_refused_for_good_is_noted_in_the_case(story, sandbox):
    sandbox.refuse("550 5.1.1 no such user", recipient=REHEMAS)
    story.hears(REHEMAS, numbered())
    story.works()

    assert "delivery_failed" in [entry.entry for entry in story.journal("M-2026-0001")]
    assert story.templates_to(INES_AT)[-1] == "delivery_failed"


def test_an_unknown_charset_in_the_second_of_three_letters_stops_none_of_them(story):
    story.hears("a@group.example", numbered(name="First Network"))
    odd = numbered(name="Second Network").encode()
    story.hears_raw(
        b"From: b@group.example\r\nTo: membership@network.example\r\nSubject: Membership\r\n"
        b"Message-ID: <odd@mail.example>\r\nMIME-Version: 1.0\r\n"
        b'Content-Type: text/plain; charset="x-nobody-knows"\r\nContent-Transfer-Encoding: 8bit\r\n\r\n'
        + odd.replace(b"\n", b"\r\n")
    )
    story.hears("c@group.example", numbered(name="Third Network"))
    story.works()

    assert [case.applicant.name for case in story.cases()] == [
        "First Network",
        "Second Network",
        "Third Network",
    ]


class PoisonError(Exception):
    """What a letter that breaks its reader raises."""


def test_a_poisonous_letter_is_tried_again_set_aside_with_its_original_and_holds_up_nobody(story):
    def breaks_on_the_first(step, row):
        if (step, row) == ("decided", 1):
            raise PoisonError("this letter breaks us")

    story.bot.office.step = breaks_on_the_first
    story.hears("poison@group.example", numbered(name="Poison Network"))
    story.hears(REHEMAS, numbered())
    story.works()
    assert [case.applicant.name for case in story.cases()] == ["Bahari Yetu Network"]
    assert story.templates_to(REHEMAS) == ["interest_complete"]

    for _ in range(4):
        story.passes(hours=2)

    assert story.templates_to(INES_AT)[-1] == "set_aside"
    notice = story.last_letter_to(INES_AT)
    assert notice.attachments == ["message/rfc822"]
    assert b"poison@group.example" in notice.raw
    assert story.letters_to("poison@group.example") == []


class ProcessEnded(BaseException):
    """Stands for a process that dies while it reads: nothing catches it."""


def test_a_letter_that_ends_the_process_at_every_try_is_set_aside_too(story):
    def dies_at_the_first(step, row):
        if (step, row) == ("read", 1):
            raise ProcessEnded

    story.bot.office.step = dies_at_the_first
    story.hears("poison@group.example", numbered(name="Poison Network"))
    story.hears(REHEMAS, numbered())
    for _ in range(3):
        with pytest.raises(ProcessEnded):
            story.works()
    story.works()

    assert story.templates_to(INES_AT) == ["set_aside", "screening_notice"]
    assert [case.applicant.name for case in story.cases()] == ["Bahari Yetu Network"]


def test_the_running_bot_answers_soon_and_stops_when_told(tmp_path, sandbox):
    with told(tmp_path, sandbox) as story:
        stop = threading.Event()
        runner = threading.Thread(target=story.bot.run, args=(stop,))
        runner.start()
        try:
            story.hears(REHEMAS, numbered())
            assert sandbox.wait_for(lambda sent: len(sent) == 2)
        finally:
            stop.set()
            runner.join(20)
        assert not runner.is_alive()
        assert story.templates_to(REHEMAS) == ["interest_complete"]


def test_a_wrong_password_is_a_trouble_that_is_told_and_nothing_is_lost(tmp_path):
    with Sandbox({BOX: "another password"}) as sandbox:
        sandbox_settings = settings(tmp_path, sandbox.imap_port, sandbox.smtp_port)
        with told(tmp_path, sandbox, configured=sandbox_settings) as story:
            told_of = [str(trouble) for trouble in story.bot.once().troubles]
            assert told_of
            assert all(PASSWORD not in words for words in told_of)


@pytest.mark.parametrize("after", ["flag", "leave"])
def test_letters_are_put_away_only_after_they_were_handled(tmp_path, sandbox, after):
    configured = settings(tmp_path, sandbox.imap_port, sandbox.smtp_port)
    box = configured.mailboxes[0]
    configured = replace(configured, mailboxes=(replace(box, imap=replace(box.imap, after=After(after))),))
    with told(tmp_path, sandbox, configured=configured) as story:
        story.hears(REHEMAS, numbered())
        story.works()
        assert len(sandbox.letters(BOX)) == 1
        assert story.templates_to(REHEMAS) == ["interest_complete"]
