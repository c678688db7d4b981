"""The bot at work: one letter from a pipe, one round, and running until it is stopped."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from mailbot.cli import main
from mailbot.sandbox.servers import Handed, Sandbox

from .operating import BOX, INQUIRY, PASSWORD, Operator

ROOT = Path(__file__).parents[2]


@pytest.fixture
def started(mailbot: Operator, roster: str) -> Operator:
    """An operator whose bot has people, and has begun to watch the mailbox."""
    mailbot("people", "import", roster)
    mailbot("once")
    return mailbot


def answers_rehema(sent: tuple[Handed, ...]) -> bool:
    return any("rehema@bahariyetu.example" in letter.recipients for letter in sent)


def test_a_round_fetches_answers_and_sums_up(started: Operator, box: Sandbox) -> None:
    box.deliver(BOX, INQUIRY)

    told = started("once").stdout

    assert told.startswith("Letters: 1 received, 1 handled, ")
    assert answers_rehema(box.outside)


def test_a_round_that_cannot_fetch_is_to_be_tried_again(started: Operator, box: Sandbox) -> None:
    box.imap_down()
    result = started("once", code=os.EX_TEMPFAIL)
    assert f"{box.host}, port {box.imap_port}" in result.stderr


def test_a_round_that_cannot_deliver_is_to_be_tried_again(started: Operator, box: Sandbox) -> None:
    started("receive", typed=INQUIRY)
    box.smtp_down()
    assert "0 sent, 1 to be tried again" in started("once", code=os.EX_TEMPFAIL).stdout


def test_a_round_with_a_refused_login_wants_the_operator(started: Operator) -> None:
    (started.config.parent / "password").write_text("wrong", encoding="utf-8")
    result = started("once", code=os.EX_CONFIG)
    assert "refused the login" in result.stderr
    assert PASSWORD not in result.output


def test_a_letter_from_a_pipe_is_stored_and_handled_by_the_next_round(
    started: Operator, box: Sandbox
) -> None:
    assert started("receive", typed=INQUIRY).stdout == "stored as letter 1\n"
    assert box.outside == ()
    started("once")
    assert answers_rehema(box.outside)


def test_nothing_from_a_pipe_is_bad_data(mailbot: Operator) -> None:
    assert mailbot("receive", typed=b"\n", code=os.EX_DATAERR).stderr == (
        "Error: There was no letter on standard input.\n"
    )


def test_a_letter_that_cannot_be_stored_stays_with_the_mail_server(mailbot: Operator, tmp_path: Path) -> None:
    missing = CliRunner().invoke(main, ["-c", str(tmp_path / "none.toml"), "receive"], input=INQUIRY)
    assert missing.exit_code == os.EX_TEMPFAIL
    assert "There is no" in missing.stderr

    mailbot.change("[network]", 'database = "sqlite:////proc/nope/x.db"\n[network]')
    mailbot("receive", typed=INQUIRY, code=os.EX_TEMPFAIL)


def test_it_runs_until_it_is_told_to_stop(started: Operator, box: Sandbox) -> None:
    code = "from mailbot.cli import main; main(prog_name='mailbot')"
    bot = subprocess.Popen(
        [sys.executable, "-c", code, "-c", str(started.config), "run"],
        cwd=ROOT,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        box.deliver(BOX, INQUIRY)
        answered = box.wait_for(answers_rehema, timeout=20)
    finally:
        bot.send_signal(signal.SIGTERM)
        log = bot.communicate(timeout=20)[1]
    assert answered, log
    assert bot.returncode == 0
    lines = log.splitlines()
    assert "mailbot runs for River Commons Network: membership@network.example" in lines[0]
    assert "mailbot has stopped" in lines[-1]
    assert "paralegals" not in log
