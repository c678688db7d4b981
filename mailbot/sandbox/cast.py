"""The invented people of the demo, what they write, and what must come of it.

Nobody here exists, nor do their organizations; all addresses end in ``.example`` (RFC 2606).
"""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pypdfium2
from docx import Document

from mailbot.sandbox.clients import APPLE_MAIL, GMAIL, OUTLOOK, THUNDERBIRD, Writer, Written
from mailbot.values import Address, Attachment, Person, Role

LETTERS = Path(__file__).parent / "letters"

NETWORK = "ESCR-Net"
INBOX = Address("membership@escr-net.example", NETWORK)
"""The inbox that the bot runs."""
VISITOR = Address("you@visitor.example", "A visitor")
"""An account for whoever tries the demo with a mail client of their own."""


@dataclass(frozen=True, slots=True)
class Reply:
    """Which letter is answered: the last one made from ``template`` in the case of ``applicant``."""

    template: str
    applicant: Writer


@dataclass(frozen=True, slots=True)
class Scene:
    """One letter to the inbox: who writes what, and the letters that must follow from it, in order."""

    by: Writer
    does: str
    """What happens, in half a sentence that follows the writer's name."""
    typed: Written
    follows: tuple[str, ...]
    """Templates of the letters that the bot must write, in the order in which it writes them."""
    answers: Reply | None = None


# ── the Secretariat ──────────────────────────────────────────────────────────────────────────────

RUTH = Writer(Address("ruth@escr-net.example", "Ruth Achieng"), "en", OUTLOOK, "Ruth")
MARISOL = Writer(Address("marisol@escr-net.example", "Marisol Quiroga"), "es", THUNDERBIRD, "Marisol")

ROSTER = tuple(
    Person(
        name=officer.address.name,
        role=Role.SECRETARIAT,
        addresses=(officer.address.email,),
        organization=NETWORK,
        language=officer.language,
    )
    for officer in (RUTH, MARISOL)
)

# ── those who write in ───────────────────────────────────────────────────────────────────────────

WANJIRU = Writer(
    Address("wanjiru@bondenitenants.example", "Wanjiru Kamau"),
    "en",
    THUNDERBIRD,
    "Wanjiru Kamau\nSecretary, Bondeni Tenants' Union",
)
ROSALIA = Writer(Address("rosalia@aguavallehondo.example", "Rosalía Condori"), "es", GMAIL, "Rosalía Condori")
TOM = Writer(
    Address("tom.hadley@harbourcourier.example", "Tom Hadley"),
    "en",
    APPLE_MAIL,
    "Tom Hadley\nThe Harbour Courier",
)
AISSATA = Writer(
    Address("aissata@maraicheres.example", "Aïssata Diallo"),
    "fr",
    APPLE_MAIL,
    "Aïssata Diallo\n\nEnvoyé de mon iPhone",
)
LIZA = Writer(
    Address("liza@fisherwomen.example", "Liza Magbanua"),
    "en",
    OUTLOOK,
    "Liza Magbanua\nFederation of Fisherwomen of San Telmo",
)
SALMA = Writer(Address("salma@sindyan.example", "سلمى الخطيب"), "ar", OUTLOOK, "سلمى الخطيب\nمنسقة اللجنة")
ETIENNE = Writer(
    Address("etienne.ravel@logement-valclair.example", "Étienne Ravel"),
    "fr",
    OUTLOOK,
    "Étienne Ravel\nDirection du Logement de Valclair",
)
JULIAN = Writer(
    Address("julian.ferreyra@catedra.example", "Julián Ferreyra"), "es", THUNDERBIRD, "Julián Ferreyra"
)

PEOPLE = (RUTH, MARISOL, WANJIRU, ROSALIA, TOM, AISSATA, LIZA, SALMA, ETIENNE, JULIAN)

ENDINGS = {
    WANJIRU: "invited",
    ROSALIA: "invited",
    AISSATA: "screening",
    LIZA: "invited",
    SALMA: "screening",
    ETIENNE: "declined",
    JULIAN: "inquiry",
}
"""Where each application must stand when the story is over. Who is not named here has none."""

NOTICES = len(ROSTER)
"""Each notice goes to everybody in the Secretariat."""
COMPLETE = ("interest_complete", *("screening_notice",) * NOTICES)
"""What follows once all four questions are answered."""


