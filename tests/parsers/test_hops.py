from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from mailbot.parsers.hops import LONGEST, MOST, Hop, read_hops
from mailbot.parsers.letter import read_letter

POSTFIX = (
    "from mail.bahari.example (mail.bahari.example [192.0.2.7]) by mx.river.example (Postfix)\n"
    " with ESMTPS id 4Xk2y13pBqz9sV for <membership@river.example>; Tue, 3 Mar 2026 07:12:09 +0000 (UTC)"
)
OUTLOOK = (
    "from AM0PR07MB1234.prod.outlook.example (2001:db8::12) by\n"
    " mail.bahari.example with HTTPS; Tue, 3 Mar 2026 10:12:04 +0300"
)


def letter(*received: str):
    fields = "".join(f"Received: {one}\n" for one in received)
    return read_letter(f"{fields}From: Rehema <rehema@bahari.example>\n\nhello".encode())


def test_the_way_is_told_from_its_beginning():
    assert read_hops(letter(POSTFIX, OUTLOOK)) == (
        Hop(
            sender="AM0PR07MB1234.prod.outlook.example",
            server="mail.bahari.example",
            at=datetime(2026, 3, 3, 7, 12, 4, tzinfo=UTC),
            seconds=0.0,
        ),
        Hop(
            sender="mail.bahari.example",
            server="mx.river.example",
            at=datetime(2026, 3, 3, 7, 12, 9, tzinfo=UTC),
            seconds=5.0,
        ),
    )


def test_what_cannot_be_read_is_left_out():
    hops = read_hops(letter("(((", POSTFIX, "from nowhere", "نحن; yesterday"))

    assert [hop.server for hop in hops] == ["mx.river.example"]


def test_a_letter_without_such_fields_came_by_no_way():
    assert read_hops(letter()) == ()


def test_a_circle_is_read_for_its_last_rounds():
    assert len(read_hops(letter(*[POSTFIX] * (MOST + 5)))) == MOST


@given(st.lists(st.text(max_size=80), max_size=4), st.integers(0, 200))
def test_nothing_in_them_raises(noise, at):
    read_hops(letter(*noise, POSTFIX[:at] + "".join(noise) + POSTFIX[at:], "(" * 2 * LONGEST))
