"""Setting the bot up: few questions, a config.toml that works, and nobody answered for what lies there."""

from __future__ import annotations

import stat
from dataclasses import replace
from pathlib import Path

import pytest

from mailbot.cli.config_text import Choices, write_config
from mailbot.cli.interview import Asker, hold
from mailbot.config import Imap, Mailbox, Network, Secret, Security, Smtp, Trust, TrustProfile, load
from mailbot.sandbox.servers import Sandbox

from .operating import BOX, INQUIRY, PASSWORD, Operator, letter

EXAMPLE = Path(__file__).parents[2] / "config.example.toml"

RIVER = Choices(
    network="River Commons Network",
    language="en",
    time_zone="Africa/Nairobi",
    address="membership@rivercommons.example",
    imap_host="imap.rivercommons.example",
    imap_port=993,
    imap_security=Security.TLS,
    imap_user="membership@rivercommons.example",
    smtp_host="smtp.rivercommons.example",
    smtp_port=465,
    smtp_security=Security.TLS,
    smtp_user="membership@rivercommons.example",
    password=Secret(env="MAILBOT_PASSWORD"),
    trust=TrustProfile.NONE,
    plus_addresses=False,
)


@pytest.fixture
def newcomer(tmp_path: Path) -> Operator:
    """An operator who has nothing yet but the password in a file."""
    (tmp_path / "password").write_text(PASSWORD, encoding="utf-8")
    (tmp_path / "password").chmod(0o600)
    return Operator(tmp_path / "config.toml")


def options(box: Sandbox) -> list[str]:
    """What ``init`` must be told to find the embedded servers."""
    return [
        *("--network", "River Commons Network", "--address", BOX, "--time-zone", "Africa/Nairobi"),
        *("--language", "es", "--secretariat", "Ines Duarte <ines@network.example>"),
        *("--imap-host", box.host, "--imap-port", str(box.imap_port), "--imap-security", "none"),
        *("--smtp-host", box.host, "--smtp-port", str(box.smtp_port), "--smtp-security", "none"),
        *("--password-file", "password"),
    ]


