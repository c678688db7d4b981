"""The rule files: what is read from them, and what is said where they are wrong."""

from __future__ import annotations

import copy
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from mailbot.process.rules import Condition, Guard, LetterOrder, Transition
from mailbot.rulebook import FILES, RuleError, build_rules, default_folder, load_rules, read_process
from mailbot.values import Role

DEFAULTS = load_rules()


def process() -> dict[str, Any]:
    """A small process that is right, to be spoiled."""
    return {
        "number": "R-{year}-{count:03}",
        "first": "asking",
        "kinds": {"individual": ["Persona", "شخص"]},
        "languages": {"es": ["Español"]},
        "outcomes": {"over": ["Fin"]},
        "ballots": {
            "panel": {
                "title": {"en": "Panel"},
                "voters": "board",
                "yes": "approve",
                "no": "reject",
                "days": 14,
            }
        },
        "stages": {
            "asking": {"title": {"en": "Asking"}, "waits_for": "applicant", "reminder": 7, "deadline": 21},
            "over": {"title": {"en": "Over"}, "ends": True},
        },
        "transitions": [
            {
                "from": ["open"],
                "on": "#decline",
                "when": ["text_given"],
                "to": "over",
                "write": [{"letter": "declined", "to": "applicant"}],
            }
        ],
    }


# ── what is read ─────────────────────────────────────────────────────────────────────────────────


def test_the_default_process_is_the_one_of_the_first_network() -> None:
    stages = DEFAULTS.process.stages

    assert list(stages) == [
        *("inquiry", "screening", "invited", "ready", "board", "membership", "decision"),
        *("approved", "denied", "declined", "withdrawn", "lapsed", "merged"),
    ]
    assert DEFAULTS.process.first == "inquiry"
    assert DEFAULTS.process.ended == {"approved", "denied", "declined", "withdrawn", "lapsed", "merged"}
    assert [key for key, stage in stages.items() if stage.form] == ["invited", "ready", "board"]
    assert {key: stage.ballot for key, stage in stages.items() if stage.ballot} == {
        "board": "board",
        "membership": "members",
    }
    assert DEFAULTS.process.questions == ("discovery", "work", "motivation", "reference")
    assert DEFAULTS.process.number.format(year=2026, count=42) == "M-2026-0042"
    assert stages["inquiry"].timers == {"reminder": timedelta(days=14), "deadline": timedelta(days=28)}
    assert stages["screening"].timers == {}
    assert all(set(stage.title) == {"en", "es", "fr", "ar"} for stage in stages.values())


def test_a_process_is_read_as_it_is_written() -> None:
    read = read_process(process(), ("work",), "process.toml")

    assert read.transitions == (
        Transition(
            ("open",),
            "#decline",
            (Condition(Guard.TEXT_GIVEN),),
            "over",
            (LetterOrder("declined", Role.APPLICANT),),
        ),
    )
    assert read.leads_from("asking", "#decline") == read.transitions
    assert read.leads_from("over", "#decline") == ()
    assert read.questions == ("work",)


def test_names_are_compared_without_their_capitals() -> None:
    read = read_process(process(), (), "process.toml")

    assert read.kinds == {"individual": ("persona", "شخص")}
    assert read.languages == {"es": ("español",)}


# ── what is wrong ────────────────────────────────────────────────────────────────────────────────

