from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.parsers.charsets import decode
from mailbot.parsers.html import html_to_text
from mailbot.parsers.letter import MAX_DEPTH, MAX_PARTS, read_letter
from mailbot.values import Address

PLAIN = b"""\
Message-ID: <one@bahari.example>
In-Reply-To: <zero@network.example>
References: <first@network.example>
 <zero@network.example>
From: Rehema Kazungu <rehema@bahari.example>
To: membership@network.example
Cc: "Otieno, Sam" <sam@bahari.example>, pili@bahari.example
Subject: Our interest
Date: Tue, 3 Mar 2026 09:12:00 +0300

We fish.
"""


def test_a_plain_letter():
    letter = read_letter(PLAIN)

    assert letter.message_id == "one@bahari.example"
    assert letter.in_reply_to == ("zero@network.example",)
    assert letter.references == ("first@network.example", "zero@network.example")
    assert letter.sender == Address("rehema@bahari.example", "Rehema Kazungu")
    assert letter.to == (Address("membership@network.example"),)
    assert letter.cc == (Address("sam@bahari.example", "Otieno, Sam"), Address("pili@bahari.example"))
    assert letter.subject == "Our interest"
    assert letter.date == datetime(2026, 3, 3, 6, 12, tzinfo=UTC)
    assert letter.text == "We fish.\n"
    assert letter.defects == ()


@pytest.mark.parametrize(
    ("field", "address"),
    [
        (b"From: =?utf-8?Q?M=C3=BCller=2C?= Jo <jo@x.example>", Address("jo@x.example", "Müller, Jo")),
        (b"From: Kazungu, Rehema <rehema@x.example>", Address("rehema@x.example", "Kazungu, Rehema")),
        (b"From: rehema@x.example (Rehema)", Address("rehema@x.example", "Rehema")),
        (b'From: "ana@old.example" <ana@x.example>', Address("ana@x.example", "ana@old.example")),
        (b"From: Jos\xe9 <jose@x.example>", Address("jose@x.example", "José")),
        (b"From: friends: ana@x.example;", Address("ana@x.example")),
        (b"From: undisclosed-recipients:;", None),
        (b"From: " + b"(" * 5000, None),
    ],
)
def test_the_sender(field, address):
    assert read_letter(field + b"\n\nhi").sender == address


@pytest.mark.parametrize(
    ("field", "subject"),
    [
        (b"=?utf-8?B?w4k=?= =?utf-8?B?w6nDg?= =?utf-8?B?qXg=?=", "Éééx"),
        (b"=?utf-8*fr?Q?caf=C3=A9?= du =?iso-8859-1?Q?coin_?=", "café du coin "),
        (b"=?utf-8?Q?what??=", "what?"),
        (b"=?no-such-charset?Q?ol=C3=A9?=", "olé"),
        (b"R\xe9union", "Réunion"),
        ("Réunion".encode(), "Réunion"),
        (b"=?utf-8?B?broken", "=?utf-8?B?broken"),
    ],
)
def test_the_subject(field, subject):
    assert read_letter(b"Subject: " + field + b"\n\nhi").subject == subject


@pytest.mark.parametrize(
    ("data", "charset", "text"),
    [
        ("Añada".encode(), "us-ascii", "Añada"),
        ("Añada".encode("latin-1"), "utf-8", "Añada"),
        ("Añada".encode(), "iso-8859-1", "Añada"),
        ("“sí”".encode("cp1252"), "iso-8859-1", "“sí”"),
        ("مرحبا بكم في الشبكة".encode("cp1256"), "", "مرحبا بكم في الشبكة"),
        ("مرحبا بكم في الشبكة".encode("cp1256"), "utf-8", "مرحبا بكم في الشبكة"),
        ("مرحبا بأصدقاء الشبكة".encode("iso-8859-6"), "iso-8859-6", "مرحبا بأصدقاء الشبكة"),
        ("Привет, это письмо".encode("cp1251"), "x-unknown", "Привет, это письмо"),
        ("日本語".encode("iso-2022-jp"), "iso-2022-jp", "日本語"),
        ("l’été à Québec".encode()[:-1], "utf-8", "l’été à Québe"),
        (b"plain", "base64", "plain"),
        (b"\xff\xfeh\x00i\x00", "", "hi"),
        (b"h\x00i\x00", "utf-16-le", "hi"),
    ],
)
def test_text_in_any_charset(data, charset, text):
    assert decode(data, charset)[0] == text


def part(content_type: str, body: str, *fields: str) -> str:
    return "\n".join([f"Content-Type: {content_type}", *fields, "", body])


def multipart(kind: str, *parts: str, boundary: str = "b", declared: str = '; boundary="b"') -> str:
    pieces = "".join(f"--{boundary}\n{one}\n" for one in parts)
    return f"Content-Type: multipart/{kind}{declared}\n\npreamble\n{pieces}--{boundary}--\nepilogue\n"


def test_the_plain_part_of_an_alternative_is_the_text():
    raw = multipart("alternative", part("text/plain", "hello"), part("text/html", "<p>hello</p>"))

    letter = read_letter(raw.encode())

    assert (letter.text, letter.html) == ("hello", "<p>hello</p>")


def test_a_blank_plain_part_gives_way_to_the_html():
    raw = multipart("alternative", part("text/plain", "\n"), part("text/html", "<p>hello</p>"))

    assert read_letter(raw.encode()).text == "hello"


def test_the_text_of_an_attached_letter_stays_apart():
    raw = multipart(
        "mixed", part("text/plain", "see below"), part("message/rfc822", "Subject: inner\n\nAPPROVE")
    )

    letter = read_letter(raw.encode())

    assert letter.text == "see below"
    assert [(one.subject, one.text) for one in letter.forwarded] == [("inner", "APPROVE")]


