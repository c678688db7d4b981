"""The table of ``rules/process.toml`` → ``Process``, checked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from difflib import get_close_matches
from enum import StrEnum
from typing import Any

import msgspec

from mailbot.process.form import Form
from mailbot.process.rules import (
    ENDED,
    OPEN,
    WITH_WORD,
    BallotRules,
    Condition,
    Deed,
    Guard,
    LetterOrder,
    Process,
    ReferenceRules,
    Share,
    Silence,
    Stage,
    Transition,
    Trigger,
    VoterGroup,
)
from mailbot.values import Kind, Role, Verdict

Path = tuple[str | int, ...]

LAST_DAY = 31

CASE_NUMBER = re.compile(r"[A-Z][A-Z0-9-]{2,30}")
"""What a case's number must look like to be found in a subject, where nothing else in brackets is one."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is wrong, or only odd: where in the table, and in words."""

    path: Path
    said: str
    wrong: bool = True


class ProcessError(ValueError):
    """The table is no process; ``faults`` are all that was found."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(fault.said for fault in self.faults))


class _Transition(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"origins": "from"}):
    """A transition as the file writes it: ``from`` is a word of Python."""

    origins: tuple[str, ...]
    on: str
    when: tuple[str, ...] = ()
    to: str = ""
    write: tuple[LetterOrder, ...] = ()
    do: tuple[Deed, ...] = ()
    proposes: str = ""


class _Process(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    number: str
    first: str
    stages: dict[str, Stage]
    transitions: tuple[_Transition, ...]
    kinds: dict[Kind, tuple[str, ...]]
    languages: dict[str, tuple[str, ...]]
    outcomes: dict[str, tuple[str, ...]] = {}
    ballots: dict[str, BallotRules] = {}
    references: ReferenceRules | None = None


def read_process_table(table: Mapping[str, Any], questions: tuple[str, ...], form: Form) -> Process:
    """The process that a parsed ``process.toml`` states. Raises ProcessError with all that is wrong."""
    if misfits := tuple(_misfits(table)):
        raise ProcessError(misfits)
    told = msgspec.convert(table, _Process)
    process = Process(
        number=told.number,
        first=told.first,
        stages=told.stages,
        transitions=tuple(map(_transition, told.transitions)),
        questions=questions,
        kinds=_folded(told.kinds),
        languages=_folded(told.languages),
        outcomes=_folded(told.outcomes),
        ballots=told.ballots,
        references=told.references,
        form=form,
    )
    if faults := tuple(_faults(process)):
        raise ProcessError(faults)
    return process


def where(number: int, on: str) -> str:
    """How a transition is called in a message: ``transition 3 (on #invite)``, counted from 1."""
    return f"transition {number} (on {on})"


def _transition(told: _Transition) -> Transition:
    when = tuple(_condition(guard) for guard in told.when)
    return Transition(told.origins, told.on, when, told.to, told.write, told.do, told.proposes)


def _condition(told: str) -> Condition:
    """«says approved» → the guard and its word. Raises ValueError for a guard that there is not."""
    name, _, word = told.partition(" ")
    return Condition(Guard(name), word.strip())


def _folded(names: Mapping[Any, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    return {str(key): tuple(spoken.casefold() for spoken in named) for key, named in names.items()}


# ── what does not fit the types ──────────────────────────────────────────────────────────────────

_CHOICES: Mapping[str, type[StrEnum]] = {
    "do": Deed,
    "no": Verdict,
    "pauses": Verdict,
    "silence": Silence,
    "to": Role,
    "voters": VoterGroup,
    "waits_for": Role,
    "yes": Verdict,
}
_KINDS = {
    "int": "a whole number",
    "str": "a text in quotation marks",
    "array": "a list in square brackets",
    "object": "a table",
    "bool": "true or false",
    "float": "a number with a point",
}
_AT = re.compile(r"^(.*?)(?: - at `(?:key` in `)?\$(.*)`)?$", re.DOTALL)
_STEP = re.compile(r"\.(\w+)|\[(\d+)\]|\[\.\.\.\]")


def _misfits(table: Mapping[str, Any]) -> Iterator[Fault]:
    """Each part is looked at by itself, so that all that is wrong is told at once."""
    found = False
    for path, part, kind, called in _parts(table):
        for fault in _misfit(path, part, kind, called):
            found = True
            yield fault
    if not found:
        yield from _misfit((), table, _Process, "")


def _parts(table: Mapping[str, Any]) -> Iterator[tuple[Path, Any, Any, str]]:
    for key, kind, called in (("stages", Stage, "stage"), ("ballots", BallotRules, "ballot")):
        named = table.get(key)
        for name, part in named.items() if isinstance(named, Mapping) else ():
            yield (key, name), part, kind, f"{called} {name!r}"
    if "references" in table:
        yield ("references",), table["references"], ReferenceRules, "references"
    transitions = table.get("transitions")
    for at, part in enumerate(transitions if isinstance(transitions, list | tuple) else ()):
        on = part.get("on", "nothing") if isinstance(part, Mapping) else "nothing"
        yield ("transitions", at), part, _Transition, where(at + 1, on)


def _misfit(path: Path, part: Any, kind: Any, called: str) -> Iterator[Fault]:
    try:
        told = msgspec.convert(part, kind)
    except msgspec.ValidationError as error:
        said, below = _read(str(error))
        yield Fault((*path, *below), f"{called}: {_plainly(said, below, kind)}" if called else said)
        return
    yield from _strays(path, part, kind, called)
    if isinstance(told, _Transition):
        for at, guard in enumerate(told.when):
            name = guard.partition(" ")[0]
            if name not in set(Guard):
                yield Fault(
                    (*path, "when", at),
                    f"{called}: {guard!r} is no guard; {_there_are(name, [g.value for g in Guard])}",
                )


def _strays(path: Path, part: Any, kind: Any, called: str) -> Iterator[Fault]:
    """Settings that there are not: a dataclass would let them pass, and a misspelt deadline never ring."""
    settings = _settings(kind)
    for key in part:
        if key not in settings:
            said = f"there is no setting {key!r} here; {_there_are(key, settings)}"
            yield Fault((*path, key), f"{called}: {said}")
    for at, order in enumerate(part.get("write", ()) if kind is _Transition else ()):
        yield from _strays((*path, "write", at), order, LetterOrder, called)


def _read(message: str) -> tuple[str, Path]:
    """msgspec's words, and the path that it names at their end."""
    told = _AT.match(message)
    if told is None:
        return message, ()
    path: list[str | int] = []
    for step in _STEP.finditer(told[2] or ""):
        if step[0] == "[...]":
            break
        path.append(step[1] or int(step[2]))
    return told[1] if path or not told[2] else message, tuple(path)


def _plainly(said: str, below: Path, kind: Any) -> str:
    """What msgspec says, in words that name the setting and what may stand there."""
    setting = next((key for key in reversed(below) if isinstance(key, str)), "")
    if (wrong := re.fullmatch(r"Invalid enum value '(.*)'", said)) and setting in _CHOICES:
        choices = [choice.value for choice in _CHOICES[setting]]
        return f"{setting} is {wrong[1]!r}, which is not known; {_there_are(wrong[1], choices)}"
    if unknown := re.fullmatch(r"Object contains unknown field `(.*)`", said):
        settings = [] if below else _settings(kind)
        return f"there is no setting {unknown[1]!r} here" + (
            f"; {_there_are(unknown[1], settings)}" if settings else ""
        )
    if lacking := re.fullmatch(r"Object missing required field `(.*)`", said):
        return f"{lacking[1]} is missing"
    if other := re.fullmatch(r"Expected `(\w+)(?: \| null)?`, got `(\w+)`", said):
        return f"{setting} must be {_KINDS.get(other[1], other[1])}, not {_KINDS.get(other[2], other[2])}"
    return f"{setting}: {said}" if setting else said


def _settings(kind: Any) -> list[str]:
    """The names under which a table of this kind has its settings."""
    if issubclass(kind, msgspec.Struct):
        return [one.encode_name for one in msgspec.structs.fields(kind)]
    return [one.name for one in fields(kind)]


def _there_are(wrong: str, choices: list[str]) -> str:
    """The choices; the nearest alone where one is near."""
    near = get_close_matches(wrong, choices, 1)
    return f"did you mean {near[0]!r}?" if near else f"there are {', '.join(choices)}"


# ── what does not fit together ───────────────────────────────────────────────────────────────────


def _faults(process: Process) -> Iterator[Fault]:
    if process.first not in process.stages:
        yield Fault(("first",), f"first is {process.first!r}, which is no stage")
    if not _numbers_cases(process.number):
        yield Fault(
            ("number",),
            f"number is {process.number!r}; it may use {{year}}, must use {{count}}, and is otherwise of "
            'capital letters, digits and hyphens, such as "M-{year}-{count:04}"',
        )
    yield from _stage_faults(process)
    yield from _transition_faults(process)
    yield from _ballot_faults(process)


def _stage_faults(process: Process) -> Iterator[Fault]:
    for name, stage in process.stages.items():
        path, called = ("stages", name), f"stage {name!r}"
        if name in (OPEN, ENDED):
            yield Fault(path, f"{called} needs another name: this one means many stages")
        days = [day for day in (stage.reminder, stage.deadline) if day is not None]
        if stage.ballot and stage.ballot not in process.ballots:
            yield Fault(
                (*path, "ballot"),
                f"{called}: ballot is {stage.ballot!r}, and there is no [ballots.{stage.ballot}]",
            )
        if any(day < 1 for day in days) or sorted(set(days)) != days:
            yield Fault(
                (*path, "reminder" if stage.reminder is not None else "deadline"),
                f"{called}: reminder and deadline are days, 1 or more, and the reminder comes first",
            )


def _ballot_faults(process: Process) -> Iterator[Fault]:
    for name, ballot in process.ballots.items():
        path, called = ("ballots", name), f"ballot {name!r}"
        for setting, text in (("quorum", ballot.quorum), ("threshold", ballot.threshold)):
            try:
                Share.parse(text)
            except ValueError as error:
                yield Fault((*path, setting), f"{called}: {setting}: {error}")
        if ballot.days < 1 or ballot.extension < 1 or ballot.grace < 0 or ballot.extensions < 0:
            yield Fault(path, f"{called}: days and extension are 1 or more, grace and extensions 0 or more")
        for setting, days in (("reminder", ballot.reminder), ("warning", ballot.warning)):
            if days is not None and not 0 < days < ballot.days:
                said = f"{setting} is {days}; it must lie within the {ballot.days} days"
                yield Fault((*path, setting), f"{called}: {said}")
        if ballot.day_of_month is not None and not 1 <= ballot.day_of_month <= LAST_DAY:
            said = f"day_of_month is {ballot.day_of_month}; it is 1 to {LAST_DAY}"
            yield Fault((*path, "day_of_month"), f"{called}: {said}")
        if ballot.yes is ballot.no:
            yield Fault((*path, "no"), f"{called}: yes and no are both {ballot.yes.value!r}")
    for name in sorted(set(process.outcomes) - set(process.stages)):
        yield Fault(("outcomes", name), f"outcomes names {name!r}, which is no stage")


def _transition_faults(process: Process) -> Iterator[Fault]:
    stages = set(process.stages)
    for number, transition in enumerate(process.transitions):
        path, called = ("transitions", number), where(number + 1, transition.on)
        for name in sorted(set(transition.origins) - stages - {OPEN, ENDED}):
            yield Fault((*path, "from"), f"{called} comes from {name!r}, which is no stage")
        if transition.to and transition.to not in stages:
            yield Fault((*path, "to"), f"{called} leads to {transition.to!r}, which is no stage")
        if not transition.on.startswith("#") and transition.on not in set(Trigger):
            events = f"{', '.join(Trigger)} and #tags"
            yield Fault((*path, "on"), f"{called}: no such event; there are {events}")
        if transition.proposes and transition.proposes not in stages:
            said = f"{called} proposes {transition.proposes!r}, which is no stage"
            yield Fault((*path, "proposes"), said)
        for condition in transition.when:
            if bool(condition.word) != (condition.guard in WITH_WORD):
                lacks = "needs a word behind it" if condition.guard in WITH_WORD else "takes no word"
                yield Fault((*path, "when"), f"{called}: the guard {condition.guard.value!r} {lacks}")


def _numbers_cases(pattern: str) -> bool:
    """Whether cases so numbered are told apart, and found again in a subject: ``[M-2026-0042]``."""
    try:
        first, second = (pattern.format(year=2026, count=count) for count in (1, 2))
    except (LookupError, ValueError, AttributeError, TypeError):  # whatever str.format has against a pattern
        return False
    return first != second and CASE_NUMBER.fullmatch(first) is not None
