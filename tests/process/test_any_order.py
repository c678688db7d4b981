"""What holds for a case whatever happens to it, and in whatever order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeAlias

from hypothesis import given, settings
from hypothesis import strategies as st

from mailbot.process.ballot import Ballot, BallotState
from mailbot.process.case import Case
from mailbot.process.events import (
    ApplicantWrote,
    BallotSent,
    DeliveryFailed,
    Effect,
    EnterDirectory,
    Event,
    Merged,
    OfficeWrote,
    Record,
    RefereeWrote,
    SetTimer,
    StopTimer,
    TagGiven,
    TimerRang,
    UnvouchedWrote,
    VoteCast,
    VoterAway,
    VoteUnvouched,
    Write,
)
from mailbot.process.tags import DEEDS, SHOWN
from mailbot.process.timers import HOLD, OF_BALLOTS, OF_REFEREES
from mailbot.values import Answer, Applicant, Command, Finding, FormValue, Kind, Role, Verdict

from .cast import FOUR, NOW, OFFICE, RULES, a_case, a_form, a_reading, happens

DAY = timedelta(days=1)
FINAL = {"welcome", "denied"}
"""The letters that tell an applicant how it ended."""
RELEASES = {"confirm", "record"}

words = st.text(max_size=12) | st.sampled_from(
    [
        "work: we fish",
        "2: we fish",
        "fr",
        "individual",
        "me",
        "approved on Monday",
        "denied",
        "Refusée, Paris",
    ]
)
answers = st.dictionaries(
    st.sampled_from([*RULES.questions, "another"]),
    st.builds(Answer, st.text(max_size=30), sure=st.booleans()),
) | st.just(FOUR)
whole = a_form()
forms = (
    st.just({})
    | st.just(whole)
    | st.dictionaries(
        st.sampled_from(sorted(whole)),
        st.builds(FormValue, words | st.just("salome@haki.example")),
        max_size=4,
    )
)
readings = st.builds(
    lambda new, found, applicant, findings, form, request: a_reading(
        new, answers=found, applicant=applicant, findings=tuple(findings), form=form, request=request
    ),
    words,
    answers,
    st.builds(Applicant, st.sampled_from([None, *Kind]), words, st.sampled_from(["", "KE"])),
    st.lists(st.builds(Finding, words, words), max_size=2),
    forms,
    st.sampled_from(["", "", "", "", "status", "withdraw"]),
)
moments = st.integers(-2, 60).map(lambda day: NOW + day * DAY)
tags = st.sampled_from(
    sorted({t.on[1:] for t in RULES.transitions if t.on.startswith("#")} | set(DEEDS) | SHOWN | {"dance"})
)


@dataclass(frozen=True)
class NextRings:
    """One of the timers that are set comes due: the first, the second …"""

    number: int


@dataclass(frozen=True)
class Votes:
    """A voter of the latest ballot writes: the first, the second …"""

    number: int
    verdict: Verdict
    reason: str
    days_ago: int
    """How long their letter lay unread."""
    vouched: bool


votes = st.builds(
    Votes,
    st.integers(0, 2),
    st.sampled_from([*Verdict, Verdict.APPROVE, Verdict.REJECT, Verdict.SUPPORT, Verdict.OBJECT]),
    words,
    st.sampled_from([0, 0, 0, 1, 5]),
    st.sampled_from([True, True, True, True, False]),
)
strangers = st.builds(
    VoteCast, st.just(0), st.sampled_from(["", "a stranger", "bo"]), st.sampled_from(Verdict), words
)
rings = st.builds(NextRings, st.integers(0, 3))
unvouched = st.builds(UnvouchedWrote, st.integers(1), words, words, words)
given_tags = st.builds(
    TagGiven, st.integers(1), st.sampled_from(OFFICE), st.builds(Command, tags, words), st.none() | moments
)
steering = st.builds(
    TagGiven,
    st.integers(1),
    st.sampled_from(OFFICE),
    st.builds(
        Command,
        st.sampled_from(
            ["invite", "board", "board", "members", "members", "confirm", "resume", "record", "reopen"]
        ),
        words,
    ),
)
Happening: TypeAlias = Event | NextRings | Votes
rare: st.SearchStrategy[Happening] = st.one_of(
    given_tags,
    unvouched,
    strangers,
    st.builds(OfficeWrote, st.integers(1), words, words),
    st.builds(VoterAway, st.sampled_from(["bo", "haki", ""]), moments),
    st.just(BallotSent()),
    st.builds(
        RefereeWrote,
        st.integers(1),
        st.sampled_from(["salome@haki.example", "nobody@else.example"]),
        st.sampled_from([Verdict.CONFIRM, Verdict.DECLINE, Verdict.UNCLEAR]),
        words,
    ),
    st.builds(Merged, words, st.none(), st.just("M-2026-0002")),
    st.builds(Merged, words, st.just(a_case("screening", number="M-2026-0003", answers=FOUR))),
    st.builds(DeliveryFailed, words, words, words),
)
letters_of_the_applicant = st.builds(ApplicantWrote, st.integers(1), readings)
happenings = st.sampled_from(  # more often what leads on: one_of would take all alike
    [*[votes] * 6, *[rings] * 5, *[steering] * 4, *[letters_of_the_applicant] * 2, rare, rare]
).flatmap(lambda one: one)
starts = st.sampled_from(["inquiry", "screening", "invited", "ready", "membership", "decision", "lapsed"])


@dataclass(frozen=True)
class Way:
    """A case that begins at a stage, and what happens to it, each so many days after the one before."""

    stage: str
    steps: tuple[tuple[Happening, int], ...]


ways = st.builds(
    Way,
    starts,
    st.lists(st.tuples(happenings, st.sampled_from([0, 0, 0, 1, 5, 15])), min_size=10, max_size=30).map(
        tuple
    ),
)


@dataclass(frozen=True)
class Step:
    """The case before, the event, the case after, the effects, and when."""

    before: Case
    event: Event
    after: Case
    effects: tuple[Effect, ...]
    running: dict[str, datetime]
    """The timers that are set after it."""
    at: datetime
    """The time of the letter or timer."""
    now: datetime

    @property
    def tag(self) -> str:
        """The tag that was given, or ``""``."""
        return self.event.command.tag if isinstance(self.event, TagGiven) else ""


def passed(way: Way) -> Iterator[Step]:
    """Each step of a case's way. A timer rings only if it was set, and not before it is due."""
    case, now, running = a_case(way.stage), NOW, dict[str, datetime]()
    for number, (happening, days) in enumerate(((ApplicantWrote(1, a_reading(), first=True), 0), *way.steps)):
        now += days * DAY
        event, at = came_to_be(happening, case, running, now, letter=number)
        if event is None:
            continue
        if isinstance(event, TimerRang):
            at = running.pop(event.timer)
            now = max(now, at)
        after, effects = happens(case, event, now=now, at=at)
        for effect in effects:
            if isinstance(effect, SetTimer):
                running[effect.timer] = effect.due
            elif isinstance(effect, StopTimer):
                running.pop(effect.timer, None)
        yield Step(case, event, after, effects, dict(running), at, now)
        case = after


