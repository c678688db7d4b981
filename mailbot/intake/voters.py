"""What voters and referees write: their words as events of the cases they are about."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection

from mailbot.carrying_out import carry_out
from mailbot.intake.acts import Handled, ask_sender, on_file, settle, show_unvouched, tell_office
from mailbot.intake.evidence import REFEREE_LETTERS, VOTER_LETTERS, Evidence
from mailbot.office import Office
from mailbot.parsers.numbered import numbered_lines
from mailbot.parsers.requests import words_for_applicant
from mailbot.parsers.verdict import read_verdict
from mailbot.people.names import organization_key
from mailbot.process.case import Case
from mailbot.process.events import RefereeWrote, VoteCast, VoterAway, VoteUnvouched
from mailbot.process.rules import VoterGroup
from mailbot.store import cases
from mailbot.values import Address, Kind, Person, Role, Verdict

LONGEST_REASON = 4000
"""Characters of a voter's letter that are kept as the reason; the letter itself stays on file."""

GROUPS = {Role.BOARD: VoterGroup.BOARD, Role.MEMBER: VoterGroup.MEMBERS}


def from_a_voter(
    office: Office, connection: Connection, evidence: Evidence, named: Case | None
) -> Handled | None:
    """A member of the Board or a member organization about a ballot; ``named`` is the case in the subject."""
    role = _voting_role(evidence)
    if role is None:
        return None
    by = evidence.line_of(role)
    concerned = _concerned(connection, evidence, role, named)
    if by is None or not concerned:
        return None
    if not evidence.trust.vouched:
        for case, _ in _told(evidence, concerned):
            unheard = VoteUnvouched(evidence.row, _voter_key(office, evidence, role, by, case), by.name)
            carry_out(office, connection, case, [unheard], evidence.cause)
        return ask_sender(office, connection, evidence, by, cases.load(connection, concerned[0].number))
    if by.kind is Kind.INDIVIDUAL and role is Role.MEMBER:
        # An individual member has no voice that counts; the Secretariat sees the comment.
        tell_office(office, connection, evidence, "other_letter")
        return settle(office, connection, evidence, "comment", case=concerned[0].number)
    for case, words in _told(evidence, concerned):
        event = _vote(office, evidence, role, by, case, words)
        carry_out(office, connection, case, [event], evidence.cause)
    return settle(office, connection, evidence, "vote", case=concerned[0].number)


def _voting_role(evidence: Evidence) -> Role | None:
    """In which role the sender votes: that of the letter which is answered, else the one on the roster."""
    credential = evidence.trust.credential
    roles = [role for role in GROUPS if evidence.line_of(role) is not None]
    if credential is not None:
        # Whoever answers another letter of ours speaks about that one: a member may be a referee too.
        return next((role for role in roles if credential.purpose in VOTER_LETTERS[GROUPS[role]]), None)
    if evidence.line_of(Role.SECRETARIAT) is not None:
        return None
    return next(iter(roles), None)


def _concerned(
    connection: Connection, evidence: Evidence, role: Role, named: Case | None
) -> tuple[Case, ...]:
    """The cases that the letter may be about: of the list it answers, else the one it answers or names."""
    credential = evidence.trust.credential
    if credential is not None and credential.purpose in VOTER_LETTERS[GROUPS[role]]:
        if evidence.listed:
            return tuple(cases.load(connection, number) for number in evidence.listed)
        if credential.case:
            return (cases.load(connection, credential.case),)
    if named is not None and named.ballots:
        return (named,)
    return ()


def _told(evidence: Evidence, concerned: tuple[Case, ...]) -> Iterable[tuple[Case, str | None]]:
    """Each case with what was written to it; None: the whole letter is about this one.

    Without a number, a letter answers the case that our letter was about; where that was about several,
    nobody knows which, and the voter is asked.
    """
    lines = numbered_lines(evidence.reading.new, len(concerned)) if len(concerned) > 1 else {}
    if lines:
        return [(concerned[number - 1], words) for number, words in lines.items()]
    credential = evidence.trust.credential
    own = [case for case in concerned if credential is not None and case.number == credential.case]
    if own or len(concerned) == 1:
        return [((own or list(concerned))[0], None)]
    return [(concerned[0], "")]


def _vote(
    office: Office, evidence: Evidence, role: Role, by: Person, case: Case, words: str | None
) -> VoteCast:
    lexicon = office.rules.lexicon.words
    if words is None:
        verdict, text = evidence.reading.verdict, evidence.reading.new
    else:
        verdict, _ = read_verdict(words, "", role.value, lexicon)
        text = words or evidence.reading.new
    return VoteCast(
        evidence.row,
        _voter_key(office, evidence, role, by, case),
        verdict,
        text.strip()[:LONGEST_REASON],
        by.name,
        words_for_applicant(text, lexicon),
    )


def _voter_key(office: Office, evidence: Evidence, role: Role, by: Person, case: Case) -> str:
    """The voter for whom the sender speaks; ``""`` where the roster of the opening has none."""
    if not case.ballots:
        return ""
    if role is Role.MEMBER:
        return organization_key(by.organization, office.rules.names)
    theirs = {Address(address).key for address in (*by.addresses, evidence.sender.email)}
    for voter in case.ballots[-1].voters:
        if theirs & {Address(address).key for address in voter.addresses}:
            return voter.key
    return ""


def note_absence(office: Office, connection: Connection, evidence: Evidence, back: datetime) -> None:
    """An automatic reply to a letter that put something to a voter: the reminder can wait until then."""
    credential = evidence.trust.credential
    role = _voting_role(evidence)
    by = evidence.line_of(role) if role else None
    if credential is None or role is None or by is None:
        return
    for case in _concerned(connection, evidence, role, None):
        key = _voter_key(office, evidence, role, by, case)
        carry_out(office, connection, case, [VoterAway(key, back)], evidence.cause)


# ── referees ─────────────────────────────────────────────────────────────────────────────────────


def from_a_referee(
    office: Office, connection: Connection, evidence: Evidence, named: Case | None
) -> Handled | None:
    """Somebody who was asked for a reference."""
    numbers = cases.of_referee(connection, evidence.sender.key)
    credential = evidence.trust.credential
    answers = credential is not None and credential.purpose in REFEREE_LETTERS
    if not numbers or not (answers or (named is not None and named.number in numbers)):
        return None
    number = credential.case if answers and credential else named.number if named else numbers[0]
    case = cases.load(connection, number)
    verdict = evidence.reading.verdict
    if not answers:
        verdict, _ = read_verdict(evidence.reading.new, "", Role.REFEREE.value, office.rules.lexicon.words)
    if not evidence.trust.vouched:
        if verdict is Verdict.UNCLEAR:
            return show_unvouched(office, connection, evidence, case)
        return ask_sender(office, connection, evidence, on_file(case, evidence.sender), case)
    event = RefereeWrote(evidence.row, evidence.sender.email, verdict, evidence.reading.new.strip())
    carry_out(office, connection, case, [event], evidence.cause)
    return settle(office, connection, evidence, "reference", case=case.number)
