"""What is wrong with a process whose parts are each right: a small one that is in order, spoiled."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from typing import Any

import pytest

from mailbot.process.form import Form
from mailbot.process.processbook import read_process_table
from mailbot.process.soundness import starts, unsound

from .cast import RULES

SMALL = """
number = "R-{year}-{count:03}"
first = "asking"
[kinds]
individual = ["persona"]
[languages]
en = []
es = []
[outcomes]
joined = ["in"]
[references]
needed = 1
[ballots.panel]
title = { en = "Panel", es = "Panel" }
voters = "board"
yes = "approve"
no = "reject"
days = 14
[stages.asking]
title = { en = "Asking", es = "Pregunta" }
reminder = 7
deadline = 21
form = true
[stages.panel]
title = { en = "Panel", es = "Panel" }
ballot = "panel"
[stages.release]
title = { en = "Release", es = "Anuncio" }
[stages.joined]
title = { en = "In", es = "Dentro" }
ends = true
[stages.over]
title = { en = "Over", es = "Fin" }
ends = true
"""
STEPS: list[dict[str, Any]] = [
    {"from": ["asking"], "on": "applicant_wrote", "when": ["form_complete"], "to": "panel"},
    {"from": ["asking"], "on": "applicant_wrote", "when": ["form_changed"]},
    {"from": ["open"], "on": "applicant_wrote", "when": ["asks withdraw"], "to": "over"},
    {"from": ["asking"], "on": "reminder"},
    {"from": ["asking"], "on": "deadline", "to": "over"},
    {"from": ["panel"], "on": "ballot_closed", "when": ["passed"], "to": "release", "proposes": "joined"},
    {"from": ["panel"], "on": "ballot_closed", "to": "over"},
    {"from": ["release"], "on": "#confirm", "when": ["proposed joined"], "to": "joined"},
    {"from": ["release"], "on": "#record", "when": ["says joined"], "to": "joined"},
    {"from": ["ended"], "on": "#reopen", "to": "asking"},
]


def process() -> dict[str, Any]:
    table = tomllib.loads(SMALL)
    table["transitions"] = [dict(step) for step in STEPS]
    return table


def found(table: dict[str, Any], form: Form = RULES.form) -> list[tuple[tuple[str | int, ...], str, bool]]:
    read = read_process_table(table, (), form)
    return [(fault.path, fault.said, fault.wrong) for fault in unsound(read, {"status", "withdraw"})]


def test_a_process_in_order_has_nothing_wrong() -> None:
    assert found(process()) == []


Spoil = Callable[[dict[str, Any]], object]
STAGES, STEP = "stages", "transitions"


@pytest.mark.parametrize(
    ("spoil", "path", "said"),
    [
        # stages
        (
            lambda p: p["stages"].update(moon={"title": {"en": "Moon", "es": "Luna"}, "ends": True}),
            (STAGES, "moon"),
            "no case ever comes to the stage 'moon'",
        ),
        (lambda p: p["transitions"].pop(3), (STAGES, "asking", "reminder"), "the reminder of the stage"),
        (lambda p: p["transitions"].pop(4), (STAGES, "asking", "deadline"), "the deadline of the stage"),
        (
            lambda p: p["stages"]["asking"].pop("deadline"),
            (STEP, 4, "on"),
            "never happens at 'asking', which has no deadline",
        ),
        (
            lambda p: p["transitions"][3].update({"from": ["asking", "panel"]}),
            (STEP, 3, "on"),
            "never happens at 'panel', which has no reminder",
        ),
        # ballots
        (
            lambda p: p["stages"]["panel"].pop("ballot"),
            ("ballots", "panel"),
            "nobody opens the ballot 'panel'",
        ),
        (
            lambda p: p["stages"]["panel"].pop("ballot"),
            (STEP, 5, "from"),
            "never happens at 'panel', which has no ballot",
        ),
        (
            lambda p: p["transitions"][6].update(when=["failed"]),
            (STAGES, "panel", "ballot"),
            "comes to 'no_quorum', nothing follows",
        ),
        (
            lambda p: p["transitions"][7].update(do=["open_ballot"]),
            (STEP, 7, "do"),
            "opens a ballot at 'joined', which has none",
        ),
        # what is proposed, said, asked
        (lambda p: p["transitions"].pop(7), (STEP, 5, "proposes"), "at 'release' nobody can release it"),
        (
            lambda p: p["transitions"][5].update(proposes="over"),
            (STEP, 7, "when"),
            "«proposed joined» cannot hold, since no transition proposes it",
        ),
        (lambda p: p["outcomes"].clear(), (STEP, 8, "when"), "[outcomes] has no words for it"),
        (
            lambda p: p["transitions"][2].update(when=["asks money"]),
            (STEP, 2, "when"),
            "words.toml has only status, withdraw under requests",
        ),
        # never taken
        (
            lambda p: p["transitions"][1].pop("when") and p["transitions"].insert(0, p["transitions"].pop(1)),
            (STEP, 1),
            "is never taken: transition 1 comes before it",
        ),
        (
            lambda p: p["transitions"][0].update(when=["form_complete", "form_incomplete"]),
            (STEP, 0, "when"),
            "form_complete and form_incomplete exclude each other",
        ),
        (
            lambda p: p["transitions"][6].update(when=["passed", "failed"]),
            (STEP, 6, "when"),
            "a ballot comes to one outcome alone",
        ),
        (
            lambda p: p["transitions"][2].update(when=["asks status", "asks withdraw"]),
            (STEP, 2, "when"),
            "'asks' cannot be two things at once",
        ),
        *(
            (
                lambda p, step=step, guard=guard: p["transitions"][step].update(when=[guard]),
                (STEP, step, "when"),
                f"{guard.split()[0]!r} cannot hold on",
            )
            for step, guard in (
                (4, "first_letter"),
                (4, "something_new"),
                (4, "text_given"),
                (4, "asks status"),
                (4, "says joined"),
                (4, "passed"),
                (6, "text_given"),
                (7, "form_changed"),
                (1, "says joined"),
                (1, "no_quorum"),
            )
        ),
        (
            lambda p: p["transitions"][1].update({"from": ["asking", "panel"]}),
            (STEP, 1, "when"),
            "never happens at 'panel', where letters are not read for the form",
        ),
        # form and references
        (lambda p: p["references"].update(needed=4), ("references", "needed"), "asks an organization for 3"),
        (lambda p: p["references"].update(deadline=7), ("references",), "the reminder comes first"),
        (
            lambda p: p["stages"]["asking"].pop("form"),
            ("references", "needed"),
            "no stage reads letters for the form",
        ),
        (
            lambda p: p.pop("references") and p["transitions"][9].update(when=["references_enough"]),
            (STEP, 9),
            "looks at references, and there is no [references]",
        ),
        # titles
        (
            lambda p: p["stages"]["over"]["title"].pop("es"),
            (STAGES, "over", "title"),
            "stage 'over' has no title in es",
        ),
        (
            lambda p: p["ballots"]["panel"]["title"].update(es=" "),
            ("ballots", "panel", "title"),
            "ballot 'panel' has no title in es",
        ),
    ],
)
def test_what_a_case_would_be_stuck_by_is_wrong(spoil: Spoil, path: tuple[str | int, ...], said: str) -> None:
    table = process()
    spoil(table)

    wrong = [(where, words) for where, words, is_wrong in found(table) if is_wrong]

    assert [w for w in wrong if w[0] == path and said in w[1]], wrong


def test_a_stage_from_which_nothing_leads_on_is_a_dead_end() -> None:
    table = process()
    table["transitions"] = [t for t in table["transitions"] if t["from"] not in (["release"], ["open"])]

    assert ((STAGES, "release"), True) in [(path, wrong) for path, _, wrong in found(table)]


@pytest.mark.parametrize(
    ("spoil", "path", "said"),
    [
        (
            lambda p: p["transitions"].__setitem__(slice(7, 9), [{"from": ["ended"], "on": "#ask"}]),
            (STAGES, "release"),
            "from the stage 'release' leads only what leads from every open stage (applicant_wrote)",
        ),
        (lambda p: p["transitions"].pop(8), ("outcomes", "joined"), "no transition waits for 'joined'"),
        (
            lambda p: p["transitions"].append({"from": ["asking", "panel"], "on": "deadline", "to": "over"}),
            (STEP, 10),
            "is never taken at 'asking': transition 5 comes before it",
        ),
    ],
)
def test_what_is_odd_is_told_and_is_not_wrong(spoil: Spoil, path: tuple[str | int, ...], said: str) -> None:
    table = process()
    spoil(table)

    assert [w for w in found(table) if w[0] == path and said in w[1] and not w[2]], found(table)


def test_a_form_without_fields_is_missed_where_it_is_looked_at() -> None:
    wrong = [(path, said) for path, said, _ in found(process(), Form())]

    assert (
        (STAGES, "asking", "form"),
        "the stage 'asking' reads letters for the form, and form.toml has no fields",
    ) in [(path, said) for path, said in wrong]
    assert [path for path, said in wrong if "looks at the form" in said] == [
        (STEP, 0, "when"),
        (STEP, 1, "when"),
    ]
    assert len([said for _, said in wrong if "'consent.referees'" in said]) == 2


def test_open_and_ended_stand_for_many_stages() -> None:
    read = read_process_table(process(), (), RULES.form)

    assert starts(read, read.transitions[2]) == ("asking", "panel", "release")
    assert starts(read, read.transitions[9]) == ("joined", "over")
