"""What an applicant's letter adds to a case: answers, the form, who applies. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from mailbot.process.case import Case
from mailbot.process.events import Record
from mailbot.process.form import merge
from mailbot.process.rules import Process
from mailbot.values import Address, Answer, AttachmentText, Reading, Role

ADDITION = 0.5
"""A later answer shorter than this share of the earlier one is taken for an addition to it, a longer one
for its correction. A short correction then stands below what it corrects, and both can be read; a short
addition in place of a whole answer would lose it."""


@dataclass(frozen=True, slots=True)
class Added:
    """The case with what a letter told, the journal's entries for it, and whether anything was new."""

    case: Case
    records: tuple[Record, ...]
    answers: bool
    form: bool


def fold_in(case: Case, reading: Reading, rules: Process) -> Added:
    """The case with what ``reading`` tells; what the Secretariat set by hand stays."""
    taken = _taken(case, reading)
    records = tuple(_answer_records(case, reading, taken))
    after = _with_reading(case, reading, taken)
    filled = merge(after.form, reading.form) if rules.stage(case.stage).form else after.form
    changed = {key: value for key, value in filled.items() if after.form.get(key) != value}
    records += tuple(Record("form_taken", {"field": key}, value.text) for key, value in changed.items())
    return Added(replace(after, form=filled), records, bool(taken), bool(changed))


def joined(case: Case, other: Case) -> Case:
    """The case with what only the other holds: people, answers, form; what both hold stays as it is here."""
    keys = {Address(p.email).key for p in case.participants}
    people = tuple(
        replace(p, role=Role.CONTACT) if p.role is Role.APPLICANT else p
        for p in other.participants
        if Address(p.email).key not in keys
    )
    merged = case.with_applicant(
        kind=case.applicant.kind or other.applicant.kind,
        name=case.applicant.name or other.applicant.name,
        country=case.applicant.country or other.applicant.country,
    )
    return replace(
        merged,
        participants=(*case.participants, *people),
        answers={**other.answers, **case.answers},
        form=merge(other.form, case.form),
        references=tuple(dict.fromkeys((*case.references, *other.references))),
        findings=tuple(dict.fromkeys((*case.findings, *other.findings))),
        evidence=_joined(other.evidence, case.evidence),
    )


def _answer_records(case: Case, reading: Reading, taken: Mapping[str, Answer]) -> Iterator[Record]:
    for key in taken:
        entry = "answer_changed" if key in case.answers else "answer_taken"
        yield Record(entry, {"question": key}, reading.answers[key].text)


def _taken(case: Case, reading: Reading) -> dict[str, Answer]:
    """The answers that the reading brings, as the case is to have them; what it leaves alone is not there.

    What the Secretariat set by hand stays.
    """
    told = {key: answer for key, answer in reading.answers.items() if key not in case.kept}
    merged = {key: _merged(case.answers.get(key), answer) for key, answer in told.items()}
    return {key: answer for key, answer in merged.items() if answer is not None}


def _merged(old: Answer | None, new: Answer) -> Answer | None:
    """The answer to have from now on; None where the old one stays.

    People write again to correct, but also «see above», or one thing more, and their mail program
    breaks the lines of what they repeat: a later letter must not cost a good answer.
    """
    if not new.text.strip():
        return None
    if old is None:
        return new
    if not old.sure:
        return new if new.sure else None
    if not new.sure or f" {_plain(new)} " in f" {_plain(old)} ":
        return None
    if len(_plain(new)) < ADDITION * len(_plain(old)):
        return replace(old, text=f"{old.text}\n\n{new.text}")
    return new


def _plain(answer: Answer) -> str:
    return " ".join(answer.text.split())


def _with_reading(case: Case, reading: Reading, taken: Mapping[str, Answer]) -> Case:
    case = _with_applicant(case, reading)
    return replace(
        case,
        answers={**case.answers, **taken},
        references=_references(case, reading, taken),
        findings=tuple(dict.fromkeys((*case.findings, *reading.findings))),
        evidence=_joined(case.evidence, reading.evidence),
        unreadable=_still_unreadable(case, reading),
    )


def _references(case: Case, reading: Reading, taken: Mapping[str, Answer]) -> tuple[str, ...]:
    """Who may be asked, as far as the answer still names them."""
    if "reference" not in taken:
        return case.references
    still = [name for name in case.references if name in taken["reference"].text]
    return tuple(dict.fromkeys((*still, *reading.references)))


def _with_applicant(case: Case, reading: Reading) -> Case:
    """What was told first stays: a later letter fills gaps in who applies, and changes nothing."""
    known, told = case.applicant, reading.applicant
    return case.with_applicant(
        kind=None if known.kind else told.kind,
        name="" if known.name else told.name,
        country="" if known.country else told.country,
    )


def _joined(
    old: Mapping[str, tuple[str, ...]], new: Mapping[str, tuple[str, ...]]
) -> dict[str, tuple[str, ...]]:
    return {key: tuple(dict.fromkeys((*old.get(key, ()), *new.get(key, ())))) for key in {**old, **new}}


def _still_unreadable(case: Case, reading: Reading) -> tuple[AttachmentText, ...]:
    """The attachments to be asked for as text; a letter that answers something settles the older ones."""
    older = () if reading.answers else case.unreadable
    return tuple({text.name: text for text in (*older, *reading.unreadable)}.values())
