"""Letters that are no application, come twice, come from nobody we know, or from machines."""

from mailbot.store import letters
from tests.story import INES, numbered

REHEMA = "Rehema Kazungu <rehema@bahari.example>"
REHEMAS = "rehema@bahari.example"
INES_AT = INES.addresses[0]


def test_a_letter_about_something_else_goes_to_the_secretariat_and_opens_no_case(story):
    story.hears(
        "Jo Brandt <jo@gazette.example>",
        "Dear colleagues,\n\nI am a journalist and would like to interview your director about the new port. "
        "Is she available on Friday?\n\nBest,\nJo",
        subject="Interview request",
    )
    story.works()

    assert story.cases() == []
    assert story.letters_to("jo@gazette.example") == []
    notice = story.last_letter_to(INES_AT)
    assert "interview your director" in notice.text


def test_an_out_of_office_is_answered_by_nobody(story):
    story.hears(
        "Rehema Kazungu <rehema@bahari.example>",
        "I am out of the office until 14 March and will answer when I return.",
        subject="Automatic reply: Membership",
        headers={"Auto-Submitted": "auto-replied"},
    )
    story.works()

    assert story.cases() == []
    assert story.letters_to(REHEMAS) == []
    assert story.letters_to(INES_AT) == []


def test_the_same_letter_twice_makes_one_case_and_one_answer(story):
    raw = story.hears(REHEMA, numbered())
    story.works()
    story.hears_raw(raw)
    story.hears_raw(raw.replace(b"Subject:", b"X-Passed-Through: a list\r\nSubject:", 1))
    story.works()

    assert len(story.cases()) == 1
    assert story.templates_to(REHEMAS) == ["interest_complete"]
    assert story.outcomes()[0] == "opened"


def test_one_message_id_with_another_text_is_handled(story):
    story.hears(REHEMA, numbered(), message_id="<one@mail.example>")
    story.hears(
        "Jo <jo@gazette.example>",
        "I am a journalist. Could your director give me an interview?",
        subject="Interview",
        message_id="<one@mail.example>",
    )
    story.works()

    assert story.outcomes() == ["opened", "other"]


def test_a_letter_of_ours_that_comes_back_is_known_and_left_alone(story):
    story.hears(REHEMA, numbered())
    story.works()
    before = len(story.letters_to(REHEMAS))
    story.hears_raw(story.last_letter_to(REHEMAS).raw)
    story.works()

    assert story.outcomes()[-1] == "own"
    assert len(story.letters_to(REHEMAS)) == before


def test_a_tag_from_an_officers_address_alone_is_asked_about_and_done_after_yes(story):
    story.hears(REHEMA, numbered())
    story.works()
    story.hears(INES_AT, "#invite", subject="[M-2026-0001] please")
    story.works()

    assert story.case().stage == "screening"
    question = story.last_letter_to(INES_AT)
    assert story.templates_to(INES_AT)[-1] == "confirm_sender"

    story.hears(INES_AT, "yes", answers=question)
    story.works()

    assert story.case().stage == "invited"


def test_a_forged_tag_that_is_disowned_is_never_done(story):
    story.hears(REHEMA, numbered())
    story.works()
    story.hears(INES_AT, "#decline Go away.", subject="[M-2026-0001]")
    story.works()
    story.hears(INES_AT, "No, I did not!", answers=story.last_letter_to(INES_AT))
    story.works()

    assert story.case().stage == "screening"
    assert story.templates_to(INES_AT)[-1] == "unconfirmed"
    assert story.templates_to(REHEMAS) == ["interest_complete"]


def test_a_forged_letter_that_is_disowned_stays_with_its_case(story):
    story.hears(REHEMA, numbered())
    story.works()
    story.hears(REHEMA, numbered(("We know nobody.",) * 4), subject="[M-2026-0001]")
    story.works()
    story.hears(REHEMA, "No, I did not!", answers=story.last_letter_to(REHEMAS))
    story.works()

    with story.bot.office.store.look() as connection:
        found = [letter.outcome for letter in letters.of_case(connection, "M-2026-0001")]
    assert found == ["opened", "disowned", "disowned"]


def test_a_stranger_who_names_a_case_learns_and_changes_nothing(story):
    story.hears(REHEMA, numbered())
    story.works()
    before = story.case()
    story.hears(
        "Eve <eve@elsewhere.example>", "#invite\n\nWhat is the state of this?", subject="[M-2026-0001]"
    )
    story.works()

    assert story.case() == before
    assert story.letters_to("eve@elsewhere.example") == []
    assert story.templates_to(INES_AT)[-1] == "unvouched_letter"


def test_a_reply_to_somebody_elses_letter_vouches_for_nobody(story):
    story.hears(REHEMA, numbered())
    story.works()
    notice = story.last_letter_to(INES_AT)
    story.hears("Eve <eve@elsewhere.example>", "#invite", answers=notice)
    story.works()

    assert story.case().stage == "screening"
    assert story.letters_to("eve@elsewhere.example") == []


def test_a_bounce_is_told_to_the_secretariat_and_answered_by_nobody(story):
    story.hears(REHEMA, numbered())
    story.works()
    lost = story.last_letter_to(REHEMAS)
    story.hears_raw(
        (
            "Return-Path: <>\r\n"
            "From: Mail Delivery System <mailer-daemon@mx.bahari.example>\r\n"
            "To: membership@network.example\r\n"
            "Subject: Undelivered Mail Returned to Sender\r\n"
            "MIME-Version: 1.0\r\n"
            'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
            "--b\r\nContent-Type: text/plain\r\n\r\nYour letter could not be delivered.\r\n\r\n"
            "--b\r\nContent-Type: message/delivery-status\r\n\r\n"
            "Reporting-MTA: dns; mx.bahari.example\r\n\r\n"
            "Final-Recipient: rfc822; rehema@bahari.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
            "--b\r\nContent-Type: text/rfc822-headers\r\n\r\n"
            f"Message-ID: {lost.id}\r\nSubject: {lost.subject}\r\n\r\n--b--\r\n"
        ).encode()
    )
    story.works()

    assert story.templates_to(INES_AT)[-1] == "delivery_failed"
    assert story.templates_to(REHEMAS) == ["interest_complete"]
    assert "delivery_failed" in [entry.entry for entry in story.journal("M-2026-0001")]
