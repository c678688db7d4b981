"""The README stays true: its commands exist, its settings load, its roster can be imported."""

from __future__ import annotations

import re
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from mailbot.cli import COMMANDS
from mailbot.cli.roster_csv import read_roster
from mailbot.config import load
from mailbot.rulebook import load_rules
from mailbot.values import Role

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
TAGS = (ROOT / "docs" / "secretariat.md").read_text(encoding="utf-8")


def block(kind: str) -> str:
    """The first block of code of this kind."""
    found = re.search(rf"```{kind}\n(.*?)```", README, re.DOTALL)
    assert found is not None
    return found[1]


def test_the_commands_of_make_and_mailbot_exist() -> None:
    targets = (ROOT / "Makefile").read_text(encoding="utf-8")
    shell = "".join(re.findall(r"```sh\n(.*?)```", README, re.DOTALL))
    for target in re.findall(r"^make (\w+)", shell, re.MULTILINE):
        assert re.search(rf"^{target}:", targets, re.MULTILINE), target
    assert set(re.findall(r"^mailbot (\w+)", shell, re.MULTILINE)) <= set(COMMANDS)


def test_the_first_configuration_can_be_loaded(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(block("toml"), encoding="utf-8")
    assert load(tmp_path / "config.toml").mailboxes[0].address == "membership@rivers.example"


def test_the_first_roster_can_be_imported() -> None:
    (person,), problems = read_roster(block("csv").encode(), ZoneInfo("UTC"))
    assert problems == ()
    assert (person.name, person.role, person.language) == ("Ines Duarte", Role.SECRETARIAT, "es")


@pytest.mark.parametrize("page", ["README.md", *(f"docs/{p.name}" for p in (ROOT / "docs").glob("*.md"))])
def test_links_lead_somewhere(page: str) -> None:
    file = ROOT / page
    for target in re.findall(r"\]\(([^)#:]+)\)", file.read_text(encoding="utf-8")):
        assert (file.parent / target).exists(), target


def test_the_tags_that_the_secretariats_page_tells_of_are_tags() -> None:
    told = set(re.findall(r"`#([a-z]+)", TAGS))
    assert told
    assert told <= set(load_rules().lexicon.words.tags)
