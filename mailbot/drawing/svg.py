"""A picture as SVG, laid out by rules of its own: a process is a way with detours, not any graph.

The open stages stand below each other in the order of the rules, the ended ones beside them. What leads to
the next stage goes straight down; what leads ahead or to an end leaves on the right, what leads back on the
left, with its words at the card that it leaves. All that leads to one stage joins one lane and one colour.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from textwrap import wrap

from mailbot.drawing.picture import Arrow, Card, Picture

WIDTH, END_WIDTH = 250, 220
"""Of a card, and of one of a stage that has ended."""
LINE, SMALL = 17, 14
"""Height of a line of a card, and of a label."""
WORDS = 250
"""Room for the labels beside a card."""
LETTERS = 40
"""Of a label before it is broken."""
LANE, GAP, MARGIN, PORT = 13, 26, 24, 13
COLOURS = (
    *("#1f6f8b", "#a23b3b", "#6b7a1f", "#7a4fa3", "#b3672b", "#2f7d4f", "#8b5a6b", "#3d4f9e"),
    *("#5c5c5c", "#0f8a8a", "#c2457c", "#8a6d00", "#4a7fc1", "#6d4c41", "#9c27b0"),
)

FRAME = """<svg xmlns="http://www.w3.org/2000/svg"
  width="{width}" height="{height}" viewBox="0 0 {width} {height}">
