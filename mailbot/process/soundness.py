"""What is wrong with a process that can be read: ways that lead nowhere or never begin. Pure.

``processbook`` has seen to it that each part is right by itself; here the parts are held against each
other. What a case would be stuck by is wrong; what is merely odd is a fault that is not ``wrong``.
"""

from __future__ import annotations

from collections.abc import Iterator, Set

from mailbot.process.ballot import Outcome
from mailbot.process.processbook import Fault, Path, where
from mailbot.process.rules import (
    ENDED,
    OPEN,
    Condition,
    Deed,
    Guard,
    Process,
    Transition,
    Trigger,
)
from mailbot.values import Kind

_OF_LETTERS = frozenset({Guard.FIRST_LETTER, Guard.SOMETHING_NEW, Guard.FORM_CHANGED, Guard.ASKS})
_OF_BALLOTS = frozenset({Guard.PASSED, Guard.FAILED, Guard.NO_QUORUM})
_OF_FORMS = frozenset({Guard.FORM_CHANGED, Guard.FORM_COMPLETE, Guard.FORM_INCOMPLETE})
_EITHER = (
    frozenset({Guard.ALL_ANSWERED, Guard.SOMETHING_MISSING}),
    frozenset({Guard.FORM_COMPLETE, Guard.FORM_INCOMPLETE}),
)
"""Of these guards one holds and the other does not."""


def unsound(process: Process, requests: Set[str]) -> Iterator[Fault]:
    """What is wrong or odd, with its place in ``process.toml``. ``requests`` are what an applicant's letter
    may ask for, by ``words.toml``."""
    yield from _unreached(process)
    yield from _dead_ends(process)
    yield from _silences(process)
    yield from _ballots(process)
    yield from _proposals(process)
    yield from _unheard(process, requests)
    for number in range(len(process.transitions)):
        yield from _never(process, number)
    yield from _form_and_references(process)
    yield from _untitled(process)


def starts(process: Process, transition: Transition) -> tuple[str, ...]:
    """The stages at which a transition starts: ``open`` and ``ended`` spelled out."""
    return tuple(
        name
        for name, stage in process.stages.items()
        if name in transition.origins or (ENDED if stage.ends else OPEN) in transition.origins
    )


def _called(process: Process, number: int) -> str:
    return where(number + 1, process.transitions[number].on)


def _from(process: Process, stage: str, on: str) -> list[Transition]:
    return [t for t in process.transitions if t.on == on and stage in starts(process, t)]


# ── stages ───────────────────────────────────────────────────────────────────────────────────────


def _unreached(process: Process) -> Iterator[Fault]:
    reached, new = {process.first}, {process.first}
    while new:
        new = {t.to for t in process.transitions if t.to and new & set(starts(process, t))} - reached
        reached |= new
    for name in process.stages:
        if name not in reached:
            yield Fault(
                ("stages", name),
                f"no case ever comes to the stage {name!r}. Write a transition with to = {name!r}, "
                "or take the stage away",
            )


def _dead_ends(process: Process) -> Iterator[Fault]:
    for name, stage in process.stages.items():
        if stage.ends:
            continue
        ways = [t for t in process.transitions if t.to not in ("", name) and name in starts(process, t)]
        if not ways:
            yield Fault(
                ("stages", name),
                f"nothing leads on from the stage {name!r}, which does not end. Write a transition with "
                f"from = [{name!r}], or let it end (ends = true)",
            )
        elif not any(name in t.origins for t in ways):
            general = ", ".join(dict.fromkeys(t.on for t in ways))
            yield Fault(
                ("stages", name),
                f"from the stage {name!r} leads only what leads from every open stage ({general}). "
                f"Is a transition with from = [{name!r}] missing?",
                wrong=False,
            )


def _silences(process: Process) -> Iterator[Fault]:
    for name, stage in process.stages.items():
        for timer in stage.timers:
            if not _from(process, name, timer):
                yield Fault(
                    ("stages", name, timer),
                    f"the {timer} of the stage {name!r} leads nowhere. Write a transition with "
                    f"from = [{name!r}] and on = {timer!r}, or take the {timer} away",
                )
    for number, transition in enumerate(process.transitions):
        if transition.on not in (Trigger.REMINDER, Trigger.DEADLINE):
            continue
        without = [s for s in starts(process, transition) if transition.on not in process.stages[s].timers]
        named = [name for name in without if name in transition.origins]
        if named or set(without) == set(starts(process, transition)):
            lacking = ", ".join(map(repr, named or without))
            yield Fault(
                ("transitions", number, "on"),
                f"{_called(process, number)} never happens at {lacking}, which has no {transition.on}. "
                f"Give it one, or take it out of from",
            )


