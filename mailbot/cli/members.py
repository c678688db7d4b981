"""``mailbot members``: the members' directory shown, searched, changed, imported and exported."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

import click
from rich.text import Text

from mailbot.cli import members_csv, sheets
from mailbot.cli.members_csv import COLUMNS, Countries, compare, read_members, row_of, write_members
from mailbot.cli.options import config_option, json_option
from mailbot.cli.screen import console, facts, plain, table
from mailbot.cli.stores import opened
from mailbot.cli.troubles import Failure
from mailbot.config import Settings, load
from mailbot.folding import fold
from mailbot.people.directory import THRESHOLD, Match, Why, contacts, directory_of
from mailbot.people.names import NameWords, organization_key
from mailbot.rulebook import load_rules
from mailbot.store import members as store_members
from mailbot.store import people as store_people
from mailbot.values import Kind, Member, Person

Function = TypeVar("Function", bound=Callable[..., Any])

NEAR = 50
"""The score from which ``match`` shows a member as one that is perhaps meant."""

SAID = {
    Why.SAME: "it is called so",
    Why.SPELLING: "spelled or worded a little differently",
    Why.SCRIPT: "in another script",
    Why.ACRONYM: "its acronym",
    Why.INITIALS: "the first letters agree",
    Why.WEBSITE: "an address at its domain",
}

_OPTIONS = {column: f"--{column}" for column in COLUMNS} | {"name": "NAME", "other names": "--other-name"}
"""How each column is called on the command line."""

_KINDS = click.Choice(list(map(str, Kind)))


def _line_options(function: Function) -> Function:
    """What a line of the directory may say, but its name; unset where it is not given."""
    for option in reversed(
        (
            click.option("--country", help="A country's name or its code of two letters."),
            click.option("--language", help="In which the bot writes to it: en, es, fr, ar."),
            click.option("--acronym", help="By which it is known, such as FIAN."),
            click.option("--website", help="Whose domain its people's addresses have."),
            click.option("--from", "first", help="The first day of its membership, as 2026-01-01."),
            click.option("--until", "last", help="The last day of its membership."),
        )
    ):
        function = option(function)
    return function


@click.group(invoke_without_command=True)
@config_option
@click.pass_context
def members(ctx: click.Context, config: Path) -> None:
    """Show, search, change, import or export the members' directory."""
    if not ctx.invoked_subcommand:
        _list(config, None, former=False, as_json=False)


@members.command("list")
@click.option("--kind", type=_KINDS, help="Only organizations, or only individuals.")
@click.option("--all", "former", is_flag=True, help="Former members, and those to come, too.")
@json_option
@config_option
def list_members(kind: str | None, former: bool, as_json: bool, config: Path) -> None:
    """List the members."""
    _list(config, kind, former=former, as_json=as_json)


def _list(config: Path, kind: str | None, *, former: bool, as_json: bool) -> None:
    settings, now = load(config), datetime.now(UTC)
    everyone = _every(settings)
    found = [m for m in everyone if kind in (None, m.kind) and (former or m.belongs(now))]
    if as_json:
        _print_json(found, settings)
    elif found:
        rows = [list(row_of(member, settings.network.zone).values()) for member in found]
        console().print(table(COLUMNS, rows))
    elif everyone:
        click.echo("No such member today. «mailbot members list --all» shows former ones, too.")
    else:
        click.echo("The directory is empty. «mailbot members import members.csv» fills it.")


@members.command("show")
@click.argument("name")
@json_option
@config_option
def show_member(name: str, as_json: bool, config: Path) -> None:
    """Show one member, and who of the roster answers for it."""
    settings, now = load(config), datetime.now(UTC)
    words = _words(settings)
    with opened(settings) as store, store.look() as connection:
        everyone, roster = store_members.every(connection), store_people.roster(connection)
    member = _find(everyone, name, words)
    people = [person for person, of in contacts(roster, everyone, now, words) if of == member]
    if as_json:
        told = _as_json(member, settings) | {"contacts": [_contact(person) for person in people]}
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
        return
    row, screen = row_of(member, settings.network.zone), console()
    standing = "" if member.belongs(now) else " (no member today)"
    screen.print(plain(f"{member.name}{standing}", "bold"))
    screen.print(facts((column, row[column]) for column in COLUMNS if column != "name"))
    answering = "; ".join(f"{person.name} <{', '.join(person.addresses)}>" for person in people)
    silent = "nobody on the roster, so it hears of no consultation"
    screen.print(facts([("answered for by", answering or silent)]))


