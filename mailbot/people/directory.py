"""The members' directory: which member somebody means by a name, and who speaks for which member.

A match never confirms. That a referee's name is found here says where to look, and nothing about whether they
know the applicant: a person confirms a reference, by answering.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from itertools import combinations
from typing import NamedTuple

from mailbot.people.likeness import alike
from mailbot.people.names import LONGEST, NameWords, organization_key, take_apart
from mailbot.people.readings import BRACKETS, Reading, acronym, domains, readings, sites
from mailbot.people.roster import in_force
from mailbot.people.shelf import Called, Shelf
from mailbot.values import Kind, Member, Person, Role

THRESHOLD = 80
"""The score from which a member is taken to be meant; ``bench/directory.py`` measures it."""

ALMOST = 90
"""The score from which two members' names are almost the same."""

_WEBSITE = 92
_INITIALS = {3: 78, 4: 86}
"""By how many letters there are: three stand for many names, so that they only hint."""

_DOUBTFUL = 0.75
"""What is left of a likeness where something beside the name speaks against it."""


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
    ways = readings(asked, words)
    at = domains(asked)
    found = []
    for member in members:
        names = tuple(_called(0, member, words))
        pairs = ((reading, called) for reading in ways for called in names)
        found.append(_best(member, pairs, at_home=any(_at_home(domain, member) for domain in at)))
    return _in_order(found, at_least)


class Directory:
    """Members whose names are taken apart once, so that many references can be looked up."""

    def __init__(self, members: Sequence[Member], words: NameWords) -> None:
        self.members = tuple(members)
        self._words = words
        self._homes: dict[str, list[int]] = {}
        names: dict[tuple[bool, bool], list[Called]] = {}
        for at, member in enumerate(self.members):
            self._homes.setdefault(_home(member), []).append(at)
            for called in _called(at, member, words):
                names.setdefault((member.kind is Kind.INDIVIDUAL, called.name.foreign), []).append(called)
        self._shelves = [
            Shelf(found, person=person, foreign=foreign) for (person, foreign), found in names.items()
        ]

    def match(self, name: str, *, at_least: int = THRESHOLD) -> tuple[Match, ...]:
        """The members whom ``name`` may mean: what ``match`` of this module finds, in a fraction of the time.

        ``at_least`` is 1 or more.
        """
        asked = name[:LONGEST]
        near: dict[int, list[tuple[Reading, Called]]] = {}
        for reading in readings(asked, self._words):
            for called in sorted(self._candidates(reading, at_least)):
                near.setdefault(called.member, []).append((reading, called))
        homes = (home for domain in domains(asked) for home in _above(domain))
        at_home = {at for home in homes for at in self._homes.get(home, ())}
        found = (
            _best(self.members[at], near.get(at, ()), at_home=at in at_home)
            for at in sorted(at_home.union(near))
        )
        return _in_order(found, at_least)

    def _candidates(self, reading: Reading, at_least: int) -> Iterator[Called]:
        # A score is rounded; the rest is for what sums of floats in another order may differ by.
        needed = (at_least - 0.51) / (100 * _usually_left(reading))
        if needed <= 1:
            for shelf in self._shelves:
                yield from shelf.candidates(reading, needed)


@lru_cache(maxsize=4)
def directory_of(members: tuple[Member, ...], words: NameWords) -> Directory:
    """The directory of these members, the same one as long as they are the same."""
    return Directory(members, words)


def _in_order(found: Iterable[Match | None], at_least: int) -> tuple[Match, ...]:
    wanted = (one for one in found if one is not None and one.score >= at_least)
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


# ── one member ───────────────────────────────────────────────────────────────────────────────────


def _best(member: Member, pairs: Iterable[tuple[Reading, Called]], *, at_home: bool) -> Match | None:
    """What speaks most for ``member`` among ways to read a reference, each with a name of theirs."""
    candidates = [found for reading, called in pairs for found in _by_name(member, reading, called)]
    if at_home:
        candidates.append(Match(member, _WEBSITE, Why.WEBSITE, member.website))
    return max(candidates, key=lambda one: one.score, default=None)


def _home(member: Member) -> str:
    """The domain of the member's website."""
    return next(iter(sites(member.website)), "")


def _at_home(domain: str, member: Member) -> bool:
    """Whether ``domain`` is that of the member's website, or below it."""
    return bool(home := _home(member)) and home in _above(domain)


def _above(domain: str) -> Iterator[str]:
    """``domain`` and those that it is below."""
    while domain:
        yield domain
        domain = domain.partition(".")[2]


def _by_name(member: Member, reading: Reading, called: Called) -> Iterator[Match]:
    if not reading.name.words:
        return
    beside = _left_over(reading, member)
    asked = reading.person if member.kind is Kind.INDIVIDUAL else reading.name
    likeness = alike(asked, called.name, member)
    why = _why(reading, called, member, likeness)
    yield Match(member, round(100 * likeness * beside), why, called.text)
    if initials := _by_initials(reading, called):
        yield Match(member, round(initials * beside), Why.INITIALS, called.text)


def _called(at: int, member: Member, words: NameWords) -> Iterator[Called]:
    """The names of ``member``, which is number ``at`` of its directory."""
    for place, name in enumerate(_names(member)):
        yield Called(
            at, place, name, take_apart(name, words, person=member.kind is Kind.INDIVIDUAL), acronym(name)
        )


def _names(member: Member) -> Iterator[str]:
    for name in (member.name, *member.other_names):
        yield name
        if inside := BRACKETS.findall(name):
            yield " ".join(BRACKETS.sub(" ", name).split())
            yield from (one for one in inside if acronym(one))
    if member.acronym:
        yield member.acronym


def _by_initials(reading: Reading, called: Called) -> int:
    short = reading.acronym if reading.acronym in called.name.initials else ""
    if not short and called.acronym in reading.name.initials:
        short = called.acronym
    return _INITIALS[min(len(short), max(_INITIALS))] if short else 0


def _why(reading: Reading, called: Called, member: Member, likeness: float) -> Why:
    if reading.name.foreign != called.name.foreign:
        return Why.SCRIPT
    if likeness < 1:
        return Why.SPELLING
    return Why.ACRONYM if called.text == member.acronym else Why.SAME


def _left_over(reading: Reading, member: Member) -> float:
    """What is left of the likeness when the rest of the reference is looked at, too: 1 takes nothing.

    A city, an office or a person beside the name are usual; another country than the member's is a doubt; and
    common words alone («Women's Centre») do not tell whose they are once the rest is taken away.
    """
    usually = _usually_left(reading)
    countries = {word.country for word in reading.rest.words if word.country}
    if countries and member.country and member.country not in countries:
        return _DOUBTFUL
    return usually


def _usually_left(reading: Reading) -> float:
    """The same for a member of whose country nothing is known: there is none of whom more is left."""
    if not reading.rest.words:
        return 1.0
    if reading.name.tells < 1:
        return _DOUBTFUL
    return 0.99 if any(word.country for word in reading.rest.words) else 0.97


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
    people: dict[Member, list[Person]] = {}
    for person, of in contacts(roster, members, at, words):
        if of is not None:
            people.setdefault(of, []).append(person)
    return tuple(
        Voice(member, tuple(people[member]))
        for member in members
        if member.kind is Kind.ORGANIZATION and member.belongs(at) and member in people
    )
