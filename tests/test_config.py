"""``config.toml`` is read into settings, and every slip of the hand is named."""

from __future__ import annotations

import os
import re
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import pytest

from mailbot.config import (
    After,
    Imap,
    Mailbox,
    Network,
    Secret,
    Security,
    SettingError,
    Settings,
    Smtp,
    Trust,
    TrustProfile,
    load,
)

EXAMPLE = Path(__file__).parents[1] / "config.example.toml"

SMALL = """
key = { file = "mailbot.key" }
[network]
name = "River Commons Network"
[[mailboxes]]
name = "membership"
address = "membership@rivercommons.example"
[mailboxes.imap]
host = "imap.rivercommons.example"
user = "membership"
password = { env = "RIVER_PASSWORD" }
[smtp]
host = "smtp.rivercommons.example"
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(SMALL, encoding="utf-8")
    return path


def change(config: Path, old: str, new: str) -> None:
    text = config.read_text(encoding="utf-8")
    assert old in text
    config.write_text(text.replace(old, new), encoding="utf-8")


def test_a_small_file_is_filled_up_with_defaults(config: Path) -> None:
    assert load(config) == Settings(
        network=Network("River Commons Network"),
        mailboxes=(
            Mailbox(
                "membership",
                "membership@rivercommons.example",
                Imap("imap.rivercommons.example", "membership", Secret(env="RIVER_PASSWORD")),
            ),
        ),
        smtp=Smtp("smtp.rivercommons.example"),
        key=Secret(file=str(config.parent / "mailbot.key")),
        database=f"sqlite:///{config.parent}/mailbot.db",
    )


def test_the_example_shows_every_setting_with_its_default(tmp_path: Path) -> None:
    """Taking the ``#`` from a setting of the example changes nothing."""
    text = EXAMPLE.read_text(encoding="utf-8")
    spelt_out = re.sub(r"^# (?=\w+ = )", "", text, flags=re.MULTILINE)
    (tmp_path / "short.toml").write_text(text, encoding="utf-8")
    (tmp_path / "long.toml").write_text(spelt_out, encoding="utf-8")

    short, long = load(tmp_path / "short.toml"), load(tmp_path / "long.toml")

    assert long == short
    assert short.mailboxes[0].imap.password == short.smtp.password == Secret(env="MAILBOT_PASSWORD")
    missing = [
        name for name in setting_names(short) if not re.search(rf"^{name} = ", spelt_out, re.MULTILINE)
    ]
    assert missing == []


def setting_names(table: Any) -> set[str]:
    """The plain settings of ``table`` and of the tables in it; places of secrets are not told apart."""
    names = set()
    for each in fields(table):
        value = getattr(table, each.name)
        inner = value[0] if isinstance(value, tuple) and value else value
        names |= (
            setting_names(inner) if is_dataclass(inner) and not isinstance(inner, Secret) else {each.name}
        )
    return names


@pytest.mark.parametrize(
    ("said", "seconds"),
    [('"90s"', 90.0), ('"5m"', 300.0), ('"1h"', 3600.0), ('"1.5 h"', 5400.0), ("45", 45.0), ("0.5", 0.5)],
)
def test_a_duration_is_seconds_or_has_a_unit(config: Path, said: str, seconds: float) -> None:
    change(config, "[smtp]", f"[rhythm]\npoll = {said}\n[smtp]")
    assert load(config).rhythm.poll == seconds


def test_relative_paths_start_from_the_folder_of_the_file(config: Path) -> None:
    here = config.parent
    (here / "our" / "rules").mkdir(parents=True)
    (here / "letters").mkdir()
    folders = f'[folders]\nrules = "our/rules"\ntemplates = "{here}/letters"\n'
    change(config, "[smtp]", f'{folders}[smtp]\nca_file = "ca.pem"')
    change(config, "[network]", 'database = "sqlite:///var/cases.db"\n[network]')

    settings = load(config)

    assert settings.folders.rules == str(here / "our/rules")
    assert settings.folders.templates == str(here / "letters")
    assert settings.smtp.ca_file == str(here / "ca.pem")
    assert settings.database == f"sqlite:///{here}/var/cases.db"


