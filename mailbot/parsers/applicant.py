"""Finds who applies: whether a group or a person, the name, the country; and the references they name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache

import msgspec

from mailbot.parsers.names import Name, find_names, is_group
from mailbot.parsers.phrases import Lexicon, fold, spans, words
from mailbot.parsers.questions import Questions
from mailbot.parsers.segments import beginning
from mailbot.values import Answer, Applicant, AttachmentText, Country, Kind, Language, Letter, Split

_COUNTRY_LANGUAGES = ("en", "es", "fr", "ar", "pt", "sw")
_OPENING = 1500
"""Characters of a letter in which people say who they are."""

_OPENING_OF_ATTACHMENT = 5000
_ATTACHMENTS = 10
_LETTERHEAD_LINES = 4
_LINE = 300
"""Characters of a line in which a name is looked for."""

_MOST_NAMES = 200
"""Names of a letter that are weighed against each other; the labelled letters hold 21 at most."""

_NAME_LABEL = re.compile(
    r"^\W*(?:name|nombre|nom|nome|organi[sz]ation|organizaci[oó]n|organisation|group|association|asociaci[oó]n|اسم|الاسم|المنظمة|الجمعية)"
    r"(?:\s(?:of|de|du|da|la|the|your|l['’])?\s?(?:\w+['’]?){0,3})?\s?[:=]\s*",
    re.IGNORECASE,
)
_MINISTRY = re.compile(r"\s(?:of|in|at|within|del?|du|d['’]|do)\s(?:the\s|la\s)?(?:Ministry|Minist[eè]r).*$")
"""A department's name goes before that of its ministry."""
_PARTICLE = re.compile("^[وف]?[بل]?")
_FLAG = re.compile("[\U0001f1e6-\U0001f1ff]{2}")


@dataclass(frozen=True, kw_only=True)
class Phrases:
    """How applicants speak of themselves in one language (see ``rules/applicant.toml``)."""

    introduce: tuple[str, ...] = ()
    noun: tuple[str, ...] = ()
    individual: tuple[str, ...] = ()
    i: tuple[str, ...] = ()
    we: tuple[str, ...] = ()
    wants: tuple[str, ...] = ()
    other: tuple[str, ...] = ()
    title: tuple[str, ...] = ()
    stop: tuple[str, ...] = ()
    join: tuple[str, ...] = ()
    matter: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Introductions:
    """The phrases of every language, and what countries are called besides their CLDR names."""

    languages: Mapping[Language, Phrases]
    countries: Mapping[Country, tuple[str, ...]] = field(default_factory=dict)
    network: tuple[frozenset[str], ...] = ()
    """The words of each name of the network, folded."""
    called: frozenset[str] = frozenset()
    """Words by which people speak of the network, folded: the first of each name, and ``network``."""

    @classmethod
    def from_table(cls, table: Mapping[str, object], questions: Questions) -> Introductions:
        """Those of a parsed ``applicant.toml``; ``questions`` know what the network is called.

        Raises ValueError (msgspec.ValidationError) with the path of what is wrong.
        """
        languages = {
            name: msgspec.convert(part, Phrases) for name, part in table.items() if name != "countries"
        }
        countries = msgspec.convert(table.get("countries", {}), dict[str, tuple[str, ...]])
        names = tuple(frozenset(name) for name in questions.network_names)
        return cls(languages, countries, names, questions.network_starts | questions.network_nouns)

    @cached_property
    def nouns(self) -> frozenset[str]:
        """What the names of groups hold, in every language."""
        return frozenset(fold(noun) for phrases in self.languages.values() for noun in phrases.noun)

    @cached_property
    def joins(self) -> frozenset[str]:
        """Small words inside a name."""
        return frozenset(fold(word) for phrases in self.languages.values() for word in phrases.join)

    @cached_property
    def titles(self) -> frozenset[str]:
        """What stands before a person's name."""
        return frozenset(fold(word) for phrases in self.languages.values() for word in phrases.title)

    @cached_property
    def stops(self) -> frozenset[str]:
        """What begins a sentence with a capital and is no name."""
        return frozenset(fold(word) for phrases in self.languages.values() for word in phrases.stop)

    @cached_property
    def matters(self) -> frozenset[str]:
        """What a letter like this is about: ``membership`` in a subject line is nobody's name."""
        return frozenset(fold(word) for phrases in self.languages.values() for word in phrases.matter)

    @cached_property
    def lexicons(self) -> Mapping[Language, Lexicon]:
        """introduce, individual, i, we, wants, other, language by language."""
        called = "|".join(sorted(self.called))
        return {
            language: Lexicon.build(
                (
                    name,
                    1.0,
                    [phrase.replace("NETWORK", called) for phrase in getattr(phrases, name)],
                )
                for name in ("introduce", "individual", "i", "we", "wants", "other")
            )
            for language, phrases in self.languages.items()
        }

    def lexicon(self, language: Language) -> Lexicon:
        """The phrases of ``language``, or the English ones."""
        return self.lexicons.get(language) or self.lexicons["en"]

    @cached_property
    def places(self) -> Mapping[str, Sequence[tuple[tuple[str, ...], Country, float]]]:
        """First word of a place's name → (all its words, its country, how much it tells)."""
        found: dict[str, list[tuple[tuple[str, ...], Country, float]]] = {}
        for name, country, weight in _place_names(self.countries):
            parts = words(name)
            if parts and sum(map(len, parts)) > 2:
                found.setdefault(parts[0], []).append((parts, country, weight))
        for listed in found.values():
            listed.sort(key=lambda entry: -len(entry[0]))
        return found


