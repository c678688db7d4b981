"""What follows from each event, by the default rules."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mailbot.process.advance import missing
from mailbot.process.events import (
    ApplicantWrote,
    DeliveryFailed,
    Event,
    OfficeWrote,
    Record,
    SetTimer,
    StopTimer,
    TagGiven,
    Tell,
    TimerRang,
    UnvouchedWrote,
    Write,
)
from mailbot.values import Answer, Applicant, AttachmentText, Command, Finding, Kind, Role

from .cast import DAY, FOUR, INES, NOW, RULES, TWO, a_case, a_reading, happens, tagged, writes

APPLICANT, SECRETARIAT = Role.APPLICANT, Role.SECRETARIAT
WROTE = Record("applicant_wrote", {"letter": "7"}, "Hello again.")
TO_SCREENING = Record("stage", {"from": "inquiry", "to": "screening"})
STOPPED = (StopTimer("reminder"), StopTimer("deadline"))
TIMERS = (SetTimer("reminder", NOW + 14 * DAY), SetTimer("deadline", NOW + 28 * DAY))


def taken(*keys: str) -> tuple[Record, ...]:
    return tuple(Record("answer_taken", {"question": key}, FOUR[key].text) for key in keys)


# ── the first letter ─────────────────────────────────────────────────────────────────────────────


def test_a_first_letter_that_leaves_gaps_is_asked_about_them_and_the_clock_starts() -> None:
    case = a_case(since=NOW, opened=NOW)

    assert writes(case, TWO, first=True) == (
        replace(case, answers=TWO),
        (
            Record("opened", {"stage": "inquiry", "rules": case.rules}),
            *TIMERS,
            WROTE,
            *taken("discovery", "work"),
            Write("interest_incomplete", APPLICANT),
        ),
    )


def test_a_first_letter_that_answers_nothing_is_asked_everything() -> None:
    after, effects = writes(a_case(), first=True)

    assert missing(after, RULES) == tuple(FOUR)
    assert effects[-1] == Write("interest_incomplete", APPLICANT)


def test_a_complete_first_letter_goes_straight_to_the_secretariat() -> None:
    case = a_case()

    assert writes(case, FOUR, first=True) == (
        replace(case, answers=FOUR, stage="screening", since=NOW),
        (
            Record("opened", {"stage": "inquiry", "rules": case.rules}),
            *TIMERS,
            WROTE,
            *taken(*FOUR),
            TO_SCREENING,
            *STOPPED,
            Write("interest_complete", APPLICANT),
            Write("screening_notice", SECRETARIAT, text="Hello again."),
        ),
    )


# ── later letters ────────────────────────────────────────────────────────────────────────────────


def test_a_second_letter_completes_the_first() -> None:
    case = a_case(answers=TWO)

    assert writes(case, {key: FOUR[key] for key in ("motivation", "reference")}) == (
        replace(case, answers=FOUR, stage="screening", since=NOW),
        (
            WROTE,
            *taken("motivation", "reference"),
            TO_SCREENING,
            *STOPPED,
            Write("interest_complete", APPLICANT),
            Write("screening_notice", SECRETARIAT, text="Hello again."),
        ),
    )


def test_a_letter_that_answers_one_question_more_is_told_what_is_still_missing() -> None:
    case = a_case(answers=TWO)

    assert writes(case, {"motivation": FOUR["motivation"]}) == (
        replace(case, answers={**TWO, "motivation": FOUR["motivation"]}),
        (WROTE, *taken("motivation"), Write("interest_incomplete", APPLICANT)),
    )


@pytest.mark.parametrize("stage", [stage for stage in RULES.stages if stage != "lapsed"])
def test_a_letter_without_news_is_shown_to_the_secretariat_at_every_stage(stage: str) -> None:
    case = a_case(stage, answers=TWO)

    assert writes(case, {}) == (case, (WROTE, Write("case_update", SECRETARIAT, text="Hello again.")))


def test_news_during_screening_is_acknowledged_and_shown() -> None:
    case = a_case("screening", answers=TWO)

    assert writes(case, {"motivation": FOUR["motivation"]}) == (
        replace(case, answers={**TWO, "motivation": FOUR["motivation"]}),
        (
            WROTE,
            *taken("motivation"),
            Write("answers_updated", APPLICANT),
            Write("case_update", SECRETARIAT, text="Hello again."),
        ),
    )


# ── corrections ──────────────────────────────────────────────────────────────────────────────────

GOOD = FOUR["work"]


@pytest.mark.parametrize(
    ("old", "new", "then"),
    [
        pytest.param(
            GOOD,
            Answer("We document evictions, train paralegals and run a legal aid desk in Kilifi."),
            Answer("We document evictions, train paralegals and run a legal aid desk in Kilifi."),
            id="a correction as long as the answer takes its place",
        ),
        pytest.param(
            GOOD,
            Answer("Two counties, sorry, not one."),
            Answer(f"{GOOD.text}\n\nTwo counties, sorry, not one."),
            id="a short addition stands below the answer",
        ),
        pytest.param(GOOD, replace(GOOD, sure=False), GOOD, id="a doubtful repetition"),
        pytest.param(
            GOOD,
            Answer("Thank you so much for your letter and for all of the work that you do!", sure=False),
            GOOD,
            id="what is read with doubt never replaces what was read without",
        ),
        pytest.param(
            GOOD,
            Answer("We document evictions and\ntrain paralegals in every\nward of our county."),
            GOOD,
            id="the same words, their lines broken anew by a mail program",
        ),
        pytest.param(GOOD, Answer("train paralegals in every ward"), GOOD, id="a piece of the answer quoted"),
        pytest.param(GOOD, Answer(" \n "), GOOD, id="a blank"),
        pytest.param(
            Answer("We fish, perhaps.", sure=False), GOOD, GOOD, id="a sure answer replaces a doubtful one"
        ),
        pytest.param(replace(GOOD, sure=False), GOOD, GOOD, id="the same words become sure"),
        pytest.param(
            Answer("We fish.", sure=False),
            Answer("We sing.", sure=False),
            Answer("We fish.", sure=False),
            id="one doubtful answer does not replace another",
        ),
        pytest.param(
            None, Answer("We sing.", sure=False), Answer("We sing.", sure=False), id="a gap is filled"
        ),
        pytest.param(None, Answer("  "), None, id="a blank fills no gap"),
    ],
)
def test_a_later_letter_corrects_an_answer_and_never_damages_it(
    old: Answer | None, new: Answer, then: Answer | None
) -> None:
    before = {"work": old} if old else {}
    after, effects = writes(a_case("screening", answers=before), {"work": new})

    assert after.answers == ({"work": then} if then else {})
    assert (Write("answers_updated", APPLICANT) in effects) == (then != old)


def test_a_changed_answer_is_journaled_as_the_applicant_wrote_it() -> None:
    _, effects = writes(a_case("screening", answers=FOUR), {"work": Answer("And in Lamu.")})

    assert effects[1] == Record("answer_changed", {"question": "work"}, "And in Lamu.")


def test_what_the_secretariat_wrote_down_stays() -> None:
    case = a_case("screening", answers=FOUR, kept=frozenset({"work"}))

    assert writes(case, {"work": Answer("Something else altogether, and at great length, to be sure.")}) == (
        case,
        (WROTE, Write("case_update", SECRETARIAT, text="Hello again.")),
    )


def test_a_kind_set_by_hand_stays_and_gaps_beside_it_are_filled() -> None:
    case = a_case(applicant=Applicant(Kind.INDIVIDUAL), kept=frozenset({"kind"}))
    told = Applicant(Kind.ORGANIZATION, "Bahari Yetu", "KE")

    after, _ = happens(case, ApplicantWrote(7, a_reading(applicant=told)))

    assert after.applicant == Applicant(Kind.INDIVIDUAL, "Bahari Yetu", "KE")


def test_who_applies_is_not_read_over_by_a_later_letter() -> None:
    told = Applicant(Kind.INDIVIDUAL, "Rehema Kazungu", "TZ")

    after, _ = happens(a_case(), ApplicantWrote(7, a_reading(applicant=told, answers=TWO)))

    assert after.applicant == Applicant(Kind.ORGANIZATION, "Bahari Yetu", "KE")


@pytest.mark.parametrize(
    ("answer", "named", "then"),
    [
        ("Tierra y Agua, or else Río Abierto.", ("Río Abierto",), ("Tierra y Agua", "Río Abierto")),
        ("Please ask only Río Abierto, who know our work at the coast.", ("Río Abierto",), ("Río Abierto",)),
        ("And Río Abierto.", ("Río Abierto",), ("Tierra y Agua", "Río Abierto")),
    ],
)
def test_references_are_those_whom_the_answer_names(
    answer: str, named: tuple[str, ...], then: tuple[str, ...]
) -> None:
    case = a_case("screening", answers=FOUR, references=("Tierra y Agua",))
    reading = a_reading(answers={"reference": Answer(answer)}, references=named)

    after, _ = happens(case, ApplicantWrote(7, reading))

    assert after.references == then


def test_findings_and_evidence_gather_without_repeating_themselves() -> None:
    media, profit = Finding("media", "We run a radio."), Finding("profit", "We sell fish.")
    case = a_case(findings=(media,), evidence={"rights": ("We defend land.",)})
    reading = a_reading(
        findings=(media, profit), evidence={"rights": ("We defend land.", "And water."), "work": ("Daily.",)}
    )

    after, _ = happens(case, ApplicantWrote(7, reading))

    assert after.findings == (media, profit)
    assert after.evidence == {"rights": ("We defend land.", "And water."), "work": ("Daily.",)}


def test_an_unreadable_attachment_is_asked_for_until_a_letter_answers_something() -> None:
    scan, photo = (
        AttachmentText("scan.pdf", unreadable="scanned"),
        AttachmentText("a.jpg", unreadable="unknown"),
    )
    case = a_case(unreadable=(scan,))

    asked_again, _ = happens(case, ApplicantWrote(7, a_reading(unreadable=(photo,))))
    settled, _ = happens(case, ApplicantWrote(7, a_reading(answers=TWO)))

    assert (asked_again.unreadable, settled.unreadable) == ((scan, photo), ())


# ── others write ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("stage", list(RULES.stages))
def test_an_unvouched_letter_changes_nothing_and_is_shown_with_the_reason(stage: str) -> None:
    case = a_case(stage, answers=TWO)

    assert happens(case, UnvouchedWrote(7, "rehema@bahariyetu.example", "I withdraw.", "no_credential")) == (
        case,
        (
            Record("unvouched_letter", {"letter": "7", "reason": "no_credential"}, "I withdraw."),
            Write("unvouched_letter", SECRETARIAT, text="I withdraw.", reason="no_credential"),
        ),
    )


def test_when_the_office_writes_by_hand_nobody_is_reminded_but_the_deadline_stays() -> None:
    case = a_case(answers=TWO)

    assert happens(case, OfficeWrote(7, "Ines Duarte", "Let us talk by phone.")) == (
        case,
        (
            Record("office_wrote", {"letter": "7", "by": "Ines Duarte"}, "Let us talk by phone."),
            StopTimer("reminder"),
        ),
    )


def test_a_letter_that_cannot_be_delivered_is_told_to_the_secretariat() -> None:
    case = a_case()
    said = "rehema@bahariyetu.example: 550 5.1.1 no such user"

    assert happens(
        case, DeliveryFailed("rehema@bahariyetu.example", "interest_incomplete", "550 5.1.1 no such user")
    ) == (
        case,
        (
            Record("delivery_failed", {"letter": "interest_incomplete"}, said),
            Write("delivery_failed", SECRETARIAT, text=said),
        ),
    )


# ── nobody writes ────────────────────────────────────────────────────────────────────────────────


def test_silence_is_reminded_of_and_nothing_else_changes() -> None:
    case = a_case(answers=TWO)

    assert happens(case, TimerRang("reminder")) == (
        case,
        (Record("timer_rang", {"timer": "reminder"}), Write("interest_reminder", APPLICANT)),
    )


def test_a_reminder_is_not_set_again_by_ringing_nor_by_a_letter() -> None:
    _, ringing = happens(a_case(answers=TWO), TimerRang("reminder"))
    _, writing = writes(a_case(answers=TWO), {"motivation": FOUR["motivation"]})

    assert not [effect for effect in (*ringing, *writing) if isinstance(effect, SetTimer)]


def test_at_the_deadline_the_case_goes_to_screening_with_its_gaps() -> None:
    case = a_case(answers=TWO)

    assert happens(case, TimerRang("deadline")) == (
        replace(case, stage="screening", since=NOW),
        (
            Record("timer_rang", {"timer": "deadline"}),
            TO_SCREENING,
            *STOPPED,
            Write("screening_notice", SECRETARIAT),
        ),
    )


@pytest.mark.parametrize("timer", ["reminder", "deadline", "hold"])
@pytest.mark.parametrize("stage", ["screening", "ready", "board", "decision", "declined", "withdrawn"])
def test_a_timer_of_a_stage_left_behind_does_nothing(stage: str, timer: str) -> None:
    case = a_case(stage)

    assert happens(case, TimerRang(timer)) == (case, (Record("timer_passed", {"timer": timer}),))


def test_nobody_is_reminded_who_has_answered_everything() -> None:
    case = a_case(answers=FOUR)

    assert happens(case, TimerRang("reminder")) == (case, (Record("timer_passed", {"timer": "reminder"}),))


# ── a case on hold ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("timer", ["reminder", "deadline"])
def test_no_timer_rings_on_a_held_case(timer: str) -> None:
    case = a_case(held_until=NOW + 14 * DAY)

    assert happens(case, TimerRang(timer)) == (case, ())


def test_when_a_hold_ends_the_stage_begins_its_time_anew() -> None:
    end = NOW + 14 * DAY
    case = a_case(held_until=end)

    assert happens(case, TimerRang("hold"), now=end) == (
        replace(case, held_until=None, since=end),
        (
            Record("resumed", {"by": "mailbot"}),
            SetTimer("reminder", end + 14 * DAY),
            SetTimer("deadline", end + 28 * DAY),
            Write("case_update", SECRETARIAT),
        ),
    )


def test_a_hold_that_was_prolonged_does_not_end_at_its_first_date() -> None:
    case = a_case(held_until=NOW + 30 * DAY)

    assert happens(case, TimerRang("hold"), at=NOW + 14 * DAY, now=NOW + 14 * DAY) == (case, ())


def test_the_applicant_may_finish_during_a_hold_and_that_ends_it() -> None:
    after, effects = writes(a_case(answers=TWO, held_until=NOW + 14 * DAY), FOUR)

    assert (after.stage, after.held_until) == ("screening", None)
    assert StopTimer("hold") in effects


def test_a_letter_that_moves_nothing_leaves_a_hold_in_place() -> None:
    after, effects = writes(a_case(held_until=NOW + 14 * DAY), TWO)

    assert after.held_until == NOW + 14 * DAY
    assert not [effect for effect in effects if isinstance(effect, SetTimer | StopTimer)]


# ── tags that lead from stage to stage ───────────────────────────────────────────────────────────

TAGGED = [
    # tag, text, from, to, the letters that follow
    ("invite", "", "inquiry", "invited", [Write("invitation", APPLICANT)]),
    ("invite", "", "screening", "invited", [Write("invitation", APPLICANT)]),
    *(
        ("decline", "Too new.", stage, "declined", [Write("declined", APPLICANT, words="Too new.")])
        for stage in ("inquiry", "screening", "invited", "ready")
    ),
    *(
        row
        for stage in ("inquiry", "screening", "invited", "ready", "decision")
        for row in [
            ("ask", "Since when?", stage, stage, [Write("question", APPLICANT, words="Since when?")]),
            ("withdraw", "", stage, "withdrawn", [Write("withdrawn", APPLICANT)]),
        ]
    ),
    *(
        (
            "reopen",
            "",
            stage,
            "screening",
            [Write("reopened", APPLICANT), Write("screening_notice", SECRETARIAT)],
        )
        for stage in sorted(RULES.ended)
    ),
]


@pytest.mark.parametrize(("tag", "text", "stage", "to", "letters"), TAGGED)
def test_a_tag_leads_where_the_rules_say(
    tag: str, text: str, stage: str, to: str, letters: list[Write]
) -> None:
    case = a_case(stage, answers=TWO)
    moved = (Record("stage", {"from": stage, "to": to}),) if to != stage else ()
    stopped = STOPPED if to != stage and RULES.stage(stage).timers else ()
    started = (SetTimer("reminder", NOW + 21 * DAY), SetTimer("deadline", NOW + 91 * DAY))

    assert tagged(case, tag, text) == (
        replace(case, stage=to, since=NOW) if moved else case,
        (
            Record("tag", {"tag": tag, "by": "Ines Duarte"}, text),
            *moved,
            *stopped,
            *(started if moved and to == "invited" else ()),  # the ninetieth day is a Sunday
            *letters,
            Tell(Command(tag, text), done=True, said=f"done_{tag}"),
        ),
    )


@pytest.mark.parametrize("tag", ["ask", "decline"])
def test_a_tag_that_lacks_its_text_does_nothing(tag: str) -> None:
    case = a_case()

    assert tagged(case, tag, " \n") == (
        case,
        (Tell(Command(tag, " \n"), done=False, said="needs_text"),),
    )


@pytest.mark.parametrize(
    ("tag", "stage"),
    [("invite", "invited"), ("reopen", "inquiry"), ("reopen", "screening"), ("board", "inquiry")],
)
def test_a_tag_of_another_stage_does_nothing(tag: str, stage: str) -> None:
    case = a_case(stage)

    assert tagged(case, tag) == (
        case,
        (Tell(Command(tag), done=False, said="not_here", facts={"stage": stage}),),
    )


@pytest.mark.parametrize("tag", ["invite", "ask", "decline", "withdraw", "hold"])
@pytest.mark.parametrize("stage", sorted(RULES.ended))
def test_an_ended_case_first_needs_to_be_reopened(stage: str, tag: str) -> None:
    case = a_case(stage)

    assert tagged(case, tag, "words", until=NOW + DAY) == (
        case,
        (Tell(Command(tag, "words"), done=False, said="case_ended"),),
    )


# ── a whole way ──────────────────────────────────────────────────────────────────────────────────


def test_from_a_first_line_to_the_invitation() -> None:
    """Asked once, reminded of once, screened with its gaps, held, asked, invited."""
    steps: list[tuple[int, Event]] = [
        (0, ApplicantWrote(1, a_reading(answers=TWO), first=True)),
        (14, TimerRang("reminder")),
        (28, TimerRang("deadline")),
        (30, ApplicantWrote(2, a_reading(answers={"reference": FOUR["reference"]}))),
        (31, TagGiven(3, INES, Command("ask", "And why?"))),
        (32, TagGiven(4, INES, Command("invite"))),
    ]
    case, letters = a_case(since=NOW, opened=NOW), []
    for day, event in steps:
        case, effects = happens(case, event, now=NOW + day * DAY)
        letters += [effect.template for effect in effects if isinstance(effect, Write)]

    assert (case.stage, missing(case, RULES)) == ("invited", ("motivation",))
    assert letters == [
        "interest_incomplete",
        "interest_reminder",
        "screening_notice",
        "answers_updated",
        "case_update",
        "question",
        "invitation",
    ]
