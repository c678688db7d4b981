"""Who of the roster is meant by an address, and who is in office."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mailbot.people.roster import in_force, known_by
from mailbot.values import Person, Role

MARCH, JUNE = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC)
INES = Person("Ines Duarte", Role.SECRETARIAT, ("ines@network.example", "Ines.Duarte@post.example"))
INES_TOO = Person("Ines Duarte", Role.BOARD, ("ines@network.example",))
OMAR = Person("Omar Haddad", Role.SECRETARIAT, ("omar@network.example",), until=MARCH)
CHIDI = Person("Chidi Okafor", Role.SECRETARIAT, ("chidi@network.example",), since=MARCH)
ROSTER = (INES, INES_TOO, OMAR, CHIDI)


def test_a_term_ends_where_the_next_begins() -> None:
    before = datetime(2026, 2, 28, 23, 59, tzinfo=UTC)

    assert in_force(ROSTER, Role.SECRETARIAT, before) == (INES, OMAR)
    assert in_force(ROSTER, Role.SECRETARIAT, MARCH) == (INES, CHIDI)


@pytest.mark.parametrize(
    ("email", "known"),
    [
        ("ines@network.example", (INES, INES_TOO)),
        ("INES@Network.Example", (INES, INES_TOO)),
        ("ines.duarte@POST.example", (INES,)),
        ("chidi@network.example", (CHIDI,)),
        ("omar@network.example", ()),  # his term is over
        ("ines@netvvork.example", ()),
        ("ines@network.example.evil.example", ()),
        ("ines+office@network.example", ()),
        ("іnes@network.example", ()),  # the first letter is Cyrillic
        ("ines", ()),
        ("", ()),
    ],
)
def test_an_address_is_known_in_every_line_that_has_it_and_only_as_a_whole(
    email: str, known: tuple[Person, ...]
) -> None:
    assert known_by(ROSTER, email, JUNE) == known