<style>
text {{ font: 12px "DejaVu Sans", "Noto Sans", "Noto Sans Arabic", sans-serif; fill: #222 }}
.title {{ font-size: 13px; font-weight: bold }}
.label {{ font-size: 11px }}
path {{ fill: none; stroke-width: 1.4 }}
</style>
<rect width="{width}" height="{height}" fill="#fff"/>
{parts}
</svg>
"""


@dataclass
class _Box:
    """A card with its place, and what leaves it on either side."""

    card: Card
    x: float
    width: float
    y: float = 0
    height: float = 0
    right: list[Arrow] = field(default_factory=list)
    left: list[Arrow] = field(default_factory=list)
    down: Arrow | None = None

    @property
    def title(self) -> list[str]:
        return wrap(self.card.title, int(self.width / 8.4)) or [self.card.key]

    @property
    def told(self) -> list[str]:
        return [line for told in self.card.lines for line in wrap(told, int(self.width / 6.8))]

    @property
    def lines(self) -> int:
        return len(self.title) + len(self.told)


def svg(drawn: Picture) -> str:
    """The whole picture as the text of an SVG file."""
    return _Drawing(drawn).text()


class _Drawing:
    def __init__(self, drawn: Picture) -> None:
        self.drawn = drawn
        self.parts: list[str] = []
        self.entries: dict[tuple[str, str], float] = {}
        """Side and card → the height at which the lane to it ends."""
        self.lane: dict[tuple[str, str], float] = {}
        """Side and card → where the lane to it stands."""
        self.colours = {card.key: COLOURS[at % len(COLOURS)] for at, card in enumerate(drawn.cards)}
        column = [card for card in drawn.cards if not card.ends]
        ended = [card for card in drawn.cards if card.ends]
        order = {card.key: at for at, card in enumerate(column)}
        sides: dict[str, list[str]] = {"left": [], "right": []}
        self.boxes = {card.key: _Box(card, 0, WIDTH) for card in column}
        self.ends = {card.key: _Box(card, 0, END_WIDTH) for card in ended}
        for arrow in drawn.arrows:
            side = self._assign(arrow, order)
            if side and arrow.target not in sides[side]:
                sides[side].append(arrow.target)
        self._place(sides["left"], sides["right"])

    def _assign(self, arrow: Arrow, order: dict[str, int]) -> str:
        """On which side the arrow leaves; ``""``: straight down."""
        if arrow.source not in order:
            self.ends[arrow.source].right.append(arrow)
            return "right"
        box = self.boxes[arrow.source]
        if arrow.target not in order:
            box.right.append(arrow)
            return "right"
        ahead = order[arrow.target] - order[arrow.source]
        if ahead == 1 and not box.card.many:
            box.down = arrow
            return ""
        (box.right if ahead > 0 else box.left).append(arrow)
        return "right" if ahead > 0 else "left"

    # ── places ───────────────────────────────────────────────────────────────────────────────────

    def _place(self, left: Sequence[str], right: Sequence[str]) -> None:
        x = MARGIN + LANE * len(left) + (WORDS if left else 0)
        y: float = MARGIN
        for box in self.boxes.values():
            box.x, box.y = x, y
            coming = [key == box.card.key for key in (*left, *right)].count(True) * PORT
            box.height = max(
                22 + LINE * box.lines,
                max(_height(box.right), _height(box.left)) + coming + 10,
            )
            y += box.height + GAP + (SMALL * len(_lines(box.down)) if box.down else 0)
        ahead = [key for key in right if key in self.boxes]
        self.wide = x + WIDTH + WORDS
        to_ends = [key for key in self.ends if key in right]
        lanes = [*ahead, *to_ends]
        self.lane = {("right", key): self.wide + LANE * (at + 1) for at, key in enumerate(lanes)}
        self.lane |= {("left", key): MARGIN + LANE * at for at, key in enumerate(left)}
        end_x = self.wide + LANE * (len(lanes) + 2)
        self._place_ends(end_x, y - GAP)
        self.width = end_x + END_WIDTH + MARGIN
        self.height = max([y, *(box.y + box.height for box in self.ends.values())]) - GAP + MARGIN * 2

    def _place_ends(self, x: float, bottom: float) -> None:
        """The ended stages beside those that lead to them, in the order of these."""
        for box in self.ends.values():
            box.x = x
            box.height = 20 + LINE * box.lines + sum(SMALL * len(self._told(arrow)) for arrow in box.right)
        wanted = {key: self._middle(key) for key in self.ends}
        y: float = MARGIN
        row = sorted(self.ends, key=lambda key: wanted[key])
        spare = bottom - MARGIN - sum(self.ends[key].height + GAP for key in row)
        for key in row:
            box = self.ends[key]
            above = max(0.0, min(spare, wanted[key] - box.height / 2 - y))
            spare -= above
            box.y = y + above
            y = box.y + box.height + GAP

    def _middle(self, key: str) -> float:
        """Where those stand that lead to ``key``, on the average."""
        found = [
            self.boxes[a.source] for a in self.drawn.arrows if a.target == key and a.source in self.boxes
        ]
        return sum(box.y + box.height / 2 for box in found) / len(found) if found else 0

    # ── drawing ──────────────────────────────────────────────────────────────────────────────────

    def text(self) -> str:
        """The picture."""
        self.parts.append(
            "<defs>"
            + "".join(
                f'<marker id="to-{at}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" '
                f'markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0 L8 4 L0 8 z" '
                f'style="fill:{colour};stroke:none"/></marker>'
                for at, colour in enumerate(COLOURS)
            )
            + "</defs>"
        )
        for box in (*self.boxes.values(), *self.ends.values()):
            self._enter(box)
        for box in self.boxes.values():
            self._leave(box)
        for box in self.ends.values():
            self._leave_end(box)
        for box in (*self.boxes.values(), *self.ends.values()):
            self._card(box)
        return FRAME.format(width=round(self.width), height=round(self.height), parts="\n".join(self.parts))

    def _enter(self, box: _Box) -> None:
        """Where the lanes to this card end."""
        for side in ("left", "right"):
            if (side, box.card.key) in self.lane:
                self.entries[side, box.card.key] = box.y + 9 + PORT / 2

    def _leave(self, box: _Box) -> None:
        if box.down is not None:
            self._straight(box, box.down)
        for side, arrows in (("right", box.right), ("left", box.left)):
            y = box.y + 5 + (PORT if (side, box.card.key) in self.lane else 0)
            for arrow in arrows:
                said = _lines(arrow)
                for at, words in enumerate(said):
                    place = box.x + WIDTH + 8 if side == "right" else box.x - 8
                    self._words(
                        words,
                        place,
                        y + SMALL * (at + 1) - 3,
                        "label",
                        "left" if side == "right" else "right",
                    )
                y += SMALL * len(said) + 2
                self._lane(arrow, side, box.x + WIDTH if side == "right" else box.x, y)
                y += 8

    def _leave_end(self, box: _Box) -> None:
        y = box.y + 12 + LINE * box.lines
        for arrow in box.right:
            self._lane(arrow, "right", box.x, y)
            y += SMALL * len(self._told(arrow))

    def _lane(self, arrow: Arrow, side: str, x: float, y: float) -> None:
        """From a card's edge along the lane of its target to that card."""
        lane, end = self.lane[side, arrow.target], self.entries[side, arrow.target]
        target = self.boxes.get(arrow.target) or self.ends[arrow.target]
        edge = target.x + WIDTH if side == "right" and arrow.target in self.boxes else target.x
        self._path(f"M{x:g} {y:g} H{lane:g} V{end:g} H{edge:g}", arrow.target)

    def _straight(self, box: _Box, arrow: Arrow) -> None:
        x, top = box.x + WIDTH / 2, box.y + box.height
        self._path(f"M{x:g} {top:g} V{self.boxes[arrow.target].y:g}", arrow.target)
        for at, words in enumerate(_lines(arrow)):
            self._words(words, x + 8, top + SMALL * (at + 1) + 2, "label", "left")

    def _path(self, way: str, target: str) -> None:
        colour = self.colours[target]
        self.parts.append(
            f'<path d="{way}" stroke="{colour}" marker-end="url(#to-{COLOURS.index(colour)})"/>'
        )

    def _card(self, box: _Box) -> None:
        card = box.card
        dashes = ' stroke-dasharray="5 3"' if card.many else ""
        fill = "#f0f0f0" if card.ends else "#fbfbf4" if card.many else "#eef4fa"
        self.parts.append(
            f'<rect x="{box.x:g}" y="{box.y:g}" width="{box.width:g}" height="{box.height:g}" '
            f'rx="{14 if card.ends else 5}" fill="{fill}" stroke="#555"{dashes}/>'
        )
        told = [line for arrow in box.right for line in self._told(arrow)] if card.ends else []
        y = box.y + (box.height - LINE * box.lines - SMALL * len(told)) / 2 - 4
        middle = box.x + box.width / 2
        for kind, height, lines in (
            ("title", LINE, box.title),
            ("line", LINE, box.told),
            ("label", SMALL, told),
        ):
            for line in lines:
                y += height
                self._words(line, middle, y, kind, "middle")

    def _told(self, arrow: Arrow) -> list[str]:
        """What leads on from an ended stage, told inside its card."""
        title = self.drawn.card(arrow.target).title
        return [line for label in arrow.labels for line in wrap(f"{label} → {title}", LETTERS - 8)]

    def _words(self, words: str, x: float, y: float, kind: str, align: str) -> None:
        """``align`` is the side of the words on which ``x`` lies; for Arabic, SVG counts from the right."""
        anchors = {"left": "start", "right": "end", "middle": "middle"}
        if self.drawn.rtl:
            anchors |= {"left": "end", "right": "start"}
        way = ' direction="rtl"' if self.drawn.rtl else ""
        self.parts.append(
            f'<text class="{kind}" x="{x:g}" y="{y:g}" text-anchor="{anchors[align]}"{way}>'
            f"{escape(words)}</text>"
        )


def _lines(arrow: Arrow) -> list[str]:
    return [line for label in arrow.labels for line in wrap(label, LETTERS)]


def _height(arrows: Sequence[Arrow]) -> float:
    return sum(SMALL * len(_lines(arrow)) + 10 for arrow in arrows)
