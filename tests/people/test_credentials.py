"""Tokens and signed addresses: what mail programs do to them is survived, all else is refused."""

from __future__ import annotations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from mailbot.people.credentials import (
    is_ours,
    new_message_id,
    signed_address,
    signed_in,
    thread_token,
    tokens_in,
)
from mailbot.values import Address, Letter

BOX = "membership@network.example"
KEY, OTHER_KEY = b"k" * 32, b"q" * 32
REHEMA, DIEGO = Address("rehema@bahariyetu.example"), Address("diego@rioabierto.example")
SIGNED = signed_address(BOX, 42, REHEMA.email, KEY)


def to(*addresses: str) -> Letter:
    return Letter(to=tuple(map(Address, addresses)))


# ── Message-IDs ──────────────────────────────────────────────────────────────────────────────────

FIRST = new_message_id(b"\x00" * 20, "network.example")
SECOND = new_message_id(bytes(range(20)), "network.example")


def test_a_message_id_holds_all_of_its_randomness_and_the_look_of_ours() -> None:
    assert new_message_id(b"\x00" * 20, "network.example") == f"mailbot.{'a' * 32}@network.example"
    assert is_ours(FIRST)
    assert is_ours(thread_token(FIRST))


@given(st.sets(st.binary(min_size=20, max_size=20), min_size=2))
@settings(deadline=None)
def test_different_randomness_gives_different_ids(drawn: set[bytes]) -> None:
    assert len({new_message_id(randomness, "network.example") for randomness in drawn}) == len(drawn)


@pytest.mark.parametrize(
    "message_id",
    ["", "mailbot.@network.example", f"mailbot.{'a' * 12}@x.example", "CAF=abc@mail.example", f"x{FIRST}"],
)
def test_other_peoples_ids_cost_no_look_up(message_id: str) -> None:
    assert not is_ours(message_id)
    assert tokens_in(Letter(in_reply_to=(message_id,), references=(message_id,))) == ()


@pytest.mark.parametrize(
    ("letter", "tokens"),
    [
        pytest.param(Letter(), (), id="no reply"),
        pytest.param(Letter(in_reply_to=(FIRST,)), (FIRST,), id="In-Reply-To"),
        pytest.param(Letter(references=(FIRST, SECOND)), (SECOND, FIRST), id="References, the nearest last"),
        pytest.param(
            Letter(in_reply_to=(FIRST,), references=(SECOND, FIRST)), (FIRST, SECOND), id="each one once"
        ),
        pytest.param(
            Letter(in_reply_to=("exchange@out.example",), references=(thread_token(FIRST),)),
            (FIRST,),
            id="the Message-ID was replaced, its copy in References was not",
        ),
        pytest.param(Letter(message_id=FIRST), (), id="a letter's own id answers nothing"),
        pytest.param(Letter(subject=FIRST, text=FIRST), (), id="nor does what is written"),
    ],
)
def test_the_letters_of_ours_that_are_answered_nearest_first(letter: Letter, tokens: tuple[str, ...]) -> None:
    assert tokens_in(letter) == tokens


# ── signed addresses ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "letter",
    [
        pytest.param(to(SIGNED), id="To"),
        pytest.param(Letter(cc=(Address(SIGNED, "Network"),)), id="Cc"),
        pytest.param(to("diego@rioabierto.example", SIGNED), id="among others"),
        pytest.param(to(SIGNED.upper()), id="in capitals"),
        pytest.param(to(SIGNED.title()), id="in mixed case"),
        pytest.param(Letter(headers=(("delivered-to", SIGNED),)), id="Delivered-To"),
        pytest.param(Letter(headers=(("x-original-to", f"<{SIGNED}>"),)), id="X-Original-To, in brackets"),
        pytest.param(Letter(headers=(("envelope-to", SIGNED.upper()),)), id="Envelope-To"),
        pytest.param(Letter(to=(Address(SIGNED),), cc=(Address(SIGNED),)), id="twice"),
    ],
)
def test_a_signed_address_is_found_wherever_a_server_puts_it(letter: Letter) -> None:
    assert signed_in(letter, BOX, REHEMA, KEY) == (42,)


