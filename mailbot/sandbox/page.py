"""One page that shows every case with its form, references, ballots, letters and journal, and needs nothing
but itself.

What somebody wrote is shown as text, escaped. The bot's own letters are shown as they look, through a
sanitizer. The page forbids itself scripts and anything from elsewhere (Content-Security-Policy).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import nh3
from babel import Locale
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from selectolax.lexbor import LexborHTMLParser

from mailbot.office import Office
from mailbot.parsers.reply import split_reply
from mailbot.people.roster import in_force
from mailbot.process.ballot import Ballot, uncounted
from mailbot.process.case import Case
from mailbot.sandbox.record import Post, became, without_tag
from mailbot.store import cases, journal, people
from mailbot.telling import Teller, case_sheet
from mailbot.telling.ballots import ballot_sheet
from mailbot.values import Address, Letter, Role, Split
from mailbot.views import BallotSheet, CaseSheet, UncountedLine

TEMPLATE = "page.html.j2"
TAGS = {"h1", "h2", "h3", "p", "ul", "ol", "li", "blockquote", "strong", "em", "b", "i", "br", "bdi", "code"}
"""What is kept of the HTML of our own letters."""

WAITED_FOR = {Role.SECRETARIAT: "Secretariat"}
"""Who is called by another name than their role's."""
LONG = 8
"""Line breaks in a quoted passage that is folded away."""

_environment = Environment(
    loader=FileSystemLoader(Path(__file__).parent),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True, slots=True)
class Passage:
    """Lines of a letter that belong together: newly written, or quoted from the letter that it answers."""

    text: str
    quoted: bool

    @property
    def long(self) -> bool:
        """Whether it is folded away: a whole letter that is quoted, not the question above an answer."""
        return self.quoted and self.text.count("\n") > LONG


@dataclass(frozen=True, slots=True)
class Card:
    """A letter as the page shows it. ``lang`` and ``dir`` may be ``""``: then the text itself decides."""

    anchor: str
    incoming: bool
    side: str
    """Whose letter it is, or to whom ours is: ``applicant``, ``office``, ``voter`` or ``outside``; a referee
    is taken for a voter."""
    who: str
    """Its writer; of ours, its reader."""
    initial: str
    sender: str
    recipient: str
    subject: str
    at: str
    short_subject: str
    """Without the case's tag."""
    became: str
    """What became of it; of ours ``""``."""
    preview: str
    lang: str
    dir: str
    passages: tuple[Passage, ...]
    body: Markup
    """Of ours: how it looks."""
    attachments: tuple[str, ...]
    file: str


@dataclass(frozen=True, slots=True)
class Day:
    """The letters of a day."""

    date: str
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class Count:
    """A ballot, and each letter that is not counted with what it said."""

    sheet: BallotSheet
    uncounted: tuple[tuple[UncountedLine, str], ...]


@dataclass(frozen=True, slots=True)
class Step:
    """What the journal tells in one line; ``parts`` are (name, words) of what was noted at once."""

    what: str
    text: str = ""
    parts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Chapter:
    """One case on the page."""

    sheet: CaseSheet
    stage: str
    """Its key in the rules."""
    waits_for: str
    ended: bool
    outcome: str
    """How it ended, or what waits for release; ``""`` while it is open."""
    lang: str
    ballots: tuple[Count, ...]
    """Every ballot that was held, the latest first."""
    journal: tuple[Step, ...]
    days: tuple[Day, ...]


def render(office: Office, posts: Sequence[Post], tell: Teller) -> str:
    """The page about all cases in the store and the letters ``posts``, as HTML; ``tell`` tells of the cases.

    Links to the letters' files lead to ``letters/`` beside the page.
    """
    with office.store.look() as connection:
        roster = people.roster(connection)
        found = [(case, journal.entries(connection, case.number)) for case in cases.every(connection)]
    staff = frozenset(
        Address(a).key for p in in_force(roster, Role.SECRETARIAT, office.now()) for a in p.addresses
    )
    deal = _Dealer(office, posts, tell, staff)
    chapters = [_chapter(case, entries, deal, tell) for case, entries in found]
    return _environment.get_template(TEMPLATE).render(
        network=office.settings.network.name,
        address=office.mailbox.address,
        chapters=chapters,
        others=tuple(deal.days(None)),
        came=sum(post.incoming for post in posts),
        went=sum(not post.incoming for post in posts),
    )


def _chapter(case: Case, entries: Sequence[journal.Entry], deal: _Dealer, tell: Teller) -> Chapter:
    stage = tell.rules.process.stage(case.stage)
    waits_for = stage.waits_for
    sheet = case_sheet(tell, case)
    proposed = f"Proposed, and not yet released: {sheet.proposed}" if sheet.proposed else ""
    return Chapter(
        sheet=sheet,
        stage=case.stage,
        waits_for=WAITED_FOR.get(waits_for, waits_for.value) if waits_for else "",
        ended=stage.ends,
        outcome=f"{sheet.stage}, {sheet.since}" if stage.ends else proposed,
        lang=case.language,
        ballots=tuple(_count(ballot, tell) for ballot in reversed(case.ballots)),
        journal=tuple(_steps(entries, tell)),
        days=tuple(deal.days(case)),
    )


