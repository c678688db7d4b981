"""What the rules notice in an applicant's own sentences."""

from __future__ import annotations

import pytest

from mailbot.parsers.eligibility import Eligibility, find_evidence, find_findings
from mailbot.values import Answer, Applicant, Finding, Kind
from tests.parsers.rules import eligibility, letter, split


def notice(text: str, name: str = "", kind: Kind = Kind.ORGANIZATION) -> tuple[Finding, ...]:
    return find_findings(letter(text), split(text), [], {}, Applicant(kind, name), eligibility())


@pytest.mark.parametrize(
    ("category", "name", "text"),
    [
        ("government", "Ministry of Lands", "The Ministry of Lands wishes to join."),
        ("government", "", "We are a public institution of the state."),
        ("government", "المجلس البلدي", "يهديكم المجلس البلدي تحياته."),
        ("intergovernmental", "", "We are an intergovernmental organization of nine states."),
        ("nhri", "National Human Rights Commission", "We handle complaints."),
        ("ifi", "Development Bank of the South", "We lend."),
        ("funder", "", "We are a donor. Our grantees work on land."),
        ("funder", "", "Nous octroyons des subventions aux associations."),
        ("company", "Clearwater Consulting Ltd", "We advise."),
        ("company", "", "Somos una consultora con sede en Lima."),
        ("media", "Radio Voz del Campo", "Transmitimos todos los días."),
        ("media", "", "Je suis journaliste au quotidien."),
    ],
)
def test_an_excluded_applicant_is_noticed(category, name, text):
    assert [finding.category for finding in notice(text, name)] == [category]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Oak Tenants Union", "We are tenants and work with the Ministry of Housing on a rent law."),
        ("Fundación Agua Clara", "Somos una fundación de mujeres campesinas que defiende el río."),
        ("Bank Watch Network", "We monitor what the development banks finance."),
        ("Union of Municipal Workers", "We are workers who clean the city."),
        (
            "Harbour Workers Union",
            "We are fighting a private company in court and heard of you on the radio.",
        ),
        ("Savings Group", "We run a savings fund for widows; we need no grant."),
    ],
)
def test_working_with_or_against_them_is_no_finding(name, text):
    assert notice(text, name) == ()


def test_a_finding_carries_the_very_sentence():
    text = "Good day. We are a consulting firm based in Lagos. We write to join."

    assert notice(text) == (Finding("company", "We are a consulting firm based in Lagos."),)


def test_a_person_who_is_paid_by_a_member_is_affiliated():
    text = (
        "My name is Bo.\n\nMy salary comes from Oak Trust, which is already a member of yours. I ask alone."
    )

    found = notice(text, "Bo Ilo", Kind.INDIVIDUAL)

    assert found == (
        Finding("affiliated", "My salary comes from Oak Trust, which is already a member of yours."),
    )
    assert notice(text, "Oak Group") == ()


def test_evidence_is_the_applicant_s_own_sentences():
    answers = {
        "work": Answer("We won an injunction in court. We take no money from the government. It rains here."),
        "motivation": Answer("We can contribute our survey in solidarity."),
    }

    assert find_evidence(answers, "en", eligibility()) == {
        "track_record": ("We won an injunction in court.",),
        "independence": ("We take no money from the government.",),
        "commitment": ("We can contribute our survey in solidarity.",),
    }


def test_a_criterion_without_evidence_is_absent():
    assert find_evidence({}, "en", eligibility()) == {}


def test_titles_are_there_in_the_four_languages():
    rules = eligibility()

    for titled in (*rules.criteria.values(), *rules.categories.values()):
        assert {"en", "es", "fr", "ar"} <= set(titled.title)


def test_a_mistake_in_the_rules_is_named_with_its_place():
    with pytest.raises(ValueError, match=r"title"):
        Eligibility.from_table({"criteria": {"x": {"shows": {}}}})
