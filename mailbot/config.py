"""``config.toml`` as typed settings, checked when read, with errors that name the setting.

Secrets are never in the file: a setting that needs one says where it is (``{ env = "NAME" }``,
``{ file = "path" }`` or ``{ command = "words" }``) and it is fetched when it is first used.
"""

from __future__ import annotations

import ipaddress
import os
import re
import shlex
import subprocess
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import MISSING, dataclass, field, fields, is_dataclass
from datetime import date, time, timedelta
from enum import EnumType, StrEnum
from pathlib import Path
from typing import Annotated, Any, TypeAlias, get_args, get_origin, get_type_hints
from zoneinfo import ZoneInfo, available_timezones

import msgspec
from rapidfuzz import process

from mailbot.values import Language

ADDRESS = re.compile(r"[^\s@<>,;\"]+@[^\s@<>,;\"]+\.[^\s@<>,;\".]{2,}")
"""Looks like an e-mail address. A loose test on purpose: it is there for slips of the hand."""

DATABASE = "sqlite:///mailbot.db"
"""The database where ``config.toml`` names none."""

DATABASES = ("sqlite", "postgresql")
"""The databases that the store speaks, as the ``database`` URL begins."""

Seconds: TypeAlias = Annotated[float, "seconds"]
"""A duration in seconds; the file may also say ``"90s"``, ``"5m"``, ``"1h"`` or ``"1d"``."""

FilePath: TypeAlias = Annotated[str, "path"]
"""The path of a file or folder; a relative one starts from the folder of ``config.toml``."""

DatabaseUrl: TypeAlias = Annotated[str, "database"]
"""``sqlite:///file`` (a relative file starts from the folder of ``config.toml``) or ``postgresql://…``."""


class SettingError(Exception):
    """A setting is missing or wrong; the message names it, says what was found and what to do."""


class Security(StrEnum):
    """How a connection to a mail server is protected."""

    TLS = "tls"
    """From the first byte (ports 993 and 465)."""
    STARTTLS = "starttls"
    """Upgraded before anything is said; refused where the server offers no upgrade."""
    NONE = "none"
    """In the clear: for a server on this same machine alone."""


class After(StrEnum):
    """What becomes of a letter on the server once it is safely stored and handled."""

    LEAVE = "leave"
    FLAG = "flag"
    MOVE = "move"


class TrustProfile(StrEnum):
    """Whose ``Authentication-Results`` are believed."""

    NONE = "none"
    """Nobody's: only credentials vouch."""
    RFC8601 = "rfc8601"
    """Those on top that carry ``authserv_id``."""
    GOOGLE = "google"
    MICROSOFT = "microsoft"


class Weekday(StrEnum):
    """A day of the week, as the file writes it."""

    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"

    @property
    def number(self) -> int:
        """0 for Monday, as ``date.weekday`` counts."""
        return list(Weekday).index(self)


@dataclass(frozen=True, slots=True)
class Secret:
    """Where a secret is to be found; never the secret itself. One of the three is given."""

    env: str = ""
    file: FilePath = ""
    command: str = ""

    @property
    def ways(self) -> tuple[str, ...]:
        """Which of ``env``, ``file`` and ``command`` are given."""
        return tuple(way for way in ("env", "file", "command") if getattr(self, way))

    def fetch(self, setting: str) -> str:
        """The secret, without the line break at its end.

        ``setting`` is the setting's name for the error. Raises SettingError where it is not there.
        """
        for fault in _secret_faults(setting, self):
            raise SettingError(fault)
        (way,) = self.ways
        secret: str = getattr(self, f"_from_{way}")(setting).rstrip("\r\n")
        if not secret:
            raise SettingError(f"{setting}: the {way} {getattr(self, way)!r} is empty. Put the secret there.")
        return secret

    def _from_env(self, setting: str) -> str:
        try:
            return os.environ[self.env]
        except KeyError:
            raise SettingError(
                f"{setting} is looked for in the environment variable {self.env}, which is not set. "
                "Set it where mailbot is started."
            ) from None

    def _from_file(self, setting: str) -> str:
        try:
            return Path(self.file).expanduser().read_text(encoding="utf-8")
        except OSError as error:
            raise SettingError(
                f"{setting} is looked for in the file {self.file}: {error.strerror}."
            ) from error

    def _from_command(self, setting: str) -> str:
        try:
            run = subprocess.run(  # noqa: S603 - the operator's own command, without a shell
                shlex.split(self.command), capture_output=True, text=True, timeout=30, check=False
            )
        except (OSError, ValueError, subprocess.TimeoutExpired) as error:
            raise SettingError(
                f"{setting}: the command {self.command!r} could not be run: {error}."
            ) from error
        if run.returncode:
            raise SettingError(f"{setting}: the command {self.command!r} ended with code {run.returncode}.")
        return run.stdout


