"""The application form as it comes back: typed, translated, shortened, in parts, under quotes, in files."""

from __future__ import annotations

import textwrap
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.documents.form import form_text
from mailbot.parsers.form import read_form
from mailbot.parsers.reply import split_reply
from mailbot.rulebook import load_rules
from mailbot.values import AttachmentText, Kind, Letter

FORM = load_rules().form
ORGANIZATION, INDIVIDUAL = Kind.ORGANIZATION, Kind.INDIVIDUAL


def read(new: str, *, language: str = "en", kind: Kind | None = ORGANIZATION, asked=(), whole="", sent=""):
    found = read_form(new, (), FORM, language, kind, asked=asked, whole=whole, sent=sent)
    return {key: value.text for key, value in found.items()}


# ── labels ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "line",
    [
        "(6) Country where you are based: Kenya",
        "6. Country where you are based: Kenya",
        "6) country where you are based Kenya",
        "Country where you are based - Kenya",
        "COUNTRY WHERE YOU ARE BASED: Kenya",
        "**Country where you are based:** Kenya",
        "*Country where you are based*: Kenya",
        "- Country where you are based: Kenya",
        "Question 6: Country where you are based: Kenya",
        "Country where you are based\nKenya",
        "(6) Country where you are based:\n\nKenya",
        "Country where you are based:\t Kenya",
        "Country where you are based: ___Kenya_____",
        "Country where you are based? Kenya",
        "Country (where you are based): Kenya",
        "Country: Kenya",
        "Contry where you are basd: Kenya",
        "country of residence = Kenya",
        "País donde tienen su sede: Kenya",
        "Pays: Kenya",
        "Pays où vous êtes basés : Kenya",
        "بلد المقر: Kenya",
        "٦. البلد: Kenya",
        "\u200f(6) \u202bبلد المقر:\u202c Kenya",
    ],
)
def test_a_label_is_known_however_it_is_written(line: str) -> None:
    text = f"Website: https://bahari.example\n{line}\nYear in which you began: 1998"

    assert read(text) == {"website": "https://bahari.example", "country": "Kenya", "founded": "1998"}


def test_answers_may_come_in_any_order_and_only_some_of_them() -> None:
    assert read("Sources of funding: our dues.\n\nMission: to fish.\nAnd to eat.\n\nYear: 1998\n") == {
        "funding": "our dues.",
        "mission": "to fish.\nAnd to eat.",
        "founded": "1998",
    }


def test_one_label_in_a_letter_is_enough() -> None:
    assert read("Dear all,\nhere is what was missing.\n\nLegal status: registered") == {
        "registration": "registered"
    }


@pytest.mark.parametrize(
    "empty",
    [
        "Mission:",
        "(9) Mission:\n[What you exist for, in a few sentences.]",
        "Mission: What you exist for, in a few sentences.",
        "Misión:\nPara qué existen, en\npocas frases.",
        "Mission: ______________\n_______________",
        "Mission: ..........",
        "Mission: -",
        "Consent: ☐ yes  ☐ no",
        "(3) Type of organization:\n[ ] Social movement\n[ ] Trade union",
        (
            "(4) Legal status:\n[Registration is not a condition of membership. Please choose one:\n"
            "Registered / Registration in progress / Not registered / Cannot register, or not safely]"
        ),
    ],
)
def test_what_the_form_says_is_no_answer(empty: str) -> None:
    assert read(f"Year: 1998\n{empty}") == {"founded": "1998"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Mission: To fish.\n[What you exist for, in a few sentences.]", "To fish."),
        ("Mission:\n[What you exist for, in a few sentences.]\nTo fish.", "To fish."),
        ("Mission:\n[What you exist for, in a few sentences. To fish.]", "To fish.]"),
        ("Mission:\n> What you exist for,\n> in a few sentences.\nTo fish.", "To fish."),
    ],
)
def test_an_answer_stands_above_below_or_beside_the_help(text: str, said: str) -> None:
    assert read(text)["mission"] == said


