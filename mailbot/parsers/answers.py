"""Finds, in an applicant's letter and attachments, what was said to each question.

Three ways lead to an answer, the surest first: a question or a heading above it (repeated, reworded,
quoted, in a table), its number or place in order, and what its sentences say. The first two cut a
text into sections; the third sorts the sentences of a letter that has none, and what stands outside
of sections.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise, permutations

from mailbot.parsers.phrases import Hit, Lexicon, Word, fold, words
from mailbot.parsers.questions import Questions
from mailbot.parsers.segments import Line, lines_of, marked, sentences_of, unquote
from mailbot.values import Answer, AttachmentText, Language, Letter, Split

NONE = ""
"""The key of what answers no question."""

_HEADING = 0.25
"""Share of a short line's words (and two more) that must name a question."""
_SIGNATURE_LINES = 6
_HEADING_WORDS = 10
_LABEL_WORDS = 14
_SAME_QUESTION = 0.6
"""Share of words in common from which a sentence is the full question repeated."""

_TELLING = 5
"""Words that a sentence needs to be compared with a full question; below, small words decide."""

_STAY_ACROSS_PARAGRAPHS = 0.6
_STAY_IN_PARAGRAPH = 2.2
_ENOUGH = 1.9
"""A sentence's score from which it is taken for an answer where nothing around it tells."""

_SURELY = 5.0
"""The same outside of sections, in a letter that has some."""

_INTRODUCTORY = 4
"""Sentences at the beginning in which people say who they are and that they want to join."""

_TOPIC = 1.3
"""The first sentence of a paragraph tells more of what it is about."""

_CLEARLY = 4.0
"""So much better must another order fit than the one in which the network asks."""

_WORD = re.compile(r"\w")
_HEADER = re.compile(r"^\W{0,3}[\w \u0600-\u06ff]{2,20}\s?\*?:\*?\s*\S")
_RULER = re.compile(r"^\s*[-_=*~]{4,}.{0,60}$")
_INTRODUCTION = re.compile(r"@\S+\.\S+.{0,30}:\s*$")
_FORM_BLANK = re.compile(r"[_.…]{4,}")
_TRAILING = re.compile(r"[\s_*•|]+$")
_PROPER_NAME = re.compile(r"[A-ZÀ-Þ][\w'’]+\s[A-ZÀ-Þ][\w'’]+")
_POINTER = re.compile(r"(?:\bP\.?\s?S\b|\bP\.?\s?D\b|\bN\.?\s?B\b|\bpost ?scriptum\b)", re.IGNORECASE)


def read_answers(
    letter: Letter,
    split: Split,
    attachments: Sequence[AttachmentText],
    language: Language,
    questions: Questions,
) -> Mapping[str, Answer]:
    """What ``letter`` says to each question: key → answer; a question without an answer is absent.

    ``split`` is the letter's text taken apart, ``attachments`` what its attachments say. An answer
    that stands in several places is joined in order, the letter before its attachments. ``sure`` is
    False where nothing but the sentences' own words told which question they answer.
    """
    reader = _Reader(questions, language)
    if letter.sender:
        reader.sender = frozenset(word.folded for word in words(letter.sender.name) if len(word.folded) > 2)
    body = reader.read_body(letter, split)
    attached = [(one.name, reader.read(one.text)) for one in attachments if one.text]
    return _merge([("letter", body), *attached], questions)


def find_aspects(text: str, language: Language, questions: Questions) -> tuple[str, ...]:
    """Which of the aspects (why, contribution, benefit) the motivation ``text`` holds, in their order."""
    reader = _Reader(questions, language)
    found = {hit.meaning.partition(".")[2] for hit in reader.hits(words(text))}
    return tuple(aspect for aspect in questions.aspects if aspect in found)


@dataclass(frozen=True, slots=True)
class _Unit:
    """A sentence (or what stands for one) with what its words say."""

    start: int
    end: int
    line: int
    scores: Mapping[str, float]
    length: int
    asks: bool
    """It is a question."""
    lacking: float = 0.0
    """The share of its words that say that an answer is lacking."""
    apart: float = 0.0
    """The share of its words that speak of the letter itself, or introduce the writer."""

    def score(self, key: str) -> float:
        return self.scores.get(key, 0.0)


@dataclass(frozen=True, slots=True)
class _Anchor:
    """A place where a section begins: a heading, a question, a number."""

    line: int
    start: int
    """Where the answer begins, in the text."""
    key: str | None
    """The question; ``""`` for a heading about something else, None where only a number is there."""
    number: int = 0
    style: str = ""
    firm: bool = False
    """It repeats a question or carries a label; not merely a short line."""
    also: int = 0
    """A second number: «2) and 3)»."""
    colon: bool = False
    """It is a label before a colon: «Our reference: …»."""


@dataclass(frozen=True, slots=True)
class _Text:
    """What was found in one text."""

    answers: Mapping[str, str]
    sections: frozenset[str] = frozenset()
    """The keys whose answer stood under a heading, a question or a number."""
    deferred: frozenset[str] = frozenset()
    """The keys for which the text points elsewhere: «see attached»."""
    strength: Mapping[str, float] = field(default_factory=dict)


