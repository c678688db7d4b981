"""The word in a vote, a member's voice, a referee's answer or a confirmation, from newly written text.

A verdict that is not clear is none: the voter is asked. So phrases are taken as they stand in
``rules/words.toml`` and nothing is inferred: a negation, a condition, a question or a quotation around
a phrase makes it void, and two phrases that contradict each other make the letter unclear, unless
the second takes the first back in so many words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from mailbot.parsers.phrases import Hit, spans
from mailbot.parsers.phrases import words as words_of
from mailbot.parsers.segments import sentences_of
from mailbot.parsers.words import Words
from mailbot.values import Verdict

MAX_TEXT = 20_000
"""Characters that are looked at: a vote stands in the first lines, a change of mind below them."""
FIRST = 2
"""Sentences at the beginning in which a keyword counts without a full stop behind it."""
MANY = 60
"""Keywords in one sentence from which on it decides nothing: nobody writes so many."""
NEAR = 4
"""Words before a phrase in which a negation belongs to it."""

_ROLES = {
    "board": ("approve", "reject", "abstain", "recuse", "discuss"),
    "member": ("support", "object"),
    "referee": ("vouch", "refuse"),
    "confirm": ("yes", "no"),
}
_VERDICTS = {name: Verdict(name) for name in (*_ROLES["board"], *_ROLES["member"])} | {
    "vouch": Verdict.CONFIRM,
    "yes": Verdict.CONFIRM,
    "refuse": Verdict.DECLINE,
    "no": Verdict.DECLINE,
}
_SPOKEN_OPENLY = frozenset({"recuse", "discuss"})
"""Verdicts that may well stand beside a question or a condition: they ask for no more than a pause."""
_OF_SOMETHING = frozenset({"approve", "support"})
"""Verdicts that may be meant of something else than the application: «we support your struggle»."""

_QUOTATION = re.compile(r"«[^«»]{0,2000}»|“[^“”]{0,2000}”|\"[^\"\n]{0,2000}\"|„[^„“”]{0,2000}[“”]")
_BOUNDARY = re.compile(r"[,;:.!?،؛؟()\[\]\n–—…/]|(?:^|\s)-+(?:\s|$)")
_QUESTION = re.compile(r"[?؟]\W*$")
_YEAR = re.compile(r"(?:19|20)\d\d")
_REPLY = re.compile(r"(?:^|\s)[^\W\d_]{1,4}\s?:\s|\[")
_WIDTH = range(60, 101)


@dataclass(frozen=True, slots=True)
class _Cue:
    """A phrase that says a verdict, and whether it can be counted."""

    name: str
    sentence: int
    void: str = ""
    """Why it is none; ``""``: it is one."""


def read_verdict(
    new: str, subject: str, role: str, words: Words, parent_subject: str = ""
) -> tuple[Verdict, str]:
    """The verdict in ``new`` or ``subject``, and what it was read from, or why it is unclear.

    ``role`` is ``board``, ``member``, ``referee`` or ``confirm`` (a plain yes or no). A subject counts
    only in what ``parent_subject``, the subject of the answered letter, lacks.
    """
    reader = _Reader(words, _ROLES[role], subject)
    verdict, reason = reader.verdict(new)
    typed = _typed_subject(subject, parent_subject)
    if not typed:
        return verdict, reason
    above, reason_above = _Reader(words, _ROLES[role], "").verdict(typed)
    if above is Verdict.UNCLEAR or above is verdict:
        return verdict, reason
    if verdict is Verdict.UNCLEAR and not reader.has_cues:
        return above, reason_above
    return Verdict.UNCLEAR, f"the subject says {above}, the text {verdict}"


def _typed_subject(subject: str, parent_subject: str) -> str:
    """What the writer added to the subject: the words before ``Re:`` or ``[M-2026-0042]``."""
    if parent_subject and parent_subject in subject:
        subject = subject.replace(parent_subject, "[")
    mark = _REPLY.search(subject)
    if mark:
        return subject[: mark.start()].strip()
    return "" if parent_subject else subject


class _Reader:
    """Reads one text for the verdicts of one role."""

    def __init__(self, words: Words, names: Sequence[str], subject: str) -> None:
        self.words = words
        self.names = names
        self.about = {word for word in words_of(subject[:500]) if len(word) > 3}
        self.has_cues = False

    def verdict(self, text: str) -> tuple[Verdict, str]:
        sentences = list(_sentences(_without_quotations(_unwrapped(text[:MAX_TEXT]))))
        read = [_Sentence(sentence, self.words, self.names, self.about) for sentence in sentences]
        cues: list[_Cue] = []
        spoken = 0
        for at, sentence in enumerate(read):
            cues += sentence.cues(at, is_first=spoken < FIRST)
            spoken += not sentence.is_greeting
        cues = _with_dangling_conditions(cues, read)
        self.has_cues = bool(cues)
        taken_back = max((at for at, sentence in enumerate(read) if sentence.has("retractions")), default=-1)
        if taken_back >= 0 and any(cue.sentence < taken_back for cue in cues):
            cues = [cue for cue in cues if cue.sentence >= taken_back]
            if not cues:
                return Verdict.UNCLEAR, sentences[taken_back]
        wavers = max((at for at, sentence in enumerate(read) if sentence.has("waverings")), default=-1)
        cues = [_in_doubt(cue) if cue.sentence <= wavers else cue for cue in cues]
        return _judged(cues, sentences)


def _judged(cues: Sequence[_Cue], sentences: Sequence[str]) -> tuple[Verdict, str]:
    clear = [cue for cue in cues if not cue.void]
    verdicts = {_VERDICTS[cue.name] for cue in clear}
    if len(verdicts) == 1:
        return verdicts.pop(), sentences[clear[0].sentence]
    if verdicts:
        return Verdict.UNCLEAR, f"contradicts itself: {', '.join(sorted(verdicts))}"
    if cues:
        return Verdict.UNCLEAR, f"{cues[0].void}: {sentences[cues[0].sentence]}"
    return Verdict.UNCLEAR, "no word of decision in the newly written text"


def _in_doubt(cue: _Cue) -> _Cue:
    """``cue`` as one of somebody who goes on to say that he cannot decide."""
    return cue if cue.name in _SPOKEN_OPENLY else _Cue(cue.name, cue.sentence, "not yet decided")


def _with_dangling_conditions(cues: Iterable[_Cue], read: Sequence[_Sentence]) -> list[_Cue]:
    """A sentence that is nothing but a condition belongs to the verdict before it: «APPROVE. Provided …»."""
    dangling = {at for at, sentence in enumerate(read) if sentence.is_bare_condition}
    return [
        _Cue(cue.name, cue.sentence, "conditional")
        if cue.sentence + 1 in dangling and cue.name not in _SPOKEN_OPENLY
        else cue
        for cue in cues
    ]


class _Sentence:
    """One sentence, with what the tables find in it."""

    def __init__(self, text: str, words: Words, names: Sequence[str], about: set[str]) -> None:
        self.text = text
        self.about = about
        self.names = names
        self.found = words_of(text)
        self.clause = _clauses(text)
        self.doubts = words.doubts.find(self.found)
        self.said = [
            hit
            for hits in (words.sayings["alone"], words.sayings["anywhere"])
            for hit in hits.find(self.found)
            if hit.meaning in names
        ]
        self.anywhere = {
            (hit.first, hit.end) for hit in words.sayings["anywhere"].find(self.found) if hit.meaning in names
        }
        self.is_greeting = bool(self.found) and self._opening() >= len(self.found)
        conditions = [hit.first for hit in self.doubts if hit.meaning == "conditions"]
        self.is_bare_condition = (
            min(conditions, default=9) <= 1 and len(set(self.clause)) == 1 and not self.said
        )

    def has(self, meaning: str) -> bool:
        return any(hit.meaning == meaning for hit in self.doubts)

    def cues(self, number: int, *, is_first: bool) -> Iterator[_Cue]:
        if len(self.said) > MANY:
            yield _Cue(self.said[0].meaning, number, "very many words of decision")
            return
        heads = self._heads()
        counted = [
            hit
            for hit in self.said
            if (hit.first, hit.end) in self.anywhere or self._stands_alone(hit, heads, is_first)
        ]
        longest = [
            hit
            for hit in counted
            if not any(
                o.first <= hit.first and hit.end <= o.end and o.end - o.first > hit.end - hit.first
                for o in counted
            )
        ]
        voids = [(hit, self._void(hit)) for hit in longest]
        # "I neither reject nor approve": a phrase that begins with a negation goes as a negated one does.
        if any(void == "negated" for _, void in voids):
            voids = [(hit, void or ("negated" if self._is_negative(hit) else "")) for hit, void in voids]
        elsewhere = [hit for hit, void in voids if void == "about something else"]
        for hit, void in dict.fromkeys(voids):
            if void != "negated":
                yield _Cue(hit.meaning, number, void or self._beside_another(hit, elsewhere))

    # ── where a keyword counts ───────────────────────────────────────────────────────────────────

    def _opening(self) -> int:
        """The word after the greeting, if the sentence begins with one: «Dear all,»."""
        greeted = max(
            (hit.end for hit in self.doubts if hit.meaning == "greetings" and hit.first == 0), default=0
        )
        if not greeted:
            return 0
        clause = self.clause[0]
        return next(
            (at for at in range(greeted, len(self.found)) if self.clause[at] != clause), len(self.found)
        )

    def _heads(self) -> set[int]:
        """The words with which the sentence says what it says: its first, and those behind the leads."""
        leads = [hit for hit in self.doubts if hit.meaning == "leads"]
        heads = {0, self._opening()}
        heads |= {hit.end for hit in leads if hit.end - hit.first >= 2}
        for hit in sorted(leads, key=lambda hit: hit.first):
            if hit.first in heads:
                heads.add(hit.end)
        taken_back = min(
            (hit.end for hit in self.doubts if hit.meaning == "retractions"), default=len(self.found)
        )
        heads |= {at for at in range(taken_back, len(self.found)) if self.clause[at] != self.clause[at - 1]}
        return heads

    def _stands_alone(self, hit: Hit, heads: set[int], is_first: bool) -> bool:
        """Whether a keyword is the sentence's own word, not the beginning of talk: «Support is what …»."""
        if hit.first not in heads:
            return False
        if hit.end >= len(self.found) or self.clause[hit.end] != self.clause[hit.end - 1]:
            return True
        if not is_first or hit.meaning in _SPOKEN_OPENLY:  # "Discussion of this took long" is talk
            return False
        follows = {one.meaning for one in self.doubts if one.first == hit.end}
        return bool(follows & {"fillers", "objects", "leads"}) or self.found[hit.end] in self.about

    # ── what makes it void ───────────────────────────────────────────────────────────────────────

    def _void(self, hit: Hit) -> str:
        outside = [one for one in self.doubts if not (hit.first <= one.first and one.end <= hit.end)]
        clause = self.clause[hit.first]
        near = [one for one in outside if self.clause[one.first] == clause]
        if any(one.meaning == "negations" and 0 <= hit.first - one.end < NEAR for one in near):
            return "negated"
        if hit.meaning in _SPOKEN_OPENLY:
            return ""
        if _QUESTION.search(self.text):
            return "a question"
        if any(one.meaning == "conditions" and self._governs(one, clause) for one in outside):
            return "conditional"
        if any(one.meaning == "delays" for one in outside):
            return "not yet decided"
        if any(one.meaning == "others" for one in near) or self._speaks_of_a_year(hit):
            return "about something else"
        if hit.meaning in _OF_SOMETHING and not self._is_negative(hit) and self._is_about_something_else(hit):
            return "about something else"
        return ""

    def _beside_another(self, hit: Hit, elsewhere: Sequence[Hit]) -> str:
        """Whether the keyword of another verdict stands close by: «approve / reject»."""
        linked = {one.first for one in self.doubts if one.meaning == "links"}
        for other in self.said:
            apart = max(other.first - hit.end, hit.first - other.end)
            if (
                other.meaning != hit.meaning
                and 0 <= apart <= NEAR
                and other.first not in linked
                and other not in elsewhere
                and self._void(other) != "negated"
                and not self._is_negative(other)
            ):
                return "two words of decision"
        return ""

    def _governs(self, condition: Hit, clause: int) -> bool:
        """Whether a condition is about the verdict: it stands in its clause, or begins one."""
        own = self.clause[condition.first]
        return own == clause or condition.first - self.clause.index(own) <= NEAR // 2

    def _speaks_of_a_year(self, hit: Hit) -> bool:
        clause = self.clause[hit.first]
        return any(self.clause[at] == clause and _YEAR.fullmatch(self.found[at]) for at in range(hit.first))

    def _is_about_something_else(self, hit: Hit) -> bool:
        """Whether the phrase goes on to an object that is not the application: «we support your struggle»."""
        at = hit.end
        clause = self.clause[hit.end - 1]
        while at < len(self.found) and self.clause[at] == clause:
            here = [one for one in self.doubts if one.first == at]
            meanings = {one.meaning for one in here}
            if meanings & {"objects", "links", "leads", "contrasts"} or self.found[at] in self.about:
                return False
            skipped = max((one.end for one in here if one.meaning == "fillers"), default=at)
            if skipped == at:
                return True
            at = skipped
        return False

    def _is_negative(self, hit: Hit) -> bool:
        return any(
            one.meaning == "negations" and one.first == hit.first and one.end <= hit.end
            for one in self.doubts
        )


