"""Finds proper names in running text: of organizations and of people, as they are written.

By shape first: words with a capital and the small words between them. Arabic has no capitals; there
a name begins with a group's noun or a person's title, and ends before a verb or a place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from mailbot.parsers.phrases import fold

_PIECE = re.compile(r"[^\W_][\w\u064b-\u0652'’ʼ.&-]*[^\W_]|[^\W_]\.?|[.,;:!?()\n\"«»“”؟،؛/–—&]")
_AND = frozenset({"and", "y", "e", "et", "&", "na"})
_OF = frozenset({"de", "du", "del", "des", "do", "da", "dos", "das"})
_PLAIN_WORDS = 2
_SHORT_TITLE = 2
"""Letters; «Me» is a title in French, and «me» is none in English."""

_FOR = frozenset({"of", "for", "on"})
_LONGEST_TAIL = 14
_TAIL_LINKS = _OF | {
    "d", "l", "la", "le", "les", "pour", "sur", "en", "et", "a", "aux",
    "los", "las", "el", "para", "por", "y", "contra",
}  # fmt: skip
"""Small words by which a group's name goes on without capitals: «des organisations des droits de l'homme»."""
_ARABIC = re.compile("[\u0600-\u06ff]")
_ACRONYM = re.compile(r"\s?\(([A-ZÀ-Þ][\w.-]{1,14})\)")
_ARABIC_ENDS = frozenset(
    fold(word)
    for line in (
        "من في على منذ التي الذي الذين وقد وهي وهو وهم ونحن",
        "نحن وكلاهما وكلها تعرفنا يعرفنا بتعرفنا تعرفني يعرفني عن إلى كما لأنها",
        "حيث ذاتها نفسها مع أطيب تحياته يرغب نود نرغب نريد نأمل أود",
        "بعد قبل لدى نكتب نرسل",
    )
    for word in line.split()
)
"""Prepositions, pronouns and verbs that cannot stand inside a name."""

_ARABIC_VERB = re.compile("^(?:ن|ت|ي|ست|سي|سن|بن|وت|ون|وي)\\w{2,}(?:نا|ني|ون|وا|كم)$")


class Nouns(Protocol):
    """What `mailbot.parsers.applicant.Introductions` knows of names."""

    @property
    def nouns(self) -> frozenset[str]:
        """Words that the names of groups hold, folded."""

    @property
    def joins(self) -> frozenset[str]:
        """Small words inside a name, folded."""

    @property
    def titles(self) -> frozenset[str]:
        """What stands before a person's name, folded."""

    @property
    def stops(self) -> frozenset[str]:
        """Words that begin a sentence with a capital and are no name."""


@dataclass(frozen=True, slots=True)
class Name:
    """A proper name and where it stands in the text."""

    text: str
    start: int
    end: int
    group: bool
    """It holds a group's noun: ``union``, ``asociación``, ``جمعية``."""
    titled: bool = False
    """A person's title stands before it."""


class _Piece(NamedTuple):
    text: str
    start: int
    end: int

    @property
    def bare(self) -> str:
        """Without an elided article: ``l'Union``, ``d'ActionAid``."""
        return self.text[2:] if self.elided else self.text

    @property
    def elided(self) -> bool:
        return len(self.text) > 3 and self.text[0] in "dlDL" and self.text[1] in "'’"

    @property
    def folded(self) -> str:
        return fold(self.bare.rstrip("."))

    @property
    def capital(self) -> bool:
        return self.bare[0].isupper() or (
            not self.bare[0].isdigit() and any(c.isupper() for c in self.bare[1:])
        )

    @property
    def word(self) -> bool:
        return self.text[0].isalnum()


def is_group(text: str, nouns: Nouns) -> bool:
    """Whether ``text`` holds a group's noun, in the singular or plural."""
    return any(_is_noun(word, nouns) for word in re.findall(r"[\w\u064b-\u0652]+", text))


def _is_noun(word: str, nouns: Nouns) -> bool:
    folded = fold(word)
    if folded in nouns.nouns or (folded.endswith("s") and folded[:-1] in nouns.nouns):
        return True
    return bool(_ARABIC.match(word)) and any(bare in nouns.nouns for bare in _arabic_bare(folded))


def _arabic_bare(folded: str) -> Iterator[str]:
    for prefix in ("ال", "و", "وال", "ل", "لل", "ب", "بال"):
        if folded.startswith(prefix) and len(folded) > len(prefix) + 2:
            yield folded[len(prefix) :]


