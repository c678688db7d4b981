"""``mailbot people``: the roster shown, imported from a spreadsheet and exported to one."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

import click

from mailbot.cli.options import config_option, json_option
from mailbot.cli.roster_csv import COLUMNS, ROLES, Changes, compare, read_roster, row_of, write_roster
from mailbot.cli.screen import console, table
from mailbot.cli.stores import opened
from mailbot.cli.troubles import Failure
from mailbot.config import load
from mailbot.people.roster import in_force
from mailbot.store import people as store_people
from mailbot.values import Role


@click.group(invoke_without_command=True)
@click.option("--role", type=click.Choice(list(map(str, ROLES))), help="Only the people in this role.")
@json_option
@config_option
@click.pass_context
def people(ctx: click.Context, role: str | None, as_json: bool, config: Path) -> None:
    """Show, import or export the people whom the bot knows by role."""
    if ctx.invoked_subcommand:
        return
    settings = load(config)
    with opened(settings) as store, store.look() as connection:
        roster = [person for person in store_people.roster(connection) if role in (None, person.role)]
    now, zone = datetime.now(UTC), settings.network.zone
    rows = [row_of(person, zone) for person in roster]
    if as_json:
        serving = [person.serves(now) for person in roster]
        click.echo(
            json.dumps(
                [
                    row | {"addresses": list(person.addresses), "serves": serves}
                    for row, person, serves in zip(rows, roster, serving, strict=True)
                ],
                ensure_ascii=False,
                indent=2,
            )
        )
    elif rows:
        console().print(table(COLUMNS, [list(row.values()) for row in rows]))
    else:
        click.echo("Nobody yet. «mailbot people import roster.csv» brings them in.")


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
    _tell(changes, len(roster), dry_run=dry_run)
    if not in_force(roster, Role.SECRETARIAT, datetime.now(UTC)):
        click.echo(
            "Mind: nobody in this list is of the Secretariat today, so nobody can steer the bot.", err=True
        )


@people.command("export")
@config_option
def export_people(config: Path) -> None:
    """Print the roster as CSV, ready for a spreadsheet and for import."""
    settings = load(config)
    with opened(settings) as store, store.look() as connection:
        roster = store_people.roster(connection)
    click.echo(write_roster(roster, settings.network.zone), nl=False)


def _tell(changes: Changes, count: int, *, dry_run: bool) -> None:
    for sign, labels in (("+", changes.new), ("~", changes.changed), ("-", changes.gone)):
        for label in labels:
            click.echo(f"  {sign} {label}")
    told = [
        f"{len(labels)} {word}"
        for labels, word in ((changes.new, "new"), (changes.changed, "changed"), (changes.gone, "gone"))
        if labels
    ]
    begin = "The roster would hold" if dry_run else "The roster holds"
    click.echo(f"{begin} {count} {'person' if count == 1 else 'people'}: {', '.join(told) or 'nothing new'}.")
