"""What votes come to: quorum, threshold, recusals, silence; and which of a voter's letters counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from fractions import Fraction

import pytest

from mailbot.process.ballot import (
    Ballot,
    BallotState,
    Outcome,
    Uncounted,
    Vote,
    Voter,
    all_voted,
    latest,
    paused,
    resumed,
    silent_voters,
    standing,
    tally,
    uncounted,
)
from mailbot.process.rules import BallotRules, Share, Silence, VoterGroup
from mailbot.values import Verdict

from .cast import DAY, NOW, a_ballot, a_vote

BOARD = BallotRules({"en": "Board"}, VoterGroup.BOARD, Verdict.APPROVE, Verdict.REJECT, 14)
MEMBERS = BallotRules({"en": "Members"}, VoterGroup.MEMBERS, Verdict.SUPPORT, Verdict.OBJECT, 14)
CONSENT = replace(MEMBERS, silence=Silence.CONSENT)
LETTERS = {
    "+": Verdict.APPROVE,
    "-": Verdict.REJECT,
    "0": Verdict.ABSTAIN,
    "r": Verdict.RECUSE,
    "d": Verdict.DISCUSS,
    "s": Verdict.SUPPORT,
    "o": Verdict.OBJECT,
    "?": Verdict.UNCLEAR,
}


def with_votes(said: str) -> Ballot:
    """A ballot with a voter for each sign: «+-0r.» approve, reject, abstain, recuse, silent."""
    voters = tuple(Voter(str(at), f"Voter {at}") for at in range(len(said)))
    votes = tuple(a_vote(str(at), LETTERS[sign]) for at, sign in enumerate(said) if sign != ".")
    return replace(a_ballot(), voters=voters, votes=votes)


PASSED, FAILED, NO_QUORUM = Outcome.PASSED, Outcome.FAILED, Outcome.NO_QUORUM


@pytest.mark.parametrize(
    ("said", "quorum", "threshold", "outcome"),
    [
        # half of all must take part, more than half of those who decide must approve
        ("++++", "at least 1/2", "more than 1/2", PASSED),
        ("++..", "at least 1/2", "more than 1/2", PASSED),
        ("+...", "at least 1/2", "more than 1/2", NO_QUORUM),
        ("++...", "at least 1/2", "more than 1/2", NO_QUORUM),
        ("++..", "more than 1/2", "more than 1/2", NO_QUORUM),
        ("+-..", "at least 1/2", "more than 1/2", FAILED),
        ("+-..", "at least 1/2", "at least 1/2", PASSED),
        ("--..", "at least 1/2", "more than 1/2", FAILED),
        # who abstains takes part, and neither helps nor hinders
        ("+0..", "at least 1/2", "more than 1/2", PASSED),
        ("+000", "at least 1/2", "more than 1/2", PASSED),
        ("0000", "at least 1/2", "more than 1/2", FAILED),
        # who is recused counts nowhere
        ("+r..", "at least 1/2", "more than 1/2", NO_QUORUM),
        ("+rr.", "at least 1/2", "more than 1/2", PASSED),
        ("+rrr", "at least 1/2", "more than 1/2", PASSED),
        ("rrrr", "at least 1/2", "more than 1/2", NO_QUORUM),
        ("+-rr", "at least 1/1", "more than 1/2", FAILED),
        # a word for discussion and an unclear letter are no votes
        ("+d..", "at least 1/2", "more than 1/2", NO_QUORUM),
        ("+?..", "at least 1/2", "more than 1/2", NO_QUORUM),
        ("dddd", "at least 1/2", "more than 1/2", NO_QUORUM),
        # thresholds to the vote
        ("++-", "at least 1/2", "at least 2/3", PASSED),
        ("++-", "at least 1/2", "more than 2/3", FAILED),
        ("+++-", "at least 1/2", "more than 2/3", PASSED),
        ("+++", "at least 1/1", "at least 1/1", PASSED),
        ("++0", "at least 1/1", "at least 1/1", PASSED),
        ("++-", "at least 1/1", "at least 1/1", FAILED),
        # nobody is there
        ("", "at least 1/2", "more than 1/2", NO_QUORUM),
        ("....", "at least 0/1", "more than 1/2", NO_QUORUM),
    ],
)
def test_what_a_ballot_of_the_board_comes_to(
    said: str, quorum: str, threshold: str, outcome: Outcome
) -> None:
    rules = replace(BOARD, quorum=quorum, threshold=threshold)
    assert tally(with_votes(said), rules).outcome is outcome


@pytest.mark.parametrize(
    ("said", "rules", "outcome"),
    [
        ("....", CONSENT, PASSED),
        ("s...", CONSENT, PASSED),
        ("o...", CONSENT, PASSED),
        ("oo..", CONSENT, FAILED),
        ("oooo", CONSENT, FAILED),
        ("", CONSENT, NO_QUORUM),
        ("....", MEMBERS, NO_QUORUM),
        ("s...", MEMBERS, NO_QUORUM),
        ("ss..", MEMBERS, PASSED),
        ("so..", MEMBERS, FAILED),
    ],
)
def test_silence_means_what_the_rules_say(said: str, rules: BallotRules, outcome: Outcome) -> None:
    assert tally(with_votes(said), rules).outcome is outcome


def test_the_counts_are_those_of_a_returning_officer() -> None:
    count = tally(with_votes("++-0r?d."), BOARD)

    assert (count.voters, count.yes, count.no, count.abstained, count.recused) == (8, 2, 1, 1, 1)
    assert (count.silent, count.present, count.needed, count.has_quorum) == (3, 4, 4, True)


# ── which letter counts ──────────────────────────────────────────────────────────────────────────

CLOSES = NOW + 13 * DAY
SECOND = timedelta(seconds=1)


def by_bo(*letters: tuple[Verdict, datetime]) -> Ballot:
    """Bo's letters, handled in this order."""
    return a_ballot("board", *(a_vote("bo", said, at=at, letter=n) for n, (said, at) in enumerate(letters)))


