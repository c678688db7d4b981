"""The letters' templates: all there in every language, and nobody's words become anything but words."""

from __future__ import annotations

import shutil
import tomllib
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from mailbot.compose import (
    DEFAULT_FOLDER,
    MissingPhraseError,
    Phrases,
    TemplateError,
    Templates,
    WrongAudienceError,
    check,
)
from mailbot.compose.check import example
from mailbot.compose.templates import AUDIENCES
from mailbot.compose.typeset import COLUMNS, fold, isolate
from mailbot.intake.tags import MERGE_TAG, OPEN_TAG
from mailbot.process.tags import DEEDS, SHOWN
from mailbot.values import Kind, Unreadable
from mailbot.views import Deed, ForApplicant, ForSecretariat, Question, Transcript, Understood, Unread

AUDIENCE_OF = {"applicant": "applicant", "secretariat": "secretariat", "board": "voter", "member": "voter"}
"""The audience of a letter that the rules order to be written to a role."""

RULES = Path(__file__).parents[1] / "rules" / "process.toml"
TEMPLATES = Templates(DEFAULT_FOLDER)

HOW = Question("How you learned about us", "How did you learn about River Commons?")
WORK = Question("Your work", "How are you working to advance rights in your own community?")

BAHARI = ForApplicant(
    network="River Commons",
    website="https://rivercommons.example",
    reader="Rehema Kazungu",
    number="M-2026-0042",
    applicant="Bahari Yetu",
    kind="organization",
    country="Kenya",
    understood=(Understood(HOW, "A friend told us.", sure=True),),
    missing=(WORK,),
    unread=(),
    due="20 December 2026",
)


def page(
    letter: str, view: ForApplicant | ForSecretariat | Transcript, language: str = "en"
) -> LexborHTMLParser:
    return LexborHTMLParser(TEMPLATES.render(letter, language, view).html)


# ── the letters that come with mailbot ───────────────────────────────────────────────────────────


def test_nothing_is_wrong_with_any_letter_or_phrase_in_any_language() -> None:
    assert check(TEMPLATES) == []
    assert TEMPLATES.languages() == ("ar", "en", "es", "fr")


@pytest.mark.parametrize("language", TEMPLATES.languages())
@pytest.mark.parametrize("name", TEMPLATES.names())
def test_every_letter_has_words_for_everything_and_for_nothing(name: str, language: str) -> None:
    view = AUDIENCES[TEMPLATES.letter(name, language).audience]
    full = TEMPLATES.render(name, language, example(view, full=True))
    empty = TEMPLATES.render(name, language, example(view, full=False))
    assert "⟨reader⟩" in full.text
    assert "⟨reader⟩" in full.html
    assert empty.subject
    assert all(len(line) <= COLUMNS for line in full.text.splitlines())
    assert "\n\n\n" not in full.text + empty.text


@pytest.mark.parametrize("language", TEMPLATES.languages())
@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("interest_complete", {"⟨title⟩", "⟨words⟩", "⟨source⟩", "⟨why⟩"}),
        ("interest_incomplete", {"⟨title⟩", "⟨text⟩", "⟨words⟩", "⟨due⟩", "⟨why⟩"}),
        ("interest_reminder", {"⟨title⟩", "⟨text⟩", "⟨due⟩"}),
        ("answers_updated", {"⟨title⟩", "⟨words⟩"}),
        ("question", {"⟨words⟩"}),
        ("declined", {"⟨words⟩"}),
        ("screening_notice", {"⟨applicant⟩", "⟨country⟩", "⟨sentences⟩", "⟨matches⟩", "⟨tag⟩", "⟨does⟩"}),
        ("case_update", {"⟨text⟩", "⟨sender⟩", "⟨stage⟩"}),
        ("unvouched_letter", {"⟨text⟩", "⟨reason⟩", "⟨number⟩"}),
        ("other_letter", {"⟨text⟩", "⟨sender⟩", "⟨subject⟩"}),
        ("set_aside", {"⟨reason⟩", "⟨sender⟩"}),
        ("delivery_failed", {"⟨text⟩", "⟨number⟩"}),
        ("transcript", {"⟨typed⟩", "⟨said⟩", "⟨stage⟩", "⟨what⟩", "⟨tag⟩"}),
        ("confirm_sender", {"⟨subject⟩", "⟨received⟩", "⟨text⟩"}),
    ],
)
def test_a_letter_tells_what_it_is_for_in_text_and_html(name: str, told: set[str], language: str) -> None:
    view = AUDIENCES[TEMPLATES.letter(name, language).audience]
    letter = TEMPLATES.render(name, language, example(view, full=True))
    assert {word for word in told if word not in letter.text} == set()
    assert {word for word in told if word not in letter.html} == set()


