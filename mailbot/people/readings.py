"""The ways to read a reference as an applicant writes it: which part of it is a name, and what stands beside.

«Ms Amina Odhiambo of Bahari Yetu Network, Mombasa» is a person, an organization and a city; «Union of
Fishers» is one name. Nothing here knows any member.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from mailbot.folding import fold
from mailbot.people.names import Name, NameWords, take_apart

_PARTS = 6
"""Pieces between commas that are looked at one by one."""

_EMAIL = re.compile(r"[^\s@<>()\"',;:]+@([\w-]+(?:\.[\w-]+)+)")
_SITE = re.compile(r"\b(?:https?://)?(?:www\.)?([\w-]+(?:\.[\w-]+)+)(?:/\S*)?", re.IGNORECASE)
_LINK = re.compile(r"\b(?:https?://|www\.)\S+", re.IGNORECASE)
_PHONE = re.compile(r"\+?\d[\d\s()/.-]{6,}\d")
BRACKETS = re.compile(r"[(\[]([^()\[\]]+)[)\]]")
_SEPARATOR = re.compile(r"\s*[,;:/|،؛\n]\s*|\s+[-–—]\s+|\s*[–—]\s*")


class Reading(NamedTuple):
    """One way to read a reference: the name in it, taken apart, and what is left over besides."""

    name: Name
    person: Name
    """The same, taken apart as a person's."""
    rest: Name
    acronym: str
    """The name where it is one word in capitals, folded."""


@lru_cache(maxsize=1024)
def readings(text: str, words: NameWords) -> tuple[Reading, ...]:
    """Each way to read ``text``, the whole of it first, each once; none where it has no word."""
    plain = _PHONE.sub(" ", _LINK.sub(" ", _EMAIL.sub(" ", text))).strip(" <>.,;")
    kept = (
        (_untitled(name, words), left)
        for part, rest in _parts(plain)
        for name, left in ((part, rest), *_person_and_organization(part, rest, words))
    )
    return tuple(
        Reading(
            take_apart(name, words),
            take_apart(name, words, person=True),
            take_apart(left, words),
            acronym(name),
        )
        for name, left in dict.fromkeys(kept)
        if name
    )


def _parts(text: str) -> Iterator[tuple[str, str]]:
    """(a piece of ``text`` that may be the name, what else there is), the whole of it first."""
    yield text, ""
    outside = " ".join(BRACKETS.sub(" ", text).split())
    inside = [found.strip() for found in BRACKETS.findall(text)]
    if inside and outside:
        yield outside, " ".join(inside)
        for one in inside:
            yield one, outside
    pieces = [piece for piece in _SEPARATOR.split(outside or text) if piece][:_PARTS]
    if len(pieces) > 1:
        for at, piece in enumerate(pieces):
            yield piece, " ".join(pieces[:at] + pieces[at + 1 :])
        for at in range(2, len(pieces)):
            yield " ".join(pieces[:at]), " ".join(pieces[at:])
            yield " ".join(pieces[-at:]), " ".join(pieces[:-at])


def _person_and_organization(text: str, rest: str, words: NameWords) -> Iterator[tuple[str, str]]:
    """Where ``text`` is «a person of an organization»: either of the two, and what else there is.

    What stands before the «of» must look like a person or an office, for «Union of Fishers» is one name. An
    «at» stands in no name, so that a first name before it is enough.
    """
    spelled = text.split()
    folded = [fold(word).strip(".,") for word in spelled]
    for at in range(1, len(spelled) - 1):
        inside, between = folded[at] in words.of, folded[at] in words.at
        if (inside or between) and _is_person(folded[:at], words, at_least=2 if inside else 1):
            person, organization = " ".join(spelled[:at]), " ".join(spelled[at + 1 :])
            yield organization, rest
            yield person, f"{rest} {organization}"


def _is_person(folded: Sequence[str], words: NameWords, *, at_least: int) -> bool:
    if any(word in words.titles for word in folded):
        return True
    known = any(word in words.meanings for word in folded)
    return at_least <= len(folded) <= 4 and not known and not any(word in words.small for word in folded)


def _untitled(text: str, words: NameWords) -> str:
    spelled = text.split()
    while len(spelled) > 1 and fold(spelled[0]).strip(".,") in words.titles:
        spelled = spelled[1:]
    return " ".join(spelled)


def acronym(text: str) -> str:
    """``text`` folded where it is one word in capitals (FIAN, F.I.A.N.), else ``""``."""
    letters = text.replace(".", "")
    return fold(letters) if letters.isalpha() and letters.isupper() and len(letters) > 2 else ""


def domains(text: str) -> set[str]:
    """The domains of the e-mail addresses and web addresses in ``text``."""
    return {found.lower() for found in _EMAIL.findall(text)} | sites(text)


def sites(text: str) -> set[str]:
    """The domains of the web addresses in ``text``."""
    return {found.lower() for found in _SITE.findall(text)}
