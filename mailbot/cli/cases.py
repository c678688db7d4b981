"""``mailbot cases``, ``show`` and ``audit``: looking at what the bot keeps, without changing it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from textwrap import shorten

import click
import msgspec
from rich.console import Console
from sqlalchemy import Connection

from mailbot.cli.options import config_option, json_option
from mailbot.cli.screen import console, facts, heading, plain, quoted, table
from mailbot.cli.stores import opened
from mailbot.cli.troubles import Failure
from mailbot.compose import DEFAULT_FOLDER, Templates
from mailbot.config import Settings, load
from mailbot.parsers.letter import read_letter
from mailbot.process.advance import missing
from mailbot.process.ballot import Ballot, standing
from mailbot.process.case import Case, RefereeState
from mailbot.process.form import check
from mailbot.rulebook import load_rules
from mailbot.store import cases as store_cases
from mailbot.store import journal, letters, members, outgoing
from mailbot.telling import Teller, case_sheet
from mailbot.telling.ballots import ballot_sheet
from mailbot.values import Member
from mailbot.views import BallotSheet, CaseSheet, FormSection, JournalLine, ReferenceLine

LANGUAGE = "en"
"""The commands speak English, so cases are told in it too."""

_ALWAYS = 4
"""Columns of the list of cases that are shown even where they are empty."""

_EXCERPT = 100
"""Characters of a text that the journal shows: enough to know which it is; the whole is in ``--json``."""


@dataclass(frozen=True, slots=True)
class Post:
    """A letter of a case, in or out, as it is listed. ``who`` is the other side's address."""

    at: datetime
    way: str
    who: str
    subject: str
    state: str
    text: str


# ── cases ────────────────────────────────────────────────────────────────────────────────────────


@click.command()
@click.option("--stage", help="Only the cases at this stage, such as screening.")
@json_option
@config_option
def cases(stage: str | None, as_json: bool, config: Path) -> None:
    """List the cases, oldest first."""
    settings = load(config)
    tell = _teller(settings)
    if stage is not None and stage not in tell.rules.process.stages:
        raise Failure(f"There is no stage {stage}. There are {', '.join(tell.rules.process.stages)}.")
    with opened(settings) as store, store.look() as connection:
        found = store_cases.every(connection, stage=stage)
    if as_json:
        click.echo(json.dumps([_in_short(case, tell) for case in found], ensure_ascii=False, indent=2))
    elif found:
        console().print(_listed(found, tell))
    else:
        click.echo("No cases yet." if stage is None else f"No cases at the stage {stage}.")


def _listed(found: Iterable[Case], tell: Teller) -> object:
    rows = []
    for case in found:
        line = tell.line(case)
        rows.append(
            (
                line.number,
                line.name,
                line.stage,
                line.since,
                _wanting(case, tell),
                _references_in_short(case),
                _ballot_in_short(case, tell),
                case.assigned,
            )
        )
    headings = ("case", "applicant", "stage", "since", "missing", "references", "ballot", "assigned to")
    told = [at for at in range(len(headings)) if at < _ALWAYS or any(row[at] for row in rows)]
    return table([headings[at] for at in told], [[row[at] for at in told] for row in rows])


def _wanting(case: Case, tell: Teller) -> str:
    """What is still asked of the applicant: questions by their titles, of the form how many fields."""
    questions = ", ".join(question.title for question in tell.missing(case))
    if not tell.rules.process.stage(case.stage).form:
        return questions
    fields = len(tell.asked(case))
    return f"{fields} of the form" if fields else ""


def _references_in_short(case: Case) -> str:
    asked = [referee for referee in case.referees if referee.state is not RefereeState.REPLACED]
    return f"{case.confirmed} of {len(asked)}" if asked else ""


def _ballot_in_short(case: Case, tell: Teller) -> str:
    """The running ballot: how many of its voters have answered, and until when the others may."""
    if case.ballot is None:
        return ""
    sheet = ballot_sheet(tell, case.ballot)
    answered = sum(bool(voter.verdict) for voter in sheet.voters)
    return f"{answered} of {len(sheet.voters)}, {sheet.state}, until {tell.date(case.ballot.closes)}"


