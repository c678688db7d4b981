"""What can go wrong that a person can put right, and how a command says so and ends."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click


class Failure(click.ClickException):
    """A command could not do its work; the message says why and what to do."""

    exit_code = 1


class Misconfigured(Failure):
    """It will not work before somebody has changed something: systemd need not start it again."""

    exit_code = os.EX_CONFIG


class TryLater(Failure):
    """The same may work in a while: a mail server keeps the letter, systemd starts it again."""

    exit_code = os.EX_TEMPFAIL


class NoLetter(Failure):
    """What was given is not a letter."""

    exit_code = os.EX_DATAERR


_TROUBLES = (
    ("mailbot.config", "SettingError", Misconfigured),
    ("mailbot.rulebook", "RuleError", Misconfigured),
    ("mailbot.compose", "TemplateError", Misconfigured),
    ("mailbot.store.engine", "StoreError", TryLater),
    ("mailbot.mail.errors", "ConnectionLost", TryLater),
    ("mailbot.mail.errors", "MailError", Misconfigured),
)
"""Module, exception, how the command fails. The first that fits counts: a ConnectionLost is a MailError."""


def known_troubles() -> dict[type[Exception], type[Failure]]:
    """The exceptions whose words are meant for the operator, and how a command fails with each.

    Only those of modules that are imported already: nothing else can have been raised, and to import a
    room takes time.
    """
    return {
        getattr(sys.modules[name], kind): failure for name, kind, failure in _TROUBLES if name in sys.modules
    }


@contextmanager
def explained() -> Iterator[None]:
    """End with one message on standard error where something is wrong that a person can put right."""
    try:
        yield
    except tuple(known_troubles()) as error:
        fails = next(failure for kind, failure in known_troubles().items() if isinstance(error, kind))
        raise fails(str(error)) from error
