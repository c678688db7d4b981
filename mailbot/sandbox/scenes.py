"""What the demo's people write, letter by letter, how much time goes by, and what must come of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

import pypdfium2
from docx import Document

from mailbot.sandbox import cast
from mailbot.sandbox.clients import Writer, Written
from mailbot.values import Attachment

LETTERS = Path(__file__).parent / "letters"


@dataclass(frozen=True, slots=True)
class Reply:
    """Which letter is answered: the last one made from ``template``, in the case of ``applicant`` if one is
    named."""

    template: str
    applicant: Writer | None = None


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
    form: Mapping[str, str] = field(default_factory=dict)
    """What is filled in of the Word document that came with the letter which is answered; it goes back with
    this one."""


@dataclass(frozen=True, slots=True)
class Pause:
    """So many days go by, to nine in the morning, and these letters must be written by the calendar."""

    days: int
    follows: tuple[str, ...]


# ── the story ────────────────────────────────────────────────────────────────────────────────────

OFFICE_READS, BOARD_READS, MEMBERS_READ = len(cast.OFFICE), len(cast.BOARD), len(cast.MEMBERS)
"""How many letters go out where one goes to everybody of the Secretariat, the Board, the members."""

COMPLETE = ("interest_complete", *("screening_notice",) * OFFICE_READS)
"""What follows once all four questions are answered."""
FILLED_IN = ("form_complete", *("form_notice",) * OFFICE_READS)
"""What follows once the application form is complete."""
VOUCHED_FOR = ("referee_thanks", *("referee_answered",) * OFFICE_READS)
BEFORE_THE_BOARD = (*("ballot",) * BOARD_READS, "before_board")
CLOSED = ("ballot_result",) * OFFICE_READS
MORNING = ("morning_letter",) * OFFICE_READS
WEEKLY = ("weekly_digest",) * OFFICE_READS

ENDINGS = {
    cast.WANJIRU: "approved",
    cast.ROSALIA: "approved",
    cast.AISSATA: "screening",
    cast.LIZA: "invited",
    cast.SALMA: "screening",
    cast.ETIENNE: "declined",
    cast.JULIAN: "denied",
}
"""Where each application must stand when the story is over. Who is not named here has none."""


def story() -> tuple[Scene | Pause, ...]:
    """The story, in the order in which it happens."""
    return (*_inquiries(), *_invitations(), *_forms(), *_votes(), *_members())


def scenes() -> tuple[Scene, ...]:
    """The letters of the story alone."""
    return tuple(part for part in story() if isinstance(part, Scene))


def _inquiries() -> tuple[Scene | Pause, ...]:
    """The first day: who asks to become a member."""
    return (
        Scene(
            cast.WANJIRU,
            "answers the four questions of the network's web page, by number",
            Written(_letter("wanjiru"), "Membership of our tenants' union"),
            follows=COMPLETE,
        ),
        Scene(
            cast.ROSALIA,
            "answers two of the four questions and promises the rest",
            Written(_letter("rosalia-begins"), "Queremos formar parte de la Red"),
            follows=("interest_incomplete",),
        ),
        Scene(
            cast.TOM,
            "is a journalist and wants an interview: no application",
            Written(_letter("tom"), "Interview request: water and housing"),
            follows=("other_letter",) * OFFICE_READS,
        ),
        Scene(
            cast.AISSATA,
            "asks how one becomes a member",
            Written(_letter("aissata-asks"), "Comment devenir membre ?"),
            follows=("interest_incomplete",),
        ),
        Scene(
            cast.RUTH,
            "has read the notice about the tenants' union, and decides",
            Written("#invite"),
            answers=Reply("screening_notice", cast.WANJIRU),
            follows=("invitation", "transcript"),
        ),
        Scene(
            cast.ROSALIA,
            "sends the missing answers, above the bot's letter",
            Written(_letter("rosalia-completes")),
            answers=Reply("interest_incomplete", cast.ROSALIA),
            follows=COMPLETE,
        ),
        Scene(
            cast.LIZA,
            "sends the answers as a Word document, and a scanned certificate",
            Written(
                _letter("liza"),
                "Our interest in membership",
                attachments=(_answers_of_the_fisherwomen(), _scanned_certificate()),
            ),
            follows=COMPLETE,
        ),
        Scene(
            cast.SALMA,
            "answers the four questions in Arabic, in an HTML letter",
            Written(_letter("salma"), "طلب انضمام إلى الشبكة"),
            follows=COMPLETE,
        ),
        Scene(
            cast.MARISOL,
            "has a question for the water assembly",
            Written(_letter("marisol-asks")),
            answers=Reply("screening_notice", cast.ROSALIA),
            follows=("question", "transcript"),
        ),
        Scene(
            cast.AISSATA,
            "answers between the lines of the bot's letter, from her phone",
            Written(
                "Bonsoir, et merci pour votre réponse si rapide. Mes réponses sont sous vos questions.",
                under=_answers("aissata-answers"),
            ),
            answers=Reply("interest_incomplete", cast.AISSATA),
            follows=COMPLETE,
        ),
        Scene(
            cast.ETIENNE,
            "applies for a public authority, which the network does not admit",
            Written(_letter("etienne"), "Demande d’adhésion au Réseau-DESC"),
            follows=COMPLETE,
        ),
        Scene(
            cast.ETIENNE,
            "is away: his mail server answers the acknowledgement by itself",
            Written(_letter("etienne-is-away"), "Réponse automatique : en mission", automatic=True),
            answers=Reply("interest_complete", cast.ETIENNE),
            follows=(),
        ),
        Scene(
            cast.ROSALIA,
            "answers Marisol's question",
            Written(_letter("rosalia-explains")),
            answers=Reply("question", cast.ROSALIA),
            follows=("case_update",) * OFFICE_READS,
        ),
        Scene(
            cast.RUTH,
            "invites the fisherwomen, in a hurry, and mistypes the tag",
            Written("#invte"),
            answers=Reply("screening_notice", cast.LIZA),
            follows=("transcript",),
        ),
        Scene(
            cast.RUTH,
            "answers the transcript, with the tag as it should be",
            Written("#invite"),
            answers=Reply("transcript", cast.LIZA),
            follows=("invitation", "transcript"),
        ),
        Scene(
            cast.RUTH,
            "leaves a note for her colleague and hands the case over",
            Written(_letter("ruth-notes")),
            answers=Reply("screening_notice", cast.SALMA),
            follows=("transcript",),
        ),
        Scene(
            cast.JULIAN,
            "applies for himself in one long letter, and names no reference",
            Written(_letter("julian"), "Postulación a título individual"),
            follows=("interest_incomplete",),
        ),
        Scene(
            cast.RUTH,
            "declines the public authority's application, in French",
            Written(_letter("ruth-declines")),
            answers=Reply("screening_notice", cast.ETIENNE),
            follows=("declined", "transcript"),
        ),
        Scene(
            cast.JULIAN,
            "names a reference",
            Written(_letter("julian-completes")),
            answers=Reply("interest_incomplete", cast.JULIAN),
            follows=COMPLETE,
        ),
        Scene(
            cast.STRANGER,
            "wants to know about a case that is not his, and names its number",
            Written(_letter("stranger"), "[M-2026-0001] Bondeni Tenants' Union"),
            follows=("unvouched_letter",) * OFFICE_READS,
        ),
    )


def _invitations() -> tuple[Scene | Pause, ...]:
    """Two days later: tags that come from elsewhere, and in answer to the morning letter."""
    return (
        Pause(2, MORNING),
        Scene(
            cast.MARISOL,
            "writes a tag in a letter that answers none: anybody could have",
            Written("#invite", "[M-2026-0002] Valle Hondo"),
            follows=("confirm_sender",),
        ),
        Scene(
            cast.MARISOL,
            "says that it was her",
            Written("Sí, fui yo."),
            answers=Reply("confirm_sender"),
            follows=("invitation", "transcript"),
        ),
        Scene(
            cast.RUTH,
            "answers the morning letter, in which Julián is the fourth",
            Written("4 #invite"),
            answers=Reply("morning_letter"),
            follows=("invitation", "transcript"),
        ),
    )


def _forms() -> tuple[Scene | Pause, ...]:
    """The application forms come back, and those who were named as references answer."""
    return (
        Pause(9, (*MORNING, *WEEKLY)),
        Scene(
            cast.WANJIRU,
            "fills in the form in her reply, forgets a field, and mistypes an address",
            Written(_letter("wanjiru-form")),
            answers=Reply("invitation", cast.WANJIRU),
            follows=("form_incomplete",),
        ),
        Scene(
            cast.WANJIRU,
            "sends the two that are missing",
            Written(_letter("wanjiru-completes")),
            answers=Reply("form_incomplete", cast.WANJIRU),
            follows=(*FILLED_IN, "referee_request"),
        ),
        Scene(
            cast.ROSALIA,
            "sends the form as the Word document that came with the invitation",
            Written(_letter("rosalia-form")),
            answers=Reply("invitation", cast.ROSALIA),
            form=dict(_answers("rosalia-answers")),
            follows=(*FILLED_IN, *("referee_request",) * 2),
        ),
        Scene(
            cast.JULIAN,
            "fills in the form for individuals, by its numbers",
            Written(_letter("julian-form")),
            answers=Reply("invitation", cast.JULIAN),
            follows=(*FILLED_IN, "referee_request"),
        ),
        Scene(
            cast.NAOMI,
            "is asked for a reference, and confirms",
            Written(_letter("naomi")),
            answers=Reply("referee_request", cast.WANJIRU),
            follows=VOUCHED_FOR,
        ),
        Scene(
            cast.BERNARDO,
            "would rather not give a reference",
            Written(_letter("bernardo")),
            answers=Reply("referee_request", cast.ROSALIA),
            follows=("referee_thanks", "referee_needed", *("referee_answered",) * OFFICE_READS),
        ),
        Scene(
            cast.LUCIA,
            "gives the other one",
            Written(_letter("lucia")),
            answers=Reply("referee_request", cast.ROSALIA),
            follows=VOUCHED_FOR,
        ),
        Pause(11, ("referee_reminder", "form_reminder", *MORNING, *WEEKLY)),
        Scene(
            cast.INES,
            "had forgotten to answer, and confirms Julián's reference",
            Written(_letter("ines")),
            answers=Reply("referee_reminder", cast.JULIAN),
            follows=VOUCHED_FOR,
        ),
    )


def _votes() -> tuple[Scene | Pause, ...]:
    """Three applications before the Board."""
    return (
        Scene(
            cast.RUTH,
            "puts three applications before the Board, line by line",
            Written("1 #board\n2 #board\n5 #board"),
            answers=Reply("morning_letter"),
            follows=(*BEFORE_THE_BOARD * 3, "transcript"),
        ),
        Pause(1, MORNING),
        Scene(
            cast.FORGER,
            "did not write this: somebody votes in his name",
            Written(_letter("forged-vote"), "Re: [M-2026-0001] Ballot"),
            follows=("confirm_sender", *("unvouched_letter",) * OFFICE_READS),
        ),
        Scene(
            cast.HECTOR,
            "is asked whether that was him",
            Written("No, no fui yo."),
            answers=Reply("confirm_sender", cast.WANJIRU),
            follows=("unconfirmed",) * OFFICE_READS,
        ),
        Scene(
            cast.HECTOR,
            "votes on all three in one reply, in Spanish",
            Written(_letter("hector-votes")),
            answers=Reply("ballot", cast.JULIAN),
            follows=("vote_received",) * 3,
        ),
        Scene(
            cast.CLAIRE,
            "has not made up her mind, and says so: no vote",
            Written(_letter("claire-thinks")),
            answers=Reply("ballot", cast.WANJIRU),
            follows=("vote_unclear",),
        ),
        Scene(
            cast.CLAIRE,
            "votes on all three when she is asked back",
            Written(_letter("claire-votes")),
            answers=Reply("vote_unclear", cast.WANJIRU),
            follows=("vote_received",) * 3,
        ),
        Scene(
            cast.GRACE,
            "votes too, and stays out where her own organization is the reference",
            Written(_letter("grace-votes")),
            answers=Reply("ballot", cast.JULIAN),
            follows=("vote_received",) * 3,
        ),
        Scene(
            cast.GRACE,
            "has changed her mind about Julián, and has a word for him",
            Written(_letter("grace-changes")),
            answers=Reply("vote_received", cast.JULIAN),
            follows=("vote_received",),
        ),
        Pause(2, (*CLOSED, *("ballot_outcome",) * BOARD_READS) * 3 + MORNING),
        Scene(
            cast.MARISOL,
            "releases what the Board decided about Julián",
            Written("#confirm"),
            answers=Reply("ballot_result", cast.JULIAN),
            follows=("denied", "transcript"),
        ),
    )


def _members() -> tuple[Scene | Pause, ...]:
    """The members are consulted on the first of the month, and what they say is released."""
    return (
        Pause(5, (*("consultation",) * MEMBERS_READ, *MORNING, *WEEKLY)),
        Scene(
            cast.NAOMI,
            "answers the circular for her organization, line by line",
            Written(_letter("naomi-votes")),
            answers=Reply("consultation"),
            follows=("voice_received",) * 2,
        ),
        Scene(
            cast.HUDA,
            "supports the one and objects to the other, in Arabic",
            Written(_letter("huda-votes")),
            answers=Reply("consultation"),
            follows=("voice_received", *("ballot_paused",) * OFFICE_READS, "voice_received"),
        ),
        Scene(
            cast.MARISOL,
            "asks the water assembly what the member wants to know",
            Written(_letter("marisol-asks-again")),
            answers=Reply("ballot_paused", cast.ROSALIA),
            follows=("question", "transcript"),
        ),
        Scene(
            cast.ROSALIA,
            "explains",
            Written(_letter("rosalia-answers-again")),
            answers=Reply("question", cast.ROSALIA),
            follows=("case_update",) * OFFICE_READS,
        ),
        Scene(
            cast.MARISOL,
            "has passed the answer on, and lets the consultation go on",
            Written(_letter("marisol-resumes")),
            answers=Reply("case_update", cast.ROSALIA),
            follows=("transcript",),
        ),
        Scene(
            cast.HUDA,
            "takes her objection back",
            Written(_letter("huda-supports")),
            answers=Reply("voice_received", cast.ROSALIA),
            follows=("voice_received",),
        ),
        Pause(15, (*CLOSED * 2, *MORNING, *WEEKLY)),
        Scene(
            cast.RUTH,
            "releases both decisions",
            Written("1 #confirm\n2 #confirm"),
            answers=Reply("morning_letter"),
            follows=("welcome", "welcome", "transcript"),
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