def _in_short(case: Case, tell: Teller) -> dict[str, object]:
    return {
        "number": case.number,
        "stage": case.stage,
        "since": case.since.isoformat(),
        "applicant": msgspec.to_builtins(case.applicant),
        "language": case.language,
        "missing": list(missing(case, tell.rules.process)),
        "form_missing": _form_missing(case, tell),
        "references": {referee.email: referee.state.value for referee in case.referees},
        "ballot": _ballot_as_told(case.ballot) if case.ballot else None,
        "proposed": case.proposed,
        "assigned": case.assigned,
        "held_until": case.held_until.isoformat() if case.held_until else None,
    }


def _form_missing(case: Case, tell: Teller) -> list[str]:
    process = tell.rules.process
    if not process.stage(case.stage).form:
        return []
    return [problem.field for problem in check(process.form, case.applicant.kind, case.form)]


def _ballot_as_told(ballot: Ballot) -> dict[str, object]:
    return {
        "kind": ballot.kind,
        "state": ballot.state.value,
        "closes": ballot.closes.isoformat(),
        "voters": len(ballot.voters),
        "votes": {key: vote.verdict.value for key, vote in standing(ballot).items()},
    }


# ── show ─────────────────────────────────────────────────────────────────────────────────────────


@click.command()
@click.argument("number")
@click.option("--letters", "with_letters", is_flag=True, help="Print what each letter says, too.")
@json_option
@config_option
def show(number: str, with_letters: bool, as_json: bool, config: Path) -> None:
    """Show the case NUMBER (M-2026-0042): what is known, its journal, its letters."""
    settings = load(config)
    with opened(settings) as store, store.look() as connection:
        directory = members.every(connection)
        tell = _teller(settings, directory)
        try:
            case = store_cases.load(connection, number.upper())
        except store_cases.NoSuchCase as error:
            raise Failure(str(error)) from error
        lines = [tell.entry(entry) for entry in journal.entries(connection, case.number)]
        post = _post(connection, case.number)
    if as_json:
        told = {"case": case, "journal": lines, "letters": post}
        click.echo(msgspec.json.format(msgspec.json.encode(told)).decode())
        return
    screen = console()
    sheet = case_sheet(tell, case)
    _print_sheet(screen, sheet)
    _print_form(screen, sheet.sections)
    _print_references(screen, sheet.referees)
    for ballot in case.ballots:
        _print_ballot(screen, ballot_sheet(tell, ballot))
    _print_journal(screen, lines)
    _print_post(screen, post, tell, with_texts=with_letters)


def _post(connection: Connection, number: str) -> list[Post]:
    """The letters of a case in the order of their times."""
    came = [
        Post(
            one.received_at,
            "in",
            one.sender,
            one.subject,
            one.state,
            read_letter(letters.raw(connection, one.id)).text,
        )
        for one in letters.of_case(connection, number)
    ]
    went = [
        Post(
            one.sent_at or one.queued_at,
            "out",
            one.recipient,
            one.subject,
            f"{one.state}: {one.error}" if one.error else one.state,
            read_letter(one.raw).text,
        )
        for one in outgoing.of_case(connection, number)
    ]
    return sorted(came + went, key=lambda one: one.at)


def _print_sheet(screen: Console, sheet: CaseSheet) -> None:
    screen.print(plain(f"{sheet.number}  {sheet.applicant or sheet.contact}", "bold"))
    screen.print(
        facts(
            (
                ("stage", f"{sheet.stage}, since {sheet.since}"),
                ("kind", sheet.kind),
                ("country", sheet.country),
                ("language", sheet.language),
                ("written to at", sheet.contact),
                ("assigned to", sheet.assigned),
                ("held until", sheet.held_until),
                ("references", ", ".join(reference.name for reference in sheet.references)),
                ("missing", ", ".join(question.title for question in sheet.missing)),
                ("could not be read", ", ".join(f"{one.name} ({one.why})" for one in sheet.unread)),
            )
        )
    )
    for answer in sheet.understood:
        doubts = "" if answer.sure else " (not sure)"
        heading(
            screen, f"{answer.question.title}{doubts}{f', from {answer.source}' if answer.source else ''}"
        )
        screen.print(quoted(answer.words))
    for noticed in sheet.evidence:
        heading(screen, f"Criterion: {noticed.title}")
        screen.print(quoted("\n".join(noticed.sentences) or "not shown"))
    for noticed in sheet.findings:
        heading(screen, f"Noticed: {noticed.title}")
        screen.print(quoted("\n".join(noticed.sentences)))


