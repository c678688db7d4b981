"""The process is killed between two steps of a letter's way, and started again.

Every letter is handled once, every answer is sent, and none under two Message-IDs: all is as if nothing
had happened. One trace alone is allowed: what a server took just before the crash, it may be given again.
"""

import signal
from collections import Counter

import pytest

from tests.faults.desk import a_desk, a_nursery
from tests.story import ANSWERS, INES, numbered

INES_AT = INES.addresses[0]
REHEMA = "rehema@bahari.example"
AMINA = "amina@kivu.example"
JO = "jo@sertao.example"

STEPS = {
    "fetched": 1,
    "received": 1,
    "read": 7,
    "decided": 7,
    "recorded": 7,
    "claimed": 1,
    "accepted": 6,
    "sent": 6,
    "put away": 1,
    "copied": 6,
}
"""Each step, and how often it is taken in the round that is killed."""

BOUNDARIES = [
    (step, nth)
    for step, times in STEPS.items()
    for nth in range(1, times + 1)
    if step != "copied" or nth in {1, times}  # one copy is like another
]


def the_letters_before(story):
    """One application is before the Secretariat, and a note of theirs waits for a «yes»."""
    story.hears(REHEMA, numbered())
    story.hears(INES_AT, "#note They telephoned.", subject="[M-2026-0001]")
    story.works()


def the_letters(story):
    """Six letters at once: tags, a «yes» that takes up the note again, two applications, one of them sent
    twice, and a machine's."""
    to_ines = dict(zip(story.templates_to(INES_AT), story.letters_to(INES_AT), strict=True))
    story.hears(INES_AT, "#invite", answers=to_ines["screening_notice"])
    story.hears(INES_AT, "yes", answers=to_ines["confirm_sender"])
    inquiry = story.hears(AMINA, numbered(name="Kivu Women Network"))
    story.hears_raw(b"X-Passed-Through: a list\r\n" + inquiry)
    story.hears(JO, numbered(tuple(ANSWERS.values())[:2], name="Sertao Network"))
    story.hears(REHEMA, "I am away until Monday.", headers={"Auto-Submitted": "auto-replied"})


@pytest.fixture(scope="module")
def nursery():
    with a_nursery() as process:
        yield process


@pytest.fixture
def desk(tmp_path, nursery):
    with a_desk(tmp_path, nursery) as a_new_desk:
        the_letters_before(a_new_desk.story)
        the_letters(a_new_desk.story)
        yield a_new_desk


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory, nursery):
    """What comes of the letters when nothing happens, and how often each step was taken."""
    taken: Counter[str] = Counter()
    with a_desk(tmp_path_factory.mktemp("undisturbed"), nursery) as desk:
        the_letters_before(desk.story)
        the_letters(desk.story)
        desk.story.bot.office.step = lambda step, _row: taken.update([step])
        desk.story.works()
        yield desk.work(), taken


def test_the_story_that_is_disturbed_takes_every_step_and_writes_to_everybody(undisturbed):
    work, taken = undisturbed

    assert taken == STEPS
    assert [case.stage for case in work.cases] == ["invited", "screening", "inquiry"]
    assert [outcome for _, outcome, _ in work.outcomes] == [
        "opened",
        "tags",
        "tags",
        "confirmed",
        "opened",
        "repeated",
        "opened",
        "auto-reply",
    ]
    assert work.read == {
        REHEMA: ["interest_complete", "invitation"],
        INES_AT: ["screening_notice", "confirm_sender", "transcript", "transcript", "screening_notice"],
        AMINA: ["interest_complete"],
        JO: ["interest_incomplete"],
    }
    assert work.moved == 8


def once_each(desk, *, twice):
    """How often each letter is there: once, and where ``twice`` one of them twice."""
    return [1] * (len(desk.delivered()) - twice) + [2] * twice


@pytest.mark.parametrize(("step", "nth"), BOUNDARIES, ids=[f"{step}-{nth}" for step, nth in BOUNDARIES])
def test_killed_between_two_steps_and_started_again(desk, undisturbed, step, nth):
    desk.dies_at(step, nth)
    desk.story.works()

    assert desk.work() == undisturbed[0]
    assert sorted(desk.delivered().values()) == once_each(desk, twice=step == "accepted")
    assert sorted(desk.copies().values()) == once_each(desk, twice=step == "copied")


def test_a_process_that_dies_at_every_letter_still_comes_to_the_end(desk, undisturbed):
    deaths = 0
    while desk.runs("recorded", 1) == -signal.SIGKILL:
        deaths += 1
    desk.story.works()

    assert deaths == STEPS["recorded"]
    assert desk.work() == undisturbed[0]
    assert set(desk.delivered().values()) == {1}


@pytest.mark.parametrize(
    ("step", "nth", "stored"), [("received", 1, 50), ("fetched", 2, 50), ("received", 2, 60)]
)
def test_killed_between_two_commits_of_a_long_fetch(tmp_path, nursery, step, nth, stored):
    with a_desk(tmp_path, nursery) as desk:
        askers = [f"asker{number}@press.example" for number in range(60)]
        for asker in askers:
            words = f"When does your council meet? Write to {asker}, please."
            desk.story.hears(asker, words, subject="Press")

        desk.dies_at(step, nth)

        assert len(desk.story.outcomes()) == stored
        desk.story.works()
        assert desk.story.outcomes() == ["other"] * 60
        shown = [got.text for got in desk.story.letters_to(INES_AT)]
        assert [sum(asker in text for text in shown) for asker in askers] == [1] * 60
        assert set(desk.delivered().values()) == {1}