@pytest.mark.parametrize(
    ("boxes", "said"),
    [
        ("☒ Social movement\n☐ Trade union\n☐ Other", "Social movement"),
        ("☐ Social movement\n☑ Trade union\n☐ Other", "Trade union"),
        ("[ ] Social movement [x] Trade union [ ] Other", "Trade union"),
        ("( ) Social movement ( X ) Trade union ( ) Other", "Trade union"),
        ("☐ Social movement\n☐ x Trade union\n☐ Other", "Trade union"),
        ("☐ Social movement\n☐ Trade union x\n☐ Other", "Trade union"),
        ("☐ Trade union", "Trade union"),
        ("☐ Social movement\n☐ Trade union\n☐ Other\nTrade union", "Trade union"),
        ("☒ Social movement\n☒ Trade union", "Social movement, Trade union"),
        ("☐ Social movement\n☒ Other: a choir", "Other: a choir"),
    ],
)
def test_ticked_boxes_are_read(boxes: str, said: str) -> None:
    assert read(f"Type of organization:\n{boxes}")["organization_type"] == said


WRAPPED = (
    "We organize the women who gather shellfish along the whole coast, and\n"
    "since 2021 we also go to court with them. Last year the county had to\n"
    "open two landing sites again."
)
SHORTENED = (
    "we organize the women who gather\nshellfish along the whole coast, since 2021 also before the courts\n"
    "of the county."
)
"""The first line had less room: it began behind its label."""


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (WRAPPED, WRAPPED.replace("\n", " ")),
        (SHORTENED, SHORTENED.replace("\n", " ")),
        (f"{WRAPPED}\n\n{SHORTENED}", "\n\n".join(text.replace("\n", " ") for text in (WRAPPED, SHORTENED))),
        ("first\nsecond\nthird", "first\nsecond\nthird"),
        (f"{WRAPPED[:69]}\n- one\n- two", f"{WRAPPED[:69]}\n- one\n- two"),
        (f"{WRAPPED[:65]}.\nThen we went to court.", f"{WRAPPED[:65]}.\nThen we went to court."),
    ],
)  # fmt: skip
def test_lines_that_a_mail_program_broke_are_joined_again(typed: str, said: str) -> None:
    assert read(f"Mission:\n{typed}")["mission"] == said


def test_the_same_field_twice_says_what_it_says_last() -> None:
    assert read("Year: 1998\nMission: to fish\nYear: 1999\nMission:\n") == {
        "founded": "1999",
        "mission": "to fish",
    }


def test_a_word_like_a_label_in_the_midst_of_an_answer_is_part_of_it() -> None:
    text = (
        "(9) Mission: to fish.\n(12) Structure and governance:\nThe assembly decides.\nMembers: 300 women.\n"
        "(13) Number of members: 320\n(15) Sources of funding: dues"
    )

    assert read(text)["structure"] == "The assembly decides.\nMembers: 300 women."
    assert read(text)["size"] == "320"


def test_a_letter_that_answers_nothing_says_nothing() -> None:
    assert read("Thank you, we are working on it and will send it next week.") == {}
    assert read("") == {}


def test_a_field_of_the_other_kind_is_not_read() -> None:
    assert read("Mission: to fish", kind=INDIVIDUAL) == {}
    assert read("Name: Rim Haddad\nMission: to fish", kind=None) == {
        "name": "Rim Haddad",
        "mission": "to fish",
    }


# ── references ───────────────────────────────────────────────────────────────────────────────────

ODILE = {
    "referee_1_name": "Odile Sow",
    "referee_1_organization": "Oak Centre",
    "referee_1_email": "odile@oak.example",
}
PAULO = {
    "referee_2_name": "Paulo",
    "referee_2_organization": "Rede do Mar",
    "referee_2_email": "paulo@mar.example",
}
BOTH = ODILE | PAULO


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            ("First reference: name: Odile Sow\nFirst reference: organization: Oak Centre\n"
             "First reference: e-mail address: odile@oak.example"),
            ODILE,
        ),
        ("Reference 1: Odile Sow, Oak Centre, odile@oak.example", ODILE),
        ("Première référence : Odile Sow (Oak Centre), odile@oak.example", ODILE),
        ("Reference 1\nName: Odile Sow\nOrganization: Oak Centre\nEmail: odile@oak.example", ODILE),
        ("References\n\nOdile Sow, Oak Centre <odile@oak.example>", ODILE),
        ("Referees\n1. Odile Sow, Oak Centre odile@oak.example\nPaulo, Rede do Mar paulo@mar.example", BOTH),
        (
            ("References\nName: Odile Sow\nOrganization: Oak Centre\nE-mail: odile@oak.example\n\n"
             "Name: Paulo\nOrganization: Rede do Mar\nE-mail: paulo@mar.example"),
            BOTH,
        ),
        (
            ("المرجع الأول: Odile Sow - Oak Centre - odile@oak.example\n"
             "المرجع الثاني: Paulo، Rede do Mar، paulo@mar.example"),
            BOTH,
        ),
    ],
)  # fmt: skip
def test_references_are_read_as_people_write_them(text: str, said: dict[str, str]) -> None:
    assert read(f"E-mail address: ana@bahari.example\n{text}\nConsent: yes") == {
        "contact_email": "ana@bahari.example",
        **said,
        "consent": "yes",
    }


