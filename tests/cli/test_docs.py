"""The operator's manual speaks of commands, options and settings that there are."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from mailbot.cli import COMMANDS, main
from mailbot.config import load

ROOT = Path(__file__).parents[2]
MANUAL = ROOT / "docs" / "operator.md"
TEXT = MANUAL.read_text(encoding="utf-8")

CODE = "\n".join(re.findall(r"```(?:sh|ini|)\n(.*?)```", TEXT, re.DOTALL) + re.findall(r"`([^`\n]+)`", TEXT))

SPOKEN_OF = sorted(
    set(re.findall(r"(?:^|/bin/|&& )mailbot (?!unix)(?:--config \S+ )?([a-z][^\n|>&]*)", CODE, re.MULTILINE))
)
"""What stands behind ``mailbot`` in code: a command with its words."""


@pytest.mark.parametrize("words", SPOKEN_OF)
def test_commands_and_options_in_the_manual_exist(words: str) -> None:
    name, *rest = words.split()
    context = click.Context(main)
    command = main.get_command(context, name)
    assert command is not None
    if isinstance(command, click.Group) and rest and rest[0] in command.commands:
        command = command.commands[rest[0]]
    known = {option for parameter in command.params for option in parameter.opts} | {"--help"}
    assert {word for word in rest if word.startswith("-")} <= known


def test_the_manual_speaks_of_every_command() -> None:
    assert {words.split()[0] for words in SPOKEN_OF} >= {name for name in COMMANDS if name != "demo"}


def test_settings_in_the_manual_can_be_loaded(tmp_path: Path) -> None:
    (block,) = re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL)
    (tmp_path / "config.toml").write_text(block, encoding="utf-8")
    assert load(tmp_path / "config.toml").network.name == "River Commons Network"


def test_links_lead_somewhere() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", TEXT):
        assert (MANUAL.parent / target).exists(), target
