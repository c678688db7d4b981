"""Letters with a wrong label, an unusual part or a seal: their text is found, or what hides it is named."""

import base64

import pytest

from mailbot.parsers.attachments import read_attachment
from mailbot.parsers.charsets import decode
from mailbot.parsers.letter import read_letter
from mailbot.values import Letter, Unreadable

HEAD = "From: Ana <ana@x.example>\nSubject: Hi\n"


def read(rest: str) -> Letter:
    return read_letter((HEAD + rest).encode())


@pytest.mark.parametrize(
    ("declared", "charset", "text"),
    [
        ("windows-874", "cp874", "เราทำงานกับชาวประมง"),
        ("x-mac-arabic", "mac-arabic", "نعمل"),
        ("iso-8859-8-e", "windows-1255", "אנחנו עובדים עם דייגים"),
        ("win-1251", "windows-1251", "Мы работаем с семьями рыбаков"),
        ("x-gbk", "gb18030", "我们与渔民家庭一起工作"),
        ("iso-2022-jp-ms", "iso-2022-jp", "私たちは漁民"),
        ("windows-31j", "cp932", "私たちは漁民の家族"),
        ("windows-949", "cp949", "우리는 어민 가족과"),
        ("x-mac-cyrillic", "mac-cyrillic", "Мы работаем с семьями"),
        ("utf-16", "ascii", "We work with families"),
        ("", "euc-jp", "私たちは漁民の家族と働いています"),
        ("", "shift_jis", "私たちは漁民の家族と働いています"),
        ("", "iso-2022-jp", "私たちは漁民の家族と働いています"),
        ("", "gb18030", "我们与渔民家庭一起工作，谢谢你们的来信"),
        ("", "big5", "我們與漁民家庭一起工作，謝謝你們的來信"),
        ("", "euc-kr", "우리는 어민 가족과 함께 일합니다"),
        ("", "cp874", "เราทำงานกับชาวประมงและครอบครัว"),
        ("", "iso-8859-2", "Łódź, Škoda, příběh žluťoučký kůň"),
        ("", "windows-1250", "Žluťoučký kůň pěl ďábelské ódy"),
        ("", "windows-1254", "Balıkçı aileleriyle çalışıyoruz"),
        ("", "windows-1252", "Œuvre française à São Tomé: ¿cómo está el niño?"),
        ("utf-8", "windows-1252", "“Habla” español — aquí"),
    ],
)
def test_a_charset_that_is_told_in_a_way_of_its_own_or_not_at_all(declared, charset, text):
    assert decode(text.encode(charset), declared)[0] == text


@pytest.mark.parametrize(
    ("rest", "text"),
    [
        ('Content-Transfer-Encoding: "base64"\n\nSGVsbG8=\n', "Hello"),
        ("Content-Transfer-Encoding: base64\n\nSGVsbG8g\nYQ==\nSGVsbG8gYg==\n", "Hello aHello b"),
        ("Content-Transfer-Encoding: base64\n\nHello there, we vote yes.\n", "Hello there, we vote yes.\n"),
        ("Content-Transfer-Encoding: quoted printable\n\nHel=6Co", "Hello"),
        ("Content-Transfer-Encoding: x-uuencode\n\nbegin 644 a\n%2&5L;&\\\n`\nend\n", "Hello"),
        ("\n<html><body><p>Hello &amp; welcome</p></body></html>", "Hello & welcome"),
        ("Content-Type: text/enriched\n\n<bold>Hello</bold>", "Hello"),
        ("Content-Type: text/markdown\n\nHello", "Hello"),
        ('Content-Type: text/plain; name="a.txt"\n\nHello', "Hello"),
    ],
)
def test_text_in_an_unusual_dress(rest, text):
    letter = read(rest)

    assert (letter.text, letter.attachments) == (text, ())


def test_a_plain_text_that_only_points_to_the_html():
    plain = "\n\nThis letter is in HTML, your program shows none.\n"
    page = "\nContent-Type: text/html\n\n<p>We vote yes</p>\n"
    letter = read(f"Content-Type: multipart/alternative; boundary=b\n\n--b{plain}--b{page}--b--")

    assert letter.text == "We vote yes"


SEALED = bytes.fromhex("308006092a864886f70d010703a0803080020100")
PGP = "-----BEGIN PGP MESSAGE-----\n\nabc\n-----END PGP MESSAGE-----"


@pytest.mark.parametrize(
    "rest",
    [
        f"\nHello\n{PGP}\n",
        f"Content-Type: multipart/encrypted; boundary=b\n\n--b\nContent-Type: text/x\n\n{PGP}\n--b--\n",
        "Content-Type: application/pkcs7-mime; name=smime.p7m\nContent-Transfer-Encoding: base64\n\n"
        + base64.b64encode(SEALED).decode(),
        "Content-Type: application/octet-stream; name=smime.p7m\nContent-Transfer-Encoding: base64\n\n"
        + base64.b64encode(SEALED).decode(),
    ],
    ids=["PGP in the text", "PGP/MIME", "S/MIME", "S/MIME without its type"],
)
def test_what_is_encrypted_is_named_as_such(rest):
    letter = read(rest)

    assert "abc" not in letter.text
    read_as = {read_attachment(one).unreadable for one in letter.attachments}
    assert read_as == {Unreadable.ENCRYPTED}


def test_an_encrypted_text_that_is_quoted_stays_in_the_quotation():
    quoted = "\n".join(f"> {line}" for line in PGP.split("\n"))

    assert read(f"\nYes.\n\n{quoted}").attachments == ()
