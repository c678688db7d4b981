"""Rounds of the bot that end in a crash, each in a process of its own: ``python -m tests.faults.child``.

A line on standard input asks for one: ``[CONFIG, NOW, STEP, NTH]`` as JSON. Its process kills itself
(SIGKILL: nothing is tidied up) the NTH time that STEP has been taken; where the round is over before that,
it ends with 0. How it ended is the line on standard output, as ``subprocess`` tells it: -9 for SIGKILL.

Forked from here, a round finds the bot imported and its rules read; a new Python takes seconds for that.
"""

import json
import os
import signal
import sys
from datetime import datetime
from functools import cache
from pathlib import Path

from mailbot.bot import Bot
from mailbot.compose import DEFAULT_FOLDER, Templates
from mailbot.config import load
from mailbot.office import Office
from mailbot.parsers.reading import read
from mailbot.rulebook import load_rules
from mailbot.store.engine import Store
from mailbot.values import Letter

PATIENCE = 60
"""Seconds after which a round is ended that hangs (SIGALRM, -14)."""


@cache
def rules_and_templates():
    """The same for every bot; getting them ready takes most of a start."""
    rules = load_rules()
    for role in ("applicant", "secretariat", "confirm"):
        read(Letter(text="Dear all,\n\nyes, we agree.\n#help"), (), rules.lexicon, role=role, parent=None)
    return rules, Templates(DEFAULT_FOLDER)


def started(config, now, step=lambda _step, _row: None):
    """A bot on these settings as ``Bot.build`` makes it, with rules and templates that were read before."""
    settings = load(config)
    store = Store.open(settings.database)
    store.migrate()
    key = settings.key.fetch("key").encode()
    office = Office(settings, *rules_and_templates(), store, key, now, os.urandom, step)
    office.keep_rules()
    return Bot(office)


def work(config, now, fatal, nth):
    """One round, killed at the nth ``fatal``."""
    signal.alarm(PATIENCE)
    left = nth

    def step(taken, _row):
        nonlocal left
        left -= taken == fatal
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    bot = started(Path(config), lambda: datetime.fromisoformat(now), step)
    bot.once()
    bot.close()


def main():
    rules_and_templates()
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            work(*json.loads(line))
            return
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


if __name__ == "__main__":
    main()
