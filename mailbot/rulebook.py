"""``rules/*.toml`` → ``Rules``, checked, with the file named where something is wrong.

The wheel carries the defaults; an operator's own folder lies over them, file by file.
"""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from mailbot.parsers.reading import Lexicon
from mailbot.parsers.words import NOTHING
from mailbot.people.names import NameWords
from mailbot.process.form import Form
from mailbot.process.formbook import read_form_table
from mailbot.process.processbook import Fault, ProcessError, read_process_table, where
from mailbot.process.rules import Process
from mailbot.process.tags import DEEDS, SHOWN
from mailbot.toml_places import Places

FILES = ("process", "questions", "words", "eligibility", "applicant", "form", "directory")

LEARNED = "sentences"
"""``sentences.json``, which is made and not written; without it letters are read by the phrases alone."""

READERS = ("questions", "words", "eligibility", "applicant")
"""Those that the readers of letters know of, in the order of ``Lexicon``."""


class RuleError(Exception):
    """A rule file is missing or wrong; the message names it, says what was found and what to do.

    ``file`` and ``faults`` (line, or 0 where it is not known, and words) tell the same one by one, where the
    file could be read.
    """

    file: str = ""
    faults: tuple[tuple[int, str], ...] = ()

    @classmethod
    def of(cls, file: str, faults: Sequence[tuple[int, str]]) -> RuleError:
        """All that is wrong in one file, in the order of its lines."""
        told = sorted(faults, key=lambda fault: fault[0])
        said = "; ".join(f"line {line}: {words}" if line else words for line, words in told)
        error = cls(f"{file}: {said}. Correct it there.")
        error.file, error.faults = file, tuple(told)
        return error


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
    paths = rule_files(*folders)
    texts = {name: _text(path) for name, path in paths.items()}
    content = {name: _parsed(paths[name], text) for name, text in texts.items()}
    learned = _found(f"{LEARNED}.json", (default_folder(), *folders))
    if learned:
        paths[LEARNED] = learned[-1]
        content[LEARNED] = _parsed_json(learned[-1])
    return build_rules(content, {name: str(path) for name, path in paths.items()}, texts)


def rule_files(*folders: Path) -> dict[str, Path]:
    """Name without ending → the file that counts. Raises RuleError where there is none."""
    return {name: _topmost(name, (default_folder(), *folders)) for name in FILES}


def build_rules(
    content: Mapping[str, Any], named: Mapping[str, str] | None = None, texts: Mapping[str, str] | None = None
) -> Rules:
    """The rules that ``content`` (file name without ending → parsed TOML) states.

    ``named`` is how to call the files in an error, ``texts`` what stands in them, by which it tells the line.
    Raises RuleError.
    """
    called = named or {name: f"{name}.toml" for name in FILES}
    written = texts or {}
    canonical = json.dumps(content, sort_keys=True, ensure_ascii=False, default=str)
    name = hashlib.sha256(canonical.encode()).hexdigest()
    try:
        # rules that a case began with may be older than what was learned
        lexicon = Lexicon.from_tables(*(content[name] for name in READERS), sentences=content.get(LEARNED))
    except ValueError as error:
        files = ", ".join(called[name] for name in (*READERS, LEARNED) if name in called)
        raise RuleError(f"One of {files}: {error}. Correct it there.") from error
    try:
        # rules that a case began with may be older than this file
        names = NameWords.from_table(content.get("directory", {}))
    except ValueError as error:
        raise RuleError(f"{called['directory']}: {error}. Correct it there.") from error
    form = Form()
    if "form" in content:
        form = _form(content["form"], lexicon, called["form"], written.get("form", ""))
    asked, text = tuple(lexicon.questions.asked), written.get("process", "")
    process = read_process(content["process"], asked, called["process"], form, text=text)
    if faults := list(_tag_faults(process, lexicon.words.tags)):
        raise _wrong(called["process"], faults, text)
    return Rules(process, lexicon, form, names, content, name)


def _form(table: Mapping[str, Any], lexicon: Lexicon, file: str, text: str) -> Form:
    try:
        return read_form_table(table, lexicon.introductions.countries, set(lexicon.eligibility.criteria))
    except ValueError as error:
        faults = [Fault(_of_form(table, said), said) for said in str(error).split("; ")]
        raise _wrong(file, faults, text) from error


def _of_form(table: Mapping[str, Any], said: str) -> tuple[str | int, ...]:
    """Where in ``form.toml`` the thing stands that a message names."""
    if place := re.match(r"section '(\w+)'(?:, field '(\w+)')?(?:, |: )(\w+)", said):
        for at, section in enumerate(table["sections"]):
            if section["key"] == place[1]:
                keys = [field["key"] for field in section["fields"]]
                field = ("fields", keys.index(place[2])) if place[2] else ()
                return ("sections", at, *field, place[3])
    if place := re.match(r"words\.(\w+)", said):
        return ("words", place[1])
    return tuple(int(step) if step.isdigit() else step for step in re.findall(r"\w+", _path_in(said)))


def _path_in(said: str) -> str:
    path = re.search(r" - at `\$([^`]*)`$", said)
    return path[1].partition("[...]")[0] if path else ""


def _found(file: str, folders: Iterable[Path]) -> list[Path]:
    return [path for folder in folders if (path := folder / file).is_file()]


def _topmost(name: str, folders: Iterable[Path]) -> Path:
    found = _found(f"{name}.toml", folders)
    if not found:
        raise RuleError(
            f"{name}.toml is in none of {', '.join(map(str, folders))}. "
            "Put it there, or install mailbot anew."
        )
    return found[-1]


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise RuleError(f"{path}: {error}. Correct the file, then try again.") from error


def _parsed_json(path: Path) -> dict[str, Any]:
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, Any])
    except (OSError, msgspec.DecodeError) as error:
        raise RuleError(f"{path}: {error}. Correct the file or take it away, then try again.") from error


def _parsed(path: Path, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RuleError(f"{path}: {error}. Correct the file, then try again.") from error


def read_process(
    table: Mapping[str, Any],
    questions: tuple[str, ...],
    file: str,
    form: Form | None = None,
    *,
    text: str = "",
) -> Process:
    """``process.toml`` as a Process.

    ``text`` is the file as it was read, ``""`` where it is not at hand. Raises RuleError that names ``file``
    and the lines in it.
    """
    try:
        return read_process_table(table, questions, form or Form())
    except ProcessError as error:
        raise _wrong(file, error.faults, text) from error


def _wrong(file: str, faults: Iterable[Fault], text: str) -> RuleError:
    places = Places.find(text)
    return RuleError.of(file, [(places.line(fault.path), fault.said) for fault in faults])


def _tag_faults(process: Process, tags: Mapping[str, str]) -> Iterator[Fault]:
    """What is wrong with the tags of the process, given those of ``words.toml`` and what they take."""
    for number, transition in enumerate(process.transitions):
        path, called = ("transitions", number, "on"), where(number + 1, transition.on)
        tag = transition.on.removeprefix("#")
        if tag == transition.on:
            continue
        if tag not in tags:
            yield Fault(path, f"{called}: no such tag; words.toml has {', '.join(sorted(tags))}")
        elif tag in DEEDS or tag in SHOWN:
            yield Fault(path, f"{called}: this tag has a meaning of its own and leads nowhere")
        elif transition.needs_text and tags[tag] == NOTHING:
            said = f"{called}: it waits for text, but words.toml lets nothing stand behind this tag"
            yield Fault(path, said)