def _place_names(aliases: Mapping[Country, tuple[str, ...]]) -> Iterator[tuple[str, Country, float]]:
    from babel import Locale  # noqa: PLC0415 - its data take a tenth of a second to load
    from babel.core import get_global  # noqa: PLC0415 - the same

    for language in _COUNTRY_LANGUAGES:
        for code, name in Locale(language).territories.items():
            if len(code) == 2 and code.isalpha() and code not in ("EU", "UN", "EZ", "ZZ", "XA", "XB", "QO"):
                yield re.sub(r"\s*\(.*\)", "", name), code, 1.0
        zones = Locale(language).time_zones
        for zone, code in get_global("zone_territories").items():
            city = zones.get(zone, {}).get("city") or zone.rpartition("/")[2].replace("_", " ")
            if "/" in zone and not zone.startswith("Etc/") and len(code) == 2 and code != "001":
                yield city, code, 0.5
    for code, names in aliases.items():
        for name in names:
            yield name, code, 1.0


def find_places(text: Sequence[str], introductions: Introductions) -> list[tuple[Country, float, int]]:
    """(country, how much the name tells, first word) of the countries and cities named in ``text``."""
    found: list[tuple[Country, float, int]] = []
    places = introductions.places
    behind = 0
    for at, word in enumerate(text):
        entries = places.get(word) or (
            places.get(_PARTICLE.sub("", word, count=1)) if word > "\u0600" else None
        )
        if entries is None or at < behind:
            continue
        for parts, country, weight in entries:
            if tuple(text[at + 1 : at + len(parts)]) == parts[1:]:
                found.append((country, weight, at))
                behind = at + len(parts)
                break
    return found


@dataclass(frozen=True, slots=True)
class _Candidate:
    name: str
    score: float
    group: bool
    """It holds a group's noun: ``union``, ``asociación``."""

    @property
    def acronym(self) -> str:
        """The short name in brackets behind the long one, folded; or ``""``."""
        match = re.search(r"\((\S+)\)$", self.name)
        return fold(match.group(1)) if match else ""

    @property
    def parts(self) -> frozenset[str]:
        return _name_words(self.name)


_GROUP = 2.5
"""What a group's noun in a name adds where a group applies."""

_WRITER, _LONE = 3.0, 2.0
"""What the name of the person who writes loses where a group applies, and a single word."""

_REFERENCE = 6.0
"""What a name loses that stands in the answer about references."""


@lru_cache(maxsize=512)
def _name_words(name: str) -> frozenset[str]:
    return frozenset(words(name))


