"""How replies are taken apart, over the layouts of mail programs in 25 languages.

    python -m bench.replies [--language ar] [--layout folded] [--show 20] [--at-least 0.99]

Each introduction, block of header fields and ruler of tests/parsers/layouts.toml is put above a quoted
letter in each of the ways in which mail programs and people arrange a reply. Three figures: how many
replies come out exactly as written, in how many a line of the letter that is answered is taken as new,
and in how many a line of the new text is lost; each with the answered letter known and unknown.
"""

from __future__ import annotations

import argparse
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from textwrap import wrap
from typing import Any

from mailbot.parsers.reply import split_reply
from mailbot.rulebook import load_rules
from mailbot.values import Address, Letter

TABLES = Path(__file__).parent.parent / "tests" / "parsers" / "layouts.toml"
WRITER = Address("ana.lund@network.example", "Ana Lund")
READER = Address("bo@river.example", "Bo Ray")
SIGNATURE = "-- \nBo Ray\nRiver Commons\n+254 700 000 000"


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply in one layout: its text, and what was newly written in it."""

    language: str
    layout: str
    text: str
    new: str
    asked: str


def quoted(text: str, mark: str = "> ", width: int = 72) -> str:
    lines = [piece for line in text.split("\n") for piece in (wrap(line, width) or [""])]
    return "\n".join(f"{mark}{line}".rstrip() for line in lines)


def rewrapped(text: str) -> str:
    """Quoted lines that a gateway has broken once more, without marking the second half."""
    lines = quoted(text).split("\n")
    return "\n".join(piece for line in lines for piece in (wrap(line, 64) or [""]))


def folded(introduction: str) -> Iterator[str]:
    """An introduction broken as mail programs break it: before the address, before the verb, anywhere."""
    before, found, after = introduction.partition("<")
    if found and before.strip() and "@" in after:
        yield f"{before.rstrip()}\n<{after}"
        yield f"{before}<\n{after}"
    head, _, last = introduction.rpartition(" ")
    if head and len(head) > 20:
        yield f"{head}\n{last}"
    for width in (40, 60):
        lines = wrap(introduction, width, break_long_words=False, break_on_hyphens=False)
        if 1 < len(lines) <= 3:
            yield "\n".join(lines)


def replies(tables: Mapping[str, Any]) -> Iterator[Reply]:
    """Every reply of every layout."""
    for language, table in tables.items():
        asked = table["asked"].format(n=WRITER.name)
        new = table["reply"]
        for layout, text, *other in layouts(table, asked, new):
            yield Reply(language, layout, text, other[0] if other else new, asked)


def layouts(table: Mapping[str, Any], asked: str, new: str) -> Iterator[tuple[str, ...]]:
    """(layout, text), and where it is not ``new``, what was newly written."""
    fill = {"n": WRITER.name, "a": WRITER.email}
    first, second = new.split("\n\n")
    head, tail = asked.rsplit("\n\n", 1)
    introductions = [one.format(**fill) for one in table["introductions"]]
    for intro in introductions:
        yield "above", f"{new}\n\n{intro}\n\n{quoted(asked)}"
        yield "close above", f"{new}\n{intro}\n{quoted(asked, '>')}"
        yield "far above", f"{new}\n\n\n{intro}\n\n\n{quoted(asked)}\n\n"
        yield "one line", f"{first}\n\n{intro}\n{quoted(asked)}", first
        yield "below", f"{intro}\n{quoted(asked)}\n\n{new}"
        yield "above and below", f"{first}\n\n{intro}\n{quoted(asked)}\n\n{second}"
        yield "between", f"{intro}\n{quoted(head)}\n{first}\n{quoted(tail)}\n\n{second}"
        yield "unmarked", f"{new}\n\n{intro}\n\n{asked}"
        yield "unmarked close", f"{new}\n\n{intro}\n{asked}"
        yield "indented", f"{new}\n\n{intro}\n\n{quoted(asked, '    ')}"
        yield "marked introduction", f"{new}\n\n{quoted(intro, width=200)}\n>\n{quoted(asked)}"
        yield "signed", f"{new}\n\n{SIGNATURE}\n\n{intro}\n{quoted(asked)}"
        yield "nested", f"{new}\n\n{intro}\n{quoted(asked)}\n>\n{quoted(intro)}\n{quoted(first, '>> ')}"
        yield "only quoted", f"{intro}\n{quoted(asked)}", ""
        yield "rewrapped", f"{new}\n\n{intro}\n\n{rewrapped(asked)}\n{rewrapped(asked)}"
        for one in folded(intro):
            yield "folded", f"{new}\n\n{one}\n\n{quoted(asked)}"
            yield "folded below", f"{one}\n{quoted(asked)}\n\n{new}"
            yield "folded unmarked", f"{new}\n\n{one}\n\n{asked}"
    for phone in table["sent_from"]:
        yield "telephone", f"{new}\n\n{phone}\n\n{introductions[0]}\n{quoted(asked)}"
        yield "telephone last", f"{new}\n\n{phone}"
        yield "telephone marked", f"{new}\n\n{phone}\n\n{quoted(introductions[0])}\n>\n{quoted(asked)}"
        yield "telephone close", f"{new}\n{phone}\n\n{introductions[0]}\n{quoted(asked)}"
    for name, block in blocks(table):
        yield f"fields {name}", f"{new}\n\n{block}\n\n{asked}"
        yield f"fields close {name}", f"{new}\n{block}\n{asked}"
        yield f"fields ruled {name}", f"{new}\n\n{'_' * 32}\n{block}\n\n{asked}"
        yield f"fields marked {name}", f"{new}\n\n{quoted(block, width=200)}\n>\n{quoted(asked)}"
        phone = table["sent_from"][0]
        yield f"fields telephone {name}", f"{new}\n\n{phone}\n{'_' * 32}\n{block}\n\n{asked}"
        for ruler in table["rulers"]:
            yield f"ruler {name}", f"{new}\n\n{ruler}\n{block}\n\n{asked}"
    for ruler in table["rulers"]:
        yield "ruler alone", f"{new}\n\n{ruler}\n\n{asked}"
        yield "ruler and introduction", f"{new}\n\n{ruler}\n{introductions[0]}\n\n\n{quoted(asked)}"
    yield "alone", new
    yield "signature alone", f"{new}\n\n{SIGNATURE}"


def blocks(table: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The block of header fields in the dress of several programs."""
    from_, sent, to, subject = table["fields"]
    date = table["date"]
    sender, receiver = f"{WRITER.name} <{WRITER.email}>", f"{READER.name} <{READER.email}>"

    def block(shape: str, *values: str) -> str:
        return "\n".join(
            shape.format(name, value) for name, value in zip((from_, sent, to, subject), values, strict=True)
        )

    full = (sender, date, receiver, "Re: [M-2026-0042] River Commons")
    yield "plain", block("{}: {}", *full)
    yield "spaced", block("{} : {}", *full)
    yield "wide", block("{}：{}", *full)
    yield "bold", block("*{}:* {}", *full)
    yield "bold twice", block("**{}:** {}", *full)
    yield "tab", block("{}:\t{}", *full)
    yield "mailto", block("{}: {}", f"{WRITER.name} [mailto:{WRITER.email}]", date, READER.name, full[3])
    yield "mailto brackets", block("{}: {}", f"{WRITER.name}<mailto:{WRITER.email}>", *full[1:])
    yield "no address", block("{}: {}", WRITER.name, date, READER.name, full[3])
    yield "no subject", block("{}: {}", *full[:3], "").rstrip()
    yield "blank between", block("{}: {}\n", *full)
    yield "other order", f"{sent}: {date}\n{from_}: {sender}\n{subject}: {full[3]}\n{to}: {receiver}"
    yield "two", f"{from_}: {sender}\n{sent}: {date}"
    yield "subject first", f"{subject}: {full[3]}\n{from_}: {sender}\n{to}: {receiver}\n{sent}: {date}"


