"""What the doctor found of one thing: how it is, in a word and in a sentence."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """How a check came out."""

    GOOD = "good"
    MIND = "mind"
    """It works, and somebody should know."""
    BAD = "bad"
    """Something will not work before it is put right."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at: its name, how it is, and that in words."""

    name: str
    state: State
    said: str


def good(name: str, said: str) -> Check:
    """All is well."""
    return Check(name, State.GOOD, said)


def mind(name: str, said: str) -> Check:
    """It works, and ``said`` should be known."""
    return Check(name, State.MIND, said)


def bad(name: str, said: str) -> Check:
    """It does not work; ``said`` tells what to do."""
    return Check(name, State.BAD, said)


def counted(count: int, one: str, many: str) -> str:
    """``count`` with its noun."""
    return f"{count} {one if count == 1 else many}"