@pytest.mark.parametrize("language", TEMPLATES.languages())
def test_the_rules_order_no_letter_and_know_no_tag_that_has_no_words(language: str) -> None:
    rules = tomllib.loads(RULES.read_text(encoding="utf-8"))
    ordered = {
        (order["letter"], order["to"]) for way in rules["transitions"] for order in way.get("write", ())
    }
    leading = {way["on"].removeprefix("#") for way in rules["transitions"] if way["on"].startswith("#")}
    phrases = TEMPLATES.phrases(language)

    assert {(name, TEMPLATES.letter(name, language).audience) for name, _ in ordered} == {
        (name, AUDIENCE_OF[role]) for name, role in ordered
    }
    assert {name for name, _ in ordered} <= set(phrases.keys("letters"))
    assert set(phrases.keys("tags")) == leading | set(DEEDS) | SHOWN | {OPEN_TAG, MERGE_TAG}
    assert {f"done_{tag}" for tag in leading | set(DEEDS)} <= set(phrases.keys("said"))


@pytest.mark.parametrize("language", TEMPLATES.languages())
def test_every_reason_and_kind_has_a_sentence(language: str) -> None:
    phrases = TEMPLATES.phrases(language)
    assert set(phrases.keys("unreadable")) == {reason.value for reason in Unreadable}
    assert set(phrases.keys("kinds")) == {kind.value for kind in Kind}
    assert set(phrases.keys("footer")) == set(AUDIENCES)
    assert set(phrases.keys("letters")) == set(TEMPLATES.names())


# ── how a letter looks ───────────────────────────────────────────────────────────────────────────


def test_the_text_part_reads_well_as_it_stands() -> None:
    letter = TEMPLATES.render("interest_incomplete", "en", BAHARI)
    assert letter.subject == "Thank you: one more question"
    assert (
        letter.text
        == """\
Dear Rehema Kazungu,

Thank you for writing to us about Bahari Yetu, and for wanting to be
part of River Commons.

To consider your interest, we still need to hear from you on one point.

What is still missing
=====================

Your work

How are you working to advance rights in your own community?

How to answer
=============

Just reply to this message, in your own words and in any order, by 20
December 2026 if you can. If there is a question that you cannot answer,
tell us so: that is an answer too.

The Secretariat then considers whether to invite you to apply. If we do
not hear from you by that day, it looks at what you have sent so far.

What we have understood so far
==============================

How you learned about us

> A friend told us.

If something here is not what you meant, please correct it in your
reply.

With warm regards,
The Secretariat of River Commons

--\x20
You receive this letter because you wrote to the membership inbox of
River Commons. It was written automatically. People read your reply, and
people take every decision.
"""
    )


def test_a_letter_to_somebody_who_answered_nothing_does_not_claim_to_have_understood() -> None:
    letter = TEMPLATES.render("interest_incomplete", "en", replace(BAHARI, understood=(), reader="", due=""))
    assert letter.text.startswith("Hello,\n")
    assert "understood" not in letter.text
    assert WORK.text in letter.text


def test_an_answer_that_was_read_with_doubt_and_an_unread_attachment_are_named() -> None:
    unsure = Understood(WORK, "We map springs.", sure=False, source="answers.pdf")
    view = replace(BAHARI, understood=(unsure,), unread=(Unread("scan.pdf", "its pages are pictures"),))
    letter = TEMPLATES.render("interest_complete", "en", view)
    assert "This is from your attachment answers.pdf." in letter.text
    assert "We are not sure that we read this one right." in letter.text
    assert "- scan.pdf: its pages are pictures" in letter.text


def test_a_transcript_tells_what_was_done_and_that_a_list_is_empty() -> None:
    view = Transcript(
        network="River Commons",
        website="",
        reader="Ana Lopes",
        number="",
        deeds=(Deed("#note Called.", True, "Noted."), Deed("#invit", False, "Did you mean #invite?")),
        listed=True,
    )
    text = TEMPLATES.render("transcript", "en", view).text
    assert "«#note Called.»\n\nDone. Noted.\n\n«#invit»\n\nNot done. Did you mean #invite?\n" in text
    assert "There is no open case." in text


