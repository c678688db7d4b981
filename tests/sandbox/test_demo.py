"""The demo as a person gets it: the command, what it tells, what it leaves behind, and how it fails."""

import imaplib
import re
import signal
import smtplib
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from rich.cells import cell_len

from mailbot.config import load
from mailbot.parsers.letter import read_letter
from mailbot.sandbox import cast, scenes
from mailbot.sandbox.demo import DemoFailed, FolderTaken, clear, staged
from mailbot.sandbox.scenes import Pause, Reply

MAILBOT = [sys.executable, "-c", "from mailbot.cli import main; main()"]


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "demo"


def test_the_story_comes_true_is_left_behind_and_goes_on_with_a_visitor_until_it_is_stopped(folder):
    with subprocess.Popen(
        [*MAILBOT, "demo", "--folder", str(folder), "--keep"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as kept:
        too_long = threading.Timer(300, kept.kill)
        too_long.start()
        try:
            told = _read_until(kept, "kept up to date")
            _is_told_whole(told, folder)
            _is_left_behind(told, folder)
            answer = _visit(kept, told)
            kept.send_signal(signal.SIGTERM)
            rest, troubles = kept.communicate(timeout=60)
        finally:
            too_long.cancel()
            kept.kill()

    assert read_letter(answer).in_reply_to == ("1@visitor.example",)
    assert "The servers and the bot have stopped." in rest
    assert (kept.returncode, troubles) == (0, "")


def _is_told_whole(told, folder):
    assert "\x1b" not in told
    assert max(cell_len(line) for line in told.splitlines() if str(folder) not in line) <= 100
    for writer in cast.PEOPLE:
        assert writer.address.name in told
    for words in (
        "Did you mean #invite?",
        "… 9 days pass: Friday, 13 March 2026",
        "not clear, and so no vote",
        "forged: whoever it names says so",
        "APPROVE 2, REJECT 0, 1 recused: in favour",
        "Decision to be released → Approved",
        "Decision to be released → Denied",
    ):
        assert words in told, words


def _is_left_behind(told, folder):
    came, went = map(int, re.search(r"(\d+) letters came in and (\d+) went out", told).groups())
    assert came == len(scenes.scenes())
    saved = [read_letter(path.read_bytes()) for path in sorted((folder / "letters").iterdir())]
    assert len(saved) == came + went
    assert [letter.sender.email for letter in saved if letter.sender != cast.INBOX] == [
        scene.by.address.email for scene in scenes.scenes()
    ]
    assert load(folder / "config.toml").mailboxes[0].address == cast.INBOX.email
    page = (folder / "index.html").read_text(encoding="utf-8")
    assert all(writer.address.name in page for writer in cast.PEOPLE)


def _visit(kept, told):
    """Write to the bot as a visitor does, and fetch its answer."""
    imap, smtp = (int(re.search(rf"{what} .*port (\d+)", told)[1]) for what in ("IMAP", "SMTP"))
    with smtplib.SMTP("127.0.0.1", smtp) as server:
        server.sendmail(
            cast.VISITOR.email,
            [cast.INBOX.email],
            f"From: Ana <{cast.VISITOR.email}>\r\nTo: {cast.INBOX.email}\r\nSubject: Joining\r\n"
            "Message-ID: <1@visitor.example>\r\n\r\nWe want to become a member of ESCR-Net.\r\n",
        )
    _read_until(kept, "answered")
    with imaplib.IMAP4("127.0.0.1", imap) as box:
        box.login(cast.VISITOR.email, "demo")
        box.select()
        (_, answer), *_ = box.fetch("1", "(BODY[])")[1]
    return answer


def _read_until(process, words):
    lines = []
    for line in process.stdout:
        lines.append(line)
        if words in line:
            return "".join(lines)
    raise AssertionError(f"it ended without «{words}»:\n{''.join(lines)}")


def test_what_does_not_come_true_is_told(folder):
    first, second, *_ = scenes.scenes()
    with staged(folder) as demo:
        demo.play(1, first)

        with pytest.raises(DemoFailed, match="it wrote interest_incomplete"):
            demo.play(2, replace(second, follows=("invitation",)))
        with pytest.raises(
            DemoFailed, match="2 days pass: the bot should write welcome; it wrote morning_letter"
        ):
            demo.pass_days(Pause(2, ("welcome",)))
        with pytest.raises(DemoFailed, match="applicants should have a case"):
            demo.check_endings()
        with pytest.raises(DemoFailed, match="no letter «invitation» about Wanjiru Kamau"):
            demo.play(3, replace(first, answers=Reply("invitation", cast.WANJIRU)))
        with pytest.raises(DemoFailed, match="no form came with the letter"):
            demo.play(
                4,
                replace(first, answers=Reply("interest_complete", cast.WANJIRU), form={"Mission": "Rooms."}),
            )


def test_the_folder_of_an_earlier_demo_is_emptied(folder):
    clear(folder)
    for name in ("index.html", "mailbot.db-wal", "letters/007-ana-to-membership.eml"):
        _write(folder / name)

    clear(folder)

    assert [path.name for path in folder.iterdir()] == [".mailbot-demo"]


@pytest.mark.parametrize("name", ["notes.txt", "letters/draft.eml", "mine/index.html"])
def test_what_the_demo_did_not_write_is_never_deleted(folder, name):
    clear(folder)
    _write(folder / "index.html")
    _write(folder / name)

    with pytest.raises(FolderTaken, match="did not put there"):
        clear(folder)

    assert {path.name for path in folder.rglob("*") if path.is_file()} == {
        ".mailbot-demo",
        "index.html",
        Path(name).name,
    }


def test_a_folder_that_no_demo_made_is_left_alone(folder):
    _write(folder / "index.html")

    with pytest.raises(FolderTaken, match=r"index\.html"):
        clear(folder)

    assert (folder / "index.html").read_text() == "kept"


def test_a_file_is_no_folder(folder):
    _write(folder)

    with pytest.raises(FolderTaken, match="is a file"):
        clear(folder)


def _write(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("kept")
