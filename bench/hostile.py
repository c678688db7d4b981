"""Texts that are made to keep a reader busy, at any length: what a hostile or a broken sender can mail."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

Maker = Callable[[int], str]
"""Characters wanted → a text of about that many."""


def _over(piece: str) -> Maker:
    return lambda length: (piece * (length // len(piece) + 1))[:length]


def _towers(length: int) -> str:
    lines, made = [], 0
    while made < length:
        line = ">" * (len(lines) % 400 + 1) + " words between the marks"
        lines.append(line)
        made += len(line) + 1
    return "\n".join(lines)


def _nested(opening: str, inside: str, closing: str) -> Maker:
    def make(length: int) -> str:
        depth = length // (len(opening) + len(closing))
        return opening * depth + inside + closing * depth

    return make


def _under(above: str, piece: str) -> Maker:
    make = _over(piece)
    return lambda length: above + make(length)


def _run(mark: str) -> Maker:
    """A run of one mark with a word behind it: what ends in ``+$`` tries the run from each of its places."""
    return lambda length: f"We fish{mark * length}x"


TEXTS: Final[Mapping[str, Maker]] = {
    "a page of prose": _over("We work with fishing families along the coast, and want to learn from others.\n"),
    "one line of prose": _over("We work with fishing families along the coast and want to learn "),
    "one word": _over("a"),
    "a b a b": _over("a b "),
    "> in one line": _over(">"),
    "> and blanks": _over("> "),
    "towers of >": _towers,
    "(((": _over("("),
    '"""': _over('"'),
    "blanks": _over(" "),
    "blank lines": _over("\n"),
    "tabs and blanks": _over(" \t"),
    "colons": _over(":\n"),
    "full stops": _over("."),
    "exclamation marks": _over("no! "),
    "dashes": _over("-"),
    "rulers": _over("-----\n"),
    "rulers with words": _over("----- Original Message -----\n"),
    "underscores": _over("_"),
    "stars": _over("*"),
    "?, then a word": _run("?"),
    "full stops, then a word": _run("."),
    "blanks, then a word": _run(" "),
    "underscores, then a word": _run("_"),
    "stars, then a word": _run("*"),
    "blank lines, then a word": _run("\n"),
    "dashes, then a word": _run("-"),
    "digits": _over("1"),
    "telephone numbers": _over("+254 720 000 000 "),
    "1. 1. 1.": _over("1. "),
    "numbered lines": _over("1.\n"),
    "a) a) a)": _over("a) "),
    "bullets": _over("- \n* \n• "),
    "Q: A:": _over("Q: why?\nA: so\n"),
    "dates": _over("3 March 2026 "),
    "dates and times": _over("3 March 2026 10:20: "),
    "@": _over("@"),
    "addresses": _over("a@b.example "),
    "addresses in a row": _over("a@b.example,"),
    "half an address": _over("a.b@a.b."),
    "lines like header fields": _over("From: Ana Ruiz <ana@x.example>\n"),
    "blocks like header fields": _over("From: Ana\nSent: Tue, 3 March 2026 10:20\nTo: Bo\nSubject: x\n\nyes\n\n"),
    "field after field": _over("Name: x\n"),
    "introductions": _over("On Tue, 3 March 2026 at 10:20, Ana <ana@x.example> wrote:\n\nyes\n"),
    "introductions over >": _over("On 3 March 2026, Ana <ana@x.example> wrote:\n> yes\nno\n"),
    "> and new by turns": _over("> why?\nbecause\n"),
    "signature marks": _over("-- \nBo\n"),
    "signature marks cut short": _over("--\nWe fish.\n"),
    "sent from": _over("Sent from my iPhone\n"),
    "tags": _over("#a "),
    "tags in lines": _over("#note a\n"),
    "tags of no kind": _over("#zzz\n"),
    "votes": _over("approve reject "),
    "votes in lines": _over("APPROVE\n"),
    "one vote in one line": _over("I approve I confirm "),
    "negations": _over("not not never "),
    "if, but": _over("if but unless however "),
    "capitals": _over("Ana Maria De La Cruz "),
    "initials": _over("A. B. "),
    "a name in each line": _over("Ana Ruiz\n"),
    "names in a signature": _under("We fish.\n\n-- \n", "Ana Ruiz, Bo Li; "),
    "links in a signature": _under("We fish.\n\n-- \n", "https://x.example/?A=b&C=d "),
    "the questions": _over("How did you hear about the network? We heard about you from Ana Ruiz.\n"),
    "cues alone": _over("reference references member network heard about because we want contribute "),
    "Arabic": _over("نحن نعمل مع عائلات الصيادين على الساحل ونريد أن نتعلم من الآخرين. "),
    "Arabic in lines": _over("نحن نعمل مع عائلات الصيادين\n"),
    "one Arabic word": _over("و"),
    "Arabic articles": _over("وبال "),
    "combining marks": _over("a\u0301\u0300"),
    "marks alone": _over("\u0651"),
    "marks of direction": _over("\u202e\u2066"),
    "joiners": _over("a\u200d"),
    "ligatures": _over("\ufdfa "),
    "Chinese": _over("我們與沿海的漁民家庭一起工作。"),
    "emoji": _over("👍🏽 "),
    "lone surrogates": _over("\ud83d \udc4d "),
    "replacement characters": _over("\ufffd"),
    "controls": _over("\x01\x1b\x7f\x85\u2028"),
    "links": _over("https://x.example/?a=b&c=d "),
    "one long link": _over("https://x.example/?a=b&"),
    "tables": _over("| why | because |\n"),
    "armour": _over("-----BEGIN PGP SIGNED MESSAGE-----\n\n-----BEGIN PGP SIGNATURE-----\n"),
    "encoded words": _over("=?utf-8?Q?=C3=A9?= "),
}  # fmt: skip