def read_applicant(
    letter: Letter,
    split: Split,
    attachments: Sequence[AttachmentText],
    answers: Mapping[str, Answer],
    language: Language,
    introductions: Introductions,
) -> Applicant:
    """Who applies by ``letter``: kind, name and country, as far as they are told.

    ``answers`` are what `mailbot.parsers.answers.read_answers` found: a country in the answer about
    references says less than one in the opening.
    """
    return _Who(letter, split, attachments, answers, language, introductions).applicant()


class _Who:
    """Weighs what one letter says about its sender."""

    def __init__(
        self,
        letter: Letter,
        split: Split,
        attachments: Sequence[AttachmentText],
        answers: Mapping[str, Answer],
        language: Language,
        introductions: Introductions,
    ) -> None:
        self.letter = letter
        self.introductions = introductions
        self.lexicon = introductions.lexicon(language)
        self.answers = answers
        self.signature = split.signature
        new = split.new
        if _word_count(new) < 60 and split.quoted:
            new = f"{new}\n{split.quoted}"
        self.body = beginning("\n".join([beginning(new), *(one.text for one in letter.forwarded)]))
        self.attached = [one.text[:_OPENING_OF_ATTACHMENT] for one in attachments if one.text][:_ATTACHMENTS]
        self.said = words(self.body[:20_000])

    def applicant(self) -> Applicant:
        candidates = self.candidates()
        groups = [c for c in candidates if c.group]
        best_group = max(groups, key=lambda c: c.score, default=None)
        kind = self.kind(best_group)
        name = ""
        if kind is Kind.INDIVIDUAL:
            persons = [c for c in candidates if not c.group and _person_like(c.name)]
            best = max(persons, key=lambda c: c.score, default=None)
            name = best.name if best else self.sender_name()
        else:
            best = max(candidates, key=self.as_organization, default=None)
            name = self.as_signed(best.name) if best else ""
        return Applicant(kind, name, self.country(name))

    def as_organization(self, candidate: _Candidate) -> float:
        """How far ``candidate`` may be the organization that applies, not the person who writes for it."""
        if candidate.group:
            return candidate.score + _GROUP
        own = self.sender_name()
        writer = _person_like(own) and candidate.parts <= _name_words(own)
        lone = len(candidate.parts) == 1 and not candidate.name.isupper()
        return candidate.score - (_WRITER if writer else 0.0) - (_LONE if lone else 0.0)

    def sender_name(self) -> str:
        """The name in From, without an address that some programs put there."""
        name = re.sub(r"\s*<.*", "", self.letter.sender.name).strip(" \"'") if self.letter.sender else ""
        return "" if "@" in name else name

    def as_signed(self, name: str) -> str:
        """``name``, or its beginning where the sender calls itself just that: without the town behind it."""
        own = self.sender_name()
        rest = name[len(own) :] if fold(name).startswith(f"{fold(own)} ") else ""
        town = re.fullmatch(r"\s(?:de|of|in|from|en|du|da|do|à)(?:\s\w+){1,2}", rest)
        return own if town and _word_count(own) >= 2 else name

    # ── kind ──

    def kind(self, group: _Candidate | None) -> Kind | None:
        counts: dict[str, int] = {}
        texts = [self.said, *(words(text) for text in self.attached)]
        for text in texts:
            for hit in self.lexicon.find(text):
                counts[hit.meaning] = counts.get(hit.meaning, 0) + 1
        alone = counts.get("individual", 0) * 3 + counts.get("i", 0) * 0.5
        together = counts.get("we", 0) * 0.5 + (min(group.score, 6) if group else 0)
        if alone == together == 0:
            return None
        return Kind.INDIVIDUAL if alone > together else Kind.ORGANIZATION

    # ── name ──

    def candidates(self) -> list[_Candidate]:
        """The names that may be the applicant's, each stronger by all that points at it."""
        found: list[_Candidate] = []
        for text, weight in ((self.body, 3.0), *((one, 2.5) for one in self.attached)):
            found.extend(self.in_opening(text[:_OPENING], weight))
        for line in (*self.last_lines(), *self.signature.splitlines()[:8]):
            found.extend(self.in_line(line, 2.0))
        for text in self.attached:
            for line in [line for line in text.splitlines() if line.strip()][:_LETTERHEAD_LINES]:
                found.extend(self.in_line(line, 2.5))
        for line in self.first_lines():
            found.extend(self.in_line(line, 2.5))
        found.extend(self.in_line(self.letter.subject, 1.5))
        del found[_MOST_NAMES:]
        if name := self.sender_name():
            group = is_group(name, self.introductions)
            found.append(_Candidate(name, 3.0 if group or not _person_like(name) else 2.0, group))
        known = [
            c for c in found if 0 < len(c.parts) <= 14 and not self.is_network(c.name) and not self.is_bare(c)
        ]
        referred = _name_words(self.answers["reference"].text) if "reference" in self.answers else frozenset()
        referred |= {word[1:] for word in referred if word.startswith("و")}
        return _supported([
            replace(c, score=c.score + self.in_address(c) - (_REFERENCE if c.parts <= referred else 0.0))
            for c in known
        ])  # fmt: skip

    def is_network(self, name: str) -> bool:
        """Whether ``name`` is the network's own or that of the matter: letters are full of them."""
        parts = _name_words(name)
        told = self.introductions
        return not parts.isdisjoint(told.matters) or any(network <= parts for network in told.network)

    def is_bare(self, candidate: _Candidate) -> bool:
        """Whether it is but a noun: «the Division»."""
        return candidate.group and len(candidate.parts) == 1

    def in_address(self, candidate: _Candidate) -> float:
        """How far the words of a name stand in the sender's address: ``info@river-commons.example``."""
        if not self.letter.sender:
            return 0.0
        local, _, domain = self.letter.sender.email.casefold().partition("@")
        label = domain.split(".")[0]
        person = (
            _name_words(self.letter.sender.name) if _person_like(self.letter.sender.name) else frozenset()
        )
        hits = sum(
            1 for part in candidate.parts - person if len(part) >= 4 and (part in label or part in local)
        )
        return min(2.0 * hits, 4.0)

    def in_opening(self, text: str, weight: float) -> Iterator[_Candidate]:
        """The names in the first lines; those after «we are», «on behalf of» weigh most."""
        standing = spans(text)
        hits = self.lexicon.find(words(text))
        introduced = [standing[hit.end - 1][1] for hit in hits if hit.meaning == "introduce"]
        for name in find_names(text, self.introductions):
            near = any(
                0 <= name.start - end <= 25 and not re.search(r"[.!?\n]\s", text[end : name.start])
                for end in introduced
            )
            score = (weight if near else 0.5) + (2.0 if name.group else 0.0)
            if near or name.group or len(name.text.split()) > 1:
                yield _Candidate(self.trimmed(name.text), score, name.group)

    def in_line(self, line: str, weight: float) -> Iterator[_Candidate]:
        """The names in a line of a signature, letterhead or subject."""
        line = line[:_LINE]
        label = _NAME_LABEL.match(line)
        if label:
            line, weight = line[label.end() :], weight + 3.0
        names = find_names(line.strip(" _"), self.introductions)
        for name in names:
            yield _Candidate(self.trimmed(name.text), weight + (1.0 if name.group else 0.0), name.group)
        if not names and 0 < _word_count(line) <= 8 and is_group(line, self.introductions):
            yield _Candidate(line.strip(' .,-–—*_"«»“”'), weight, group=True)

    def trimmed(self, name: str) -> str:
        """``name`` without an article or a title before it."""
        name = re.sub(r"^(?:(?:[Tt]he|[LlEe][aeo]s?|[Ee]l|[Oo]s?|[Aa]s?)\s|[Ll]['’])(?=[A-ZÀ-Þ])", "", name)
        name = _MINISTRY.sub("", name)
        office, _, rest = name.partition(" ")
        if fold(office) in self.introductions.stops and rest[:1].isupper():
            name = rest
        if self.letter.sender:  # «José Tzoc de la Resistencia …»: the writer, and then the group
            first, _, rest = name.partition(" ")
            parted = re.match(
                r"(?:[^\W\d]\w*\s){1,3}(?:de|del|of|du|des|do|da|from)\s(?:la\s|the\s|l['’]|los\s|las\s)?(?=\w)",
                name,
            )
            told = fold(first) in _name_words(self.letter.sender.name)
            if parted and rest and not is_group(name[: parted.end()], self.introductions):
                group = name[parted.end() :]
                if told or is_group(group.split()[0], self.introductions):
                    name = group
        return name

    def first_lines(self) -> list[str]:
        """The short lines at the beginning of the letter: its letterhead."""
        lines = [line.strip() for line in self.body[:_OPENING].splitlines() if line.strip()]
        return [
            line
            for line in lines[:_LETTERHEAD_LINES]
            if 2 < _word_count(line) <= 16 and not line.endswith((".", ",", ":", "!", "?", "،"))
        ]

    def last_lines(self) -> list[str]:
        """The short lines at the end of the letter: who signs."""
        lines = [line.strip() for line in self.body.splitlines() if line.strip()]
        return [line for line in lines[-6:] if _word_count(line) <= 14]

    # ── country ──

    def country(self, name: str) -> Country:
        scores: dict[Country, float] = {}

        def add(text: str, weight: float) -> None:
            for code, tells, _ in find_places(words(text), self.introductions):
                scores[code] = scores.get(code, 0.0) + weight * tells
            for flag in _FLAG.findall(text):
                code = "".join(chr(ord(letter) - 0x1F1E6 + 65) for letter in flag)
                scores[code] = scores.get(code, 0.0) + weight

        add(name, 3.0)
        add(self.letter.subject, 2.0)
        add(self.signature, 3.0)
        for line in self.last_lines():
            add(line, 2.0)
        said = " ".join(answer.text for answer in self.answers.values())
        outside = self.outside_answers()
        add(outside, 2.0)
        for text in self.attached:
            add("\n".join([line for line in text.splitlines() if line.strip()][: _LETTERHEAD_LINES + 2]), 2.0)
        for key, answer in self.answers.items():
            add(answer.text, 1.0 if key == "work" else 0.35)
        if not said:
            add(self.body, 1.0)
        for code in self.by_numbers():
            scores[code] = scores.get(code, 0.0) + 2.0
        domain = self.letter.sender.domain.rpartition(".")[2].upper() if self.letter.sender else ""
        if len(domain) == 2 and domain not in ("IO", "CO", "ME", "TV", "AI"):  # sold to the whole world
            code = {"UK": "GB"}.get(domain, domain)
            scores[code] = scores.get(code, 0.0) + 1.5
        return max(scores, key=lambda code: scores[code], default="")

    def outside_answers(self) -> str:
        text = self.body
        for answer in self.answers.values():
            for line in answer.text.splitlines():
                if len(line) > 15:
                    text = text.replace(line, " ")
        return text[:6000]

    def by_numbers(self) -> Iterator[Country]:
        """The countries of the telephone numbers in the letter."""
        text = f"{self.body[-1500:]}\n{self.signature}"
        if not re.search(r"(?:\+|\b00)\s?\d{1,3}[\s().\d-]{6,}", text):
            return
        import phonenumbers  # noqa: PLC0415 - its metadata take a tenth of a second to load

        for match in phonenumbers.PhoneNumberMatcher(text.replace(" 00", " +"), None):
            region = phonenumbers.region_code_for_number(match.number)
            if region and region != "001":
                yield region


