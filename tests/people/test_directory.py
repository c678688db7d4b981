"""Which member a reference means, and who speaks for which member."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.directory import measure, read_table
from mailbot.people.directory import THRESHOLD, Why, contacts, directory_of, match, near_names, voices
from mailbot.rulebook import load_rules
from mailbot.values import Kind, Member, Person, Role

WORDS = load_rules().names
MEMBERS, REFERENCES = read_table()
BY_NAME = {member.name: member for member in MEMBERS}
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

PAIRS = [
    # a reference, a member's name, whether the one means the other
    ("FIAN", "FIAN International", True),
    ("FoodFirst Information and Action Network", "FIAN International", True),
    ("FIAN", "FIAN Nepal", False),
    ("FIAN Nepal", "FIAN International", False),
    ("Women's Centre Nairobi", "Women's Centre Kampala", False),
    ("Women's Centre, Kampala", "Women's Centre Nairobi", False),
    ("Centre for Women, Nairobi", "Women's Centre Nairobi", True),
    ("Ms Amina Odhiambo of Bahari Yetu Network", "Bahari Yetu Network", True),
    ("Centro Ñandutí de Asesoría Legal, Asunción", "Centro Ñandutí de Asesoría Legal", True),
    ("info@nanduti.example", "Centro Ñandutí de Asesoría Legal", True),
    ("info@notnanduti.example", "Centro Ñandutí de Asesoría Legal", False),
    ("info@nanduti.example.org", "Centro Ñandutí de Asesoría Legal", False),
    ("Al-Nakhil Centre", "مركز النخيل", True),
    ("Родник", "Rodnik", True),
]


@pytest.mark.parametrize(("reference", "name", "means"), PAIRS, ids=[f"{a} – {b}" for a, b, _ in PAIRS])
def test_a_reference_means_a_member_or_not(reference: str, name: str, means: bool) -> None:
    member = BY_NAME.get(name, Member(name, Kind.ORGANIZATION))
    assert bool(match(reference, [member], WORDS)) is means


@pytest.mark.parametrize(
    ("group", "precision", "recall"), [("tuned", 0.99, 0.95), ("second", 0.97, 0.92), ("fresh", 0.97, 0.80)]
)
def test_references_are_found_in_a_directory(group: str, precision: float, recall: float) -> None:
    result = measure(REFERENCES[group], MEMBERS, WORDS)
    assert result.precision >= precision, result.wrong
    assert result.recall >= recall, result.wrong


@pytest.mark.parametrize("member", MEMBERS, ids=[member.name for member in MEMBERS])
def test_every_member_is_found_first_by_each_of_its_names(member: Member) -> None:
    for name in (member.name, *member.other_names):
        best = match(name, MEMBERS, WORDS)[0]
        assert (best.member, best.score) == (member, 100)


@pytest.mark.parametrize(
    ("reference", "name", "why", "by"),
    [
        ("fjord forum", "Fjord Forum", Why.SAME, "Fjord Forum"),
        ("REMA", "Red de Mujeres del Altiplano", Why.ACRONYM, "REMA"),
        ("IARN", "Institute for Agrarian Reform of the North", Why.INITIALS, ""),
        ("Bahari Yetu Netwok", "Bahari Yetu Network", Why.SPELLING, "Bahari Yetu Network"),
        ("Adwar Foundation", "مؤسسة أدوار", Why.SCRIPT, ""),
        ("amina@bahariyetu.example", "Bahari Yetu Network", Why.WEBSITE, "https://bahariyetu.example"),
    ],
)
def test_a_match_says_what_speaks_for_it(reference: str, name: str, why: Why, by: str) -> None:
    member = BY_NAME.get(name, Member(name, Kind.ORGANIZATION))
    (found,) = match(reference, [member], WORDS)
    assert (found.why, found.by) == (why, by or name)
    assert THRESHOLD <= found.score <= 100


def test_the_best_stands_first_and_those_that_are_near_are_shown_when_asked_for() -> None:
    found = match("FIAN Nepal", MEMBERS, WORDS, at_least=40)

    assert [one.member.name for one in found[:2]] == ["FIAN Nepal", "FIAN International"]
    assert found[0].score == 100
    assert found[1].score < THRESHOLD
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)


def test_another_country_than_the_members_is_a_doubt() -> None:
    forum = Member("Fjord Forum", Kind.ORGANIZATION, "NO")
    places = ("Norway", "Bergen", "Chile")
    assert [place for place in places if match(f"Fjord Forum, {place}", [forum], WORDS)] == [
        "Norway",
        "Bergen",
    ]


@given(st.text(max_size=80))
@settings(max_examples=50, deadline=None)
def test_nothing_makes_it_raise_and_scores_are_scores(text: str) -> None:
    for found in match(text, MEMBERS, WORDS, at_least=0):
        assert 0 <= found.score <= 100


@pytest.mark.parametrize("at_least", [1, 40, THRESHOLD])
def test_a_directory_finds_what_comparing_each_member_finds(at_least: int) -> None:
    known = directory_of(MEMBERS, WORDS)
    for group in REFERENCES.values():
        for text, *_ in group[::3]:
            assert known.match(text, at_least=at_least) == match(text, MEMBERS, WORDS, at_least=at_least)


PIECES = sorted(
    {piece for member in MEMBERS for piece in (*member.name.split(), member.acronym, member.website)}
)


@given(
    st.lists(st.sampled_from([*PIECES, "of", "women", "Network", "Kenya", "R."]), max_size=5),
    st.sampled_from([" ", " ", ", ", ""]),
    st.integers(0, 20),
    st.sampled_from([1, 40, 60, THRESHOLD, 100]),
)
@settings(max_examples=150, deadline=None)
def test_it_does_so_for_names_in_pieces(pieces: list[str], between: str, lost: int, at_least: int) -> None:
    whole = between.join(pieces)
    text = whole[:lost] + whole[lost + 1 :]
    found = directory_of(MEMBERS, WORDS).match(text, at_least=at_least)
    assert found == match(text, MEMBERS, WORDS, at_least=at_least)


def test_a_directory_knows_individuals_by_their_initials_in_capitals_as_well() -> None:
    (member,) = members = (Member("FIAN", Kind.INDIVIDUAL),)
    reference = "FoodFirst Information and Action Network"
    (found,) = directory_of(members, WORDS).match(reference)
    assert (found.member, found.why) == (member, Why.INITIALS)
    assert (found,) == match(reference, members, WORDS)


def test_a_directory_is_made_once_for_the_same_members() -> None:
    assert directory_of(MEMBERS, WORDS) is directory_of(tuple(replace(one) for one in MEMBERS), WORDS)


def test_nothing_means_nobody() -> None:
    assert match("", MEMBERS, WORDS) == ()
    assert directory_of(MEMBERS, WORDS).match("") == ()
    assert directory_of((), WORDS).match("Fjord Forum") == ()
    assert match("Fjord Forum", (), WORDS) == ()


def test_members_of_almost_the_same_name_are_paired_once() -> None:
    names = (
        "Fjord Forum",
        "Forum of the Fjord",
        "Fjord Forum Nepal",
        "Delta Commons",
        "Women's Centre",
        "Centro de Mujeres",
    )
    members = [Member(name, Kind.ORGANIZATION) for name in names]
    assert near_names([*members, Member("Fjord Forum", Kind.INDIVIDUAL)], WORDS) == (
        (members[0], members[1]),
        (members[4], members[5]),
    )


# ── who speaks for whom ──────────────────────────────────────────────────────────────────────────

FJORD = Member("Fjord Forum", Kind.ORGANIZATION, "NO", acronym="FF", other_names=("Fjordforumet",))
DELTA = Member("Delta Commons", Kind.ORGANIZATION)
CHI = Member("Chi Okafor", Kind.INDIVIDUAL)

BO = Person("Bo Lindqvist", Role.MEMBER, ("bo@fjord.example",), "The Fjord Forum", Kind.ORGANIZATION)
LIV = Person("Liv Dahl", Role.MEMBER, ("liv@fjord.example",), "FF")
DANA = Person("Dana Reyes", Role.MEMBER, ("dana@delta.example",), "Delta Commons")
CHI_HERSELF = Person("Chi Okafor", Role.MEMBER, ("chi@post.example",), "", Kind.INDIVIDUAL)
STRANGER = Person("Sam Odede", Role.MEMBER, ("sam@lake.example",), "Lake Circle")
OF_THE_BOARD = Person("Eva Ruiz", Role.BOARD, ("eva@delta.example",), "Delta Commons")


def test_an_organization_has_one_voice_whoever_raises_it() -> None:
    roster = (BO, LIV, DANA, CHI_HERSELF, STRANGER, OF_THE_BOARD)
    assert voices(roster, (FJORD, DELTA, CHI), NOW, WORDS) == ((FJORD, (BO, LIV)), (DELTA, (DANA,)))


DAY = timedelta(days=1)
SILENT = [
    ("nobody answers for it", (OF_THE_BOARD,), DELTA),
    ("the contact's term is over", (replace(DANA, until=NOW),), DELTA),
    ("the contact's term is to come", (replace(DANA, since=NOW + DAY),), DELTA),
    ("it is no member any more", (DANA,), replace(DELTA, until=NOW)),
    ("it is no member yet", (DANA,), replace(DELTA, since=NOW + DAY)),
    ("it is an individual", (CHI_HERSELF,), CHI),
    ("the person is on the roster for herself", (replace(DANA, kind=Kind.INDIVIDUAL),), DELTA),
    ("the name is another one's", (replace(DANA, organization="Delta Commons Nepal"),), DELTA),
]


@pytest.mark.parametrize(("roster", "member"), [one[1:] for one in SILENT], ids=[one[0] for one in SILENT])
def test_these_have_no_voice(roster: tuple[Person, ...], member: Member) -> None:
    assert voices(roster, (member,), NOW, WORDS) == ()


def test_a_contact_is_tied_to_a_member_by_name_first_then_by_other_names_and_acronym() -> None:
    other = Member("FF", Kind.ORGANIZATION)
    assert contacts((BO, LIV, CHI_HERSELF, STRANGER), (FJORD, other, CHI), NOW, WORDS) == (
        (BO, FJORD),
        (LIV, other),
        (CHI_HERSELF, CHI),
        (STRANGER, None),
    )
