"""The dossier of a case as a PDF that a Board member can read, print and search.

``dossier.typ`` says how it looks, and is set by Typst. What it says is handed over as JSON: what a
stranger wrote is text there, and never markup.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from babel import Locale

from mailbot.documents.plain import clean, cut, folded, isolated
from mailbot.views import Dossier, FormRow, Noticed, ReferenceLine, Understood

if TYPE_CHECKING:
    import typst

_FOLDER: Final = Path(__file__).parent

LONGEST_DOSSIER = 250_000
"""Characters, about a hundred pages: a second's work, and no more than a mail may carry."""

LONGEST_TEXTS = (30_000, 10_000, 3_000, 1_000, 300)
"""Characters of one text: the first that keeps all of them within ``LONGEST_DOSSIER``, or else the last."""

MOST_SENTENCES = 20
"""Of those that speak of one criterion or finding."""

MOST_ROWS = 200
"""In one section."""

WIDTH = 60
"""Characters to a line, for telling how much room an empty one takes."""

LONGEST_NAME = 200
"""Characters of what stands on one line, as a name does."""

LONGEST_DETAIL = 600
"""Characters of what stands small below a label, as a question does."""

LONGEST_RUNNING_NAME = 60
"""Characters of the applicant's name at the head of each page."""

LONGEST_PARAGRAPH = 3_000
"""Characters, about a page; a longer one is set in pieces, none of which is laid out twice."""

LONGEST_WHOLE = 700
"""Characters of a row that is not divided between two pages."""

LONGEST_CELL = 6_000
"""Characters that stand beside one label before the next row of the grid, without a label, goes on."""

LONGEST_RUN = 30
"""Characters without a space, after which a line may be broken: web addresses are longer."""

SHORT = 60
"""Characters that fit on one line: it stands where the document begins its lines, whatever its script."""

_BLANK_LINES = re.compile(r"\n[ \t]*\n\s*")
_PIECE = re.compile(rf".{{1,{LONGEST_PARAGRAPH}}}(?:\s|$)|.{{1,{LONGEST_PARAGRAPH}}}", re.DOTALL)
_LONG_RUN = re.compile(rf"\S{{{LONGEST_RUN + 1},}}")
_POINTS = "/.?&=_@:;,+#%-"
_BREAK_AFTER = re.compile(rf"(?:[{_POINTS}]{{1,{LONGEST_RUN}}}|[^\s{_POINTS}]{{{LONGEST_RUN}}})(?=\S)")
_MAY_BREAK = "\u200b"

_Told = dict[str, Any]
"""What the template reads, as JSON has it."""


def dossier_pdf(dossier: Dossier, language: str) -> bytes:
    """The dossier as PDF, set in the direction of ``language``; the same dossier always gives the same bytes.

    ``language`` is one that Babel knows. The fonts are in it, and it is tagged for screen readers. A text
    that would fill a book is cut, and says so. Characters that no letter has (control characters,
    directional overrides) are left out.
    """
    import typst  # noqa: PLC0415 - read late: eighty megabytes, for what few letters carry

    rtl = Locale.parse(language).text_direction == "rtl"
    told = _Teller(dossier.words, rtl, _longest(dossier)).told(dossier, language)
    return typst.compile(
        _FOLDER / "dossier.typ",
        root=_FOLDER,
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"told": json.dumps(told)},
    )


@cache
def _fonts() -> typst.Fonts:
    """Typst's own Latin, Greek and Cyrillic, and the Arabic that comes with us."""
    import typst  # noqa: PLC0415 - the same

    return typst.Fonts(include_system_fonts=False, font_paths=[_FOLDER / "fonts"])


