"""A dossier says all that it is told, in each language, and nothing in it is taken for markup."""

from __future__ import annotations

import re
import subprocess
import sys
import unicodedata
from dataclasses import fields, replace
from io import BytesIO

import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailbot.documents.dossier import LONGEST_DOSSIER, LONGEST_TEXTS, dossier_pdf
from mailbot.views import Dossier, FormRow, FormSection, Noticed, ReferenceLine
from tests.documents.cast import LANGUAGES, OWN, dossier, words


def pages(pdf: bytes) -> list[str]:
    """The text of each page, as a program takes it out."""
    return [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(BytesIO(pdf))]


def bare(text: str) -> str:
    """Without what is not drawn, or drawn apart from its letter: marks, spaces, where a line may break."""
    return "".join(
        character
        for character in unicodedata.normalize("NFKD", text)
        if unicodedata.category(character) not in {"Mn", "Cf", "Cc", "Zs"}
    )


def with_answer(text: str, language: str = "en") -> Dossier:
    told = dossier(language)
    return replace(told, understood=(replace(told.understood[0], words=text),))


def texts(told: Dossier) -> list[str]:
    """What must be in the document, each text on its own."""
    return [
        told.number,
        told.applicant,
        told.kind,
        told.country,
        told.language_name,
        *(answer.question.title for answer in told.understood),
        *(answer.question.text for answer in told.understood),
        *(answer.words for answer in told.understood),
        *(section.title for section in told.sections),
        *(text for section in told.sections for row in section.rows for text in (row.label, row.value)),
        *(
            text
            for line in told.references
            for text in (line.name, line.organization, line.state, line.words)
        ),
        *(match for line in told.references for match in line.matches),
        *(text for each in (*told.evidence, *told.findings) for text in (each.title, *each.sentences)),
        *told.aspects,
        *(text for case in told.earlier for text in (case.number, case.name, case.stage, case.since)),
    ]


@pytest.mark.parametrize("language", ["en", "es", "fr"])
def test_all_that_is_told_is_in_it(language: str) -> None:
    told = dossier(language)
    found = bare("".join(pages(dossier_pdf(told, language))))
    for text in texts(told):
        for paragraph in text.split("\n\n"):
            if not any("\u0600" <= character <= "\u06ff" for character in paragraph):
                assert bare(paragraph) in found


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_is_in_it_whichever_way_it_is_written(language: str) -> None:
    told = dossier(language)
    found = {
        word for page in pages(dossier_pdf(told, language)) for word in re.findall(r"\w+", marks_off(page))
    }
    for text in texts(told):
        missing = {word for word in re.findall(r"\w+", plain(text)) if len(word) > 1} - found
        assert not missing


def plain(text: str) -> str:
    """Words that are drawn without marks: the others come out of a PDF in more than one piece."""
    return " ".join(
        word for word in text.split() if (word == marks_off(word) and word.isalpha()) or word.isdecimal()
    )


def marks_off(text: str) -> str:
    return "".join(c for c in text if unicodedata.category(c) != "Mn" and c != "\u200b")


def test_arabic_comes_out_in_the_order_in_which_it_is_read() -> None:
    told = with_answer("نرافق القرى منذ عام 2014 في Malindi وما حولها", "ar")
    assert "نرافق القرى منذ عام 2014 في Malindi وما حولها" in pages(dossier_pdf(told, "ar"))[0]


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_page_bears_its_number_and_that_of_the_case(language: str) -> None:
    told = replace(dossier(language), understood=dossier(language).understood[1:] * 20)
    said = words(language)
    found = pages(dossier_pdf(told, language))
    assert len(found) > 4
    for number, page in enumerate(found, start=1):
        assert f"{said['page']} {number} {said['of']} {len(found)}" in page
        assert "2026-0042" in page.splitlines()[-1] + page.splitlines()[0]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_same_dossier_gives_the_same_bytes(language: str) -> None:
    assert dossier_pdf(dossier(language), language) == dossier_pdf(dossier(language), language)


def test_another_program_gives_the_same_bytes() -> None:
    code = (
        "import hashlib; from tests.documents.cast import dossier; from mailbot.documents.dossier import "
        "dossier_pdf; print(hashlib.sha256(dossier_pdf(dossier('fr'), 'fr')).hexdigest())"
    )
    hashes = {
        subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout for _ in range(2)
    }
    assert len(hashes) == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_headings_are_those_of_the_phrases(language: str) -> None:
    """A heading that the phrases lack, or one that no dossier has, would be told by nobody else."""

    class Noting(dict[str, str]):
        asked: set[str]

        def __getitem__(self, key: str) -> str:
            self.asked.add(key)
            return super().__getitem__(key)

    told = Noting(words(language))
    told.asked = set()
    full = replace(dossier(language), words=told, findings=())
    dossier_pdf(full, language)
    dossier_pdf(replace(full, applicant="", kind="", understood=full.understood[:1] * 2), language)
    dossier_pdf(replace(full, evidence=(Noticed("x", ("y",) * 30),)), language)
    assert told.asked | {"page", "of", "confidential"} == set(told)


