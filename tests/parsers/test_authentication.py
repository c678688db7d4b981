"""What is believed of Authentication-Results: our own receiver's topmost field, read with suspicion.

The fields are written as the servers write them: OpenDMARC and rspamd behind Postfix, Google, and
Exchange Online, whose lines come from their documentation with the names changed.
"""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailbot.parsers.authentication import Profile, read_authentication
from mailbot.parsers.letter import read_letter
from mailbot.values import Address, Authentication, Letter

PASS, FAIL, NONE = Authentication.PASS, Authentication.FAIL, Authentication.NONE
MX = "mx.network.example"


def verdict(
    *fields: str, profile: str = "rfc8601", authserv_id: str = MX, sender: str = "ines@river.example"
) -> Authentication:
    """Of a letter with these Authentication-Results, top first, and this From."""
    head = "".join(f"Authentication-Results: {field}\r\n" for field in fields)
    raw = f"{head}From: {sender}\r\nSubject: #invite\r\n\r\nHello.\r\n"
    return read_authentication(read_letter(raw.encode()), profile, authserv_id)


# ── what the servers write ───────────────────────────────────────────────────────────────────────

GOOGLE = (
    "mx.google.com;\r\n"
    '       dkim=pass header.i=@river.example header.s=mail header.b="Xq/3a+b=";\r\n'
    "       spf=pass (google.com: domain of ines@river.example designates 192.0.2.7 as permitted sender)"
    " smtp.mailfrom=ines@river.example;\r\n"
    "       dmarc={dmarc} (p=QUARANTINE sp=QUARANTINE dis=NONE) header.from=river.example"
)
MICROSOFT = (
    "spf=pass (sender IP is 192.0.2.7)\r\n smtp.mailfrom=river.example; dkim=pass (signature was verified)"
    "\r\n"
    " header.d=river.example;dmarc={dmarc} action=none\r\n header.from=river.example;compauth=pass reason=100"
)
INTERNAL = (
    "dkim=none (message not signed)\r\n header.d=none;dmarc=none action=none header.from=network.example;"
)


@pytest.mark.parametrize(
    ("field", "found"),
    [
        (f"{MX}; dmarc=pass (p=none dis=none) header.from=river.example", PASS),
        (f"{MX}; dmarc=pass header.from=RIVER.example", PASS),
        (f"{MX.upper()} 1; dmarc = pass (p=none) header.from = river.example", PASS),
        (f"{MX};\r\n\tdkim=pass (2048-bit key) header.d=river.example header.i=@river.example", PASS),
        (f"{MX}; dkim/1=pass header.d=river.example", PASS),
        (f"{MX}; spf=pass smtp.mailfrom=ines@river.example", PASS),
        (f"{MX}; spf=pass smtp.mailfrom=river.example", PASS),
        (f'{MX}; spf=pass smtp.mailfrom="ines duarte"@river.example', PASS),
        (f"{MX}; dkim=fail header.d=list.example; dkim=pass header.d=river.example", PASS),
        (f"{MX}; dmarc=fail (p=reject dis=none) header.from=river.example", FAIL),
        (f"{MX}; dkim=pass header.d=river.example; dmarc=fail header.from=river.example", FAIL),
        (f"{MX}; dmarc=fail header.from=river.example; dmarc=pass header.from=river.example", FAIL),
        (f"{MX}; dmarc=pass header.from=river.example; DMARC=FAIL header.from=river.example", FAIL),
        (f"{MX}; dmarc=none header.from=river.example", NONE),
        (f"{MX}; dmarc=temperror header.from=river.example", NONE),
        (f"{MX}; dmarc=bestguesspass header.from=river.example", NONE),
        (f"{MX}; spf=softfail smtp.mailfrom=ines@river.example", NONE),
        (f"{MX}; none", NONE),
        (f"{MX}", NONE),
        ("", NONE),
    ],
)
def test_a_receiver_that_names_itself(field: str, found: Authentication) -> None:
    assert verdict(field) == found


@pytest.mark.parametrize(("dmarc", "found"), [("pass", PASS), ("fail", FAIL), ("none", PASS)])
def test_google_and_microsoft(dmarc: str, found: Authentication) -> None:
    assert verdict(GOOGLE.format(dmarc=dmarc), profile="google") == found
    assert verdict(MICROSOFT.format(dmarc=dmarc), profile="microsoft") == found


def test_what_exchange_says_of_its_own_network_is_no_verdict() -> None:
    assert verdict(INTERNAL, profile="microsoft", sender="ines@network.example") == NONE


# ── whose field it is ────────────────────────────────────────────────────────────────────────────

GOOD = "dmarc=pass header.from=river.example"


