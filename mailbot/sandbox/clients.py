"""How mail clients write: a new letter or a reply, from somebody's words to the bytes that are sent.

Each client has its habits: how it introduces what it quotes, whether it marks it with ``>``, whether it
sends HTML besides plain text. They are those that one meets in the mail of these clients.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr

from babel import Locale
from babel.dates import format_datetime as told
from markupsafe import Markup, escape
from selectolax.lexbor import LexborHTMLParser

from mailbot.values import Address, Attachment, Language, Letter

_FLOWED = 72
"""Where Thunderbird breaks lines; RFC 3676 section 4.2 asks for less than 78."""


@dataclass(frozen=True, slots=True, eq=False)
class Client:
    """A mail client and its habits.

    ``introductions`` is, by language, the form of the date (a pattern of CLDR) and what stands above a
    quotation, with places for {date}, {name}, {email}, {to} and {subject}.
    """

    named: tuple[str, str]
    """The header in which it names itself."""
    introductions: Mapping[Language, tuple[str, str]]
    marks: bool = True
    """Whether what is quoted is marked with ``>``."""
    html: bool = False
    flowed: bool = False
    """Whether it sends format=flowed (RFC 3676), lines broken softly."""
    again: str = "Re: "
    """What it puts before the subject of a reply."""


THUNDERBIRD = Client(
    ("User-Agent", "Mozilla Thunderbird"),
    {
        "en": ("dd/MM/y, HH:mm", "On {date}, {name} wrote:"),
        "es": ("d/M/yy 'a' 'las' H:mm", "El {date}, {name} escribió:"),
        "fr": ("dd/MM/y 'à' HH:mm", "Le {date}, {name} a écrit :"),
    },
    flowed=True,
)
GMAIL = Client(
    ("X-Mailer", "Gmail"),
    {
        "en": ("EEE, MMM d, y 'at' h:mm a", "On {date} {name} <{email}> wrote:"),
        "es": ("EEE, d MMM y 'a' 'las' H:mm", "El {date}, {name} (<{email}>) escribió:"),
        "fr": ("EEE d MMM y 'à' HH:mm", "Le {date}, {name} <{email}> a écrit :"),
    },
    html=True,
)
APPLE_MAIL = Client(
    ("X-Mailer", "iPhone Mail (22F76)"),
    {
        "en": ("d MMM y, 'at' HH:mm", "On {date}, {name} <{email}> wrote:"),
        "es": ("d MMM y, 'a' 'las' H:mm", "El {date}, {name} <{email}> escribió:"),
        "fr": ("d MMM y 'à' HH:mm", "Le {date}, {name} <{email}> a écrit :"),
    },
)
OUTLOOK = Client(
    ("X-Mailer", "Microsoft Outlook 16.0"),
    {
        "en": (
            "d MMMM y HH:mm",
            "From: {name} <{email}>\nSent: {date}\nTo: {to}\nSubject: {subject}",
        ),
        "fr": (
            "EEEE d MMMM y HH:mm",
            "De : {name} <{email}>\nEnvoyé : {date}\nÀ : {to}\nObjet : {subject}",
        ),
        "ar": (
            "d MMMM، y HH:mm",
            "من: {name} <{email}>\nتم الإرسال: {date}\nإلى: {to}\nالموضوع: {subject}",
        ),
    },
    marks=False,
    html=True,
    again="RE: ",
)


@dataclass(frozen=True, slots=True)
class Writer:
    """Somebody who writes: name and address, language, mail client, and what stands below their letters."""

    address: Address
    language: Language
    client: Client
    signature: str = ""


@dataclass(frozen=True, slots=True)
class Written:
    """What somebody typed.

    ``under`` holds answers written between the lines of the letter that is answered: (words of a quoted
    line, what is typed under its paragraph).
    """

    words: str
    subject: str = ""
    """Of a new letter; a reply takes its parent's."""
    attachments: tuple[Attachment, ...] = ()
    under: tuple[tuple[str, str], ...] = ()
    automatic: bool = False
    """Whether a machine answers in the writer's place (RFC 3834)."""


def new_letter(writer: Writer, typed: Written, to: Address, *, message_id: str, at: datetime) -> bytes:
    """A letter that answers none. ``message_id`` is without brackets."""
    return _assemble(writer, typed, to, typed.subject, _Body(_signed(writer, typed)), message_id, at)


def reply(writer: Writer, typed: Written, parent: Letter, *, message_id: str, at: datetime) -> bytes:
    """An answer to ``parent``, quoted as the client quotes, to where ``parent`` wants its answers.

    It threads as RFC 5322 section 3.6.4 says. Raises ValueError where ``parent`` is from nobody.
    """
    to = next(iter(parent.reply_to), parent.sender)
    if to is None:
        raise ValueError(f"the letter «{parent.subject}» has no sender who could be answered")
    subject = (
        parent.subject
        if parent.subject.casefold().startswith("re:")
        else f"{writer.client.again}{parent.subject}"
    )
    body = _Body(_signed(writer, typed)) if typed.automatic else _answering(writer, typed, parent)
    threads = {
        "In-Reply-To": f"<{parent.message_id}>",
        "References": " ".join(f"<{i}>" for i in (*parent.references, parent.message_id)),
    }
    if typed.automatic:
        threads["Auto-Submitted"] = "auto-replied"
        subject = typed.subject or subject
    return _assemble(writer, typed, to, subject, body, message_id, at, threads)


