"""Writes letters: a template and what may be told make text, HTML and the bytes of a mail message."""

from mailbot.compose.check import check
from mailbot.compose.message import Composed, Draft, UnwritableAddressError, compose
from mailbot.compose.phrases import MissingPhraseError, Phrases
from mailbot.compose.templates import (
    DEFAULT_FOLDER,
    Rendered,
    TemplateError,
    Templates,
    WrongAudienceError,
)

__all__ = [
    "DEFAULT_FOLDER",
    "Composed",
    "Draft",
    "MissingPhraseError",
    "Phrases",
    "Rendered",
    "TemplateError",
    "Templates",
    "UnwritableAddressError",
    "WrongAudienceError",
    "check",
    "compose",
]