@dataclass(frozen=True, slots=True)
class Network:
    """The network on whose behalf the bot writes."""

    name: str
    language: Language = "en"
    """Written to those whose language is not known."""
    time_zone: str = "UTC"
    website: str = ""
    working_days: tuple[Weekday, ...] = (Weekday.MON, Weekday.TUE, Weekday.WED, Weekday.THU, Weekday.FRI)
    """Dates that fall on other days are put off: a ballot closes, and somebody is reminded, on these."""
    holidays: tuple[date, ...] = ()
    """Days on which nobody works, whatever weekday they are."""
    digests: bool = True
    """Whether the Secretariat is written to by the calendar. If not, nothing lapses either: a case must have
    been named in a digest before."""
    morning: time = time(8)
    """When it is told what waits for it, on working days, in the network's time zone."""
    digest: Weekday = Weekday.MON
    """The weekday on which it is told how everything stands."""

    @property
    def zone(self) -> ZoneInfo:
        """The time zone in which dates are told."""
        return ZoneInfo(self.time_zone)


@dataclass(frozen=True, slots=True)
class Imap:
    """One IMAP account and the folder that is read. ``timeout`` in seconds."""

    host: str
    user: str
    password: Secret
    port: int = 993
    security: Security = Security.TLS
    folder: str = "INBOX"
    sent: str = ""
    """The folder that gets a copy of each letter sent; ``""``: none (many servers do it themselves)."""
    after: After = After.LEAVE
    done: str = ""
    """For ``after = "move"``: the folder to move to."""
    ca_file: FilePath = ""
    """A certificate to trust besides the system's, for a server with its own authority."""
    timeout: Seconds = 30.0


@dataclass(frozen=True, slots=True)
class Mailbox:
    """An inbox that the bot runs: its address and where its letters are fetched."""

    name: str
    address: str
    imap: Imap


@dataclass(frozen=True, slots=True)
class Smtp:
    """Where letters are handed in for delivery. ``timeout`` in seconds."""

    host: str
    user: str = ""
    password: Secret | None = None
    port: int = 465
    security: Security = Security.TLS
    connections: int = 2
    """How many letters may be in flight at once."""
    ca_file: FilePath = ""
    timeout: Seconds = 60.0


@dataclass(frozen=True, slots=True)
class Trust:
    """What vouches for a sender, besides our own credentials."""

    profile: TrustProfile = TrustProfile.NONE
    authserv_id: str = ""
    """For ``rfc8601``: the name that our own receiver puts first in Authentication-Results."""
    plus_addresses: bool = False
    """Whether mail to ``membership+anything@`` reaches the mailbox: replies are then addressed so."""
    unvouched_per_day: int = 4
    """How many letters mail that nothing vouches for can make us write to one address in a day."""


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How often and how hard. Durations in seconds in the file."""

    poll: Seconds = 60.0
    idle: bool = True
    """Wait at the server for new mail where it offers IDLE, besides polling."""
    tries: int = 5
    """How often a letter that fails is handled again before it is set aside."""


@dataclass(frozen=True, slots=True)
class Folders:
    """An operator's own rules and templates; files there lie over the defaults, one by one."""

    rules: FilePath = ""
    templates: FilePath = ""


@dataclass(frozen=True, slots=True)
class Settings:
    """All of ``config.toml``."""

    network: Network
    mailboxes: tuple[Mailbox, ...]
    smtp: Smtp
    key: Secret
    """Signs reply addresses; any long random text. A new one makes addresses given out before useless."""
    database: DatabaseUrl = DATABASE
    trust: Trust = field(default_factory=Trust)
    rhythm: Rhythm = field(default_factory=Rhythm)
    folders: Folders = field(default_factory=Folders)

    @property
    def poll_every(self) -> timedelta:
        """The pause between two looks into an inbox."""
        return timedelta(seconds=self.rhythm.poll)


# ── reading the file ─────────────────────────────────────────────────────────────────────────────