class _Reader:
    """Reads texts of one letter."""

    def __init__(self, questions: Questions, language: Language) -> None:
        self.questions = questions
        self.asked = questions.asked
        self.units: dict[tuple[str, int, int], _Unit] = {}
        self.sender: frozenset[str] = frozenset()
        """Words of the sender's name, as it may stand under the letter."""
        own = questions.cues.get(language)
        self.lexicons: Sequence[Lexicon] = (own,) if own else tuple(questions.cues.values())

    # ── words ──

    def words(self, text: str) -> Sequence[Word]:
        """The words of ``text``, each name of the network as one word."""
        found = words(text)
        if not any(word.folded in self.questions.network_starts for word in found):
            return found
        merged: list[Word] = []
        at = 0
        while at < len(found):
            for name in self.questions.network_names:
                if (
                    found[at].folded == name[0]
                    and tuple(w.folded for w in found[at : at + len(name)]) == name
                ):
                    merged.append(Word("escrnet", found[at].start, found[at + len(name) - 1].end))
                    at += len(name)
                    break
            else:
                merged.append(found[at])
                at += 1
        return merged

    def hits(self, text: Sequence[Word]) -> list[Hit]:
        return [hit for lexicon in self.lexicons for hit in lexicon.find(text)]

    def unit(self, text: str, start: int, end: int, line: int) -> _Unit:
        """The sentence with what its words say; kept, since it is looked at from several sides."""
        known = self.units.get((text, start, end))
        if known is None:
            known = self.units[text, start, end] = self.weighed(text, start, end)
        return known if known.line == line else replace(known, line=line)

    def weighed(self, text: str, start: int, end: int) -> _Unit:
        found = self.words(text[start:end])
        scores: dict[str, float] = {}
        hits = _not_lacking(self.hits(found))
        for meaning, weight in _heaviest(hits):
            key = meaning.partition(".")[0]
            scores[key] = min(scores.get(key, 0.0) + weight, 7.0)
            if key != meaning:
                scores[meaning] = scores.get(meaning, 0.0) + weight
        lacking = _share(hits, "placeholder", len(found))
        apart = _share(hits, "aside", len(found))
        asks = text[start:end].rstrip("\"'”»)* ").endswith(("?", "؟"))
        return _Unit(start, end, 0, scores, len(found), asks, lacking, apart)

    # ── texts ──

    def read_body(self, letter: Letter, split: Split) -> _Text:
        """The letter's own text: what is new, with the questions it stands under."""
        if split.answered:
            inline = self.read_between(split.answered)
            rest = _without(split.new, [written for _, written in split.answered])
            if inline.answers:
                later = f"{_postscript(split.new)}\n\n{_postscript(split.signature)}"
                return _joined(inline, self.addenda(f"{rest}\n\n{later}"), self.asked)
        postscript = _postscript(split.signature)
        new = self.read(
            f"{split.new}\n\n{postscript}" if postscript and postscript not in split.new else split.new
        )
        if len(new.sections) < 2 and (pointed := self.addenda(split.new)).answers:
            told = {**new.answers, **pointed.answers}
            new = replace(new, answers=told, sections=new.sections | set(pointed.answers))
        quoted = "\n".join(unquote(line) for line in split.quoted.splitlines())
        if len(new.sections) < 2 and quoted.strip():
            below = self.read(_without_headers(quoted), quoting=not _is_forward(letter, split))
            if len(below.sections) >= 2 or (
                len(below.answers) > len(new.answers) and _is_forward(letter, split)
            ):
                return _joined(below, self.addenda(split.new), self.asked)
        for forwarded in letter.forwarded:
            if len(new.answers) < 2:
                inner = self.read(forwarded.text)
                if len(inner.answers) > len(new.answers):
                    return inner
        return new

    def read_between(self, answered: Sequence[tuple[str, str]]) -> _Text:
        """What was written under quoted questions; a quoted line is never part of an answer."""
        text = ""
        quoted_spans = []
        for quoted, written in answered:
            begin = len(text)
            text += "\n".join(unquote(line) for line in quoted.splitlines()) + "\n\n"
            quoted_spans.append((begin, len(text)))
            text += written + "\n\n"
        lines = [
            replace(line, quoted=any(begin <= line.start < end for begin, end in quoted_spans))
            for line in lines_of(text, self.questions)
        ]
        anchors = self.settle(text, lines, _plausible(self.anchors(text, lines)))
        if not any(anchor.key for anchor in anchors):
            return _Text({})
        return self.read_sections(text, lines, anchors, quoting=True)

    def addenda(self, text: str) -> _Text:
        """What stands outside of the sections but says to which question it belongs: «for the third one»."""
        lines = lines_of(text, self.questions)
        found: dict[str, list[str]] = {}
        for line in lines:
            key = NONE
            for start, end in sentences_of(text, line.start, line.end):
                pointed = self.pointed_at(text[start:end])
                if pointed:
                    key = pointed
                    begin = _after_colon(text, start, end) or end
                said = text[start if not pointed else begin : end].strip()
                if key and said and self.unit(text, start, end, 0).score("closing") < 1:
                    told = found.setdefault(key, [])
                    if said not in told:
                        told.append(said)
        return _Text({key: " ".join(parts) for key, parts in found.items()})

    def pointed_at(self, sentence: str) -> str:
        """The question that ``sentence`` names by its place: «at number 3», «la tercera pregunta»."""
        found = [word.folded for word in words(sentence)]
        for first, second in pairwise(found):
            for label, place in ((first, second), (second, first)):
                number = (
                    int(place)
                    if place.isdigit() and len(place) == 1
                    else self.questions.ordinals.get(place, 0)
                )
                if place == first and label.endswith("s"):
                    continue  # «your four questions»
                if (
                    len(label) > 1
                    and label in self.questions.question_labels
                    and 0 < number <= len(self.asked)
                ):
                    return self.asked[number - 1]
        return NONE

    def read(self, text: str, *, quoting: bool = False) -> _Text:
        """The answers in one text. ``quoting``: it holds the network's own words between the answers."""
        lines = lines_of(text, self.questions)
        if not lines:
            return _Text({})
        anchors = self.settle(text, lines, _plausible(self.anchors(text, lines)))
        keys = {anchor.key for anchor in anchors if anchor.key}
        if len(keys) >= 2 or (keys and quoting):
            return self.read_sections(text, lines, anchors, quoting=quoting)
        if quoting:
            return _Text({})
        return self.read_inline(text, lines) or self.read_free(text, lines)

    # ── sections ──

    def anchors(self, text: str, lines: Sequence[Line]) -> list[_Anchor]:
        found: list[_Anchor] = []
        for at, line in enumerate(lines):
            if line.label == "answer" and not line.number:
                continue
            following = lines[at + 1] if at + 1 < len(lines) else None
            anchor = self.anchor(text, line, at, following)
            if anchor:
                found.append(anchor)
        return found

    def anchor(self, text: str, line: Line, at: int, following: Line | None) -> _Anchor | None:
        """The anchor that ``line`` is, if it is one."""
        firm = line.label == "question"
        if line.label != "answer":
            begin, votes = self.repeated_question(text, line)
            if begin:
                return _Anchor(at, begin, _winner(votes), line.number, line.style, firm=True)
            cut = self.label_end(text, line)
            if cut:
                votes = self.heading_votes(text[line.start : cut])
                if votes:
                    return _Anchor(
                        at,
                        cut,
                        _winner(votes),
                        line.number,
                        line.style,
                        bool(line.number or firm),
                        colon=True,
                    )
            bare = self.bare_heading(text, line, following)
            if bare is not None:
                return _Anchor(at, line.end, bare, line.number, line.style, firm=bool(line.number or firm))
        if not line.number and (pointed := self.ordinal_pointer(text, line)):
            return _Anchor(at, pointed[1], None, pointed[0], "pointer", firm=False)
        if line.number or firm:
            return _Anchor(at, line.start, None, line.number, line.style, firm, line.also)
        return None

    def repeated_question(self, text: str, line: Line) -> tuple[int, dict[str, float]]:
        """Where the question ends that ``line`` begins with (0: with none), and what it asks for."""
        votes: dict[str, float] = {}
        said_so_far = 0
        finished = 0
        for start, end in sentences_of(text, line.start, line.end):
            said = self.heading_votes(text[start:end])
            asks = text[start:end].rstrip("\"'”»)* ").endswith(("?", "؟"))
            same = max(said.values(), default=0.0) >= 2 * _SAME_QUESTION
            said_so_far += len(words(text[start:end]))
            if not (same or asks or (said and said_so_far <= 40)) or said_so_far > 90:
                break
            if not (said or line.number or line.label):
                break
            for key, vote in said.items():
                votes[key] = votes.get(key, 0.0) + vote
            if same or asks:
                finished = end
        return finished, votes

    def heading_votes(self, text: str) -> dict[str, float]:
        """How far each question is named by the heading ``text``; 2 and more: it is the full question."""
        found = self.words(text)
        if not found or len(found) > 60:
            return {}
        votes: dict[str, float] = {}
        for meaning, hit_weight in _heaviest(self.questions.headings.find(found), by_length=True):
            votes[meaning] = votes.get(meaning, 0.0) + hit_weight / (len(found) + 2)
        if len(found) >= _TELLING:
            for key, share in self.questions.shares({word.folded for word in found}):
                if share >= _SAME_QUESTION:
                    votes[key] = votes.get(key, 0.0) + 2 * share
        return votes

    def ordinal_pointer(self, text: str, line: Line) -> tuple[int, int] | None:
        """«As to your second question, …»: (2, where the answer begins), if ``line`` begins so."""
        for start, end in sentences_of(text, line.start, min(line.end, line.start + 400)):
            found = [word.folded for word in words(text[start : start + 80])][:7]
            for place, word in enumerate(found):
                number = self.questions.ordinals.get(word, 0)
                beside = found[max(place - 1, 0) : place + 2]
                named = any(len(w) > 1 and w in self.questions.question_labels for w in beside)
                pointing = 0 < place <= 4 and place + 1 < len(found) and text[start:end].count(",") > 0
                if 0 < number <= len(self.asked) and (named or (pointing and not word.isdigit())):
                    brief = len(words(text[start:end])) <= _LABEL_WORDS - 4
                    return number, end if brief and end < line.end else start
            return None
        return None

    def label_end(self, text: str, line: Line) -> int:
        """Where the label before a colon or dash ends: «How we met: …»; 0 where there is none."""
        for match in re.finditer(r":(?!//)\s*|\s[-–—]+\s", text[line.start : line.end]):
            label = text[line.start : line.start + match.start()]
            count = len(words(label))
            if count > _LABEL_WORDS or re.search(r"[.!?؟]\s", label):
                return 0
            dash = ":" not in match.group()
            if not count or (dash and count > 4):
                return 0
            if count <= _LABEL_WORDS // 2 or self.heading_votes(label):
                return line.start + match.end()
            return 0
        return 0

    def bare_heading(self, text: str, line: Line, following: Line | None) -> str | None:
        """The question that a short line of its own names; ``""`` for another heading; else None."""
        content = text[line.start : line.end]
        count = len(words(content))
        if not 0 < count <= _HEADING_WORDS or following is None:
            return None
        if content.rstrip().endswith((".", ",", ";", "!")) or re.search(r"[.!]\s", content):
            return None
        if line.number and following.number == line.number + 1 and following.style == line.style:
            return None
        upper = content == content.upper() and content != content.lower()
        votes = self.heading_votes(re.sub(r"\([^()]{0,300}\)", "", content))
        winner = _winner(votes)
        if (
            winner
            and (votes[winner] >= _HEADING or upper or line.number)
            and not (line.style == "bullet" and following.style == "bullet")
        ):
            return winner
        return NONE if upper and count <= 8 and line.gap else None

    def settle(self, text: str, lines: Sequence[Line], anchors: list[_Anchor]) -> list[_Anchor]:
        """Give numbers their question, and drop numbers that are but items of a list in an answer."""
        keyed = [a for a in anchors if a.key]
        numbered = [a for a in anchors if a.key is None]
        if not numbered:
            return anchors
        if len({a.key for a in keyed}) >= 1 and any(a.firm for a in keyed):
            return self.settle_beside(text, lines, anchors, keyed)
        return self.settle_chain(text, lines, anchors)

    def settle_beside(
        self, text: str, lines: Sequence[Line], anchors: list[_Anchor], keyed: list[_Anchor]
    ) -> list[_Anchor]:
        """Numbers without a heading among numbered headings: 2 stands between 1 and 3."""
        styles = {a.style for a in keyed if a.number}
        shift = {a.number: a.key for a in keyed if a.number and a.key}
        taken = {a.key for a in keyed}
        settled: list[_Anchor] = []
        last = 0
        for anchor in anchors:
            if anchor.key is not None:
                settled.append(anchor)
                last = anchor.number or last
                continue
            key = self.asked[anchor.number - 1] if 0 < anchor.number <= len(self.asked) else None
            plain = all(self.asked[n - 1] == k for n, k in shift.items() if n <= len(self.asked))
            if (anchor.style in styles and anchor.number > last and key and key not in taken and plain) or (
                anchor.firm and key and key not in taken
            ):
                settled.append(replace(anchor, key=key))
            elif (
                anchor.style in styles
                and anchor.number == last + 1
                and self.is_short(text, lines[anchor.line])
            ):
                settled.append(replace(anchor, key=NONE, start=lines[anchor.line].end))
        return settled

    def is_short(self, text: str, line: Line) -> bool:
        """Whether ``line`` looks like a heading: few words and no full stop."""
        content = text[line.start : line.end]
        return 0 < len(words(content)) <= _HEADING_WORDS - 3 and not content.rstrip().endswith(
            (".", ",", ";", "!")
        )

    def settle_chain(self, text: str, lines: Sequence[Line], anchors: list[_Anchor]) -> list[_Anchor]:
        """Numbers alone: the longest run 1, 2, 3 … of one style, if what they say fits the questions."""
        best: list[_Anchor] = []
        for style in {_family(a.style) for a in anchors if a.key is None}:
            chain: list[_Anchor] = []
            for anchor in anchors:
                last = max(chain[-1].number, chain[-1].also) if chain else 0
                if (
                    _family(anchor.style) == style
                    and last < anchor.number <= last + 2
                    and (chain or anchor.number == 1)
                ):
                    chain.append(anchor)
            if len(chain) > len(best):
                best = chain
        others = [a for a in anchors if a.key is not None]
        if len(best) < 2:
            return others
        if best[-1].number == len(self.asked) > len(best):
            chosen = {a.line: replace(a, key=self.asked[a.number - 1]) for a in best}
            return sorted(
                [*chosen.values(), *(a for a in others if a.line not in chosen)], key=lambda a: a.line
            )
        ends = [*(lines[a.line].whole for a in best[1:]), len(text)]
        asking = sum(text[a.start : lines[a.line].end].rstrip().endswith(("?", "؟")) for a in best)
        if asking * 2 > len(best):
            return others  # a list of questions to the network
        scores = [self.section_scores(text, a.start, end) for a, end in zip(best, ends, strict=True)]
        keys = self.in_order(scores)
        if not keys:
            return others
        chosen = {a.line: replace(a, key=key) for a, key in zip(best, keys, strict=True)}
        return sorted([*chosen.values(), *(a for a in others if a.line not in chosen)], key=lambda a: a.line)

    def section_scores(self, text: str, start: int, end: int) -> dict[str, float]:
        unit = self.unit(text, start, min(end, start + 600), 0)
        return {key: unit.score(key) for key in (*self.asked, "placeholder")}

    def in_order(self, scores: Sequence[Mapping[str, float]]) -> list[str]:
        """The questions that numbered sections answer, or nothing if they are another list.

        As many sections as questions are answers in the order asked, unless what they say speaks
        against it; more or fewer are laid over the questions in order, where they fit best.
        """
        count, asked = len(scores), len(self.asked)
        if count == asked:
            fits = [
                said[key] + 0.5 >= max(said[k] for k in self.asked) or said["placeholder"] > 1
                for key, said in zip(self.asked, scores, strict=True)
            ]
            other, value = self.best_order(scores)
            own = sum(said[key] for key, said in zip(self.asked, scores, strict=True))
            if value - own >= _CLEARLY and sum(fits) <= 2:
                return other
            return list(self.asked) if sum(fits) >= 2 else []
        best: dict[int, tuple[float, list[str]]] = {-1: (0.0, [])}
        for place, said in enumerate(scores):
            step: dict[int, tuple[float, list[str]]] = {}
            for last, (total, path) in best.items():
                for now in range(max(last, 0), asked):
                    prior = 1.0 if now == place and count < asked else 0.0
                    value = total + said[self.asked[now]] + prior + (0.4 if now != last else 0.0)
                    if now not in step or value > step[now][0]:
                        step[now] = (value, [*path, self.asked[now]])
            best = step
        total, path = max(best.values(), key=lambda found: found[0])
        return path if total >= 1.5 * count and len(set(path)) >= 2 else []

    def best_order(self, scores: Sequence[Mapping[str, float]]) -> tuple[list[str], float]:
        """The order of the questions that as many sections fit best, and how well."""
        orders = (
            (list(order), sum(s[k] for k, s in zip(order, scores, strict=True)))
            for order in permutations(self.asked)
        )
        return max(orders, key=lambda order: order[1])

    def read_sections(
        self, text: str, lines: Sequence[Line], anchors: Sequence[_Anchor], *, quoting: bool
    ) -> _Text:
        parts: dict[str, list[tuple[int, int]]] = {}
        deferred: set[str] = set()
        keys: set[str] = set()
        remarks = self.has_remarks(text, lines, next((a.line for a in anchors if a.key), 0))
        for at, anchor in enumerate(anchors):
            if not anchor.key:
                continue
            keys.add(anchor.key)
            until = anchors[at + 1].line if at + 1 < len(anchors) else len(lines)
            last = not any(a.key for a in anchors[at + 1 :])
            spans, points = self.section(
                text, lines, anchor, until, last=last, quoting=quoting, remarks=remarks
            )
            if points and not spans:
                deferred.add(anchor.key)
            parts.setdefault(anchor.key, []).extend(spans)
            if 0 < anchor.also <= len(self.asked):
                also = self.asked[anchor.also - 1]
                keys.add(also)
                parts.setdefault(also, [])
                if points and not spans:
                    deferred.add(also)
        answers = {key: self.cut(text, spans) for key, spans in parts.items()}
        answers = {key: said for key, said in answers.items() if said}
        self.divide(text, parts, answers)
        first = next((a.line for a in anchors if a.key), 0)
        before = text[: lines[first].whole]
        found = _Text(answers, frozenset(keys), frozenset(deferred - set(answers)))
        if quoting:
            return found
        free = (
            self.read_free(before, lines_of(before, self.questions))
            if len(keys) < len(self.asked)
            else _Text({})
        )
        told = {
            key: said
            for key, said in free.answers.items()
            if key not in keys and free.strength[key] >= _SURELY
        }
        return _joined(_joined(found, _Text(told), self.asked), self.addenda(before), self.asked)

    def divide(self, text: str, parts: Mapping[str, list[tuple[int, int]]], answers: dict[str, str]) -> None:
        """Where a question has no answer but a neighbour's section holds it too, part that section."""
        for key in self.asked:
            if key in answers or key not in parts:
                continue
            for other, spans in parts.items():
                if other not in answers or len(spans) < 1:
                    continue
                units = [
                    self.unit(text, start, end, at)
                    for at, span in enumerate(spans)
                    for start, end in sentences_of(text, *span)
                ]
                if len(units) < 3:
                    continue
                labels = self.best_path(units, (key, other), free=False)
                mine = [u for u, label in zip(units, labels, strict=True) if label == key]
                theirs = [u for u, label in zip(units, labels, strict=True) if label == other]
                if (
                    sum(u.score(key) for u in mine) >= 6
                    and theirs
                    and sum(u.score(other) for u in theirs) >= 3
                ):
                    answers[key] = self.cut(text, [(u.start, u.end) for u in mine])
                    answers[other] = self.cut(text, [(u.start, u.end) for u in theirs])
                    break

    def section(
        self,
        text: str,
        lines: Sequence[Line],
        anchor: _Anchor,
        until: int,
        *,
        last: bool,
        quoting: bool,
        remarks: bool,
    ) -> tuple[list[tuple[int, int]], bool]:
        """The spans of one section that are its answer, and whether it only points elsewhere."""
        spans: list[tuple[int, int]] = []
        pointed = False
        answer_column = -1
        for at in range(anchor.line, until):
            line = lines[at]
            start = max(anchor.start, line.start) if at == anchor.line else self.keep_mark(text, line)
            if start >= line.end:
                continue
            if line.quoted:
                if spans or self.is_parting(text, line):
                    break
                continue
            if lines[anchor.line].column or line.column:
                # In a row of a table the answer is the first cell after the question; others are remarks.
                answer_column = line.column if answer_column < 0 else answer_column
                if line.column > answer_column:
                    continue
            begun = bool(spans) or pointed
            if (last or quoting) and self.ends_letter(text, line, lines[at + 1 : until], begun=begun):
                break
            units = [self.unit(text, s, e, at) for s, e in sentences_of(text, start, line.end)]
            if pointed and not spans and line.gap and not any(u.score(anchor.key or "") >= 2 for u in units):
                break
            said = [unit for unit in units if not self.is_placeholder(text, unit, alone=len(units) == 1)]
            pointed = pointed or len(said) < len(units)
            spans.extend((unit.start, unit.end) for unit in said)
        if remarks and len(spans) > 1:
            spans = self.without_remark(text, spans, anchor.key or NONE)
        if last:
            spans = self.trim(text, spans)
        if spans and all(text[s:e].rstrip("\"'”»)* ").endswith(("?", "؟")) for s, e in spans):
            return [], True  # asked back, not answered
        return spans, pointed

    def has_remarks(self, text: str, lines: Sequence[Line], first: int) -> bool:
        """Whether the lines above line ``first`` head a table: question, answer, and a column behind them."""
        heads = [fold(text[line.whole : line.end]).split() for line in lines[max(first - 5, 0) : first]]
        answer = next(
            (
                at
                for at, head in enumerate(heads)
                if len(head) <= 3 and self.questions.answer_labels & set(head)
            ),
            None,
        )
        asked = any(len(head) <= 3 and self.questions.question_labels & set(head) for head in heads)
        return asked and answer is not None and answer < len(heads) - 1

    def without_remark(self, text: str, spans: list[tuple[int, int]], key: str) -> list[tuple[int, int]]:
        """Without a last short line in the column of remarks, which is no sentence and answers nothing."""
        start, end = spans[-1]
        unit = self.unit(text, start, end, 0)
        own_line = "\n" in text[spans[-2][1] : start]
        short = unit.length <= 8 and not text[start:end].rstrip().endswith((".", "!", "؟", "?"))
        return spans[:-1] if own_line and short and unit.score(key) < 2 else spans

    def keep_mark(self, text: str, line: Line) -> int:
        """Where a line within an answer begins: a listed one's own ``(a)`` is part of the answer."""
        if not line.number or line.label or line.start <= line.whole:
            return line.start
        plain = marked(text, line.whole, line.end, self.questions)
        head = text[line.whole : plain.start]
        return line.whole + len(head) - len(head.lstrip(" \t•-–*"))

    def is_placeholder(self, text: str, unit: _Unit, *, alone: bool) -> bool:
        """Whether the sentence only says that an answer is lacking, comes later or stands elsewhere."""
        content = text[unit.start : unit.end]
        if not _WORD.search(_FORM_BLANK.sub("", content)):
            return True
        if unit.length == 1 and fold(content.strip(" .-_/")) in ("x", "xx", "xxx"):
            return True
        if not unit.lacking:
            return (
                unit.asks and alone and unit.length <= 14 and not any(unit.score(k) > 2 for k in self.asked)
            )
        if unit.length <= 3 or unit.lacking >= 0.5:
            return True
        if _PROPER_NAME.search(content):
            return False
        twice = unit.score("placeholder") >= 4
        return (
            unit.length <= 20
            and unit.lacking >= 0.3
            and (twice or max(unit.score(k) for k in self.asked) < 2)
        )

    def ends_letter(self, text: str, line: Line, rest: Sequence[Line], *, begun: bool) -> bool:
        """Whether the letter's end begins with ``line``: a greeting, a name, a signature."""
        content = text[line.start : line.end]
        unit = self.unit(text, line.start, line.end, 0)
        if _RULER.match(content):
            return True
        if unit.score("closing") >= 2 and unit.length <= 15 and max(unit.score(k) for k in self.asked) <= 3:
            return True
        if not begun:
            return False
        if (
            line.gap
            and unit.length <= 8
            and (unit.score("role") or self.sender & {w.folded for w in words(content)})
        ):
            return True
        names = unit.length <= 6 and not content.rstrip().endswith((".", "؛", ";", "،"))
        if not (line.gap and names and len(rest) <= _SIGNATURE_LINES) or line.number or line.label:
            return False
        return all(len(words(text[other.start : other.end])) <= 9 for other in rest)

    def is_parting(self, text: str, line: Line) -> bool:
        unit = self.unit(text, line.start, line.end, 0)
        return unit.score("closing") >= 1 and unit.length <= 25

    def trim(self, text: str, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
        """Without the sentences at the end that take leave."""
        while len(spans) > 1:
            start, end = spans[-1]
            unit = self.unit(text, start, end, 0)
            if unit.score("closing") < 2 or max(unit.score(k) for k in self.asked) > unit.score("closing"):
                break
            spans = spans[:-1]
        return spans

    def cut(self, text: str, spans: Sequence[tuple[int, int]]) -> str:
        """The spans as one text: neighbours with what stands between them, others on lines of their own."""
        pieces: list[str] = []
        last = -1
        for start, end in spans:
            between = text[last:start] if last >= 0 else ""
            piece = _TRAILING.sub("", text[start:end])
            if last >= 0 and not between.strip():
                pieces.append(between if "\n" in between else " ")
            elif last >= 0:
                pieces.append("\n")
            pieces.append(piece)
            last = end
        return _FORM_BLANK.sub("", "".join(pieces)).strip()

    # ── no sections ──

    def read_inline(self, text: str, lines: Sequence[Line]) -> _Text | None:
        """Numbers 1 to 4 inside the running text: «1 we heard … 2 we fight … 3 … 4 …»."""
        for line in lines:
            marks: list[list[tuple[int, int]]] = [[] for _ in self.asked]
            for match in re.finditer(
                r"(?<!\S)\(?([1-4١-٤])(?:\s?[.):\-–/°]+\s?|\s)(?=\D)", text[line.whole : line.end]
            ):
                place = int(match.group(1)) - 1
                if place < len(marks) and len(marks[place]) < 8:
                    marks[place].append((line.whole + match.start(), line.whole + match.end()))
            if not all(marks):
                continue
            chain = self.best_chain(text, marks, line.end)
            if chain:
                ends = [*(start for start, _ in chain[1:]), line.end]
                answers = {}
                for key, (_, start), end in zip(self.asked, chain, ends, strict=True):
                    units = [self.unit(text, s, e, 0) for s, e in sentences_of(text, start, end)]
                    spans = [
                        (u.start, u.end)
                        for u in units
                        if not self.is_placeholder(text, u, alone=len(units) == 1)
                    ]
                    if key == self.asked[-1]:
                        spans = self.trim(text, spans)
                    said = self.cut(text, spans)
                    if said:
                        answers[key] = said
                return _Text(answers, frozenset(self.asked))
        return None

    def best_chain(
        self, text: str, marks: Sequence[Sequence[tuple[int, int]]], end: int
    ) -> list[tuple[int, int]]:
        """One mark for each question, in order, so that what follows each fits it best."""
        best: list[tuple[float, list[tuple[int, int]]]] = [(0.0, [one]) for one in marks[0]]
        for place in range(1, len(marks)):
            key = self.asked[place - 1]
            step: list[tuple[float, list[tuple[int, int]]]] = []
            for one in marks[place]:
                options = [
                    (total + self.unit(text, path[-1][1], one[0], 0).score(key), [*path, one])
                    for total, path in best
                    if path[-1][1] < one[0]
                ]
                if options:
                    step.append(max(options, key=lambda option: option[0]))
            best = step
        finished = [
            (total + self.unit(text, path[-1][1], end, 0).score(self.asked[-1]), path) for total, path in best
        ]
        total, path = max(finished, key=lambda option: option[0], default=(0.0, []))
        return path if total >= 4 else []

    def read_free(self, text: str, lines: Sequence[Line]) -> _Text:
        """A letter without questions: each sentence goes where its words and its neighbours point."""
        units = [
            self.unit(text, start, end, at)
            for at, line in enumerate(lines)
            if not _RULER.match(text[line.start : line.end])
            for start, end in sentences_of(text, line.start, line.end)
        ]
        if not units:
            return _Text({})
        units = self.surroundings(text, lines, units)
        labels = self.best_path(units, (*self.asked, NONE), free=True, lines=lines)
        spans: dict[str, list[tuple[int, int]]] = {}
        strength: dict[str, float] = {}
        for unit, label in zip(units, labels, strict=True):
            if label:
                start = unit.start
                if unit.score("aside") and (after := _after_colon(text, unit.start, unit.end)):
                    start = after + len(text[after : unit.end]) - len(text[after : unit.end].lstrip())
                spans.setdefault(label, []).append((start, unit.end))
                strength[label] = strength.get(label, 0.0) + unit.score(label)
        kept = {key: said for key, said in spans.items() if strength[key] >= _ENOUGH}
        return _Text({key: self.cut(text, said) for key, said in kept.items()}, strength=strength)

    def surroundings(self, text: str, lines: Sequence[Line], units: Sequence[_Unit]) -> list[_Unit]:
        """The units with a score for answering nothing: greetings, leave-taking, remarks on the letter."""
        found: list[_Unit] = []
        count = len(units)
        for at, unit in enumerate(units):
            none = 0.0
            if unit.score("greeting") and (at < 3 or unit.length <= 6):
                none += 3.0 if unit.length <= 10 else 1.0
            if unit.score("closing") and (at >= count - 4 or unit.length <= 6):
                none += 2.5 if unit.length <= 14 else 1.0
            edge = at < 5 or at >= count - 4
            none += min(unit.score("aside"), 4.0) * (1.2 if edge else 0.8) * min(1.0, 0.35 + 2 * unit.apart)
            none += 6.0 * unit.lacking
            if unit.asks:
                none += 2.5
            if unit.length <= 5 and not text[unit.start : unit.end].rstrip().endswith("."):
                none += 1.5
            if at < _INTRODUCTORY and unit.score("aside") and self.only_wishes(unit):
                none += 3.0
            opens = lines[unit.line].gap and (at == 0 or units[at - 1].line != unit.line)
            weight = _TOPIC if opens else 1.0
            scores = {key: score * weight for key, score in unit.scores.items()}
            found.append(replace(unit, scores={**scores, NONE: none}))
        return found

    def only_wishes(self, unit: _Unit) -> bool:
        """Whether it says no more than that the writer wants to join; that alone is no motivation."""
        told = {meaning for meaning in unit.scores if "." in meaning}
        return bool(told) and all(meaning.endswith(f".{self.questions.aspects[0]}") for meaning in told)

    def best_path(
        self, units: Sequence[_Unit], keys: Sequence[str], *, free: bool, lines: Sequence[Line] = ()
    ) -> list[str]:
        """The key of each unit: what its words say, against the cost of a change (Viterbi's algorithm)."""
        totals = {key: units[0].score(key) for key in keys}
        paths: list[dict[str, str]] = []
        for before, unit in pairwise(units):
            apart = free and lines and any(lines[at].gap for at in range(before.line + 1, unit.line + 1))
            cost = _STAY_ACROSS_PARAGRAPHS if apart else _STAY_IN_PARAGRAPH
            step: dict[str, float] = {}
            origin: dict[str, str] = {}
            best_other = max(totals, key=lambda key: totals[key])
            for key in keys:
                stay, change = totals[key], totals[best_other] - cost
                origin[key] = key if stay >= change else best_other
                step[key] = max(stay, change) + unit.score(key)
            totals = step
            paths.append(origin)
        label = max(totals, key=lambda key: totals[key])
        labels = [label]
        for origin in reversed(paths):
            label = origin[label]
            labels.append(label)
        return labels[::-1]


def _heaviest(hits: Iterable[Hit], *, by_length: bool = False) -> list[tuple[str, float]]:
    """(meaning, weight) of the hits, overlapping ones of one question counted once."""
    taken: dict[str, int] = {}
    found: list[tuple[str, float]] = []
    for hit in sorted(hits, key=lambda hit: (hit.first, -hit.weight, -hit.end)):
        key = hit.meaning.partition(".")[0]
        if hit.first >= taken.get(key, 0):
            found.append((hit.meaning, float(hit.end - hit.first) if by_length else hit.weight))
            taken[key] = hit.end
    return found


def _plausible(anchors: Sequence[_Anchor]) -> list[_Anchor]:
    """Without labels before a colon within an answer to the same question, or among real questions."""
    asked = sum(1 for anchor in anchors if anchor.firm and not anchor.colon and anchor.key)
    kept: list[_Anchor] = []
    for anchor in anchors:
        within = kept and kept[-1].key == anchor.key
        if anchor.colon and not anchor.firm and (within or asked >= 3):
            continue
        kept.append(anchor)
    return kept


def _family(style: str) -> str:
    """Styles of numbering that one writer mixes: «First question, …», «Third question: …»."""
    return "word" if style in ("pointer", "label", "first") else style


def _postscript(signature: str) -> str:
    """What follows a P.S. in a signature: people go on there."""
    match = _POINTER.search(signature)
    return signature[match.start() :] if match else ""


def _not_lacking(hits: list[Hit]) -> list[Hit]:
    """Without hits inside a phrase that says that something is lacking: «the reference may be waived»."""
    lacking = [hit for hit in hits if hit.meaning == "placeholder" and hit.end - hit.first > 1]
    return [
        hit for hit in hits
        if hit.meaning == "placeholder" or not any(p.first <= hit.first and hit.end <= p.end for p in lacking)
    ]  # fmt: skip


def _share(hits: Sequence[Hit], meaning: str, length: int) -> float:
    """The share of ``length`` words that hits of ``meaning`` cover."""
    covered = {at for hit in hits if hit.meaning == meaning for at in range(hit.first, hit.end)}
    return len(covered) / max(length, 1)


def _winner(votes: Mapping[str, float]) -> str | None:
    return max(votes, key=lambda key: votes[key]) if votes else None


def _after_colon(text: str, start: int, end: int) -> int | None:
    """Where a sentence goes on after its colon, or None."""
    at = text.find(":", start, end)
    return at + 1 if 0 <= at < end - 2 else None


def _without(text: str, parts: Iterable[str]) -> str:
    for part in parts:
        text = text.replace(part.strip(), "\n", 1)
    return text


def _without_headers(text: str) -> str:
    """``text`` without the header lines, and the ruler above them, of a forwarded or answered letter."""
    lines = text.split("\n")
    at = 0
    while at < len(lines) and (
        not lines[at].strip() or _RULER.match(lines[at]) or _INTRODUCTION.search(lines[at])
    ):
        at += 1
    block = at
    while block < len(lines) and _HEADER.match(lines[block]):
        block += 1
    has_address = any("@" in line for line in lines[at:block])
    return "\n".join(lines[block if block - at >= 2 and has_address else at :])


_FORWARDED = re.compile(
    r"^\W*(?:fwd?|tr|rv|enc|i|wg|rvo|reenv[ií]o|reenviado|transf(?:[ée]r[ée])?|إعادة توجيه|تحويل)\s?:",
    re.IGNORECASE,
)
_FORWARD_LINE = re.compile(
    r"forwarded message|mensaje reenviado|message transf[ée]r[ée]|mensagem encaminhada"
    r"|رسالة (?:معاد توجيهها|محولة|مُعاد)",
    re.IGNORECASE,
)


def _is_forward(letter: Letter, split: Split) -> bool:
    return bool(_FORWARDED.match(letter.subject) or _FORWARD_LINE.search(split.quoted[:400]))


def _joined(first: _Text, second: _Text, asked: Sequence[str]) -> _Text:
    answers = {
        key: "\n".join(part for part in (first.answers.get(key, ""), second.answers.get(key, "")) if part)
        for key in asked
        if key in first.answers or key in second.answers
    }
    return _Text(answers, first.sections | second.sections, first.deferred, first.strength)


def _merge(found: Sequence[tuple[str, _Text]], questions: Questions) -> dict[str, Answer]:
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
    a, b = {w.folded for w in words(one)}, {w.folded for w in words(other)}
    return len(a & b) >= 0.8 * min(len(a), len(b), 10_000) > 0