def came_to_be(
    happening: Happening, case: Case, running: dict[str, datetime], now: datetime, letter: int
) -> tuple[Event | None, datetime]:
    """The event that a happening is for this case, None where it is none, and the time of its letter."""
    if isinstance(happening, NextRings):
        due = sorted(running, key=lambda timer: (running[timer], timer))
        return (TimerRang(due[happening.number % len(due)]) if due else None), now
    if isinstance(happening, Votes):
        voters = case.ballots[-1].voters if case.ballots else ()
        if not voters:
            return None, now
        key = voters[happening.number % len(voters)].key
        if not happening.vouched:
            return VoteUnvouched(letter, key), now - happening.days_ago * DAY
        return VoteCast(letter, key, happening.verdict, happening.reason), now - happening.days_ago * DAY
    if isinstance(happening, VoteCast):
        return replace(happening, letter=letter), now
    return happening, now


def letters(step: Step) -> list[Write]:
    return [effect for effect in step.effects if isinstance(effect, Write)]


# ── where it stands ──────────────────────────────────────────────────────────────────────────────


def no_case_leaves_the_stages_of_its_rules(step: Step) -> None:
    assert step.after.stage in RULES.stages


def an_ended_case_lives_again_only_by_reopen_or_if_it_lapsed_by_its_applicant(step: Step) -> None:
    if step.before.stage in RULES.ended and step.after.stage not in RULES.ended:
        lapsed = step.before.stage == "lapsed" and isinstance(step.event, ApplicantWrote)
        assert step.tag == "reopen" or lapsed


