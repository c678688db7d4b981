"""The roster as it is kept."""

from __future__ import annotations

from mailbot.store import people
from mailbot.store.engine import Store
from mailbot.values import Kind, Person, Role

from .cast import MINUTE, MORNING

MARA = Person("Mara Lind", Role.SECRETARIAT, ("Mara@Network.example", "mara@home.example"), since=MORNING)
BO = Person(
    "Bo", Role.BOARD, ("bo@board.example",), "Fjord", Kind.ORGANIZATION, "fr", MORNING, MORNING + MINUTE
)
MUTE = Person("Chi", Role.MEMBER, ())


def test_people_come_back_as_they_were_kept(store: Store) -> None:
    with store.begin() as c:
        for person in (MARA, BO, MUTE):
            people.add(c, person)

    with store.look() as c:
        assert people.roster(c) == (MARA, BO, MUTE)


def test_a_new_roster_replaces_the_old_one(store: Store) -> None:
    with store.begin() as c:
        people.replace_all(c, [MARA, BO])
        people.replace_all(c, [MUTE, MARA])

        assert people.roster(c) == (MUTE, MARA)
        people.replace_all(c, [])
        assert people.roster(c) == ()