def load(path: Path) -> Settings:
    """The settings in the file ``path``, with every relative path in it made absolute.

    Fetches no secret and connects nowhere. Raises SettingError, which names each setting that is
    wrong, says what was found and what to do.
    """
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8-sig"))  # Windows Notepad writes a BOM
    except FileNotFoundError:
        raise SettingError(
            f"There is no {path}. Write one with «mailbot init», or name yours with --config."
        ) from None
    except OSError as error:
        raise SettingError(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise SettingError(f"{path} is not UTF-8 text (byte {error.start}). Save it as UTF-8.") from error
    except tomllib.TOMLDecodeError as error:
        raise SettingError(f"{path} is not valid TOML: {error}.") from error
    # the default is a relative path too
    prepared = _table(Settings, {"database": DATABASE, **found}, "", path.resolve().parent)
    try:
        settings = msgspec.convert(prepared, Settings)
    except msgspec.ValidationError as error:
        expected, _, place = str(error).partition(" - at ")
        raise SettingError(f"{_said(place.strip('`$.'))}: {expected[0].lower()}{expected[1:]}.") from error
    if faults := list(_faults(settings)):
        raise SettingError("\n".join(faults))
    return settings


def _table(kind: type, found: dict[str, Any], name: str, folder: Path) -> dict[str, Any]:
    """The table ``found`` made ready for conversion to the dataclass ``kind``.

    ``name`` is the table's own, ``""`` at the top. Raises SettingError for a setting that nobody
    knows and for one that is missing.
    """
    known = {each.name: each for each in fields(kind)}
    for key in found:
        if key not in known:
            near = process.extractOne(key, list(known), score_cutoff=60)
            hint = f"Did you mean {near[0]}?" if near else f"Known here: {', '.join(known)}."
            raise SettingError(f"{_said(_join(name, key))} is no setting. {hint}")
    for key, each in known.items():
        if key not in found and each.default is MISSING and each.default_factory is MISSING:
            raise SettingError(f"{_said(_join(name, key))} is missing. Add it; see config.example.toml.")
    hints = get_type_hints(kind, include_extras=True)
    return {key: _value(hints[key], value, _join(name, key), folder) for key, value in found.items()}


def _value(kind: Any, found: Any, name: str, folder: Path) -> Any:
    """The setting ``name`` made ready for conversion: durations in seconds, paths absolute.

    Raises SettingError for a word that is not one of the choices and for a strange duration; whether
    a value is of the right type is left to the conversion.
    """
    if isinstance(found, dict):
        tables: list[Any] = [each for each in (kind, *get_args(kind)) if is_dataclass(each)]
        return _table(tables[0], found, name, folder) if tables else found
    if isinstance(found, list):
        return [_value(get_args(kind)[0], item, f"{name}[{at}]", folder) for at, item in enumerate(found)]
    if isinstance(kind, EnumType) and found not in list(kind):
        raise SettingError(f"{_said(name)} is {found!r}; it can be {', '.join(map(repr, map(str, kind)))}.")
    if isinstance(found, str) and found and get_origin(kind) is Annotated:
        return _MARKED[get_args(kind)[1]](found, name, folder)
    return found


def _seconds(found: str, name: str, _folder: Path) -> float:
    said = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([smhd])", found.strip())
    if said is None:
        raise SettingError(f'{_said(name)} is {found!r}; write seconds (90) or "90s", "5m", "1h", "1d".')
    return float(said[1]) * {"s": 1, "m": 60, "h": 3600, "d": 86400}[said[2]]


def _absolute(found: str, _name: str, folder: Path) -> str:
    return str(folder / Path(found).expanduser())


def _database(found: str, name: str, folder: Path) -> str:
    dialect, slashes, rest = found.partition(":///")
    if dialect != "sqlite" or not slashes or not rest or rest == ":memory:":
        return found
    return f"sqlite:///{_absolute(rest, name, folder)}"


_MARKED = {"seconds": _seconds, "path": _absolute, "database": _database}
"""What is done with a text in the file, by the mark on its type."""


def _join(table: str, key: str) -> str:
    return f"{table}.{key}" if table else key


def _said(name: str) -> str:
    """A setting's name as an operator would say it; mailboxes are counted from 1."""
    return re.sub(r"^mailboxes\[(\d+)\]\.?", lambda m: f"mailbox {int(m[1]) + 1}: ", name) or "the file"


# ── what the types cannot say ────────────────────────────────────────────────────────────────────


def _faults(settings: Settings) -> Iterator[str]:
    """Each thing that is wrong with the settings, in words."""
    trust, rhythm = settings.trust, settings.rhythm
    yield from _network_faults(settings.network)
    if not settings.mailboxes:
        yield "mailboxes is empty; the bot needs at least one. Add a [[mailboxes]] table."
    for twice in _repeated(mailbox.name for mailbox in settings.mailboxes):
        yield f"mailboxes: the name {twice!r} is given twice. Give each mailbox a name of its own."
    for number, mailbox in enumerate(settings.mailboxes, start=1):
        yield from _mailbox_faults(f"mailbox {number}: ", mailbox)
    yield from _smtp_faults(settings.smtp)
    yield from _secret_faults("key", settings.key)
    if settings.database.partition(":")[0].partition("+")[0] not in DATABASES:
        yield 'database begins with no known kind; write "sqlite:///mailbot.db" or "postgresql://…".'
    if trust.profile is TrustProfile.RFC8601 and not trust.authserv_id:
        yield 'trust.authserv_id is empty; with profile "rfc8601" it is the name of your receiving server.'
    for name, folder in (("rules", settings.folders.rules), ("templates", settings.folders.templates)):
        if folder and not Path(folder).is_dir():
            yield f"folders.{name} is {folder!r}, and there is no such folder. Make it, or take this out."
    if rhythm.poll <= 0:
        yield f"rhythm.poll is {rhythm.poll:g}; it is a pause and must be longer than 0 seconds."
    if rhythm.tries < 1:
        yield f"rhythm.tries is {rhythm.tries}; a letter must be tried at least once."


def _network_faults(network: Network) -> Iterator[str]:
    if not network.name.strip():
        yield "network.name is empty. It stands in every letter: write the network's name."
    if not re.fullmatch(r"[a-z]{2}", network.language):
        yield f'network.language is {network.language!r}; write a code of two letters, such as "en" or "es".'
    if network.time_zone not in available_timezones():
        near = process.extractOne(network.time_zone, sorted(available_timezones()))[0]
        yield f"network.time_zone is {network.time_zone!r}, which is no known time zone. Did you mean {near}?"


def _mailbox_faults(name: str, mailbox: Mailbox) -> Iterator[str]:
    imap = mailbox.imap
    if not ADDRESS.fullmatch(mailbox.address):
        yield f"{name}address is {mailbox.address!r}, which does not look like an e-mail address."
    yield from _server_faults(f"{name}imap", imap.host, imap.port, imap.security, imap.timeout)
    yield from _secret_faults(f"{name}imap.password", imap.password)
    if imap.after is After.MOVE and not imap.done:
        yield f'{name}imap.done is empty; with after = "move" it names the folder to move letters to.'


def _smtp_faults(smtp: Smtp) -> Iterator[str]:
    yield from _server_faults("smtp", smtp.host, smtp.port, smtp.security, smtp.timeout)
    if smtp.password is not None:
        yield from _secret_faults("smtp.password", smtp.password)
    if bool(smtp.user) != (smtp.password is not None):
        yield "smtp.user and smtp.password go together: give both, or neither where the server asks for none."
    if smtp.connections < 1:
        yield f"smtp.connections is {smtp.connections}; at least 1 is needed to send anything."


def _server_faults(name: str, host: str, port: int, security: Security, timeout: float) -> Iterator[str]:
    if not host:
        yield f"{name}.host is empty. Write the server's name."
    if not 1 <= port <= 65535:
        yield f"{name}.port is {port}; ports go from 1 to 65535."
    if security is Security.NONE and not _on_this_machine(host):
        yield (
            f'{name}.security is "none", which is for a server on this same machine; {host} would be sent '
            'the password in the clear. Write "tls" or "starttls".'
        )
    if timeout <= 0:
        yield f"{name}.timeout is {timeout:g}; it must be longer than 0 seconds."


def _secret_faults(name: str, secret: Secret) -> Iterator[str]:
    if len(secret.ways) != 1:
        yield (
            f"{name} must say where the secret is in one way: "
            '{ env = "NAME" }, { file = "path" } or { command = "words" }.'
        )


def _on_this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _repeated(names: Iterable[str]) -> list[str]:
    return [name for name, count in Counter(names).items() if count > 1]