def test_the_example_is_what_init_writes() -> None:
    assert write_config(RIVER) == EXAMPLE.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "chosen",
    [
        RIVER,
        replace(
            RIVER, network='Réseau «Eau» \\ "Terre" شبكة \x7f', password=Secret(command='pass "show" it')
        ),
        replace(
            RIVER,
            language="ar",
            time_zone="UTC",
            imap_port=143,
            imap_security=Security.STARTTLS,
            smtp_port=587,
            smtp_security=Security.STARTTLS,
            trust=TrustProfile.GOOGLE,
            plus_addresses=True,
        ),
    ],
    ids=["plain", "awkward characters", "everything else"],
)
def test_what_is_written_is_read_again(chosen: Choices, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(write_config(chosen), encoding="utf-8")

    settings = load(tmp_path / "config.toml")

    assert settings.network == Network(chosen.network, chosen.language, chosen.time_zone)
    assert settings.mailboxes == (
        Mailbox(
            "membership",
            chosen.address,
            Imap(chosen.imap_host, chosen.imap_user, chosen.password, chosen.imap_port, chosen.imap_security),
        ),
    )
    assert settings.smtp == Smtp(
        chosen.smtp_host, chosen.smtp_user, chosen.password, chosen.smtp_port, chosen.smtp_security
    )
    assert settings.trust == Trust(chosen.trust, plus_addresses=chosen.plus_addresses)


@pytest.mark.parametrize(
    ("given", "imap", "smtp", "trust"),
    [
        (
            {"address": "ourplace@gmail.com"},
            ("imap.gmail.com", 993, Security.TLS),
            ("smtp.gmail.com", 465, Security.TLS),
            TrustProfile.GOOGLE,
        ),
        (
            {"address": "membership@network.example", "provider": "microsoft"},
            ("outlook.office365.com", 993, Security.TLS),
            ("smtp.office365.com", 587, Security.STARTTLS),
            TrustProfile.MICROSOFT,
        ),
        (
            {"address": "membership@network.example"},
            ("imap.network.example", 993, Security.TLS),
            ("smtp.network.example", 465, Security.TLS),
            TrustProfile.NONE,
        ),
        (
            {
                "address": "membership@network.example",
                "imap_security": "starttls",
                "smtp_host": "out.example",
            },
            ("imap.network.example", 143, Security.STARTTLS),
            ("out.example", 465, Security.TLS),
            TrustProfile.NONE,
        ),
    ],
)
def test_servers_are_guessed_from_the_provider(
    given: dict[str, str],
    imap: tuple[str, int, Security],
    smtp: tuple[str, int, Security],
    trust: TrustProfile,
) -> None:
    chosen = hold(Asker({"network": "River Commons Network", **given}, quiet=True))
    assert (chosen.imap_host, chosen.imap_port, chosen.imap_security) == imap
    assert (chosen.smtp_host, chosen.smtp_port, chosen.smtp_security) == smtp
    assert chosen.trust is trust
    assert (chosen.imap_user, chosen.smtp_user) == (given["address"], given["address"])
    assert chosen.password == Secret(env="MAILBOT_PASSWORD")


def test_init_leaves_a_bot_that_answers_nobody_for_what_lies_there(newcomer: Operator, box: Sandbox) -> None:
    for number in range(3):
        box.deliver(BOX, letter(f"old{number}@delta.example", f"An application of long ago, the {number}."))

    told = newcomer("init", "--yes", *options(box)).stdout

    assert f"{BOX}: 3 letters lie there and will be left alone" in told
    assert stat.S_IMODE((newcomer.config.parent / "mailbot.key").stat().st_mode) == 0o600
    assert "ines@network.example" in newcomer("people").stdout
    newcomer("once")
    assert box.outside == ()
    box.deliver(BOX, INQUIRY)
    newcomer("once")
    assert {recipient for sent in box.outside for recipient in sent.recipients} >= {
        "rehema@bahariyetu.example"
    }


def test_init_does_not_write_over_settings_unless_forced(newcomer: Operator, box: Sandbox) -> None:
    newcomer("init", "--yes", *options(box))
    key = (newcomer.config.parent / "mailbot.key").read_text(encoding="ascii")
    box.deliver(BOX, INQUIRY)

    refused = newcomer("init", "--yes", *options(box), code=1)
    assert "There is a" in refused.stderr

    told = newcomer("init", "--yes", "--force", *options(box)).stdout
    assert "was begun before" in told
    assert (newcomer.config.parent / "mailbot.key").read_text(encoding="ascii") == key
    assert newcomer("people").stdout.count("ines@network.example") == 1
    assert newcomer("once").stdout.startswith("Letters: 1 received")


def test_init_goes_on_where_the_server_is_away(newcomer: Operator, box: Sandbox) -> None:
    box.deliver(BOX, INQUIRY)
    box.imap_down()

    told = newcomer("init", "--yes", *options(box)).stdout

    assert "could not be opened yet" in told
    assert "mailbot doctor" in told
    box.imap_up()
    newcomer("once")
    assert box.outside == ()


def test_init_asks_and_never_for_the_password(newcomer: Operator, box: Sandbox) -> None:
    typed = [
        "River Commons Network",
        "membership at network",  # asked again
        BOX,
        "fr",
        "Nairobi",  # asked again
        "Africa/Nairobi",
        "",  # provider: other
        box.host,
        "none",
        str(box.imap_port),
        "",  # user: the address
        box.host,
        "none",
        str(box.smtp_port),
        "",
        "file",
        "password",
        "Ines Duarte <ines@network.example>",
    ]

    told = newcomer("init", typed="\n".join(typed) + "\n").output

    settings = load(newcomer.config)
    assert settings.network == Network("River Commons Network", "fr", "Africa/Nairobi")
    assert settings.mailboxes[0].imap == Imap(
        box.host, BOX, Secret(file=str(newcomer.config.parent / "password")), box.imap_port, Security.NONE
    )
    assert "membership at network does not look like an e-mail address" in told
    assert "Nairobi is no time zone" in told
    assert PASSWORD not in told


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "Please give --network"),
        (("--network", "River"), "Please give --address"),
        (
            ("--network", "River", "--address", "river"),
            "--address: river does not look like an e-mail address",
        ),
        (("--network", "River", "--address", BOX, "--imap-port", "0"), "--imap-port: 0 is no port"),
        (("--network", "River", "--address", BOX, "--provider", "aol"), "--provider: aol is none of google"),
        (
            ("--network", "River", "--address", BOX, "--password-env", "A", "--password-file", "b"),
            "The password is in one place",
        ),
        (
            ("--network", "River", "--address", BOX, "--secretariat", "Ines"),
            "does not look like «Name <address>»",
        ),
    ],
)
def test_init_without_questions_says_what_is_missing_and_writes_nothing(
    newcomer: Operator, words: tuple[str, ...], said: str
) -> None:
    result = newcomer("init", "--yes", *words, code=2)
    assert said in result.stderr
    assert not newcomer.config.exists()