@pytest.mark.parametrize(
    ("language", "direction"), [("en", "ltr"), ("es", "ltr"), ("fr", "ltr"), ("ar", "rtl")]
)
def test_the_html_part_says_its_language_and_direction(language: str, direction: str) -> None:
    root = page("interest_complete", BAHARI, language).root
    assert root is not None
    assert (root.attributes["lang"], root.attributes["dir"]) == (language, direction)


def test_the_html_part_loads_nothing_from_elsewhere() -> None:
    tree = page("interest_complete", BAHARI)
    assert tree.css("img, link, script, iframe, object, video, audio, style") == []
    assert "url(" not in TEMPLATES.render("interest_complete", "en", BAHARI).html


@pytest.mark.parametrize("language", TEMPLATES.languages())
def test_somebodys_words_keep_their_own_direction(language: str) -> None:
    words = "نحن اتحاد صيادين.\n\nWe are a union of fishers."
    tree = page("question", replace(BAHARI, words=words), language)
    quotation = tree.css_first("blockquote")
    assert quotation is not None
    assert quotation.attributes["dir"] == "rtl"
    assert [line.attributes["dir"] for line in quotation.css("p")] == ["rtl", "ltr"]


@pytest.mark.parametrize(
    ("words", "rtl", "isolated"),
    [
        ("#ask", True, True),
        ("اتحاد الصيادين", False, True),
        ("اتحاد Bahari", True, True),
        ("اتحاد الصيادين", True, False),
        ("Bahari", False, False),
        ("14", True, False),
    ],
)
def test_a_name_that_runs_against_its_sentence_is_isolated(words: str, rtl: bool, isolated: bool) -> None:
    assert isolate(words, rtl=rtl) == (f"\u2068{words}\u2069" if isolated else words)


# ── words stay words ─────────────────────────────────────────────────────────────────────────────

HOSTILE = [
    "# Decision",
    "<script>alert(1)</script>",
    "[click](http://bad.example)",
    "1. one\n2. two\n- three\n* four",
    "**loud** _soft_ `code` ~~gone~~",
    "> quoted\n>> twice",
    "{{ network }} {% raw %}",
    "&lt;b&gt; &amp;",
    "    indented\n\tcode",
    "Title\n=====",
    "+++\nsubject = 'no'\n+++",
    "![picture](http://bad.example/a.png)",
]


@pytest.mark.parametrize("words", HOSTILE)
def test_what_somebody_wrote_is_quoted_word_for_word(words: str) -> None:
    quotation = page("question", replace(BAHARI, words=words)).css_first("blockquote")
    assert quotation is not None
    assert {node.tag for node in quotation.css("*")} <= {"blockquote", "p", "br"}
    assert fold(quotation.text(separator="\n")) == fold(words)


@pytest.mark.parametrize(
    "name", [*HOSTILE, "Bahari\nBcc: all@bad.example", "a" * 3000, "\ue0000\ue002 \ue0010\ue002"]
)
def test_a_name_changes_nothing_of_a_letters_build(name: str) -> None:
    plain = [node.tag for node in page("interest_complete", BAHARI).css("*")]
    named = [node.tag for node in page("interest_complete", replace(BAHARI, applicant=name)).css("*")]
    assert named == plain


@settings(deadline=None)
@given(words=st.text(min_size=1, max_size=300))
def test_no_words_at_all_break_a_letter(words: str) -> None:
    view = replace(BAHARI, reader=words, applicant=words, words=words, kind=words)
    letter = TEMPLATES.render("declined", "ar", view)
    letter.text.encode()
    letter.html.encode()
    assert {node.tag for node in LexborHTMLParser(letter.html).css("main *")} <= {
        "p",
        "br",
        "bdi",
        "blockquote",
    }


def test_a_quotation_is_broken_into_lines_behind_its_mark() -> None:
    words = "word " * 40 + "\n\n\n\n" + "x" * 450
    text = TEMPLATES.render("question", "en", replace(BAHARI, words=words)).text
    quoted = [line for line in text.splitlines() if line.startswith(">")]
    assert quoted == [
        "> " + " ".join(["word"] * 14),
        "> " + " ".join(["word"] * 14),
        "> " + " ".join(["word"] * 12),
        ">",
        "> " + "x" * 200,
        "> " + "x" * 200,
        "> " + "x" * 50,
    ]


def test_a_web_address_is_not_broken() -> None:
    address = "https://rivercommons.example/" + "long/" * 25
    text = TEMPLATES.render("question", "en", replace(BAHARI, words=f"See {address} please")).text
    assert f"\n> {address}\n" in text


# ── the wall ─────────────────────────────────────────────────────────────────────────────────────