def _print_form(screen: Console, sections: Sequence[FormSection]) -> None:
    for section in sections:
        heading(screen, f"Form: {section.title}")
        screen.print(table(("field", "filled in"), [(row.label, row.value) for row in section.rows]))


def _print_references(screen: Console, referees: Sequence[ReferenceLine]) -> None:
    if not referees:
        return
    heading(screen, "References")
    rows = []
    for one in referees:
        matches = [f"In the directory: {match}" for match in one.matches]
        said = "\n".join(filter(None, (" ".join(one.words.split()), *matches)))
        rows.append((one.name, one.organization, one.state, said))
    screen.print(table(("name", "organization", "state", "words"), rows))


def _numbers(ballot: BallotSheet) -> Iterator[tuple[str, int]]:
    counts = ballot.counts
    yield ballot.yes, counts.yes
    yield ballot.no, counts.no
    yield from (("abstained", counts.abstained), ("recused", counts.recused), ("no answer", counts.silent))


def _print_ballot(screen: Console, ballot: BallotSheet) -> None:
    heading(screen, f"Ballot: {ballot.title}, {ballot.outcome or ballot.state}")
    counts = ballot.counts
    screen.print(
        facts(
            (
                ("from", ballot.opened),
                ("until", ballot.closes),
                ("quorum", f"{counts.needed}, of {counts.voters - counts.recused} who are not recused"),
                (
                    "votes",
                    ", ".join(f"{name} {number}" for name, number in _numbers(ballot)),
                ),
                ("letters", f"{ballot.received}, {len(ballot.uncounted)} of them not counted"),
            )
        )
    )
    rows = [
        (one.name, one.organization, one.verdict or "–", " ".join(one.reason.split()), one.at)
        for one in ballot.voters
    ]
    screen.print(table(("voter", "organization", "vote", "reason", "when"), rows))
    if ballot.uncounted:
        screen.print(
            table(("not counted", "when", "why"), [(one.name, one.at, one.why) for one in ballot.uncounted])
        )


def _print_journal(screen: Console, lines: Sequence[JournalLine]) -> None:
    heading(screen, "Journal")
    rows = [
        (line.at, f"{line.what}\n«{shorten(line.text, _EXCERPT)}»" if line.text else line.what)
        for line in lines
    ]
    screen.print(table(("when", "what"), rows))


def _print_post(screen: Console, post: Sequence[Post], tell: Teller, *, with_texts: bool) -> None:
    heading(screen, "Letters")
    rows = [(tell.time(one.at), one.way, one.who, one.subject, one.state) for one in post]
    screen.print(table(("when", "way", "who", "subject", "state"), rows))
    if with_texts:
        for one in post:
            heading(
                screen, f"{tell.time(one.at)}, {'from' if one.way == 'in' else 'to'} {one.who}: {one.subject}"
            )
            screen.print(quoted(one.text))


def _teller(settings: Settings, directory: tuple[Member, ...] = ()) -> Teller:
    rules = load_rules(*([Path(settings.folders.rules)] if settings.folders.rules else []))
    folders = [Path(settings.folders.templates)] if settings.folders.templates else []
    phrases = Templates(DEFAULT_FOLDER, *folders).phrases(LANGUAGE)
    now = datetime.now(UTC)
    return Teller(settings.network, rules, phrases, LANGUAGE, directory=lambda: directory, at=now)


# ── audit ────────────────────────────────────────────────────────────────────────────────────────


@click.command()
@config_option
@click.pass_context
def audit(ctx: click.Context, config: Path) -> None:
    """Check that no journal was changed after it was written; ends with code 1 where one was."""
    with opened(load(config)) as store, store.look() as connection:
        numbers = [case.number for case in store_cases.every(connection)]
        found = journal.audit(connection)
    for fault in found:
        click.echo(f"{fault.case}, entry {fault.seq}: {fault.what}")
    wrong = {fault.case for fault in found if not fault.erased}
    journals = "journal" if len(numbers) == 1 else "journals"
    click.echo(f"{len(numbers)} {journals} looked at, {len(wrong)} not as written.")
    if wrong:
        ctx.exit(1)
