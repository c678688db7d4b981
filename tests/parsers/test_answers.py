"""Answers in the shapes in which people write them."""

from __future__ import annotations

import time

import pytest

from mailbot.parsers.answers import find_aspects, read_answers
from mailbot.parsers.answers.found import said_in
from mailbot.values import AttachmentText, Split
from tests.parsers.rules import letter, questions, split

HEARD = "We heard about ESCR-Net from a lawyer at a workshop on land."
WORK = "Since 2014 we organize fishing families and have won two cases in court against evictions."
WHY = "We want to join because we are alone. We can share our survey, and it would help us learn from others."
REFEREE = "Coastal Rights Forum, they know us well."

FOUR = {"discovery": HEARD, "work": WORK, "motivation": WHY, "reference": REFEREE}


def read(
    text: str, *attached: AttachmentText, language: str = "en", as_split: Split | None = None
) -> dict[str, str]:
    answers = read_answers(letter(text), as_split or split(text), attached, language, questions())
    return {key: answer.text for key, answer in answers.items()}


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(
            f"Dear all,\n\n1. {HEARD}\n2. {WORK}\n3. {WHY}\n4. {REFEREE}\n\nRegards,\nBo Ilo", id="numbers"
        ),
        pytest.param(f"1) {HEARD}\n\n2) {WORK}\n\n3) {WHY}\n\n4) {REFEREE}", id="numbers with brackets"),
        pytest.param(f"a) {HEARD}\nb) {WORK}\nc) {WHY}\nd) {REFEREE}", id="letters"),
        pytest.param(
            f"How did you learn about ESCR-Net?\n{HEARD}\n\n"
            f"How are you working to advance economic, social and cultural rights?\n{WORK}\n\n"
            f"Why do you want to become a member? How would you like to contribute?\n{WHY}\n\n"
            f"What organization(s) might you identify to serve as a reference?\n{REFEREE}\n\nThank you,\nBo",
            id="questions repeated",
        ),
        pytest.param(
            f"REFERENCE\n{REFEREE}\n\nOUR WORK\n{WORK}\n\nHOW WE HEARD OF YOU\n{HEARD}\n\nMOTIVATION\n{WHY}",
            id="headings in another order",
        ),
        pytest.param(
            f"Q: How did you hear of us?\nA: {HEARD}\n\nQ: What do you do?\nA: {WORK}\n\n"
            f"Q: Why join?\nA: {WHY}\n\nQ: References?\nA: {REFEREE}",
            id="Q and A",
        ),
        pytest.param(
            f"Question 1: {HEARD}\nQuestion 2: {WORK}\nQuestion 3: {WHY}\nQuestion 4: {REFEREE}", id="labels"
        ),
        pytest.param(
            f"How did you learn about ESCR-Net?\t{HEARD}\nYour work\t{WORK}\n"
            f"Why do you want to become a member?\t{WHY}\nReference\t{REFEREE}",
            id="table",
        ),
        pytest.param(
            f"Dear friends,\n\n{HEARD}\n\n{WORK}\n\n{WHY}\n\n{REFEREE}\n\nIn solidarity,\nBo",
            id="no question",
        ),
    ],
)
def test_the_same_four_answers_are_read_in_any_shape(text):
    assert read(text) == FOUR


def test_a_number_that_misleads_gives_way_to_what_the_sections_say():
    text = (
        f"1. For reference please contact {REFEREE}\n\n2. {WHY}\n\n"
        f"3. About ESCR-Net: {HEARD}\n\n4. {WORK} We have trained paralegals, and we monitor evictions."
    )

    answers = read(text)

    assert answers["discovery"].endswith(HEARD)
    assert answers["reference"].startswith("For reference")


def test_answers_between_quoted_questions_are_read_without_the_network_s_own_words():
    between = Split(
        new=f"{HEARD}\n\n{WORK}\n\nBo",
        quoted="> How did you learn about ESCR-Net?",
        answered=(
            ("> Dear Bo,\n> How did you learn about ESCR-Net?", HEARD),
            (
                "> How are you working to advance economic, social and\n> cultural rights?",
                WORK,
            ),
            (
                "> Why do you want to become a member?\n> Your reference?\n> Kind regards",
                "Bo",
            ),
        ),
    )

    assert read("", as_split=between) == {"discovery": HEARD, "work": WORK}


