"""Several cases at once: one letter about more than one, cases that belong together, twenty side by side."""

from __future__ import annotations

from dataclasses import replace
from email.message import EmailMessage

import pytest

from mailbot.process.ballot import standing
from mailbot.process.case import Case
from mailbot.store import members
from mailbot.values import Kind, Role, Verdict
from tests.journeys.test_application import ARABIC, FRENCH, SPANISH
from tests.journeys.way import (
    AMINA,
    BOARD,
    FORM,
    INES_AT,
    LOLA,
    MAX,
    MEMBERS,
    REHEMA,
    REHEMAS,
    ROSTER,
    is_invited,
    typed,
    votes,
)
from tests.story import BOX, Got, Story, numbered, told

ANA, ANAS = "Ana Ruiz <ana@valle.example>", "ana@valle.example"


@pytest.fixture
def story(tmp_path, sandbox):
    with told(tmp_path, sandbox, roster=ROSTER) as the_story:
        with the_story.bot.office.store.begin() as connection:
            members.replace_all(connection, MEMBERS)
        yield the_story


def notice_of(story: Story, number: str) -> Got:
    """The last letter to the Secretariat about this case."""
    return next(got for got in reversed(story.letters_to(INES_AT)) if number in got.subject)


def two_before_the_board(story: Story) -> tuple[Case, Case]:
    for who, name in ((REHEMA, "Bahari Yetu Network"), (ANA, "Asociación Valle")):
        invitation = is_invited(story, who, numbered(name=name))
        story.hears(who, typed(FORM, Kind.ORGANIZATION, name=name), answers=invitation)
        story.works()
        number = story.cases()[-1].number
        story.hears(INES_AT, "#board", answers=notice_of(story, number))
        story.works()
    first, second = story.cases()
    return first, second


def verdicts(case: Case) -> dict[str, Verdict]:
    return {vote.voter: vote.verdict for vote in standing(case.ballots[-1]).values()}


def test_one_letter_of_a_voter_decides_on_two_cases_line_by_line(story):
    two_before_the_board(story)
    ballot = story.last_letter_to(AMINA.addresses[0])
    assert "M-2026-0002" in ballot.subject
    story.hears(AMINA.addresses[0], "1 approve\n2 abstain: I know them too little.", answers=ballot)
    story.works()

    first, second = story.cases()
    assert verdicts(second) == {AMINA.addresses[0]: Verdict.APPROVE}
    assert verdicts(first) == {AMINA.addresses[0]: Verdict.ABSTAIN}


def test_a_vote_without_a_number_is_about_the_case_of_the_letter_that_it_answers(story):
    two_before_the_board(story)
    votes(story, AMINA, "APPROVE")

    first, second = story.cases()
    assert (verdicts(first), verdicts(second)) == ({}, {AMINA.addresses[0]: Verdict.APPROVE})


def test_the_members_get_one_letter_a_month_and_answer_it_line_by_line(story):
    two_before_the_board(story)
    for case in story.cases():
        for voter in BOARD:
            ballot = next(
                g for g in reversed(story.letters_to(voter.addresses[0])) if case.number in g.subject
            )
            story.hears(voter.addresses[0], "APPROVE", answers=ballot)
    story.works()
    story.passes(days=2)
    assert [case.stage for case in story.cases()] == ["membership", "membership"]
    story.passes(days=31)

    assert story.templates_to(MAX.addresses[0]) == ["consultation"]
    circular = story.last_letter_to(MAX.addresses[0])
    assert "Bahari Yetu Network" in circular.text
    assert "Asociación Valle" in circular.text
    story.hears(MAX.addresses[0], "1 SUPPORT\n2 OBJECT: they are a company.", answers=circular)
    story.hears(LOLA.addresses[0], "SUPPORT", answers=story.last_letter_to(LOLA.addresses[0]))
    story.works()

    first, second = story.cases()
    assert [v.name for v in verdicts(first).values()] == ["SUPPORT"]
    assert [v.name for v in verdicts(second).values()] == ["OBJECT"]
    assert story.templates_to(LOLA.addresses[0])[-1] == "voice_unclear"


# ── what belongs together ────────────────────────────────────────────────────────────────────────


def test_the_same_applicant_from_another_address_is_noticed_and_joined_by_a_person(story):
    story.hears(REHEMA, numbered())
    story.works()
    story.hears("R. Kazungu <rehema.k@other.example>", numbered())
    story.works()

    assert "M-2026-0001" in notice_of(story, "M-2026-0002").text
    story.hears(INES_AT, "#merge M-2026-0001", answers=notice_of(story, "M-2026-0002"))
    story.works()

    first, second = story.cases()
    assert (first.stage, first.merged_into) == ("merged", "M-2026-0002")
    assert second.stage == "screening"
    assert {p.email: p.role for p in second.participants} == {
        "rehema.k@other.example": Role.APPLICANT,
        REHEMAS: Role.CONTACT,
    }
    story.hears(REHEMA, "One thing more: we won our case.", answers=story.last_letter_to(REHEMAS))
    story.works()
    assert "we won our case" in story.last_letter_to(INES_AT).text


