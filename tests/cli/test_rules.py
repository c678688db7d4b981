"""The rules looked at, drawn and given to open cases, from the command line."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from mailbot.process.case import Case
from mailbot.store import cases, timers
from mailbot.store.engine import Store

from .operating import INQUIRY, Operator

ORCHARD = Path(__file__).parents[1] / "networks" / "orchard"
DEFAULT = Path(__file__).parents[2] / "rules" / "process.toml"


@pytest.fixture
def misspelt(tmp_path: Path) -> Path:
    """A folder with the default process, in which nothing leads to the stage lapsed any more."""
    folder = tmp_path / "my-rules"
    folder.mkdir()
    text = DEFAULT.read_text(encoding="utf-8").replace('to = "lapsed"', 'to = "withdrawn"')
    (folder / "process.toml").write_text(text, encoding="utf-8")
    return folder


# ── check ────────────────────────────────────────────────────────────────────────────────────────


def test_rules_in_order_are_said_to_be(mailbot: Operator) -> None:
    assert mailbot("rules", "check").stdout == "The rules are in order.\n"


def test_the_rules_of_a_folder_are_checked_with_the_letters_of_another(mailbot: Operator) -> None:
    told = mailbot("rules", "check", str(ORCHARD / "rules"), "--letters", str(ORCHARD / "letters"))
    assert told.stdout == "The rules are in order.\n"


def test_what_is_wrong_is_told_with_file_and_line_and_ends_with_1(mailbot: Operator, misspelt: Path) -> None:
    told = mailbot("rules", "check", str(misspelt), code=1).stdout.splitlines()

    line = (misspelt / "process.toml").read_text(encoding="utf-8").splitlines().index("[stages.lapsed]") + 1
    assert told[0].startswith(f"✗ {misspelt}/process.toml:{line}: no case ever comes to the stage 'lapsed'.")
    assert re.fullmatch(r"\d things are wrong\.|1 thing is wrong\.", told[-1])


def test_the_folders_of_the_settings_are_checked(mailbot: Operator, misspelt: Path) -> None:
    with mailbot.config.open("a", encoding="utf-8") as config:
        config.write('[folders]\nrules = "my-rules"\n')

    findings = json.loads(mailbot("rules", "check", "--json", code=1).stdout)

    assert findings[0]["file"] == str(misspelt / "process.toml")
    assert findings[0]["wrong"] is True


def test_what_is_only_odd_ends_with_0(mailbot: Operator, tmp_path: Path) -> None:
    text = DEFAULT.read_text(encoding="utf-8").replace("individual = [", "# [")
    (tmp_path / "process.toml").write_text(text, encoding="utf-8")

    assert mailbot("rules", "check", str(tmp_path)).stdout.splitlines()[-1] == "1 thing is odd."


# ── draw ─────────────────────────────────────────────────────────────────────────────────────────


def test_the_process_is_drawn_as_svg_and_as_mermaid(mailbot: Operator, tmp_path: Path) -> None:
    assert mailbot("rules", "draw").stdout.startswith("<svg ")
    assert mailbot("rules", "draw", "--format", "mermaid").stdout.startswith("flowchart TD\n")

    picture = tmp_path / "process.mmd"
    told = mailbot("rules", "draw", str(ORCHARD / "rules"), "--language", "es", "--output", str(picture))
    assert told.stdout == f"Drawn to {picture}.\n"
    assert "Primer saludo" in picture.read_text(encoding="utf-8")


def test_a_language_that_the_rules_do_not_have_is_refused(mailbot: Operator) -> None:
    told = mailbot("rules", "draw", str(ORCHARD / "rules"), "--language", "fr", code=1)
    assert told.stderr == "Error: The rules have no titles in fr. There are en, es.\n"


# ── migrate ──────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def applied(mailbot: Operator, roster: str) -> Operator:
    """An operator whose bot has one case, begun under the default rules, and who then changed them."""
    mailbot("people", "import", roster)
    mailbot("receive", typed=INQUIRY)
    mailbot("once")
    return mailbot


def changes(mailbot: Operator, old: str, new: str) -> None:
    """The operator's own process is the default one with ``new`` for ``old``."""
    folder = mailbot.config.parent / "my-rules"
    folder.mkdir(exist_ok=True)
    text = DEFAULT.read_text(encoding="utf-8")
    assert old in text
    (folder / "process.toml").write_text(text.replace(old, new), encoding="utf-8")
    with mailbot.config.open("a", encoding="utf-8") as config:
        config.write('[folders]\nrules = "my-rules"\n')


def test_nothing_is_to_be_moved_where_nothing_changed(applied: Operator) -> None:
    assert applied("rules", "migrate").stdout == "Every open case goes by the rules in force.\n"


def test_what_changes_is_shown_and_written_only_with_yes(applied: Operator) -> None:
    changes(applied, "deadline = 28", "deadline = 60")

    shown = applied("rules", "migrate").stdout
    assert re.search(r"deadline +\d{4}-\d\d-\d\d \d\d:\d\d → \d{4}-\d\d-\d\d \d\d:\d\d\n", shown)
    assert shown.endswith("1 case would move. Do it with --yes.\n")
    assert applied("rules", "migrate").stdout == shown

    assert applied("rules", "migrate", "--yes").stdout.endswith("1 case moved.\n")
    assert applied("rules", "migrate").stdout == "Every open case goes by the rules in force.\n"
    assert "The operator moved the case to other rules." in applied("show", number(applied)).stdout
    assert applied("audit").stdout == "1 journal looked at, 0 not as written.\n"
    with opened(applied) as (store, case), store.look() as connection:
        due = timers.of_case(connection, case.number)["deadline"]
    assert 58 <= (due - case.since).days <= 64


def number(mailbot: Operator) -> str:
    (case,) = json.loads(mailbot("cases", "--json").stdout)
    return str(case["number"])


@contextmanager
def opened(mailbot: Operator) -> Iterator[tuple[Store, Case]]:
    store = Store.open(f"sqlite:///{mailbot.config.parent / 'mailbot.db'}")
    try:
        with store.look() as connection:
            (case,) = cases.every(connection)
        yield store, case
    finally:
        store.close()


def test_a_case_whose_stage_is_gone_stays_until_it_is_said_where_it_is_to_stand(applied: Operator) -> None:
    changes(applied, "inquiry", "hello")

    stays = applied("rules", "migrate", "--yes").stdout
    assert (
        "the rules in force have no stage 'inquiry'; say where it is to stand with --stage inquiry=…" in stays
    )
    assert stays.endswith("0 cases moved, 1 stays.\n")

    goes = applied("rules", "migrate", "--stage", "inquiry=hello", "--yes").stdout
    assert "inquiry → hello" in goes
    assert json.loads(applied("cases", "--json").stdout)[0]["stage"] == "hello"


@pytest.mark.parametrize("pair", ["inquiry", "=hello", "inquiry=", "inquiry=moon"])
def test_a_stage_to_go_to_must_be_one(applied: Operator, pair: str) -> None:
    told = applied("rules", "migrate", "--stage", pair, code=1)
    assert (
        f"Error: --stage {pair}: write it as OLD=NEW, where NEW is one of inquiry, screening," in told.stderr
    )


def test_single_cases_are_moved_by_their_numbers(applied: Operator) -> None:
    changes(applied, "deadline = 28", "deadline = 60")

    assert "M-1999-0001" in applied("rules", "migrate", "--case", "M-1999-0001", code=1).stderr
    told = applied("rules", "migrate", "--case", number(applied).lower(), "--yes").stdout
    assert told.endswith("1 case moved.\n")