@pytest.mark.parametrize("sender", ["Rehema@BahariYetu.example", " rehema@bahariyetu.example "])
def test_the_sender_may_write_their_own_address_in_another_case(sender: str) -> None:
    assert signed_in(to(SIGNED), BOX, Address(sender), KEY) == (42,)


@pytest.mark.parametrize(
    ("letter", "sender", "key"),
    [
        pytest.param(to(SIGNED), DIEGO, KEY, id="given to somebody else"),
        pytest.param(to(SIGNED), REHEMA, OTHER_KEY, id="signed with another key"),
        pytest.param(to(SIGNED), Address(""), KEY, id="from nobody"),
        pytest.param(to(BOX), REHEMA, KEY, id="the plain address"),
        pytest.param(to(SIGNED.replace("network.", "network2.")), REHEMA, KEY, id="at another domain"),
        pytest.param(to(SIGNED.replace("membership", "office")), REHEMA, KEY, id="of another mailbox"),
        pytest.param(to(SIGNED.replace("+c42", "+c042")), REHEMA, KEY, id="the number written otherwise"),
        pytest.param(to(SIGNED.replace("+c42", "+c٤٢")), REHEMA, KEY, id="Arabic digits"),
        pytest.param(
            to(SIGNED.replace("membership", "memberſhip")), REHEMA, KEY, id="a letter that folds into s"
        ),
        pytest.param(to(f"x{SIGNED}"), REHEMA, KEY, id="something before it"),
        pytest.param(Letter(subject=SIGNED, text=SIGNED), REHEMA, KEY, id="only written in the letter"),
        pytest.param(Letter(reply_to=(Address(SIGNED),)), REHEMA, KEY, id="in a Reply-To"),
    ],
)
def test_a_signed_address_proves_nothing(letter: Letter, sender: Address, key: bytes) -> None:
    assert signed_in(letter, BOX, sender, key) == ()


@settings(deadline=None)
@given(st.integers(0, len(SIGNED) - 1), st.characters())
def test_any_changed_character_is_refused(at: int, character: str) -> None:
    assume(character.lower() != SIGNED[at].lower() or not character.isascii())
    assume(at < SIGNED.index("@") or character.isascii())  # domains are compared as mail compares them
    changed = SIGNED[:at] + character + SIGNED[at + 1 :]

    assert signed_in(to(changed), BOX, REHEMA, KEY) == ()


@settings(deadline=None)
@given(st.integers(0, len(SIGNED) - 1))
def test_a_cut_address_is_refused(length: int) -> None:
    assert signed_in(to(SIGNED[:length]), BOX, REHEMA, KEY) == ()


@settings(deadline=None)
@given(st.lists(st.booleans(), min_size=len(SIGNED), max_size=len(SIGNED)))
def test_whatever_case_a_mail_program_folds_it_to_it_is_known(upper: list[bool]) -> None:
    folded = "".join(c.upper() if up else c for c, up in zip(SIGNED, upper, strict=True))

    assert signed_in(to(folded), BOX, REHEMA, KEY) == (42,)


@settings(deadline=None)
@given(st.integers(1, 10**18 - 1), st.emails(), st.emails())
def test_an_address_signed_for_one_vouches_for_nobody_else(outgoing: int, one: str, other: str) -> None:
    letter = to(signed_address(BOX, outgoing, one, KEY))

    assert signed_in(letter, BOX, Address(one), KEY) == (outgoing,)
    assert (signed_in(letter, BOX, Address(other), KEY) == ()) == (Address(one).key != Address(other).key)


@settings(deadline=None)
@given(st.lists(st.text(), max_size=5), st.text())
def test_nothing_that_stands_in_a_header_raises(recipients: list[str], sender: str) -> None:
    headers = tuple(("delivered-to", value) for value in recipients)
    letter = Letter(to=tuple(map(Address, recipients)), headers=headers, references=tuple(recipients))

    assert signed_in(letter, BOX, Address(sender), KEY) == ()
    assert tokens_in(letter) == ()
