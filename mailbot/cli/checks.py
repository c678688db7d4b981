"""What the doctor looks at: each check says what it found, and what to do where something is wrong.

A check that fails stops no other; only what cannot be looked at without it is left out, and said so.
"""

from __future__ import annotations

import asyncio
import stat
from collections.abc import Callable, Collection, Iterator
from datetime import datetime, timedelta
from pathlib import Path

from mailbot.cli import people_checks
from mailbot.cli.findings import Check, bad, counted, good, mind
from mailbot.cli.troubles import known_troubles
from mailbot.compose import DEFAULT_FOLDER, Templates, check
from mailbot.config import After, Mailbox, Rhythm, Secret, Settings, load
from mailbot.mail.inbox import Inbox
from mailbot.mail.outbox import Outbox
from mailbot.rulebook import RuleError, load_rules
from mailbot.store import letters, outgoing
from mailbot.store.engine import Store

SLACK = timedelta(minutes=2)
"""How far this machine's clock and the mail server's may differ; both should follow an NTP server."""


def examine(config: Path, now: datetime, progress: Callable[[str], None]) -> Iterator[Check]:
    """Look at everything, one thing after the other; ``progress`` is told what comes next."""
    progress("reading the settings")
    try:
        settings = load(config)
    except tuple(known_troubles()) as error:
        yield bad("settings", str(error))
        yield mind("the rest", "Not looked at: everything else depends on the settings.")
        return
    yield good("settings", f"{config}: {counted(len(settings.mailboxes), 'mailbox', 'mailboxes')}.")
    yield from secrets(settings)
    yield from guarded("rules", rules, settings)
    yield from guarded("templates", templates, settings)
    progress("opening the database")
    yield from guarded("database", database, settings, now)
    for mailbox in settings.mailboxes:
        progress(f"asking {mailbox.imap.host}")
        yield from guarded(f"mailbox {mailbox.name}", inbox, mailbox, settings.rhythm)
    progress(f"asking {settings.smtp.host}")
    yield from guarded("SMTP", smtp, settings)


def guarded(name: str, look: Callable[..., Iterator[Check]], *about: object) -> Iterator[Check]:
    """What ``look`` finds; what stops it becomes a finding of its own, under ``name``."""
    try:
        yield from look(*about)
    except tuple(known_troubles()) as error:
        yield bad(name, str(error))


# ── what lies on this machine ────────────────────────────────────────────────────────────────────


def secrets(settings: Settings) -> Iterator[Check]:
    """Whether each secret is where the settings say, without showing any."""
    places = [("key", settings.key)]
    places += [(f"imap.password of {mailbox.name}", mailbox.imap.password) for mailbox in settings.mailboxes]
    if settings.smtp.password is not None:
        places.append(("smtp.password", settings.smtp.password))
    for setting, secret in places:
        yield from guarded(f"secret {setting}", _secret, setting, secret)


def _secret(setting: str, secret: Secret) -> Iterator[Check]:
    secret.fetch(setting)
    (way,) = secret.ways
    where = f"the {'environment variable' if way == 'env' else way} {getattr(secret, way)}"
    if secret.file and stat.S_IMODE(Path(secret.file).stat().st_mode) & 0o077:
        yield mind(
            f"secret {setting}", f"Others on this machine may read {where}. Run: chmod 600 {secret.file}"
        )
    else:
        yield good(f"secret {setting}", f"It is there, from {where}.")


def rules(settings: Settings) -> Iterator[Check]:
    """Whether the rules can be read and fit together."""
    folders = [Path(settings.folders.rules)] if settings.folders.rules else []
    found = load_rules(*folders)
    yield good(
        "rules",
        f"{counted(len(found.process.stages), 'stage', 'stages')}, "
        f"{counted(len(found.process.questions), 'question', 'questions')}"
        f"{f', yours from {folders[0]}' if folders else ''}.",
    )


def templates(settings: Settings) -> Iterator[Check]:
    """Whether every letter can be written in every language."""
    folders = [Path(settings.folders.templates)] if settings.folders.templates else []
    found = Templates(DEFAULT_FOLDER, *folders, only=_written_in(settings))
    problems = check(found)
    yield from (bad("templates", problem) for problem in problems)
    languages = found.languages()
    if settings.network.language not in languages:
        yield bad(
            "templates",
            f"network.language is {settings.network.language!r}, but letters can be written only in "
            f"{', '.join(languages)}. Choose one of these, or add templates.",
        )
    elif not problems:
        yield good(
            "templates", f"{counted(len(found.names()), 'letter', 'letters')} in {', '.join(languages)}."
        )


