"""Finds, in an applicant's letter and attachments, what was said to each question.

Three ways lead to an answer, the surest first: a question or a heading above it (repeated, reworded,
quoted, in a table), its number or place in order, and what its sentences say. The first two cut a
text into sections (``anchors``, ``numbering``, ``sections``); the third sorts the sentences of a
letter that has none, and what stands outside of sections (``free``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from mailbot.parsers.answers.addenda import postscript, read_addenda
from mailbot.parsers.answers.anchors import find_anchors, plausible
from mailbot.parsers.answers.found import Found, joined
from mailbot.parsers.answers.free import read_free
from mailbot.parsers.answers.inline import read_inline
from mailbot.parsers.answers.numbering import settle
from mailbot.parsers.answers.quoted import is_forward, read_between, without, without_headers
from mailbot.parsers.answers.replies import read_sole_answer
from mailbot.parsers.answers.sections import SURELY, read_sections
from mailbot.parsers.answers.wording import Wording
from mailbot.parsers.phrases import words
from mailbot.parsers.questions import Questions
from mailbot.parsers.segments import LONGEST, beginning, lines_of, unquote
from mailbot.values import Answer, AttachmentText, Language, Letter, Split


def read_answers(
    letter: Letter,
    split: Split,
    attachments: Sequence[AttachmentText],
    language: Language,
    questions: Questions,
    *,
    replies: bool = False,
    still_open: Sequence[str] = (),
) -> Mapping[str, Answer]:
    """What ``letter`` says to each question: key → answer; a question without an answer is absent.

    ``split`` is the letter's text taken apart, ``attachments`` what its attachments say. An answer
    that stands in several places is joined in order, the letter before its attachments. ``sure`` is
    False where nothing but the sentences' own words told which question they answer. Of each text the
    beginning is read (`mailbot.parsers.segments.beginning`), and of all attachments four times as much.

    ``replies``: it answers a letter of the network, so one heading or number is enough to tell what is
    meant. If that letter left one question ``still_open``, a reply to which no other sign points is
    taken for its answer, unsure.
    """
    name = words(letter.sender.name) if letter.sender else ()
    sender = frozenset(word for word in name if len(word) > 2)
    wording = Wording(questions, language, sender=sender, replies=replies, still_open=still_open)
    split = replace(
        split, new=beginning(split.new), quoted=beginning(split.quoted), signature=beginning(split.signature)
    )
    body = _read_body(wording, letter, split)
    attached = [(one.name, _read_text(wording, one.text)) for one in _not_too_many(attachments)]
    answers = _merge([("letter", body), *attached], questions)
    if replies and len(wording.still_open) == 1 and not body.sections:
        key = wording.still_open[0]
        said = "" if key in answers else read_sole_answer(wording, split.new, key)
        if said and max(body.strength.values(), default=0.0) < SURELY:
            return {key: Answer(said, sure=False)}
    return answers


def find_aspects(text: str, language: Language, questions: Questions) -> tuple[str, ...]:
    """Which of the aspects (why, contribution, benefit) the motivation ``text`` holds, in their order."""
    wording = Wording(questions, language)
    found = {hit.meaning.partition(".")[2] for hit in wording.hits(words(text))}
    return tuple(aspect for aspect in questions.aspects if aspect in found)


def _read_body(wording: Wording, letter: Letter, split: Split) -> Found:
    """The letter's own text: what is new, with the questions it stands under."""
    if split.answered:
        inline = read_between(wording, split.answered)
        if inline.answers:
            rest = without(split.new, [written for _, written in split.answered])
            later = f"{postscript(split.new)}\n\n{postscript(split.signature)}"
            return joined(inline, read_addenda(wording, f"{rest}\n\n{later}"), wording.asked)
    later = postscript(split.signature)
    new = _read_text(wording, f"{split.new}\n\n{later}" if later and later not in split.new else split.new)
    if len(new.sections) < 2 and (pointed := read_addenda(wording, split.new)).answers:
        told = {**new.answers, **pointed.answers}
        new = replace(new, answers=told, sections=new.sections | set(pointed.answers))
    quoted = "\n".join(unquote(line) for line in split.quoted.splitlines())
    if len(new.sections) < 2 and quoted.strip():
        below = _read_text(wording, without_headers(quoted), quoting=not is_forward(letter, split))
        if len(below.sections) >= 2 or (len(below.answers) > len(new.answers) and is_forward(letter, split)):
            return joined(below, read_addenda(wording, split.new), wording.asked)
    for forwarded in letter.forwarded:
        if len(new.answers) < 2:
            inner = _read_text(wording, forwarded.text)
            if len(inner.answers) > len(new.answers):
                return inner
    return new


def _read_text(wording: Wording, text: str, *, quoting: bool = False) -> Found:
    """The answers in one text. ``quoting``: it holds the network's own words between the answers."""
    text = beginning(text)
    lines = lines_of(text, wording.questions)
    if not lines:
        return Found({})
    anchors = settle(wording, text, lines, plausible(find_anchors(wording, text, lines)))
    keys = {anchor.key for anchor in anchors if anchor.key}
    if len(keys) >= 2 or (keys and quoting):
        return read_sections(wording, text, lines, anchors, quoting=quoting)
    if quoting:
        return Found({})
    free = read_inline(wording, text, lines) or read_free(wording, text, lines)
    if keys and wording.replies and len(free.answers.keys() - keys) < 2:
        return read_sections(wording, text, lines, anchors, quoting=False)
    return free


def _not_too_many(attachments: Sequence[AttachmentText]) -> Iterator[AttachmentText]:
    """The attachments that have a text, until four times ``LONGEST`` characters are read."""
    left = 4 * LONGEST
    for attachment in attachments:
        if attachment.text and left > 0:
            left -= min(len(attachment.text), LONGEST)
            yield attachment


def _merge(found: Sequence[tuple[str, Found]], questions: Questions) -> dict[str, Answer]:
    """The answers of the letter and its attachments together."""
    merged: dict[str, Answer] = {}
    body = found[0][1]
    structured = [text for _, text in found[1:] if len(text.sections) >= 2]
    for key in questions.asked:
        pieces: list[tuple[str, str, bool]] = []
        for source, text in found:
            said = text.answers.get(key)
            if not said:
                continue
            in_section = key in text.sections
            if source == "letter" and not in_section and any(key in other.answers for other in structured):
                continue  # a covering note says in passing what the attachment answers
            if source != "letter" and not in_section:
                wanted = key in body.deferred or not pieces
                if not wanted or (text.strength.get(key, 0.0) < 3 and key not in body.deferred):
                    continue
            if any(_alike(said, earlier) for _, earlier, _ in pieces):
                continue
            pieces.append((source, said, in_section))
        if pieces:
            text_of_all = "\n".join(said for _, said, _ in pieces)
            merged[key] = Answer(text_of_all, pieces[0][0], all(sure for _, _, sure in pieces))
    return merged


def _alike(one: str, other: str) -> bool:
    a, b = set(words(one)), set(words(other))
    return len(a & b) >= 0.8 * min(len(a), len(b), 10_000) > 0