Spoil = Callable[[dict[str, Any]], object]


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda p: p.pop("first"), "first"),
        (lambda p: p.update(frist="asking"), "frist"),
        (lambda p: p.update(first="beginning"), "first is 'beginning', which is no stage"),
        (lambda p: p["kinds"].update(union=["union"]), "union"),
        (lambda p: p["stages"]["asking"].update(reminder="soon"), "reminder"),
        (lambda p: p["stages"]["asking"].update(reminder=0), "'asking': reminder and deadline"),
        (lambda p: p["stages"]["asking"].update(reminder=21), "the reminder comes first"),
        (lambda p: p["stages"].update(open={"title": {}}), "stage 'open' needs another name"),
        (lambda p: p["stages"]["over"].update(waits_for="nobody"), "nobody"),
        (lambda p: p["transitions"][0].update({"from": ["screning"]}), "comes from 'screning'"),
        (lambda p: p["transitions"][0].update(to="declind"), "leads to 'declind', which is no stage"),
        (lambda p: p["transitions"][0].update(on="applicant_writes"), "no such event; there are"),
        (lambda p: p["transitions"][0].update(when=["full_moon"]), "full_moon"),
        (lambda p: p["transitions"][0].update(when=["says"]), "the guard 'says' needs a word behind it"),
        (lambda p: p["transitions"][0].update(when=["passed over"]), "the guard 'passed' takes no word"),
        (lambda p: p["transitions"][0].update(do=["dance"]), "dance"),
        (lambda p: p["transitions"][0].update(proposes="uphill"), "proposes 'uphill', which is no stage"),
        (lambda p: p["transitions"][0]["write"][0].update(to="everybody"), "everybody"),
        (lambda p: p["outcomes"].update(uphill=["up"]), "outcomes names 'uphill', which is no stage"),
        (lambda p: p["stages"]["asking"].update(ballot="poll"), "there is no [ballots.poll]"),
        *(
            (lambda p, told=told: p["ballots"]["panel"].update(told), said)
            for told, said in (
                ({"voters": "everybody"}, "everybody"),
                ({"quorum": "half"}, "'panel': quorum: 'half' is no share"),
                ({"threshold": "more than 2/0"}, "'more than 2/0' is no share"),
                ({"threshold": "at least 3/2"}, "'at least 3/2' is more than all"),
                ({"days": 0}, "days and extension are 1 or more"),
                ({"extension": 0}, "days and extension are 1 or more"),
                ({"grace": -1}, "grace and extensions 0 or more"),
                ({"extensions": -1}, "grace and extensions 0 or more"),
                ({"reminder": 14}, "reminder is 14; it must lie within the 14 days"),
                ({"warning": 0}, "warning is 0; it must lie within the 14 days"),
                ({"day_of_month": 32}, "day_of_month is 32; it is 1 to 31"),
                ({"no": "approve"}, "yes and no are both 'approve'"),
            )
        ),
        *(
            (lambda p, number=number: p.update(number=number), f"number is {number!r}")
            for number in (
                "M-{year}",  # every case of a year would have the same
                "{year}/{count}",
                "m-{count}",
                "M {count}",
                "M-{month}-{count}",
                "M-{}",
                "M-{count",
                "M-{count.bit}",
                "M-{count[0]}",
                "M-{count:x y}",
            )
        ),
    ],
)
def test_a_fault_is_named_with_its_file_and_place(spoil: Spoil, said: str) -> None:
    spoiled = process()
    spoil(spoiled)

    with pytest.raises(RuleError) as raised:
        read_process(spoiled, (), "rules/process.toml")

    assert str(raised.value).startswith("rules/process.toml: ")
    assert said in str(raised.value)
    assert str(raised.value).endswith(" there.")


@pytest.mark.parametrize(
    ("name", "right", "wrong", "line", "said"),
    [
        (
            "process",
            'on = "deadline"\nto = "screening"',
            'on = "deadline"\nto = "screning"',
            1,
            "leads to 'screning'",
        ),
        ("process", 'voters = "members"', 'voters = "member"', 0, "did you mean 'members'?"),
        ("process", "deadline = 28", "deadlin = 28", 0, "'deadlin' here; did you mean 'deadline'?"),
        ("process", "deadline = 28", 'deadline = "28"', 0, "deadline must be a whole number, not a text"),
        (
            "process",
            'when = ["passed"]',
            'when = ["pased"]',
            0,
            "'pased' is no guard; did you mean 'passed'?",
        ),
        ("process", 'quorum = "at least 1/2"', 'quorum = "half"', 0, "'half' is no share"),
        ("process", 'on = "#confirm"', 'on = "#conform"', 0, "no such tag"),
        (
            "process",
            '{ letter = "form_reminder", to = "applicant" }',
            '{ letter = "form_reminder", to = "applicant", cc = "board" }',
            0,
            "no setting 'cc' here; there are letter, to",
        ),
        ("process", "needed = 1", "neded = 1", 0, "references: there is no setting 'neded' here"),
        ("form", 'type = "year"', 'type = "decade"', 0, "decade"),
        ("form", 'means = "contact.email"', 'means = "contact.phone"', 0, "which the bot does not know"),
    ],
)
def test_a_fault_is_named_with_its_line(
    tmp_path: Path, name: str, right: str, wrong: str, line: int, said: str
) -> None:
    """``line`` counts from the one on which the wrong text begins."""
    text = (default_folder() / f"{name}.toml").read_text(encoding="utf-8")
    file = tmp_path / f"{name}.toml"
    file.write_text(text.replace(right, wrong, 1), encoding="utf-8")
    begins = text[: text.index(right)].count("\n") + 1

    with pytest.raises(RuleError) as raised:
        load_rules(tmp_path)

    assert raised.value.file == str(file)
    ((at, words),) = raised.value.faults
    assert (at, said in words) == (begins + line, True), words
    assert f"{file}: line {at}: " in str(raised.value)


def test_faults_are_told_in_the_order_of_their_lines(tmp_path: Path) -> None:
    text = (default_folder() / "process.toml").read_text(encoding="utf-8")
    spoiled = text.replace('first = "inquiry"', 'first = "begin"').replace('to = "ready"', 'to = "redy"')
    (tmp_path / "process.toml").write_text(spoiled, encoding="utf-8")

    with pytest.raises(RuleError) as raised:
        load_rules(tmp_path)

    lines = [line for line, _ in raised.value.faults]
    assert len(lines) == 2
    assert lines == sorted(lines)


def test_all_faults_are_told_at_once() -> None:
    spoiled = process()
    spoiled["first"] = "beginning"
    spoiled["transitions"][0].update(to="declind", on="silence")

    with pytest.raises(RuleError) as raised:
        read_process(spoiled, (), "process.toml")

    assert all(word in str(raised.value) for word in ("beginning", "declind", "silence"))


