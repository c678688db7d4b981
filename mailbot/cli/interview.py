"""The questions of ``mailbot init``, each of which an option may have answered already."""

from __future__ import annotations

import locale
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import available_timezones

import click
from tzlocal import get_localzone_name

from mailbot.cli.config_text import Choices
from mailbot.cli.providers import PROVIDERS, Provider, guess
from mailbot.config import ADDRESS, Secret, Security
from mailbot.values import Address

LANGUAGES = ("en", "es", "fr", "ar")
"""In which the bot's letters are written."""

PASSWORD_PLACES = {"env": "MAILBOT_PASSWORD", "file": "mailbot.password", "command": ""}
"""The ways in which the settings can say where the password is, and what is suggested for each."""

Check = Callable[[str], str]
"""What is wrong with an answer, in words; ``""`` where nothing is."""


def _no_complaint(_answer: str) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Asker:
    """Asks at the terminal what ``given`` (option → answer, None: not given) does not say.

    ``quiet``: asks nothing and takes the defaults.
    """

    given: Mapping[str, Any]
    quiet: bool

    def ask(self, name: str, question: str, default: str = "", check: Check = _no_complaint) -> str:
        """The answer to one question; without a default, one is needed. Raises click.UsageError."""
        answer = self.given.get(name)
        option = f"--{name.replace('_', '-')}"
        if answer is None and not self.quiet:
            told: str = click.prompt(question, default=default or None, value_proc=_checked(check))
            return told
        answer = default if answer is None else str(answer)
        if not answer:
            raise click.UsageError(f"Please give {option}: there is no default for it.")
        if complaint := check(answer):
            raise click.UsageError(f"{option}: {complaint}")
        return answer


def _checked(check: Check) -> Callable[[str], str]:
    def check_answer(answer: str) -> str:
        if complaint := check(answer.strip()):
            raise click.BadParameter(complaint)
        return answer.strip()

    return check_answer


def hold(asker: Asker) -> Choices:
    """Ask all that the settings need."""
    network = asker.ask("network", "Your network's name")
    address = asker.ask("address", "The address that people write to", check=_address)
    language = asker.ask(
        "language", "Its language, where a writer's is not known", _language(), _one_of(LANGUAGES)
    )
    time_zone = asker.ask("time_zone", "Its time zone", get_localzone_name() or "UTC", _time_zone)
    domain = Address(address).domain
    name = asker.ask(
        "provider", f"Who runs the mailbox? ({', '.join(PROVIDERS)})", guess(domain), _one_of(PROVIDERS)
    )
    provider = PROVIDERS[name]
    if provider.advice:
        click.echo(f"  {provider.advice}")
    imap_host, imap_port, imap_security, imap_user = _server(asker, "imap", provider, domain, address)
    smtp_host, smtp_port, smtp_security, smtp_user = _server(asker, "smtp", provider, domain, imap_user)
    return Choices(
        network=network,
        language=language,
        time_zone=time_zone,
        address=address,
        imap_host=imap_host,
        imap_port=imap_port,
        imap_security=imap_security,
        imap_user=imap_user,
        smtp_host=smtp_host,
        smtp_port=smtp_port,
        smtp_security=smtp_security,
        smtp_user=smtp_user,
        password=_password(asker),
        trust=provider.trust,
        plus_addresses=provider.plus_addresses,
    )


def _server(
    asker: Asker, kind: str, provider: Provider, domain: str, user: str
) -> tuple[str, int, Security, str]:
    """Host, port, security and user of the ``imap`` or ``smtp`` server."""
    said = kind.upper()
    host = provider.imap_host if kind == "imap" else provider.smtp_host
    host = asker.ask(f"{kind}_host", f"{said} server", host.format(domain=domain))
    security = Security.TLS if kind == "imap" else provider.smtp_security
    security = Security(asker.ask(f"{kind}_security", f"{said} security", security, _one_of(list(Security))))
    port = asker.ask(f"{kind}_port", f"{said} port", str(PORTS[kind, security]), _port)
    return host, int(port), security, asker.ask(f"{kind}_user", f"{said} user", user)


PORTS = {
    ("imap", Security.TLS): 993,
    ("imap", Security.STARTTLS): 143,
    ("imap", Security.NONE): 143,
    ("smtp", Security.TLS): 465,
    ("smtp", Security.STARTTLS): 587,
    ("smtp", Security.NONE): 25,
}
"""The customary ports (RFC 8314 sections 3.2, 3.3 and 7; RFC 6409; RFC 5321)."""


def _password(asker: Asker) -> Secret:
    """Where the password is; it is never asked for itself."""
    told = {
        way: asker.given[f"password_{way}"] for way in PASSWORD_PLACES if asker.given.get(f"password_{way}")
    }
    if len(told) > 1:
        raise click.UsageError(
            "The password is in one place: give one of --password-env, -file and -command."
        )
    if told:
        return Secret(**told)
    way = "env"
    if not asker.quiet:
        way = click.prompt(
            "Where is the password kept: an environment variable, a file, or what a command prints?",
            default=way,
            type=click.Choice(list(PASSWORD_PLACES)),
        )
    named = {"env": "The variable's name", "file": "The file", "command": "The command"}
    place = asker.ask(f"password_{way}", named[way], PASSWORD_PLACES[way])
    return Secret(**{way: place})


# ── guessing and checking ────────────────────────────────────────────────────────────────────────


def _language() -> str:
    """This machine's language, where the bot has letters in it."""
    code = (locale.getlocale()[0] or "")[:2]
    return code if code in LANGUAGES else "en"


def _address(answer: str) -> str:
    return "" if ADDRESS.fullmatch(answer) else f"{answer} does not look like an e-mail address."


def _time_zone(answer: str) -> str:
    return "" if answer in available_timezones() else f"{answer} is no time zone; write it as Africa/Nairobi."


def _port(answer: str) -> str:
    right = answer.isdecimal() and 1 <= int(answer) <= 65535
    return "" if right else f"{answer} is no port; ports go from 1 to 65535."


def _one_of(choices: Sequence[str] | Mapping[str, object]) -> Check:
    return lambda answer: "" if answer in choices else f"{answer} is none of {', '.join(choices)}."