@dataclass(frozen=True, slots=True)
class _Body:
    """The text of a letter, and what stands below it: the quoted letter as plain text and as HTML."""

    words: str
    quoted: str = ""
    quoted_html: str = ""


def _signed(writer: Writer, typed: Written) -> str:
    return f"{typed.words}\n\n{writer.signature}" if writer.signature else typed.words


def _answering(writer: Writer, typed: Written, parent: Letter) -> _Body:
    introduction = _introduction(writer, parent)
    if typed.under:
        between = _between(parent.text, typed.under)
        return _Body("\n\n".join(filter(None, (typed.words, introduction, between, writer.signature))))
    if writer.client.marks:
        html = Markup(
            '<div class="gmail_quote"><div dir="ltr" class="gmail_attr">{}<br></div>'
            '<blockquote class="gmail_quote" '
            'style="margin:0 0 0 .8ex;border-left:1px solid #ccc;padding-left:1ex">{}</blockquote></div>'
        ).format(introduction, _inner(parent))
        return _Body(_signed(writer, typed), f"{introduction}\n\n{_marked(parent.text)}", html)
    html = Markup('<hr style="width:98%"><div id="divRplyFwdMsg" dir="{}">{}</div><div>{}</div>').format(
        _direction(writer), _lines(introduction), _inner(parent)
    )
    return _Body(_signed(writer, typed), f"{'_' * 32}\n{introduction}\n\n{parent.text}", html)


def _introduction(writer: Writer, parent: Letter) -> str:
    pattern, words = writer.client.introductions[writer.language]
    sender = parent.sender or Address("")
    at = told(parent.date, pattern, locale=writer.language) if parent.date else ""
    return words.format(
        date=at,
        name=sender.name or sender.email,
        email=sender.email,
        to=", ".join(address.name or address.email for address in parent.to),
        subject=parent.subject,
    )


def _marked(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.strip().splitlines())


def _between(text: str, under: Sequence[tuple[str, str]]) -> str:
    """The quoted text with an answer under each paragraph that holds its key.

    Raises ValueError for a key that no paragraph holds: then the letter is not the one that was meant.
    """
    pieces = []
    waiting = list(under)
    for paragraph in re.split(r"\n\s*\n", text.strip()):
        pieces.append(_marked(paragraph))
        joined = " ".join(paragraph.split())
        if waiting and waiting[0][0] in joined:
            pieces.append(waiting.pop(0)[1])
        else:
            pieces.append(">")
    if waiting:
        raise ValueError(f"no paragraph of the letter that is answered says «{waiting[0][0]}»")
    return "\n\n".join(pieces).replace("\n\n>\n\n", "\n>\n").removesuffix("\n\n>")


# ── bytes ────────────────────────────────────────────────────────────────────────────────────────


def _assemble(
    writer: Writer,
    typed: Written,
    to: Address,
    subject: str,
    body: _Body,
    message_id: str,
    at: datetime,
    more: Mapping[str, str] | None = None,
) -> bytes:
    client = writer.client
    letter = EmailMessage(policy=SMTP)
    letter["From"] = formataddr((writer.address.name, writer.address.email), charset="utf-8")
    letter["To"] = formataddr((to.name, to.email), charset="utf-8")
    letter["Subject"] = subject
    letter["Date"] = format_datetime(at)
    letter["Message-ID"] = f"<{message_id}>"
    for name, value in (more or {}).items():
        letter[name] = value
    letter[client.named[0]] = client.named[1]
    plain = f"{body.words}\n\n{body.quoted}".strip() + "\n"
    if client.flowed:
        letter.set_content(_flow(plain), cte="8bit", params={"format": "flowed"})
    else:
        letter.set_content(plain)
    if client.html:
        letter.add_alternative(_html(writer, body), subtype="html")
    for attachment in typed.attachments:
        maintype, _, subtype = attachment.media_type.partition("/")
        letter.add_attachment(
            attachment.content, maintype=maintype, subtype=subtype, filename=attachment.name
        )
    return letter.as_bytes()


def _flow(text: str) -> str:
    """Lines broken softly: a space at the end says that the paragraph goes on. Quoted lines stay whole."""
    lines = (
        line if line.startswith(">") else " \n".join(textwrap.wrap(line, _FLOWED))
        for line in text.splitlines()
    )
    return "\n".join(lines) + "\n"


def _html(writer: Writer, body: _Body) -> str:
    return Markup(
        '<html><head><meta http-equiv="Content-Type" content="text/html; charset=utf-8"></head>'
        '<body dir="{0}"><div dir="{0}" style="font-family:Calibri,Arial,sans-serif">{1}</div>{2}</body>'
        "</html>"
    ).format(_direction(writer), _lines(body.words), body.quoted_html)


def _direction(writer: Writer) -> str:
    return Locale(writer.language).text_direction


def _lines(text: str) -> Markup:
    """One element a line, as mail clients make them of what is typed."""
    return Markup("").join(
        Markup("<div>{}</div>").format(escape(line) if line else Markup("<br>")) for line in text.splitlines()
    )


def _inner(parent: Letter) -> Markup:
    """What stands in the body of the letter's HTML; its text where it has none."""
    body = LexborHTMLParser(parent.html).body if parent.html else None
    return Markup(body.inner_html) if body is not None else _lines(parent.text)  # noqa: S704 - our own letter, quoted