YES, NO, UNCLEAR = Verdict.APPROVE, Verdict.REJECT, Verdict.UNCLEAR


@pytest.mark.parametrize(
    ("ballot", "counts"),
    [
        pytest.param(by_bo((YES, NOW)), YES, id="the only one"),
        pytest.param(by_bo((YES, NOW), (NO, NOW + DAY)), NO, id="the later one"),
        pytest.param(
            by_bo((NO, NOW + DAY), (YES, NOW)), NO, id="by the letters' times, not the order of handling"
        ),
        pytest.param(by_bo((YES, NOW), (NO, NOW)), NO, id="of two at the same moment the later letter"),
        pytest.param(by_bo((YES, NOW), (UNCLEAR, NOW + DAY)), YES, id="an unclear one takes nothing back"),
        pytest.param(by_bo((UNCLEAR, NOW)), None, id="an unclear one alone"),
        pytest.param(by_bo((YES, CLOSES)), YES, id="at the last moment"),
        pytest.param(by_bo((YES, CLOSES + SECOND)), None, id="a second too late"),
        pytest.param(by_bo((YES, NOW), (NO, CLOSES + SECOND)), YES, id="a change that comes too late"),
    ],
)
def test_the_last_clear_letter_before_the_closing_counts(ballot: Ballot, counts: Verdict | None) -> None:
    assert {key: vote.verdict for key, vote in standing(ballot).items()} == ({"bo": counts} if counts else {})


def test_every_letter_that_is_not_counted_is_accounted_for_in_the_order_of_time() -> None:
    ballot = by_bo((YES, CLOSES + SECOND), (UNCLEAR, NOW + DAY), (NO, NOW + 2 * DAY), (YES, NOW))

    assert [(vote.letter, why) for vote, why in uncounted(ballot)] == [
        (3, Uncounted.CHANGED),
        (1, Uncounted.UNCLEAR),
        (0, Uncounted.LATE),
    ]


