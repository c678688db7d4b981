"""What came in and what went out, from the store: the whole exchange of letters in its order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from mailbot.parsers.letter import read_letter
from mailbot.store import letters, outgoing
from mailbot.values import Address, Language, Letter

MOST = 5000
"""How many letters each way are looked at: more than anybody sends through a demo."""

_TAG = re.compile(r"\[[A-Z][A-Z0-9-]+\] ?")
_NOT_IN_NAMES = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Post:
    """One letter of the exchange.

    ``number`` is its place in what was looked at, from 1; ``row`` is its row in the store.
    """

    number: int
    row: int
    incoming: bool
    case: str
    """The case that it belongs to, ``""`` for none."""
    what: str
    """Of one that came in: what became of it. Of one of ours: its template."""
    at: datetime
    language: Language
    """Of ours: the language it is in; ``""`` for one that came in."""
    raw: bytes = field(repr=False)
    letter: Letter = field(repr=False)
    answers: int | None = None
    """Of ours: the row of the letter that it answers."""

    @property
    def sender(self) -> Address:
        """Whom it is from, nobody: an empty address."""
        return self.letter.sender or Address("")

    @property
    def recipient(self) -> Address:
        """Whom it is to, nobody: an empty address."""
        return next(iter(self.letter.to), Address(""))

    @property
    def file_name(self) -> str:
        """A name that sorts by time, says who wrote to whom, and is safe on any disk."""
        about = "" if self.incoming else f"-{self.what}"
        return f"{self.number:03}-{_plain(self.sender)}-to-{_plain(self.recipient)}{about}.eml"


def _plain(address: Address) -> str:
    local = address.key.partition("@")[0].partition("+")[0]
    return _NOT_IN_NAMES.sub("-", local).strip("-")[:40] or "somebody"


def exchange(connection: Connection, most: int = MOST) -> list[Post]:
    """The last letters in and out: those that came in as they came, each of ours below what it answers.

    Clocks are left out of it, because a mail server's INTERNALDATE knows whole seconds only.
    """
    came = letters.recent(connection, most)[::-1]
    ours = outgoing.recent(connection, most)[::-1]
    ordered: list[tuple[float, int, letters.StoredLetter | outgoing.Outgoing]] = [
        *((one.id, 0, one) for one in came),
        *((_place(one, came), one.id, one) for one in ours),
    ]
    ordered.sort(key=lambda placed: placed[:2])
    return [_post(connection, number, one) for number, (*_place_, one) in enumerate(ordered, start=1)]


def _place(ours: outgoing.Outgoing, came: Sequence[letters.StoredLetter]) -> int:
    """The row of the letter below which one of ours stands: what it answers, else the last before it."""
    if ours.answers_letter is not None:
        return ours.answers_letter
    return max((one.id for one in came if one.received_at <= ours.queued_at), default=0)


def _post(connection: Connection, number: int, one: letters.StoredLetter | outgoing.Outgoing) -> Post:
    if isinstance(one, outgoing.Outgoing):
        return Post(
            number,
            one.id,
            incoming=False,
            case=one.case_number,
            what=one.template,
            at=one.queued_at,
            language=one.language,
            raw=one.raw,
            letter=read_letter(one.raw),
            answers=one.answers_letter,
        )
    raw = letters.raw(connection, one.id)
    return Post(
        number,
        one.id,
        incoming=True,
        case=one.case_number,
        what=one.outcome,
        at=one.received_at,
        language="",
        raw=raw,
        letter=read_letter(raw),
    )


def save_letters(posts: Sequence[Post], folder: Path) -> None:
    """Write each letter into ``folder`` as it was sent; what is there under its name is replaced."""
    folder.mkdir(parents=True, exist_ok=True)
    for post in posts:
        (folder / post.file_name).write_bytes(post.raw)


def written_since(connection: Connection, came: int, went: int) -> list[Post]:
    """The letters behind these two rows, one that came in and one of ours: what came, then what we wrote."""
    newest = next(iter(letters.recent(connection, 1)), None)
    new = letters.recent(connection, newest.id - came)[::-1] if newest and newest.id > came else []
    last = next(iter(outgoing.recent(connection, 1)), None)
    ours = outgoing.recent(connection, last.id - went)[::-1] if last and last.id > went else []
    return [
        *(_post(connection, number, one) for number, one in enumerate(new, 1)),
        *(_post(connection, number, one) for number, one in enumerate(ours, len(new) + 1)),
    ]


BECAME = {
    "opened": "opened a case",
    "applicant": "taken into the case",
    "tags": "tags of the Secretariat",
    "office": "written by the Secretariat",
    "other": "no application: a person answers",
    "asked": "not sure who wrote it: the sender is asked",
    "confirmed": "the sender confirmed the letter",
    "disowned": "forged: whoever it names says so",
    "vote": "a vote",
    "comment": "a comment, uncounted",
    "reference": "the answer of a referee",
    "unvouched": "nobody vouches for it: shown to the Secretariat",
    "repeated": "the same letter again",
    "auto-reply": "an automatic reply: never answered",
    "bounce": "a letter of ours that came back",
    "bulk": "a circular: never answered",
    "list": "from a mailing list",
    "own": "a letter of ours",
}
"""What became of a letter that came in, in words."""


def became(outcome: str) -> str:
    """What became of a letter; ``outcome`` itself where it is an error's text."""
    return BECAME.get(outcome, outcome)


def without_tag(subject: str) -> str:
    """A subject without the case's tag, for places where the case is told beside it."""
    return _TAG.sub("", subject)
