"""``mailbot rules``: the rules looked at, drawn, and given to the cases that are open."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.console import Console

from mailbot.cli.findings import counted
from mailbot.cli.options import HERE, config_option, json_option
from mailbot.cli.screen import console, facts, heading, plain
from mailbot.cli.stores import opened
from mailbot.cli.troubles import Failure
from mailbot.compose import DEFAULT_FOLDER, Templates
from mailbot.config import Network, load
from mailbot.drawing import mermaid, picture, svg
from mailbot.migrating import moves, write
from mailbot.office import calendar_of
from mailbot.process.migration import Move, Rings
from mailbot.process.rules import Process
from mailbot.rulebook import Rules, load_rules
from mailbot.rulecheck import check_rules
from mailbot.store.cases import NoSuchCase

FOLDER = click.Path(path_type=Path, exists=True, file_okay=False)


@click.group()
def rules() -> None:
    """Check the rules, draw them, or move open cases to them."""


def _folders(config: Path, folder: Path | None, letters: Path | None) -> tuple[list[Path], list[Path]]:
    """The folders over the default rules and letters: those given, else those of the settings.

    Without settings where they are looked for by themselves, the defaults alone.
    """
    settings = load(config) if config != HERE or config.exists() else None
    own_rules = Path(settings.folders.rules) if settings and settings.folders.rules else None
    own_letters = Path(settings.folders.templates) if settings and settings.folders.templates else None
    return [f for f in (folder or own_rules,) if f], [f for f in (letters or own_letters,) if f]


@rules.command()
@click.argument("folder", required=False, type=FOLDER)
@click.option("--letters", type=FOLDER, help="A folder of letters of your own, as folders.templates.")
@json_option
@config_option
@click.pass_context
def check(ctx: click.Context, folder: Path | None, letters: Path | None, as_json: bool, config: Path) -> None:
    """Say what is wrong with the rules, and where: those in FOLDER, else those of the settings.

    A folder lies over the default rules, file by file. Ends with code 1 where something is wrong; what is
    only odd is told with «!».
    """
    findings = check_rules(*_folders(config, folder, letters))
    wrong = sum(finding.wrong for finding in findings)
    if as_json:
        click.echo(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False, indent=2))
    else:
        screen = console()
        for finding in findings:
            mark, style = ("✗", "red") if finding.wrong else ("!", "yellow")
            screen.print(plain(mark, style), plain(str(finding)), soft_wrap=True)
        odd = len(findings) - wrong
        said = [counted(wrong, "thing is wrong", "things are wrong")] if wrong else []
        said += [counted(odd, "thing is odd", "things are odd")] if odd else []
        click.echo(f"{', '.join(said)}." if said else "The rules are in order.")
    if wrong:
        ctx.exit(1)


FORMATS = ("svg", "mermaid")


@rules.command()
@click.argument("folder", required=False, type=FOLDER)
@click.option("--format", "kind", type=click.Choice(FORMATS), help="Otherwise by --output's ending, or svg.")
@click.option("--language", default="en", show_default=True, help="Of the words in the picture.")
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="Otherwise it is printed.")
@config_option
def draw(folder: Path | None, kind: str | None, language: str, output: Path | None, config: Path) -> None:
    """Draw the process: its stages, what leads from one to the next, its ballots.

    Of the rules in FOLDER, else those of the settings. SVG opens in any browser; Mermaid is text, which
    GitHub and many editors draw inside Markdown.
    """

    own_rules, own_letters = _folders(config, folder, None)
    process = load_rules(*own_rules).process
    if language not in process.languages:
        raise Failure(f"The rules have no titles in {language}. There are {', '.join(process.languages)}.")
    phrases = Templates(DEFAULT_FOLDER, *own_letters, only=process.languages).phrases(language)
    ending = {".md": "mermaid", ".mmd": "mermaid"}.get(output.suffix, "svg") if output else "svg"
    write = {"svg": svg, "mermaid": mermaid}[kind or ending]
    drawn = write(picture(process, phrases, language))
    if output is None:
        click.echo(drawn, nl=False)
    else:
        output.write_text(drawn, encoding="utf-8")
        click.echo(f"Drawn to {output}.")


# ── migrate ──────────────────────────────────────────────────────────────────────────────────────


@rules.command()
@click.option("--case", "numbers", multiple=True, metavar="NUMBER", help="Only this case; may be repeated.")
@click.option(
    "--stage", "renamed", multiple=True, metavar="OLD=NEW", help="Where cases of a stage that is gone stand."
)
@click.option("--yes", is_flag=True, help="Do it; otherwise it is only shown.")
@config_option
def migrate(numbers: tuple[str, ...], renamed: tuple[str, ...], yes: bool, config: Path) -> None:
    """Move open cases to the rules in force, showing first what changes for each.

    A case keeps the rules that it began with until then. Nothing is written without --yes.
    """
    settings = load(config)
    current = load_rules(*([Path(settings.folders.rules)] if settings.folders.rules else []))
    stages = _renamed(renamed, current.process)
    screen = console()
    with opened(settings) as store:
        now, calendar = datetime.now(UTC), calendar_of(settings.network)
        with store.look() as connection, _known():
            found = moves(connection, current, stages, calendar, now, [number.upper() for number in numbers])
        for move in found:
            _tell_move(screen, move, current, settings.network)
        going = [move.before.number for move in found if not move.refused]
        moved = [number for number in going if yes and write(store, number, current, stages, calendar, now)]
    stay = len(found) - len(moved if yes else going)
    if not found:
        click.echo("Every open case goes by the rules in force.")
        return
    staying = f", {counted(stay, 'stays', 'stay')}" if stay else ""
    if yes:
        click.echo(f"{counted(len(moved), 'case', 'cases')} moved{staying}.")
    else:
        click.echo(f"{counted(len(going), 'case', 'cases')} would move{staying}. Do it with --yes.")


@contextmanager
def _known() -> Iterator[None]:
    try:
        yield
    except NoSuchCase as error:
        raise Failure(str(error)) from error


def _renamed(renamed: tuple[str, ...], process: Process) -> dict[str, str]:
    """``old=new`` → old to new. Raises Failure where there is no such stage to go to."""
    stages: dict[str, str] = {}
    for pair in renamed:
        old, equals, new = (part.strip() for part in pair.partition("="))
        if not old or not equals or new not in process.stages:
            named = ", ".join(name for name, stage in process.stages.items() if not stage.ends)
            raise Failure(f"--stage {pair}: write it as OLD=NEW, where NEW is one of {named}.")
        stages[old] = new
    return stages


def _tell_move(screen: Console, move: Move, rules: Rules, network: Network) -> None:
    case = move.before
    heading(screen, f"{case.number}  {case.applicant.name}".rstrip())
    if move.refused:
        screen.print(facts((("stays", f"{move.refused}."),)))
        return
    stage = case.stage if move.after.stage == case.stage else f"{case.stage} → {move.after.stage}"
    rows = [("stage", f"{stage} ({rules.process.stages[move.after.stage].title.get('en', '')})")]
    rows += [(ring.timer, _change(ring, network)) for ring in move.rings]
    rows += [("asked anew", ", ".join(move.gained)), ("not asked any more", ", ".join(move.lost))]
    screen.print(facts(rows))


def _change(ring: Rings, network: Network) -> str:
    before, after = (
        at.astimezone(network.zone).strftime("%Y-%m-%d %H:%M") if at else "none"
        for at in (ring.before, ring.after)
    )
    return before if before == after else f"{before} → {after}"
