"""The people whom the bot knows by role, as they stood at a given time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from mailbot.values import Address, Person, Role


def in_force(people: Iterable[Person], role: Role, at: datetime) -> tuple[Person, ...]:
    """Those who hold ``role`` and whose term covers ``at``, in the order of the roster."""
    return tuple(person for person in people if person.role is role and person.serves(at))


def known_by(people: Iterable[Person], email: str, at: datetime) -> tuple[Person, ...]:
    """Every line of the roster, its term covering ``at``, that has this address: a person may hold
    two roles, and two people may share one address."""
    key = Address(email).key
    return tuple(p for p in people if p.serves(at) and key in {Address(a).key for a in p.addresses})