def no_machinery_ends_a_case_except_that_it_lapses(step: Step) -> None:
    """A person decides: the Secretariat by a tag, or the applicant, who may withdraw."""
    if step.after.stage in RULES.ended - {step.before.stage}:
        withdrawn = isinstance(step.event, ApplicantWrote) and step.after.stage == "withdrawn"
        lapsed = step.event == TimerRang("deadline") and step.after.stage == "lapsed"
        assert step.tag or withdrawn or lapsed or isinstance(step.event, Merged)


def no_final_letter_goes_out_that_nobody_released(step: Step) -> None:
    if FINAL & {letter.template for letter in letters(step)} or EnterDirectory() in step.effects:
        assert step.tag in RELEASES
        assert step.after.stage in {"approved", "denied"}


# ── ballots ──────────────────────────────────────────────────────────────────────────────────────


def a_ballot_that_is_over_never_changes(step: Step) -> None:
    for before, after in zip(step.before.ballots, step.after.ballots, strict=False):
        assert before.is_running or after == before
    assert len(step.after.ballots) >= len(step.before.ballots)


def at_most_one_ballot_runs_and_it_is_the_one_of_the_stage(step: Step) -> None:
    running = [ballot.kind for ballot in step.after.ballots if ballot.is_running]
    assert running in ([], [RULES.stages[step.after.stage].ballot])


def an_open_ballot_has_a_timer_for_its_closing_and_no_other_has(step: Step) -> None:
    ballot = step.after.ballot
    closing = ballot.closes if ballot and ballot.state is BallotState.OPEN else None
    assert step.running.get("ballot_close") == closing


def a_ballot_closes_by_the_clock_alone_and_never_before_its_time(step: Step) -> None:
    for before, after in zip(step.before.ballots, step.after.ballots, strict=False):
        if before.is_running and after.state is BallotState.CLOSED:
            assert step.event == TimerRang("ballot_close")
            assert step.now >= after.closes


def last_words(ballot: Ballot, cast: list[tuple[datetime, int, VoteCast]]) -> dict[str, Verdict]:
    """Voter → what they said last and clearly, in letters from before the closing."""
    said: dict[str, Verdict] = {}
    for at, _, vote in sorted(cast, key=lambda one: (one[0], one[2].letter, one[1])):
        if (
            at <= ballot.closes
            and vote.verdict in RULES.ballots[ballot.kind].verdicts
            and ballot.voter(vote.voter)
        ):
            said[vote.voter] = vote.verdict
    return said


def each_voter_is_counted_once_by_their_last_clear_word(steps: list[Step]) -> None:
    cast: list[tuple[datetime, int, VoteCast]] = []
    for step in steps:
        if isinstance(step.event, VoteCast) and step.before.ballot is not None:
            cast.append((step.at, len(cast), step.event))
        count = next((e for e in step.effects if isinstance(e, Record) and e.entry == "ballot_closed"), None)
        if count is not None:
            ballot = step.after.ballots[len(step.before.ballots) - 1]
            held = RULES.ballots[ballot.kind]
            said = list(last_words(ballot, cast).values())
            told = {key: int(number) for key, number in count.facts.items() if number.isdecimal()}
            assert (told["yes"], told["no"]) == (said.count(held.yes), said.count(held.no))
            assert told["abstained"] == said.count(Verdict.ABSTAIN)
            assert told["recused"] == said.count(Verdict.RECUSE)
            counted = ("yes", "no", "abstained", "recused", "silent")
            assert sum(told[key] for key in counted) == told["voters"] == len(ballot.voters)
        if step.after.ballot is None or len(step.after.ballots) > len(step.before.ballots):
            cast = []


