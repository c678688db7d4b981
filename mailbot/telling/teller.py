"""What each letter is told: from a case and the words of the rules to a view in the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from babel import Locale
from babel.dates import format_date, format_time, get_timezone_gmt

from mailbot.compose import Phrases
from mailbot.config import Network
from mailbot.documents.form import form_text
from mailbot.people.directory import directory_of, match
from mailbot.process.advance import missing
from mailbot.process.ballot import standing
from mailbot.process.case import Case, RefereeState
from mailbot.process.events import Tell
from mailbot.process.form import check
from mailbot.process.references import are_enough
from mailbot.process.tags import DEEDS, SHOWN
from mailbot.rulebook import Rules
from mailbot.store.journal import Entry
from mailbot.values import Answer, AttachmentText, Kind, Language, Member, Role
from mailbot.views import (
    Asked,
    CaseLine,
    Deed,
    ForApplicant,
    FormRow,
    FormSection,
    JournalLine,
    Noticed,
    Question,
    Referred,
    TagHelp,
    Understood,
    Unread,
)

_MATCHES = 3
"""Members that are shown for one reference."""


@dataclass(frozen=True, slots=True)
class Teller:
    """Tells in one language: dates in the network's time zone, countries and stages by their names."""

    network: Network
    rules: Rules
    phrases: Phrases
    language: Language
    directory: Callable[[], tuple[Member, ...]] = tuple
    """Asked for everybody who is or was a member where a reference is looked up among them."""
    at: datetime | None = None
    """The moment at which somebody is a member or not; without it nobody is looked up."""

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

    def closing(self, at: datetime) -> str:
        """A day and hour by which people in many countries must answer: with the distance from Greenwich."""
        local = at.astimezone(self.network.zone)
        return f"{self.time(at)} ({get_timezone_gmt(local, locale=self.language)})"

    def country(self, code: str) -> str:
        """A country's name; the code itself where CLDR has none."""
        return str(Locale(self.language).territories.get(code, code))

    def language_name(self, code: str) -> str:
        """A language's name."""
        return str(Locale(self.language).languages.get(code, code))

    def title(self, titles: Mapping[Language, str]) -> str:
        """A title of the rules; in another language where the reader's has none."""
        return titles.get(self.language) or next(iter(titles.values()), "")

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

    def ballot(self, key: str) -> str:
        """A ballot's title; its key where the rules in force do not have it any more."""
        held = self.rules.process.ballots.get(key)
        return self.title(held.title) if held else key

    def field(self, key: str) -> str:
        """The label of a field of the form; its key where the rules in force do not have it any more."""
        fields = self.rules.process.form.fields_for(None)
        return next((self.title(field.label) for field in fields if field.key == key), key)

    def verdict(self, key: str) -> str:
        """A verdict by its word; what is not clear is called so."""
        if key in self.phrases.keys("verdicts"):
            return self.phrases.say("verdicts", f"{key}.word")
        return self._known("uncounted", key)

    def reason(self, said: str) -> str:
        """A reason of ours in words; what is no key of ours (an error's text) stays as it is."""
        return self._known("reasons", said)

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
        name = case.applicant.name or self.contact(case)
        return CaseLine(case.number, name, self.stage(case.stage), self.date(case.since))

    def contact(self, case: Case) -> str:
        """The address that is written to."""
        return next((p.email for p in case.participants if p.role is Role.APPLICANT and p.until is None), "")

    def evidence(self, case: Case) -> tuple[Noticed, ...]:
        """The applicant's own sentences under each criterion, those of the form among them."""
        shown = {key: list(sentences) for key, sentences in case.evidence.items()}
        for field in self.rules.process.form.fields_for(case.applicant.kind):
            if field.key in case.form:
                for key in field.evidence:
                    shown.setdefault(key, []).append(case.form[field.key].text)
        return tuple(
            Noticed(self.title(criterion.title), tuple(dict.fromkeys(shown.get(key, ()))))
            for key, criterion in self.rules.lexicon.eligibility.criteria.items()
        )

    def findings(self, case: Case) -> tuple[Noticed, ...]:
        """What the rules noticed, with the sentence that made them."""
        return tuple(Noticed(self.category(f.category), (f.sentence,)) for f in case.findings)

    def sections(self, case: Case) -> tuple[FormSection, ...]:
        """The application form as far as it is filled in."""
        kind = case.applicant.kind
        made = (
            FormSection(
                self.title(section.title),
                tuple(
                    FormRow(self.title(field.label), case.form[field.key].text)
                    for field in section.fields_for(kind)
                    if field.key in case.form
                ),
            )
            for section in self.rules.process.form.sections
        )
        return tuple(section for section in made if section.rows)

    def asked(self, case: Case) -> tuple[Asked, ...]:
        """The fields of the form that are missing or cannot be taken as they are."""
        form = self.rules.process.form
        return tuple(
            Asked(
                self.title(form.field(problem.field).label),
                self.title(form.field(problem.field).help),
                self.phrases.say("form", problem.why.value),
            )
            for problem in check(form, case.applicant.kind, case.form)
        )

    def matches(self, name: str) -> tuple[str, ...]:
        """The members whom a reference may be, each in a line that says why; a match never confirms.

        Those who are members now stand first.
        """
        if self.at is None:
            return ()
        found = directory_of(self.directory(), self.rules.names).match(name)
        now = self.at
        shown = sorted(found, key=lambda one: not one.member.belongs(now))[:_MATCHES]
        return tuple(
            self.phrases.say(
                "matches",
                "line",
                member=one.member.name,
                membership=self._membership(one.member, now),
                score=str(one.score),
                why=self.phrases.say("matches", one.why.value, by=one.by),
            )
            for one in shown
        )

    def _membership(self, member: Member, now: datetime) -> str:
        if member.until is not None and member.until <= now:
            last = member.until - timedelta(days=1)
            return self.phrases.say("matches", "until", date=self.date(last))
        if member.since is None:
            return self.phrases.say("matches", "member")
        began = "since" if member.since <= now else "from"
        return self.phrases.say("matches", began, date=self.date(member.since))

    def same_organization(self, one: str, other: str) -> bool:
        """Whether two names are likely of the same organization."""
        member = Member(one, Kind.ORGANIZATION)
        return bool(match(other, (member,), self.rules.names))

    # ── whole views ──────────────────────────────────────────────────────────────────────────────

    def for_applicant(self, case: Case, reader: str, words: str, due: datetime | None) -> ForApplicant:
        """What a letter to the applicant is told: their own words, and what the office asks to have said."""
        stage = self.rules.process.stages.get(case.stage)
        filling = stage is not None and stage.form
        inquiring = stage is not None and not stage.ends and not stage.form and not case.form
        return ForApplicant(
            network=self.network.name,
            website=self.network.website,
            reader=reader,
            number=case.number,
            applicant=case.applicant.name,
            kind=case.applicant.kind.value if case.applicant.kind else "",
            country=self.country(case.applicant.country) if case.applicant.country else "",
            understood=self.understood(case.answers),
            missing=self.missing(case) if inquiring else (),
            unread=self.unread(case.unreadable),
            due=self.date(due),
            words=words,
            stage=self.stage(case.stage),
            since=self.date(case.since),
            waits_for=stage.waits_for.value if stage is not None and stage.waits_for else "",
            asked=self.asked(case) if filling else (),
            form=self.form_text(case),
            referees=tuple(
                Referred(r.name or r.organization, self.phrases.say("referred", r.state.value))
                for r in case.referees
                if r.state is not RefereeState.REPLACED
            ),
            reasons=tuple(
                vote.for_applicant
                for ballot in case.ballots[-1:]
                for vote in standing(ballot).values()
                if vote.for_applicant
            ),
        )

    def form_text(self, case: Case) -> str:
        """The fields of the form to fill in, as plain lines: all where nothing is there, else what is asked.

        Where references are wanting, the places of those who gave none are asked for anew, and empty.
        """
        form, kind = self.rules.process.form, case.applicant.kind
        if not case.form:
            return form_text(form, kind, self.language, case.form)
        asked = {problem.field for problem in check(form, kind, case.form)}
        anew = {field.key for field in form.fields_for(kind) if field.group in self._groups_wanting(case)}
        wanted = [field.key for field in form.fields_for(kind) if field.key in asked | anew]
        values = {key: value for key, value in case.form.items() if key not in anew}
        return form_text(form, kind, self.language, values, wanted)

    def _groups_wanting(self, case: Case) -> set[str]:
        """The groups of the form's fields that stand for references which came to nothing."""
        if are_enough(case, self.rules.process):
            return set()
        return {
            f"referee.{referee.place}"
            for referee in case.referees
            if referee.state in (RefereeState.DECLINED, RefereeState.SILENT)
        }

    def tags(self, case: Case | None) -> tuple[TagHelp, ...]:
        """The tags that do something for this case as it stands; without a case, all of them."""
        process = self.rules.process
        leading = {t.on.removeprefix("#") for t in process.transitions if t.on.startswith("#")}
        if case is not None:
            leading = {tag for tag in leading if process.leads_from(case.stage, f"#{tag}")}
        usable = leading | set(DEEDS) | SHOWN | {"open" if case is None else "merge"}
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
        said: Mapping[str, Callable[[str], str]] = {
            "ballot": self.ballot,
            "closes": lambda at: self.closing(datetime.fromisoformat(at)),
            "field": self.field,
            "from": self.stage,
            "kind": lambda key: self._known("kinds", key),
            "language": self.language_name,
            "letter": lambda key: self._known("letters", key),
            "outcome": lambda key: self._known("ballots", key),
            "question": self._titled,
            "reason": self.reason,
            "stage": self.stage,
            "to": self.stage,
            "until": lambda at: self.date(datetime.fromisoformat(at)),
            "verdict": self.verdict,
        }
        return {key: said[key](value) if key in said else value for key, value in facts.items()}

    def _known(self, table: str, key: str) -> str:
        """A phrase by its key; what is no key of the table stays as it is."""
        return self.phrases.say(table, key) if key in self.phrases.keys(table) else key

    def _titled(self, key: str) -> str:
        return self.question(key).title if key in self.rules.process.questions else key