def _clauses(text: str) -> list[int]:
    """For each word the number of the clause in which it stands."""
    standing = spans(text)
    numbers = [0] if standing else []
    for (_, end), (start, _) in pairwise(standing):
        numbers.append(numbers[-1] + bool(_BOUNDARY.search(text[end:start])))
    return numbers


def _sentences(text: str) -> Iterator[str]:
    for line in text.split("\n"):
        for start, end in sentences_of(line, 0, len(line)):
            yield line[start:end]


def _without_quotations(text: str) -> str:
    """``text`` without what it quotes; a single word in quotation marks stays, it may be the keyword."""
    return _QUOTATION.sub(lambda found: found[0] if len(found[0].split()) == 1 else " ", text)


def _unwrapped(text: str) -> str:
    """Joins the lines that the mail program broke: where the next word would not have fitted any more."""
    lines = text.split("\n")
    width = max(map(len, lines), default=0)
    if width not in _WIDTH:
        return text
    out: list[str] = []
    for above, line in pairwise(["", *lines]):
        word = line.split(" ", 1)[0]
        if out and above.strip() and word and len(above) + 1 + len(word) > width and len(above) > width // 2:
            out[-1] = f"{out[-1].rstrip()} {line}"
        else:
            out.append(line)
    return "\n".join(out)
