"""The bot is told to stop in the middle of work: it ends soon, cuts no letter in two, and loses none."""

import signal
import subprocess
import sys
import threading
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mailbot.bot import Bot
from mailbot.config import load
from mailbot.sandbox.servers import Sandbox
from mailbot.store import letters, outgoing, people
from mailbot.workers import Worker
from tests.faults.desk import ROOT, write_config
from tests.story import BOX, INES, PASSWORD, Got, letter, numbered, told

INES_AT = INES.addresses[0]
HOUR = timedelta(hours=1)
PATIENCE = 30.0
"""Seconds until a step must be taken; it takes one."""
START = "from mailbot.cli import main; main(prog_name='mailbot')"


@pytest.fixture
def sandbox():
    with Sandbox({BOX: PASSWORD}) as servers:
        servers.add_folder(BOX, "Done")
        servers.add_folder(BOX, "Sent")
        yield servers


def inquirers(count):
    return [f"coordinator{number}@group.example" for number in range(count)]


def handed_out(sandbox):
    """Message-ID → how often it was sent, and reader → how many letters they got."""
    sent = [Got.read(handed.raw) for handed in sandbox.outside]
    return Counter(got.id for got in sent), Counter(got.to for got in sent)


def left(bot):
    """What is still to be done: letters to handle, letters to send, letters that somebody claimed."""
    with bot.office.store.look() as connection:
        come, go = letters.count_by_state(connection), outgoing.count_by_state(connection)
    return come.get("received", 0), go.get("waiting", 0), go.get("sending", 0)


def test_sigterm_in_the_middle_of_work_ends_the_program_and_the_next_start_finishes(tmp_path, sandbox):
    config = write_config(tmp_path, sandbox, connections=2)
    bot = Bot.build(load(config))
    with bot.office.store.begin() as connection:
        people.replace_all(connection, [INES])
    bot.once()
    writers = inquirers(25)
    for writer in writers:
        sandbox.deliver(BOX, letter(writer, numbered(name=f"Group of {writer}"), at=datetime.now(UTC)))

    running = subprocess.Popen([sys.executable, "-c", START, "-c", str(config), "run"], cwd=ROOT)
    try:
        assert sandbox.wait_for(lambda sent: len(sent) > 0, timeout=60)
    finally:
        running.send_signal(signal.SIGTERM)
        code = running.wait(10)

    assert code == 0
    to_handle, _, claimed = left(bot)
    assert to_handle > 0
    assert claimed == 0

    while bot.once().handled:
        pass
    times, readers = handed_out(sandbox)
    assert set(times.values()) == {1}
    assert readers == {**dict.fromkeys(writers, 1), INES_AT: 25}
    bot.close()


@pytest.fixture
def story(tmp_path, sandbox):
    with told(tmp_path, sandbox, configured=load(write_config(Path(tmp_path), sandbox))) as the_story:
        yield the_story


def stops_at(story, fatal):
    """The bot runs and is told to stop when that step is first taken; returns when it has stopped."""
    stop, steps = threading.Event(), set()

    def step(taken, _row):
        steps.add(taken)
        if taken == fatal:
            stop.set()

    never_taken = threading.Timer(PATIENCE, stop.set)
    never_taken.start()
    story.bot.office.step = step
    story.bot.run(stop)
    story.bot.office.step = lambda _step, _row: None
    never_taken.cancel()
    assert fatal in steps


def test_a_stop_does_not_wait_until_all_that_waits_is_sent(story, sandbox):
    writers = inquirers(15)
    for writer in writers:
        story.hears(writer, numbered(name=f"Group of {writer}"))
    sandbox.smtp_down()
    story.bot.once()
    sandbox.smtp_up()
    story.clock.now += HOUR

    stops_at(story, "sent")

    assert len(sandbox.outside) == 1
    assert left(story.bot) == (0, 29, 0)
    story.works()
    times, readers = handed_out(sandbox)
    assert set(times.values()) == {1}
    assert readers == {**dict.fromkeys(writers, 1), INES_AT: 15}


def test_a_stop_does_not_wait_until_all_of_a_full_inbox_is_read(story):
    for number in range(60):
        story.hears(f"asker{number}@press.example", "When does your council meet?", subject="Press")

    stops_at(story, "received")

    assert len(story.outcomes()) == 50
    story.works()
    assert len(story.outcomes()) == 60
    assert len(story.letters_to(INES_AT)) == 60


@pytest.mark.parametrize(
    "step", ["fetched", "received", "read", "decided", "recorded", "claimed", "accepted", "sent"]
)
def test_a_stop_between_two_steps_loses_and_doubles_nothing(story, sandbox, step):
    writers = inquirers(3)
    for writer in writers:
        story.hears(writer, numbered(name=f"Group of {writer}"))

    stops_at(story, step)
    assert left(story.bot)[2] == 0
    story.works()

    times, readers = handed_out(sandbox)
    assert set(times.values()) == {1}
    assert readers == {**dict.fromkeys(writers, 1), INES_AT: 3}


class StopsWhenLookedAt(threading.Event):
    """A stop that comes, with its last call, just after the worker has looked for it."""

    worker: Worker

    def is_set(self):
        before = super().is_set()
        if not before:
            self.set()
            self.worker.wake()
        return before


def test_a_stop_that_comes_just_after_a_worker_looked_for_it_is_not_missed():
    stop = StopsWhenLookedAt()
    stop.worker = Worker("handler", stop)
    working = threading.Thread(target=stop.worker.run, args=(lambda: None,), daemon=True)
    working.start()
    working.join(10)

    assert not working.is_alive()
