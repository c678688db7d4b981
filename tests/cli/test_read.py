"""What the bot understands of a letter, printed for a person and for a script."""

from __future__ import annotations

import json
from contextlib import chdir
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mailbot.cli import main

from .operating import BOX, INQUIRY, letter

AWAY = INQUIRY.replace(b"Subject:", b"Auto-Submitted: auto-replied\r\nSubject:")
TAGS = letter(
    "Ines Duarte <ines@network.example>", "#invite\n#asign Omar\n#note call them\n", "Re: [M-2026-0001]"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with letters and no config.toml."""
    for name, raw in (("inquiry", INQUIRY), ("away", AWAY), ("tags", TAGS), ("noise", bytes(range(256)))):
        (tmp_path / f"{name}.eml").write_bytes(raw)
    return tmp_path


def read(folder: Path, *words: str, typed: bytes = b"") -> Result:
    with chdir(folder):
        result = CliRunner().invoke(main, ["read", *words], input=typed)
    assert result.exit_code == 0, (result.output, result.exception)
    return result


def objects(result: Result) -> list[dict[str, object]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_each_letter_is_one_object_in_order(folder: Path) -> None:
    names = ["away", "inquiry", "noise"]
    found = objects(read(folder, "--json", *(str(folder / f"{name}.eml") for name in names)))
    assert [each["kind"] for each in found[:2]] == ["machine", "interest"]
    assert [each["machine"] for each in found] == ["auto-reply", None, None]
    assert len(found) == len(names)


def test_an_application_is_read_in_full(folder: Path) -> None:
    (found,) = objects(read(folder, "--json", str(folder / "inquiry.eml")))
    answers = found["answers"]
    assert isinstance(answers, dict)
    assert found["language"] == "en"
    assert list(answers) == ["discovery", "work", "motivation"]
    assert answers["work"] == (
        "We document evictions from landing sites and train paralegals in every ward of our county."
    )
    assert found["missing"] == ["reference"]
    assert found["applicant"] == {"kind": "organization", "name": "Bahari Yetu Network", "country": "KE"}
    assert (found["references"], found["flags"], found["commands"]) == ([], [], [])


def test_tags_of_the_secretariat_known_and_mistyped(folder: Path) -> None:
    (found,) = objects(read(folder, "--json", "--as", "secretariat", str(folder / "tags.eml")))
    assert found["commands"] == [["invite", ""], ["note", "call them"]]
    assert found["mistyped"] == [["asign", "assign"]]


def test_a_vote_is_read_against_the_letter_that_it_answers(folder: Path) -> None:
    ballot = letter(BOX, "Reply with one word: APPROVE, REJECT, ABSTAIN or DISCUSS.", "[M-2026-0001] Ballot")
    (folder / "ballot.eml").write_bytes(ballot)
    vote = letter(
        "Bo Lindqvist <bo@fjord.example>",
        "APPROVE\n\n> Reply with one word: APPROVE, REJECT, ABSTAIN or DISCUSS.\n",
        "Re: [M-2026-0001] Ballot",
    )
    (found,) = objects(
        read(folder, "--json", "--as", "board", "--parent", str(folder / "ballot.eml"), "-", typed=vote)
    )
    assert (found["verdict"], found["new"]) == ("approve", "APPROVE")


def test_standard_input_is_a_letter_too(folder: Path) -> None:
    assert objects(read(folder, "--json", "-", typed=INQUIRY)) == objects(
        read(folder, "--json", str(folder / "inquiry.eml"))
    )


def test_an_attachment_that_cannot_be_read_is_named(folder: Path) -> None:
    message = EmailMessage(policy=SMTP)
    message["From"] = "rehema@bahariyetu.example"
    message.set_content("Please find our application attached.")
    message.add_attachment(b"no document", maintype="application", subtype="pdf", filename="answers.pdf")
    (found,) = objects(read(folder, "--json", "-", typed=message.as_bytes()))
    assert found["unreadable"] == [{"name": "answers.pdf", "why": "broken"}]


def test_for_a_person_it_is_told_in_lines(folder: Path) -> None:
    told = read(folder, str(folder / "inquiry.eml")).stdout
    for expected in ("inquiry.eml", "interest", "KE", "We document evictions"):
        assert expected in told


def test_a_letter_cannot_steer_the_terminal(folder: Path) -> None:
    told = read(
        folder, "-", typed=letter("x@delta.example", "\x1b]0;pwned\x07 hello [bold]there[/bold]")
    ).stdout
    assert "\x1b" not in told
    assert "[bold]there[/bold]" in told


def test_a_file_that_is_not_there_is_a_slip_of_the_hand(folder: Path) -> None:
    result = CliRunner().invoke(main, ["read", str(folder / "none.eml")])
    assert result.exit_code == 2
    assert "none.eml" in result.stderr