# ── measuring ────────────────────────────────────────────────────────────────────────────────────


def plain(text: str) -> list[str]:
    return [" ".join(line.split()) for line in text.split("\n") if line.strip()]


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--language", default="")
    parser.add_argument("--layout", default="")
    parser.add_argument("--show", type=int, default=0, help="how many of the failures to print")
    parser.add_argument("--at-least", type=float, default=0.0, help="exit 1 where fewer are exact")
    options = parser.parse_args()
    tables = tomllib.loads(TABLES.read_text(encoding="utf-8"))
    wanted = [
        one
        for one in replies(tables)
        if options.language in ("", one.language) and options.layout in one.layout
    ]
    words = load_rules().lexicon.words
    worst = 1.0
    for known in (False, True):
        exact = leaks = losses = 0
        by_layout: Counter[str] = Counter()
        by_language: Counter[str] = Counter()
        shown = 0
        for one in wanted:
            letter = Letter(sender=READER, text=one.text)
            parent = Letter(sender=WRITER, text=one.asked) if known else None
            found = plain(split_reply(letter, parent, words).new)
            meant = plain(one.new)
            exact += found == meant
            leak, loss = bool(set(found) - set(meant)), bool(set(meant) - set(found))
            leaks += leak
            losses += loss
            if found != meant:
                by_layout[one.layout] += 1
                by_language[one.language] += 1
                if shown < options.show:
                    shown += 1
                    print(
                        f"── {one.language}, {one.layout}{', known' if known else ''}\n{one.text}\n── read as\n"
                        + "\n".join(found)
                        + "\n"
                    )
        total = len(wanted)
        worst = min(worst, exact / total)
        print(
            f"answered letter {'known' if known else 'unknown'}: {total} replies, "
            f"exact {exact / total:.1%}, quoted as new {leaks / total:.1%}, new lost {losses / total:.1%}"
        )
        print("   ", dict(by_layout.most_common(25)))
        print("   ", dict(by_language.most_common(25)))
    return int(worst < options.at_least)


if __name__ == "__main__":
    sys.exit(main())