def _supported(candidates: Sequence[_Candidate]) -> list[_Candidate]:
    """The candidates, each stronger by those that say the same in fewer or other words."""
    found: list[_Candidate] = []
    named = [(one, one.parts, one.acronym) for one in candidates]
    for one, parts, acronym in named:
        score = one.score
        for other, others_parts, _ in named:
            if other is one or parts.isdisjoint(others_parts):
                continue
            common = len(parts & others_parts)
            if parts == others_parts:
                score += 0.5 * other.score
            elif common == len(others_parts) and (common >= 2 or len(parts) <= 4):
                score += 0.6 * other.score
            elif acronym in others_parts:
                score += 0.8 * other.score
            elif common >= 2 and common >= 0.6 * len(parts):
                score += 0.3 * other.score
        found.append(replace(one, score=score))
    return found


def _person_like(name: str) -> bool:
    """Two to four words, each with a capital: a person's name, or a group's without a noun."""
    parts = name.replace("-", " ").split()
    return 2 <= len(parts) <= 4 and all(part[:1].isupper() for part in parts)


def _word_count(text: str) -> int:
    return len(text.split())


# ── references ───────────────────────────────────────────────────────────────────────────────────


def read_references(
    text: str, language: Language, introductions: Introductions, *, letter: str = ""
) -> tuple[str, ...]:
    """The organizations and people whom the answer ``text`` names as references, as written.

    A place behind a name, a contact person of an organization, and what a subordinate clause names
    are left out; so is what stands behind the first 6,000 characters. Where it names nobody but says
    «them», the group that the sentence before it in the ``letter`` names is meant.
    """
    del language  # people mix them: the names and small words of all are known
    plain = re.sub(r"\([^()]{0,300}\)", lambda match: " " * len(match.group()), text[:_REFERENCES])
    found: list[str] = []
    previous: Name | None = None
    for name in find_names(plain, introductions):
        if _names_reference(plain, previous, name, introductions):
            if name.text not in found:
                found.append(name.text)
            previous = name
    if not found and _THEM.search(text) and (at := letter.find(text)) > 0:
        sentence = re.split(r"[.!?؟\n]\s", letter[max(at - _CLAUSE, 0) : at].rstrip(" .!?؟\n"))[-1]
        found = [name.text for name in find_names(sentence, introductions) if name.group]
    return tuple(found)


