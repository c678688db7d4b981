"""From a stranger's first letter to the invitation."""

import pytest

from mailbot.values import Kind
from tests.story import ANSWERS, INES, OMAR, numbered

REHEMA = "Rehema Kazungu <rehema@bahari.example>"
REHEMAS = "rehema@bahari.example"
INES_AT = INES.addresses[0]
OMAR_AT = OMAR.addresses[0]


def test_a_complete_inquiry_is_acknowledged_shown_to_the_secretariat_and_invited(story):
    story.hears(REHEMA, numbered())
    story.works()

    case = story.case()
    assert case.number == "M-2026-0001"
    assert case.stage == "screening"
    assert {key: answer.text for key, answer in case.answers.items()} == ANSWERS
    assert case.applicant.kind is Kind.ORGANIZATION
    assert case.applicant.name == "Bahari Yetu Network"
    assert case.applicant.country == "KE"

    thanks = story.last_letter_to(REHEMAS)
    assert "[M-2026-0001]" in thanks.subject
    for answer in ANSWERS.values():
        assert answer in " ".join(thanks.text.replace("> ", " ").split())
    notice = story.last_letter_to(INES_AT)
    assert "#invite" in notice.text
    assert "FIAN International" in notice.text

    story.hears("Ines Duarte <ines@network.example>", "#invite", answers=notice)
    story.works()

    assert story.case().stage == "invited"
    assert story.templates_to(REHEMAS) == ["interest_complete", "invitation"]
    assert story.templates_to(INES_AT) == ["screening_notice", "transcript"]


def test_only_what_is_missing_is_asked_for_and_a_second_letter_completes_the_case(story):
    story.hears(REHEMA, numbered(tuple(ANSWERS.values())[:3]))
    story.works()

    assert story.case().stage == "inquiry"
    asked = story.last_letter_to(REHEMAS)
    assert "reference" in asked.text
    assert story.letters_to(INES_AT) == []

    story.hears(REHEMA, f"Our reference is:\n\n4. {ANSWERS['reference']}", answers=asked)
    story.works()

    case = story.case()
    assert case.stage == "screening"
    assert case.answers["reference"].text == ANSWERS["reference"]
    assert case.answers["work"].text == ANSWERS["work"]
    assert story.templates_to(REHEMAS) == ["interest_incomplete", "interest_complete"]
    assert story.templates_to(INES_AT) == ["screening_notice"]


def test_silence_is_reminded_of_once_and_then_the_secretariat_decides_all_the_same(story):
    story.hears(REHEMA, numbered(tuple(ANSWERS.values())[:2]))
    story.works()
    for _ in range(6):
        story.passes(days=7)

    assert story.templates_to(REHEMAS) == ["interest_incomplete", "interest_reminder"]
    assert story.case().stage == "screening"
    assert story.templates_to(INES_AT) == ["screening_notice"]


def test_a_correction_by_reply_is_taken_in_and_shown_to_both(story):
    story.hears(REHEMA, numbered())
    story.works()
    thanks = story.last_letter_to(REHEMAS)
    better = "We document evictions in two counties, train paralegals and run a legal aid desk in Kilifi."

    story.hears(REHEMA, f"A correction to the second answer.\n\n2. {better}", answers=thanks)
    story.works()

    assert story.case().answers["work"].text == better
    assert story.case().answers["discovery"].text == ANSWERS["discovery"]
    assert story.templates_to(REHEMAS) == ["interest_complete", "answers_updated"]
    assert better in " ".join(story.last_letter_to(INES_AT).text.replace("> ", " ").split())


def test_two_letters_of_a_new_applicant_at_once_make_one_case(story):
    story.hears(REHEMA, numbered(tuple(ANSWERS.values())[:2]))
    story.hears(REHEMA, f"I forgot the rest.\n\n3. {ANSWERS['motivation']}\n\n4. {ANSWERS['reference']}")
    story.works()

    assert len(story.cases()) == 1
    question = story.last_letter_to(REHEMAS)
    assert story.templates_to(REHEMAS) == ["interest_incomplete", "confirm_sender"]
    assert set(story.case().answers) == {"discovery", "work"}

    story.hears(REHEMA, "Yes, I did.", answers=question)
    story.works()

    assert set(story.case().answers) == set(ANSWERS)
    assert story.case().stage == "screening"


def test_a_question_reaches_the_applicant_word_for_word_and_the_answer_comes_back(story):
    story.hears(REHEMA, numbered())
    story.works()
    words = "Which districts do you work in?\nDo you have members there?"
    story.hears(INES_AT, f"#ask {words}", answers=story.last_letter_to(INES_AT))
    story.works()

    asked = story.last_letter_to(REHEMAS)
    assert "Which districts do you work in?" in asked.text
    assert "Do you have members there?" in asked.text
    assert story.case().stage == "screening"

    story.hears(REHEMA, "In Kilifi and Kwale, and we have members in both.", answers=asked)
    story.works()

    assert "In Kilifi and Kwale" in story.last_letter_to(INES_AT).text
    assert story.templates_to(INES_AT)[-1] == "case_update"


def test_a_decline_needs_a_reason_and_tells_it(story):
    story.hears(REHEMA, numbered())
    story.works()
    story.hears(INES_AT, "#decline", answers=story.last_letter_to(INES_AT))
    story.works()
    assert story.case().stage == "screening"
    assert story.templates_to(REHEMAS) == ["interest_complete"]

    story.hears(INES_AT, "#decline We admit no fishing companies.", answers=story.last_letter_to(INES_AT))
    story.works()
    assert story.case().stage == "declined"
    assert "We admit no fishing companies." in story.last_letter_to(REHEMAS).text


