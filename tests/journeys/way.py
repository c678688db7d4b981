"""The cast and the usual steps of a whole application, for the journeys that begin in the middle of one."""

from __future__ import annotations

from collections.abc import Mapping

from mailbot.process.form import YES, FieldType, Form
from mailbot.rulebook import load_rules
from mailbot.values import Kind, Member, Person, Role
from tests.story import INES, Got, Story, numbered

REHEMA, REHEMAS = "Rehema Kazungu <rehema@bahari.example>", "rehema@bahari.example"
SALOME, SALOMES = "Salome Auma <salome@haki.example>", "salome@haki.example"
INES_AT = INES.addresses[0]

AMINA = Person("Amina Said", Role.BOARD, ("amina@board.example",), "Coast Women", language="en")
BRUNO = Person("Bruno Lima", Role.BOARD, ("bruno@board.example",), "Tierra y Agua", language="es")
CHLOE = Person("Chloé Petit", Role.BOARD, ("chloe@board.example",), "Droits Partagés", language="fr")
BOARD = (AMINA, BRUNO, CHLOE)

LOLA = Person(
    "Lola Ríos", Role.MEMBER, ("lola@tierra.example",), "Tierra y Agua", Kind.ORGANIZATION, language="es"
)
MAX = Person(
    "Max Otieno", Role.MEMBER, ("max@forum.example",), "Ocean Justice Forum", Kind.ORGANIZATION, language="en"
)
NOUR = Person("Nour Haddad", Role.MEMBER, ("nour@alone.example",), "", Kind.INDIVIDUAL, language="ar")
MEMBERS = (
    Member("Tierra y Agua", Kind.ORGANIZATION, "PE", "es"),
    Member("Ocean Justice Forum", Kind.ORGANIZATION, "KE", "en"),
    Member("Nour Haddad", Kind.INDIVIDUAL, "JO", "ar"),
)
ROSTER = (INES, *BOARD, LOLA, MAX, NOUR)

FORM = load_rules().form


def typed(form: Form, kind: Kind, language: str = "en", leave_out: tuple[str, ...] = (), **said: str) -> str:
    """The form as somebody types it: each label with an answer; ``said`` by the field's key."""
    lines = []
    for field in form.fields_for(kind):
        value = said.get(field.key, _an_answer(form, field.key, language) if field.required else "")
        if value and field.key not in leave_out:
            lines.append(f"{field.label[language]}: {value}")
    return "\n\n".join(lines)


def _an_answer(form: Form, key: str, language: str) -> str:
    field = form.field(key)
    known: Mapping[str, str] = {
        "applicant.name": "Bahari Yetu Network",
        "contact.name": "Rehema Kazungu",
        "contact.email": REHEMAS,
        "referee.1.name": "Salome Auma",
        "referee.1.organization": "Haki Pwani",
        "referee.1.email": SALOMES,
    }
    if field.means in known:
        return known[field.means]
    match field.type:
        case FieldType.CHOICE:
            return field.choices[0].label[language]
        case FieldType.YES_NO:
            return form.around(language).yes[0] if YES else ""
        case FieldType.COUNTRY:
            return "Kenya"
        case FieldType.EMAIL:
            return REHEMAS
        case FieldType.WEB_ADDRESS:
            return "https://bahari.example"
        case FieldType.YEAR:
            return "2011"
        case FieldType.NUMBER:
            return "12"
        case _:
            return "We are governed by an assembly of forty landing sites, which meets twice a year."


def is_invited(story: Story, who: str = REHEMA, text: str = "") -> Got:
    """An inquiry that the Secretariat answers with an invitation; the invitation."""
    address = who.rpartition("<")[2].rstrip(">")
    story.hears(who, text or numbered())
    story.works()
    story.hears(INES_AT, "#invite", answers=story.last_letter_to(INES_AT))
    story.works()
    return story.last_letter_to(address)


def applies(story: Story, **said: str) -> None:
    """The applicant fills in the form, in a reply to the invitation."""
    invitation = is_invited(story)
    story.hears(REHEMA, typed(FORM, Kind.ORGANIZATION, **said), answers=invitation)
    story.works()


def is_ready(story: Story) -> None:
    """The form is complete and the reference confirmed."""
    applies(story)
    story.hears(
        SALOME, "CONFIRM\n\nWe have worked with them for six years.", answers=story.last_letter_to(SALOMES)
    )
    story.works()


def is_before_the_board(story: Story) -> None:
    """The Secretariat has put the case before the Board."""
    is_ready(story)
    story.hears(INES_AT, "#board", answers=story.last_letter_to(INES_AT))
    story.works()


def votes(story: Story, voter: Person, words: str) -> None:
    """A voter replies to the last letter that was sent to them."""
    address = voter.addresses[0]
    story.hears(f"{voter.name} <{address}>", words, answers=story.last_letter_to(address))
    story.works()


def is_before_the_members(story: Story) -> None:
    """The Board has approved, and the circular of the month has gone out."""
    is_before_the_board(story)
    for member in BOARD:
        votes(story, member, "APPROVE")
    story.passes(days=2)
    assert story.case().stage == "membership"
    story.passes(days=31)