def every_vote_is_answered_to_the_voter_alone(step: Step) -> None:
    if isinstance(step.event, VoteCast) and any(b.voter(step.event.voter) for b in step.before.ballots[-1:]):
        answers = [letter for letter in letters(step) if letter.to is not Role.SECRETARIAT]
        assert [letter.only for letter in answers] == [step.event.voter]


# ── what is known, and who hears it ──────────────────────────────────────────────────────────────


def what_nobody_vouches_for_changes_nothing_and_is_told_to_the_office_alone(step: Step) -> None:
    if isinstance(step.event, UnvouchedWrote):
        assert step.after == step.before
        assert [type(effect) for effect in step.effects] == [Record, Write]
        assert [letter.to for letter in letters(step)] == [Role.SECRETARIAT]


def a_sure_answer_and_one_kept_by_hand_are_never_lost(step: Step) -> None:
    for key, answer in step.before.answers.items():
        if isinstance(step.event, ApplicantWrote):
            assert step.after.answers[key].sure >= answer.sure
            assert key not in step.before.kept or step.after.answers[key] == answer
        elif step.tag != "answer":
            assert step.after.answers[key] == answer


def what_was_filled_in_is_replaced_and_never_emptied(step: Step) -> None:
    assert set(step.before.form) <= set(step.after.form)
    assert all(value.text.strip() for value in step.after.form.values())


def a_held_case_has_no_timer_of_its_stage_and_another_no_others(step: Step) -> None:
    of_case = {t for t in step.running if t.partition(":")[0] not in (*OF_BALLOTS, *OF_REFEREES)}
    if step.after.held_until:
        assert of_case == {HOLD}
        assert step.running[HOLD] == step.after.held_until
    else:
        assert of_case <= set(RULES.stage(step.after.stage).timers)


def an_ended_case_rings_no_more(step: Step) -> None:
    if step.after.stage in RULES.ended:
        # that of a voter who was away finds no ballot any more
        assert {timer for timer in step.running if ":" not in timer} == set()


def the_applicant_is_told_the_words_behind_a_tag_and_nobody_elses(step: Step) -> None:
    behind = step.event.command.argument if isinstance(step.event, TagGiven) else ""
    for letter in letters(step):
        if letter.to is Role.APPLICANT:
            assert letter == Write(letter.template, letter.to, words=behind)


def what_a_voter_or_a_referee_wrote_goes_to_the_office_alone(step: Step) -> None:
    if isinstance(step.event, VoteCast | RefereeWrote):
        for letter in letters(step):
            assert letter.to is Role.SECRETARIAT or (letter.text, letter.words) == ("", "")


# ── all of it ────────────────────────────────────────────────────────────────────────────────────

ALWAYS: tuple[Callable[[Step], None], ...] = (
    no_case_leaves_the_stages_of_its_rules,
    an_ended_case_lives_again_only_by_reopen_or_if_it_lapsed_by_its_applicant,
    no_machinery_ends_a_case_except_that_it_lapses,
    no_final_letter_goes_out_that_nobody_released,
    a_ballot_that_is_over_never_changes,
    at_most_one_ballot_runs_and_it_is_the_one_of_the_stage,
    an_open_ballot_has_a_timer_for_its_closing_and_no_other_has,
    a_ballot_closes_by_the_clock_alone_and_never_before_its_time,
    every_vote_is_answered_to_the_voter_alone,
    what_nobody_vouches_for_changes_nothing_and_is_told_to_the_office_alone,
    a_sure_answer_and_one_kept_by_hand_are_never_lost,
    what_was_filled_in_is_replaced_and_never_emptied,
    a_held_case_has_no_timer_of_its_stage_and_another_no_others,
    an_ended_case_rings_no_more,
    the_applicant_is_told_the_words_behind_a_tag_and_nobody_elses,
    what_a_voter_or_a_referee_wrote_goes_to_the_office_alone,
)


@settings(deadline=None, max_examples=300)
@given(ways)
def test_whatever_happens_and_in_whatever_order(way: Way) -> None:
    """Each thing that must hold is a function above, named as a sentence; a failure shows which."""
    steps = list(passed(way))
    for step in steps:
        for holds in ALWAYS:
            holds(step)
    each_voter_is_counted_once_by_their_last_clear_word(steps)