def test_a_dossier_of_an_empty_case_says_so() -> None:
    nothing = {field.name: () for field in fields(Dossier) if str(field.type).startswith("tuple")}
    empty = {field.name: "" for field in fields(Dossier) if field.type == "str"}
    said = words("en")
    found = "".join(pages(dossier_pdf(Dossier(**nothing, **empty, words=said), "en")))
    assert said["unknown_applicant"] in found
    assert found.count(said["not_told"]) == 5
    assert found.count(said["none"]) == 6
    assert said["form"] not in found


def test_a_reference_of_whom_nothing_is_known_has_its_line() -> None:
    told = replace(dossier("en"), references=(ReferenceLine("", "Inland Waters Union", ""),))
    assert "Inland Waters Union" in "".join(pages(dossier_pdf(told, "en")))


# ── a stranger's words ───────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "text",
    [
        '#let x = 1; #x #import "a.typ" #read("/etc/passwd") #sys.inputs',
        "*bold* _slanted_ $x^2$ `raw` <label> @reference [x] {y} -- --- ... ~ \\ // no /* no */",
        "= Heading\n- item\n+ item\n/ term: what\n#pagebreak()",
        "<script>alert(1)</script> &lt; \"quoted\" 'quoted' %PDF-1.7 endobj (x) Tj",
        "https://bad.example/ javascript:alert(1)",
    ],
)
def test_nothing_is_taken_for_markup(text: str) -> None:
    pdf = dossier_pdf(with_answer(text), "en")
    assert bare(text) in bare("".join(pages(pdf)))
    assert b"/URI" not in pdf
    assert b"/JavaScript" not in pdf


@pytest.mark.parametrize(
    "text",
    [
        "word " * 200_000,
        "x" * 1_000_000,
        "a\n" * 500_000,
        "مرحبا " * 170_000,
        "😀👩\u200d👩\u200d👧🇰🇪" * 100_000,
        "a" + "\u0301" * 500_000,
        "\u2067a\u2066" * 300_000,
        "\u202eexe.fdp\u202d" * 100_000,
        "".join(map(chr, range(0x3000))) + "".join(map(chr, range(0xD7F0, 0xE100))),
        "\ud800" * 1_000_000,
        "\x00" * 1_000_000,
        "-" * 1_000_000,
    ],
    ids=[
        "words",
        "one",
        "lines",
        "arabic",
        "emoji",
        "marks",
        "isolates",
        "overrides",
        "all",
        "halves",
        "nul",
        "-",
    ],
)
def test_a_text_that_would_fill_a_book_is_cut_and_says_so(text: str) -> None:
    told = with_answer(text)
    pdf = dossier_pdf(replace(told, applicant=text, country=text, number=text[:40]), "en")
    found = pages(pdf)
    assert len(found) < 90
    assert len(pdf) < 3_000_000
    assert words("en")["references"] in "".join(found)


def test_a_cut_text_says_so_and_a_whole_one_does_not() -> None:
    cut = words("en")["cut"]
    whole = ("word " * (LONGEST_TEXTS[0] // 5)).strip()
    assert cut not in "".join(pages(dossier_pdf(with_answer(whole), "en"))).replace("\r\n", "")
    longer = pages(dossier_pdf(with_answer(f"{whole} and more"), "en"))
    assert cut in "".join(longer)
    assert "and more" not in "".join(longer)


def test_many_long_texts_are_each_cut_shorter() -> None:
    row = FormRow("Mission", "word " * 6_000)
    told = replace(dossier("en"), sections=(FormSection("All", (row,) * 60),))
    found = "".join(pages(dossier_pdf(told, "en")))
    assert found.count("Mission") == 60
    assert found.count("word") < LONGEST_DOSSIER // 5


def test_a_long_answer_flows_over_pages_and_loses_nothing() -> None:
    text = "\n\n".join(f"paragraph {number}: {OWN['en']}" for number in range(40))
    found = bare("".join(pages(dossier_pdf(with_answer(text), "en"))))
    assert all(bare(f"paragraph {number}:") in found for number in range(40))


def test_a_web_address_stays_within_the_page() -> None:
    address = "https://rivercommons.example/" + "a-long-way-" * 30 + "x" * 200
    document = pypdfium2.PdfDocument(BytesIO(dossier_pdf(with_answer(address), "en")))
    for page in document:
        text = page.get_textpage()
        rights = [text.get_charbox(at)[2] for at in range(text.count_chars())]
        assert max(rights) <= page.get_width() - 60


def test_a_name_cannot_turn_the_sentence_around_it() -> None:
    told = replace(dossier("en"), references=(ReferenceLine("\u2069\u202eAda\u2067", "", "Confirmed"),))
    assert re.search(r"Ada\W*: Confirmed", "".join(pages(dossier_pdf(told, "en"))))


@settings(max_examples=25, deadline=None)
@given(text=st.text(st.characters(), max_size=400))
def test_any_text_gives_a_document(text: str) -> None:
    told = with_answer(text)
    told = replace(told, applicant=text, references=(ReferenceLine(text, text, text, text, (text,)),))
    assert pages(dossier_pdf(replace(told, sections=(FormSection(text, (FormRow(text, text),)),)), "ar"))
