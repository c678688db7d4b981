"""How sure we are of a sender, from their address, their credentials and our server's verdict."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailbot.people.trust import Standing, Trust, judge
from mailbot.values import Address, Authentication, Credential, Person, Role

PASS, FAIL, NONE = Authentication.PASS, Authentication.FAIL, Authentication.NONE
VOUCHED, CLAIMED, STRANGER = Standing.VOUCHED, Standing.CLAIMED, Standing.STRANGER

INES = Person("Ines Duarte", Role.SECRETARIAT, ("ines@network.example", "ines@post.example"))
OMAR = Person("Omar Haddad", Role.SECRETARIAT, ("omar@network.example", "office@network.example"))
CHIDI = Person("Chidi Okafor", Role.BOARD, ("chidi@network.example", "office@network.example"))
OFFICE = Address("office@network.example", "Omar Haddad")
REHEMA = Address("rehema@bahariyetu.example", "Rehema Kazungu")


def given_to(email: str, outgoing: int = 1) -> Credential:
    return Credential(email, "M-2026-0001", "screening_notice", outgoing)


HERS = given_to("ines@network.example")


@pytest.mark.parametrize(
    ("email", "credentials", "verdict", "trust"),
    [
        ("ines@network.example", [HERS], NONE, Trust(VOUCHED, "credential", (INES,), HERS)),
        ("ines@network.example", [HERS], PASS, Trust(VOUCHED, "credential", (INES,), HERS)),
        ("ines@network.example", [], PASS, Trust(VOUCHED, "authenticated", (INES,))),
        ("ines@network.example", [], NONE, Trust(CLAIMED, "no_credential", (INES,))),
        ("ines@network.example", [], FAIL, Trust(CLAIMED, "failed_authentication", (INES,))),
        ("ines@network.example", [HERS], FAIL, Trust(CLAIMED, "failed_authentication", (INES,), HERS)),
        # the letter went to her office, and she answers from her other address
        ("INES@post.example", [HERS], NONE, Trust(VOUCHED, "credential", (INES,), HERS)),
    ],
)
def test_somebody_of_the_roster(
    email: str, credentials: list[Credential], verdict: Authentication, trust: Trust
) -> None:
    assert judge(Address(email), credentials, verdict, [INES], on_a_case=False) == trust


@pytest.mark.parametrize(
    ("credentials", "verdict", "trust"),
    [
        ([given_to(REHEMA.email)], NONE, Trust(VOUCHED, "credential", (), given_to(REHEMA.email))),
        ([], PASS, Trust(VOUCHED, "authenticated")),
        ([], NONE, Trust(CLAIMED, "no_credential")),
        ([], FAIL, Trust(CLAIMED, "failed_authentication")),
        ([HERS], NONE, Trust(CLAIMED, "wrong_person")),
    ],
)
def test_somebody_on_a_case(credentials: list[Credential], verdict: Authentication, trust: Trust) -> None:
    assert judge(REHEMA, credentials, verdict, [], on_a_case=True) == trust


@pytest.mark.parametrize("verdict", [PASS, NONE, FAIL])
def test_a_stranger_stays_one_whatever_they_carry(verdict: Authentication) -> None:
    own = given_to(REHEMA.email)

    assert judge(REHEMA, [HERS], verdict, [], on_a_case=False) == Trust(STRANGER, "unknown_sender")
    assert judge(REHEMA, [own], verdict, [], on_a_case=False) == Trust(
        STRANGER, "unknown_sender", credential=own
    )


def test_of_several_credentials_the_nearest_that_is_theirs_counts() -> None:
    stolen, near, far = given_to("omar@network.example", 3), given_to("ines@network.example", 2), HERS

    trust = judge(Address("ines@network.example"), [stolen, near, far], NONE, [INES], on_a_case=False)

    assert trust.credential == near


@pytest.mark.parametrize(
    ("credentials", "verdict", "people"),
    [
        pytest.param([given_to("omar@network.example")], NONE, (OMAR,), id="his own letter: he alone"),
        pytest.param([given_to("chidi@network.example")], NONE, (CHIDI,), id="hers: she alone"),
        pytest.param([given_to("office@network.example")], NONE, (OMAR, CHIDI), id="to the shared address"),
        pytest.param(
            [given_to("omar@network.example")], PASS, (OMAR, CHIDI), id="the server vouches for both"
        ),
    ],
)
def test_two_people_who_share_an_address_do_not_share_their_credentials(
    credentials: list[Credential], verdict: Authentication, people: tuple[Person, ...]
) -> None:
    trust = judge(OFFICE, credentials, verdict, [OMAR, CHIDI], on_a_case=False)

    assert (trust.standing, trust.people) == (VOUCHED, people)


# ── whatever is mixed ────────────────────────────────────────────────────────────────────────────

SENDERS = ["ines@network.example", "ines@post.example", "office@network.example", REHEMA.email, ""]
senders = st.sampled_from(SENDERS).map(Address)
credentials = st.lists(
    st.builds(given_to, st.sampled_from([*SENDERS, "omar@network.example"]), st.integers(1, 9)), max_size=4
)


def roster_of(sender: Address) -> tuple[Person, ...]:
    return tuple(p for p in (INES, OMAR, CHIDI) if sender.email in p.addresses)


def granted(trust: Trust) -> set[str]:
    """What may be done: nothing, or what each of these lines of the roster, or a participant, may."""
    return {"as participant", *(p.name for p in trust.people)} if trust.vouched else set()


@settings(deadline=None)
@given(senders, credentials, st.sampled_from(Authentication), st.booleans(), st.data())
def test_taking_evidence_away_never_grants_more(
    sender: Address,
    carried: Sequence[Credential],
    verdict: Authentication,
    on_a_case: bool,
    data: st.DataObject,
) -> None:
    fewer = data.draw(st.lists(st.sampled_from(carried), unique=True) if carried else st.just([]))
    weaker = NONE if verdict is PASS and data.draw(st.booleans()) else verdict
    unknown = on_a_case and data.draw(st.booleans())
    people = roster_of(sender)

    more = judge(sender, carried, verdict, people, on_a_case=on_a_case)
    less = judge(sender, fewer, weaker, people, on_a_case=on_a_case and not unknown)

    assert granted(less) <= granted(more)


@settings(deadline=None)
@given(senders, credentials, st.booleans())
def test_a_credential_given_to_somebody_else_never_vouches(
    sender: Address, carried: list[Credential], on_a_case: bool
) -> None:
    people = roster_of(sender)
    own = {sender.email, *(address for person in people for address in person.addresses)}
    stolen = [credential for credential in carried if credential.email not in own]

    assert not judge(sender, stolen, NONE, people, on_a_case=on_a_case).vouched


@settings(deadline=None)
@given(senders, credentials, st.booleans())
def test_a_failed_verdict_is_never_outweighed(
    sender: Address, carried: list[Credential], on_a_case: bool
) -> None:
    assert not judge(sender, carried, FAIL, roster_of(sender), on_a_case=on_a_case).vouched