def _written_in(settings: Settings) -> Collection[str]:
    """The languages of the rules; what is wrong with these is told above."""
    try:
        rules = load_rules(*([Path(settings.folders.rules)] if settings.folders.rules else []))
    except RuleError:
        return ()
    return rules.process.languages


# ── the database and what it holds ───────────────────────────────────────────────────────────────


def database(settings: Settings, now: datetime) -> Iterator[Check]:
    """The database, its tables, and what of its contents wants attention."""
    file = Path(settings.database.removeprefix("sqlite:///"))
    if settings.database.startswith("sqlite:///") and not file.exists():
        yield mind("database", f"There is no {file} yet; the first «mailbot run» or «mailbot once» makes it.")
        return
    store = Store.open(settings.database)
    try:
        have, newest = store.revisions()
        if have is None:
            yield mind("database", "It opens, and has no tables yet; the first «mailbot run» makes them.")
            return
        if have != newest:
            yield mind(
                "database",
                f"Its tables are of version {have} and this mailbot's are {newest}. Make a backup; the "
                "next start of «mailbot run» brings them up to date.",
            )
            return
        yield good("database", f"It opens, and its tables are up to date ({have}).")
        yield from people_checks.roster(store, settings, now)
        yield from people_checks.directory(store, settings, now)
        yield from work(store)
        yield clock(store, now, settings)
    finally:
        store.close()


def work(store: Store) -> Iterator[Check]:
    """Whether letters lie where nobody looks."""
    with store.look() as connection:
        incoming, ours = letters.count_by_state(connection), outgoing.count_by_state(connection)
    aside, failed = incoming.get("set_aside", 0), ours.get("failed", 0)
    if aside:
        yield mind(
            "letters in",
            f"{counted(aside, 'letter was', 'letters were')} set aside. The Secretariat got the original of "
            "each; answer it by hand.",
        )
    if failed:
        yield mind(
            "letters out",
            f"{counted(failed, 'letter', 'letters')} of ours could not be delivered; «mailbot show» tells "
            "of each in its case.",
        )
    if not aside and not failed:
        yield good("letters", f"{sum(incoming.values())} in, {sum(ours.values())} out, none in trouble.")


def clock(store: Store, now: datetime, settings: Settings) -> Check:
    """Whether this machine's clock agrees with the mail server's, which dates the letters."""
    with store.look() as connection:
        newest = max((letter.received_at for letter in letters.recent(connection, 1)), default=now)
    here = now.astimezone(settings.network.zone).strftime("%Y-%m-%d %H:%M")
    if newest - now > SLACK:
        return bad(
            "clock",
            f"It is {here} here, and the mail server dated a letter {_minutes(newest - now)} later. "
            "Set this machine's clock by an NTP server: deadlines depend on it.",
        )
    return good("clock", f"{here} in {settings.network.time_zone}.")


# ── the mail servers ─────────────────────────────────────────────────────────────────────────────


def inbox(mailbox: Mailbox, rhythm: Rhythm) -> Iterator[Check]:
    """Whether the mailbox can be read, and what its server cannot do for us."""
    imap, name = mailbox.imap, f"mailbox {mailbox.name}"
    with Inbox(imap, imap.password.fetch(f"imap.password of {mailbox.name}"), idle=rhythm.idle) as open_inbox:
        folders, can = open_inbox.folders(), open_inbox.capabilities()
    yield good(name, f"{imap.user} at {imap.host}:{imap.port} ({imap.security}), folder {imap.folder}.")
    for setting, folder in (("sent", imap.sent), ("done", imap.done if imap.after is After.MOVE else "")):
        if folder and folder not in folders:
            yield bad(
                name,
                f"imap.{setting} is {folder!r}, but there are only {', '.join(folders)}. Correct it, or "
                "create the folder.",
            )
    if rhythm.idle and not can.idle:
        yield mind(
            name,
            f"The server cannot tell of new mail (IDLE), so the bot looks every {rhythm.poll:g} seconds.",
        )
    if imap.after is After.MOVE and not can.move:
        yield bad(name, 'The server cannot move letters. Set imap.after = "flag" or "leave".')
    if imap.after is After.FLAG and not can.keywords:
        yield mind(name, "The server keeps no keywords, so handled letters get the star instead.")


def smtp(settings: Settings) -> Iterator[Check]:
    """Whether letters can be handed in."""
    out = settings.smtp
    asyncio.run(Outbox(out, out.password.fetch("smtp.password") if out.password else None).check())
    who = f"{out.user} at " if out.user else ""
    yield good("SMTP", f"{who}{out.host}:{out.port} ({out.security}).")


# ── words ────────────────────────────────────────────────────────────────────────────────────────


def _minutes(span: timedelta) -> str:
    return counted(round(span.total_seconds() / 60), "minute", "minutes")
