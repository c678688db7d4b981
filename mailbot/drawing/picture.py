"""What is drawn of a process: a card for each stage, an arrow for each way from one to another, in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mailbot.compose import Phrases
from mailbot.compose.typeset import isolate
from mailbot.process.rules import ENDED, OPEN, Condition, Guard, Process, Stage, Transition
from mailbot.values import Language


@dataclass(frozen=True, slots=True)
class Card:
    """A stage, or one of the two words that stand for many."""

    key: str
    title: str
    lines: tuple[str, ...] = ()
    """Whom it waits for and how long, and the ballot that is held there."""
    ends: bool = False
    many: bool = False
    """It stands for every open stage, or for every one that has ended."""


@dataclass(frozen=True, slots=True)
class Arrow:
    """The ways from one card to another, each told in a line."""

    source: str
    target: str
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """All of it, in the order of the rules."""

    cards: tuple[Card, ...]
    arrows: tuple[Arrow, ...]
    rtl: bool = False

    def card(self, key: str) -> Card:
        """The card of this stage. Raises KeyError."""
        return {card.key: card for card in self.cards}[key]


def picture(process: Process, phrases: Phrases, language: Language) -> Picture:
    """The process in ``language``, told with the sentences of ``[diagram]``.

    Transitions that leave a case where it is are not drawn. Raises MissingPhraseError where a language lacks
    a sentence.
    """
    tell = _Teller(process, phrases, language)
    ways: dict[tuple[str, str], list[str]] = {}
    for transition in process.transitions:
        for origin in transition.origins if transition.to else ():
            if origin != transition.to:
                ways.setdefault((origin, transition.to), []).append(tell.way(transition))
    arrows = [Arrow(*pair, tuple(dict.fromkeys(labels))) for pair, labels in ways.items()]
    cards = [tell.card(key, stage) for key, stage in process.stages.items()]
    cards += [
        Card(key, phrases.say("diagram", f"stages.{key}"), many=True)
        for key in (OPEN, ENDED)
        if any(arrow.source == key for arrow in arrows)
    ]
    return Picture(tuple(cards), tuple(arrows), rtl=phrases.rtl)


@dataclass(frozen=True, slots=True)
class _Teller:
    process: Process
    phrases: Phrases
    language: Language

    def title(self, key: str) -> str:
        stage = self.process.stages.get(key)
        return stage.title.get(self.language, key) if stage else key

    def card(self, key: str, stage: Stage) -> Card:
        return Card(key, self.title(key), tuple(self._lines(stage)), ends=stage.ends)

    def _lines(self, stage: Stage) -> Iterator[str]:
        if stage.waits_for is not None:
            yield self.phrases.say("diagram", f"waits.{stage.waits_for.value}")
        for name, days in (("reminder", stage.reminder), ("deadline", stage.deadline)):
            if days is not None:
                yield self.phrases.say("diagram", f"stages.{name}", days=str(days))
        if stage.ballot:
            held = self.process.ballots[stage.ballot]
            title = held.title.get(self.language, stage.ballot)
            yield self.phrases.say("diagram", "stages.ballot", ballot=title, days=str(held.days))

    def way(self, transition: Transition) -> str:
        """What leads on, in a line: «applicant writes: form complete»."""
        on = transition.on
        # a tag reads from left to right among Arabic words too
        said = (
            isolate(on, rtl=self.phrases.rtl)
            if on.startswith("#")
            else self.phrases.say("diagram", f"on.{on}")
        )
        if guards := ", ".join(map(self._guard, transition.when)):
            said = self.phrases.say("diagram", "stages.way", on=said, guards=guards)
        if transition.proposes:
            proposed = self.title(transition.proposes)
            said = f"{said} {self.phrases.say('diagram', 'stages.proposes', stage=proposed)}"
        return said

    def _guard(self, condition: Condition) -> str:
        word = condition.word
        if condition.guard is Guard.ASKS and f"diagram.asks.{word}" in self.phrases.sentences:
            return self.phrases.say("diagram", f"asks.{word}")
        if condition.guard in (Guard.SAYS, Guard.PROPOSED):
            word = self.title(word)
        return self.phrases.say("diagram", f"when.{condition.guard.value}", word=word)