PAGES: Final[Mapping[str, Maker]] = {
    "nested div": _nested("<div>", "hello", "</div>"),
    "nested blockquote": _nested("<blockquote>", "hello", "</blockquote>"),
    "nested lists": _nested("<ul><li>", "hello", "</ul>"),
    "nested hidden": _nested('<div style="display:none">', "hello", "</div>"),
    "open tags": _over("<div>"),
    "closing tags": _over("</div>"),
    "blockquote by blockquote": _over("<blockquote>why?</blockquote>because"),
    "table cells": _over("<tr><td>why</td><td>because</td></tr>"),
    "<": _over("<"),
    "<a": _over("<a "),
    "<!--": _over("<!-- "),
    "<script": _over("<script>"),
    "<style": _over("<style "),
    "attributes": _over('<a b="c" '),
    "quotation marks in a tag": _over('<a "'),
    "&": _over("&"),
    "&amp;": _over("&amp;"),
    "&lt;": _over("&lt;p"),
    "line breaks": _over("<br>"),
    "Outlook's rule": _over('<div style="border:none;border-top:solid #E1E1E1 1.0pt">From: Ana</div>'),
    "gmail_quote": _over('<div class="gmail_quote">On 3 March Ana wrote:</div>yes'),
    "bold": _over("<b>1.</b> "),
}

