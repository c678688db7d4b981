"""Writes ``config.toml`` with every setting in it, those that keep their default commented out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time
from itertools import chain
from typing import TypeAlias

from mailbot.config import Secret, Security, TrustProfile

HEAD = """\
# mailbot reads this file when it starts; `mailbot doctor` checks it.
# What is commented out shows its default. Durations are seconds, or "90s", "5m", "1h", "1d".
# A relative path starts from the folder of this file.
#
# No secret stands here: a setting that needs one says where it is, in one of three ways:
#   { env = "NAME" }          an environment variable
#   { file = "secret.txt" }   a file that holds the secret and nothing else
#   { command = "words" }     what a command prints; it is run without a shell"""

_COMMENTS_FROM = 28
"""The column in which comments begin, where the setting leaves room for it."""

KEY_FILE = "mailbot.key"
MAILBOX_NAME = "membership"


@dataclass(frozen=True, slots=True)
class Choices:
    """What an operator chose; all other settings keep their defaults."""

    network: str
    language: str
    time_zone: str
    address: str
    imap_host: str
    imap_port: int
    imap_security: Security
    imap_user: str
    smtp_host: str
    smtp_port: int
    smtp_security: Security
    smtp_user: str
    password: Secret
    trust: TrustProfile
    plus_addresses: bool


def write_config(chosen: Choices) -> str:
    """The text of a ``config.toml`` that says what was chosen."""
    return (
        "\n".join(chain([HEAD], _top(), _network(chosen), _mailbox(chosen), _smtp(chosen), _rest(chosen)))
        + "\n"
    )


def _top() -> Iterator[str]:
    yield ""
    yield '# Where letters and cases are kept: a SQLite file, or "postgresql://user@host/name".'
    yield _default("database", "sqlite:///mailbot.db")
    yield ""
    yield "# Signs the reply addresses. With a new key, those given out before are worth nothing."
    yield _line("key", Secret(file=KEY_FILE))


def _network(chosen: Choices) -> Iterator[str]:
    yield "\n[network]"
    yield _line("name", chosen.network)
    yield _line(
        "language", chosen.language, "for those whose language is not known: en, es, fr, ar", default="en"
    )
    yield _line("time_zone", chosen.time_zone, "dates in letters are told in it", default="UTC")
    yield _default("website", "", 'named in letters, such as "https://network.example"')
    week = ["mon", "tue", "wed", "thu", "fri"]
    yield _default("working_days", week, "dates that fall on other days are put off")
    yield _default("holidays", [], "and these days too: [2026-12-25, 2027-01-01]")
    yield _default("digests", True, "the next two; without them, no case lapses either")
    yield _default("morning", time(8), "when the Secretariat is told what waits for it")
    yield _default("digest", "mon", "the weekday on which it is told how everything stands")


def _mailbox(chosen: Choices) -> Iterator[str]:
    yield "\n# One table, with its [mailboxes.imap], for each inbox that the bot runs."
    yield "[[mailboxes]]"
    yield _line("name", MAILBOX_NAME, "your name for it, in logs")
    yield _line("address", chosen.address)
    yield "\n[mailboxes.imap]"
    yield _line("host", chosen.imap_host)
    yield _line("user", chosen.imap_user)
    yield _line("password", chosen.password)
    yield _line("port", chosen.imap_port, default=993)
    yield _line(
        "security",
        chosen.imap_security,
        "tls, starttls (often port 143), or none, for a server on this machine alone",
        default=Security.TLS,
    )
    yield _default("folder", "INBOX", "the folder that is read")
    yield _default("sent", "", 'a folder that gets a copy of each letter sent, such as "Sent"; empty: none')
    yield _default(
        "after", "leave", "what to do with a handled letter: leave, flag, or move it to the folder done"
    )
    yield _default("done", "")
    yield _default("ca_file", "", "a certificate to trust besides the system's")
    yield _default("timeout", "30s")


def _smtp(chosen: Choices) -> Iterator[str]:
    yield "\n[smtp]"
    yield _line("host", chosen.smtp_host)
    yield _line("user", chosen.smtp_user, "leave user and password out where the server asks for none")
    yield _line("password", chosen.password)
    yield _line("port", chosen.smtp_port, default=465)
    yield _line(
        "security", chosen.smtp_security, "tls, starttls (often port 587), or none", default=Security.TLS
    )
    yield _default("connections", 2, "letters in flight at once")
    yield _default("ca_file", "")
    yield _default("timeout", "60s")


def _rest(chosen: Choices) -> Iterator[str]:
    yield "\n# What vouches for a sender, besides a reply to a letter of ours."
    yield "[trust]"
    yield _line(
        "profile",
        chosen.trust,
        "whose Authentication-Results are believed: none, rfc8601, google, microsoft",
        default=TrustProfile.NONE,
    )
    yield _default(
        "authserv_id", "", "for rfc8601: the name that your receiving server puts first in that header"
    )
    yield _line(
        "plus_addresses",
        chosen.plus_addresses,
        "whether mail to membership+anything@ arrives: replies are then addressed so",
        default=False,
    )
    yield _default(
        "unvouched_per_day", 4, "letters a day to one address, at most, that unvouched mail provokes"
    )
    yield "\n[rhythm]"
    yield _default("poll", "60s", "the pause between two looks into an inbox")
    yield _default("idle", True, "besides, let the server tell of new mail, where it can")
    yield _default("tries", 5, "how often a letter that fails is tried before it is set aside")
    yield "\n# Your own rules and templates lie over the defaults, file by file."
    yield "[folders]"
    yield _default("rules", "")
    yield _default("templates", "")


Plain: TypeAlias = str | int | time | list[str]
"""What stands behind a setting."""


def _default(name: str, value: Plain, comment: str = "") -> str:
    return _line(name, value, comment, default=value)


def _line(name: str, value: Plain | Secret, comment: str = "", *, default: Plain | None = None) -> str:
    sign = "# " if value == default else ""
    setting = f"{sign}{name} = {_toml(value)}"
    return f"{setting:{_COMMENTS_FROM - 2}}  # {comment}" if comment else setting


def _toml(value: Plain | Secret) -> str:
    if isinstance(value, time):
        return value.isoformat()
    if isinstance(value, Secret):
        (way,) = value.ways
        return f"{{ {way} = {_toml(getattr(value, way))} }}"
    # the strings, numbers and truth values of JSON are those of TOML, but for the character DEL
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
