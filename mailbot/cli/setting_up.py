"""``mailbot init``: asks what it cannot guess, and leaves a bot that can be started."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from email.utils import parseaddr
from pathlib import Path
from typing import Any

import click

from mailbot.bot import Bot
from mailbot.cli.config_text import KEY_FILE, write_config
from mailbot.cli.interview import Asker, hold
from mailbot.cli.options import config_option
from mailbot.cli.providers import PROVIDERS
from mailbot.cli.troubles import Failure, known_troubles
from mailbot.config import ADDRESS, Mailbox, Secret, load
from mailbot.fetching import begin_now
from mailbot.mail.inbox import Inbox
from mailbot.people.roster import known_by
from mailbot.store import letters
from mailbot.store import people as store_people
from mailbot.store.engine import Store
from mailbot.values import Person, Role


@click.command()
@click.option("--network", help="The network's name.")
@click.option("--address", help="The address that people write to.")
@click.option("--language", help="For those whose language is not known: en, es, fr or ar.")
@click.option("--time-zone", help="In which dates are told, such as Africa/Nairobi.")
@click.option("--provider", help=f"Who runs the mailbox: {', '.join(PROVIDERS)}.")
@click.option("--imap-host", help="The server that the mailbox is on.")
@click.option("--imap-security", help="tls, starttls, or none, for a server on this machine.")
@click.option("--imap-port")
@click.option("--imap-user")
@click.option("--smtp-host", help="The server that takes letters.")
@click.option("--smtp-security", help="As for IMAP.")
@click.option("--smtp-port")
@click.option("--smtp-user")
@click.option("--password-env", metavar="NAME", help="The password is in this environment variable.")
@click.option("--password-file", metavar="PATH", help="The password is in this file.")
@click.option("--password-command", metavar="WORDS", help="This command prints the password.")
@click.option("--secretariat", metavar="WHO", help="The first of the Secretariat: «Name <address>».")
@click.option("-y", "--yes", is_flag=True, help="Ask nothing: take what is given, and the defaults.")
@click.option("--force", is_flag=True, help="Write over a config.toml that is there.")
@config_option
def init(config: Path, yes: bool, force: bool, secretariat: str | None, **given: Any) -> None:
    """Set the bot up: ask a few questions, write config.toml, make the key and the database.

    Each question can be answered by an option. A password is never asked for, only where it is kept.
    Letters that lie in the mailbox already are left alone: only those that come from now on are answered.
    """
    if config.exists() and not force:
        raise Failure(f"There is a {config} already. Edit it, or write over it with --force.")
    chosen = hold(Asker(given, quiet=yes))
    officer = _officer(secretariat, quiet=yes)
    config.parent.mkdir(parents=True, exist_ok=True)
    config.write_text(write_config(chosen), encoding="utf-8")
    key = config.parent / KEY_FILE
    _make_key(key)
    click.echo(f"\nWritten: {config} and {key}.")
    settings = load(config)
    bot = Bot.build(settings)
    try:
        if officer:
            _enter(bot.office.store, officer)
        for mailbox in settings.mailboxes:
            click.echo(_begin(bot, mailbox))
    finally:
        bot.close()
    _tell_what_next(chosen.password, with_officer=officer is not None)


def _officer(told: str | None, *, quiet: bool) -> Person | None:
    """The first person of the Secretariat; None where nobody was named."""
    if told is None and not quiet:
        told = click.prompt(
            "Who of the Secretariat gets the notices? Name <address>; more people can follow later",
            default="",
            show_default=False,
        )
    if not told:
        return None
    name, address = parseaddr(told)
    if not ADDRESS.fullmatch(address):
        raise click.UsageError(f"--secretariat: {told} does not look like «Name <address>».")
    return Person(name or address.partition("@")[0], Role.SECRETARIAT, (address,))


def _make_key(path: Path) -> None:
    """A new signing key that only its owner can read; one that is there stays, as letters rely on it."""
    if path.exists():
        return
    path.touch(mode=0o600)
    path.write_text(secrets.token_urlsafe(32) + "\n", encoding="ascii")


def _enter(store: Store, officer: Person) -> None:
    """Put the person on the roster, unless already there."""
    with store.begin() as connection:
        known = known_by(store_people.roster(connection), officer.addresses[0], datetime.now(UTC))
        if officer.role not in {person.role for person in known}:
            store_people.add(connection, officer)


def _begin(bot: Bot, mailbox: Mailbox) -> str:
    """Set the mailbox's mark to now, where it has none yet; what came of that, in words."""
    with bot.office.store.look() as connection:
        if letters.find_mark(connection, mailbox.name, mailbox.imap.folder):
            return f"{mailbox.address} was begun before; the bot goes on where it stopped."
    try:
        with Inbox(mailbox.imap, mailbox.imap.password.fetch("imap.password")) as inbox:
            begin_now(bot.office, mailbox, inbox)
            there = inbox.count
    except tuple(known_troubles()) as error:
        return (
            f"{mailbox.address} could not be opened yet: {error}\n"
            "No harm done: the first «mailbot run» or «mailbot once» begins with the letters that come from "
            "then on, and answers none that lie there already."
        )
    lies = "1 letter lies" if there == 1 else f"{there} letters lie"
    return (
        f"{mailbox.address}: {lies} there and will be left alone; those that come from now on are answered."
    )


def _tell_what_next(password: Secret, *, with_officer: bool) -> None:
    (way,) = password.ways
    place = getattr(password, way)
    told = {
        "env": f"Put the mailbox's password into the environment variable {place}, where mailbot is started.",
        "file": f"Write the mailbox's password into the file {place} (and: chmod 600 {place}).",
        "command": f"See that «{place}» prints the mailbox's password.",
    }
    who = "Tell the bot who else is who" if with_officer else "Tell the bot who the Secretariat is"
    steps = (
        told[way],
        f"{who}: mailbot people import roster.csv",
        "Check everything: mailbot doctor",
        "Start: mailbot run",
    )
    click.echo("\nWhat next:")
    for number, step in enumerate(steps, start=1):
        click.echo(f"  {number}. {step}")
