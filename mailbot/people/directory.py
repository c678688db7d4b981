"""The members' directory: which member somebody means by a name, and who speaks for which member.

A match never confirms. That a referee's name is found here says where to look, and nothing about whether they
know the applicant: a person confirms a reference, by answering.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import combinations
from typing import NamedTuple

from rapidfuzz.distance import OSA

from mailbot.folding import fold
from mailbot.people.names import (
    KIND,
    LONGEST,
    REACH,
    Name,
    NameWords,
    Word,
    organization_key,
    take_apart,
)
from mailbot.people.roster import in_force
from mailbot.values import Kind, Member, Person, Role

THRESHOLD = 80
"""The score from which a member is taken to be meant; ``bench/directory.py`` measures it."""

ALMOST = 90
"""The score from which two members' names are almost the same."""

_WEBSITE = 92
_INITIALS = {3: 78, 4: 86}
"""By how many letters there are: three stand for many names, so that they only hint."""

_LACKS = 0.75
"""How much a word counts that one of two names lacks, beside one that both have."""

_NAME_LEFT_OUT, _COMMON_LEFT_OUT, _PLACE_ADDED = 0.5, 0.35, 0.6
"""How much of that weight is left where it is usual to leave such a word out, or to add it."""

_NEAR = 0.82
"""How alike two words are that may be one, misspelled: of five letters, all must be the same."""

_PARTS = 6
"""Pieces between commas that are looked at one by one."""

_EMAIL = re.compile(r"[^\s@<>()\"',;:]+@([\w-]+(?:\.[\w-]+)+)")
_SITE = re.compile(r"\b(?:https?://)?(?:www\.)?([\w-]+(?:\.[\w-]+)+)(?:/\S*)?", re.IGNORECASE)
_LINK = re.compile(r"\b(?:https?://|www\.)\S+", re.IGNORECASE)
_PHONE = re.compile(r"\+?\d[\d\s()/.-]{6,}\d")
_BRACKETS = re.compile(r"[(\[]([^()\[\]]+)[)\]]")
_SEPARATOR = re.compile(r"\s*[,;:/|،؛\n]\s*|\s+[-–—]\s+|\s*[–—]\s*")


class Why(StrEnum):
    """What speaks for a match."""

    SAME = "same"
    """The name, give or take case, accents, articles, legal forms, the order of words."""
    SPELLING = "spelling"
    """A name that is spelled or worded a little differently."""
    SCRIPT = "script"
    """A name written in another script."""
    ACRONYM = "acronym"
    INITIALS = "initials"
    """The first letters of one are the other."""
    WEBSITE = "website"
    """An address at the member's domain."""


@dataclass(frozen=True, slots=True)
class Match:
    """A member whom a name may mean. It never confirms anything."""

    member: Member
    score: int
    """0 to 100: how alike the names are; no probability."""
    why: Why
    by: str
    """What of the member it was: its name, another name, its acronym, its website."""


def match(
    name: str, members: Sequence[Member], words: NameWords, *, at_least: int = THRESHOLD
) -> tuple[Match, ...]:
    """The members whom ``name`` may mean, best first; none with a score below ``at_least``.

    ``name`` is a reference as an applicant writes it: an organization, a person, «Ms X of Y», «Y, Lima», with
    an e-mail address or not. A match never confirms: it is shown to people, who decide.
    """
    asked = name[:LONGEST]
    domains = {found.lower() for found in _EMAIL.findall(asked)} | _sites(asked)
    readings = tuple(_readings(asked, words))
    found = (_best(member, readings, domains, words) for member in members)
    wanted = [one for one in found if one is not None and one.score >= at_least]
    return tuple(sorted(wanted, key=lambda one: -one.score))