def test_answers_typed_into_an_unmarked_original_are_read():
    quoted = (
        "De: Membership <membership@network.example>\nEnviado: martes 3\nAsunto: Su interés\n\n"
        "Estimada Ana:\n\n"
        "• ¿Cómo conoció la Red-DESC?\n\nR/ Por una profesora que nos mostró su página.\n\n"
        "• ¿Qué organización podría indicar como referencia?\n\nR/ El Centro Río Claro nos conoce.\n\n"
        "Cordialmente,\nSecretaría"
    )

    assert read("", as_split=Split(new="Respondo abajo.", quoted=quoted), language="es") == {
        "discovery": "Por una profesora que nos mostró su página.",
        "reference": "El Centro Río Claro nos conoce.",
    }


@pytest.mark.parametrize(
    "nothing",
    [
        "N/A",
        "n/a",
        "To follow.",
        "see attached",
        "...........",
        "-",
        "",
        "TBC",
        "We will send it later.",
        "???",
    ],
)
def test_what_says_that_an_answer_is_lacking_is_no_answer(nothing):
    text = f"1. {HEARD}\n2. {WORK}\n3. {WHY}\n4. {nothing}\n\nThank you so much!\nBo Ilo"

    assert read(text) == {key: said for key, said in FOUR.items() if key != "reference"}


@pytest.mark.parametrize(
    ("language", "nothing"),
    [
        ("es", "pendiente"),
        ("es", "No aplica"),
        ("fr", "à compléter"),
        ("fr", "voir pièce jointe"),
        ("ar", "لا يوجد حاليا"),
    ],
)
def test_the_same_in_the_other_languages(language, nothing):
    assert "reference" not in read(f"1. a b c\n2. a b c\n3. a b c\n4. {nothing}", language=language)


def test_knowing_nobody_is_an_answer():
    text = (
        f"1. {HEARD}\n2. {WORK}\n3. {WHY}\n4. I know nobody in the network who could be a reference for us."
    )

    assert read(text)["reference"] == "I know nobody in the network who could be a reference for us."


def test_an_attachment_gives_what_the_letter_points_to():
    attached = AttachmentText("answers.docx", f"Our work\n{WORK}\n\nWhy we want to join\n{WHY}")

    answers = read_answers(
        letter(""),
        split(f"1. {HEARD}\n2. see attached\n3. see attached\n4. {REFEREE}"),
        [attached],
        "en",
        questions(),
    )

    assert {key: answer.text for key, answer in answers.items()} == FOUR
    assert answers["work"].source == "answers.docx"
    assert answers["discovery"].source == "letter"


def test_statutes_attached_answer_nothing():
    statutes = AttachmentText(
        "statutes.pdf", "ARTICLE 1. NAME. The body is called X.\nARTICLE 3. MEMBERS. To be a member …"
    )

    assert read(f"1. {HEARD}\n2. {WORK}", statutes) == {"discovery": HEARD, "work": WORK}


def test_a_postscript_belongs_to_the_question_that_it_names():
    between = Split(
        new=f"{WHY}\n\nBo\n\nP.S. For the third question I forgot one thing. We have a theatre group.",
        answered=(
            ("Why do you want to become a member?", WHY),
            ("Kind regards", "Bo\n\nP.S. For the third question …"),
        ),
    )

    assert read("", as_split=between) == {"motivation": f"{WHY}\nWe have a theatre group."}


def test_an_answer_that_only_its_words_told_is_unsure():
    answers = read_answers(letter(""), split(f"Dear friends,\n\n{HEARD}\n\n{WORK}"), [], "en", questions())

    assert {key: answer.sure for key, answer in answers.items()} == {"discovery": False, "work": False}


@pytest.mark.parametrize(
    ("language", "text", "key", "answer"),
    [
        (
            "es",
            "¿Cómo nos conocieron?\nPor una amiga abogada.\n\nReferencias\nFIAN Ecuador.",
            "discovery",
            "Por una amiga abogada.",
        ),
        (
            "fr",
            "1) Comment avez-vous connu le Réseau ?\nPar un ami.\n2) Référence\nLa Ligue.",
            "discovery",
            "Par un ami.",
        ),
        (
            "ar",
            "أولاً: كيف عرفنا الشبكة\nمن محامٍ.\n\nرابعاً: من يزكينا\nمركز النهر.",
            "reference",
            "مركز النهر.",
        ),
        (
            "pt",
            "1. Como conheceu a rede?\nNo encontro de Nampula.\n2. Referência\nA União.",
            "discovery",
            "No encontro de Nampula.",
        ),
        (
            "sw",
            "Swali la 1: Mlijuaje kuhusu ESCR-Net?\nJibu: Kwa ndugu.\nSwali la 2: Kazi?\nJibu: Tunalima.",
            "work",
            "Tunalima.",
        ),
    ],
)
def test_each_language_of_the_rules(language, text, key, answer):
    assert read(text, language=language)[key] == answer