def find_names(text: str, nouns: Nouns) -> list[Name]:
    """The names in ``text``, in order; in a text of capitals alone only groups and titled people."""
    pieces = [_Piece._make((m[0], *m.span())) for m in _PIECE.finditer(text)]
    shouted = _is_shouted(text)
    found: list[Name] = []
    at = 0
    while at < len(pieces):
        piece = pieces[at]
        if not _may_begin(piece.text, nouns):
            at += 1
            continue
        if _ARABIC.match(piece.text):
            name, after = _arabic_name(text, pieces, at, nouns)
        else:
            name, after = _latin_name(text, pieces, at, nouns)
        if name and (not shouted or name.group or name.titled):
            found.append(name)
        at = max(after, at + 1)
    return found


def _may_begin(word: str, nouns: Nouns) -> bool:
    """Whether a name may begin with ``word``: told at a glance for most, since all words are asked."""
    if "a" <= word[0] <= "z" and word.islower():
        return fold(word) in nouns.titles
    return word[0].isalpha()


def _is_shouted(text: str) -> bool:
    """Whether it is written in capitals."""
    if sum(map(str.islower, text)) > len(text) // 5:  # nearly always; counting letters takes longer
        return False
    letters = sum(map(str.isalpha, text))
    return letters > 20 and sum(map(str.isupper, text)) > 0.8 * letters


def _latin_name(text: str, pieces: Sequence[_Piece], at: int, nouns: Nouns) -> tuple[Name | None, int]:
    first = pieces[at]
    titled = first.folded in nouns.titles and (first.capital or len(first.folded) > _SHORT_TITLE)
    if not first.word or not (first.capital or titled):
        return None, at + 1
    opens = at == 0 or pieces[at - 1].text in '.!?\n:;•("«“'
    if opens and first.folded in nouns.stops and not first.text.isupper():
        return None, at + 1
    last = _last_piece(text, pieces, at, nouns)
    single = last == at and not (first.text.isupper() and len(first.text) > 1)
    if single and (titled or first.folded in nouns.stops or len(first.text) == 1 or first.text[0].isdigit()):
        return None, at + 1
    start, end = first.start + (2 if first.elided else 0), pieces[last].end
    acronym = _ACRONYM.match(text, end)
    if acronym and sum(c.isupper() for c in acronym.group(1)) >= len(acronym.group(1)) / 2:
        end = acronym.end()
    written = " ".join(text[start:end].split()).rstrip(".,")
    titled = titled or (last > at and pieces[at + 1].folded in nouns.titles)  # «la Sra. Marta»
    return Name(written, start, end, is_group(written, nouns), titled), last + 1


def _last_piece(text: str, pieces: Sequence[_Piece], at: int, nouns: Nouns) -> int:
    """The last piece of the name that begins with piece ``at``."""
    last = at
    look = at + 1
    if _is_noun(pieces[at].bare, nouns) and (tail := _tail(pieces, at, nouns)):
        last, look = tail, tail + 1
    while look < len(pieces):
        piece = pieces[look]
        if piece.word and _ARABIC.match(piece.text):
            break
        if piece.word and piece.capital:
            last = look
        elif not _inside(text, pieces, at, look, last, nouns):
            break
        look += 1
    return last


def _tail(pieces: Sequence[_Piece], at: int, nouns: Nouns) -> int:
    """The last piece of a group's name that goes on in small letters behind the noun at ``at``; 0: none.

    It goes from small word to small word («pour la justice et la démocratie en Haïti»); between two of
    them stands one word, and one more may follow the noun itself («camerounais»).
    """
    last, linked, plain = 0, False, at + 2 < len(pieces) and _links(pieces[at + 2])
    for look in range(at + 1, min(at + _LONGEST_TAIL, len(pieces))):
        piece = pieces[look]
        if not piece.word or _ARABIC.match(piece.text) or (piece.capital and not linked):
            break
        if piece.folded in _TAIL_LINKS:
            linked = True
        elif piece.folded in nouns.stops or (last and _is_noun(piece.bare, nouns)):
            break
        elif linked or piece.elided:
            last, linked, plain = look, False, False
        elif not plain:
            break
        else:
            plain = False
        if piece.capital:
            break
    return last


def _links(piece: _Piece) -> bool:
    return piece.folded in _TAIL_LINKS or piece.elided


def _inside(text: str, pieces: Sequence[_Piece], first: int, look: int, last: int, nouns: Nouns) -> bool:
    """Whether piece ``look``, without a capital, may stand inside the name that now ends with ``last``."""
    piece = pieces[look]
    if piece.folded in _AND:
        return _and_joins(pieces, first, look, nouns)
    if piece.text == ",":
        return _list_inside(pieces, first, look, nouns)
    if piece.text == "\n":
        return look - 1 == last and look + 1 < len(pieces) and _wrapped(text, pieces, look)
    if piece.text == ".":  # «Adv. Meher»
        return look - 1 == last and pieces[last].folded in nouns.titles
    if piece.text.lower() == "à":  # «Droit à l’Alimentation»
        return look + 1 < len(pieces) and (pieces[look + 1].elided or pieces[look + 1].text == "la")
    if piece.word and (piece.folded in nouns.joins or piece.elided):
        return True
    return piece.word and _is_noun(pieces[first].bare, nouns) and _leads_to_place(pieces, look)


