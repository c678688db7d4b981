"""Cases, kept and given back whole; the version of a case tells whether somebody was faster."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, Table, delete, insert, select, true, update

from mailbot.process.ballot import Ballot, BallotState, Vote, Voter
from mailbot.process.case import Case, Referee, RefereeState
from mailbot.store import portable
from mailbot.store.tables import (
    answers,
    ballots,
    case_counts,
    cases,
    findings,
    form_values,
    participants,
    referees,
    votes,
)
from mailbot.values import (
    Address,
    Answer,
    Applicant,
    AttachmentText,
    Finding,
    FormValue,
    Kind,
    Participant,
    Role,
    Verdict,
)

NAMED = "named"
"""The state of a reference that is named in the answers and was not written to."""

PARTS = (participants, answers, referees, findings, form_values, ballots, votes)


class NoSuchCase(LookupError):  # noqa: N818 - a statement, not a failure: the caller may well answer it
    """No case has this number."""


class StaleCase(RuntimeError):  # noqa: N818 - as above
    """The case was saved by somebody else after it was loaded: load it again and decide again."""


def open_case(c: Connection, case: Case, pattern: str) -> Case:
    """Keep a new case; it comes back with its number and version.

    ``pattern`` makes the number of ``year`` (in which the case was opened, UTC) and ``count`` (its place
    in that year): ``M-{year}-{count:04}``. The rules of the case must have been kept before.
    """
    case = replace(case, number=_next_number(c, case.opened.year, pattern), version=1)
    row: int = c.execute(
        insert(cases).values(number=case.number, version=1, **_columns(case)).returning(cases.c.id)
    ).scalar_one()
    for table, rows in _parts(case).items():
        _insert(c, table, row, rows)
    return case


def load(c: Connection, number: str) -> Case:
    """The case with this number. Raises NoSuchCase."""
    found = _read(c, cases.c.number == number)
    if not found:
        raise _no_such(number)
    return found[0]


def save(c: Connection, case: Case) -> Case:
    """Keep the case as it now is; it comes back with its new version.

    Raises StaleCase where it was saved by somebody else in between, NoSuchCase where there is none.
    """
    row = c.scalar(
        update(cases)
        .where(cases.c.number == case.number, cases.c.version == case.version)
        .values(version=case.version + 1, **_columns(case))
        .returning(cases.c.id)
    )
    if row is None:
        raise _stale(case, load(c, case.number))
    for table, rows in _parts(case).items():
        if _stored(c, table, row) != rows:
            c.execute(delete(table).where(table.c.case_id == row))
            _insert(c, table, row, rows)
    return replace(case, version=case.version + 1)


def row_of(c: Connection, number: str) -> int:
    """The row of the case with this number, for the tables that refer to it. Raises NoSuchCase."""
    row: int | None = c.scalar(select(cases.c.id).where(cases.c.number == number))
    if row is None:
        raise _no_such(number)
    return row


def numbers_of(c: Connection, email_key: str, ended: Collection[str]) -> list[str]:
    """The cases of an applicant or second contact that are in none of the stages ``ended``, newest first."""
    return _numbers(c, email_key, cases.c.stage.not_in(ended))


def all_numbers_of(c: Connection, email_key: str) -> list[str]:
    """All cases of an applicant or second contact, newest first."""
    return _numbers(c, email_key, true())


def with_running_ballot(c: Connection) -> list[Case]:
    """The cases that are before voters, oldest first."""
    running = select(ballots.c.case_id).where(ballots.c.state.in_([BallotState.OPEN, BallotState.PAUSED]))
    return _read(c, cases.c.id.in_(running))


def of_referee(c: Connection, email_key: str) -> list[str]:
    """The cases in which this address was asked for a reference, newest first."""
    theirs = select(referees.c.case_id).where(referees.c.key == email_key, referees.c.state != NAMED)
    return list(c.scalars(select(cases.c.number).where(cases.c.id.in_(theirs)).order_by(cases.c.id.desc())))


def every(c: Connection, *, stage: str | None = None) -> list[Case]:
    """All cases (in this stage), oldest first."""
    return _read(c, true() if stage is None else cases.c.stage == stage)


def namesakes(c: Connection, name: str) -> list[tuple[str, str, str]]:
    """Cases that may be of an applicant of this name: (number, name, stage), oldest first.

    For now these are all that have a name: how alike two names are is for the caller to say.
    """
    if not name:
        return []
    named = select(cases.c.number, cases.c.name, cases.c.stage).where(cases.c.name != "").order_by(cases.c.id)
    return [(number, known, stage) for number, known, stage in c.execute(named)]


def _no_such(number: str) -> NoSuchCase:
    return NoSuchCase(f"There is no case {number}. `mailbot cases` lists those there are.")


def _stale(mine: Case, stored: Case) -> StaleCase:
    return StaleCase(
        f"Case {mine.number} was loaded in version {mine.version} and is now in version {stored.version}. "
        "Load it again and decide again."
    )


def _next_number(c: Connection, year: int, pattern: str) -> str:
    """One statement counts and locks, so that two who open a case at once get different numbers."""
    count = c.scalar(
        portable.insert(c, case_counts)
        .values(year=year, last=1)
        .on_conflict_do_update(index_elements=["year"], set_={"last": case_counts.c.last + 1})
        .returning(case_counts.c.last)
    )
    return pattern.format(year=year, count=count)


def _numbers(c: Connection, email_key: str, which: ColumnElement[bool]) -> list[str]:
    theirs = select(participants.c.case_id).where(
        participants.c.key == email_key, participants.c.role.in_([Role.APPLICANT, Role.CONTACT])
    )
    newest_first = select(cases.c.number).where(cases.c.id.in_(theirs), which).order_by(cases.c.id.desc())
    return list(c.scalars(newest_first))


# ── a case as rows ───────────────────────────────────────────────────────────────────────────────


def _columns(case: Case) -> dict[str, Any]:
    return {
        "stage": case.stage,
        "since": case.since,
        "opened": case.opened,
        "ruleset": case.rules,
        "language": case.language,
        "kind": case.applicant.kind or "",
        "name": case.applicant.name,
        "country": case.applicant.country,
        "assigned": case.assigned,
        "held_until": case.held_until,
        "proposed": case.proposed,
        "decided": case.decided,
        "merged_into": case.merged_into,
        "kept": sorted(case.kept),
        "evidence": {criterion: list(sentences) for criterion, sentences in case.evidence.items()},
        "unreadable": [asdict(attachment) for attachment in case.unreadable],
    }


def _parts(case: Case) -> dict[Table, list[dict[str, Any]]]:
    """The rows of a case in other tables, in order."""
    return {
        participants: [{**asdict(p), "key": Address(p.email).key} for p in case.participants],
        answers: [{"question": question, **asdict(answer)} for question, answer in case.answers.items()],
        referees: [*map(_named_row, range(len(case.references)), case.references), *_referee_rows(case)],
        findings: [{"position": place, **asdict(finding)} for place, finding in enumerate(case.findings)],
        form_values: [{"field": key, **asdict(value)} for key, value in case.form.items()],
        ballots: [_ballot_row(place, ballot) for place, ballot in enumerate(case.ballots)],
        votes: [row for place, ballot in enumerate(case.ballots) for row in _vote_rows(place, ballot)],
    }


def _named_row(place: int, name: str) -> dict[str, Any]:
    return {
        "position": place,
        "name": name,
        "organization": "",
        "email": "",
        "key": "",
        "state": NAMED,
        "asked": None,
        "reminded": False,
        "words": "",
    }


def _referee_rows(case: Case) -> list[dict[str, Any]]:
    return [
        {
            "position": referee.place,
            "name": referee.name,
            "organization": referee.organization,
            "email": referee.email,
            "key": Address(referee.email).key,
            "state": referee.state,
            "asked": referee.asked,
            "reminded": referee.reminded,
            "words": referee.words,
        }
        for referee in case.referees
    ]


def _ballot_row(place: int, ballot: Ballot) -> dict[str, Any]:
    return {
        "position": place,
        "kind": ballot.kind,
        "round": ballot.round,
        "opened": ballot.opened,
        "closes": ballot.closes,
        "state": ballot.state,
        "paused_at": ballot.paused_at,
        "extended": ballot.extended,
        "outcome": ballot.outcome,
        "away": {voter: back.isoformat() for voter, back in ballot.away.items()},
        "voters": [{**asdict(voter), "addresses": list(voter.addresses)} for voter in ballot.voters],
    }


def _vote_rows(place: int, ballot: Ballot) -> list[dict[str, Any]]:
    return [{"position": at, "ballot": place, **asdict(vote)} for at, vote in enumerate(ballot.votes)]


def _insert(c: Connection, table: Table, row: int, parts: Sequence[Mapping[str, Any]]) -> None:
    if parts:
        c.execute(insert(table), [{"case_id": row, **part} for part in parts])


def _stored(c: Connection, table: Table, row: int) -> list[dict[str, Any]]:
    columns = [column for column in table.columns if column.name not in {"id", "case_id"}]
    stored = c.execute(select(*columns).where(table.c.case_id == row).order_by(table.c.id))
    return [dict(part) for part in stored.mappings()]


# ── rows as a case ───────────────────────────────────────────────────────────────────────────────


def _read(c: Connection, which: ColumnElement[bool]) -> list[Case]:
    parts = {table: _by_case(c, table, which) for table in PARTS}
    rows = c.execute(select(cases).where(which).order_by(cases.c.id)).mappings()
    return [_case(row, {table: grouped[row["id"]] for table, grouped in parts.items()}) for row in rows]


def _by_case(c: Connection, table: Table, which: ColumnElement[bool]) -> Mapping[int, list[RowMapping]]:
    grouped: dict[int, list[RowMapping]] = defaultdict(list)
    for row in c.execute(select(table).join(cases).where(which).order_by(table.c.id)).mappings():
        grouped[row["case_id"]].append(row)
    return grouped


def _case(row: RowMapping, parts: Mapping[Table, Iterable[RowMapping]]) -> Case:
    return Case(
        number=row["number"],
        stage=row["stage"],
        since=row["since"],
        opened=row["opened"],
        rules=row["ruleset"],
        language=row["language"],
        applicant=Applicant(Kind(row["kind"]) if row["kind"] else None, row["name"], row["country"]),
        participants=tuple(
            Participant(p["email"], Role(p["role"]), p["name"], p["since"], p["until"])
            for p in parts[participants]
        ),
        answers={a["question"]: Answer(a["text"], a["source"], a["sure"]) for a in parts[answers]},
        references=tuple(r["name"] for r in parts[referees] if r["state"] == NAMED),
        referees=tuple(_referee(r) for r in parts[referees] if r["state"] != NAMED),
        form={f["field"]: FormValue(f["text"], f["source"]) for f in parts[form_values]},
        ballots=tuple(_ballot(b, parts[votes]) for b in parts[ballots]),
        proposed=row["proposed"],
        decided=row["decided"],
        merged_into=row["merged_into"],
        findings=tuple(Finding(f["category"], f["sentence"]) for f in parts[findings]),
        evidence={criterion: tuple(sentences) for criterion, sentences in row["evidence"].items()},
        unreadable=tuple(AttachmentText(**attachment) for attachment in row["unreadable"]),
        assigned=row["assigned"],
        held_until=row["held_until"],
        kept=frozenset(row["kept"]),
        version=row["version"],
    )


def _referee(row: RowMapping) -> Referee:
    return Referee(
        row["position"],
        row["name"],
        row["organization"],
        row["email"],
        row["asked"],
        RefereeState(row["state"]),
        row["reminded"],
        row["words"],
    )


def _ballot(row: RowMapping, cast: Iterable[RowMapping]) -> Ballot:
    return Ballot(
        kind=row["kind"],
        round=row["round"],
        opened=row["opened"],
        closes=row["closes"],
        voters=tuple(Voter(**{**voter, "addresses": tuple(voter["addresses"])}) for voter in row["voters"]),
        votes=tuple(_vote(vote) for vote in cast if vote["ballot"] == row["position"]),
        state=BallotState(row["state"]),
        paused_at=row["paused_at"],
        extended=row["extended"],
        away={voter: datetime.fromisoformat(back) for voter, back in row["away"].items()},
        outcome=row["outcome"],
    )


def _vote(row: RowMapping) -> Vote:
    return Vote(
        row["voter"],
        Verdict(row["verdict"]),
        row["at"],
        row["letter"],
        row["reason"],
        row["by"],
        row["for_applicant"],
        row["vouched"],
    )
