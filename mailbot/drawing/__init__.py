"""A process as a picture: what is drawn, and as Mermaid text or SVG."""

from mailbot.drawing.mermaid import mermaid
from mailbot.drawing.picture import Arrow, Card, Picture, picture
from mailbot.drawing.svg import svg

__all__ = ["Arrow", "Card", "Picture", "mermaid", "picture", "svg"]