def test_notes_never_reach_the_applicant_and_a_mistyped_tag_does_nothing(story):
    story.hears(REHEMA, numbered())
    story.works()
    notice = story.last_letter_to(INES_AT)

    story.hears(INES_AT, "#note Their chair is a cousin of mine.\n#invte\n#history", answers=notice)
    story.works()

    transcript = story.last_letter_to(INES_AT).text
    assert "#invite" in transcript
    assert "Their chair is a cousin of mine." in transcript
    assert story.case().stage == "screening"
    assert story.templates_to(REHEMAS) == ["interest_complete"]
    assert all("cousin" not in got.text for got in story.letters_to(REHEMAS))


def test_each_officer_is_written_to_in_their_own_language(big_office):
    story = big_office
    story.hears(REHEMA, numbered())
    story.works()

    assert "What you can do" in story.last_letter_to(INES_AT).text
    assert "What you can do" not in story.last_letter_to(OMAR_AT).text
    assert story.last_letter_to(OMAR_AT).message["Content-Language"] in (None, "fr")


SPANISH = """Estimada Secretaría:

Mi nombre es Lucía Paz y coordino la Asociación de Regantes del Valle, en Bolivia.
Queremos ser miembros de la Red-DESC. Estas son nuestras respuestas:

1. Conocimos la Red-DESC por una compañera de Dejusticia en un encuentro en La Paz.

2. Defendemos el acceso al agua de doce comunidades y acompañamos sus demandas ante los tribunales.

3. Queremos ser miembros porque la defensa del agua no conoce fronteras. Podemos aportar nuestra
experiencia. Ser miembro nos ayudaría a llevar los casos a instancias internacionales.

4. Dejusticia puede dar referencia de nosotros.

Saludos cordiales,
Lucía Paz
"""

FRENCH = """Madame, Monsieur,

Je m'appelle Awa Diop et je coordonne l'Association des Femmes de Guédiawaye, au Sénégal.
Nous souhaitons devenir membres du Réseau-DESC. Voici nos réponses :

1. Nous avons connu le Réseau-DESC grâce à une avocate lors d'un atelier à Dakar.

2. Nous accompagnons les familles menacées d'expulsion et défendons le droit au logement dans notre ville.

3. Nous voulons devenir membres parce que ces expulsions touchent toute la région. Nous pouvons contribuer
par nos formations. Être membre nous aiderait à porter nos cas devant les instances internationales.

4. La RADDHO peut être notre référence.

Cordialement,
Awa Diop
"""

ARABIC = """السادة في الأمانة العامة،

اسمي سلمى حداد وأنا منسقة جمعية نساء الوادي في الأردن.
نرغب في الانضمام إلى الشبكة. هذه إجاباتنا:

1. تعرفنا على الشبكة من خلال محامية في ورشة عمل في عمان.

2. نعمل على الدفاع عن حق العاملات الزراعيات في الأجر العادل ونقدم لهن المساعدة القانونية.

3. نريد أن نصبح أعضاء لأن قضايانا مشتركة في المنطقة. يمكننا أن نساهم بخبرتنا في التدريب.
وستساعدنا العضوية في الوصول إلى الآليات الدولية.

4. يمكن لمركز تمكين أن يكون مرجعا لنا.

مع التحية،
سلمى حداد
"""


@pytest.mark.parametrize(
    ("language", "text", "thanks"),
    [
        ("en", numbered(), "Thank you"),
        ("es", SPANISH, "Le agradecemos"),
        ("fr", FRENCH, "Merci"),
        ("ar", ARABIC, "شكر"),
    ],
)
def test_each_of_the_four_languages_is_read_and_answered_in(story, language, text, thanks):
    story.hears("Somebody <somebody@group.example>", text)
    story.works()

    case = story.case()
    assert case.language == language
    assert set(case.answers) == set(ANSWERS)
    answer = story.last_letter_to("somebody@group.example")
    assert thanks in answer.text
    assert ('dir="rtl"' in answer.html) == (language == "ar")


@pytest.mark.parametrize(
    ("reply", "answer"),
    [
        ("FIAN International", "FIAN International"),
        ("Hello,\n\nYou can ask FIAN International.\n\nRehema", "You can ask FIAN International."),
    ],
)
def test_a_short_reply_answers_the_only_question_that_was_open(story, reply, answer):
    story.hears(REHEMA, numbered(tuple(ANSWERS.values())[:3]))
    story.works()
    story.hears(REHEMA, reply, answers=story.last_letter_to(REHEMAS))
    story.works()

    assert story.case().answers["reference"].text == answer
    assert story.case().stage == "screening"


@pytest.mark.parametrize(
    "reply", ["Thank you, we will send it next week.", "What do you mean by a reference?"]
)
def test_a_reply_that_answers_nothing_leaves_the_question_open(story, reply):
    story.hears(REHEMA, numbered(tuple(ANSWERS.values())[:3]))
    story.works()
    story.hears(REHEMA, reply, answers=story.last_letter_to(REHEMAS))
    story.works()

    assert "reference" not in story.case().answers
    assert story.case().stage == "inquiry"
    assert story.templates_to(INES_AT) == ["case_update"]
