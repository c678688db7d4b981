"""``rules/*.toml`` → ``Rules``, checked, with the file named where something is wrong.

The wheel carries the defaults; an operator's own folder lies over them, file by file.
"""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from mailbot.parsers.reading import Lexicon
from mailbot.parsers.words import NOTHING
from mailbot.people.names import NameWords
from mailbot.process.form import Form
from mailbot.process.formbook import read_form_table
from mailbot.process.rules import ENDED, OPEN, Guard, LetterOrder, Process, Stage, Transition, Trigger
from mailbot.process.tags import DEEDS, SHOWN
from mailbot.values import Kind

FILES = ("process", "questions", "words", "eligibility", "applicant", "form", "directory")

READERS = ("questions", "words", "eligibility", "applicant")
"""Those that the readers of letters know of, in the order of ``Lexicon``."""

CASE_NUMBER = re.compile(r"[A-Z][A-Z0-9-]{2,30}")
"""What a case's number must look like to be found in a subject, where nothing else in brackets is one."""


class RuleError(Exception):
    """A rule file is missing or wrong; the message names it, says what was found and what to do."""


@dataclass(frozen=True, slots=True)
class Rules:
    """A whole set of rules. ``content`` is what the files said; ``hash`` names it in the store."""

    process: Process
    lexicon: Lexicon
    form: Form
    """Without any field in a set of rules that was stored before there were forms."""
    names: NameWords
    """How names vary, for looking them up in the members' directory."""
    content: Mapping[str, Any]
    hash: str


def default_folder() -> Path:
    """Where the default rules lie: in the wheel beside the code, in a checkout beside the package."""
    package = Path(__file__).parent
    inside = package / "rules"
    return inside if inside.is_dir() else package.parent / "rules"


def load_rules(*folders: Path) -> Rules:
    """Read the default rules and what ``folders`` lay over them, later ones on top.

    Raises RuleError.
    """
    paths = {name: _topmost(name, (default_folder(), *folders)) for name in FILES}
    content = {name: _parsed(path) for name, path in paths.items()}
    return build_rules(content, {name: str(path) for name, path in paths.items()})


def build_rules(content: Mapping[str, Any], named: Mapping[str, str] | None = None) -> Rules:
    """The rules that ``content`` (file name without ending → parsed TOML) states.

    ``named`` is how to call the files in an error. Raises RuleError.
    """
    called = named or {name: f"{name}.toml" for name in FILES}
    canonical = json.dumps(content, sort_keys=True, ensure_ascii=False, default=str)
    name = hashlib.sha256(canonical.encode()).hexdigest()
    try:
        lexicon = Lexicon.from_tables(*(content[name] for name in READERS))
    except ValueError as error:
        files = ", ".join(called[name] for name in READERS)
        raise RuleError(f"One of {files}: {error}. Correct it there.") from error
    try:
        # rules that a case began with may be older than this file
        names = NameWords.from_table(content.get("directory", {}))
    except ValueError as error:
        raise RuleError(f"{called['directory']}: {error}. Correct it there.") from error
    process = read_process(content["process"], tuple(lexicon.questions.asked), called["process"])
    _complain(_tag_faults(process, lexicon.words.tags), called["process"])
    form = _form(content["form"], lexicon, called["form"]) if "form" in content else Form()
    return Rules(process, lexicon, form, names, content, name)


def _form(table: Mapping[str, Any], lexicon: Lexicon, file: str) -> Form:
    try:
        return read_form_table(table, lexicon.introductions.countries, set(lexicon.eligibility.criteria))
    except ValueError as error:
        raise RuleError(f"{file}: {error}. Correct it there.") from error


def _topmost(name: str, folders: Iterable[Path]) -> Path:
    found = [path for folder in folders if (path := folder / f"{name}.toml").is_file()]
    if not found:
        raise RuleError(
            f"{name}.toml is in none of {', '.join(map(str, folders))}. "
            "Put it there, or install mailbot anew."
        )
    return found[-1]


def _parsed(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise RuleError(f"{path}: {error}. Correct the file, then try again.") from error


class _Transition(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"origins": "from"}):
    """A transition as the file writes it: ``from`` is a word of Python."""

    origins: tuple[str, ...]
    on: str
    when: tuple[Guard, ...] = ()
    to: str = ""
    write: tuple[LetterOrder, ...] = ()