@dataclass(frozen=True, slots=True)
class _Teller:
    words: Mapping[str, str]
    rtl: bool
    longest: int
    """Room for one text, in characters."""

    def told(self, dossier: Dossier, language: str) -> _Told:
        """All that the template reads."""
        name = folded(dossier.applicant) or self.words["unknown_applicant"]
        number = folded(dossier.number)
        return {
            "language": language,
            "rtl": self.rtl,
            "title": f"{self.words['dossier']} {number}: {cut(name, LONGEST_NAME)}",
            "network": folded(dossier.network),
            "website": folded(dossier.website),
            "number": number,
            "name": self.line(cut(name, LONGEST_NAME), short=True),
            "running": self.line(cut(name, LONGEST_RUNNING_NAME), "muted", short=True),
            "words": dict(self.words),
            "sections": [
                *self.summary(dossier),
                self.section("answers", map(self.answer, dossier.understood), *self.aspects(dossier)),
                self.section("criteria", map(self.noticed, dossier.evidence)),
                *self.form(dossier),
                self.section("references", map(self.reference, dossier.references)),
                self.section("findings", map(self.noticed, dossier.findings)),
                *self.earlier(dossier),
            ],
        }

    # ── sections ─────────────────────────────────────────────────────────────────────────────────

    def section(self, heading: str, rows: Iterable[_Told], *lines: _Told) -> _Told:
        """A section under one of the document's headings, which says so where it is empty."""
        found = list(rows)
        none = [] if found or lines else [self.line(self.words["none"], "muted")]
        return _section(self.words[heading], found, [*lines, *none])

    def summary(self, dossier: Dossier) -> list[_Told]:
        """What is known of the applicant, and the rest at a glance."""
        facts = {
            "case": dossier.number,
            "kind": dossier.kind,
            "country": dossier.country,
            "language": dossier.language_name,
            "opened": dossier.opened,
            "prepared": dossier.prepared,
        }
        known = [
            self.row(self.words[key], self.own(fact) or [self.line(self.words["not_told"], "muted")])
            for key, fact in facts.items()
            if fact or key != "prepared"
        ]
        criteria = [
            self.row(each.title, [self.line(self.words["shown"]) if each.sentences else self.not_shown()])
            for each in dossier.evidence
        ]
        references = [
            self.line(self.labelled(isolated(cut(each.name or each.organization, LONGEST_NAME)), each.state))
            for each in dossier.references[:MOST_ROWS]
        ]
        findings = [self.line(title) for title in dict.fromkeys(each.title for each in dossier.findings)]
        nothing = [self.line(self.words["none"], "muted")]
        return [
            _section("", known),
            _section(
                self.words["glance"],
                [
                    *criteria,
                    self.row(self.words["references"], references or nothing),
                    self.row(self.words["findings"], findings or nothing),
                ],
            ),
        ]

    def aspects(self, dossier: Dossier) -> list[_Told]:
        """Which of why, contribution and benefit the motivation holds."""
        if not dossier.aspects:
            return []
        return [self.line(self.labelled(self.words["aspects"], " · ".join(dossier.aspects)), "muted")]

    def form(self, dossier: Dossier) -> list[_Told]:
        """The application form, a smaller heading for each of its sections; nothing where there is none."""
        if not dossier.sections:
            return []
        return [
            _section(self.words["form"], []),
            *(_section(each.title, map(self.field, each.rows), level=2) for each in dossier.sections),
        ]

    def earlier(self, dossier: Dossier) -> list[_Told]:
        """Cases that may be of the same applicant; nothing where there is none."""
        rows = [
            self.row(
                case.number,
                [
                    *self.own(case.name),
                    self.line(f"{case.stage} · {self.words['since']} {case.since}", "muted"),
                ],
            )
            for case in dossier.earlier
        ]
        return [_section(self.words["earlier"], rows)] if rows else []

    # ── rows ─────────────────────────────────────────────────────────────────────────────────────

    def answer(self, answer: Understood) -> _Told:
        """An answer beside its question."""
        notes = []
        if answer.source:
            source = isolated(cut(answer.source, LONGEST_NAME))
            notes.append(self.line(self.labelled(self.words["source"], source), "muted"))
        if not answer.sure:
            notes.append(self.line(self.words["unsure"], "muted"))
        return self.row(answer.question.title, [*self.own(answer.words), *notes], answer.question.text)

    def noticed(self, noticed: Noticed) -> _Told:
        """A criterion or a finding beside the applicant's own sentences; a finding has at least one."""
        sentences = [line for each in noticed.sentences[:MOST_SENTENCES] for line in self.own(each)]
        if len(noticed.sentences) > MOST_SENTENCES:
            sentences.append(self.line(self.words["cut"], "muted"))
        return self.row(noticed.title, sentences or [self.not_shown()])

    def field(self, field: FormRow) -> _Told:
        """A field of the form beside what was filled in."""
        return self.row(field.label, self.own(field.value) or [self.line("–", "muted")])

    def reference(self, reference: ReferenceLine) -> _Told:
        """A reference beside what became of it, the referee's words, and the members it may be."""
        matches = [self.line(match) for match in reference.matches]
        if matches:
            matches.insert(0, self.line(self.labelled(self.words["directory"]), "muted"))
        state = [self.line(reference.state, "strong")] if reference.state else []
        return self.row(
            reference.name or reference.organization,
            [*state, *self.own(reference.words), *matches],
            reference.organization if reference.name else "",
        )

    def row(self, label: str, words: list[_Told], detail: str = "") -> _Told:
        """A label, small words below it, and what stands beside."""
        return {
            "label": self.line(cut(folded(label), LONGEST_NAME), "strong", short=True),
            "detail": [self.line(cut(folded(detail), LONGEST_DETAIL), "muted", short=True)]
            if detail.strip()
            else [],
            "words": list(_cells(words)),
            "whole": sum(len(line["text"]) for line in words) <= LONGEST_WHOLE,
        }

    # ── words ────────────────────────────────────────────────────────────────────────────────────

    def labelled(self, label: str, words: str = "") -> str:
        """Two texts with the language's colon between them."""
        return f"{label}{self.words['colon']} {words}"

    def not_shown(self) -> _Told:
        """That no sentence speaks of a criterion."""
        return self.line(self.words["not_shown"], "muted")

    def own(self, words: str) -> list[_Told]:
        """Somebody's words, each paragraph in its own direction."""
        whole = clean(words).strip()
        kept = _shortened(whole, self.longest)
        pieces = (piece for each in _BLANK_LINES.split(kept) for piece in _PIECE.findall(each))
        lines = [self.line(piece, foreign=True) for piece in map(str.strip, pieces) if piece]
        return lines if kept == whole else [*lines, self.line(self.words["cut"], "muted")]

    def line(self, words: str, style: str = "", *, foreign: bool = False, short: bool = False) -> _Told:
        """Words of ours, in the direction of the document; ``foreign`` ones take that of their first letter.

        ``short`` ones stand where the document begins its lines.
        """
        text = clean(words).strip()
        rtl = _direction(text) == "rtl" if foreign or short else self.rtl
        stays = short or not foreign or (len(text) <= SHORT and "\n" not in text)
        return {"text": _breakable(text), "style": style, "rtl": rtl, "right": self.rtl if stays else rtl}