def scenes() -> tuple[Scene, ...]:
    """The story, letter by letter, in the order in which it happens."""
    return (
        Scene(
            WANJIRU,
            "answers the four questions of the network's web page, by number",
            Written(_letter("wanjiru"), "Membership of our tenants' union"),
            follows=COMPLETE,
        ),
        Scene(
            ROSALIA,
            "answers two of the four questions and promises the rest",
            Written(_letter("rosalia-begins"), "Queremos formar parte de la Red"),
            follows=("interest_incomplete",),
        ),
        Scene(
            TOM,
            "is a journalist and wants an interview: no application",
            Written(_letter("tom"), "Interview request: water and housing"),
            follows=("other_letter",) * NOTICES,
        ),
        Scene(
            AISSATA,
            "asks how one becomes a member",
            Written(_letter("aissata-asks"), "Comment devenir membre ?"),
            follows=("interest_incomplete",),
        ),
        Scene(
            RUTH,
            "has read the notice about the tenants' union, and decides",
            Written("#invite"),
            answers=Reply("screening_notice", WANJIRU),
            follows=("invitation", "transcript"),
        ),
        Scene(
            ROSALIA,
            "sends the missing answers, above the bot's letter",
            Written(_letter("rosalia-completes")),
            answers=Reply("interest_incomplete", ROSALIA),
            follows=COMPLETE,
        ),
        Scene(
            LIZA,
            "sends the answers as a Word document, and a scanned certificate",
            Written(
                _letter("liza"),
                "Our interest in membership",
                attachments=(_answers_of_the_fisherwomen(), _scanned_certificate()),
            ),
            follows=COMPLETE,
        ),
        Scene(
            SALMA,
            "answers the four questions in Arabic, in an HTML letter",
            Written(_letter("salma"), "طلب انضمام إلى الشبكة"),
            follows=COMPLETE,
        ),
        Scene(
            MARISOL,
            "has a question for the water assembly",
            Written(_letter("marisol-asks")),
            answers=Reply("screening_notice", ROSALIA),
            follows=("question", "transcript"),
        ),
        Scene(
            AISSATA,
            "answers between the lines of the bot's letter, from her phone",
            Written(
                "Bonsoir, et merci pour votre réponse si rapide. Mes réponses sont sous vos questions.",
                under=_answers("aissata-answers"),
            ),
            answers=Reply("interest_incomplete", AISSATA),
            follows=COMPLETE,
        ),
        Scene(
            ETIENNE,
            "applies for a public authority, which the network does not admit",
            Written(_letter("etienne"), "Demande d’adhésion au Réseau-DESC"),
            follows=COMPLETE,
        ),
        Scene(
            ETIENNE,
            "is away: his mail server answers the acknowledgement by itself",
            Written(_letter("etienne-is-away"), "Réponse automatique : en mission", automatic=True),
            answers=Reply("interest_complete", ETIENNE),
            follows=(),
        ),
        Scene(
            ROSALIA,
            "answers Marisol's question",
            Written(_letter("rosalia-explains")),
            answers=Reply("question", ROSALIA),
            follows=("case_update",) * NOTICES,
        ),
        Scene(
            RUTH,
            "invites the fisherwomen, in a hurry, and mistypes the tag",
            Written("#invte"),
            answers=Reply("screening_notice", LIZA),
            follows=("transcript",),
        ),
        Scene(
            RUTH,
            "answers the transcript, with the tag as it should be",
            Written("#invite"),
            answers=Reply("transcript", LIZA),
            follows=("invitation", "transcript"),
        ),
        Scene(
            RUTH,
            "leaves a note for her colleague and hands the case over",
            Written(_letter("ruth-notes")),
            answers=Reply("screening_notice", SALMA),
            follows=("transcript",),
        ),
        Scene(
            MARISOL,
            "is content with the answer, and decides",
            Written("#invite"),
            answers=Reply("case_update", ROSALIA),
            follows=("invitation", "transcript"),
        ),
        Scene(
            JULIAN,
            "applies for himself in one long letter, and names no reference",
            Written(_letter("julian"), "Postulación a título individual"),
            follows=("interest_incomplete",),
        ),
        Scene(
            RUTH,
            "declines the public authority's application, in French",
            Written(_letter("ruth-declines")),
            answers=Reply("screening_notice", ETIENNE),
            follows=("declined", "transcript"),
        ),
    )


# ── their letters ────────────────────────────────────────────────────────────────────────────────


def _letter(name: str) -> str:
    """What somebody types: the file of this name in ``letters/``."""
    return (LETTERS / f"{name}.txt").read_text(encoding="utf-8").strip()


def _answers(name: str) -> tuple[tuple[str, str], ...]:
    """(question, answer) from a file of ``letters/`` in which each question is a heading, ``## …``."""
    blocks = _letter(name).removeprefix("## ").split("\n\n## ")
    return tuple((question, answer) for question, _, answer in (block.partition("\n\n") for block in blocks))


# ── what they attach ─────────────────────────────────────────────────────────────────────────────


def _answers_of_the_fisherwomen() -> Attachment:
    """A Word document with a heading for each question."""
    document = Document()
    document.add_heading("Federation of Fisherwomen of San Telmo", level=1)
    for question, answer in _answers("liza-answers"):
        document.add_heading(question, level=2)
        document.add_paragraph(answer)
    content = BytesIO()
    document.save(content)
    media_type = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    return Attachment("Answers to ESCR-Net.docx", media_type, content.getvalue())


def _scanned_certificate() -> Attachment:
    """A PDF file whose page has no text, like one that comes from a scanner."""
    pdf = pypdfium2.PdfDocument.new()
    pdf.new_page(595, 842).close()
    content = BytesIO()
    pdf.save(content)
    pdf.close()
    return Attachment("certificate.pdf", "application/pdf", content.getvalue())