_ACRONYM_FIRST = re.compile(r"[A-ZÀ-Þ]{3,}\b")
_REFERENCES = 6000
_CLAUSE = 300
"""Characters before a name that tell what it is to the one before it."""

_THEM = re.compile(
    r"\b(?:they|them|themselves|the same|ellos|ellas|mismos|mismas|ils|elles|eux|leur|les mêmes)\b"
    r"|(?:هم|معهم|إليهم|بهم|عنهم)\b",
    re.IGNORECASE,
)
_BREAK = re.compile(r"[.;\n!?]")
_ALSO = re.compile(
    r"(?:\b(?:and|or|y|e|o|et|ou|also|as well as|tambi[eé]n|ainsi que)\b|&|\bو)[^,]{0,40},?[^,]{0,10}$",
    re.IGNORECASE,
)
_IN_A_PLACE = re.compile(
    r"(?:\b(?:in|en|à|au|em|no|at|from|desde|near|kwa)|,\s?(?:de|d['’]|of|from))\s*$", re.IGNORECASE
)
_RELATIVE = re.compile(
    r"\b(?:who|whom|whose|which|that|where|we|they|que|quien|quienes|cuyo|cuya|qui|dont|où|nous|nosotras|nosotros)\b"
    r"|(?:التي|الذي|حيث|ونحن)",
    re.IGNORECASE,
)
_CONTACT = re.compile(r"\b(?:por|for|c/o|attn|contact|demander)\s*$", re.IGNORECASE)


