"""A letter that was ordered → its row among the outgoing ones, with its Message-ID, thread and credentials.

Everything here happens inside the transaction that saves the case: the letter is queued together with
what it tells of, or not at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy import Connection

from mailbot.compose import Draft, compose
from mailbot.office import Office
from mailbot.people.credentials import new_message_id, signed_address, thread_token
from mailbot.store import members, outgoing
from mailbot.telling.teller import Teller
from mailbot.values import Address, Attachment, Language, Letter
from mailbot.views import View


@dataclass(frozen=True, slots=True)
class Answered:
    """The letter that caused what is written: its row, and what is needed to thread to it."""

    row: int
    letter: Letter
    received_at: datetime


def teller(office: Office, connection: Connection, language: Language, ruleset: str = "") -> Teller:
    """Who tells in this language, by the rules that the case began with."""
    spoken = office.language(language)
    rules = office.rules_of(connection, ruleset or office.rules.hash)
    return Teller(
        office.settings.network,
        rules,
        office.templates.phrases(spoken),
        spoken,
        directory=cache(lambda: members.every(connection)),
        at=office.now(),
    )


def send(
    office: Office,
    connection: Connection,
    *,
    template: str,
    language: Language,
    view: View,
    recipient: Address,
    case: str | None = None,
    answers: Answered | None = None,
    attachments: Sequence[Attachment] = (),
    listed: Sequence[str] = (),
) -> int:
    """Queue a letter to one person and return its row; ``listed`` are the cases of its numbered list.

    It threads with the letter it answers where that came from this very person, and with what went to
    them in the same case before.
    """
    now = office.now()
    address = office.mailbox.address
    message_id = new_message_id(office.randomness(20), Address(address).domain)
    row = outgoing.reserve(
        connection,
        case=case,
        template=template,
        language=language,
        sender=address,
        recipient=recipient.email,
        message_id=message_id,
        answers_letter=answers.row if answers else None,
        now=now,
        listed=listed,
    )
    in_reply_to, references = _thread(connection, case, recipient, answers)
    reply_to = ""
    if office.settings.trust.plus_addresses:
        reply_to = signed_address(address, row, recipient.email, office.key)
    composed = compose(
        Draft(
            template=template,
            language=language,
            view=view,
            sender=Address(address, office.settings.network.name),
            recipient=recipient,
            message_id=message_id,
            date=now,
            reply_to=reply_to,
            in_reply_to=in_reply_to,
            references=(*references, thread_token(message_id)),
            attachments=tuple(attachments),
        ),
        office.templates,
    )
    outgoing.put(connection, row, subject=composed.subject, raw=composed.raw)
    return row


def _thread(
    connection: Connection, case: str | None, recipient: Address, answers: Answered | None
) -> tuple[str, tuple[str, ...]]:
    """In-Reply-To and References (RFC 5322 section 3.6.4), without what this letter adds itself."""
    earlier = tuple(outgoing.thread(connection, case, recipient.key)) if case else ()
    if (
        answers
        and answers.letter.sender
        and answers.letter.sender.key == recipient.key
        and answers.letter.message_id
    ):
        parent = answers.letter.message_id
        ids = (*(answers.letter.references or earlier), parent)
    else:
        parent = earlier[-1] if earlier else ""
        ids = earlier
    return parent, tuple(dict.fromkeys(ids))
