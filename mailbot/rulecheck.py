"""What is wrong with a whole set of rules: the process, the tables beside it, and the letters it writes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path

from mailbot.compose import DEFAULT_FOLDER, TemplateError, Templates
from mailbot.compose.templates import SUFFIX
from mailbot.process.balloting import letters_of
from mailbot.process.processbook import Fault, where
from mailbot.process.processbook import Path as Place
from mailbot.process.rules import Process
from mailbot.process.soundness import unsound
from mailbot.process.tags import DEEDS, SHOWN
from mailbot.rulebook import RuleError, Rules, load_rules, rule_files
from mailbot.toml_places import Places
from mailbot.values import Kind, Language, Role

AUDIENCES: Mapping[Role, str] = {
    Role.APPLICANT: "applicant",
    Role.CONTACT: "applicant",
    Role.SECRETARIAT: "secretariat",
    Role.BOARD: "voter",
    Role.MEMBER: "voter",
    Role.REFEREE: "referee",
}
"""For whom a template must be written that goes to this role."""

OF_REFERENCES = ("needed", "answered", "request", "reminder", "released", "thanks", "unclear")
ALWAYS = ("case_update", "delivery_failed", "unvouched_letter")
TO_OFFICE = ("ballot_extended", "ballot_paused", "quorum_in_danger")

OF_THE_OFFICE = frozenset({"careful", "merge", "open", "release", "undo"})
"""Tags that are neither transitions nor deeds of one case: what they do is no matter of the rules."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong, or only odd, with the file and line (0: not known) where it can be put right."""

    file: str
    line: int
    said: str
    wrong: bool = True

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.said}." if place else self.said


def check_rules(rules: Sequence[Path], letters: Sequence[Path] = ()) -> list[Finding]:
    """Look at the defaults with the folders ``rules`` and ``letters`` over them; empty where all is well.

    What is wrong comes first; within a file, in the order of the lines.
    """
    try:
        found = load_rules(*rules)
        book = _Book(found, rule_files(*rules))
    except RuleError as error:
        if error.faults:
            return [Finding(error.file, line, said) for line, said in error.faults]
        return [Finding("", 0, str(error))]
    findings = [*book.of("process", unsound(found.process, _requests(found)))]
    findings += book.of("process", _tables_of_process(found))
    findings += book.of("questions", _questions(found))
    findings += book.of("form", _form(found))
    findings += book.of("eligibility", _eligibility(found))
    findings += book.of("words", _idle_tags(found))
    findings += book.of("process", _letters(found.process, letters))
    return sorted(dict.fromkeys(findings), key=lambda one: (not one.wrong, one.file, one.line))


class _Book:
    """The files of a set of rules, and where in them things stand."""

    def __init__(self, rules: Rules, files: Mapping[str, Path]) -> None:
        self.rules, self.files = rules, files
        self._places: dict[str, Places] = {}

    def of(self, name: str, faults: Iterable[Fault]) -> Iterator[Finding]:
        """The faults of one file, as findings."""
        for fault in faults:
            if name not in self._places:
                self._places[name] = Places.find(self.files[name].read_text(encoding="utf-8"))
            yield Finding(str(self.files[name]), self._places[name].line(fault.path), fault.said, fault.wrong)


def _requests(rules: Rules) -> set[str]:
    return {name for words in rules.lexicon.words.languages.values() for name in words.requests}


# ── tables that must keep step ───────────────────────────────────────────────────────────────────


def _lacking(spoken: Iterable[Language], told: Iterable[Language]) -> list[Language]:
    return [language for language in spoken if language not in set(told)]


def _tables_of_process(rules: Rules) -> Iterator[Fault]:
    process = rules.process
    if not process.languages:
        yield Fault(("languages",), "[languages] names no language. Name those that the network writes in")
    for kind in Kind:
        if kind.value not in process.kinds:
            said = f"[kinds] has no words for {kind.value}. Add them, so that #kind can be given in words"
            yield Fault(("kinds",), said, wrong=False)


def _questions(rules: Rules) -> Iterator[Fault]:
    questions = rules.lexicon.questions
    for language in _lacking(rules.process.languages, questions.languages):
        yield Fault(
            (),
            f"the questions are not there in {language}, in which the network writes. Add "
            f"[{language}.{next(iter(questions.asked), 'question')}] and so on, or take {language} out of "
            "[languages] in process.toml",
        )
    twice = sorted({key for key in questions.asked if questions.asked.count(key) > 1})
    for key in twice:
        yield Fault(("asked",), f"asked names {key!r} twice. Take one away")
    for language, asked in questions.languages.items():
        told = {name for question in asked.values() for name in question.aspects}
        if told and (missing := [name for name in questions.aspects if name not in told]):
            yield Fault(
                (language,),
                f"[{language}] does not say how {', '.join(missing)} shows, which aspects names. Add "
                "it, or "
                "take it out of aspects",
                wrong=False,
            )