# ── ballots ──────────────────────────────────────────────────────────────────────────────────────


def _ballots(process: Process) -> Iterator[Fault]:
    opened = {stage.ballot for stage in process.stages.values()}
    for kind in process.ballots:
        if kind not in opened:
            yield Fault(
                ("ballots", kind),
                f"nobody opens the ballot {kind!r}. Write ballot = {kind!r} into the stage that waits "
                "for it, "
                "or take the ballot away",
            )
    for name, stage in process.stages.items():
        if stage.ballot:
            yield from _outcomes(process, name)
    for number, transition in enumerate(process.transitions):
        yield from _without_ballot(process, number, transition)


def _outcomes(process: Process, stage: str) -> Iterator[Fault]:
    """A closed ballot must lead somewhere, whatever it came to."""
    ways = _from(process, stage, Trigger.BALLOT_CLOSED)
    for outcome in Outcome:
        if not any(all(c == Condition(Guard(outcome.value)) for c in way.when) for way in ways):
            yield Fault(
                ("stages", stage, "ballot"),
                f"where the ballot of the stage {stage!r} comes to {outcome.value!r}, nothing follows. "
                "Write a "
                f"transition with from = [{stage!r}], on = 'ballot_closed' and when = [{outcome.value!r}]",
            )


def _without_ballot(process: Process, number: int, transition: Transition) -> Iterator[Fault]:
    lands = (transition.to,) if transition.to else starts(process, transition)
    if Deed.OPEN_BALLOT in transition.do:
        for name in (name for name in lands if not process.stages[name].ballot):
            yield Fault(
                ("transitions", number, "do"),
                f"{_called(process, number)} opens a ballot at {name!r}, which has none. Write ballot = "
                "… into "
                "that stage",
            )
    if transition.on == Trigger.BALLOT_CLOSED:
        for name in transition.origins:
            if name in process.stages and not process.stages[name].ballot:
                yield Fault(
                    ("transitions", number, "from"),
                    f"{_called(process, number)} never happens at {name!r}, which has no ballot",
                )


# ── what is proposed, said and asked ─────────────────────────────────────────────────────────────


def _proposals(process: Process) -> Iterator[Fault]:
    for number, transition in enumerate(process.transitions):
        wanted = Condition(Guard.PROPOSED, transition.proposes)
        for name in (
            ((transition.to,) if transition.to else starts(process, transition)) if wanted.word else ()
        ):
            if not any(wanted in t.when and name in starts(process, t) for t in process.transitions):
                yield Fault(
                    ("transitions", number, "proposes"),
                    f"{_called(process, number)} proposes {wanted.word!r}, and at {name!r} nobody can "
                    "release it. "
                    f"Write a transition with from = [{name!r}], on = '#confirm' and "
                    f"when = ['proposed {wanted.word}']",
                )


def _unheard(process: Process, requests: Set[str]) -> Iterator[Fault]:
    """Words behind guards that nothing ever says."""
    known = {
        Guard.PROPOSED: ({t.proposes for t in process.transitions}, "no transition proposes it"),
        Guard.SAYS: (set(process.outcomes), "[outcomes] has no words for it"),
        Guard.ASKS: (set(requests), f"words.toml has only {', '.join(sorted(requests))} under requests"),
    }
    used: set[str] = set()
    for number, transition in enumerate(process.transitions):
        for condition in transition.when:
            words, lacks = known.get(condition.guard, ({condition.word}, ""))
            if condition.guard is Guard.SAYS:
                used.add(condition.word)
            if condition.word not in words:
                said = f"{condition.guard.value} {condition.word}"
                yield Fault(
                    ("transitions", number, "when"),
                    f"{_called(process, number)} never happens: «{said}» cannot hold, since {lacks}",
                )
    for name in process.outcomes:
        if name not in used:
            yield Fault(
                ("outcomes", name),
                f"no transition waits for {name!r} to be said. Write one with when = ['says {name}'], "
                "or take the words away",
                wrong=False,
            )


# ── transitions that are never taken ─────────────────────────────────────────────────────────────