def _count(ballot: Ballot, tell: Teller) -> Count:
    sheet = ballot_sheet(tell, ballot)
    words = tuple(vote.reason for vote, _ in uncounted(ballot))
    return Count(sheet, tuple(zip(sheet.uncounted, words, strict=True)))


def _steps(entries: Sequence[journal.Entry], tell: Teller) -> Iterator[Step]:
    """The journal, line by line; the fields of a form that came together are one line."""
    form = tell.rules.process.form
    for filled, some in groupby(entries, lambda entry: entry.entry == "form_taken"):
        alike = list(some)
        if filled:
            parts = tuple((tell.title(form.field(one.facts["field"]).label), one.text) for one in alike)
            yield Step(f"Form: {len(parts)} {'field' if len(parts) == 1 else 'fields'} taken in", parts=parts)
        else:
            yield from (Step(line.what, line.text) for line in map(tell.entry, alike))


@dataclass(frozen=True, slots=True)
class _Dealer:
    """Makes cards of letters."""

    office: Office
    posts: Sequence[Post]
    tell: Teller
    staff: frozenset[str]

    def days(self, case: Case | None) -> Iterator[Day]:
        """The letters of a case (None: of no case), day by day."""
        number = case.number if case else ""
        cards = ((self.tell.date(p.at), self._card(p, case)) for p in self.posts if p.case == number)
        for date, some in groupby(cards, lambda dated: dated[0]):
            yield Day(date, tuple(card for _, card in some))

    def _side(self, other: Address, case: Case | None) -> str:
        if other.key in self.staff:
            return "office"
        if case is None:
            return "outside"
        asked = {
            Address(a).key for ballot in case.ballots for voter in ballot.voters for a in voter.addresses
        }
        asked |= {Address(referee.email).key for referee in case.referees}
        own = {Address(p.email).key for p in case.participants if p.role is not Role.REFEREE}
        return "applicant" if other.key in own else "voter" if other.key in asked else "outside"

    def _card(self, post: Post, case: Case | None) -> Card:
        letter = post.letter
        other = post.sender if post.incoming else post.recipient
        side = self._side(other, case)
        lang = post.language or (case.language if case and side == "applicant" else "")
        split = split_reply(letter, self._parent(letter), self.office.rules.lexicon.words)
        preview = split.new if post.incoming else _below_greeting(letter.text)
        name = other.name or other.email
        return Card(
            anchor=f"letter-{post.number}",
            incoming=post.incoming,
            side=side,
            who=name,
            initial=name[:1].upper(),
            sender=_named(post.sender),
            recipient=_named(post.recipient),
            subject=letter.subject,
            at=self.tell.time(post.at),
            short_subject=without_tag(letter.subject),
            became=became(post.what) if post.incoming else "",
            preview=" ".join(preview.split())[:300],
            lang=lang,
            dir=Locale(lang).text_direction if lang else "auto",
            passages=tuple(_passages(letter.text, split)) if post.incoming else (),
            body=Markup() if post.incoming else _looks(letter),
            attachments=tuple(attachment.name for attachment in letter.attachments),
            file=f"letters/{post.file_name}",
        )

    def _parent(self, letter: Letter) -> Letter | None:
        """The letter of ours that is answered."""
        ours = {post.letter.message_id: post.letter for post in self.posts if not post.incoming}
        return next((ours[i] for i in letter.in_reply_to if i in ours), None)


def _passages(text: str, split: Split) -> Iterator[Passage]:
    """The text of a letter in its order, cut where what is newly written and what is quoted meet."""
    own = [deque(_lines(part)) for part in (split.new, split.signature)]
    lines: list[str] = []
    quoted = False
    for line in text.strip().split("\n"):
        if bare := line.strip():
            part = next((part for part in own if part and part[0] == bare), None)
            if part is not None:
                part.popleft()
            if (part is None) != quoted and any(lines):
                yield Passage("\n".join(lines).strip("\n"), quoted)
                lines = []
            quoted = part is None
        lines.append(line)
    yield Passage("\n".join(lines).strip("\n"), quoted)


def _lines(text: str) -> Iterator[str]:
    return (line.strip() for line in text.split("\n") if line.strip())


def _named(address: Address) -> str:
    return f"{address.name} <{address.email}>" if address.name else address.email


def _below_greeting(text: str) -> str:
    """A letter of ours without its first paragraph, which greets."""
    return text.strip().partition("\n\n")[2]


def _looks(letter: Letter) -> Markup:
    """How a letter of ours looks, cleaned of all but paragraphs, headings, lists and quotations."""
    body = LexborHTMLParser(letter.html).body if letter.html else None
    return Markup(nh3.clean(body.inner_html or "" if body else "", tags=TAGS, attributes={}))  # noqa: S704 - nh3 has cleaned it
