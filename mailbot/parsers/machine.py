"""Whether a machine wrote a letter, and what it tells: a bounce, an automatic reply, a list, bulk mail.

The bot never answers a machine, so the signs are many: what RFC 3464 and RFC 3834 ask for, what is
customary besides, and the words of those that say nothing in their header fields. No signs of a
machine: ``X-Auto-Response-Suppress`` with a list of values (Exchange writes it into people's
letters), an attached message, a bounce that a person forwards.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cached_property

from mailbot.parsers.dates import read_until
from mailbot.parsers.phrases import spans
from mailbot.parsers.phrases import words as words_of
from mailbot.parsers.words import Words
from mailbot.values import Letter, Machine, MachineSigns

MAX_TEXT = 8_000
"""Characters of text that are looked at: a machine says what it is in its first lines."""
MAX_REPORT = 64_000
"""Bytes of a delivery report that are looked at; it has some hundreds for each recipient."""
SHORT = 120
"""Words that an automatic reply without any mark has at most."""

_DAEMON = re.compile(
    r"^(?:mailer[-_.]?daemon|postmaster|mail[-_.]?delivery|mdaemon|.*[-_.+]bounces?|bounces?(?:[-_.+=].*)?)$"
)
_NO_REPLY = re.compile(
    r"^(?:.*[-_.+])?(?:no|do[-_.]?not|dont|ne[-_.]?pas|nao)[-_.]?(?:reply|respond|repondre|responder|responda)(?:[-_.+].*)?$|^noreply"
)
_DAEMON_NAME = re.compile(
    r"mail(?:er)?[ -]?(?:delivery|daemon|administrator)|postmaster|delivery subsystem", re.IGNORECASE
)
_FORWARDED = re.compile(r"^\s*(?:fwd?|tr|wg|rv|enc|i|إعادة توجيه|تحويل)\s*:", re.IGNORECASE)
_REPLIED = re.compile(r"^\s*(?:re|aw|sv|antw|rif|رد)\s*:", re.IGNORECASE)
_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_SMTP_CODE = re.compile(r"(?<!\d)(?:SMTP[^\n]{0,60}?|^|[\s(:#])([45]\d\d)[ -](?=\D)", re.MULTILINE)
_ADDRESS = re.compile(r"[^\s<>@\"'(),;:\[\]]{1,64}@[^\s<>@\"'(),;:\[\]]{1,100}\.[^\W\d_]{2,24}")
_MESSAGE_ID = re.compile(r"^\s{0,4}message-id\s?:\s*<\s*([^<>\s]{1,300})\s*>", re.IGNORECASE | re.MULTILINE)
_WORD = re.compile(r"\w+")
_REPORT = "message/delivery-status"


def find_machine(letter: Letter, words: Words | None = None) -> MachineSigns | None:
    """What machine wrote ``letter``, and what it tells; None for a person's letter.

    A bounce brings the recipient that failed, the status and the Message-ID of our letter, as far as
    it names them; an automatic reply the day of return (aware, midnight UTC). ``words`` is needed for
    machines that mark themselves in no header field.
    """
    reader = _Reader(letter, words or Words())
    sign = reader.bounce()
    if sign:
        return _bounce(letter, sign)
    if sign := reader.auto_reply():
        return MachineSigns(Machine.AUTO_REPLY, sign, back=reader.back())
    if sign := reader.bulk():
        return MachineSigns(Machine.BULK, sign)
    if sign := reader.mailing_list():
        return MachineSigns(Machine.LIST, sign)
    return None


class _Reader:
    """Looks for the signs, the plainest first; each finder gives the sign in words, or ``""``."""

    def __init__(self, letter: Letter, words: Words) -> None:
        self.letter = letter
        self.words = words
        self.local = (letter.sender.key if letter.sender else "").partition("@")[0]
        self.name = letter.sender.name if letter.sender else ""
        # Some fifty fields are asked for: one table is quicker than as many searches.
        self.fields = dict(reversed(letter.headers))
        self.auto = self.header("auto-submitted").partition(";")[0].strip().lower()
        self.precedence = self.header("precedence").strip().lower()
        self.is_forward = bool(_FORWARDED.match(letter.subject))
        self.is_reply = bool(_REPLIED.match(letter.subject))
        hits = [hit for hit in words.machine_subjects.find(words_of(letter.subject)) if hit.first == 0]
        self.subject = {hit.meaning for hit in hits}
        self.is_plain_subject = any(hit.end > 1 for hit in hits)
        self.text = letter.text[:MAX_TEXT]
        self.has_no_sender = self.header("return-path").strip() == "<>"
        self.is_own_group = _is_own_group(letter)

    @cached_property
    def said(self) -> Counter[str]:
        """How often the text says what machines say; looked for only where nothing plainer decides."""
        return Counter(hit.meaning for hit in self.words.machines.find(words_of(self.text)))

    @cached_property
    def count(self) -> int:
        """The number of words in the text."""
        return len(_WORD.findall(self.text))

    def header(self, name: str) -> str:
        """The topmost value of the header ``name``, or ``""``."""
        return self.fields.get(name, "")

    def bounce(self) -> str:
        kind = self.header("content-type").replace('"', "").lower()
        if "report-type=delivery-status" in kind.replace(" ", "") or any(
            attachment.media_type == _REPORT for attachment in self.letter.attachments
        ):
            return "a delivery report (RFC 3464)" if not self.is_forward else ""
        if self.header("x-failed-recipients"):
            return "X-Failed-Recipients"
        from_daemon = bool(_DAEMON.match(self.local) or _DAEMON_NAME.search(self.name))
        if from_daemon and not self.is_list_bounce():
            return f"from {self.local or self.name}"
        if self.is_forward:
            return ""
        if "bounced_subjects" in self.subject and (
            self.has_no_sender or self.auto or not self.local or "bounced" in self.said
        ):
            return f"subject «{self.letter.subject}»"
        if self.has_no_sender and "bounced" in self.said and not self.is_reply:
            return "an empty Return-Path, and words of failed delivery"
        return ""

    def is_list_bounce(self) -> bool:
        """Whether ``…-bounces@`` is only the address through which a list sends."""
        return bool(self.header("list-id")) and "bounced" not in self.said

    def auto_reply(self) -> str:
        header = self.header
        if self.auto.startswith("auto-replied"):
            return "Auto-Submitted: auto-replied (RFC 3834)"
        for name in (
            "x-autoreply",
            "x-autorespond",
            "x-autoresponder",
            "x-autoreply-from",
            "x-mail-autoreply",
            "x-vacation",
        ):
            if header(name):
                return name
        if self.precedence in ("auto_reply", "auto-reply"):
            return f"Precedence: {self.precedence}"
        if header("x-precedence").strip().lower() in ("auto_reply", "auto-reply"):
            return "X-Precedence"
        if self.is_forward:
            return ""
        if header("content-type").lower().find("disposition-notification") >= 0:
            return "a notice of reading (RFC 8098)"
        if _is_calendar_answer(self.letter):
            return "a calendar's answer (RFC 6047)"
        suppresses = header("x-auto-response-suppress").strip().lower() == "all"
        if "absent_subjects" in self.subject and (self.is_plain_subject or suppresses or self.said["absent"]):
            return f"subject «{self.letter.subject}»"
        if self.count < SHORT and self.said["absent"] > 1 and self.said["until"] and not self.quotes():
            return "words of absence"
        if suppresses:
            return "X-Auto-Response-Suppress: All"
        return "an empty Return-Path (RFC 3834 section 2)" if self.has_no_sender else ""

    def quotes(self) -> bool:
        return any(line.lstrip().startswith(">") for line in self.text.split("\n"))

    def bulk(self) -> str:
        header = self.header
        if self.auto not in ("", "no"):
            return f"Auto-Submitted: {self.auto} (RFC 3834)"
        if self.is_own_group:
            return ""
        if self.precedence in ("bulk", "junk"):
            return f"Precedence: {self.precedence}"
        if _NO_REPLY.match(self.local):
            return f"from {self.local}"
        if header("list-unsubscribe") and not self.is_posted():
            return "List-Unsubscribe"
        for name in (
            "feedback-id",
            "x-campaign",
            "x-campaignid",
            "x-mailchimp-id",
            "x-mc-user",
            "x-csa-complaints",
        ):
            if header(name) and ("bulk" in self.said or header("list-id")):
                return name
        if self.letter.html and not self.is_reply and self.count > 30 and "bulk" in self.said:
            return "words that stand below bulk mail"
        return ""

    def is_posted(self) -> bool:
        """Whether a person wrote to a discussion list: such lists name where to post."""
        return self.header("list-post").strip().upper() not in ("", "NO")

    def mailing_list(self) -> str:
        header = self.header
        if self.is_own_group:
            return ""
        for name in (
            "list-id",
            "list-post",
            "mailing-list",
            "x-mailing-list",
            "x-loop",
            "x-beenthere",
            "x-mailman-version",
        ):
            if header(name):
                return name
        return "Precedence: list" if self.precedence == "list" else ""

    def back(self) -> datetime | None:
        """The day behind «until», «hasta el», «jusqu'au», «حتى»."""
        text = self.text
        standing = spans(text)
        now = self.letter.date or datetime(2000, 1, 1, tzinfo=UTC)
        for hit in self.words.machines.find(words_of(text)):
            if hit.meaning == "until" and hit.end < len(standing):
                day = read_until(_from_day(text[standing[hit.end - 1][1] :][:60]), now, UTC)
                if day is not None:
                    return day
        return None


