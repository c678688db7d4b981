"""The group of commands: what it lists, what it imports, and how it fails."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
from click.testing import CliRunner

from mailbot.cli import COMMANDS, main

from .operating import Operator

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", COMMANDS)
def test_the_list_says_of_a_command_what_it_says_itself(name: str) -> None:
    module, _ = COMMANDS[name]
    command = getattr(import_module(f"mailbot.cli.{module}"), name)
    assert command.name == name
    assert CliRunner().invoke(main, [name, "--help"]).exit_code == 0
    assert f"  {name} " in CliRunner().invoke(main, ["--help"]).stdout


def test_a_mistyped_command_is_answered_with_the_nearest() -> None:
    result = CliRunner().invoke(main, ["docter"])
    assert result.exit_code == 2
    assert "'doctor'" in result.stderr


def test_help_imports_nothing_heavy() -> None:
    """Importing the store or the mail rooms would take longer than all the rest."""
    loaded = loaded_by("from mailbot.cli import main; main(['--help'], standalone_mode=False)")
    assert loaded.isdisjoint({"sqlalchemy", "rich", "imapclient", "aiosmtplib", "mailbot.parsers.reading"})


def test_reading_imports_neither_store_nor_mail() -> None:
    loaded = loaded_by("import mailbot.cli.reading")
    assert loaded.isdisjoint({"sqlalchemy", "imapclient", "aiosmtplib", "apscheduler"})


def loaded_by(code: str) -> set[str]:
    """The modules that a fresh Python has loaded after ``code``; its output is passed over."""
    tell = f"{code}\nimport sys; print('modules', *sys.modules)"
    run = subprocess.run([sys.executable, "-c", tell], cwd=ROOT, capture_output=True, text=True, check=True)
    *_, modules = run.stdout.splitlines()
    loaded = set(modules.split())
    assert "mailbot.cli" in loaded
    return loaded


def test_the_settings_may_be_named_before_or_behind_the_command_or_by_the_environment(
    mailbot: Operator,
) -> None:
    mailbot("people", "import", "-", typed="name,addresses,role\nInes,ines@network.example,secretariat\n")
    runner = CliRunner()
    config = str(mailbot.config)
    outputs = [
        runner.invoke(main, ["-c", config, "people"]).stdout,
        runner.invoke(main, ["people", "-c", config]).stdout,
        runner.invoke(main, ["people"], env={"MAILBOT_CONFIG": config}).stdout,
        runner.invoke(main, ["-c", "/nowhere", "people", "--config", config]).stdout,
    ]
    assert len(set(outputs)) == 1
    assert "ines@network.example" in outputs[0]


FAILURES = [
    # what is done to the settings, the command, the exit code, what it says
    (("[smtp]", "[stmp]"), ("people",), os.EX_CONFIG, "Error: stmp is no setting. Did you mean smtp?\n"),
    (("[smtp]", "[folders]\nrules = 'r'\n[smtp]"), ("cases",), os.EX_CONFIG, "process.toml"),
    (
        ("[network]", 'database = "sqlite:////proc/nope/x.db"\n[network]'),
        ("cases",),
        os.EX_TEMPFAIL,
        "/proc/nope",
    ),
]


@pytest.mark.parametrize(("change", "words", "code", "said"), FAILURES, ids=["settings", "rules", "store"])
def test_what_a_person_can_put_right_is_told_in_words(
    mailbot: Operator, change: tuple[str, str], words: tuple[str, ...], code: int, said: str
) -> None:
    rules = mailbot.config.parent / "r"
    rules.mkdir()
    (rules / "process.toml").write_text("first = 1", encoding="utf-8")
    mailbot.change(*change)

    result = mailbot(*words, code=code)

    assert said in result.stderr
    assert "Traceback" not in result.output