def near_names(
    members: Sequence[Member], words: NameWords, *, at_least: int = ALMOST
) -> tuple[tuple[Member, Member], ...]:
    """Pairs of members whose names are almost the same and who may be one, each pair once.

    Only those that share a word of their own, or have the same words throughout, are compared.
    """
    sharing: dict[str, list[int]] = {}
    for at, member in enumerate(members):
        taken = take_apart(member.name, words).words
        own = [word.key for word in taken if word.weight == 1 and not word.country]
        for key in dict.fromkeys(own or [" ".join(sorted(word.key for word in taken))]):
            sharing.setdefault(key, []).append(at)
    pairs = sorted({pair for found in sharing.values() for pair in combinations(found, 2)})
    return tuple(
        (members[one], members[other])
        for one, other in pairs
        if members[one].kind is members[other].kind
        and match(members[one].name, [members[other]], words, at_least=at_least)
        and match(members[other].name, [members[one]], words, at_least=at_least)
    )


# ── the ways to read a reference ─────────────────────────────────────────────────────────────────


class _Reading(NamedTuple):
    """One way to read a reference: the name in it, taken apart, and what is left over besides."""

    name: Name
    person: Name
    """The same, taken apart as a person's."""
    rest: Name
    acronym: str
    """The name where it is one word in capitals, folded."""


def _readings(text: str, words: NameWords) -> Iterator[_Reading]:
    plain = _PHONE.sub(" ", _LINK.sub(" ", _EMAIL.sub(" ", text))).strip(" <>.,;")
    seen = set()
    for part, rest in _parts(plain):
        for kept, left in ((part, rest), *_person_and_organization(part, rest, words)):
            read = _untitled(kept, words)
            if read and (read, left) not in seen:
                seen.add((read, left))
                yield _Reading(
                    take_apart(read, words),
                    take_apart(read, words, person=True),
                    take_apart(left, words),
                    _acronym(read),
                )


def _parts(text: str) -> Iterator[tuple[str, str]]:
    """(a piece of ``text`` that may be the name, what else there is), the whole of it first."""
    yield text, ""
    outside = " ".join(_BRACKETS.sub(" ", text).split())
    inside = [found.strip() for found in _BRACKETS.findall(text)]
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


def _acronym(text: str) -> str:
    letters = text.replace(".", "")
    return fold(letters) if letters.isalpha() and letters.isupper() and len(letters) > 2 else ""


def _sites(text: str) -> set[str]:
    return {found.lower() for found in _SITE.findall(text)}


# ── one member ───────────────────────────────────────────────────────────────────────────────────


def _best(member: Member, readings: Sequence[_Reading], domains: set[str], words: NameWords) -> Match | None:
    candidates = [found for reading in readings for found in _by_names(member, reading, words)]
    if any(_at_home(domain, member.website) for domain in domains):
        candidates.append(Match(member, _WEBSITE, Why.WEBSITE, member.website))
    return max(candidates, key=lambda one: one.score, default=None)


def _at_home(domain: str, website: str) -> bool:
    """Whether ``domain`` is that of ``website``, or below it."""
    home = next(iter(_sites(website)), "")
    return bool(home) and (domain == home or domain.endswith(f".{home}"))


def _by_names(member: Member, reading: _Reading, words: NameWords) -> Iterator[Match]:
    if not reading.name.words:
        return
    beside = _left_over(reading, member)
    for called in _called(member):
        theirs = take_apart(called, words, person=member.kind is Kind.INDIVIDUAL)
        asked = reading.person if member.kind is Kind.INDIVIDUAL else reading.name
        alike = _alike(asked, theirs, member)
        why = _why(reading, theirs, called, member, alike)
        yield Match(member, round(100 * alike * beside), why, called)
        if initials := _by_initials(reading, called, theirs):
            yield Match(member, round(initials * beside), Why.INITIALS, called)


def _called(member: Member) -> Iterator[str]:
    for name in (member.name, *member.other_names):
        yield name
        if inside := _BRACKETS.findall(name):
            yield " ".join(_BRACKETS.sub(" ", name).split())
            yield from (one for one in inside if _acronym(one))
    if member.acronym:
        yield member.acronym


