"""What holds for a case whatever happens to it, and in whatever order."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from mailbot.process.case import Case
from mailbot.process.events import (
    ApplicantWrote,
    DeliveryFailed,
    Effect,
    Event,
    OfficeWrote,
    Record,
    SetTimer,
    StopTimer,
    TagGiven,
    TimerRang,
    UnvouchedWrote,
    Write,
)
from mailbot.process.tags import DEEDS, SHOWN
from mailbot.values import Answer, Applicant, Command, Finding, Kind, Role

from .cast import NOW, OFFICE, RULES, a_case, a_reading, happens

words = st.text(max_size=12) | st.sampled_from(["work: we fish", "2: we fish", "fr", "individual", "me"])
answers = st.dictionaries(
    st.sampled_from([*RULES.questions, "another"]),
    st.builds(Answer, st.text(max_size=30), sure=st.booleans()),
)
readings = st.builds(
    lambda new, found, applicant, findings: a_reading(
        new, answers=found, applicant=applicant, findings=tuple(findings)
    ),
    words,
    answers,
    st.builds(Applicant, st.sampled_from([None, *Kind]), words, st.sampled_from(["", "KE"])),
    st.lists(st.builds(Finding, words, words), max_size=2),
)
moments = st.integers(-2, 60).map(lambda day: NOW + timedelta(days=day))
tags = st.sampled_from(
    sorted({t.on[1:] for t in RULES.transitions if t.on.startswith("#")} | set(DEEDS) | SHOWN | {"dance"})
)
ringing = st.builds(TimerRang, st.sampled_from(["reminder", "deadline", "hold"]))
unvouched = st.builds(UnvouchedWrote, st.integers(1), words, words, words)
events: st.SearchStrategy[Event] = st.one_of(
    st.builds(ApplicantWrote, st.integers(1), readings),
    unvouched,
    st.builds(OfficeWrote, st.integers(1), words, words),
    st.builds(
        TagGiven,
        st.integers(1),
        st.sampled_from(OFFICE),
        st.builds(Command, tags, words),
        st.none() | moments,
    ),
    ringing,
    st.builds(DeliveryFailed, words, words, words),
)
ways = st.lists(st.tuples(events, st.integers(0, 40)), max_size=12)


def passed(way: list[tuple[Event, int]]) -> list[tuple[Case, Event, Case, tuple[Effect, ...], datetime]]:
    """Each step of a case's way: the case before, the event, the case after, the effects, and when."""
    case, now, steps = a_case(), NOW, []
    for event, days in [(ApplicantWrote(1, a_reading(), first=True), 0), *way]:
        now += timedelta(days=days)
        after, effects = happens(case, event, now=now)
        steps.append((case, event, after, effects, now))
        case = after
    return steps


@settings(deadline=None)
@given(ways)
def test_no_case_leaves_the_stages_of_its_rules(way: list[tuple[Event, int]]) -> None:
    assert {after.stage for _, _, after, _, _ in passed(way)} <= set(RULES.stages)


@settings(deadline=None)
@given(ways)
def test_an_ended_case_lives_again_only_by_reopen(way: list[tuple[Event, int]]) -> None:
    for before, event, after, _, _ in passed(way):
        if before.stage in RULES.ended and after.stage not in RULES.ended:
            assert isinstance(event, TagGiven)
            assert event.command.tag == "reopen"


@settings(deadline=None)
@given(ways)
def test_no_machinery_ends_a_case(way: list[tuple[Event, int]]) -> None:
    """A person decides: only a tag declines or withdraws, and only a tag invites."""
    for before, event, after, _, _ in passed(way):
        if after.stage != before.stage and after.stage != "screening":
            assert isinstance(event, TagGiven)


@settings(deadline=None)
@given(ways, unvouched)
def test_what_nobody_vouches_for_changes_nothing_and_is_told_to_the_office_alone(
    way: list[tuple[Event, int]], event: UnvouchedWrote
) -> None:
    case = passed(way)[-1][2]

    after, effects = happens(case, event)

    assert after == case
    assert [type(effect) for effect in effects] == [Record, Write]
    assert [effect.to for effect in effects if isinstance(effect, Write)] == [Role.SECRETARIAT]


@settings(deadline=None)
@given(ways)
def test_a_sure_answer_and_one_kept_by_hand_are_never_lost(way: list[tuple[Event, int]]) -> None:
    for before, event, after, _, _ in passed(way):
        for key, answer in before.answers.items():
            if isinstance(event, ApplicantWrote):
                assert after.answers[key].sure >= answer.sure
                assert key not in before.kept or after.answers[key] == answer
            elif not (isinstance(event, TagGiven) and event.command.tag == "answer"):
                assert after.answers[key] == answer


@settings(deadline=None)
@given(ways)
def test_a_held_case_has_the_timer_of_its_hold_alone_and_another_those_of_its_stage(
    way: list[tuple[Event, int]],
) -> None:
    case, now, running = a_case(), NOW, dict[str, datetime]()
    for event, days in [(ApplicantWrote(1, a_reading(), first=True), 0), *way]:
        now += timedelta(days=days)
        if isinstance(event, TimerRang):
            if event.timer not in running or running[event.timer] > now:
                continue
            del running[event.timer]
        case, effects = happens(case, event, now=now)
        for effect in effects:
            if isinstance(effect, SetTimer):
                running[effect.timer] = effect.due
            elif isinstance(effect, StopTimer):
                running.pop(effect.timer, None)
        if case.held_until:
            assert running == {"hold": case.held_until}
        else:
            assert set(running) <= set(RULES.stage(case.stage).timers)


@settings(deadline=None)
@given(ways)
def test_the_applicant_is_told_the_words_behind_a_tag_and_nobody_elses(way: list[tuple[Event, int]]) -> None:
    for _, event, _, effects, _ in passed(way):
        behind = event.command.argument if isinstance(event, TagGiven) else ""
        for effect in effects:
            if isinstance(effect, Write) and effect.to is Role.APPLICANT:
                assert effect == Write(effect.template, effect.to, words=behind)