@pytest.mark.parametrize(
    ("fields", "profile", "authserv_id"),
    [
        pytest.param((f"mx.evil.example; {GOOD}",), "rfc8601", MX, id="another's name"),
        pytest.param((f"{MX}.evil.example; {GOOD}",), "rfc8601", MX, id="a longer name"),
        pytest.param((f"({MX}) mx.evil.example; {GOOD}",), "rfc8601", MX, id="ours in a comment only"),
        pytest.param(("mx.relay.example; none", f"{MX}; {GOOD}"), "rfc8601", MX, id="ours, but not on top"),
        pytest.param((f"{MX}; none", f"{MX}; {GOOD}"), "rfc8601", MX, id="our name again, below"),
        pytest.param((f"{MX}; {GOOD}",), "none", MX, id="nobody is believed"),
        pytest.param((f"{MX}; {GOOD}",), "rfc8601", "", id="no name configured"),
        pytest.param((f"; {GOOD}",), "rfc8601", "", id="no name on either side"),
        pytest.param((f"{MX}; {GOOD}",), "google", "", id="not Google's"),
        pytest.param((f"{MX}; {GOOD}",), "microsoft", "", id="Exchange Online names nobody"),
        pytest.param((GOOD,), "rfc8601", MX, id="no name where one is due"),
        pytest.param((GOOD,), "google", "", id="the same for Google"),
    ],
)
def test_a_field_that_is_not_our_receivers_on_top_is_ignored(
    fields: tuple[str, ...], profile: str, authserv_id: str
) -> None:
    assert verdict(*fields, profile=profile, authserv_id=authserv_id) == NONE


def test_other_fields_that_look_alike_are_ignored() -> None:
    for name in ("X-Authentication-Results", "ARC-Authentication-Results", "Authentication-Results-Original"):
        raw = f"{name}: {MX}; {GOOD}\r\nFrom: ines@river.example\r\n\r\nHello.\r\n"
        assert read_authentication(read_letter(raw.encode()), "rfc8601", MX) == NONE


def test_a_profile_that_there_is_not_is_refused() -> None:
    with pytest.raises(ValueError, match="yahoo"):
        verdict(f"{MX}; {GOOD}", profile="yahoo")


# ── alignment ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "results",
    [
        "dmarc=pass header.from=evil.example",
        "dmarc=pass",
        "dmarc=pass header.from=",
        "dkim=pass header.d=evil.example",
        "dkim=pass header.d=ver.example header.i=@ver.example",
        "dkim=pass header.d=river.example.evil.example",
        "dkim=pass header.d=mail.river.example",
        "dkim=pass header.i=ines@river.example@evil.example",
        "dkim=pass header.s=river.example header.d=evil.example",
        "spf=pass smtp.mailfrom=bounce@evil.example",
        "spf=pass smtp.helo=river.example",
        "spf=pass header.d=river.example",
        "dkim=pass smtp.mailfrom=river.example",
        "auth=pass smtp.mailfrom=ines@river.example",
        "arc=pass header.from=river.example",
        "dkim=pass x-header.d=river.example",
        "dkim=pass header.d=evil.example policy.header.d=river.example",
    ],
)
def test_what_passed_for_another_domain_than_that_of_from_does_not_count(results: str) -> None:
    assert verdict(f"{MX}; {results}") == NONE


# ── what a sender can write into the field ───────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "mailfrom",
    [
        '"x; dmarc=pass header.from=river.example"@evil.example',
        '"x;dmarc=pass header.from=river.example;"@evil.example',
        '"river.example x"@evil.example',
        '"ines@river.example"@evil.example',
        '"a\\"; dmarc=pass header.from=river.example; \\""@evil.example',
        '"(" dmarc=pass header.from=river.example ")"@evil.example',
    ],
)
def test_a_quoted_address_is_read_as_one_word(mailfrom: str) -> None:
    assert verdict(f"{MX}; spf=pass smtp.mailfrom={mailfrom}; dmarc=none header.from=river.example") == NONE


@pytest.mark.parametrize(
    "comment",
    [
        "(domain of x; dmarc=pass header.from=river.example designates 192.0.2.1)",
        "(one (two) ; dmarc=pass header.from=river.example)",
        "(((a) b) ; dkim=pass header.d=river.example)",
        "(a \\) ; dmarc=pass header.from=river.example)",
        '(domain of "x); dmarc=pass header.from=river.example; ("@evil.example designates 192.0.2.1)',
        '(domain of "x\\"); dmarc=pass header.from=river.example; (\\""@evil.example)',
    ],
)
def test_what_stands_in_a_comment_is_no_result(comment: str) -> None:
    assert verdict(f"{MX}; spf=pass {comment} smtp.mailfrom=x@evil.example") == NONE