def _is_place(name: str, introductions: Introductions) -> bool:
    """Whether ``name`` is that of a country or a large city and nothing else."""
    parts = words(name)
    return any(entry[0] == parts for entry in introductions.places.get(parts[0], ())) if parts else False


def _names_reference(text: str, previous: Name | None, name: Name, introductions: Introductions) -> bool:
    """Whether ``name`` is a reference of its own, seen from the one accepted before it."""
    acronym = bool(_ACRONYM_FIRST.match(name.text))
    before = text[max(previous.end if previous else 0, name.start - _CLAUSE) : name.start]
    clause = _BREAK.split(before)[-1]
    if not name.group and not acronym:
        if _is_place(name.text, introductions):
            return False
        if _IN_A_PLACE.search(before) and not name.titled:
            return False
    if previous is None or _BREAK.search(before):
        return not (previous and previous.group and not name.group and _CONTACT.search(before))
    also = bool(_ALSO.search(clause))
    if _RELATIVE.search(clause) and not also:
        return False
    if previous.group and not name.group and not also and (name.titled or _CONTACT.search(before)):
        return False
    if name.group or acronym or also or name.titled:
        return True
    listed = bool(re.match(r"\s*(?:,|and|y|e|et|o|or|ou)\b", text[name.end : name.end + 6]))
    return clause.strip() == "," and (listed or len(name.text.split()) > 2)