@pytest.mark.parametrize(
    ("tag", "when", "said"),
    [
        ("#invte", [], "no such tag; words.toml has answer,"),
        ("#note", [], "this tag has a meaning of its own"),
        ("#status", [], "this tag has a meaning of its own"),
        ("#reopen", ["text_given"], "it waits for text, but words.toml lets nothing stand behind this tag"),
    ],
)
def test_a_tag_of_the_process_must_be_one_that_can_lead_somewhere(
    tag: str, when: list[str], said: str
) -> None:
    content = copy.deepcopy(dict(DEFAULTS.content))
    content["process"]["transitions"].append({"from": ["open"], "on": tag, "when": when, "to": "declined"})

    with pytest.raises(RuleError) as raised:
        build_rules(content)

    assert f"(on {tag}): {said}" in str(raised.value)


# ── folders ──────────────────────────────────────────────────────────────────────────────────────


def test_an_operators_file_lies_over_the_default_and_the_others_stay(tmp_path: Path) -> None:
    default = (default_folder() / "process.toml").read_text(encoding="utf-8")
    (tmp_path / "process.toml").write_text(
        default.replace("deadline = 28", "deadline = 60"), encoding="utf-8"
    )

    rules = load_rules(tmp_path)

    assert rules.process.stages["inquiry"].deadline == 60
    assert {name: rules.content[name] for name in FILES if name != "process"} == {
        name: DEFAULTS.content[name] for name in FILES if name != "process"
    }
    assert rules.hash != DEFAULTS.hash


def test_of_several_folders_the_last_lies_on_top(tmp_path: Path) -> None:
    default = (default_folder() / "process.toml").read_text(encoding="utf-8")
    for days, folder in ((40, tmp_path / "below"), (50, tmp_path / "above"), (0, tmp_path / "empty")):
        folder.mkdir()
        if days:
            spoken = default.replace("deadline = 28", f"deadline = {days}")
            (folder / "process.toml").write_text(spoken, encoding="utf-8")

    rules = load_rules(tmp_path / "below", tmp_path / "above", tmp_path / "empty")

    assert rules.process.stages["inquiry"].deadline == 50


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("content", [b"number = ", b"\xff\xfe"])
def test_a_file_that_is_no_toml_is_named(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / f"{name}.toml"
    path.write_bytes(content)

    with pytest.raises(RuleError, match=f"{name}.toml: .*Correct the file"):
        load_rules(tmp_path)


# ── the hash ─────────────────────────────────────────────────────────────────────────────────────


def test_the_hash_names_what_the_rules_say_and_not_where_they_lie(tmp_path: Path) -> None:
    for name in FILES:
        shutil.copy(default_folder() / f"{name}.toml", tmp_path)
    shutil.copy(default_folder() / "sentences.json", tmp_path)
    with (tmp_path / "process.toml").open("a", encoding="utf-8") as file:
        file.write("\n# A remark changes nothing.\n")

    assert load_rules(tmp_path).hash == DEFAULTS.hash


def test_rules_are_built_again_from_what_was_stored() -> None:
    again = build_rules(DEFAULTS.content)

    assert (again.process, again.hash) == (DEFAULTS.process, DEFAULTS.hash)


def test_a_phrase_that_cannot_be_read_shows_when_the_rules_are_loaded_not_at_each_letter() -> None:
    content = copy.deepcopy(dict(DEFAULTS.content))
    content["questions"]["en"]["discovery"]["sure"] = ["a* in"]

    with pytest.raises(RuleError, match=r"questions\.toml"):
        build_rules(content)


def test_rules_that_a_case_began_with_before_names_had_a_file_are_built_all_the_same() -> None:
    content = {name: table for name, table in DEFAULTS.content.items() if name != "directory"}
    assert build_rules(content).names.small == frozenset()


def test_a_mistake_in_the_words_of_names_names_the_file_and_the_place() -> None:
    content = {**DEFAULTS.content, "directory": {"en": {"smal": ["the"]}}}
    with pytest.raises(RuleError, match=r"directory\.toml: .*\[en\].*smal"):
        build_rules(content)


def test_rules_older_than_what_was_learned_are_built_all_the_same_and_read_by_phrases_alone() -> None:
    content = {name: table for name, table in DEFAULTS.content.items() if name != "sentences"}
    assert set(DEFAULTS.lexicon.questions.learned) == {"en", "es", "fr", "ar"}
    assert build_rules(content).lexicon.questions.learned == {}


def test_what_was_learned_for_other_questions_is_left_out() -> None:
    learned = {**DEFAULTS.content["sentences"], "asked": ["name", "age"]}
    assert build_rules({**DEFAULTS.content, "sentences": learned}).lexicon.questions.learned == {}


@pytest.mark.parametrize("content", [b"{", b"[]", b'{"asked": "en"}'])
def test_learned_sentences_that_cannot_be_read_are_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "sentences.json").write_bytes(content)
    with pytest.raises(RuleError, match=r"sentences\.json"):
        load_rules(tmp_path)