def _section(title: str, rows: Iterable[_Told], lines: Iterable[_Told] = (), *, level: int = 1) -> _Told:
    return {
        "title": folded(title),
        "level": level,
        "lines": list(lines),
        "rows": list(islice(rows, MOST_ROWS)),
    }


def _longest(dossier: Dossier) -> int:
    """Room for one text, so that none of them makes the dossier too long to be read or sent."""
    texts = [
        *(answer.words for answer in dossier.understood),
        *(field.value for section in dossier.sections for field in section.rows),
        *(reference.words for reference in dossier.references),
        *("\n".join(each.sentences[:MOST_SENTENCES]) for each in (*dossier.evidence, *dossier.findings)),
    ]
    sizes = [_room(text) for text in texts]
    fitting = (most for most in LONGEST_TEXTS if sum(min(size, most) for size in sizes) <= LONGEST_DOSSIER)
    return next(fitting, LONGEST_TEXTS[-1])


def _room(words: str) -> int:
    return len(words) + WIDTH * words.count("\n")


def _shortened(words: str, longest: int) -> str:
    """As many lines and words as take ``longest`` characters' room."""
    if _room(words) <= longest:
        return words
    room = 0
    for at, character in enumerate(words):
        room += WIDTH if character == "\n" else 1
        if room > longest:
            return words[:at].rsplit(maxsplit=1)[0] if " " in words[at - WIDTH : at] else words[:at]
    return words


def _cells(lines: Iterable[_Told]) -> Iterator[list[_Told]]:
    cell: list[_Told] = []
    size = 0
    for line in lines:
        if cell and size + len(line["text"]) > LONGEST_CELL:
            yield cell
            cell, size = [], 0
        cell.append(line)
        size += len(line["text"])
    yield cell


def _breakable(words: str) -> str:
    def broken(run: re.Match[str]) -> str:
        return _BREAK_AFTER.sub(rf"\g<0>{_MAY_BREAK}", run[0])

    return _LONG_RUN.sub(broken, words)


def _direction(words: str) -> str:
    """That of the first letter that has one; without any, as in a number, from left to right."""
    for character in words:
        match unicodedata.bidirectional(character):
            case "L":
                return "ltr"
            case "R" | "AL":
                return "rtl"
    return "ltr"
