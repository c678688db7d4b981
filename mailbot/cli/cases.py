"""``mailbot cases``, ``show`` and ``audit``: looking at what the bot keeps, without changing it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
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
from mailbot.process.case import Case
from mailbot.rulebook import load_rules
from mailbot.store import cases as store_cases
from mailbot.store import journal, letters, outgoing
from mailbot.telling import Teller
from mailbot.views import CaseSheet, JournalLine

LANGUAGE = "en"
"""The commands speak English, so cases are told in it too."""

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
        open_questions = ", ".join(question.title for question in tell.missing(case))
        rows.append((line.number, line.name, line.stage, line.since, open_questions, case.assigned))
    return table(("case", "applicant", "stage", "since", "missing", "assigned to"), rows)


def _in_short(case: Case, tell: Teller) -> dict[str, object]:
    return {
        "number": case.number,
        "stage": case.stage,
        "since": case.since.isoformat(),
        "applicant": msgspec.to_builtins(case.applicant),
        "language": case.language,
        "missing": list(missing(case, tell.rules.process)),
        "assigned": case.assigned,
        "held_until": case.held_until.isoformat() if case.held_until else None,
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
    tell = _teller(settings)
    with opened(settings) as store, store.look() as connection:
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
    _print_sheet(screen, tell.sheet(case))
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
                ("references", ", ".join(sheet.references)),
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


def _teller(settings: Settings) -> Teller:
    rules = load_rules(*([Path(settings.folders.rules)] if settings.folders.rules else []))
    folders = [Path(settings.folders.templates)] if settings.folders.templates else []
    return Teller(settings.network, rules, Templates(DEFAULT_FOLDER, *folders).phrases(LANGUAGE), LANGUAGE)


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