class _Process(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    number: str
    first: str
    stages: dict[str, Stage]
    transitions: tuple[_Transition, ...]
    kinds: dict[Kind, tuple[str, ...]]
    languages: dict[str, tuple[str, ...]]


def read_process(table: Mapping[str, Any], questions: tuple[str, ...], file: str) -> Process:
    """``process.toml`` as a Process. Raises RuleError that names ``file`` and the place in it."""
    try:
        told = msgspec.convert(table, _Process)
    except msgspec.ValidationError as error:
        raise RuleError(f"{file}: {error}. Correct it there.") from error
    process = Process(
        number=told.number,
        first=told.first,
        stages=told.stages,
        transitions=tuple(Transition(t.origins, t.on, t.when, t.to, t.write) for t in told.transitions),
        questions=questions,
        kinds=_folded(told.kinds),
        languages=_folded(told.languages),
    )
    _complain(_faults(process), file)
    return process


def _complain(faults: Iterable[str], file: str) -> None:
    if wrong := "; ".join(faults):
        raise RuleError(f"{file}: {wrong}. Correct it there.")


def _folded(names: Mapping[Any, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    return {str(key): tuple(spoken.casefold() for spoken in named) for key, named in names.items()}


def _faults(process: Process) -> list[str]:
    wrong = [] if process.first in process.stages else [f"first is {process.first!r}, which is no stage"]
    if not _numbers_cases(process.number):
        wrong.append(
            f"number is {process.number!r}; it may use {{year}}, must use {{count}}, and is otherwise of "
            'capital letters, digits and hyphens, such as "M-{year}-{count:04}"'
        )
    return [*wrong, *_stage_faults(process), *_transition_faults(process)]


def _stage_faults(process: Process) -> Iterator[str]:
    for name, stage in process.stages.items():
        if name in (OPEN, ENDED):
            yield f"stage {name!r} needs another name: this one means many stages"
        days = [day for day in (stage.reminder, stage.deadline) if day is not None]
        if any(day < 1 for day in days) or sorted(set(days)) != days:
            yield f"stage {name!r}: reminder and deadline are days, 1 or more, and the reminder comes first"


def _transition_faults(process: Process) -> Iterator[str]:
    stages = set(process.stages)
    for where, transition in _placed(process):
        for name in sorted(set(transition.origins) - stages - {OPEN, ENDED}):
            yield f"{where} comes from {name!r}, which is no stage"
        if transition.to and transition.to not in stages:
            yield f"{where} leads to {transition.to!r}, which is no stage"
        if not transition.on.startswith("#") and transition.on not in set(Trigger):
            yield f"{where}: no such event; there are {', '.join(Trigger)} and #tags"


def _placed(process: Process) -> Iterator[tuple[str, Transition]]:
    """Each transition with how to name its place in the file."""
    for number, transition in enumerate(process.transitions, 1):
        yield f"transition {number} (on {transition.on})", transition


def _numbers_cases(pattern: str) -> bool:
    """Whether cases so numbered are told apart, and found again in a subject: ``[M-2026-0042]``."""
    try:
        first, second = (pattern.format(year=2026, count=count) for count in (1, 2))
    except (LookupError, ValueError, AttributeError, TypeError):  # whatever str.format has against a pattern
        return False
    return first != second and CASE_NUMBER.fullmatch(first) is not None


def _tag_faults(process: Process, tags: Mapping[str, str]) -> Iterator[str]:
    """What is wrong with the tags of the process, given those of ``words.toml`` and what they take."""
    for where, transition in _placed(process):
        tag = transition.on.removeprefix("#")
        if tag == transition.on:
            continue
        if tag not in tags:
            yield f"{where}: no such tag; words.toml has {', '.join(sorted(tags))}"
        elif tag in DEEDS or tag in SHOWN:
            yield f"{where}: this tag has a meaning of its own and leads nowhere"
        elif Guard.TEXT_GIVEN in transition.when and tags[tag] == NOTHING:
            yield f"{where}: it waits for text, but words.toml lets nothing stand behind this tag"