def test_an_earlier_denial_is_shown_and_nothing_is_refused(story):
    story.hears(REHEMA, numbered())
    story.works()
    story.hears(INES_AT, "#record denied by the Board, 2 March", answers=story.last_letter_to(INES_AT))
    story.works()
    story.hears(REHEMA, numbered(), subject="We apply again")
    story.works()
    if len(story.cases()) == 1:  # from the same address: asked whether it is theirs first
        story.hears(REHEMA, "Yes.", answers=story.last_letter_to(REHEMAS))
        story.works()

    assert [case.stage for case in story.cases()] == ["denied", "screening"]
    assert "M-2026-0001" in notice_of(story, "M-2026-0002").text


def test_a_letter_that_came_by_another_way_becomes_a_case(story):
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = INES_AT, BOX, "Fwd: Our wish to join"
    message["Message-ID"] = "<forwarded@network.example>"
    message.set_content("#open")
    inner = EmailMessage()
    inner["From"], inner["To"], inner["Subject"] = ANA, "director@network.example", "Our wish to join"
    inner.set_content(numbered(name="Asociación Valle"))
    message.add_attachment(inner)
    story.hears_raw(message.as_bytes())
    story.works()
    story.hears(INES_AT, "Yes, it was me.", answers=story.last_letter_to(INES_AT))
    story.works()

    case = story.case()
    assert [(p.email, p.role) for p in case.participants] == [(ANAS, Role.APPLICANT)]
    assert story.templates_to(ANAS) == ["interest_complete"]


def test_a_letter_pasted_below_becomes_a_case_too(story):
    story.hears(REHEMA, numbered())
    story.works()
    pasted = (
        f"#open\n\n---------- Forwarded message ---------\nFrom: {ANA}\nDate: Mon, 2 March 2026 at 10:00\n"
        f"Subject: Our wish to join\nTo: <director@network.example>\n\n{numbered(name='Asociación Valle')}"
    )
    notice = story.last_letter_to(INES_AT)
    story.hears(INES_AT, pasted, subject="Fwd: Our wish to join")
    story.works()
    story.hears(INES_AT, "yes", answers=story.last_letter_to(INES_AT))
    story.works()

    assert notice != story.last_letter_to(INES_AT)
    assert [case.applicant.name for case in story.cases()] == ["Bahari Yetu Network", "Asociación Valle"]


def test_the_contact_of_a_case_is_changed_by_the_secretariat(story):
    story.hears(REHEMA, numbered())
    story.works()
    story.hears(INES_AT, "#contact Juma Ali <juma@bahari.example>", answers=story.last_letter_to(INES_AT))
    story.works()
    story.hears(INES_AT, "#invite", answers=story.last_letter_to(INES_AT))
    story.works()

    assert story.templates_to("juma@bahari.example") == ["invitation"]
    assert "invitation" not in story.templates_to(REHEMAS)


# ── twenty at once ───────────────────────────────────────────────────────────────────────────────

LETTERS = {"en": numbered(), "es": SPANISH, "fr": FRENCH, "ar": ARABIC}
ENDS = ("declined", "withdrawn", "invited", "screening", "denied")


def test_twenty_cases_in_four_languages_side_by_side_each_come_to_their_own_end(story):
    people = [f"person{n}@group{n}.example" for n in range(20)]
    languages = [list(LETTERS)[n % 4] for n in range(20)]
    for address, language in zip(people, languages, strict=True):
        story.hears(f"Person <{address}>", LETTERS[language])
    story.works()
    found = {case.participants[0].email: case for case in story.cases()}
    assert [found[address].language for address in people] == languages

    wanted = {address: ENDS[n % 5] for n, address in enumerate(people)}
    tags = {"declined": "#decline Not for us.", "denied": "#record denied here, today", "invited": "#invite"}
    for address, end in wanted.items():
        number = found[address].number
        if end in tags:
            story.hears(INES_AT, tags[end], answers=notice_of(story, number))
        if end == "withdrawn":
            story.hears(address, "We withdraw our application.", answers=story.last_letter_to(address))
    story.works()

    assert {case.participants[0].email: case.stage for case in story.cases()} == wanted
    for address, end in wanted.items():
        told_them = story.templates_to(address)
        last = {"declined": "declined", "denied": "denied", "invited": "invitation", "withdrawn": "withdrawn"}
        assert told_them == ["interest_complete", *filter(None, [last.get(end)])]


def test_a_person_of_the_roster_may_hold_two_roles(tmp_path, sandbox):
    both = replace(AMINA, addresses=(INES_AT,), name="Ines Duarte")
    with told(tmp_path, sandbox, roster=(*ROSTER, both)) as story:
        invitation = is_invited(story)
        story.hears(REHEMA, typed(FORM, Kind.ORGANIZATION), answers=invitation)
        story.works()
        story.hears(INES_AT, "#board", answers=notice_of(story, "M-2026-0001"))
        story.works()
        ballot = next(
            g
            for g, t in zip(story.letters_to(INES_AT), story.templates_to(INES_AT), strict=True)
            if t == "ballot"
        )
        story.hears(INES_AT, "APPROVE", answers=ballot)
        story.works()
        assert verdicts(story.case()) == {INES_AT: Verdict.APPROVE}