def test_short_labels_are_told_apart_by_where_they_stand() -> None:
    text = "Name: Bahari Yetu\nEmail: ana@bahari.example\nReference 1\nName: Odile\nEmail: odile@oak.example"

    assert read(text) == {
        "name": "Bahari Yetu",
        "contact_email": "ana@bahari.example",
        "referee_1_name": "Odile",
        "referee_1_email": "odile@oak.example",
    }


def test_how_a_letter_ends_is_no_part_of_its_last_answer() -> None:
    end = "\n\nWith warm greetings,\n\nWanjiru\nSecretary"
    assert read(f"E-mail address: ana@bahari.example{end}") == {"contact_email": "ana@bahari.example"}
    assert read(f"May we write to the people named here? yes{end}") == {"consent": "yes"}


# ── under and inside the quoted form ─────────────────────────────────────────────────────────────

SENT = """Dear Ana,

please fill in the form.

(5) Year in which you began:

(6) Country where you are based: Kenya

(9) Mission:
[What you exist for, in a few sentences.]

(20) E-mail address:

If you have a question, just reply to this message.
"""


def reply(body: str) -> dict[str, str]:
    parent = Letter(text=SENT)
    letter = Letter(text=body)
    new = split_reply(letter, parent).new
    return read(new, whole=letter.text, sent=SENT)


def quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.splitlines())


INTRODUCTION = "On Mon, 2 Mar 2026 at 09:00, Membership <membership@network.example> wrote:\n"


@pytest.mark.parametrize(
    "body",
    [
        INTRODUCTION
        + quoted(SENT).replace("> (5) Year in which you began:", "> (5) Year in which you began: 1998")
        .replace("> (9) Mission:", "> (9) Mission: To fish."),
        INTRODUCTION
        + quoted(SENT).replace("began:\n>", "began:\n1998\n>")
        .replace("sentences.]\n>", "sentences.]\n\nTo fish.\n\n>"),
        SENT.replace("you began:", "you began: 1998").replace("sentences.]\n", "sentences.]\nTo fish.\n"),
        "(5) Year in which you began: 1998\n\n(9) Mission: To fish.\n\n" + INTRODUCTION + quoted(SENT),
    ],
    ids=["in the quoted lines", "between the quoted lines", "in an unmarked copy", "above the quotation"],
)  # fmt: skip
def test_the_form_may_be_filled_in_where_it_is_quoted(body: str) -> None:
    assert reply(body) == {"founded": "1998", "mission": "To fish."}


def test_a_quoted_form_that_nobody_filled_in_says_nothing() -> None:
    assert reply("Thanks, I will do so.\n\n" + INTRODUCTION + quoted(SENT)) == {}


@pytest.mark.parametrize("language", FORM.words)
def test_help_and_options_that_our_letter_broke_into_lines_are_no_answers(language: str) -> None:
    lines = form_text(FORM, Kind.ORGANIZATION, language, {}).splitlines()
    sent = "\n".join(broken for line in lines for broken in textwrap.wrap(line, 72) or [""])
    whole = f"Attached.\n\n{INTRODUCTION}{quoted(sent)}"
    assert read("Attached.", language=language, whole=whole, sent=sent) == {}


def test_a_known_value_corrected_in_the_quotation_counts() -> None:
    assert reply(INTRODUCTION + quoted(SENT).replace("Kenya", "Uganda")) == {"country": "Uganda"}


