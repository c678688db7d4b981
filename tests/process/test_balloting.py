"""A ballot on its way: opened, voted in, paused, prolonged, reminded of, closed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from mailbot.process.ballot import Ballot, BallotState
from mailbot.process.case import Case
from mailbot.process.events import (
    BallotSent,
    Effect,
    Event,
    Record,
    SetTimer,
    StopTimer,
    TagGiven,
    TimerRang,
    VoteCast,
    VoterAway,
    Write,
)
from mailbot.process.rules import Process
from mailbot.values import Command, Role, Verdict

from .cast import DAY, INES, NOW, RULES, a_case, a_vote, happens, in_ballot

CLOSES = NOW + 13 * DAY
YES, NO, ABSTAIN, RECUSE = Verdict.APPROVE, Verdict.REJECT, Verdict.ABSTAIN, Verdict.RECUSE
OF_BALLOTS = tuple(map(StopTimer, ("circular", "ballot_reminder", "ballot_warning", "ballot_close")))


def cast(voter: str, verdict: Verdict, reason: str = "", by: str = "") -> VoteCast:
    return VoteCast(9, voter, verdict, reason, by)


def entries(effects: tuple[Effect, ...]) -> list[str]:
    return [effect.entry for effect in effects if isinstance(effect, Record)]


def letters(effects: tuple[Effect, ...]) -> list[tuple[str, str]]:
    """The letters and the voter, or else the role, that each goes to."""
    return [(e.template, e.only or e.to.value) for e in effects if isinstance(e, Write)]


def timers(effects: tuple[Effect, ...]) -> dict[str, datetime]:
    return {effect.timer: effect.due for effect in effects if isinstance(effect, SetTimer)}


def with_rules(kind: str, **told: object) -> Process:
    held: Mapping[str, object] = {**RULES.ballots, kind: replace(RULES.ballots[kind], **told)}
    return replace(RULES, ballots=held)


def the_ballot(case: Case) -> Ballot:
    return case.ballots[-1]


# ── opening ──────────────────────────────────────────────────────────────────────────────────────


def test_a_ballot_is_opened_with_the_roster_in_force_and_the_journal_says_who_that_is() -> None:
    after, effects = happens(a_case("ready"), TagGiven(8, INES, Command("board")))

    ballot = the_ballot(after)
    closes = NOW.replace(hour=23, minute=59, second=59) + 14 * DAY
    assert (ballot.kind, ballot.round, ballot.opened, ballot.closes) == ("board", 1, NOW, closes)
    assert [voter.key for voter in ballot.voters] == ["bo", "chi", "dora"]
    roster = "1. Bo Lindqvist (River Commons)\n2. Chi Nwosu (Haki Pwani)\n3. Dora Paz"
    opened = {"ballot": "board", "voters": "3", "closes": closes.isoformat()}
    assert Record("ballot_opened", opened, roster) in effects
    assert timers(effects) == {
        "ballot_close": closes,
        "ballot_reminder": NOW + 7 * DAY,
        "ballot_warning": closes - 3 * DAY,
    }


def test_a_second_ballot_of_the_same_kind_is_the_second_round() -> None:
    before = a_case("decision", ballots=in_ballot(state=BallotState.CLOSED).ballots)

    after, _ = happens(before, TagGiven(8, INES, Command("board")))

    assert [(b.kind, b.round) for b in after.ballots] == [("board", 1), ("board", 2)]


def test_the_days_are_reckoned_from_the_last_letter_that_went_out() -> None:
    case = in_ballot()

    after, effects = happens(case, BallotSent(), at=NOW + 2 * DAY)

    assert the_ballot(after).closes == NOW.replace(hour=23, minute=59, second=59) + 16 * DAY
    assert timers(effects)["ballot_close"] == the_ballot(after).closes
    assert entries(effects) == ["ballot_closes_later"]


@pytest.mark.parametrize(
    "case",
    [
        in_ballot(closes=NOW + 30 * DAY),
        in_ballot(extended=1, closes=NOW + DAY),
        in_ballot(state=BallotState.PAUSED),
        in_ballot(state=BallotState.CLOSED),
        a_case("ready"),
    ],
)
def test_nothing_is_moved_that_gives_the_days_already_or_does_not_run(case: Case) -> None:
    assert happens(case, BallotSent()) == (case, ())


# ── voting ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("case", "vote", "at", "entry", "answer"),
    [
        (in_ballot(), cast("bo", YES), NOW, "vote", ("vote_received", "bo")),
        (in_ballot(), cast("chi", RECUSE), NOW, "vote", ("vote_received", "chi")),
        (in_ballot(), cast("bo", Verdict.UNCLEAR), NOW, "vote_unclear", ("vote_unclear", "bo")),
        (in_ballot(), cast("bo", YES), CLOSES, "vote", ("vote_received", "bo")),
        (in_ballot(), cast("bo", YES), CLOSES + DAY, "vote_late", ("vote_too_late", "bo")),
        (in_ballot(state=BallotState.CLOSED), cast("bo", YES), NOW, "vote_late", ("vote_too_late", "bo")),
        (in_ballot(state=BallotState.VOID), cast("bo", YES), NOW, "vote_late", ("vote_too_late", "bo")),
        (in_ballot(state=BallotState.PAUSED), cast("bo", YES), NOW, "vote", ("vote_received", "bo")),
        (in_ballot("membership"), cast("haki", Verdict.SUPPORT), NOW, "vote", ("voice_received", "haki")),
        (
            in_ballot("membership"),
            cast("haki", Verdict.UNCLEAR),
            NOW,
            "vote_unclear",
            ("voice_unclear", "haki"),
        ),
        (
            in_ballot("membership"),
            cast("haki", Verdict.OBJECT),
            CLOSES + DAY,
            "vote_late",
            ("voice_too_late", "haki"),
        ),
    ],
)
def test_each_letter_of_a_voter_is_answered_as_it_was_read(
    case: Case, vote: VoteCast, at: datetime, entry: str, answer: tuple[str, str]
) -> None:
    after, effects = happens(case, vote, at=at, now=max(at, NOW))

    assert entries(effects) == [entry]
    assert letters(effects) == [answer]
    if not the_ballot(case).is_running:
        assert after == case


def test_the_journal_names_a_voter_by_their_number_and_keeps_words_apart() -> None:
    _, effects = happens(
        in_ballot("membership"), cast("tierra", Verdict.SUPPORT, "We know them.", "Lola Ríos")
    )

    assert effects[0] == Record(
        "vote",
        {"ballot": "members", "voter": "2", "verdict": "support", "letter": "9"},
        "Lola Ríos: We know them.",
    )


@pytest.mark.parametrize("case", [in_ballot(), a_case("screening"), in_ballot(state=BallotState.CLOSED)])
def test_who_is_not_on_the_roster_of_the_opening_has_no_vote_and_the_secretariat_is_told(case: Case) -> None:
    after, effects = happens(case, cast("emil", YES, "Gladly."))

    assert after == case
    assert entries(effects) == ["vote_without_ballot"]
    assert letters(effects) == [("case_update", "secretariat")]


# ── closing early ────────────────────────────────────────────────────────────────────────────────

TWO_VOTED = (a_vote("bo", YES), a_vote("chi", RECUSE))


def test_once_all_have_voted_it_closes_after_a_pause_for_second_thoughts() -> None:
    after, effects = happens(in_ballot("board", *TWO_VOTED), cast("dora", NO))

    assert the_ballot(after).closes == NOW + DAY
    assert timers(effects) == {"ballot_close": NOW + DAY}
    assert [e.timer for e in effects if isinstance(e, StopTimer)] == ["ballot_reminder", "ballot_warning"]
    assert entries(effects) == ["vote", "ballot_closes_early"]


def test_a_second_thought_in_that_pause_counts_and_does_not_put_it_off() -> None:
    after, _ = happens(in_ballot("board", *TWO_VOTED), cast("dora", NO))
    later, effects = happens(after, cast("dora", YES), now=NOW + DAY / 2)

    assert the_ballot(later).closes == NOW + DAY
    assert timers(effects) == {}


@pytest.mark.parametrize(
    ("case", "vote", "rules"),
    [
        (in_ballot("board", *TWO_VOTED), cast("bo", NO), RULES),  # dora is silent
        (in_ballot("board", *TWO_VOTED), cast("dora", Verdict.UNCLEAR), RULES),
        (in_ballot("board", *TWO_VOTED), cast("dora", NO), with_rules("board", early=False)),
        (in_ballot("board", *TWO_VOTED, closes=NOW + DAY / 2), cast("dora", NO), RULES),
        (in_ballot("board", *TWO_VOTED, state=BallotState.PAUSED), cast("dora", NO), RULES),
    ],
)
def test_otherwise_it_stays_open_to_its_end(case: Case, vote: VoteCast, rules: Process) -> None:
    after, effects = happens(case, vote, rules=rules)

    assert the_ballot(after).closes == the_ballot(case).closes
    assert timers(effects) == {}


# ── discussion and objection ─────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("stage", "vote", "receipt"),
    [
        ("board", cast("bo", Verdict.DISCUSS, "Their funding?"), ("vote_received", "bo")),
        ("membership", cast("haki", Verdict.OBJECT, "Their funding?"), ("voice_received", "haki")),
    ],
)
def test_a_discussion_or_objection_stops_the_clock_and_the_secretariat_is_told(
    stage: str, vote: VoteCast, receipt: tuple[str, str]
) -> None:
    after, effects = happens(in_ballot(stage), vote)

    assert (the_ballot(after).state, the_ballot(after).paused_at) == (BallotState.PAUSED, NOW)
    assert [e for e in effects if isinstance(e, StopTimer)] == list(OF_BALLOTS)
    assert Write("ballot_paused", Role.SECRETARIAT, text="Their funding?") in effects
    assert letters(effects) == [("ballot_paused", "secretariat"), receipt]


def test_a_second_one_is_told_and_stops_nothing_twice() -> None:
    case = in_ballot(state=BallotState.PAUSED, paused_at=NOW - DAY)

    after, effects = happens(case, cast("chi", Verdict.DISCUSS, "And their board?"))

    assert the_ballot(after).paused_at == NOW - DAY
    assert letters(effects) == [("ballot_paused", "secretariat"), ("vote_received", "chi")]
    assert not [e for e in effects if isinstance(e, StopTimer)]


def test_when_it_goes_on_those_without_a_vote_hear_the_new_closing() -> None:
    case = in_ballot(
        "board",
        a_vote("bo", YES),
        a_vote("chi", Verdict.DISCUSS),
        state=BallotState.PAUSED,
        paused_at=NOW - 5 * DAY,
    )

    after, effects = happens(case, TagGiven(8, INES, Command("resume")))

    assert (the_ballot(after).state, the_ballot(after).closes) == (BallotState.OPEN, CLOSES + 5 * DAY)
    assert timers(effects)["ballot_close"] == CLOSES + 5 * DAY
    assert letters(effects) == [("ballot_reminder", "chi"), ("ballot_reminder", "dora")]
    assert entries(effects) == ["tag", "ballot_resumed"]


def test_no_timer_closes_a_paused_ballot() -> None:
    case = in_ballot(state=BallotState.PAUSED)
    for timer in ("ballot_close", "ballot_reminder"):
        assert happens(case, TimerRang(timer), now=NOW + 40 * DAY) == (case, ())


# ── reminders ────────────────────────────────────────────────────────────────────────────────────


def rings(case: Case, timer: str, at: datetime = NOW) -> tuple[Case, tuple[Effect, ...]]:
    return happens(case, TimerRang(timer), now=at)


def test_those_who_have_not_voted_and_only_they_are_reminded() -> None:
    case = in_ballot("board", a_vote("bo", YES), a_vote("chi", Verdict.UNCLEAR))

    after, effects = rings(case, "ballot_reminder")

    assert after == case
    assert letters(effects) == [("ballot_reminder", "chi"), ("ballot_reminder", "dora")]


@pytest.mark.parametrize(
    ("case", "at"),
    [
        (in_ballot("board", *(a_vote(voter, YES) for voter in ("bo", "chi", "dora"))), NOW),
        (in_ballot("board"), CLOSES),
        (in_ballot("board", state=BallotState.CLOSED), NOW),
        (a_case("ready"), NOW),
    ],
)
def test_nobody_is_reminded_of_what_is_done_or_over(case: Case, at: datetime) -> None:
    assert rings(case, "ballot_reminder", at) == (case, ())


def test_who_is_away_is_reminded_on_their_return() -> None:
    back = NOW + 8 * DAY

    away, effects = happens(in_ballot(), VoterAway("chi", back))

    assert timers(effects) == {"ballot_reminder:2": back}
    assert letters(rings(away, "ballot_reminder")[1]) == [
        ("ballot_reminder", "bo"),
        ("ballot_reminder", "dora"),
    ]
    assert letters(rings(away, "ballot_reminder:2", back)[1]) == [("ballot_reminder", "chi")]


@pytest.mark.parametrize("back", [NOW - DAY, CLOSES, CLOSES + DAY])
def test_a_return_after_the_closing_or_in_the_past_brings_no_reminder(back: datetime) -> None:
    _, effects = happens(in_ballot(), VoterAway("chi", back))

    assert timers(effects) == {}


@pytest.mark.parametrize("event", [VoterAway("emil", NOW + DAY), VoterAway("", NOW + DAY)])
def test_the_absence_of_somebody_else_is_nothing(event: Event) -> None:
    case = in_ballot()
    assert happens(case, event) == (case, ())


@pytest.mark.parametrize(
    ("votes", "warned"),
    [((), True), ((a_vote("bo", YES),), True), ((a_vote("bo", YES), a_vote("chi", ABSTAIN)), False)],
)
def test_the_secretariat_is_warned_where_the_quorum_is_in_danger(votes: tuple, warned: bool) -> None:
    _, effects = rings(in_ballot("board", *votes), "ballot_warning")

    assert letters(effects) == ([("quorum_in_danger", "secretariat")] if warned else [])


# ── closing ──────────────────────────────────────────────────────────────────────────────────────


def test_without_a_quorum_it_is_prolonged_and_the_silent_hear_of_it() -> None:
    case = in_ballot("board", a_vote("bo", YES))
    end = CLOSES + timedelta(hours=1)

    after, effects = rings(case, "ballot_close", end)

    assert after.stage == "board"
    assert (the_ballot(after).state, the_ballot(after).extended) == (BallotState.OPEN, 1)
    assert timers(effects) == {"ballot_close": the_ballot(after).closes}
    assert the_ballot(after).closes > end + 6 * DAY
    assert letters(effects) == [
        ("ballot_extended", "secretariat"),
        ("ballot_reminder", "chi"),
        ("ballot_reminder", "dora"),
    ]


def test_it_is_prolonged_as_often_as_the_rules_say_and_then_closes() -> None:
    rules, case, states = with_rules("board", extensions=2), in_ballot("board"), []
    for round_ in range(3):
        case, _ = happens(case, TimerRang("ballot_close"), now=NOW + 40 * (round_ + 1) * DAY, rules=rules)
        states.append((the_ballot(case).extended, the_ballot(case).outcome))

    assert states == [(1, ""), (2, ""), (2, "no_quorum")]


def test_the_closing_counts_everybody_in_the_journal() -> None:
    votes = (a_vote("bo", YES), a_vote("chi", YES, at=CLOSES + DAY), a_vote("dora", RECUSE))

    after, effects = rings(in_ballot("board", *votes), "ballot_close", CLOSES + 2 * DAY)

    told = next(effect for effect in effects if isinstance(effect, Record))
    assert told == Record(
        "ballot_closed",
        {
            "ballot": "board",
            "outcome": "passed",
            "voters": "3",
            "yes": "1",
            "no": "0",
            "abstained": "0",
            "recused": "1",
            "silent": "1",
        },
    )
    assert the_ballot(after).state is BallotState.CLOSED


def test_a_timer_that_rings_before_the_closing_closes_nothing() -> None:
    """The hour was put off while it rang."""
    case = in_ballot("board", a_vote("bo", YES), a_vote("chi", YES))

    assert rings(case, "ballot_close", CLOSES - DAY) == (case, ())


@pytest.mark.parametrize(
    ("stage", "told"),
    [("board", ("ballot_ended", "board")), ("membership", ("consultation_ended", "member"))],
)
def test_when_the_case_leaves_in_mid_ballot_it_is_void_and_those_asked_are_told(
    stage: str, told: tuple[str, str]
) -> None:
    after, effects = happens(in_ballot(stage), TagGiven(8, INES, Command("withdraw")))

    assert the_ballot(after).state is BallotState.VOID
    assert told in letters(effects)
    assert [e for e in effects if e in OF_BALLOTS] == list(OF_BALLOTS)
    assert entries(effects) == ["tag", "stage", "ballot_ended"]
