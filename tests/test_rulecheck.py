"""What is wrong with a whole set of rules, with the file and line where it can be put right."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from mailbot.process.balloting import LETTERS
from mailbot.rulecheck import ALWAYS, OF_REFERENCES, TO_OFFICE, Finding, check_rules

NETWORKS = Path(__file__).parent / "networks"
ORCHARD, ORCHARD_LETTERS = NETWORKS / "orchard" / "rules", NETWORKS / "orchard" / "letters"
PROCESS = Path(__file__).parents[1] / "mailbot" / "process"

Spoil = Callable[[str, str, str], list[Finding]]


@pytest.fixture
def spoiled(tmp_path: Path) -> Spoil:
    """The orchard's rules with one text in one file put in place of another, checked."""

    def spoil(name: str, right: str, wrong: str) -> list[Finding]:
        rules, letters = tmp_path / "rules", tmp_path / "letters"
        shutil.copytree(ORCHARD, rules)
        shutil.copytree(ORCHARD_LETTERS, letters)
        file = (letters if name.endswith(".j2") else rules) / name
        text = file.read_text(encoding="utf-8")
        assert right in text
        file.write_text(text.replace(right, wrong, 1), encoding="utf-8")
        return check_rules([rules], [letters])

    return spoil


def test_the_default_rules_are_in_order() -> None:
    assert check_rules([]) == []


def test_the_rules_of_another_network_are_in_order() -> None:
    assert check_rules([ORCHARD], [ORCHARD_LETTERS]) == []


@pytest.mark.parametrize(
    ("name", "right", "wrong", "line", "said"),
    [
        ("process.toml", '"orchard_mend"', '"orchard_mended"', "orchard_mended", "there is no such letter"),
        (
            "process.toml",
            'write = [{ letter = "orchard_mend", to = "applicant" }, ',
            'write = [{ letter = "orchard_mend", to = "board" }, ',
            "orchard_mend",
            "to the voter, but en/orchard_mend.md.j2 is for the applicant, es/orchard_mend.md.j2 is for",
        ),
        ("process.toml", 'to = "undecided"', 'to = "mending"', "[stages.undecided]", "no case ever comes to"),
        ("process.toml", 'es = "Por visitar"', 'pt = "Por visitar"', "title", "'visit' has no title in es"),
        (
            "process.toml",
            'es = ["spanish", "español"]',
            "es = []\nfr = []",
            "[words.en]",
            "the form is not there in fr",
        ),
        (
            "process.toml",
            'es = ["spanish", "español"]',
            "es = []\nfr = []",
            "",
            "the questions are not there in fr",
        ),
        (
            "process.toml",
            'es = ["spanish", "español"]',
            "es = []\nfr = []",
            "orchard_visit",
            "There is no template fr/orchard_visit.md.j2",
        ),
        (
            "process.toml",
            'es = ["spanish", "español"]',
            "es = []\nit = []",
            "it = []",
            "there are no letters in it",
        ),
        ("process.toml", 'first = "hello"', 'first = "helo"', 'first = "helo"', "first is 'helo'"),
        (
            "questions.toml",
            '"water", "neighbours"]',
            '"water", "water"]',
            "asked",
            "asked names 'water' twice",
        ),
        (
            "eligibility.toml",
            'title.es = "La puerta está abierta al barrio"',
            'title.pt = "A porta"',
            "[criteria.open]",
            "criterion 'open' has no title in es",
        ),
        (
            "eligibility.toml",
            'title.es = "Un vivero que vende árboles"',
            'title.pt = "Um viveiro"',
            "[categories.nursery]",
            "category 'nursery' has no title in es",
        ),
        ("form.toml", 'es = "La gente"', 'es = ""', "title", "title is missing in es"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(
    spoiled: Spoil, name: str, right: str, wrong: str, line: str, said: str
) -> None:
    """``line`` is something that stands on it."""
    findings = [one for one in spoiled(name, right, wrong) if said in one.said]

    assert findings
    assert all(one.wrong for one in findings)
    stands = Path(findings[0].file).read_text(encoding="utf-8").splitlines()[findings[0].line - 1]
    assert not line or line in stands


@pytest.mark.parametrize(
    ("name", "right", "wrong", "said"),
    [
        (
            "process.toml",
            'on = "#confirm"',
            'on = "#board"',
            "no transition is on #confirm: the tag does nothing",
        ),
        ("process.toml", "individual = [", "#", "[kinds] has no words for individual"),
        ("process.toml", 'es = ["spanish", "español"]', "", "there are letters in es"),
        ("form.toml", 'means = "applicant.name"', "", "no field says what an organization is called"),
        (
            "form.toml",
            'key = "hands"',
            'key = "hands"\nmeans = "referee.1.name"',
            "field 'hands' is about references, and process.toml has no [references]",
        ),
        ("eligibility.toml", "shows.es", "shows.pt", "criterion 'open' has no phrases that show it in es"),
    ],
)
def test_what_is_only_odd_is_no_mistake(spoiled: Spoil, name: str, right: str, wrong: str, said: str) -> None:
    findings = [one for one in spoiled(name, right, wrong) if said in one.said]

    assert findings
    assert not any(one.wrong for one in findings)


def test_what_is_wrong_comes_before_what_is_odd_and_by_line(spoiled: Spoil) -> None:
    odd_and_wrong = '[stages.moon]\ntitle = { en = "Moon" }\nends = true\n[kinds]\n#'
    findings = spoiled("process.toml", "[kinds]\norganization", odd_and_wrong)

    wrong = [one.wrong for one in findings]
    assert (wrong.count(True), wrong.count(False)) == (2, 1)
    assert wrong == sorted(wrong, reverse=True)
    assert [one.line for one in findings[:2]] == sorted(one.line for one in findings[:2])


def test_a_file_that_is_no_toml_is_told_whole(spoiled: Spoil) -> None:
    (finding,) = spoiled("process.toml", "[kinds]", "[kinds")

    assert "process.toml: " in str(finding)
    assert "Correct the file" in finding.said


def test_a_folder_of_letters_that_is_not_there_is_told(tmp_path: Path) -> None:
    (finding,) = check_rules([], [tmp_path / "nowhere"])
    assert "the letters cannot be read: There is no folder" in finding.said


def test_every_letter_that_the_steps_write_by_themselves_is_looked_for() -> None:
    written = set()
    for file in PROCESS.glob("*.py"):
        written |= set(re.findall(r'Write\("(\w+)"', file.read_text(encoding="utf-8")))

    assert written == {*ALWAYS, *TO_OFFICE, *(f"referee_{name}" for name in OF_REFERENCES)}
    assert len(LETTERS) == 2
