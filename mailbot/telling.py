"""What each letter is told: from a case and the words of the rules to a view in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from babel import Locale
from babel.dates import format_date, format_time

from mailbot.compose import Phrases
from mailbot.config import Network
from mailbot.process.advance import missing
from mailbot.process.case import Case
from mailbot.process.events import Tell
from mailbot.process.tags import DEEDS, SHOWN
from mailbot.rulebook import Rules
from mailbot.store.journal import Entry
from mailbot.values import Answer, AttachmentText, Language, Role
from mailbot.views import (
    CaseLine,
    CaseSheet,
    Deed,
    ForApplicant,
    JournalLine,
    Noticed,
    Question,
    TagHelp,
    Understood,
    Unread,
)


@dataclass(frozen=True, slots=True)
class Teller:
    """Tells in one language: dates in the network's time zone, countries and stages by their names."""

    network: Network
    rules: Rules
    phrases: Phrases
    language: Language

    # ── words ────────────────────────────────────────────────────────────────────────────────────

    def date(self, at: datetime | None) -> str:
        """A day, written out; ``""`` for None."""
        return (
            "" if at is None else format_date(at.astimezone(self.network.zone), "long", locale=self.language)
        )

    def time(self, at: datetime) -> str:
        """A day and hour, written out."""
        local = at.astimezone(self.network.zone)
        return (
            f"{self.date(at)}, {format_time(local, 'HH:mm', tzinfo=self.network.zone, locale=self.language)}"
        )

    def country(self, code: str) -> str:
        """A country's name; the code itself where CLDR has none."""
        return str(Locale(self.language).territories.get(code, code))

    def language_name(self, code: str) -> str:
        """A language's name."""
        return str(Locale(self.language).languages.get(code, code))

    def stage(self, key: str) -> str:
        """A stage's title; its key where the rules in force do not have it any more."""
        stage = self.rules.process.stages.get(key)
        return stage.title.get(self.language, key) if stage else key

    def question(self, key: str) -> Question:
        """A question's title and text."""
        asked = self.rules.lexicon.questions.in_language(self.language)[key]
        return Question(asked.title, asked.text)

    def category(self, key: str) -> str:
        """What the rules notice, by its title; its key where the rules in force do not have it any more."""
        category = self.rules.lexicon.eligibility.categories.get(key)
        return category.title.get(self.language, key) if category else key

    def reason(self, said: str) -> str:
        """A reason of ours in words; what is no key of ours (an error's text) stays as it is."""
        return self.phrases.say("reasons", said) if said in self.phrases.keys("reasons") else said

    # ── parts ────────────────────────────────────────────────────────────────────────────────────

    def understood(self, answers: Mapping[str, Answer]) -> tuple[Understood, ...]:
        """The answers in the order of the questions."""
        return tuple(
            Understood(
                self.question(key),
                answers[key].text,
                answers[key].sure,
                "" if answers[key].source in {"letter", "secretariat"} else answers[key].source,
            )
            for key in self.rules.process.questions
            if key in answers
        )

    def missing(self, case: Case) -> tuple[Question, ...]:
        """The questions still open."""
        return tuple(self.question(key) for key in missing(case, self.rules.process))

    def unread(self, texts: Sequence[AttachmentText]) -> tuple[Unread, ...]:
        """The attachments that could not be read, and why."""
        return tuple(Unread(t.name, self.phrases.say("unreadable", t.unreadable)) for t in texts)

    def line(self, case: Case) -> CaseLine:
        """A case in a list."""
        name = case.applicant.name or _contact(case)
        return CaseLine(case.number, name, self.stage(case.stage), self.date(case.since))

    def sheet(self, case: Case, earlier: Sequence[Case] = (), aspects: Sequence[str] = ()) -> CaseSheet:
        """A case as the Secretariat sees it."""
        eligibility = self.rules.lexicon.eligibility
        kind = case.applicant.kind
        return CaseSheet(
            number=case.number,
            stage=self.stage(case.stage),
            since=self.date(case.since),
            applicant=case.applicant.name,
            kind=self.phrases.say("kinds", kind.value) if kind else "",
            country=self.country(case.applicant.country) if case.applicant.country else "",
            language=self.language_name(case.language),
            contact=_contact(case),
            assigned=case.assigned,
            held_until=self.date(case.held_until),
            understood=self.understood(case.answers),
            missing=self.missing(case),
            references=case.references,
            aspects=tuple(self.phrases.say("aspects", aspect) for aspect in aspects),
            evidence=tuple(
                Noticed(criterion.title.get(self.language, key), case.evidence.get(key, ()))
                for key, criterion in eligibility.criteria.items()
            ),
            findings=tuple(Noticed(self.category(f.category), (f.sentence,)) for f in case.findings),
            unread=self.unread(case.unreadable),
            earlier=tuple(self.line(other) for other in earlier),
        )

    # ── whole views ──────────────────────────────────────────────────────────────────────────────

    def for_applicant(self, case: Case, reader: str, words: str, due: datetime | None) -> ForApplicant:
        """What a letter to the applicant is told: their own words, and what the office asks to have said."""
        return ForApplicant(
            network=self.network.name,
            website=self.network.website,
            reader=reader,
            number=case.number,
            applicant=case.applicant.name,
            kind=case.applicant.kind.value if case.applicant.kind else "",
            country=self.country(case.applicant.country) if case.applicant.country else "",
            understood=self.understood(case.answers),
            missing=self.missing(case),
            unread=self.unread(case.unreadable),
            due=self.date(due),
            words=words,
        )

    def tags(self, case: Case | None) -> tuple[TagHelp, ...]:
        """The tags that do something for this case as it stands; without a case, all of them."""
        process = self.rules.process
        leading = {t.on.removeprefix("#") for t in process.transitions if t.on.startswith("#")}
        if case is not None:
            leading = {tag for tag in leading if process.leads_from(case.stage, f"#{tag}")}
        usable = leading | set(DEEDS) | SHOWN
        order = [tag for tag in self.phrases.keys("tags") if tag in usable]
        return tuple(
            TagHelp(self.phrases.say("tags", f"{tag}.typed"), self.phrases.say("tags", f"{tag}.does"))
            for tag in order
        )

    def deed(self, tell: Tell) -> Deed:
        """What became of one tag, in a sentence."""
        typed = f"#{tell.command.tag} {tell.command.argument}".strip()
        return Deed(typed, tell.done, self.phrases.say("said", tell.said, **self._spoken(tell.facts)))

    def entry(self, entry: Entry) -> JournalLine:
        """One entry of the journal, in a sentence."""
        return JournalLine(
            self.time(entry.at),
            self.phrases.say("journal", entry.entry, **self._spoken(entry.facts)),
            entry.text,
        )

    def _spoken(self, facts: Mapping[str, str]) -> dict[str, str]:
        """Facts as they are kept → as they are said: stages, questions, languages and dates by name."""
        spoken = dict(facts)
        for key in ("stage", "from", "to"):
            if key in facts:
                spoken[key] = self.stage(facts[key])
        if facts.get("question") in self.rules.process.questions:
            spoken["question"] = self.question(facts["question"]).title
        if facts.get("kind") in self.phrases.keys("kinds"):
            spoken["kind"] = self.phrases.say("kinds", facts["kind"])
        if "language" in facts:
            spoken["language"] = self.language_name(facts["language"])
        if facts.get("letter") in self.phrases.keys("letters"):
            spoken["letter"] = self.phrases.say("letters", facts["letter"])
        if "until" in facts:
            spoken["until"] = self.date(datetime.fromisoformat(facts["until"]))
        if "reason" in facts:
            spoken["reason"] = self.reason(facts["reason"])
        return spoken


def _contact(case: Case) -> str:
    return next((p.email for p in case.participants if p.role is Role.APPLICANT and p.until is None), "")