def test_what_nobody_vouches_for_is_not_counted_and_accounted_for_until_the_voter_confirms_it() -> None:
    unheard = replace(a_vote("bo", UNCLEAR, letter=4), vouched=False)
    ballot = a_ballot("board", unheard)
    assert (standing(ballot), uncounted(ballot)) == ({}, ((unheard, Uncounted.UNVOUCHED),))

    confirmed = ballot.with_vote(a_vote("bo", YES, letter=4))
    assert (len(standing(confirmed)), uncounted(confirmed)) == (1, ())


# ── who is still waited for ──────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("said", "waited_for", "all_of_them"),
    [
        ("...", "012", False),
        ("+.-", "1", False),
        ("+0-", "", True),
        ("+r-", "", True),
        ("rrr", "", True),
        ("+d-", "1", False),
        ("+?-", "1", False),
        ("", "", False),
    ],
)
def test_those_and_only_those_who_have_not_voted_are_waited_for(
    said: str, waited_for: str, all_of_them: bool
) -> None:
    ballot = with_votes(said)

    assert "".join(voter.key for voter in silent_voters(ballot)) == waited_for
    assert all_voted(ballot, BOARD) is all_of_them


def test_a_pause_is_given_back() -> None:
    ballot = a_ballot()
    stopped = paused(ballot, NOW)

    assert (stopped.state, stopped.is_running) == (BallotState.PAUSED, True)
    assert paused(stopped, NOW + DAY) is stopped

    going_on = resumed(stopped, NOW + 5 * DAY, 2 * DAY)
    assert (going_on.state, going_on.closes) == (BallotState.OPEN, ballot.closes + 5 * DAY)


def test_after_a_pause_there_is_time_to_vote() -> None:
    nearly_over = replace(a_ballot(), closes=NOW + SECOND)

    assert resumed(paused(nearly_over, NOW), NOW, 2 * DAY).closes == NOW + 2 * DAY


@pytest.mark.parametrize("state", [BallotState.CLOSED, BallotState.VOID])
def test_what_is_over_is_not_paused(state: BallotState) -> None:
    ballot = a_ballot(state=state)
    assert paused(ballot, NOW) is ballot


def test_the_latest_of_a_kind_is_found() -> None:
    first, second = a_ballot(), replace(a_ballot(), round=2)
    members = a_ballot("members")

    assert latest((first, second, members)) is members
    assert latest((first, second, members), "board") is second
    assert latest((members,), "board") is None
    assert latest(()) is None


# ── shares ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "of", "least"),
    [
        ("at least 1/2", 4, 2),
        ("at least 1/2", 5, 3),
        ("more than 1/2", 4, 3),
        ("more than 1/2", 5, 3),
        ("at least 2/3", 3, 2),
        ("more than 2/3", 3, 3),
        ("at least 1/1", 7, 7),
        ("at least 1/10", 3, 1),
        ("at least 0/1", 3, 1),
        ("at least 1/2", 0, 1),
    ],
)
def test_the_least_that_is_enough_is_enough_and_one_less_is_not(text: str, of: int, least: int) -> None:
    share = Share.parse(text)

    assert share.least(of) == least
    assert share.is_met(least, of) is (of > 0)
    assert least == 1 or not share.is_met(least - 1, of)


@pytest.mark.parametrize(
    "text", ["", "half", "1/2", "at least 50%", "at least 1/0", "more than 3/2", "AT LEAST 1/2"]
)
def test_what_is_no_share_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"is no share|more than all"):
        Share.parse(text)


def test_a_share_is_reckoned_exactly() -> None:
    assert Share.parse("more than 1/3") == Share(at_least=False, part=Fraction(1, 3))
    assert not Share.parse("more than 1/3").is_met(1, 3)


def test_a_vote_keeps_who_wrote_it() -> None:
    vote = Vote("haki", Verdict.OBJECT, NOW, 9, "They owe us money.", "Salome Auma")
    assert a_ballot().with_vote(vote).votes == (vote,)