def test_parts_are_found_where_a_gateway_ended_the_lines_of_the_body_as_a_macintosh_did():
    head, body = multipart("mixed", part("text/plain", "one\ntwo\nthree")).split("\n\n", 1)

    assert read_letter(f"{head}\n\n{body.replace(chr(10), chr(13))}".encode()).text == "one\ntwo\nthree"


def test_a_missing_boundary_is_guessed():
    raw = multipart("mixed", part("text/plain", "hello"), declared="")

    letter = read_letter(raw.encode())

    assert (letter.text, letter.defects) == ("hello", ("boundary guessed",))


@pytest.mark.parametrize(
    "disposition",
    [
        "attachment; filename*=utf-8''caf%C3%A9.pdf",
        "attachment; filename*0*=utf-8''caf%C3; filename*1*=%A9; filename*2=.pdf",
        'attachment; filename="=?utf-8?Q?caf=C3=A9.pdf?="',
        'attachment;\n filename="café.pdf"',
    ],
)
def test_the_name_of_an_attachment(disposition):
    attached = part(
        "application/pdf",
        "JVBERg==",
        "Content-Transfer-Encoding: base64",
        f"Content-Disposition: {disposition}",
    )

    letter = read_letter(multipart("mixed", part("text/plain", "hello"), attached).encode())

    assert [(one.name, one.content) for one in letter.attachments] == [("café.pdf", b"%PDF")]


def test_flowing_lines_are_joined_within_their_quotation():
    flowed = "Dear \nall,\n> one \n> two\n>> three\n-- \nBo\n"

    letter = read_letter(part("text/plain; format=flowed", flowed).encode())

    assert letter.text == "Dear all,\n> one two\n>> three\n-- \nBo\n"


def test_flowing_lines_may_break_inside_a_word():
    letter = read_letter(part("text/plain; format=flowed; delsp=yes", "dona \nción").encode())

    assert letter.text == "donación"


def test_a_signed_letter_is_read_and_its_signature_kept():
    armoured = (
        "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nAPPROVE\n- -- \nBo\n"
        "-----BEGIN PGP SIGNATURE-----\n\nabc\n-----END PGP SIGNATURE-----\n"
    )

    letter = read_letter(part("text/plain", armoured).encode())

    assert letter.text == "APPROVE\n-- \nBo\n\n"
    assert [one.media_type for one in letter.attachments] == ["application/pgp-signature"]


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"\r\n\r\nSubject: late\r\n\r\nhello", "hello"),
        (b"Subject: a\rTo: b@x.example\r\rhello", "hello"),
        (b"Subject: a\nhello, no blank line", "hello, no blank line"),
        (b"Subject: a\n\nhel\0lo", "hello"),
        (b"", ""),
        (b"\n", ""),
    ],
)
def test_broken_heads(raw, text):
    assert read_letter(raw).text.strip() == text


def test_no_more_parts_are_read_than_a_thousand():
    letter = read_letter(multipart("mixed", *[part("text/plain", "x")] * (MAX_PARTS + 50)).encode())

    assert len(letter.text.split()) == MAX_PARTS - 1
    assert letter.defects[-1] == "more than 1000 parts"


def test_parts_are_read_fifty_deep():
    raw = "".join(f'Content-Type: multipart/mixed; boundary="{n}"\n\n--{n}\n' for n in range(MAX_DEPTH * 40))

    assert read_letter(raw.encode()).defects[-1] == "multipart/mixed deeper than we read"


def test_attached_letters_are_read_fifty_deep():
    letter = read_letter(b"Content-Type: message/rfc822\n\n" * MAX_DEPTH * 40)

    assert letter.defects == ("an attached letter deeper than we read",)
    depth = 0
    while letter.forwarded:
        letter, depth = letter.forwarded[0], depth + 1
    assert depth == MAX_DEPTH


@given(st.binary(max_size=400), st.sampled_from([PLAIN, multipart("mixed", "\n").encode(), b"Subject: =?"]))
def test_nothing_that_comes_by_mail_raises(noise, raw):
    read_letter(raw[:60] + noise + raw[60:])


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>one</p><p>two<br>three</p>", "one\n\ntwo\nthree"),
        ("<div>one<br></div><div><br></div><div>two</div>", "one\n\ntwo"),
        (
            '<p class="MsoNormal">one</p><p class="MsoNormal">&nbsp;</p><p class="MsoNormal">two</p>',
            "one\n\ntwo",
        ),
        ("<ol><li>one<li>two</ol><ul><li>three</ul>", "1. one\n2. two\n\n• three"),
        (
            "yes<blockquote>no<blockquote>older</blockquote></blockquote>after",
            "yes\n\n> no\n>\n>> older\n>\n\nafter",
        ),
        ('<blockquote style="margin:0 0 0 40px;border:none;padding:0px">mine</blockquote>', "mine"),
        ('<div class="yahoo_quoted"><div>theirs</div></div>mine', "> theirs\nmine"),
        ('mine<hr><div id="divRplyFwdMsg">From: Ana</div>', f"mine\n{'_' * 32}\nFrom: Ana"),
        ('<span style="display:none">hidden<span>x</span></span>seen', "seen"),
        ("<style>p{}</style><script>if (a < b) {}</script>seen<!-- not -->", "seen"),
        ("<table><tr><td>question</td><td>answer</td></tr></table>", "question\nanswer"),
        ("a &lt; b &amp;&nbsp;c", "a < b & c"),
        ("<pre>one\n  two</pre>", "one\n  two"),
        ('<a title="a > b" href=x>link</a>', "link"),
        ("2 < 3 and </nothing> <p", "2 < 3 and <p"),
    ],
)
def test_html_as_text(html, text):
    assert html_to_text(html) == text
