"""How well references are found in the members' directory, and how fast.

    python -m bench.directory [--at-least 80] [--wrong]

Each reference of ``tests/people/references.toml`` is looked up in the whole directory of that file. A pair of a
reference and a member is right when the table says that the reference means the member. Precision: of the
members found, how many are meant; recall: of those meant, how many are found; first: of the references that mean
somebody, how often the best match is one of those meant. ``--wrong`` lists what went wrong. The times are those
of a directory of 1,000 members, made of that one by numbers behind the names.
"""

from __future__ import annotations

import argparse
import time
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from mailbot.people.directory import THRESHOLD, directory_of, match, near_names, voices
from mailbot.people.names import NameWords
from mailbot.rulebook import load_rules
from mailbot.values import Kind, Member, Person, Role

TABLE = Path(__file__).parents[1] / "tests" / "people" / "references.toml"
GROUPS = ("tuned", "second", "fresh")


@dataclass(frozen=True)
class Result:
    """What came of a group of references, and each that went wrong, in words."""

    right: int
    found: int
    meant: int
    first: int
    meaning_somebody: int
    wrong: tuple[str, ...]

    @property
    def precision(self) -> float:
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        return self.right / self.meant


def read_table() -> tuple[tuple[Member, ...], dict[str, list[list[str]]]]:
    """The directory, and the references by their group."""
    table = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    members = tuple(
        Member(name, Kind(kind), country=country, acronym=acronym, other_names=tuple(others), website=website)
        for name, kind, country, acronym, website, *others in table["members"]
    )
    return members, {group: table[group] for group in GROUPS}


def measure(
    references: Sequence[Sequence[str]],
    members: Sequence[Member],
    words: NameWords,
    at_least: int = THRESHOLD,
) -> Result:
    """Look each reference up and compare."""
    right = found = meant = first = meaning_somebody = 0
    wrong = []
    for text, *expected in references:
        matches = match(text, members, words, at_least=at_least)
        names = [one.member.name for one in matches]
        right += len(set(names) & set(expected))
        found += len(names)
        meant += len(expected)
        meaning_somebody += bool(expected)
        first += bool(names) and names[0] in expected
        if set(names) != set(expected):
            near = match(text, members, words, at_least=40)[:3]
            seen = "; ".join(f"{one.score} {one.member.name} ({one.why}: {one.by})" for one in near)
            wrong.append(f"{text!r} means {expected or 'nobody'}: {seen or 'nothing'}")
    return Result(right, found, meant, first, meaning_somebody, tuple(wrong))


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--at-least", type=int, default=THRESHOLD)
    parser.add_argument("--wrong", action="store_true")
    parser.add_argument("--group", choices=GROUPS, action="append")
    told = parser.parse_args()
    members, groups = read_table()
    words = load_rules().names
    for group in told.group or GROUPS:
        result = measure(groups[group], members, words, told.at_least)
        print(
            f"{group}: {len(groups[group])} references, precision {result.precision:.1%}, "
            f"recall {result.recall:.1%}, first {result.first} of {result.meaning_somebody}"
        )
        for line in result.wrong if told.wrong else ():
            print(f"  {line}")
    many = tuple(
        Member(f"{one.name} {number}", one.kind, other_names=one.other_names, acronym=one.acronym)
        for number in range(21)
        for one in members
    )[:1000]
    asked = "Ms Rehema Kazungu, director of Bahari Yetu Network, Mombasa"
    built = None
    for round_ in ("first", "second"):
        begun = time.process_time()
        built = built or directory_of(many, words)
        found = built.match(asked)
        print(f"{len(many)} members, {round_} look: {_ms(begun)}")
    references = [text for group in GROUPS for text, *_ in groups[group]]
    begun = time.process_time()
    for text in references:
        built.match(text)
    print(f"{len(many)} members, {len(references)} references: {_ms(begun, len(references))} each")
    begun = time.process_time()
    assert match(asked, many, words) == found
    print(f"{len(many)} members, one reference, each member compared: {_ms(begun)}")
    begun = time.process_time()
    near_names(many, words)
    print(f"{len(many)} members, those of almost the same name: {_ms(begun)}")
    roster = [Person(f"P {at}", Role.MEMBER, (f"p{at}@x.example",), one.name) for at, one in enumerate(many)]
    for round_ in ("first", "second"):
        begun = time.process_time()
        voices(roster, many, datetime(2026, 3, 2, tzinfo=UTC), words)
        print(f"{len(many)} members and as many people, their voices, {round_} time: {_ms(begun)}")


def _ms(begun: float, times: int = 1) -> str:
    return f"{1000 * (time.process_time() - begun) / times:.1f} ms"


if __name__ == "__main__":
    main()
