"""What the doctor looks at on the roster and in the members' directory: who is there, who fits whom."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from mailbot.cli.findings import Check, bad, counted, good, mind
from mailbot.cli.sheets import term_cells
from mailbot.config import Settings
from mailbot.people.directory import contacts, directory_of, near_names, voices
from mailbot.people.names import NameWords, organization_key
from mailbot.people.roster import in_force
from mailbot.rulebook import RuleError, load_rules
from mailbot.store import members as store_members
from mailbot.store import people as store_people
from mailbot.store.engine import Store
from mailbot.values import Kind, Member, Person, Role

_NAMED = 5
"""How many names a finding lists; it counts the rest."""


def roster(store: Store, settings: Settings, now: datetime) -> Iterator[Check]:
    """Whether there is anybody who can steer, and anybody who can vote."""
    with store.look() as connection:
        people = store_people.roster(connection)
    office = in_force(people, Role.SECRETARIAT, now)
    if office:
        yield good("roster", f"{counted(len(people), 'person', 'people')}, {len(office)} of the Secretariat.")
    else:
        yield bad(
            "roster",
            "Nobody of the Secretariat is on it today: nobody is told of applications, and nobody can steer. "
            "Run «mailbot people import roster.csv».",
        )
    yield from board(people, settings, now)


def board(people: Sequence[Person], settings: Settings, now: datetime) -> Iterator[Check]:
    """Whether the Board is complete: nobody in force, or terms that ended and were not renewed."""
    serving = {person.name for person in in_force(people, Role.BOARD, now)}
    if not serving:
        yield mind(
            "Board",
            "Nobody of the Board is in force today, so no ballot can be held. Run «mailbot people add».",
        )
    past = [p for p in people if p.role is Role.BOARD and p.until is not None and p.until <= now]
    ended = {person.name: person.until for person in past if person.name not in serving}
    if ended:
        zone = settings.network.zone
        names = [f"{name} ({term_cells(None, until, zone)['until']})" for name, until in ended.items()]
        yield mind(
            "Board",
            f"{counted(len(ended), 'term has', 'terms have')} ended: {_listed(names)}. They get no ballots. "
            "«mailbot people change» gives a new term.",
        )


def directory(store: Store, settings: Settings, now: datetime) -> Iterator[Check]:
    """Whether members and the people who answer for them fit together."""
    with store.look() as connection:
        people, everyone = store_people.roster(connection), store_members.every(connection)
    try:
        words = load_rules(*([Path(settings.folders.rules)] if settings.folders.rules else [])).names
    except RuleError:
        return  # told already
    present = tuple(member for member in everyone if member.belongs(now))
    if not everyone:
        yield mind(
            "members",
            "The members' directory is empty: references are matched with nobody, and no member is asked. "
            "Run «mailbot members import members.csv».",
        )
        return
    troubles = [
        *silent(people, everyone, now, words),
        *strangers(people, everyone, now, words),
        *alike(people, present, now, words),
    ]
    yield from troubles
    if not troubles:
        count = counted(len(present), "member", "members")
        yield good("members", f"{count}, a contact for every organization.")


def silent(
    people: Sequence[Person], everyone: Sequence[Member], now: datetime, words: NameWords
) -> Iterator[Check]:
    """Member organizations for which nobody answers."""
    heard = {voice.organization for voice in voices(people, everyone, now, words)}
    mute = [m.name for m in everyone if m.kind is Kind.ORGANIZATION and m.belongs(now) and m not in heard]
    if mute:
        yield mind(
            "members",
            f"{counted(len(mute), 'organization has', 'organizations have')} no contact on the roster and "
            f"no voice: {_listed(mute)}. «mailbot people add NAME --role member --organization …» gives one.",
        )


def strangers(
    people: Sequence[Person], everyone: Sequence[Member], now: datetime, words: NameWords
) -> Iterator[Check]:
    """People in the role of a member who are tied to none that is one today."""
    tied = contacts(people, everyone, now, words)
    loose = [person for person, member in tied if member is None or not member.belongs(now)]
    if loose:
        present = tuple(member for member in everyone if member.belongs(now))
        told = [_told(person, present, words) for person in loose[:_NAMED]]
        yield mind(
            "members",
            f"{counted(len(loose), 'person has', 'people have')} the role member and answer for none: "
            f"{_listed(told, len(loose))}. Write the organization as the directory does, or add the member.",
        )


def _told(person: Person, present: Sequence[Member], words: NameWords) -> str:
    meant = person.organization or person.name
    near = directory_of(tuple(present), words).match(meant)
    hint = f", perhaps {near[0].member.name}" if near else ""
    return f"{person.name} ({meant}{hint})" if person.organization else f"{person.name}{hint}"


def alike(
    people: Sequence[Person], present: Sequence[Member], now: datetime, words: NameWords
) -> Iterator[Check]:
    """Members of almost the same name, and organizations of the roster that are spelled in several ways."""
    pairs = [f"{one.name} and {other.name}" for one, other in near_names(present, words)]
    if pairs:
        yield mind(
            "members",
            f"{counted(len(pairs), 'pair of members has', 'pairs of members have')} almost the same name: "
            f"{_listed(pairs)}. If they are one, it has two voices: «mailbot members end» one of them.",
        )
    spelled: dict[str, dict[str, None]] = {}
    for person in in_force(people, Role.MEMBER, now):
        if person.organization:
            key = organization_key(person.organization, words)
            spelled.setdefault(key, {})[person.organization] = None
    several = [" and ".join(names) for names in spelled.values() if len(names) > 1]
    if several:
        yield mind(
            "members",
            f"On the roster, {counted(len(several), 'organization is', 'organizations are')} spelled in "
            f"several ways: {_listed(several)}. Each counts as one; write them alike all the same.",
        )


def _listed(names: Sequence[str], count: int = 0) -> str:
    more = (count or len(names)) - len(names[:_NAMED])
    return ", ".join(names[:_NAMED]) + (f" and {more} more" if more > 0 else "")
