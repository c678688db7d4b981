"""``mailbot read``: what the bot understands of a letter, for looking and for scoring; writes nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from mailbot.cli.options import HERE, config_option, json_option
from mailbot.cli.screen import console, facts, heading, plain, quoted
from mailbot.config import load
from mailbot.limits import extract_texts
from mailbot.parsers.hops import Hop, read_hops
from mailbot.parsers.letter import read_letter
from mailbot.parsers.reading import read as read_as
from mailbot.rulebook import Rules, load_rules
from mailbot.values import LetterKind, Reading, Role

ROLES = (Role.APPLICANT, Role.BOARD, Role.MEMBER, Role.SECRETARIAT, Role.REFEREE)
VOTERS = (Role.BOARD, Role.MEMBER, Role.REFEREE)
"""Whose letters are read for a verdict."""

_FILE = click.Path(exists=True, dir_okay=False, allow_dash=True)


@click.command()
@click.argument("files", nargs=-1, required=True, type=_FILE, metavar="FILE.eml...")
@click.option(
    "--as",
    "role",
    type=click.Choice(list(map(str, ROLES))),
    default="applicant",
    help="Whose letters they are.",
)
@click.option("--parent", type=_FILE, help="The letter of ours that they answer.")
@json_option
@config_option
def read(files: Sequence[str], role: str, parent: str | None, as_json: bool, config: Path) -> None:
    """Say what the bot understands of each letter («-» is standard input). Writes nothing.

    With --json, one object a line for each letter, in order. Works without a config.toml; where there is
    one, its own rules count.
    """
    rules = _rules(config)
    answered = read_letter(_bytes(parent)) if parent else None
    screen = console()
    for file in files:
        letter = read_letter(_bytes(file))
        found = read_as(letter, extract_texts(letter.attachments), rules.lexicon, role=role, parent=answered)
        if as_json:
            click.echo(json.dumps(as_object(found)))
        else:
            _print(screen, file, found, role, read_hops(letter))


def _rules(config: Path) -> Rules:
    """The rules of the settings; the defaults where there is no ``config.toml`` and none was asked for."""
    if config == HERE and not config.exists():
        return load_rules()
    folder = load(config).folders.rules
    return load_rules(*([Path(folder)] if folder else []))


def _bytes(file: str) -> bytes:
    with click.open_file(file, "rb") as opened:
        content: bytes = opened.read()
    return content


def as_object(found: Reading) -> dict[str, Any]:
    """A reading in the shape that ``--json`` prints; see «Reading from the command line» in the manual."""
    return {
        "kind": found.kind,
        "machine": found.machine.machine if found.machine else None,
        "sign": found.machine.sign if found.machine else "",
        "language": found.language,
        "answers": {key: answer.text for key, answer in found.answers.items()},
        "unsure": [key for key, answer in found.answers.items() if not answer.sure],
        "sources": {key: answer.source for key, answer in found.answers.items()},
        "missing": list(found.missing),
        "applicant": {
            "kind": found.applicant.kind or "",
            "name": found.applicant.name,
            "country": found.applicant.country,
        },
        "references": list(found.references),
        "flags": list(dict.fromkeys(finding.category for finding in found.findings)),
        "findings": [
            {"category": finding.category, "sentence": finding.sentence} for finding in found.findings
        ],
        "evidence": {criterion: list(sentences) for criterion, sentences in found.evidence.items()},
        "aspects": list(found.aspects),
        "unreadable": [{"name": text.name, "why": text.unreadable} for text in found.unreadable],
        "new": found.new,
        "verdict": found.verdict,
        "reason": found.reason,
        "commands": [[command.tag, command.argument] for command in found.commands if command.known],
        "mistyped": [[command.tag, command.nearest] for command in found.commands if not command.known],
    }


def _print(screen: Console, file: str, found: Reading, role: str, hops: Sequence[Hop]) -> None:
    screen.print(plain(file, "bold"))
    screen.print(facts([*_known(found, role), ("came by", _way(hops))]))
    for title, words in _passages(found):
        heading(screen, title)
        screen.print(quoted(words))
    screen.print()


def _known(found: Reading, role: str) -> Iterator[tuple[str, str]]:
    """What fits on a line each: its name, and ``""`` where it is not known."""
    applicant = found.applicant
    if found.machine:
        yield "kind", f"{found.kind}: {found.machine.machine} ({found.machine.sign})"
    else:
        yield "kind", found.kind
    yield "language", found.language
    yield "applicant", ", ".join(filter(None, (applicant.name, applicant.kind, applicant.country)))
    yield "references", ", ".join(found.references)
    if found.kind is LetterKind.INTEREST:
        yield "missing", ", ".join(found.missing)
    if role in VOTERS:
        yield "verdict", found.verdict
        yield "reason", found.reason
    yield "could not be read", ", ".join(f"{text.name} ({text.unreadable})" for text in found.unreadable)


def _way(hops: Sequence[Hop]) -> str:
    """The servers on the way, the last with its time: «mail.bahari.example → mx.river.example, …»."""
    way = " → ".join(hop.server for hop in hops if hop.server)
    if not hops or hops[-1].at is None:
        return way
    took = sum(hop.seconds for hop in hops)
    return f"{way}, {hops[-1].at:%d %b %Y %H:%M} UTC, after {took:.0f} s"


def _passages(found: Reading) -> Iterator[tuple[str, str]]:
    """What is told at length: a title and somebody's own words."""
    for key, answer in found.answers.items():
        yield key if answer.sure else f"{key} (not sure)", answer.text
    for criterion, sentences in found.evidence.items():
        yield f"evidence: {criterion}", "\n".join(sentences)
    for finding in found.findings:
        yield f"noticed: {finding.category}", finding.sentence
    for command in found.commands:
        meant = f", perhaps #{command.nearest}" if command.nearest else ""
        yield f"#{command.tag}" if command.known else f"#{command.tag} is no tag{meant}", command.argument
    if not found.answers and found.new:
        yield "newly written", found.new