def _form(rules: Rules) -> Iterator[Fault]:
    form, process = rules.form, rules.process
    if not form.sections:
        return
    for language in _lacking(process.languages, form.words):
        yield Fault(
            ("words",),
            f"the form is not there in {language}, in which the network writes. Add [words.{language}] and "
            "the titles and labels",
        )
    if not any(stage.form for stage in process.stages.values()):
        yield Fault(
            ("sections", 0),
            "no stage reads letters for this form. Write form = true into the stage that waits for it, in "
            "process.toml",
            wrong=False,
        )
    for kind in Kind:
        if form.meaning("applicant.name", kind) is None:
            yield Fault(
                ("sections", 0),
                f"no field says what an {kind.value} is called. Add means = 'applicant.name' to the one "
                "that "
                "does",
                wrong=False,
            )
    if process.references is None:
        for at, section in enumerate(form.sections):
            for number, one in enumerate(section.fields):
                if one.means.startswith(("referee.", "consent.")):
                    yield Fault(
                        ("sections", at, "fields", number),
                        f"field {one.key!r} is about references, and process.toml has no [references]: "
                        "nobody "
                        "is written to. Add it, or take the field away",
                        wrong=False,
                    )


def _eligibility(rules: Rules) -> Iterator[Fault]:
    told = rules.lexicon.eligibility
    titled: list[tuple[Place, str, Mapping[Language, str]]] = [
        (("criteria", key), f"criterion {key!r}", one.title) for key, one in told.criteria.items()
    ]
    titled += [(("categories", key), f"category {key!r}", one.title) for key, one in told.categories.items()]
    for path, called, title in titled:
        if lacking := _lacking(rules.process.languages, title):
            yield Fault(path, f"{called} has no title in {', '.join(lacking)}. Add it")
    for key, criterion in told.criteria.items():
        if lacking := _lacking(rules.process.languages, criterion.shows):
            yield Fault(
                ("criteria", key),
                f"criterion {key!r} has no phrases that show it in {', '.join(lacking)}. Add "
                f"shows.{lacking[0]}",
                wrong=False,
            )


def _idle_tags(rules: Rules) -> Iterator[Fault]:
    led = {transition.on.removeprefix("#") for transition in rules.process.transitions}
    for tag in rules.lexicon.words.tags:
        if tag not in led | set(DEEDS) | SHOWN | OF_THE_OFFICE:
            yield Fault(
                ("tags", tag),
                f"no transition is on #{tag}: the tag does nothing. Write one in process.toml, or take the "
                "tag away",
                wrong=False,
            )


# ── letters ──────────────────────────────────────────────────────────────────────────────────────


def _letters(process: Process, folders: Sequence[Path]) -> Iterator[Fault]:
    try:
        templates = Templates(DEFAULT_FOLDER, *folders, only=process.languages)
    except TemplateError as error:
        yield Fault((), f"the letters cannot be read: {error}")
        return
    for language in process.languages:
        if language not in templates.languages():
            yield Fault(
                ("languages", language),
                f"there are no letters in {language}. Write them, below templates/{language}, or take "
                f"{language} out of [languages]",
            )
    for language in sorted(_own_languages(folders) - set(process.languages)):
        yield Fault(
            ("languages",),
            f"there are letters in {language}, and [languages] does not name it: nobody is written to "
            "in it. "
            "Add it",
            wrong=False,
        )
    written = [language for language in process.languages if language in templates.languages()]
    for path, called, letter, audience in _written(process):
        yield from _of_letter(templates, written, path, called, letter, audience)


def _own_languages(folders: Sequence[Path]) -> set[Language]:
    return {file.parent.name for folder in folders for file in folder.glob(f"*/*{SUFFIX}")}


def _of_letter(
    templates: Templates, languages: Sequence[Language], path: Place, called: str, letter: str, audience: str
) -> Iterator[Fault]:
    if letter not in templates.names():
        yield Fault(
            path,
            f"{called} writes {letter!r}, and there is no such letter. Write "
            f"{languages[0]}/{letter}.md.j2 and "
            "so on, or correct the name",
        )
        return
    misdirected = []
    for language in languages:
        try:
            found = templates.letter(letter, language)
        except TemplateError as error:
            yield Fault(path, f"{called} writes {letter!r}: {str(error).removesuffix('.')}")
            continue
        if found.audience != audience:
            misdirected.append(f"{language}/{found.file.name} is for the {found.audience}")
    if misdirected:
        said = f"{called} writes {letter!r} to the {audience}, but {', '.join(misdirected)}"
        yield Fault(path, f"{said}. Write another letter, or to somebody else")


def _written(process: Process) -> Iterator[tuple[Place, str, str, str]]:
    """Every letter that the rules or the steps between them write: where it is said, by what, and for "
    "whom."""
    for number, transition in enumerate(process.transitions):
        for at, order in enumerate(transition.write):
            path: Place = ("transitions", number, "write", at)
            yield path, where(number + 1, transition.on), order.letter, AUDIENCES[order.to]
    for kind, held in process.ballots.items():
        for letter in astuple(letters_of(held)):
            yield ("ballots", kind), f"the ballot {kind!r}", letter, "voter"
        for letter in TO_OFFICE:
            yield ("ballots", kind), f"the ballot {kind!r}", letter, "secretariat"
    for letter in ALWAYS:
        yield (), "every process", letter, "secretariat"
    if process.references is not None:
        for name in OF_REFERENCES:
            audience = {"needed": "applicant", "answered": "secretariat"}.get(name, "referee")
            yield ("references",), "[references]", f"referee_{name}", audience