@pytest.mark.parametrize(
    "url", ["sqlite:////var/lib/mailbot/cases.db", "postgresql://mailbot@db.example/cases"]
)
def test_other_database_urls_stay_as_they_are(config: Path, url: str) -> None:
    change(config, "[network]", f'database = "{url}"\n[network]')
    assert load(config).database == url


def test_the_words_of_choices_become_their_enums(config: Path) -> None:
    change(
        config,
        'user = "membership"',
        'user = "membership"\nsecurity = "starttls"\nafter = "move"\ndone = "Done"',
    )
    imap = load(config).mailboxes[0].imap
    assert (imap.security, imap.after, imap.done) == (Security.STARTTLS, After.MOVE, "Done")


SLIPS = [
    # what is written instead of what, and what the error must say
    ('host = "imap', 'hots = "imap', "mailbox 1: imap.hots is no setting. Did you mean host?"),
    ("[smtp]", "[stmp]", "stmp is no setting. Did you mean smtp?"),
    ("[smtp]", "[smtp]\nqqq = 1", "smtp.qqq is no setting. Known here: host, user, password"),
    ('key = { file = "mailbot.key" }', "", "key is missing. Add it; see config.example.toml."),
    ('user = "membership"', "", "mailbox 1: imap.user is missing."),
    ("[smtp]", '[smtp]\nport = "465"', "smtp.port: expected `int`, got `str`."),
    ("[smtp]", "[smtp]\nport = 99999", "smtp.port is 99999; ports go from 1 to 65535."),
    ("[smtp]", '[smtp]\nsecurity = "ssl"', "smtp.security is 'ssl'; it can be 'tls', 'starttls', 'none'."),
    (
        "[smtp]",
        '[smtp]\nsecurity = "none"',
        'smtp.security is "none", which is for a server on this same machine',
    ),
    ("[smtp]", '[smtp]\nuser = "membership"', "smtp.user and smtp.password go together"),
    ("[smtp]", "[smtp]\nconnections = 0", "smtp.connections is 0"),
    ("[smtp]", '[smtp]\ntimeout = "soon"', "smtp.timeout is 'soon'; write seconds (90) or \"90s\""),
    ("[smtp]", "[smtp]\ntimeout = 0", "smtp.timeout is 0; it must be longer"),
    ("[smtp]", "[rhythm]\npoll = 0\n[smtp]", "rhythm.poll is 0; it is a pause"),
    ("[smtp]", "[rhythm]\ntries = 0\n[smtp]", "rhythm.tries is 0"),
    ("[smtp]", '[trust]\nprofile = "rfc8601"\n[smtp]', "trust.authserv_id is empty"),
    ("membership@rivercommons", "membership at rivercommons", "mailbox 1: address is 'membership at"),
    ('name = "River Commons Network"', 'name = " "', "network.name is empty."),
    ("[[mailboxes]]", 'language = "english"\n[[mailboxes]]', "network.language is 'english'; write a code"),
    ("[[mailboxes]]", 'time_zone = "Nairobi"\n[[mailboxes]]', "Did you mean Africa/Nairobi?"),
    ("[network]", 'database = "mysql://db.example"\n[network]', "database begins with no known kind"),
    ('{ env = "RIVER_PASSWORD" }', '{ env = "A", file = "b" }', "mailbox 1: imap.password must say where"),
    ('{ env = "RIVER_PASSWORD" }', '"hunter2"', "mailbox 1: imap.password: expected `object`, got `str`."),
    ("[mailboxes.imap]", '[mailboxes.imap]\nafter = "move"', "mailbox 1: imap.done is empty"),
    ("[smtp]", '[folders]\nrules = "nowhere"\n[smtp]', "nowhere', and there is no such folder."),
    ("[smtp]", "[smtp", "is not valid TOML"),
]


@pytest.mark.parametrize(("right", "slip", "said"), SLIPS, ids=[said[:45] for _, _, said in SLIPS])
def test_a_slip_is_named_with_what_to_do(config: Path, right: str, slip: str, said: str) -> None:
    change(config, right, slip)
    with pytest.raises(SettingError) as error:
        load(config)
    assert said in str(error.value)


