"""The members' directory as it is kept."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mailbot.store import members
from mailbot.store.engine import Store
from mailbot.values import Kind, Member

from .cast import MINUTE, MORNING

FJORD = Member(
    "Fjord Forum",
    Kind.ORGANIZATION,
    "NO",
    "en",
    acronym="FF",
    other_names=("Fjordforum", "منتدى المضيق"),
    website="fjord.example",
    since=MORNING,
)
DELTA = Member("Delta Commons", Kind.ORGANIZATION, until=MORNING)
CHI = Member("Chi Okafor", Kind.INDIVIDUAL, "NG")


def test_members_come_back_as_they_were_kept(store: Store) -> None:
    with store.begin() as c:
        for member in (FJORD, DELTA, CHI):
            members.add(c, member)

    with store.look() as c:
        assert members.every(c) == (FJORD, DELTA, CHI)


def test_a_new_directory_replaces_the_old_one(store: Store) -> None:
    with store.begin() as c:
        members.replace_all(c, [FJORD, DELTA])
        members.replace_all(c, [CHI, FJORD])

        assert members.every(c) == (CHI, FJORD)
        members.replace_all(c, [])
        assert members.every(c) == ()


def test_a_member_is_changed_in_its_place(store: Store) -> None:
    renamed = replace(FJORD, name="Forum of the Fjords", other_names=("Fjord Forum",), acronym="")
    with store.begin() as c:
        members.replace_all(c, [FJORD, CHI])
        members.change(c, "Fjord Forum", renamed)

        assert members.every(c) == (renamed, CHI)
        members.change(c, "Forum of the Fjords", replace(renamed, country="SE"))
        assert members.every(c) == (replace(renamed, country="SE"), CHI)


def test_a_membership_that_ended_stays_in_the_directory_and_is_not_in_force(store: Store) -> None:
    with store.begin() as c:
        members.replace_all(c, [FJORD, CHI])
        members.end(c, "Fjord Forum", MORNING + MINUTE)

        assert members.every(c) == (replace(FJORD, until=MORNING + MINUTE), CHI)
        assert members.in_force(c, MORNING - MINUTE) == (CHI,)
        assert [member.name for member in members.in_force(c, MORNING)] == ["Fjord Forum", "Chi Okafor"]
        assert members.in_force(c, MORNING + MINUTE) == (CHI,)


def test_no_two_members_have_the_same_name(store: Store) -> None:
    with store.begin() as c:
        members.replace_all(c, [FJORD, DELTA])

        with pytest.raises(members.NameTaken, match="a member Delta Commons already"):
            members.add(c, replace(CHI, name="Delta Commons"))
        with pytest.raises(members.NameTaken, match="Delta Commons"):
            members.change(c, "Fjord Forum", replace(FJORD, name="Delta Commons"))
        with pytest.raises(members.NameTaken):
            members.replace_all(c, [CHI, CHI])


def test_a_member_who_is_not_there_is_named(store: Store) -> None:
    with store.begin() as c:
        with pytest.raises(members.NoSuchMember, match="no member Fjord Forum"):
            members.change(c, "Fjord Forum", FJORD)
        with pytest.raises(members.NoSuchMember, match="no member Delta"):
            members.end(c, "Delta", MORNING)