@members.command("match")
@click.argument("text")
@click.option("--at-least", default=NEAR, show_default=True, help="The lowest score that is shown.")
@json_option
@config_option
def match_members(text: str, at_least: int, as_json: bool, config: Path) -> None:
    """Say which members TEXT may mean, a reference as an applicant writes it. A match confirms nothing."""
    settings = load(config)
    found = directory_of(tuple(_every(settings)), _words(settings)).match(text, at_least=at_least)
    if as_json:
        told = [{"score": one.score, "name": one.member.name, "why": one.why, "by": one.by} for one in found]
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
    elif found:
        headings = ("score", "member", "country", "why", "by")
        console().print(table(headings, [_match_row(one) for one in found]))
        click.echo(
            f"A match confirms nothing: it says where to look. Below {THRESHOLD} it is only perhaps meant."
        )
    else:
        click.echo("Nobody in the directory is called like this.")


def _match_row(one: Match) -> list[str | Text]:
    style = "" if one.score >= THRESHOLD else "dim"
    cells = (str(one.score), one.member.name, one.member.country, SAID[one.why], one.by)
    return [plain(cell, style) for cell in cells]


@members.command("add")
@click.argument("name")
@click.option("--kind", type=_KINDS, default=Kind.ORGANIZATION.value, show_default=True)
@click.option("--other-name", "names", multiple=True, help="Another name of it; may be given several times.")
@_line_options
@config_option
def add_member(name: str, kind: str, names: Sequence[str], config: Path, **told: str | None) -> None:
    """Put NAME into the directory. Who answers for it comes onto the roster: «mailbot people add»."""
    settings = load(config)
    words = _words(settings)
    row = _told_row(dict.fromkeys(COLUMNS, ""), told)
    row |= {"name": name.strip(), "kind": kind, "other names": "; ".join(names)}
    member = _checked(row, settings, members_csv.countries(words))
    with opened(settings, migrate=True) as store, store.begin() as connection:
        like = directory_of(tuple(store_members.every(connection)), words).match(member.name)
        try:
            store_members.add(connection, member)
        except store_members.NameTaken as error:
            raise Failure(f"{error} «mailbot members change» changes it, its term included.") from error
    click.echo(f"{member.name} is in the directory.")
    if like:
        click.echo(f"Mind: {like[0].member.name} is called almost the same.", err=True)


@members.command("change")
@click.argument("name")
@click.option("--name", "new_name", help="Its new name; the old one is kept among its other names.")
@click.option("--kind", type=_KINDS)
@click.option("--add-name", "more", multiple=True, help="One more name; may be given several times.")
@click.option("--remove-name", "less", multiple=True, help="One of its other names that is wrong.")
@_line_options
@config_option
def change_member(
    name: str,
    new_name: str | None,
    kind: str | None,
    more: Sequence[str],
    less: Sequence[str],
    config: Path,
    **told: str | None,
) -> None:
    """Change the member NAME; what is not given stays. An empty value ("") takes something away."""
    settings = load(config)
    words = _words(settings)

    def change(old: Member) -> Member:
        row = _told_row(row_of(old, settings.network.zone), told)
        row |= {"kind": kind} if kind else {}
        row |= {"name": new_name.strip()} if new_name is not None else {}
        kept_name = (old.name,) if row["name"] != old.name else ()
        row["other names"] = "; ".join(_changed_names(old, (*more, *kept_name), less))
        return _checked(row, settings, members_csv.countries(words))

    _replace(settings, name, change, words)


@members.command("end")
@click.argument("name")
@click.option("--until", "last", help="The last day of its membership; today, where it is not given.")
@config_option
def end_membership(name: str, last: str | None, config: Path) -> None:
    """Let a membership end: it has no voice after that day, and stays in the directory as a former one."""
    settings = load(config)
    words, zone = _words(settings), settings.network.zone
    day = last or datetime.now(zone).date().isoformat()

    def end(old: Member) -> Member:
        until = _checked(row_of(old, zone) | {"until": day}, settings, members_csv.countries(words)).until
        return replace(old, until=until)

    _replace(settings, name, end, words)


@members.command("import")
@click.argument("file", type=click.File("rb"))
@click.option("--dry-run", is_flag=True, help="Only say what would change.")
@config_option
def import_members(file: BinaryIO, dry_run: bool, config: Path) -> None:
    """Replace the directory by the members in FILE, a CSV file («-» is standard input).

    Its columns, in any order: name, kind (organization or individual), country (its name or code), language,
    acronym, other names (with semicolons between), website, from and until (the first and the last day). Only
    name and kind must be filled. Nothing is changed where any line is wrong.
    """
    settings = load(config)
    find = members_csv.countries(_words(settings))
    directory, problems = read_members(file.read(), settings.network.zone, find)
    if problems:
        raise Failure(
            "\n".join(["Nothing was changed. Please correct:", *(f"  {problem}" for problem in problems)])
        )
    with opened(settings, migrate=not dry_run) as store:
        if dry_run:
            with store.look() as connection:
                changes = compare(store_members.every(connection), directory)
        else:
            with store.begin() as connection:
                changes = compare(store_members.every(connection), directory)
                store_members.replace_all(connection, directory)
    click.echo(sheets.told(changes), nl=False)
    begin = "The directory would hold" if dry_run else "The directory holds"
    count = f"{len(directory)} {'member' if len(directory) == 1 else 'members'}"
    click.echo(f"{begin} {count}: {sheets.summed(changes)}.")