@pytest.mark.parametrize(
    "results",
    [
        f"({GOOD}",
        f"spf=none (a; {GOOD}",
        f"spf=none ); {GOOD}",
        f'spf=none smtp.mailfrom="x; {GOOD}',
        f'{GOOD} reason="open',
        f"{GOOD} (",
        f"{GOOD} )",
    ],
)
def test_a_field_whose_comments_or_quotes_do_not_close_is_not_believed(results: str) -> None:
    assert verdict(f"{MX}; {results}") == NONE


def test_a_failed_result_behind_a_comment_and_a_quoted_word_is_still_seen() -> None:
    assert verdict(f'{MX}; spf=pass (a "(" b) smtp.mailfrom="x; y"@z.example; dmarc=fail (p=none)') == FAIL


def test_an_encoded_word_in_an_address_is_not_decoded_into_a_result() -> None:
    """Its characters may all stand in a local part without quotes (RFC 5322 section 3.2.3: atext)."""
    local = "=?utf-8?q?x=3B_dmarc=3Dpass_header.from=3Driver.example_y=3D?="

    assert verdict(f"{MX}; spf=pass smtp.mailfrom={local}@evil.example") == NONE


# ── From ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("sender", "found"),
    [
        ("Ines Duarte <ines@river.example>", PASS),
        ('"ines@river.example" <Ines@River.example>', PASS),
        ("ines@river.example, bo@evil.example", NONE),
        ("ines@river.example\r\nFrom: bo@evil.example", NONE),
        ("ines@river.example\r\nFrom: ines@river.example", NONE),
        ('"bo@evil.example" <ines@river.example>', NONE),
        ("(ines@river.example) bo@river.example", NONE),
        ("bo@river.example (ines@river.example)", NONE),
        ("<ines@river.example> <bo@river.example>", NONE),
        ("=?utf-8?q?=3Cbo=40evil.example=3E?= <ines@river.example>", NONE),
        ("Ines Duarte", NONE),
        ("", NONE),
    ],
)
def test_only_a_from_that_names_one_address_is_vouched_for(sender: str, found: Authentication) -> None:
    assert verdict(f"{MX}; {GOOD}", sender=sender) == found


@pytest.mark.parametrize(
    "sender", ["ines@river.example, bo@evil.example", "ines@river.example\r\nFrom: bo@evil.example"]
)
def test_a_second_from_does_not_hide_that_the_letter_failed(sender: str) -> None:
    assert verdict(f"{MX}; dmarc=fail header.from=river.example", sender=sender) == FAIL


# ── whatever comes ───────────────────────────────────────────────────────────────────────────────

pieces = st.sampled_from(
    [
        *'();"\\= @,',
        "dmarc=",
        "spf=",
        "dkim=",
        "pass",
        "fail",
        "header.from=",
        "smtp.mailfrom=",
        "evil.example",
    ]
)


@settings(deadline=None)
@given(st.lists(pieces | st.text(max_size=3), max_size=30).map("".join), st.sampled_from(Profile))
def test_without_the_domain_of_from_nothing_passes_and_nothing_raises(field: str, profile: Profile) -> None:
    assert verdict(f"{MX};{field}".replace("\r", "").replace("\n", ""), profile=profile) in (NONE, FAIL)


@settings(deadline=None)
@given(st.text(alphabet=st.characters(exclude_characters='"\\\r\n', codec="ascii"), max_size=60))
def test_nothing_that_a_sender_puts_into_a_quoted_address_passes(local: str) -> None:
    field = f'{MX}; spf=pass (domain of "{local}"@evil.example) smtp.mailfrom="{local}"@evil.example'

    assert verdict(field) == NONE


@pytest.mark.parametrize("piece", ["(", '"', "a", "a=", "\\", " ", ";", "a@", "dmarc="])
def test_a_long_field_takes_no_long_time(piece: str) -> None:
    """200,000 characters are gone through in about a tenth of a second, or, if ever squared, in minutes."""
    long = piece * (200_000 // len(piece))
    fields = (("authentication-results", f"{MX}; {long}"), ("from", f"{long} <ines@river.example>"))
    letter = Letter(sender=Address("ines@river.example"), headers=fields)
    vouched = replace(letter, headers=(("authentication-results", f"{MX}; {GOOD}"), fields[1]))

    began = time.process_time()
    assert read_authentication(letter, "rfc8601", MX) == NONE
    assert read_authentication(vouched, "rfc8601", MX) in (NONE, PASS)
    assert time.process_time() - began < 5