# ── without labels ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "asked", "said"),
    [
        ("1998", ["founded"], {"founded": "1998"}),
        ("Dear Ines,\n\nin 1998.\n\nBest regards,\nAna", ["founded"], {"founded": "in 1998."}),
        ("To fish.\n\nAnd to eat.", ["mission"], {"mission": "To fish.\n\nAnd to eat."}),
        ("1998\nana@bahari.example", ["founded", "contact_email"],
         {"founded": "1998", "contact_email": "ana@bahari.example"}),
        ("It is ana@bahari.example, and the mission follows.", ["mission", "contact_email"],
         {"contact_email": "ana@bahari.example"}),
        ("We will see.", ["mission", "funding"], {}),
        ("Mission: to fish", ["funding"], {"mission": "to fish"}),
        ("To fish.", ["no_such_field"], {}),
        ("5. 1998\n6. Kenya\n7. Kenya and Tanzania", [],
         {"founded": "1998", "country": "Kenya", "countries": "Kenya and Tanzania"}),
        ("1. We won a case.\n2. We trained women.\n3. We marched.", ["examples", "work"], {}),
    ],
)  # fmt: skip
def test_a_reply_without_labels_answers_what_was_asked(
    text: str, asked: list[str], said: dict[str, str]
) -> None:
    assert read(text, asked=asked) == said


# ── files ────────────────────────────────────────────────────────────────────────────────────────

FILLED = (
    "1. Name of the organization\tBahari Yetu\n5. Year in which you began\t1998\n"
    "6. Country where you are based\tKenya"
)


def test_a_file_is_named_as_the_source_and_the_letter_goes_first() -> None:
    found = read_form(
        "Correction:\nYear: 1999", [AttachmentText("form.docx", FILLED)], FORM, "en", ORGANIZATION
    )

    assert {key: (value.text, value.source) for key, value in found.items()} == {
        "name": ("Bahari Yetu", "form.docx"),
        "country": ("Kenya", "form.docx"),
        "founded": ("1999", "letter"),
    }


def test_a_report_with_a_heading_in_common_is_no_form() -> None:
    report = AttachmentText(
        "report.pdf", "Annual report\n\nMission\n\nWe fish.\n\nFunding: dues\n\nStructure\nflat"
    )

    assert read_form("", [report], FORM, "en", ORGANIZATION) == {}


def test_a_file_that_could_not_be_read_says_nothing() -> None:
    assert read_form("", [AttachmentText("scan.pdf", unreadable="scanned")], FORM, "en", ORGANIZATION) == {}


def test_please_find_it_attached_is_no_answer() -> None:
    attached = [AttachmentText("mission.pdf", "We fish.")]

    assert read_form("Please find it attached.", attached, FORM, "en", ORGANIZATION, asked=["mission"]) == {}


def test_labels_that_a_narrow_column_wraps_are_joined() -> None:
    page = (
        "10. Work on economic, social\nand cultural rights\nWhich rights you work on, with whom, and how.\n"
        "Fishing.\n"
        "22. Languages in which you can\nwork with us\nEnglish\n6. Country where you are based Kenya"
    )

    assert {
        key: value.text
        for key, value in read_form("", [AttachmentText("f.pdf", page)], FORM, "en", ORGANIZATION).items()
    } == {"work": "Fishing.", "languages": "English", "country": "Kenya"}


# ── anything at all ──────────────────────────────────────────────────────────────────────────────


@given(st.text(max_size=400), st.sampled_from([None, *Kind]), st.sampled_from(["en", "ar", "xx", ""]))
def test_nothing_makes_it_raise(text: str, kind: Kind | None, language: str) -> None:
    pieces = (
        f"(1) Name of the organization:\n{text}\nReference 1: {text}\n{text}: {text}\n☐ {text} [x] {text}"
    )
    attached = [AttachmentText("a.txt", text), AttachmentText("b.txt", pieces)]

    read_form(text, attached, FORM, language, kind, asked=["mission"], whole=pieces, sent=text)
    read_form(pieces, attached, FORM, language, kind, whole=f"> {pieces}", sent=pieces)


@pytest.mark.parametrize(
    "piece",
    [
        "Name: a\n", "Mision: b\n", "_", "☐ ", "[ ] x ", "a: " * 30 + "\n", "(1) ", "1\n",
        "reference 1: a@b.example, c\n", "( ", "> " * 5 + "x\n", "Name of teh organization and friends: x\n",
        "ا", "a.", "a@", "\t", "x - ",
    ],
)  # fmt: skip
def test_it_takes_no_long_time(piece: str) -> None:
    text = piece * (300_000 // len(piece))
    begun = time.process_time()

    read_form(
        text, [AttachmentText("a.txt", text)], FORM, "en", None, asked=["mission"], whole=text, sent=text
    )

    assert time.process_time() - begun < 10  # two seconds on a machine at rest