def test_the_aspects_of_a_motivation():
    assert find_aspects("We want to become a member.", "en", questions()) == ("why",)
    assert find_aspects(WHY, "en", questions()) == ("why", "contribution", "benefit")
    assert find_aspects("Nous pouvons partager nos enquêtes.", "fr", questions()) == ("contribution",)


@pytest.mark.parametrize(
    "text", ["", "\n\n", "1.", "?", "\x00", "1. 2. 3. 4.", "\t\t\t", "a" * 50_000, ">" * 1000]
)
def test_nothing_that_can_be_typed_makes_it_raise(text):
    assert read(text) == {}


@pytest.mark.parametrize("piece", ["a\n", "Bo\n\n", "1. ", "a\t", "(", "reference: ", "> How?\n\nSo.\n\n"])
def test_of_an_endless_letter_only_the_beginning_is_read(piece):
    text = f"1. {HEARD}\n2. {WORK}\n\n" + piece * (1_000_000 // len(piece))

    begun = time.process_time()
    answers = read(text)

    assert answers["discovery"] == HEARD
    assert time.process_time() - begun < 2


def test_a_long_run_of_blanks_and_stars_inside_an_answer_costs_its_length_alone() -> None:
    """A pattern anchored at the end looked through the run anew from each of its signs."""
    run = " *" * 200_000

    assert said_in(f"{run}end{run}", [(0, 4 * 200_000 + 3)]) == f"{run}end".strip()


def test_a_list_within_a_letter_that_already_answers_is_no_list_of_answers():
    told = read(
        f"Dear all,\n\n{HEARD}\n\n{WORK} Our member groups are:\na) Upper Weir Anglers\nb) Eel Women\n"
        f"c) Reed Cutters of the Bend\nd) Ferry Workers\n\n{WHY}\n\nYou may ask the {REFEREE}"
    )

    assert told["discovery"] == HEARD
    assert told["work"].endswith("Ferry Workers")
    assert told["motivation"] == WHY


@pytest.mark.parametrize(
    ("asked", "key", "said"),
    [
        ("How did we find you?", "discovery", "A lodger of ours typed three angry words and there you were."),
        ("Why become a member?", "motivation", "The sea takes a metre of our street each winter."),
    ],
)
def test_a_question_that_the_writer_asks_leads_to_what_follows(asked, key, said):
    told = read(f"Good day,\n\n{WORK}\n\n{asked} {said}\n\nRegards,\nBo")

    assert told[key] == said


def test_what_stands_above_the_greeting_is_no_answer():
    head = "Weir Union\nRef. 12/B\nSubject: our work, request for membership\n\nDear Sir or Madam,\n\n"

    assert read(f"{head}{HEARD}\n\n{WORK}\n\nYours,\nBo") == {"discovery": HEARD, "work": WORK}


def test_a_remark_before_a_colon_leads_to_the_answer_and_is_none():
    told = read(f"Dear all,\n\n{WORK}\n\nI forgot to tell you our reference, here it is: {REFEREE}\n\nBo")

    assert told["reference"] == REFEREE


def test_after_an_answer_that_is_to_follow_its_reason_is_no_answer():
    told = read(f"1. {HEARD}\n2. {WORK}\n3. {WHY}\n4. To follow. The board meets on the tenth.\n\nBo")

    assert "reference" not in told


def test_lines_typed_without_capitals_are_each_their_own():
    told = read(
        "hello i am ama from the coast and i want to be with your network\n"
        "my cousin who was at ur training told me abt u and sent the link\n"
        "we clean the beach every week and with the women of the market we teach the children of the "
        "boat builders\n"
        "the council opened two taps\n"
    )

    assert told["discovery"] == "my cousin who was at ur training told me abt u and sent the link"
    assert told["work"].startswith("we clean the beach")


@pytest.mark.parametrize("lead", ["que un", "que dos"])
def test_small_words_beside_each_other_name_no_question(lead):
    told = read(
        f"{'Supimos de la Red por la radio.'}\n\nNos ayudaría para {lead} médicos revisen el agua.\n\n"
        "Pueden preguntar por nosotras al Comité del Río.",
        language="es",
    )

    assert told["discovery"] == "Supimos de la Red por la radio."


def test_of_two_lists_as_long_as_each_other_the_first_one_answers():
    said = [HEARD, WORK, WHY, REFEREE]
    numbered = "\n".join(f"{number}. {one}" for number, one in enumerate(said, start=1))

    told = read(f"{numbered}\n\nOur villages:\na) Upper Weir\nb) Lower Weir\nc) The Bend\nd) Ferry")

    assert told["discovery"] == HEARD
    assert told["motivation"] == WHY