def _by_initials(reading: _Reading, called: str, theirs: Name) -> int:
    short = reading.acronym if reading.acronym in theirs.initials else ""
    if not short and _acronym(called) in reading.name.initials:
        short = _acronym(called)
    return _INITIALS[min(len(short), max(_INITIALS))] if short else 0


def _why(reading: _Reading, theirs: Name, called: str, member: Member, alike: float) -> Why:
    if reading.name.foreign != theirs.foreign:
        return Why.SCRIPT
    if alike < 1:
        return Why.SPELLING
    return Why.ACRONYM if called == member.acronym else Why.SAME


def _left_over(reading: _Reading, member: Member) -> float:
    """What is left of the likeness when the rest of the reference is looked at, too: 1 takes nothing.

    A city, an office or a person beside the name are usual; another country than the member's is a doubt; and
    common words alone («Women's Centre») do not tell whose they are once the rest is taken away.
    """
    if not reading.rest.words:
        return 1.0
    if reading.name.tells < 1:
        return 0.75
    countries = {word.country for word in reading.rest.words if word.country}
    if countries and member.country and member.country not in countries:
        return 0.75
    return 0.99 if countries else 0.97


# ── two names ────────────────────────────────────────────────────────────────────────────────────


def _alike(asked: Name, theirs: Name, member: Member) -> float:
    """0 to 1: how much of two names is the same, each word by how much it tells."""
    if not theirs.words:
        return 0.0
    if "".join(word.spelled for word in asked.words) == "".join(word.spelled for word in theirs.words):
        return 1.0
    ours, names = _joined(asked.words, theirs.words), _joined(theirs.words, asked.words)
    person = member.kind is Kind.INDIVIDUAL
    common, doubtful, alone, left = _paired(
        ours, names, across=asked.foreign != theirs.foreign, person=person
    )
    if not common:
        return 0.0
    lacking = _lacking(alone, member) + sum(word.weight for word in left)
    if person and not alone:
        lacking *= _NAME_LEFT_OUT if len(ours) > 1 else 1.0
    elif not alone:
        lacking *= _shortened(ours, names, left)
    elif not left:
        lacking *= _shortened(names, ours, alone, place=not person)
    return common / (common + _LACKS * (lacking + doubtful))


def _lacking(alone: Sequence[Word], member: Member) -> float:
    """What the member's name lacks of the reference; that it lacks its own country is usual."""
    return sum(0.1 if word.country and word.country == member.country else word.weight for word in alone)


def _shortened(
    short: Sequence[Word], long: Sequence[Word], more: Sequence[Word], *, place: bool = False
) -> float:
    """How much the words count that one name has at one end in addition to the whole of the other.

    People cut off what others have in their names as well (the Quipu Centre, «for Economic Rights»), and,
    with ``place``, put where it is behind the name. A word of its own is not cut off: «FIAN Nepal» is not
    FIAN.
    """
    own = sum(word.weight == 1 and not word.country for word in short)
    told = [word for word in long if word.weight not in (KIND, REACH)]
    extra = [word in more for word in told]
    count = sum(extra)
    at_end, at_start = all(extra[len(extra) - count :]), all(extra[:count])
    if len(short) > 1 and own and all(word.weight < 1 for word in more) and (at_end or at_start):
        return _COMMON_LEFT_OUT
    if place and own > 1 and at_end and not any(word.country for word in more):
        return _PLACE_ADDED
    return 1.0


def _joined(words: Sequence[Word], others: Sequence[Word]) -> list[Word]:
    """``words``, two in a row made one where ``others`` write them so: «Fish Workers», «Fishworkers»."""
    wanted = {other.spelled: other for other in others}
    found: list[Word] = []
    for word in words:
        whole = wanted.get(found[-1].spelled + word.spelled) if found else None
        if whole is not None:
            found[-1] = whole
        else:
            found.append(word)
    return found


