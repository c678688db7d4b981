"""``mailbot receive``: one letter from a mail server's pipe into the store."""

from __future__ import annotations

import logging
import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from mailbot.cli.options import config_option
from mailbot.cli.stores import opened
from mailbot.cli.troubles import NoLetter, TryLater, known_troubles
from mailbot.config import load
from mailbot.store import letters

log = logging.getLogger(__name__)


@click.command()
@config_option
def receive(config: Path) -> None:
    """Take one letter from standard input and store it; the running bot, or the next «once», handles it.

    Ends with codes that mail servers know: 0 stored; 65 there was nothing; 75 not stored, keep it and try
    again, whatever the reason.
    """
    raw = sys.stdin.buffer.read()
    if not raw.strip():
        raise NoLetter("There was no letter on standard input.")
    try:
        row = _store(raw, config)
    except tuple(known_troubles()) as error:
        raise TryLater(str(error)) from error
    except Exception as error:
        # a mail server sends the letter back to its writer at almost any other code: Postfix keeps it
        # at 75 and 71 alone
        log.exception("the letter could not be stored")
        raise TryLater("The letter could not be stored; the mail server should keep it.") from error
    click.echo(f"stored as letter {row}")


def _store(raw: bytes, config: Path) -> int:
    """The row of the letter. Rules and templates are not looked at: a fault in them must not hold it up."""
    now = datetime.now(UTC)
    with opened(load(config), migrate=True) as store, store.begin() as connection:
        (row,) = letters.receive(connection, None, [letters.Incoming(raw, now)], now)
    return row
