"""The process as a picture: what is on it, that nothing overlaps, and that the docs hold the one of today."""

from __future__ import annotations

import re
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from mailbot.compose import DEFAULT_FOLDER, Templates
from mailbot.drawing import Picture, mermaid, picture, svg
from mailbot.process.processbook import read_process_table
from mailbot.process.rules import Guard, Process, Trigger
from mailbot.rulebook import load_rules
from mailbot.values import Role

ROOT = Path(__file__).parents[2]
TEMPLATES = Templates(DEFAULT_FOLDER)
DEFAULT = load_rules().process
ORCHARD = load_rules(ROOT / "tests" / "networks" / "orchard" / "rules").process
DRAWN = [(DEFAULT, language) for language in ("en", "es", "fr", "ar")] + [(ORCHARD, "en"), (ORCHARD, "es")]
SVG = "{http://www.w3.org/2000/svg}"


def drawn(process: Process, language: str = "en") -> Picture:
    return picture(process, TEMPLATES.phrases(language), language)


# ── what is on it ────────────────────────────────────────────────────────────────────────────────


def test_a_card_says_whom_a_stage_waits_for_how_long_and_which_ballot_is_held() -> None:
    cards = {card.key: card for card in drawn(DEFAULT).cards}

    assert cards["invited"].lines == (
        "waits for the applicant",
        "reminder after 21 days",
        "deadline after 90 days",
    )
    assert cards["board"].lines == ("waits for the Board", "Review by the Board: 14 days")
    assert [key for key, card in cards.items() if card.ends] == [
        k for k, s in DEFAULT.stages.items() if s.ends
    ]
    assert [key for key, card in cards.items() if card.many] == ["open", "ended"]


def test_an_arrow_tells_every_way_from_one_stage_to_another() -> None:
    arrows = {(arrow.source, arrow.target): arrow.labels for arrow in drawn(DEFAULT).arrows}

    assert arrows["inquiry", "screening"] == ("the applicant writes: all answered", "the deadline has passed")
    assert arrows["board", "decision"] == (
        "the ballot closes: failed (proposed: Denied)",
        "the ballot closes: no quorum",
    )
    assert arrows["decision", "approved"] == ("#confirm: Approved was proposed",)
    assert arrows["ended", "screening"] == ("#reopen",)
    led = {(s, t.to) for t in DEFAULT.transitions if t.to for s in t.origins if s != t.to}
    assert set(arrows) == led


@pytest.mark.parametrize("language", ["en", "es", "fr", "ar"])
def test_every_event_guard_and_role_has_its_words(language: str) -> None:
    phrases = TEMPLATES.phrases(language)
    for trigger in Trigger:
        assert phrases.say("diagram", f"on.{trigger.value}")
    for guard in Guard:
        assert phrases.say("diagram", f"when.{guard.value}", word="x")
    for role in Role:
        assert phrases.say("diagram", f"waits.{role.value}")


# ── SVG ──────────────────────────────────────────────────────────────────────────────────────────


def boxes(root: ET.Element) -> list[tuple[float, float, float, float]]:
    """The cards: left, top, right, bottom."""
    found = []
    for rect in root.iter(f"{SVG}rect"):
        if "rx" in rect.attrib:
            x, y, width, height = (float(rect.attrib[key]) for key in ("x", "y", "width", "height"))
            found.append((x, y, x + width, y + height))
    return found


@pytest.mark.parametrize(("process", "language"), DRAWN)
def test_every_stage_and_every_word_is_on_the_picture_and_no_card_lies_over_another(
    process: Process, language: str
) -> None:
    shown = drawn(process, language)
    root = ET.fromstring(svg(shown))

    cards = boxes(root)
    assert len(cards) == len(shown.cards)
    for (left, top, right, bottom), other in combinations(cards, 2):
        assert right <= other[0] or other[2] <= left or bottom <= other[1] or other[3] <= top
    width, height = float(root.attrib["width"]), float(root.attrib["height"])
    assert all(c[0] >= 0 and c[2] <= width and c[1] >= 0 and c[3] <= height for c in cards)
    said = " ".join(text.text or "" for text in root.iter(f"{SVG}text"))
    for card in shown.cards:
        assert card.title in said
    for arrow in shown.arrows:
        assert all(label in said for label in arrow.labels), arrow


@pytest.mark.parametrize(("process", "language"), DRAWN)
def test_every_arrow_runs_straight_or_by_corners_and_ends_at_the_card_it_leads_to(
    process: Process, language: str
) -> None:
    shown = drawn(process, language)
    root = ET.fromstring(svg(shown))
    ways = [path.attrib["d"] for path in root.iter(f"{SVG}path") if "marker-end" in path.attrib]

    assert len(ways) == len(shown.arrows)
    cards = boxes(root)
    for way in ways:
        assert re.fullmatch(r"M[\d.]+ [\d.]+( [HV][\d.]+)+", way)
        x, y = map(float, re.findall(r"[\d.]+", way)[:2])
        for turn, at in re.findall(r" ([HV])([\d.]+)", way):
            x, y = (float(at), y) if turn == "H" else (x, float(at))
        assert any(left <= x <= right and top <= y <= bottom for left, top, right, bottom in cards), way


def test_what_a_rule_author_writes_cannot_break_the_picture() -> None:
    table = {
        "number": "X-{count}",
        "first": "end",
        "kinds": {},
        "languages": {"en": []},
        "stages": {
            "end": {"title": {"en": 'A <b> & "c" | #d'}},
            "päivä 2": {"title": {"en": "]]>" * 40}, "ends": True},
        },
        "transitions": [{"from": ["end"], "on": "#withdraw", "to": "päivä 2"}],
    }
    shown = drawn(read_process_table(table, (), DEFAULT.form))

    ET.fromstring(svg(shown))
    text = mermaid(shown)
    assert "s_end[" in text
    assert "A #lt;b#gt; #amp; #quot;c#quot; #124; #35;d" in text
    assert re.search(r"^  s_end -->\|\"#35;withdraw\"\| s_p_e4iv_e4_202$", text, re.MULTILINE)


# ── Mermaid ──────────────────────────────────────────────────────────────────────────────────────


def test_the_docs_hold_the_picture_of_the_default_process() -> None:
    page = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
    (held,) = re.findall(r"```mermaid\n(.*?)```", page, re.DOTALL)

    assert held == mermaid(drawn(DEFAULT)), "Run: mailbot rules draw --format mermaid, and put it there."
