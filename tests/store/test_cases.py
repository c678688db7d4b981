"""Cases, whole and as lists."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import event, func, select

from mailbot.process.ballot import Ballot, BallotState, Vote, Voter
from mailbot.process.case import Case, Referee, RefereeState
from mailbot.store import cases
from mailbot.store.engine import Store
from mailbot.store.tables import answers, findings, participants, referees
from mailbot.values import (
    Answer,
    Applicant,
    AttachmentText,
    Finding,
    FormValue,
    Kind,
    Participant,
    Role,
    Verdict,
)

from .cast import DIEGO, MINUTE, MORNING, PATTERN, REHEMA, RULES, a_case, opened

FULL = Case(
    number="",
    stage="screening",
    since=MORNING + MINUTE,
    opened=MORNING,
    rules=RULES,
    language="es",
    applicant=Applicant(Kind.INDIVIDUAL, "Río Abierto", "CO"),
    participants=(
        Participant("Diego@RioAbierto.example", Role.APPLICANT, "Diego", since=MORNING),
        Participant("sol@rioabierto.example", Role.CONTACT, "Sol", since=MORNING, until=MORNING + MINUTE),
    ),
    answers={
        "work": Answer("Cuidamos el río."),
        "reference": Answer("Preguntad a Ana", "carta.docx", sure=False),
    },
    references=("Ana Ruiz", "Bahari Yetu"),
    findings=(Finding("media", "Tenemos una radio."), Finding("funding", "Damos becas.")),
    evidence={"human rights": ("Defendemos el agua.", "Desde 1998."), "network": ()},
    unreadable=(AttachmentText("foto.jpg", unreadable="unknown"),),
    assigned="Mara",
    held_until=datetime(2026, 4, 1, tzinfo=UTC),
    kept=frozenset({"kind", "work"}),
    form={"mission": FormValue("Cuidamos el río."), "founded": FormValue("1998", "formulario.docx")},
    referees=(
        Referee(1, "Ana Ruiz", "Tierra", "Ana@tierra.example", MORNING, RefereeState.CONFIRMED, words="Sí."),
        Referee(2, "Bo", "", "bo@mar.example", MORNING, reminded=True),
    ),
    ballots=(
        Ballot(
            "board",
            1,
            MORNING,
            MORNING + 9 * MINUTE,
            (Voter("amina", "Amina", "Costa", ("amina@x.example", "a@y.example"), "fr"), Voter("bo", "Bo")),
            (
                Vote("amina", Verdict.APPROVE, MORNING + MINUTE, 7, "Sí.", "Amina", "Bienvenidos."),
                Vote("bo", Verdict.UNCLEAR, MORNING + MINUTE, 8, vouched=False),
            ),
            state=BallotState.CLOSED,
            extended=1,
            away={"bo": MORNING + 5 * MINUTE},
            outcome="passed",
        ),
        Ballot("board", 2, MORNING, MORNING, (), state=BallotState.PAUSED, paused_at=MORNING + MINUTE),
    ),
    proposed="approved",
    decided="en Lima, el 3 de marzo",
    merged_into="M-2026-0009",
)


def test_a_case_comes_back_as_it_was_kept(store: Store) -> None:
    with store.begin() as c:
        kept = cases.open_case(c, FULL, PATTERN)

    assert kept == replace(FULL, number="M-2026-0001", version=1)
    with store.look() as c:
        assert cases.load(c, "M-2026-0001") == kept
        assert cases.every(c) == [kept]


@pytest.mark.parametrize(
    "change",
    [
        {"stage": "invited", "since": MORNING + 2 * MINUTE},
        {"applicant": Applicant()},
        {"participants": (Participant(REHEMA, Role.APPLICANT),)},
        {"answers": {"work": Answer("Otra cosa."), "motivation": Answer("Por el agua.")}},
        {"answers": {}},
        {"references": ("Bahari Yetu", "Ana Ruiz")},
        {"findings": ()},
        {"evidence": {}, "unreadable": (), "kept": frozenset()},
        {"assigned": "", "held_until": None, "language": "fr"},
    ],
)
def test_every_change_is_saved(store: Store, change: dict[str, Any]) -> None:
    with store.begin() as c:
        case = replace(cases.open_case(c, FULL, PATTERN), **change)
        saved = cases.save(c, case)

    assert saved == replace(case, version=2)
    with store.look() as c:
        assert cases.load(c, case.number) == saved


def test_only_what_changed_is_written_again(store: Store) -> None:
    with store.begin() as c:
        case = cases.open_case(c, FULL, PATTERN)
        before = {
            table: c.scalars(select(table.c.id)).all()
            for table in (participants, answers, referees, findings)
        }
        written: list[str] = []
        event.listen(c, "before_cursor_execute", lambda _c, _cursor, statement, *_: written.append(statement))
        cases.save(c, replace(case, findings=case.findings[:1]))

        assert [s.split()[2] for s in written if s.startswith(("DELETE", "INSERT"))] == [
            "findings",
            "findings",
        ]
        for table in (participants, answers, referees):
            assert c.scalars(select(table.c.id)).all() == before[table]
        assert c.scalar(select(func.count()).select_from(findings)) == 1


def test_a_case_that_somebody_else_saved_is_not_saved_over(store: Store) -> None:
    with store.begin() as c:
        mine = theirs = cases.open_case(c, a_case(), PATTERN)
    with store.begin() as c:
        cases.save(c, replace(theirs, stage="screening"))

    with (
        pytest.raises(cases.StaleCase, match="M-2026-0001 was loaded in version 1 and is now in version 2"),
        store.begin() as c,
    ):
        cases.save(c, replace(mine, stage="withdrawn"))

    with store.look() as c:
        assert cases.load(c, mine.number).stage == "screening"


def test_a_case_that_is_not_there_is_named(store: Store) -> None:
    with store.begin() as c:
        with pytest.raises(cases.NoSuchCase, match="M-2026-0404"):
            cases.load(c, "M-2026-0404")
        with pytest.raises(cases.NoSuchCase, match="M-2026-0404"):
            cases.save(c, replace(a_case(), number="M-2026-0404", version=1))


def test_numbers_begin_anew_each_year(store: Store) -> None:
    with store.begin() as c:
        numbers = [
            cases.open_case(c, a_case(opened=datetime(year, 12, 31, tzinfo=UTC)), PATTERN).number
            for year in (2026, 2026, 2027, 2026)
        ]

    assert numbers == ["M-2026-0001", "M-2026-0002", "M-2027-0001", "M-2026-0003"]


def test_a_number_is_given_back_when_its_case_is_not_kept(store: Store) -> None:
    def break_off() -> None:
        with store.begin() as c:
            opened(c)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        break_off()

    with store.begin() as c:
        assert opened(c) == "M-2026-0001"


def test_two_who_open_cases_at_once_get_different_numbers(store: Store) -> None:
    numbers: list[str] = []

    def open_some() -> None:
        for _ in range(15):
            with store.begin() as c:
                numbers.append(opened(c))

    threads = [threading.Thread(target=open_some) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(numbers) == [f"M-2026-{count:04}" for count in range(1, 31)]


def test_the_cases_of_an_address(store: Store) -> None:
    with store.begin() as c:
        over = opened(c, "Rehema@BahariYetu.example", stage="declined")
        running = opened(c)
        newest = opened(c)
        other = opened(c, DIEGO)
        case = cases.load(c, other)
        people = (*case.participants, Participant(REHEMA, Role.REFEREE))
        cases.save(c, replace(case, participants=people))

        assert cases.numbers_of(c, REHEMA, {"declined", "lapsed"}) == [newest, running]
        assert cases.numbers_of(c, REHEMA, ()) == [newest, running, over]
        assert cases.all_numbers_of(c, REHEMA) == [newest, running, over]
        assert cases.all_numbers_of(c, DIEGO) == [other]
        assert cases.all_numbers_of(c, "nobody@bahariyetu.example") == []


def test_cases_by_stage(store: Store) -> None:
    with store.begin() as c:
        first, second = opened(c, stage="inquiry"), opened(c, DIEGO, stage="screening")

        assert [case.number for case in cases.every(c)] == [first, second]
        assert cases.every(c, stage="screening") == [cases.load(c, second)]
        assert cases.every(c, stage="lapsed") == []


def test_namesakes_are_the_cases_that_have_a_name(store: Store) -> None:
    with store.begin() as c:
        number = opened(c)
        cases.open_case(c, replace(a_case(DIEGO), applicant=Applicant()), PATTERN)

        assert cases.namesakes(c, "Bahari") == [(number, "Bahari Yetu", "inquiry")]
        assert cases.namesakes(c, "") == []
