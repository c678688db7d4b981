"""``mailbot letters``: the letters that the bot writes, and what each looks like; writes to nobody."""

from __future__ import annotations

import tempfile
import webbrowser
from collections.abc import Iterator, Mapping
from pathlib import Path

import click

from mailbot.cli.options import HERE, config_option
from mailbot.cli.screen import console, facts, plain, table
from mailbot.cli.troubles import Failure
from mailbot.compose import DEFAULT_FOLDER, TemplateError, Templates
from mailbot.config import Network, load
from mailbot.process.balloting import LETTERS
from mailbot.process.rules import Process, VoterGroup
from mailbot.rulebook import Rules, load_rules
from mailbot.telling import Teller
from mailbot.telling.examples import NoSuchLetterError, example

LANGUAGE = "en"
"""The commands speak English."""

EXAMPLE_NETWORK = Network("River Commons", time_zone="Africa/Nairobi", website="https://rivercommons.example")
"""In whose name the letters are shown where no settings say otherwise."""

OF_BALLOTS = {
    "opening": "the {group} are asked",
    "reminder": "one of the {group} has not answered",
    "received": "one of the {group} has answered",
    "unclear": "an answer of the {group} is not clear",
    "late": "an answer of the {group} comes too late",
    "ended": "the case leaves its stage before the closing",
}
"""When each of the letters of a ballot is written."""

OTHERWISE = {
    "ballot_extended": "a ballot lacks its quorum at the closing and is prolonged",
    "ballot_paused": "a voter asks for a discussion, or objects",
    "confirm_sender": "nothing vouches for the sender of a letter that asks for something",
    "delivery_failed": "a letter of ours comes back",
    "morning_letter": "something waits for a decision on a working morning",
    "other_letter": "a letter is about something else",
    "quorum_in_danger": "a ballot closes soon and lacks its quorum",
    "referee_answered": "a referee has answered, or is given up",
    "referee_needed": "a referee declines, or stays silent and references are wanting",
    "referee_released": "the case ends while a referee has not answered",
    "referee_reminder": "a referee has not answered",
    "referee_request": "the applicant has named a referee and agreed",
    "referee_thanks": "a referee has answered",
    "referee_unclear": "a referee's answer is not clear",
    "set_aside": "a letter cannot be handled",
    "transcript": "a letter with tags was carried out",
    "unconfirmed": "somebody says that a letter in their name is not theirs",
    "unvouched_letter": "a letter comes that nobody vouches for",
    "weekly_digest": "a week has passed",
    "withheld": "the mail server does not hand a letter over",
}
"""When the letters are written that no transition of the rules orders."""


@click.group(invoke_without_command=True)
@config_option
@click.pass_context
def letters(ctx: click.Context, config: Path) -> None:
    """List the letters that the bot writes: to whom, and when. «letters show NAME» shows one."""
    if ctx.invoked_subcommand is not None:
        return
    templates, _, rules = _known(config)
    rows = [
        (name, templates.letter(name, LANGUAGE).audience, "; ".join(when(name, rules.process)))
        for name in templates.names()
    ]
    console().print(table(("letter", "to", "when"), sorted(rows, key=lambda row: (row[1], row[0]))))


@letters.command()
@click.argument("name")
@click.option("--language", default=LANGUAGE, show_default=True, help="In which language.")
@click.option(
    "--open", "in_browser", is_flag=True, help="Show it in the browser too, as a mail program would."
)
@config_option
def show(name: str, language: str, in_browser: bool, config: Path) -> None:
    """Show the letter NAME as it is written about an invented case."""
    templates, network, rules = _known(config)
    _complain(name, language, templates)
    tell = Teller(network, rules, templates.phrases(language), language)
    try:
        letter = templates.render(
            name, language, example(name, templates.letter(name, language).audience, tell)
        )
    except (NoSuchLetterError, TemplateError) as error:
        raise Failure(str(error)) from error
    screen = console()
    screen.print(facts([("subject", letter.subject)]))
    screen.print()
    screen.print(plain(letter.text), soft_wrap=True)
    if in_browser:
        page = _page(name, language, letter.html)
        screen.print(facts([("page", str(page))]))
        webbrowser.open(page.as_uri())


def when(name: str, process: Process) -> Iterator[str]:
    """On what the letter ``name`` is written, each in a few words; nothing for one that is never written."""
    for transition in process.transitions:
        if any(order.letter == name for order in transition.write):
            guards = " and ".join(f"{one.guard.value} {one.word}".strip() for one in transition.when)
            yield f"{', '.join(transition.origins)}: {transition.on}{f' if {guards}' if guards else ''}"
    for group, named in LETTERS.items():
        for slot, words in OF_BALLOTS.items():
            if getattr(named, slot) == name:
                yield words.format(group=GROUPS[group])
    if name in OTHERWISE:
        yield OTHERWISE[name]


GROUPS: Mapping[VoterGroup, str] = {
    VoterGroup.BOARD: "members of the Board",
    VoterGroup.MEMBERS: "member organizations",
}


def _known(config: Path) -> tuple[Templates, Network, Rules]:
    """Those of the settings; the defaults where there is no ``config.toml`` and none was asked for."""
    if config == HERE and not config.exists():
        return Templates(DEFAULT_FOLDER), EXAMPLE_NETWORK, load_rules()
    settings = load(config)
    own = settings.folders
    templates = Templates(DEFAULT_FOLDER, *([Path(own.templates)] if own.templates else []))
    return templates, settings.network, load_rules(*([Path(own.rules)] if own.rules else []))


def _complain(name: str, language: str, templates: Templates) -> None:
    if name not in templates.names():
        raise Failure(f"There is no letter {name!r}. «mailbot letters» lists them.")
    if language not in templates.languages():
        raise Failure(f"There are no letters in {language!r}. There are {', '.join(templates.languages())}.")


def _page(name: str, language: str, page: str) -> Path:
    """The page in a file that stays: the browser reads it after the command has ended."""
    folder = Path(tempfile.mkdtemp(prefix="mailbot-"))
    file = folder / f"{name}-{language}.html"
    file.write_text(page, encoding="utf-8")
    return file
