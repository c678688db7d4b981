"""A picture as Mermaid text, which GitHub and many editors draw inside Markdown."""

from __future__ import annotations

from mailbot.drawing.picture import Card, Picture


def mermaid(drawn: Picture) -> str:
    """The text of a flowchart; ends with a line break."""
    lines = ["flowchart TD"]
    lines += [f"  {_node(card)}" for card in drawn.cards]
    for arrow in drawn.arrows:
        said = "<br>".join(map(_escaped, arrow.labels))
        lines.append(f'  {_id(arrow.source)} -->|"{said}"| {_id(arrow.target)}')
    ended = [_id(card.key) for card in drawn.cards if card.ends]
    many = [_id(card.key) for card in drawn.cards if card.many]
    lines += ["  classDef ended fill:#eee,stroke:#888", "  classDef many stroke-dasharray:4"]
    lines += [f"  class {','.join(keys)} {name}" for keys, name in ((ended, "ended"), (many, "many")) if keys]
    return "\n".join(lines) + "\n"


def _node(card: Card) -> str:
    said = "<br>".join((f"<b>{_escaped(card.title)}</b>", *map(_escaped, card.lines)))
    opening, closing = ("([", "])") if card.ends else ("[", "]")
    return f'{_id(card.key)}{opening}"{said}"{closing}'


def _id(key: str) -> str:
    """An identifier that is none of Mermaid's own words: ``end`` would break its grammar."""
    return "s_" + "".join(char if char.isascii() and char.isalnum() else f"_{ord(char):x}" for char in key)


def _escaped(text: str) -> str:
    for sign, code in (("&", "amp"), ("#", "35"), ('"', "quot"), ("<", "lt"), (">", "gt"), ("|", "124")):
        text = text.replace(sign, f"\x00{code};") if sign != "&" else text.replace("&", "\x00amp;")
    return text.replace("\x00", "#")
