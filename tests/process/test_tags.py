"""The tags that change what is known of a case, or when it goes on, but not its stage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from mailbot.process.events import Effect, Record, SetTimer, StopTimer, TagGiven, Tell
from mailbot.values import Answer, Applicant, Command, Kind

from .cast import DAY, INES, NOW, TWO, a_case, happens, tagged

BY = {"by": "Ines Duarte"}


def refused(said: str, **facts: str) -> tuple[str, Mapping[str, str]]:
    return said, facts


@pytest.mark.parametrize(
    ("tag", "argument", "refusal"),
    [
        ("note", "", refused("needs_text")),
        ("note", " \n", refused("needs_text")),
        ("assign", "", refused("needs_text")),
        ("assign", "Chidi", refused("unknown_person", name="Chidi")),
        ("assign", "a", refused("several_people", name="a")),
        ("answer", "weather: fine", refused("unknown_question", question="weather")),
        ("answer", "0: nothing", refused("unknown_question", question="0")),
        ("answer", "5: nothing", refused("unknown_question", question="5")),
        ("answer", "²: nothing", refused("unknown_question", question="²")),
        ("answer", f"{'9' * 5000}: nothing", refused("unknown_question", question="9" * 5000)),
        ("answer", "work without a colon", refused("unknown_question", question="work without a colon")),
        ("answer", "", refused("unknown_question", question="")),
        ("answer", "work:", refused("needs_text")),
        ("answer", "work: \n", refused("needs_text")),
        ("language", "klingon", refused("unknown_language", language="klingon")),
        ("language", "", refused("unknown_language", language="")),
        ("kind", "a union", refused("unknown_kind", kind="a union")),
        ("hold", "", refused("needs_date")),
        ("hold", "some time", refused("needs_date")),
        ("resume", "", refused("not_held")),
    ],
)
def test_a_tag_that_lacks_what_it_needs_does_nothing_and_says_what(
    tag: str, argument: str, refusal: tuple[str, Mapping[str, str]]
) -> None:
    case = a_case(answers=TWO)
    said, facts = refusal

    assert tagged(case, tag, argument) == (
        case,
        (Tell(Command(tag, argument), done=False, said=said, facts=facts),),
    )


def done(tag: str, argument: str = "", **facts: str) -> Tell:
    return Tell(Command(tag, argument), done=True, said=f"done_{tag}", facts=facts)


def test_a_note_is_kept_in_the_journal_and_nowhere_else() -> None:
    case = a_case()

    assert tagged(case, "note", "Met them in Nairobi.") == (
        case,
        (Record("note", BY, "Met them in Nairobi."), done("note", "Met them in Nairobi.")),
    )


@pytest.mark.parametrize(
    ("argument", "name"),
    [
        ("Ines Duarte", "Ines Duarte"),
        ("ines", "Ines Duarte"),
        ("COSTA", "Marina Costa"),
        ("marina@network.example", "Marina Costa"),
        ("Ina", "Ina"),  # whole, though Marina holds the letters too
        ("me", "Ines Duarte"),
    ],
)
def test_a_case_is_given_to_one_person_of_the_office(argument: str, name: str) -> None:
    case = a_case()

    assert tagged(case, "assign", argument) == (
        replace(case, assigned=name),
        (Record("assigned", {"name": name, **BY}), done("assign", argument, name=name)),
    )


@pytest.mark.parametrize("named", ["work", "Work ", "2", " 2", "٢"])
def test_an_answer_written_down_by_hand_is_kept(named: str) -> None:
    case = a_case(answers=TWO)
    argument = f"{named}: They train paralegals."

    assert tagged(case, "answer", argument) == (
        replace(
            case,
            answers={**TWO, "work": Answer("They train paralegals.", source="secretariat")},
            kept=frozenset({"work"}),
        ),
        (
            Record("answer_set", {"question": "work", **BY}, "They train paralegals."),
            done("answer", argument, question="work"),
        ),
    )


@pytest.mark.parametrize(
    ("argument", "language"), [("fr", "fr"), ("French", "fr"), ("ESPAÑOL", "es"), (" العربية ", "ar")]
)
def test_the_language_of_our_letters_is_set_by_its_code_or_its_name(argument: str, language: str) -> None:
    case = a_case()

    assert tagged(case, "language", argument) == (
        replace(case, language=language, kept=frozenset({"language"})),
        (
            Record("language_set", {"language": language, **BY}),
            done("language", argument, language=language),
        ),
    )


@pytest.mark.parametrize("argument", ["individual", "Person", "individuel", "شخص"])
def test_the_kind_of_applicant_is_set_in_any_language_of_the_office(argument: str) -> None:
    case = a_case()

    assert tagged(case, "kind", argument) == (
        replace(case, applicant=Applicant(Kind.INDIVIDUAL, "Bahari Yetu", "KE"), kept=frozenset({"kind"})),
        (Record("kind_set", {"kind": "individual", **BY}), done("kind", argument, kind="individual")),
    )


# ── hold and resume ──────────────────────────────────────────────────────────────────────────────


def held(*stopped: Effect) -> tuple[Effect, ...]:
    until = NOW + 14 * DAY
    return (
        Record("held", {"until": until.isoformat(), **BY}, "14d"),
        *stopped,
        SetTimer("hold", until),
        done("hold", "14d", until=until.isoformat()),
    )


def test_a_hold_silences_the_timers_and_sets_its_own() -> None:
    case = a_case()

    assert tagged(case, "hold", "14d", until=NOW + 14 * DAY) == (
        replace(case, held_until=NOW + 14 * DAY),
        held(StopTimer("reminder"), StopTimer("deadline")),
    )


def test_a_second_hold_takes_the_place_of_the_first() -> None:
    case = a_case("screening", held_until=NOW + 30 * DAY)

    assert tagged(case, "hold", "14d", until=NOW + 14 * DAY) == (
        replace(case, held_until=NOW + 14 * DAY),
        held(),
    )


@pytest.mark.parametrize("days", [0, -1])
def test_nothing_is_held_until_a_moment_that_has_passed(days: int) -> None:
    case = a_case()

    assert tagged(case, "hold", "1 May", until=NOW + days * DAY) == (
        case,
        (Tell(Command("hold", "1 May"), done=False, said="needs_date"),),
    )


def test_resuming_begins_the_time_of_the_stage_anew() -> None:
    case = a_case(held_until=NOW + 14 * DAY)

    assert tagged(case, "resume") == (
        replace(case, held_until=None, since=NOW),
        (
            Record("resumed", BY),
            StopTimer("hold"),
            SetTimer("reminder", NOW + 14 * DAY),
            SetTimer("deadline", NOW + 28 * DAY),
            done("resume"),
        ),
    )


def test_a_tag_that_leads_on_ends_a_hold() -> None:
    after, effects = tagged(a_case("screening", held_until=NOW + 14 * DAY), "invite")

    assert (after.stage, after.held_until) == ("invited", None)
    assert StopTimer("hold") in effects


# ── tags that only show ──────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("tag", ["status", "history", "list", "help"])
def test_what_only_shows_changes_nothing(tag: str) -> None:
    case = a_case("declined")

    assert tagged(case, tag) == (case, (Tell(Command(tag), done=True, said="shown"),))


def test_the_journal_names_who_gave_the_tag() -> None:
    omar = replace(INES, name="Omar Haddad")

    _, effects = happens(a_case(), TagGiven(8, omar, Command("note", "Called them.")))

    assert effects[0] == Record("note", {"by": "Omar Haddad"}, "Called them.")
