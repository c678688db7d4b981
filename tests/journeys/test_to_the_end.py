"""From the invitation to the end: form, references, Board, members, decision."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mailbot.process.ballot import BallotState, standing
from mailbot.process.case import RefereeState
from mailbot.store import members, people
from mailbot.values import Kind, Role, Verdict
from tests.journeys.way import (
    AMINA,
    BOARD,
    BRUNO,
    CHLOE,
    FORM,
    INES_AT,
    LOLA,
    MAX,
    MEMBERS,
    NOUR,
    REHEMA,
    REHEMAS,
    ROSTER,
    SALOME,
    SALOMES,
    applies,
    is_before_the_board,
    is_before_the_members,
    is_invited,
    is_ready,
    typed,
    votes,
)
from tests.story import settings, told


@pytest.fixture
def story(tmp_path, sandbox):
    with told(tmp_path, sandbox, roster=ROSTER) as the_story:
        with the_story.bot.office.store.begin() as connection:
            members.replace_all(connection, MEMBERS)
        yield the_story


@pytest.fixture
def diary(tmp_path, sandbox):
    """A story in which the letters of the day are written."""
    configured = settings(tmp_path, sandbox.imap_port, sandbox.smtp_port, digests=True)
    with told(tmp_path, sandbox, roster=ROSTER, configured=configured) as the_story:
        yield the_story


def templates(story, person):
    return story.templates_to(person.addresses[0])


# ── all the way ──────────────────────────────────────────────────────────────────────────────────


def test_an_organization_goes_from_its_first_letter_to_the_welcome(story):
    is_before_the_members(story)
    for member in (LOLA, MAX):
        votes(story, member, "SUPPORT")
    story.passes(days=20)

    case = story.case()
    assert case.stage == "decision"
    assert case.proposed == "approved"
    assert "welcome" not in story.templates_to(REHEMAS)

    story.hears(INES_AT, "#confirm", answers=story.last_letter_to(INES_AT))
    story.works()

    assert story.case().stage == "approved"
    assert story.templates_to(REHEMAS) == [
        "interest_complete",
        "invitation",
        "form_complete",
        "before_board",
        "welcome",
    ]
    with story.bot.office.store.look() as connection:
        assert "Bahari Yetu Network" in [member.name for member in members.every(connection)]
        contacts = [p for p in people.roster(connection) if REHEMAS in p.addresses]
    assert [(p.role, p.organization) for p in contacts] == [(Role.MEMBER, "Bahari Yetu Network")]


def test_an_individual_goes_the_same_way_with_a_form_of_their_own(story):
    invitation = is_invited(story)
    story.hears(INES_AT, "#kind individual", answers=story.last_letter_to(INES_AT))
    story.works()
    story.hears(REHEMA, typed(FORM, Kind.INDIVIDUAL), answers=invitation)
    story.works()

    case = story.case()
    assert case.stage == "ready"
    asked = {field.key for field in FORM.fields_for(Kind.INDIVIDUAL) if field.required}
    assert asked <= set(case.form)

    story.hears(SALOME, "CONFIRM", answers=story.last_letter_to(SALOMES))
    story.works()
    story.hears(INES_AT, "#board", answers=story.last_letter_to(INES_AT))
    story.works()
    for member in BOARD:
        votes(story, member, "APPROVE")
    story.passes(days=2)
    story.hears(INES_AT, "#members", answers=story.last_letter_to(INES_AT))
    story.works()
    story.passes(days=16)
    story.hears(INES_AT, "#confirm", answers=story.last_letter_to(INES_AT))
    story.works()

    assert story.case().stage == "approved"
    assert story.templates_to(REHEMAS)[-1] == "welcome"
    with story.bot.office.store.look() as connection:
        (entered,) = [m for m in members.every(connection) if m.since is not None]
    assert entered.kind is Kind.INDIVIDUAL


def test_silence_is_agreement_in_the_consultation_of_the_members(story):
    is_before_the_members(story)
    story.passes(days=20)

    assert story.case().proposed == "approved"
    sheet = story.last_letter_to(INES_AT)
    assert story.templates_to(INES_AT)[-1] in {"ballot_result", "morning_letter", "weekly_digest"}
    assert sheet.text


# ── the form ─────────────────────────────────────────────────────────────────────────────────────


def test_what_is_missing_or_invalid_is_asked_for_by_name_and_only_that(story):
    invitation = is_invited(story)
    story.hears(
        REHEMA,
        typed(FORM, Kind.ORGANIZATION, leave_out=("mission",), referee_1_email="salome at haki"),
        answers=invitation,
    )
    story.works()

    assert story.case().stage == "invited"
    asked = story.last_letter_to(REHEMAS)
    assert FORM.field("mission").label["en"] in asked.text

    story.hears(
        REHEMA,
        typed(FORM, Kind.ORGANIZATION),
        answers=asked,
    )
    story.works()
    assert story.case().stage == "ready"


def test_a_form_in_two_letters_is_one_form(story):
    invitation = is_invited(story)
    whole = typed(FORM, Kind.ORGANIZATION).split("\n\n")
    story.hears(REHEMA, "\n\n".join(whole[:8]), answers=invitation)
    story.works()
    story.hears(REHEMA, "\n\n".join(whole[8:]), answers=story.last_letter_to(REHEMAS))
    story.works()

    assert story.case().stage == "ready"
    assert story.templates_to(REHEMAS)[-2:] == ["form_incomplete", "form_complete"]


# ── references ───────────────────────────────────────────────────────────────────────────────────


def test_a_referee_is_written_to_once_the_applicant_agreed_and_their_words_never_reach_the_applicant(story):
    applies(story)

    assert story.templates_to(SALOMES) == ["referee_request"]
    story.hears(SALOME, "CONFIRM\n\nThey are honest, if chaotic.", answers=story.last_letter_to(SALOMES))
    story.works()

    (referee,) = story.case().referees
    assert referee.state is RefereeState.CONFIRMED
    assert "honest, if chaotic" in story.last_letter_to(INES_AT).text
    assert all("chaotic" not in got.text for got in story.letters_to(REHEMAS))
    assert story.templates_to(SALOMES) == ["referee_request", "referee_thanks"]


def test_nobody_is_asked_for_a_reference_without_the_applicants_consent(story):
    no = FORM.around("en").no[0]
    consent = next(f.key for f in FORM.fields_for(None) if f.means == "consent.referees")
    applies(story, **{consent: no})

    assert story.letters_to(SALOMES) == []
    assert story.case().referees == ()


def test_a_silent_referee_is_reminded_given_up_and_replaced(story):
    applies(story)
    story.passes(days=8)
    assert story.templates_to(SALOMES) == ["referee_request", "referee_reminder"]

    story.passes(days=15)
    assert [r.state for r in story.case().referees] == [RefereeState.SILENT]
    asked = next(got for got in reversed(story.letters_to(REHEMAS)))
    assert story.templates_to(REHEMAS)[-1] == "referee_needed"

    labels = {f.means: f.label["en"] for f in FORM.fields_for(Kind.ORGANIZATION)}
    story.hears(
        REHEMA,
        f"{labels['referee.1.name']}: Joseph Mwangi\n"
        f"{labels['referee.1.organization']}: Dock Workers Union\n"
        f"{labels['referee.1.email']}: joseph@docks.example",
        answers=asked,
    )
    story.works()

    assert [(r.email, r.state) for r in story.case().referees] == [
        (SALOMES, RefereeState.REPLACED),
        ("joseph@docks.example", RefereeState.ASKED),
    ]
    story.hears("joseph@docks.example", "I confirm.", answers=story.last_letter_to("joseph@docks.example"))
    story.works()
    assert story.case().confirmed == 1


def test_the_board_waits_for_references_unless_a_person_overrules(story):
    applies(story)
    story.hears(INES_AT, "#board", answers=story.last_letter_to(INES_AT))
    story.works()

    case = story.case()
    assert case.stage == "board"
    assert "references_overruled" in [entry.entry for entry in story.journal(case.number)]


# ── the Board ────────────────────────────────────────────────────────────────────────────────────


def test_each_member_of_the_board_has_a_ballot_with_dossier_and_calendar_entry(story):
    is_before_the_board(story)

    for member in BOARD:
        ballot = story.last_letter_to(member.addresses[0])
        assert sorted(ballot.attachments) == ["application/pdf", "text/calendar"]
    assert "APPROVE" in story.last_letter_to(AMINA.addresses[0]).text
    assert [v.name for v in story.case().ballots[-1].voters] == [p.name for p in BOARD]


def test_a_voter_who_changes_their_mind_is_counted_once_and_the_last_word_counts(story):
    is_before_the_board(story)
    votes(story, AMINA, "APPROVE")
    votes(story, AMINA, "REJECT\n\nI have thought again.")

    ballot = story.case().ballots[-1]
    assert [(v.voter, v.verdict) for v in standing(ballot).values()] == [(AMINA.addresses[0], Verdict.REJECT)]
    assert templates(story, AMINA) == ["ballot", "vote_received", "vote_received"]


def test_an_unclear_vote_is_asked_about_and_not_counted(story):
    is_before_the_board(story)
    votes(story, AMINA, "Let me sleep on it.")

    assert standing(story.case().ballots[-1]) == {}
    assert templates(story, AMINA) == ["ballot", "vote_unclear"]


def test_votes_in_four_languages_close_the_ballot_early_after_a_pause(story):
    is_before_the_board(story)
    votes(story, AMINA, "APPROVE")
    votes(story, BRUNO, "APRUEBO")
    votes(story, CHLOE, "J'approuve")

    assert story.case().stage == "board"
    story.passes(hours=25)
    assert story.case().stage == "membership"
    assert "ballot_result" in story.templates_to(INES_AT)
    assert templates(story, AMINA)[-1] == "ballot_outcome"


def test_a_denial_by_the_board_waits_for_release_and_tells_only_what_was_meant_for_the_applicant(story):
    is_before_the_board(story)
    votes(
        story,
        AMINA,
        "REJECT\n\nTheir accounts are a mess.\n\nFor the applicant: please come back with audited accounts.",
    )
    votes(story, BRUNO, "RECHAZO")
    votes(story, CHLOE, "ABSTENTION")
    story.passes(hours=25)

    case = story.case()
    assert (case.stage, case.proposed) == ("decision", "denied")
    story.hears(INES_AT, "#confirm", answers=story.last_letter_to(INES_AT))
    story.works()

    assert story.case().stage == "denied"
    told_them = story.last_letter_to(REHEMAS)
    assert "audited accounts" in told_them.text
    assert all("a mess" not in got.text for got in story.letters_to(REHEMAS))


def test_discuss_pauses_the_ballot_until_the_secretariat_resumes_it(story):
    is_before_the_board(story)
    votes(story, AMINA, "DISCUSS: I would like to talk about their funding.")

    assert story.case().ballots[-1].state is BallotState.PAUSED
    story.passes(days=30)
    assert story.case().stage == "board"
    paused = next(g for g in reversed(story.letters_to(INES_AT)) if "[M-2026-0001]" in g.subject)
    story.hears(INES_AT, "#resume", answers=paused)
    story.works()

    ballot = story.case().ballots[-1]
    assert ballot.state is BallotState.OPEN
    assert ballot.closes > story.clock.now + timedelta(days=1)


def test_without_a_quorum_it_is_prolonged_once_and_then_the_secretariat_decides(story):
    is_before_the_board(story)
    votes(story, AMINA, "APPROVE")
    first = story.case().ballots[-1].closes
    story.passes(days=8)
    story.passes(days=4)
    story.passes(days=3)

    ballot = story.case().ballots[-1]
    assert ballot.extended == 1
    assert ballot.closes > first
    assert templates(story, BRUNO) == ["ballot", "ballot_reminder", "ballot_reminder"]
    assert "ballot_reminder" not in templates(story, AMINA)
    assert "quorum_in_danger" in story.templates_to(INES_AT)
    story.passes(days=9)

    case = story.case()
    assert (case.stage, case.proposed) == ("decision", "")
    assert case.ballots[-1].outcome == "no_quorum"


def test_a_vote_after_the_closing_is_told_so_and_not_counted(story):
    is_before_the_board(story)
    votes(story, AMINA, "APPROVE")
    votes(story, CHLOE, "REJET")
    story.passes(days=15)
    votes(story, BRUNO, "APRUEBO")

    assert templates(story, BRUNO)[-1] == "vote_too_late"
    assert BRUNO.addresses[0] not in standing(story.case().ballots[-1])


def test_a_withdrawal_in_mid_ballot_ends_it_and_the_voters_are_told(story):
    is_before_the_board(story)
    votes(story, AMINA, "APPROVE")
    story.hears(REHEMA, "We withdraw our application.", answers=story.last_letter_to(REHEMAS))
    story.works()

    case = story.case()
    assert case.stage == "withdrawn"
    assert case.ballots[-1].state is BallotState.VOID
    assert templates(story, BRUNO) == ["ballot", "ballot_ended"]
    assert story.templates_to(REHEMAS)[-1] == "withdrawn"


def test_a_voter_on_leave_is_reminded_when_they_are_back(story):
    is_before_the_board(story)
    ballot = story.last_letter_to(BRUNO.addresses[0])
    back = story.clock.now + timedelta(days=10)
    story.hears(
        BRUNO.addresses[0],
        f"Thank you for your message. I am out of the office until {back:%d %B %Y}.",
        answers=ballot,
        quoting=False,
        headers={"Auto-Submitted": "auto-replied"},
    )
    story.works()
    story.passes(days=7)
    assert templates(story, BRUNO) == ["ballot"]
    assert templates(story, CHLOE) == ["ballot", "ballot_reminder"]
    story.passes(days=4)
    assert templates(story, BRUNO) == ["ballot", "ballot_reminder"]


# ── the members ──────────────────────────────────────────────────────────────────────────────────


def test_an_objection_goes_to_the_secretariat_back_to_the_board_and_is_approved(story):
    is_before_the_members(story)
    votes(story, MAX, "OBJECT\n\nThey are led by a shipping company.")

    assert story.case().ballots[-1].state is BallotState.PAUSED
    notice = next(g for g in reversed(story.letters_to(INES_AT)) if "shipping company" in g.text)
    assert all("shipping" not in got.text for got in story.letters_to(REHEMAS))
    assert all("shipping" not in got.text for got in story.letters_to(LOLA.addresses[0]))

    story.hears(INES_AT, "#board", answers=notice)
    story.works()
    assert story.case().stage == "board"
    assert templates(story, LOLA)[-1] == "consultation_ended"
    for member in BOARD:
        votes(story, member, "APPROVE")
    story.passes(days=2)
    story.hears(INES_AT, "#members", answers=story.last_letter_to(INES_AT), subject="")
    story.works()
    story.passes(days=20)
    assert story.case().proposed == "approved"


def test_an_organization_has_one_voice_and_an_individual_member_none_that_counts(story):
    is_before_the_members(story)
    voters = story.case().ballots[-1].voters
    assert [v.organization for v in voters] == ["Tierra y Agua", "Ocean Justice Forum"]
    assert story.letters_to(NOUR.addresses[0]) == []


def test_a_decision_taken_elsewhere_is_recorded_with_where_and_when(story):
    is_ready(story)
    story.hears(
        INES_AT,
        "#record approved by the Board meeting in Nairobi, 3 March",
        answers=story.last_letter_to(INES_AT),
    )
    story.works()

    case = story.case()
    assert case.stage == "approved"
    assert case.decided == "by the Board meeting in Nairobi, 3 March"


# ── the clock ────────────────────────────────────────────────────────────────────────────────────


def test_an_invitation_that_nobody_answers_lapses_only_after_a_digest_has_named_it(diary):
    story = diary
    is_invited(story)
    for _ in range(12):
        story.passes(days=7)
    assert story.case().stage == "invited"
    assert "form_reminder" in story.templates_to(REHEMAS)
    story.passes(days=14)

    assert story.case().stage == "lapsed"
    digests = [
        g
        for g, t in zip(story.letters_to(INES_AT), story.templates_to(INES_AT), strict=True)
        if t == "weekly_digest"
    ]
    assert any("M-2026-0001" in got.text for got in digests)

    story.hears(
        REHEMA, "We are sorry, we had floods. We still want to join.", answers=story.last_letter_to(REHEMAS)
    )
    story.works()
    assert story.case().stage == "invited"


def test_the_morning_letter_lists_what_waits_and_is_answered_by_line(diary):
    story = diary
    story.hears(
        REHEMA, "1. By a friend.\n\n2. We document evictions.\n\n3. We want to learn.\n\n4. Haki Pwani."
    )
    story.hears(
        "Ana Ruiz <ana@valle.example>",
        "1. By a friend.\n\n2. We defend water.\n\n3. We want to learn.\n\n4. Tierra y Agua.",
    )
    story.works()
    story.passes(days=1)

    morning = story.last_letter_to(INES_AT)
    assert story.templates_to(INES_AT)[-1] == "morning_letter"
    story.hears(INES_AT, "1 #invite\n2 #note They are known to us.", answers=morning)
    story.works()

    first, second = story.cases()
    assert (first.stage, second.stage) == ("invited", "screening")


def test_the_applicant_asks_for_the_status_and_a_stranger_learns_nothing(story):
    is_ready(story)
    last = story.last_letter_to(REHEMAS)
    story.hears(REHEMA, "Hello, could you tell us the status of our application?", answers=last)
    story.works()
    assert story.templates_to(REHEMAS)[-1] == "application_status"

    story.hears("somebody@else.example", "What is the status of the application?", subject="[M-2026-0001]")
    story.works()
    assert story.letters_to("somebody@else.example") == []