HEADERS: Final[Mapping[str, Maker]] = {
    "From: ((((": lambda length: "From: " + "(" * length,
    'From: """': lambda length: "From: " + '"' * length,
    "From: <<<": lambda length: "From: " + "<" * length,
    "From: commas": lambda length: "From: " + "a," * (length // 2),
    "From: addresses": lambda length: "From: " + "a@b.example," * (length // 12),
    "From: words": lambda length: "From: " + "Ana " * (length // 4) + "<ana@x.example>",
    "Subject: =?": lambda length: "Subject: " + "=?" * (length // 2),
    "Subject: words": lambda length: "Subject: " + "=?utf-8?Q?=C3=A9?= " * (length // 19),
    "Subject: half words": lambda length: "Subject: " + "=?utf-8?Q?a?" * (length // 12),
    "Subject: tags": lambda length: "Subject: " + "#a " * (length // 3),
    "Subject: Re: Re:": lambda length: "Subject: " + "Re: " * (length // 4),
    "Subject: [[[": lambda length: "Subject: " + "[" * length,
    "References": lambda length: "References: " + "<a@b.example> " * (length // 14),
    "References: <<<": lambda length: "References: " + "<a" * (length // 2),
    "Date: digits": lambda length: "Date: " + "1" * length,
    "Date: words": lambda length: "Date: " + "Tue, 3 " * (length // 7),
    "Content-Type: ;;;": lambda length: "Content-Type: text/plain" + ";" * length,
    "Content-Type: a=b": lambda length: "Content-Type: text/plain" + "; a=b" * (length // 5),
    "Content-Type: name*0*": lambda length: (
        "Content-Type: text/plain" + "".join(f"; name*{number}*=a" for number in range(length // 11))
    ),
    "many fields": lambda length: "X-Field: a\n" * (length // 11) + "Subject: x",
    "many lines of one field": lambda length: "X-Field: a\n" + " a\n" * (length // 3) + "Subject: x",
    "many Received": lambda length: (
        "Received: by a; Tue, 3 Mar 2026 10:20:00 +0000\n" * (length // 48) + "A: b"
    ),
    "a header without an end": lambda length: "a" * length,
    "Auto-Submitted": lambda length: "Auto-Submitted: " + "a;" * (length // 2),
    "List-Post": lambda length: "List-Post: " + "<a@b.example> " * (length // 14),
    "Received: (((": lambda length: "Received: from a (" + "(a) " * (length // 4) + "; x",
    "Received: from from": lambda length: "Received: " + "from a by b with " * (length // 17),
}
"""Header fields, without the blank line below them."""

PARTS: Final[Mapping[str, Maker]] = {
    "parts": lambda length: (
        'Content-Type: multipart/mixed; boundary="b"\n\n' + "--b\n\nx\n" * (length // 7) + "--b--"
    ),
    "boundaries that are none": lambda length: (
        'Content-Type: multipart/mixed; boundary="b"\n\n--b\n\n' + "--bb\n" * (length // 5)
    ),
    "parts in parts": lambda length: "".join(
        f'Content-Type: multipart/mixed; boundary="{number}"\n\n--{number}\n' for number in range(length // 55)
    ),
    "letters in letters": lambda length: "Content-Type: message/rfc822\n\n" * (length // 30),
    "base64": lambda length: "Content-Transfer-Encoding: base64\n\n" + "QUFB" * (length // 4),
    "quoted-printable": lambda length: "Content-Transfer-Encoding: quoted-printable\n\n" + "=C3=A9" * (length // 6),
    "soft line ends": lambda length: "Content-Transfer-Encoding: quoted-printable\n\n" + "a=\n" * (length // 3),
    "flowed": lambda length: "Content-Type: text/plain; format=flowed\n\n" + "a \n" * (length // 3),
    "flowed towers": lambda length: "Content-Type: text/plain; format=flowed\n\n" + _towers(length).replace("\n", " \n"),
    "a missing boundary": lambda length: "Content-Type: multipart/mixed\n\n" + "--a\nb\n" * (length // 6),
    "a report": lambda length: (
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n"
        "Content-Type: message/delivery-status\n\n" + "Final-Recipient: rfc822; a@b.example\n" * (length // 37)
    ),
    "winmail.dat": lambda length: (
        "Content-Type: application/ms-tnef\nContent-Transfer-Encoding: base64\n\n" + "eJ8+IgEA" * (length // 8)
    ),
}  # fmt: skip
"""Whole letters but for their first fields."""


def letters(length: int) -> dict[str, bytes]:
    """A letter of about ``length`` bytes of each kind, by its name."""
    head = "From: Ana Ruiz <ana@x.example>\nTo: membership@network.example\nSubject: Our interest\n"
    plain, html = "Content-Type: text/plain; charset=utf-8\n\n", "Content-Type: text/html; charset=utf-8\n\n"
    made = {name: head + plain + make(length) for name, make in TEXTS.items()}
    made |= {f"HTML: {name}": head + html + make(length) for name, make in PAGES.items()}
    made |= {f"HTML of text: {name}": head + html + TEXTS[name](length) for name in ("one word", "blanks")}
    made |= {name: f"{make(length)}\n\nhello" for name, make in HEADERS.items()}
    made |= {name: head + make(length) for name, make in PARTS.items()}
    return {name: text.encode("utf-8", "surrogatepass") for name, text in made.items()}