def test_a_letter_to_the_secretariat_cannot_be_filled_for_an_applicant() -> None:
    with pytest.raises(WrongAudienceError, match="is written to the secretariat"):
        TEMPLATES.render("screening_notice", "en", BAHARI)


@pytest.mark.parametrize(("name", "language"), [("farewell", "en"), ("question", "pt")])
def test_a_letter_that_nobody_wrote_is_named(name: str, language: str) -> None:
    with pytest.raises(TemplateError, match=f"no template {language}/{name}.md.j2"):
        TEMPLATES.render(name, language, BAHARI)


# ── an operator's own folder ─────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="session")
def few(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two of our letters in two languages, and what they need."""
    folder = tmp_path_factory.mktemp("templates")
    shutil.copy(DEFAULT_FOLDER / "layout.html.j2", folder)
    for language in ("en", "fr"):
        (folder / language).mkdir()
        for name in ("_hello", "_regards", "declined", "question"):
            shutil.copy(DEFAULT_FOLDER / language / f"{name}.md.j2", folder / language)
        shutil.copy(DEFAULT_FOLDER / language / "phrases.toml", folder / language)
    return folder


@dataclass(frozen=True)
class Operator:
    """Somebody who lays files of their own over a few of ours."""

    few: Path
    folder: Path

    def writes(self, name: str, content: str) -> Templates:
        """The templates with this file below the operator's own folder."""
        file = self.folder / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(content, encoding="utf-8")
        return Templates(self.few, self.folder)


@pytest.fixture
def operator(few: Path, tmp_path: Path) -> Operator:
    return Operator(few, tmp_path)


def letter(body: str, audience: str = "applicant", subject: str = "Hello") -> str:
    return f'+++\naudience = "{audience}"\nsubject = "{subject}"\n+++\n{body}\n'


def test_an_operators_own_letter_takes_the_place_of_ours(operator: Operator) -> None:
    templates = operator.writes(
        "en/question.md.j2", letter("Dear friend of {{ network }}:\n{{ words | quote }}")
    )
    text = templates.render("question", "en", replace(BAHARI, words="Who are you?")).text
    assert text.startswith("Dear friend of River Commons:\n\n> Who are you?\n\n-- \n")
    assert "reply" in templates.render("declined", "en", BAHARI).text


def test_an_operators_own_piece_is_in_all_letters_of_its_language(operator: Operator) -> None:
    templates = operator.writes("en/_regards.md.j2", "Yours,\nthe membership desk")
    assert "Yours,\nthe membership desk\n\n-- " in templates.render("declined", "en", BAHARI).text
    assert "Secrétariat" in templates.render("declined", "fr", BAHARI).text


@pytest.mark.parametrize(
    ("file", "content", "problem"),
    [
        (
            "en/question.md.j2",
            letter("{{ colour }}"),
            "uses colour, but a letter to the applicant knows applicant",
        ),
        ("en/question.md.j2", letter("{% if false %}{{ colour }}{% endif %}"), "uses colour"),
        ("en/question.md.j2", letter("{{ words }}", subject="{{ colour }}"), "uses colour"),
        ("en/question.md.j2", letter("{{ tags }}"), "uses tags"),
        (
            "en/question.md.j2",
            letter("{% for u in understood %}{{ u.colour }}{% endfor %}"),
            "no attribute 'colour'",
        ),
        ("en/question.md.j2", letter("{{ missing }}"), "cannot be printed: it is no text"),
        ("en/question.md.j2", letter("[here]({{ website }})"), "where HTML has no text"),
        ("en/question.md.j2", letter("{{ words | safe }}"), "No filter named 'safe'"),
        (
            "en/question.md.j2",
            letter('{% include "_nowhere.md.j2" %}'),
            "There is no piece en/_nowhere.md.j2",
        ),
        ("en/_regards.md.j2", "{{ colour }}", "uses colour"),
        ("en/question.md.j2", letter("{% if %}"), "question.md.j2"),
        (
            "en/question.md.j2",
            letter("x", audience="press"),
            "the audience 'press' is not one of applicant, voter",
        ),
        ("en/question.md.j2", letter("x", subject=" "), "must give a subject"),
        ("en/question.md.j2", "Dear friend,\n", "the audience '' is not one of"),
        ("en/question.md.j2", "+++\naudience = 'applicant'\n", "no +++ line"),
        ("en/question.md.j2", letter("x").replace("audience", "color = 'red'\naudience"), "color is unknown"),
        ("en/welcome.md.j2", letter("Welcome!"), "There is no template fr/welcome.md.j2"),
    ],
)
def test_a_slip_in_a_template_is_found_before_a_letter_is_written(
    operator: Operator, file: str, content: str, problem: str
) -> None:
    assert problem in " ".join(check(operator.writes(file, content)))


def test_a_language_without_a_footer_is_told_what_it_lacks(operator: Operator) -> None:
    operator.writes("pt/question.md.j2", letter("Olá"))
    templates = operator.writes("pt/phrases.toml", '[kinds]\nindividual = "pessoa"\n')
    with pytest.raises(TemplateError, match=r"no sentence footer\.applicant"):
        templates.render("question", "pt", BAHARI)


def test_a_letter_that_is_wrong_does_not_hold_up_the_others(operator: Operator) -> None:
    templates = operator.writes("en/question.md.j2", letter("{% if %}"))
    assert templates.render("declined", "en", BAHARI).text
    with pytest.raises(TemplateError, match=r"question\.md\.j2"):
        templates.render("question", "en", BAHARI)


def test_a_template_cannot_reach_what_it_is_not_told(operator: Operator) -> None:
    templates = operator.writes("en/question.md.j2", letter("{{ words.__class__.__mro__ }}"))
    with pytest.raises(TemplateError, match="unsafe"):
        templates.render("question", "en", BAHARI)


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match="Create it, or correct the setting"):
        Templates(DEFAULT_FOLDER, tmp_path / "nowhere")


