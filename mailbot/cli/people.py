"""``mailbot people``: the roster shown, changed line by line, imported from and exported to a spreadsheet."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

import click

from mailbot.cli import roster_lines, sheets
from mailbot.cli.options import config_option, json_option
from mailbot.cli.roster_csv import COLUMNS, ROLES, compare, label, read_roster, row_of, write_roster
from mailbot.cli.screen import console, facts, plain, table
from mailbot.cli.stores import opened
from mailbot.cli.troubles import Failure
from mailbot.config import Settings, load
from mailbot.store import people as store_people
from mailbot.values import Kind, Person

Function = TypeVar("Function", bound=Callable[..., Any])

_OPTIONS = {column: f"--{column}" for column in COLUMNS} | {"name": "NAME", "addresses": "--address"}
"""How each column is called on the command line."""

_OVER = "term over or to come"


def _line_options(function: Function) -> Function:
    """What a line of the roster may say, but name and role; unset where it is not given."""
    for option in reversed(
        (
            click.option("--organization", help="The organization that the person speaks for."),
            click.option("--kind", help=f"For members: {' or '.join(Kind)}."),
            click.option("--language", help="In which the bot writes to them: en, es, fr, ar."),
            click.option("--from", "first", help="The first day of the term, as 2026-01-01."),
            click.option("--until", "last", help="The last day of the term."),
        )
    ):
        function = option(function)
    return function


def _role_option(*, required: bool = False) -> Callable[[Function], Function]:
    return click.option(
        "--role",
        required=required,
        type=click.Choice(list(map(str, ROLES))),
        help="In which role." if required else "The line in this role, where there are several.",
    )


@click.group(invoke_without_command=True)
@click.option("--role", type=click.Choice(list(map(str, ROLES))), help="Only the people in this role.")
@json_option
@config_option
@click.pass_context
def people(ctx: click.Context, role: str | None, as_json: bool, config: Path) -> None:
    """Show, change, import or export the people whom the bot knows by role."""
    if ctx.invoked_subcommand:
        return
    settings = load(config)
    with opened(settings) as store, store.look() as connection:
        roster = [person for person in store_people.roster(connection) if role in (None, person.role)]
    if as_json:
        _print_json(roster, settings)
    elif roster:
        rows = [list(row_of(person, settings.network.zone).values()) for person in roster]
        console().print(table(COLUMNS, rows))
    else:
        click.echo("Nobody yet. «mailbot people import roster.csv» brings them in.")


@people.command("show")
@click.argument("who", metavar="NAME|ADDRESS")
@json_option
@config_option
def show_person(who: str, as_json: bool, config: Path) -> None:
    """Show every line of one person: roles, terms, addresses."""
    settings = load(config)
    with opened(settings) as store, store.look() as connection:
        lines = roster_lines.find_lines(store_people.roster(connection), who)
    if as_json:
        _print_json(lines, settings)
        return
    now, screen = datetime.now(UTC), console()
    for person in lines:
        row = row_of(person, settings.network.zone)
        screen.print(
            plain(f"{person.name}, {person.role}{'' if person.serves(now) else f' ({_OVER})'}", "bold")
        )
        screen.print(facts((column, row[column]) for column in COLUMNS if column not in ("name", "role")))


@people.command("add")
@click.argument("name")
@_role_option(required=True)
@click.option("--address", "addresses", multiple=True, required=True, help="May be given several times.")
@_line_options
@config_option
def add_person(name: str, role: str, addresses: Sequence[str], config: Path, **told: str | None) -> None:
    """Put NAME on the roster in one more role; a person with two roles has two lines."""
    settings = load(config)
    row = _told_row(dict.fromkeys(COLUMNS, ""), told)
    row |= {"name": name.strip(), "role": role, "addresses": "; ".join(addresses)}
    person = roster_lines.checked(row, settings.network.zone, _OPTIONS)
    with opened(settings, migrate=True) as store, store.begin() as connection:
        if roster_lines.same_line(store_people.roster(connection), person):
            raise Failure(
                f"{label(person)} is on the roster already. «mailbot people change» changes what is known, "
                "addresses included."
            )
        store_people.add(connection, person)
    click.echo(f"{label(person)} is on the roster.")


@people.command("change")
@click.argument("who", metavar="NAME|ADDRESS")
@_role_option()
@click.option("--name", help="The person's new name.")
@click.option("--new-role", type=click.Choice(list(map(str, ROLES))), help="Another role.")
@click.option("--add-address", "more", multiple=True, help="One more address; may be given several times.")
@click.option("--remove-address", "less", multiple=True, help="An address that is theirs no more.")
@_line_options
@config_option
def change_person(
    who: str,
    role: str | None,
    name: str | None,
    new_role: str | None,
    more: Sequence[str],
    less: Sequence[str],
    config: Path,
    **told: str | None,
) -> None:
    """Change one line of the roster; what is not given stays. An empty value ("") takes something away."""
    settings = load(config)

    def change(old: Person) -> Person:
        row = _told_row(row_of(old, settings.network.zone), told)
        row |= {"name": name.strip()} if name is not None else {}
        row |= {"role": new_role} if new_role else {}
        row["addresses"] = "; ".join(_changed_addresses(old, more, less))
        return roster_lines.checked(row, settings.network.zone, _OPTIONS)

    _replace(settings, who, role, change)


@people.command("end")
@click.argument("who", metavar="NAME|ADDRESS")
@_role_option()
@click.option("--until", "last", help="The last day of the term; today, where it is not given.")
@config_option
def end_term(who: str, role: str | None, last: str | None, config: Path) -> None:
    """Let a person's term end: with that day's midnight they are out of office, and stay in the records."""
    settings = load(config)
    zone = settings.network.zone
    day = last or datetime.now(zone).date().isoformat()

    def end(old: Person) -> Person:
        return roster_lines.checked(row_of(old, zone) | {"until": day}, zone, _OPTIONS)

    _replace(settings, who, role, end)


@people.command("import")
@click.argument("file", type=click.File("rb"))
@click.option("--dry-run", is_flag=True, help="Only say what would change.")
@config_option
def import_people(file: BinaryIO, dry_run: bool, config: Path) -> None:
    """Replace the roster by the people in FILE, a CSV file («-» is standard input).

    Its columns, in any order: name, organization, kind (organization or individual), addresses, language,
    role (secretariat, board or member), from and until (the first and the last day). Only name, addresses
    and role must be filled. Nothing is changed where any line is wrong.
    """
    settings = load(config)
    roster, problems = read_roster(file.read(), settings.network.zone)
    if problems:
        raise Failure(
            "\n".join(["Nothing was changed. Please correct:", *(f"  {problem}" for problem in problems)])
        )
    with opened(settings, migrate=not dry_run) as store:
        if dry_run:
            with store.look() as connection:
                changes = compare(store_people.roster(connection), roster)
        else:
            with store.begin() as connection:
                changes = compare(store_people.roster(connection), roster)
                store_people.replace_all(connection, roster)
    click.echo(sheets.told(changes), nl=False)
    begin = "The roster would hold" if dry_run else "The roster holds"
    count = f"{len(roster)} {'person' if len(roster) == 1 else 'people'}"
    click.echo(f"{begin} {count}: {sheets.summed(changes)}.")
    _mind_secretariat(roster)


@people.command("export")
@config_option
def export_people(config: Path) -> None:
    """Print the roster as CSV, ready for a spreadsheet and for import."""
    settings = load(config)
    with opened(settings) as store, store.look() as connection:
        roster = store_people.roster(connection)
    click.echo(write_roster(roster, settings.network.zone), nl=False)


def _replace(settings: Settings, who: str, role: str | None, change: Callable[[Person], Person]) -> None:
    """Change one line in one transaction, and tell what is new in it."""
    zone = settings.network.zone
    with opened(settings, migrate=True) as store, store.begin() as connection:
        roster = store_people.roster(connection)
        old = roster_lines.find_line(roster, who, role, datetime.now(UTC))
        new = change(old)
        after = tuple(new if person is old else person for person in roster)
        store_people.replace_all(connection, after)
    before, now = row_of(old, zone), row_of(new, zone)
    changed = [column for column in COLUMNS if before[column] != now[column]]
    click.echo(f"{label(old)}: {'' if changed else 'nothing new.'}".rstrip())
    for column in changed:
        click.echo(f"  {column}: {before[column] or '–'} → {now[column] or '–'}")
    _mind_secretariat(after)


def _changed_addresses(old: Person, more: Sequence[str], less: Sequence[str]) -> tuple[str, ...]:
    gone = {address.strip().lower() for address in less}
    known = {address.lower() for address in old.addresses}
    if unknown := sorted(gone - known):
        raise Failure(f"{label(old)} has no address {', '.join(unknown)}, only {', '.join(old.addresses)}.")
    kept = [address for address in old.addresses if address.lower() not in gone]
    return (*kept, *(address.strip() for address in more if address.strip().lower() not in known))


def _told_row(row: dict[str, str], told: dict[str, str | None]) -> dict[str, str]:
    """``row`` with what the options of ``_line_options`` say."""
    columns = {"first": "from", "last": "until"}
    return row | {columns.get(key, key): value.strip() for key, value in told.items() if value is not None}


def _print_json(roster: Sequence[Person], settings: Settings) -> None:
    now = datetime.now(UTC)
    rows = [
        row_of(person, settings.network.zone)
        | {"addresses": list(person.addresses), "serves": person.serves(now)}
        for person in roster
    ]
    click.echo(json.dumps(rows, ensure_ascii=False, indent=2))


def _mind_secretariat(roster: Sequence[Person]) -> None:
    if roster_lines.nobody_steers(roster, datetime.now(UTC)):
        click.echo(
            "Mind: nobody in this list is of the Secretariat today, so nobody can steer the bot.", err=True
        )