def _never(process: Process, number: int) -> Iterator[Fault]:
    transition = process.transitions[number]
    path: Path = ("transitions", number, "when")
    called = _called(process, number)
    guards = {condition.guard for condition in transition.when}
    for guard in sorted(guards):
        if not _can_hold(guard, transition.on):
            yield Fault(path, f"{called} never happens: {guard.value!r} cannot hold on {transition.on}")
    for pair in _EITHER:
        if pair <= guards:
            yield Fault(path, f"{called} never happens: {' and '.join(sorted(pair))} exclude each other")
    for guard in (Guard.ASKS, Guard.SAYS, Guard.PROPOSED):
        if len({c.word for c in transition.when if c.guard is guard}) > 1:
            yield Fault(path, f"{called} never happens: {guard.value!r} cannot be two things at once")
    if len(guards & _OF_BALLOTS) > 1:
        yield Fault(path, f"{called} never happens: a ballot comes to one outcome alone")
    if guards & _OF_FORMS and not process.form.sections:
        yield Fault(path, f"{called} looks at the form, and form.toml has no fields")
    if Guard.FORM_CHANGED in guards:
        for name in (s for s in transition.origins if s in process.stages and not process.stages[s].form):
            yield Fault(
                path,
                f"{called} never happens at {name!r}, where letters are not read for the form. Write "
                "form = true "
                "into that stage",
            )
    yield from _shadowed(process, number)


def _can_hold(guard: Guard, on: str) -> bool:
    """Whether the event brings what the guard looks at."""
    if guard in _OF_LETTERS:
        return on == Trigger.APPLICANT_WROTE
    if guard in _OF_BALLOTS:
        return on == Trigger.BALLOT_CLOSED
    if guard is Guard.SAYS:
        return on.startswith("#")
    if guard is Guard.TEXT_GIVEN:
        return on.startswith("#") or on == Trigger.APPLICANT_WROTE
    return True


def _shadowed(process: Process, number: int) -> Iterator[Fault]:
    """An earlier transition that asks for no more is taken in its place."""
    transition = process.transitions[number]
    wanted = set(transition.when)
    by = {
        stage: earlier
        for stage in starts(process, transition)
        for earlier, other in reversed(list(enumerate(process.transitions[:number])))
        if other.on == transition.on and stage in starts(process, other) and set(other.when) <= wanted
    }
    everywhere = set(by) == set(starts(process, transition))
    named = [stage for stage in transition.origins if stage in by]
    if by and (everywhere or named):
        place = "" if everywhere else f" at {', '.join(map(repr, named))}"
        first = by[named[0]] if named else min(by.values())
        yield Fault(
            ("transitions", number),
            f"{_called(process, number)} is never taken{place}: transition {first + 1} comes before it "
            "and asks for "
            "no more. Move it up, or let one of them ask for something else",
            wrong=everywhere,
        )


# ── form, references, titles ─────────────────────────────────────────────────────────────────────


def _form_and_references(process: Process) -> Iterator[Fault]:
    form, asked = process.form, process.references
    reads = any(stage.form for stage in process.stages.values())
    if reads and not form.sections:
        name = next(name for name, stage in process.stages.items() if stage.form)
        yield Fault(
            ("stages", name, "form"),
            f"the stage {name!r} reads letters for the form, and form.toml has no fields",
        )
    if asked is None:
        used = Condition(Guard.REFERENCES_ENOUGH)
        for number, transition in enumerate(process.transitions):
            if used in transition.when or transition.on == Trigger.REFEREE_ANSWERED:
                yield Fault(
                    ("transitions", number),
                    f"{_called(process, number)} looks at references, and there is no [references]. "
                    "Write it, "
                    "or take this away",
                )
        return
    if asked.reminder < 1 or asked.deadline <= asked.reminder or asked.needed < 0:
        yield Fault(
            ("references",),
            "references: reminder and deadline are days, 1 or more, the reminder comes first, and "
            "needed is "
            "0 or more",
        )
    if asked.needed and not reads:
        yield Fault(
            ("references", "needed"),
            "references are needed, and no stage reads letters for the form that names them. Write "
            "form = true "
            "into the stage that waits for the form",
        )
    if not asked.needed:
        return
    for kind in Kind:
        emails = {f.means for f in form.fields_for(kind) if f.means.endswith(".email")}
        places = len({means for means in emails if means.startswith("referee.")})
        if places < asked.needed:
            yield Fault(
                ("references", "needed"),
                f"references: needed is {asked.needed}, but form.toml asks an {kind.value} for "
                f"{places}. Add fields "
                "with means = 'referee.1.email' and so on, or need fewer",
            )
        if form.meaning("consent.referees", kind) is None:
            yield Fault(
                ("references", "needed"),
                "nobody is asked for a reference before the applicant agrees, and form.toml does not "
                "ask an "
                f"{kind.value}. Add a field of the type yes/no with means = 'consent.referees'",
            )


def _untitled(process: Process) -> Iterator[Fault]:
    titled = [(("stages", name), f"stage {name!r}", stage.title) for name, stage in process.stages.items()]
    titled += [(("ballots", name), f"ballot {name!r}", held.title) for name, held in process.ballots.items()]
    for path, called, title in titled:
        if lacking := [language for language in process.languages if not title.get(language, "").strip()]:
            yield Fault((*path, "title"), f"{called} has no title in {', '.join(lacking)}. Add it")
