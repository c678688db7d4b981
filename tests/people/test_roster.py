"""Who of the roster is meant by an address, and who is in office."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from mailbot.cli.roster_csv import read_roster, write_roster
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


NAIROBI, LA_PAZ, CAIRO = ZoneInfo("Africa/Nairobi"), ZoneInfo("America/La_Paz"), ZoneInfo("Africa/Cairo")
TERM = """\
name,addresses,role,from,until
Bo,bo@fjord.example,board,2026-01-01,2026-04-23
"""

MOMENTS = [
    # where the network is, when, whether Bo, whose term is from 1 January to 23 April, may vote
    (NAIROBI, "2025-12-31T23:59:59.999999+03:00", False),
    (NAIROBI, "2026-01-01T00:00:00+03:00", True),
    (NAIROBI, "2025-12-31T21:00:00+00:00", True),  # the new year is three hours old in Nairobi
    (NAIROBI, "2026-04-23T23:59:59.999999+03:00", True),
    (NAIROBI, "2026-04-24T00:00:00+03:00", False),
    (NAIROBI, "2026-04-23T21:00:00+00:00", False),
    (LA_PAZ, "2026-01-01T03:59:59+00:00", False),
    (LA_PAZ, "2026-01-01T04:00:00+00:00", True),
    (LA_PAZ, "2026-04-24T03:59:59+00:00", True),  # still the 23rd in La Paz
    (LA_PAZ, "2026-04-24T04:00:00+00:00", False),
    (CAIRO, "2026-04-23T21:59:59+00:00", True),
    (
        CAIRO,
        "2026-04-23T22:00:00+00:00",
        False,
    ),  # clocks leap from there to one o'clock
]


@pytest.mark.parametrize(("zone", "at", "serves"), MOMENTS, ids=[f"{zone} {at}" for zone, at, _ in MOMENTS])
def test_a_board_member_serves_from_the_first_day_to_the_last_where_the_network_is(
    zone: ZoneInfo, at: str, serves: bool
) -> None:
    roster, problems = read_roster(TERM.encode(), zone)
    assert problems == ()
    assert bool(in_force(roster, Role.BOARD, datetime.fromisoformat(at))) is serves
    assert write_roster(roster, zone).splitlines()[1].endswith("2026-01-01,2026-04-23")
