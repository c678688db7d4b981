"""The doctor names each thing that is wrong and what to do, and looks at the rest all the same."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from mailbot.cli import checks
from mailbot.cli.checks import guarded
from mailbot.cli.findings import Check, State, bad, good, mind
from mailbot.cli.stores import opened
from mailbot.config import Settings, load
from mailbot.sandbox.servers import Sandbox
from mailbot.store import letters, outgoing

from .operating import BOX, INQUIRY, PASSWORD, Operator

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def peopled(mailbot: Operator, roster: str) -> Operator:
    """An operator whose bot knows who is who."""
    mailbot("people", "import", roster)
    return mailbot


def settings(mailbot: Operator) -> Settings:
    return load(mailbot.config)


def look_at_inbox(mailbot: Operator) -> list[Check]:
    told = settings(mailbot)
    return list(guarded("mailbox membership", checks.inbox, told.mailboxes[0], told.rhythm))


# ── all together ─────────────────────────────────────────────────────────────────────────────────


def test_all_is_well_and_no_secret_is_shown(peopled: Operator, box: Sandbox) -> None:
    told = peopled("doctor").output
    assert [line.split("  ")[1].strip() for line in told.splitlines() if line.startswith("✓")] == [
        "settings",
        "secret key",
        "secret imap.password of membership",
        "rules",
        "templates",
        "database",
        "roster",
        "letters",
        "clock",
        "mailbox membership",
        "SMTP",
    ]
    assert f"{BOX} at {box.host}:{box.imap_port} (none), folder INBOX." in told
    assert PASSWORD not in told
    assert "a long random text" not in told


def test_one_fault_stops_no_other_check(peopled: Operator, box: Sandbox) -> None:
    box.imap_down()
    peopled.change("[network]", '[network]\nlanguage = "sw"')
    (peopled.config.parent / "mailbot.db").write_text("no database at all", encoding="utf-8")
    (peopled.config.parent / "rules").mkdir()
    (peopled.config.parent / "rules" / "process.toml").write_text("first = 1", encoding="utf-8")
    peopled.change("[smtp]", '[folders]\nrules = "rules"\n[smtp]')
    (peopled.config.parent / "mailbot.key").unlink()

    found = json.loads(peopled("doctor", "--json", code=1).stdout)

    states = {each["name"]: each["state"] for each in found}
    assert states["SMTP"] == "good"
    assert [name for name, state in states.items() if state == "bad"] == [
        "secret key",
        "rules",
        "templates",
        "database",
        "mailbox membership",
    ]


def test_settings_that_cannot_be_read_are_all_that_is_told(mailbot: Operator) -> None:
    mailbot.change("[smtp]", "[stmp]")
    assert json.loads(mailbot("doctor", "--json", code=1).stdout) == [
        {"name": "settings", "state": "bad", "said": "stmp is no setting. Did you mean smtp?"},
        {
            "name": "the rest",
            "state": "mind",
            "said": "Not looked at: everything else depends on the settings.",
        },
    ]


# ── one by one ───────────────────────────────────────────────────────────────────────────────────


def test_a_secret_that_others_may_read_is_told(mailbot: Operator) -> None:
    key = mailbot.config.parent / "mailbot.key"
    key.chmod(0o644)
    assert next(checks.secrets(settings(mailbot))) == mind(
        "secret key", f"Others on this machine may read the file {key}. Run: chmod 600 {key}"
    )


def test_a_secret_that_is_not_there_is_told(mailbot: Operator) -> None:
    mailbot.change('{ file = "password" }', '{ env = "MAILBOT_UNHEARD_OF" }')
    found = list(checks.secrets(settings(mailbot)))
    assert [each.state for each in found] == [State.GOOD, State.BAD]
    assert "MAILBOT_UNHEARD_OF, which is not set" in found[1].said


def test_rules_of_ones_own_that_are_wrong_are_told(mailbot: Operator) -> None:
    (mailbot.config.parent / "rules").mkdir()
    (mailbot.config.parent / "rules" / "process.toml").write_text("first = 1", encoding="utf-8")
    mailbot.change("[smtp]", '[folders]\nrules = "rules"\n[smtp]')
    (found,) = guarded("rules", checks.rules, settings(mailbot))
    assert found.state is State.BAD
    assert "process.toml" in found.said


def test_a_language_without_letters_is_told(mailbot: Operator) -> None:
    mailbot.change("[network]", '[network]\nlanguage = "sw"')
    assert bad(
        "templates",
        "network.language is 'sw', but letters can be written only in ar, en, es, fr. "
        "Choose one of these, or add templates.",
    ) in checks.templates(settings(mailbot))


def test_before_the_first_start_there_is_no_database_and_none_is_made(mailbot: Operator) -> None:
    (found,) = checks.database(settings(mailbot), NOW)
    assert found.state is State.MIND
    assert "the first «mailbot run» or «mailbot once» makes it" in found.said
    assert not (mailbot.config.parent / "mailbot.db").exists()


def test_nobody_of_the_secretariat_is_told(mailbot: Operator) -> None:
    mailbot("people", "import", "-", typed="name,addresses,role\nBo,bo@fjord.example,board\n")
    found = {each.name: each for each in checks.database(settings(mailbot), NOW)}
    assert found["database"].state is State.GOOD
    assert found["roster"].state is State.BAD
    assert "mailbot people import" in found["roster"].said


def test_letters_in_trouble_are_told(peopled: Operator) -> None:
    with opened(settings(peopled)) as store:
        with store.begin() as connection:
            (row,) = letters.receive(connection, None, [letters.Incoming(INQUIRY, NOW)], NOW)
            letters.settle(connection, row, state="set_aside", outcome="set aside", now=NOW)
            ours = outgoing.queue(
                connection,
                case=None,
                template="question",
                language="en",
                sender=BOX,
                recipient="gone@delta.example",
                subject="A question",
                message_id="1@network.example",
                raw=b"",
                answers_letter=None,
                now=NOW,
            )
            outgoing.failed(connection, ours, "550 no such user")
        assert [(each.name, each.state, each.said.partition(" ")[0]) for each in checks.work(store)] == [
            ("letters in", State.MIND, "1"),
            ("letters out", State.MIND, "1"),
        ]


@pytest.mark.parametrize(("ahead", "state"), [(timedelta(0), State.GOOD), (timedelta(hours=1), State.BAD)])
def test_a_clock_that_is_behind_the_mail_server_is_told(
    peopled: Operator, ahead: timedelta, state: State
) -> None:
    told = settings(peopled)
    with opened(told) as store:
        with store.begin() as connection:
            letters.receive(connection, None, [letters.Incoming(INQUIRY, NOW + ahead)], NOW)
        assert checks.clock(store, NOW, told).state is state


# ── people and members ───────────────────────────────────────────────────────────────────────────

ROSTER_WITH_MEMBERS = """\
name,organization,kind,addresses,role,from,until
Ines Duarte,,,ines@network.example,secretariat,,
Bo Lindqvist,,,bo@fjord.example,board,2025-01-01,2026-03-01
Bo Lindqvist,,,bo@fjord.example,board,2026-03-02,
Eva Ruiz,,,eva@delta.example,board,2024-01-01,2026-03-01
Dana Reyes,Delta Commons,,dana@delta.example,member,,
Sol Reyes,the Delta Commons,,sol@delta.example,member,,
Sam Odede,Lake Circles,,sam@lake.example,member,,
Old Contact,Gone Organization,,old@gone.example,member,,2025-01-01
Chi Okafor,,individual,chi@post.example,member,,
"""

DIRECTORY = """\
name,kind,until
Delta Commons,organization,
Commons of the Delta,organization,
Lake Circle,organization,
Reef Watch,organization,2025-12-31
Chi Okafor,individual,
"""


def test_members_contacts_and_board_that_do_not_fit_are_told(mailbot: Operator) -> None:
    mailbot("people", "import", "-", typed=ROSTER_WITH_MEMBERS)
    mailbot("members", "import", "-", typed=DIRECTORY)
    found = [each for each in checks.database(settings(mailbot), NOW) if each.name in ("Board", "members")]

    assert {each.state for each in found} == {State.MIND}
    board, silent, strangers, alike, spelled = [each.said for each in found]
    assert board.startswith("1 term has ended: Eva Ruiz (2026-03-01).")
    assert silent.startswith(
        "2 organizations have no contact on the roster and no voice: Commons of the Delta, Lake"
    )
    assert strangers.startswith(
        "1 person has the role member and answer for none: Sam Odede (Lake Circles, perhaps Lake Circle)."
    )
    assert alike.startswith(
        "1 pair of members has almost the same name: Delta Commons and Commons of the Delta."
    )
    assert spelled.startswith(
        "On the roster, 1 organization is spelled in several ways: Delta Commons and the Delta"
    )


def test_a_board_out_of_office_is_told(mailbot: Operator) -> None:
    mailbot("people", "import", "-", typed=ROSTER_WITH_MEMBERS.replace("2026-03-02,\n", "2026-03-03,\n"))
    found = [each.said for each in checks.database(settings(mailbot), NOW) if each.name == "Board"]
    assert found[0].startswith("Nobody of the Board is in force today")
    assert found[1].startswith("2 terms have ended: Bo Lindqvist (2026-03-01), Eva Ruiz")


def test_an_empty_directory_is_told_and_one_in_order_is_good(peopled: Operator) -> None:
    def members() -> list[Check]:
        return [each for each in checks.database(settings(peopled), NOW) if each.name == "members"]

    (empty,) = members()
    assert empty.state is State.MIND
    assert "mailbot members import" in empty.said

    peopled("members", "add", "Delta Commons")
    dana = ("Dana", "--role", "member", "--address", "d@delta.example")
    peopled("people", "add", *dana, "--organization", "Delta Commons")
    assert members() == [good("members", "1 member, a contact for every organization.")]


# ── mail servers ─────────────────────────────────────────────────────────────────────────────────

CHANGES: list[tuple[str, Check | str]] = [
    # what is added to [mailboxes.imap], and what is found
    ('sent = "Gone"', "imap.sent is 'Gone', but there are only INBOX"),
    ('folder = "Gone"', "'Gone'"),
    ('after = "move"\ndone = "Gone"', "imap.done is 'Gone'"),
    (
        'after = "flag"',
        mind("mailbox membership", "The server keeps no keywords, so handled letters get the star instead."),
    ),
]


@pytest.mark.parametrize(("added", "expected"), CHANGES, ids=[added for added, _ in CHANGES])
def test_what_a_mailbox_lacks_is_told(mailbot: Operator, added: str, expected: Check | str) -> None:
    mailbot.change("[mailboxes.imap]", f"[mailboxes.imap]\n{added}")
    found = look_at_inbox(mailbot)
    if isinstance(expected, Check):
        assert found[1:] == [expected]
    else:
        assert found[-1].state is State.BAD
        assert expected in found[-1].said


def test_a_wrong_password_is_told_and_never_shown(mailbot: Operator) -> None:
    (mailbot.config.parent / "password").write_text("not the password", encoding="utf-8")
    (found,) = look_at_inbox(mailbot)
    assert found.state is State.BAD
    assert "refused the login" in found.said
    assert "not the password" not in found.said


def test_a_server_that_refuses_the_login_for_sending_is_told(mailbot: Operator) -> None:
    mailbot.change("[smtp]", '[smtp]\nuser = "somebody"\npassword = { file = "mailbot.key" }')
    (found,) = guarded("SMTP", checks.smtp, settings(mailbot))
    assert found.state is State.BAD
    assert "somebody" in found.said
    assert "a long random text" not in found.said


def test_servers_that_are_away_are_named_with_host_and_port(mailbot: Operator, box: Sandbox) -> None:
    box.imap_down()
    box.smtp_down()
    looks: list[tuple[Callable[[], Iterator[Check] | list[Check]], int]] = [
        (lambda: look_at_inbox(mailbot), box.imap_port),
        (lambda: guarded("SMTP", checks.smtp, settings(mailbot)), box.smtp_port),
    ]
    for look, port in looks:
        (found,) = look()
        assert found.state is State.BAD
        assert f"{box.host}, port {port}" in found.said


def test_a_mailbox_that_can_be_read_is_told(mailbot: Operator, box: Sandbox) -> None:
    assert look_at_inbox(mailbot) == [
        good("mailbox membership", f"{BOX} at {box.host}:{box.imap_port} (none), folder INBOX.")
    ]