def _paired(
    ours: Sequence[Word], theirs: Sequence[Word], *, across: bool, person: bool
) -> tuple[float, float, list[Word], list[Word]]:
    """The weight of the words that two names share, what of it is doubtful, the words that each has alone."""
    common, doubtful, alone, left = 0.0, 0.0, [], list(theirs)
    for word in sorted(ours, key=lambda one: -one.weight):
        likeness, at = 0.0, 0
        for place, other in enumerate(left):
            found = _word_likeness(word, other, across=across, person=person)
            if found > likeness:
                likeness, at = found, place
        if likeness:
            weight = max(word.weight, left.pop(at).weight)
            common += likeness * weight
            doubtful += (1 - likeness) * weight
        else:
            alone.append(word)
    return common, doubtful, alone, left


def _word_likeness(one: Word, other: Word, *, across: bool, person: bool) -> float:
    """0 to 1: whether two words are spellings of one."""
    if one.key == other.key:
        return 1.0
    if one.country or other.country:
        return 0.0
    if across and one.bones and one.bones == other.bones:
        return 0.9
    shorter, longer = sorted((one.spelled, other.spelled), key=len)
    if shorter[:1] == longer[:1]:
        if len(shorter) == 1 and person:
            return 0.7  # R. Kazungu
        if len(one.bones) > 2 and one.bones == other.bones:
            return 0.85
        if len(shorter) > 2 and min(one.weight, other.weight) < 1 and longer.startswith(shorter):
            return 0.9  # Asoc., Intl.
        if len(shorter) > 3 and (near := OSA.normalized_similarity(shorter, longer, score_cutoff=_NEAR)):
            return near
    if across and min(len(one.bones), len(other.bones)) > 3:
        return 0.95 * OSA.normalized_similarity(one.bones, other.bones, score_cutoff=0.75)
    return 0.0


# ── who speaks for whom ──────────────────────────────────────────────────────────────────────────


class Voice(NamedTuple):
    """A member organization that has a voice, and the people who may raise it: the first who does, does."""

    organization: Member
    people: tuple[Person, ...]


def contacts(
    roster: Iterable[Person], members: Sequence[Member], at: datetime, words: NameWords
) -> tuple[tuple[Person, Member | None], ...]:
    """Each person who holds the role ``member`` at ``at``, with the member that the roster ties them to.

    A person is tied by the organization's name, another name of it or its acronym; an individual member by
    their own name. None: no member of the directory, in force or not, is called so.
    """
    known: dict[tuple[Kind, str], Member] = {}
    for names in (lambda m: (m.name,), lambda m: m.other_names, lambda m: (m.acronym,)):
        for member in members:
            for name in names(member):
                if key := organization_key(name, words):
                    known.setdefault((member.kind, key), member)
    return tuple((person, _tied(person, known, words)) for person in in_force(roster, Role.MEMBER, at))


def _tied(person: Person, known: dict[tuple[Kind, str], Member], words: NameWords) -> Member | None:
    if person.kind is Kind.INDIVIDUAL or not person.organization:
        return known.get((Kind.INDIVIDUAL, organization_key(person.name, words)))
    return known.get((Kind.ORGANIZATION, organization_key(person.organization, words)))


def voices(
    roster: Iterable[Person], members: Sequence[Member], at: datetime, words: NameWords
) -> tuple[Voice, ...]:
    """The organizations that have a voice at ``at``, in the order of the directory: one each.

    That is every organization that is a member at that time and has somebody on the roster who answers for it
    then. Individual members have none.
    """
    tied = contacts(roster, members, at, words)
    return tuple(
        Voice(member, people)
        for member in members
        if member.kind is Kind.ORGANIZATION
        and member.belongs(at)
        and (people := tuple(person for person, of in tied if of == member))
    )
