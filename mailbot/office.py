"""What a round of work needs at hand: settings, rules, templates, store, clock and randomness.

It is built once and handed to the functions that work; none of them finds these by itself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from sqlalchemy import Connection

from mailbot.compose import Templates
from mailbot.config import Mailbox, Network, Settings
from mailbot.process.calendar import Calendar
from mailbot.rulebook import Rules, build_rules
from mailbot.store import rulesets
from mailbot.store.engine import Store
from mailbot.values import Address, Person, Role


def _nothing(_step: str, _row: int) -> None:
    """Between two steps of a letter's way, nothing happens: only a test stops here."""


def calendar_of(network: Network) -> Calendar:
    """The time zone and working days of the settings."""
    working = frozenset(day.number for day in network.working_days)
    return Calendar(network.zone, working, frozenset(network.holidays))


@dataclass
class Office:
    """The desk at which letters are handled. ``now`` tells the time, ``randomness(n)`` n random bytes.

    ``key`` signs reply addresses; ``step`` is called between any two steps of a letter's way, with a
    word for the one just taken and the row or UID of the letter.
    """

    settings: Settings
    rules: Rules
    templates: Templates
    store: Store
    key: bytes = field(repr=False)
    now: Callable[[], datetime]
    randomness: Callable[[int], bytes]
    step: Callable[[str, int], None] = _nothing
    _older: dict[str, Rules] = field(default_factory=dict, repr=False)

    @cached_property
    def calendar(self) -> Calendar:
        """The network's time zone and working days."""
        return calendar_of(self.settings.network)

    @cached_property
    def mailbox(self) -> Mailbox:
        """The inbox from whose address letters go out."""
        return self.settings.mailboxes[0]

    @property
    def addresses(self) -> frozenset[str]:
        """The keys of our own addresses."""
        return frozenset(Address(m.address).key for m in self.settings.mailboxes)

    def keep_rules(self) -> None:
        """Store the rules in force, so that a case can go on under those it began with."""
        with self.store.begin() as connection:
            rulesets.keep(connection, self.rules.hash, self.rules.content, self.now())

    def rules_of(self, connection: Connection, ruleset: str) -> Rules:
        """The rules that a case began with."""
        if ruleset == self.rules.hash:
            return self.rules
        if ruleset not in self._older:
            self._older[ruleset] = build_rules(rulesets.load(connection, ruleset))
        return self._older[ruleset]

    def language(self, wanted: str) -> str:
        """``wanted`` where letters can be written in it, else the network's own."""
        return wanted if wanted in self.templates.languages() else self.settings.network.language

    def by_hand(self, office: tuple[Person, ...]) -> Person:
        """Whoever writes from the mailbox itself: the office, with all its addresses.

        A reply typed in the shared inbox answers a notice that went to an officer's own address, so
        any officer's credential vouches for it.
        """
        addresses = [m.address for m in self.settings.mailboxes]
        addresses += [address for person in office for address in person.addresses]
        return Person(self.settings.network.name, Role.SECRETARIAT, tuple(addresses))