def test_a_secret_written_by_mistake_is_not_repeated(config: Path) -> None:
    change(config, '{ env = "RIVER_PASSWORD" }', '"hunter2"')
    with pytest.raises(SettingError) as error:
        load(config)
    assert "hunter2" not in str(error.value)


def test_all_faults_are_told_at_once(config: Path) -> None:
    change(config, "[smtp]", "[smtp]\nport = 0\nconnections = 0")
    with pytest.raises(SettingError) as error:
        load(config)
    assert [line.split(" is ")[0] for line in str(error.value).splitlines()] == [
        "smtp.port",
        "smtp.connections",
    ]


def test_two_mailboxes_of_one_name_are_a_fault_of_the_second(config: Path) -> None:
    mailbox = SMALL[SMALL.index("[[mailboxes]]") : SMALL.index("[smtp]")]
    change(config, "[smtp]", mailbox.replace("imap.rivercommons.example", "") + "[smtp]")
    with pytest.raises(SettingError) as error:
        load(config)
    assert str(error.value).splitlines() == [
        "mailboxes: the name 'membership' is given twice. Give each mailbox a name of its own.",
        "mailbox 2: imap.host is empty. Write the server's name.",
    ]


def test_no_mailbox_at_all(config: Path) -> None:
    text = SMALL.replace(SMALL[SMALL.index("[[mailboxes]]") : SMALL.index("[smtp]")], "")
    config.write_text(f"mailboxes = []\n{text}", encoding="utf-8")
    with pytest.raises(SettingError, match="mailboxes is empty; the bot needs at least one"):
        load(config)


def test_a_file_that_is_not_there_and_one_that_is_not_text(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match=r"There is no .*none\.toml\. Write one with «mailbot init»"):
        load(tmp_path / "none.toml")
    (tmp_path / "latin.toml").write_bytes("name = 'Añoranza'".encode("latin-1"))
    with pytest.raises(SettingError, match=r"is not UTF-8 text \(byte 9\)"):
        load(tmp_path / "latin.toml")


def test_a_byte_order_mark_is_no_harm(config: Path) -> None:
    plain = load(config)
    config.write_text(SMALL, encoding="utf-8-sig")
    assert load(config) == plain


# ── secrets ──────────────────────────────────────────────────────────────────────────────────────


def test_a_secret_comes_from_where_it_is_kept(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("from a file\n", encoding="utf-8")
    assert [
        Secret(env="PATH").fetch("smtp.password"),
        Secret(file=str(tmp_path / "secret.txt")).fetch("smtp.password"),
        Secret(command="echo from a command").fetch("smtp.password"),
    ] == [os.environ["PATH"], "from a file", "from a command"]


@pytest.mark.parametrize(
    ("secret", "said"),
    [
        (Secret(), "smtp.password must say where the secret is in one way"),
        (Secret(env="A", command="b"), "smtp.password must say where the secret is in one way"),
        (Secret(env="MAILBOT_UNHEARD_OF"), "environment variable MAILBOT_UNHEARD_OF, which is not set"),
        (Secret(file="/nowhere/secret.txt"), "looked for in the file /nowhere/secret.txt: No such file"),
        (Secret(command="false"), "the command 'false' ended with code 1"),
        (Secret(command="/nowhere/vault get"), "the command '/nowhere/vault get' could not be run"),
        (Secret(command="printf ''"), "the command \"printf ''\" is empty. Put the secret there."),
    ],
)
def test_a_secret_that_is_not_there_is_named(secret: Secret, said: str) -> None:
    with pytest.raises(SettingError) as error:
        secret.fetch("smtp.password")
    assert said in str(error.value)


def test_trust_says_whose_word_is_taken(config: Path) -> None:
    change(config, "[smtp]", '[trust]\nprofile = "rfc8601"\nauthserv_id = "mx.rivercommons.example"\n[smtp]')
    assert load(config).trust == Trust(profile=TrustProfile.RFC8601, authserv_id="mx.rivercommons.example")
