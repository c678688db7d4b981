"""``mailbot run`` and ``mailbot once``: the bot at work, until it is stopped or for one round."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from pathlib import Path
from types import FrameType

import click

from mailbot.bot import Bot, Round
from mailbot.cli.options import config_option
from mailbot.cli.screen import console
from mailbot.config import load
from mailbot.mail.errors import ConnectionLost

log = logging.getLogger(__name__)

FINISHING = b"mailbot is finishing the letter in hand, then it stops.\n"


@click.command()
@click.option("-v", "--verbose", is_flag=True, help="Log more, for looking into trouble.")
@config_option
def run(verbose: bool, config: Path) -> None:
    """Run until stopped by SIGTERM or Ctrl-C; what is in hand is finished first.

    Logs one line for each thing that happened, on standard error; never what a letter says.
    """
    _log_lines(logging.DEBUG if verbose else logging.INFO)
    settings = load(config)
    bot = Bot.build(settings)
    stop = threading.Event()
    _stop_on_signals(stop)
    log.info(
        "mailbot runs for %s: %s", settings.network.name, ", ".join(m.address for m in settings.mailboxes)
    )
    try:
        bot.run(stop)
    finally:
        bot.close()
    log.info("mailbot has stopped")


def _log_lines(level: int) -> None:
    logging.basicConfig(
        level=level, format="%(asctime)s %(levelname)-7s %(message)s", datefmt="%Y-%m-%d %H:%M:%S"
    )
    # the scheduler would tell of each time that it woke somebody
    logging.getLogger("apscheduler").setLevel(max(level, logging.WARNING))


def _stop_on_signals(stop: threading.Event) -> None:
    def ask_to_stop(_number: int, _frame: FrameType | None) -> None:
        if stop.is_set():
            # a signal may come in the middle of a log line, and logging is not to be entered twice
            os.write(sys.stderr.fileno(), FINISHING)
        stop.set()

    signal.signal(signal.SIGTERM, ask_to_stop)
    signal.signal(signal.SIGINT, ask_to_stop)


@click.command()
@config_option
@click.pass_context
def once(ctx: click.Context, config: Path) -> None:
    """Do one round: fetch, handle, remind, deliver. For cron.

    Ends with code 75 where a mail server could not be reached or put a letter off, and with 78 where one
    refused what the settings ask for.
    """
    _log_lines(logging.WARNING)
    bot = Bot.build(load(config))
    try:
        with console(stderr=True).status("beginning …") as status:
            done = bot.once(lambda next_one: status.update(f"{next_one} …"))
    finally:
        bot.close()
    click.echo(summary(done))
    for trouble in done.troubles:
        click.echo(str(trouble), err=True)
    if not all(isinstance(trouble, ConnectionLost) for trouble in done.troubles):
        ctx.exit(os.EX_CONFIG)
    if done.troubles or done.delivered.later:
        ctx.exit(os.EX_TEMPFAIL)


def summary(done: Round) -> str:
    """What a round came to, in one line."""
    parts = [f"{done.received} received", f"{len(done.handled)} handled"]
    if done.rang:
        parts.append(f"{done.rang} timers rang")
    parts.append(f"{done.delivered.sent} sent")
    if done.delivered.later:
        parts.append(f"{done.delivered.later} to be tried again")
    if done.delivered.failed:
        parts.append(f"{done.delivered.failed} could not be delivered")
    return f"Letters: {', '.join(parts)}."