def _leads_to_place(pieces: Sequence[_Piece], look: int) -> bool:
    """Whether plain words, «de» and a capital follow: Collectif des «maraîchères de Keur» Sadio."""
    for at in range(look, min(look + _PLAIN_WORDS, len(pieces) - 2)):
        of, place = pieces[at + 1], pieces[at + 2]
        if not pieces[at].text.islower() or pieces[at].folded in _OF:
            return False
        if of.folded in _OF and place.word and place.capital:
            return True
    return False


def _wrapped(text: str, pieces: Sequence[_Piece], look: int) -> bool:
    """Whether the line break at ``look`` only wraps a line: the line before it is long."""
    start = text.rfind("\n", 0, pieces[look].start) + 1
    following = pieces[look + 1]
    return pieces[look].start - start > 45 and following.start - pieces[look].end <= 1


def _and_joins(pieces: Sequence[_Piece], first: int, at: int, nouns: Nouns) -> bool:
    """Whether «and» stands inside a name (Justice and Peace) and not between two."""
    behind = pieces[at + 1 : at + 4]
    if len(behind) > 1 and behind[0].folded in nouns.joins and behind[1].capital:
        same = any(piece.folded == behind[0].folded for piece in pieces[first:at])
        return same and not _is_noun(behind[1].text, nouns)
    shouted = pieces[first].text.isupper() and len(pieces[first].text) > 5
    if (
        not behind
        or not behind[0].capital
        or (behind[0].text.isupper() and not shouted)
        or _is_noun(behind[0].bare, nouns)
    ):
        return False
    before = [piece for piece in pieces[first:at] if piece.word]
    generic = any(_is_noun(piece.text, nouns) or piece.folded in nouns.joins for piece in before)
    if len(behind) > 1 and behind[1].capital and behind[1].word:
        return generic and len(before) >= 3 and any(piece.folded in _FOR for piece in before)
    return generic


def _list_inside(pieces: Sequence[_Piece], first: int, at: int, nouns: Nouns) -> bool:
    """Whether a comma stands inside a name: «Forum on Women, Law and Development»."""
    before = [piece for piece in pieces[first:at] if piece.word]
    behind = pieces[at + 1 : at + 4]
    return (
        len(behind) == 3
        and behind[0].capital
        and (behind[1].folded in _AND or behind[1].text == "&")
        and behind[2].capital
        and not behind[2].text.isupper()
        and any(piece.folded in ("on", "of", "for", "de", "des", "pour", "para", "sobre") for piece in before)
        and any(_is_noun(piece.text, nouns) for piece in before)
    )


def _arabic_name(text: str, pieces: Sequence[_Piece], at: int, nouns: Nouns) -> tuple[Name | None, int]:
    first = pieces[at]
    folded = fold(first.text)
    titled = folded in nouns.titles or (folded[:1] == "و" and folded[1:] in nouns.titles)
    if not titled and not _is_noun(first.text, nouns):
        return None, at + 1
    last = at
    for look in range(at + 1, min(at + 9, len(pieces))):
        piece = pieces[look]
        word = fold(piece.text)
        if (
            not _ARABIC.match(piece.text)
            or piece.text in "،؛؟"
            or word in _ARABIC_ENDS
            or _ARABIC_VERB.match(word)
        ):
            break
        if (
            word[:1] == "و"
            and look > at + 1
            and (_is_noun(piece.text[1:], nouns) or word[1:] in nouns.titles)
        ):
            break
        if word.startswith("بال") and look > at + 2:  # «in Khartoum»: a place, told by the letter before it
            break
        last = look
        if titled and look - at >= 3:
            break
    if last == at:
        return None, at + 1
    start = first.start + (1 if folded[:1] == "و" and not _plain_noun(folded, nouns) else 0)
    if folded[:1] == "ل" and folded[1:] in nouns.nouns:
        start = first.start + 1
    written = " ".join(text[start : pieces[last].end].split())
    return Name(written, start, pieces[last].end, not titled, titled), last + 1


def _plain_noun(folded: str, nouns: Nouns) -> bool:
    return folded in nouns.nouns or (folded.startswith("ال") and folded[2:] in nouns.nouns)