# ── phrases ──────────────────────────────────────────────────────────────────────────────────────


def test_a_phrase_is_said_with_its_values() -> None:
    phrases = TEMPLATES.phrases("en")
    assert phrases.say("said", "not_held") == "The case is not on hold."
    assert phrases.say("said", "unknown_tag_nearest", nearest="invite").endswith("Did you mean #invite?")
    assert phrases.say("journal", "stage", **{"from": "Inquiry", "to": "Screening", "by": "clock"}) == (
        "From «Inquiry» to «Screening»."
    )
    assert phrases.say("tags", "ask.typed") == "#ask your question"
    assert phrases.keys("kinds") == ("individual", "organization")


def test_a_name_in_an_arabic_phrase_is_isolated() -> None:
    assert "\u2068Ana Lopes\u2069" in TEMPLATES.phrases("ar").say("said", "done_assign", name="Ana Lopes")


@pytest.mark.parametrize(
    ("key", "complaint"),
    [("sung", "no sentence said.sung"), ("done_hold", "mentions {until}, but here it can only be told by")],
)
def test_a_phrase_that_cannot_be_said_is_named(key: str, complaint: str) -> None:
    with pytest.raises(MissingPhraseError, match=complaint):
        TEMPLATES.phrases("en").say("said", key, by="Ana Lopes")


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ('[said]\nnot_helt = "Non."', "en/phrases.toml lacks said.not_helt, which"),
        ('[said]\ndone_hold = "En attente : {when}."', "done_hold mentions {when}, but in"),
        ("[kinds", "fr/phrases.toml: "),
        ("[kinds]\nindividual = 1", "kinds.individual must be a sentence in quotation marks"),
        ('individual = "personne"', "individual must be a sentence in quotation marks, below a [table]"),
    ],
)
def test_a_slip_in_the_phrases_is_found(operator: Operator, content: str, problem: str) -> None:
    assert problem in " ".join(check(operator.writes("fr/phrases.toml", content)))


def test_an_operators_own_sentence_lies_over_ours_and_leaves_the_others(operator: Operator) -> None:
    templates = operator.writes("fr/phrases.toml", '[said]\nshown = "Voici."\n')
    assert templates.phrases("fr").say("said", "shown") == "Voici."
    assert templates.phrases("fr").say("kinds", "individual") == "personne"
    assert check(templates) == []


def test_a_phrase_file_of_ones_own_is_read_as_it_stands(tmp_path: Path) -> None:
    file = tmp_path / "phrases.toml"
    file.write_text('[said]\nhi = "Hello {name}, {name}!"\n[said.low]\nbye = "Bye"\n', encoding="utf-8")
    phrases = Phrases.read([file], rtl=False)
    assert phrases.say("said", "hi", name="{name}") == "Hello {name}, {name}!"
    assert phrases.say("said", "low.bye") == "Bye"
    assert phrases.keys("said") == ("hi", "low")


def test_languages_that_the_rules_do_not_name_are_not_written_in() -> None:
    two = Templates(DEFAULT_FOLDER, only=("en", "ar"))

    assert two.languages() == ("ar", "en")
    assert check(two) == []
    with pytest.raises(TemplateError, match="fr/welcome"):
        two.letter("welcome", "fr")