@members.command("export")
@config_option
def export_members(config: Path) -> None:
    """Print the directory as CSV, ready for a spreadsheet and for import."""
    settings = load(config)
    click.echo(write_members(_every(settings), settings.network.zone), nl=False)


# ── what the commands share ──────────────────────────────────────────────────────────────────────


def _every(settings: Settings) -> tuple[Member, ...]:
    with opened(settings) as store, store.look() as connection:
        return store_members.every(connection)


def _words(settings: Settings) -> NameWords:
    return load_rules(*([Path(settings.folders.rules)] if settings.folders.rules else [])).names


def _find(everyone: Sequence[Member], name: str, words: NameWords) -> Member:
    """The one member that has this name, another name or acronym; raises Failure with those that are near.

    A name that is only much alike will not do: whoever ends a membership must mean that one.
    """
    key = organization_key(name, words)
    found = [m for m in everyone if name == m.name] or [m for m in everyone if key in _keys(m, words)]
    if len(found) == 1:
        return found[0]
    like = () if found else directory_of(tuple(everyone), words).match(name, at_least=NEAR)
    near = [m.name for m in found] or [one.member.name for one in like]
    hint = f" Did you mean {_or(near[:3])}?" if near else ""
    raise Failure(f"{'More than one member' if found else 'No member'} is called {name}.{hint}")


def _keys(member: Member, words: NameWords) -> set[str]:
    called = filter(None, (member.name, *member.other_names, member.acronym))
    return {organization_key(name, words) for name in called}


def _or(names: Iterable[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} or {last}" if first else last


def _checked(row: Mapping[str, str], settings: Settings, find: Countries) -> Member:
    """The member of ``row``. Raises Failure that names the option of each wrong cell."""
    wrong = [f"{_OPTIONS[column]}: {what}" for column, what in members_csv.slips(row, find)]
    if wrong:
        raise Failure("\n".join(["Nothing was changed. Please correct:", *(f"  {one}" for one in wrong)]))
    return members_csv.member_of(row, settings.network.zone, find)


def _replace(settings: Settings, name: str, change: Callable[[Member], Member], words: NameWords) -> None:
    """Change one member in one transaction, and tell what is new in it."""
    zone = settings.network.zone
    with opened(settings, migrate=True) as store, store.begin() as connection:
        old = _find(store_members.every(connection), name, words)
        new = change(old)
        try:
            store_members.change(connection, old.name, new)
        except store_members.NameTaken as error:
            raise Failure(f"{error} Nothing was changed.") from error
    before, now = row_of(old, zone), row_of(new, zone)
    changed = [column for column in COLUMNS if before[column] != now[column]]
    click.echo(f"{old.name}:{'' if changed else ' nothing new.'}")
    for column in changed:
        click.echo(f"  {column}: {before[column] or '–'} → {now[column] or '–'}")


def _changed_names(old: Member, more: Sequence[str], less: Sequence[str]) -> tuple[str, ...]:
    gone = {fold(name.strip()) for name in less}
    if unknown := [name for name in less if fold(name.strip()) not in set(map(fold, old.other_names))]:
        raise Failure(f"{old.name} has no other name {', '.join(unknown)}.")
    kept = [name for name in old.other_names if fold(name) not in gone]
    return tuple(dict.fromkeys((*kept, *(name.strip() for name in more))))


def _told_row(row: dict[str, str], told: Mapping[str, str | None]) -> dict[str, str]:
    """``row`` with what the options of ``_line_options`` say."""
    columns = {"first": "from", "last": "until"}
    return row | {columns.get(key, key): value.strip() for key, value in told.items() if value is not None}


def _print_json(found: Iterable[Member], settings: Settings) -> None:
    click.echo(json.dumps([_as_json(one, settings) for one in found], ensure_ascii=False, indent=2))


def _as_json(member: Member, settings: Settings) -> dict[str, object]:
    row = row_of(member, settings.network.zone)
    del row["other names"]
    return row | {"other_names": list(member.other_names), "member": member.belongs(datetime.now(UTC))}


def _contact(person: Person) -> dict[str, object]:
    return {"name": person.name, "addresses": list(person.addresses)}