_WEEKDAY = re.compile(r"^[\s:]*(?:el |le |the |au |يوم )?\s*(?:[^\W\d_]{3,10}\.?,?\s+)?(?=\d)")


def _from_day(text: str) -> str:
    """``text`` from its first number on, if at most a weekday stands before it; else as it is."""
    found = _WEEKDAY.match(text)
    return text[found.end() :] if found else text


def _is_own_group(letter: Letter) -> bool:
    """Whether the only list is the group through which our own address is delivered, as at Google."""
    delivered = {
        address.lower()
        for name in ("delivered-to", "x-original-to", "envelope-to")
        for value in letter.all(name)
        for address in _ADDRESS.findall(value)
    }
    lists = {
        address.lower()
        for name in ("list-post", "mailing-list")
        for address in _ADDRESS.findall(letter.header(name))
    }
    return bool(delivered & lists)


def _is_calendar_answer(letter: Letter) -> bool:
    return any(
        attachment.media_type == "text/calendar" and b"METHOD:REPLY" in attachment.content.upper()
        for attachment in letter.attachments
    )


# ── what a bounce tells ──────────────────────────────────────────────────────────────────────────


def _bounce(letter: Letter, sign: str) -> MachineSigns:
    report = "\n".join(_reports(letter))
    text = f"{report}\n{letter.text[:MAX_TEXT]}"
    own = {letter.sender.key if letter.sender else ""} | {one.key for one in (*letter.to, *letter.cc)}
    recipient = (
        _field(report, "final-recipient")
        or _field(report, "original-recipient")
        or next((one for one in _ADDRESS.findall(letter.header("x-failed-recipients"))), "")
        or next((one for one in _ADDRESS.findall(_before_original(text)) if one.lower() not in own), "")
    )
    status = _STATUS.search(report) or _STATUS.search(text)
    code = _SMTP_CODE.search(text)
    original = next(iter(one.message_id for one in letter.forwarded), "")
    if not original:
        headers = "\n".join(
            attachment.content.decode("utf-8", "replace")
            for attachment in letter.attachments
            if attachment.media_type in ("text/rfc822-headers", "message/rfc822-headers")
        )
        found = _MESSAGE_ID.search(f"{headers}\n{letter.text}")
        original = found[1] if found else ""
    return MachineSigns(
        Machine.BOUNCE,
        sign,
        recipient=recipient.strip("."),
        status=status[1] if status else f"{code[1][0]}.0.0" if code else "",
        original=original or next(iter(letter.in_reply_to), ""),
    )


def _reports(letter: Letter) -> Iterator[str]:
    for attachment in letter.attachments:
        if attachment.media_type in (_REPORT, "message/global-delivery-status"):
            yield attachment.content[:MAX_REPORT].decode("utf-8", "replace")


def _field(report: str, name: str) -> str:
    found = re.search(
        rf"^{name}\s?:\s*+(?:[\w-]++\s?;\s*+)?<?([^\s<>;@]++@[^\s<>;]++)",
        report,
        re.IGNORECASE | re.MULTILINE,
    )
    return found[1] if found else ""


def _before_original(text: str) -> str:
    """The bounce's own words: the original below them names other addresses."""
    return (
        re.split(
            r"^[-=_ ]{3,}.{0,60}$|^(?:From|Received|Return-Path|Message-ID)\s?:",
            text,
            maxsplit=1,
            flags=re.MULTILINE,
        )[0]
        or text
    )
