"""The application form: what a value stands for, what is wrong with it, how letters' values join."""

from __future__ import annotations

import copy
import tomllib
from collections.abc import Callable
from typing import Any

import pytest

from mailbot.process.form import Form, Problem, Why, check, merge, normalised, said
from mailbot.process.formbook import read_form_table
from mailbot.rulebook import RuleError, build_rules, load_rules
from mailbot.values import FormValue, Kind

DEFAULTS = load_rules()
FORM = DEFAULTS.form
ORGANIZATION, INDIVIDUAL = Kind.ORGANIZATION, Kind.INDIVIDUAL


def values(**texts: str) -> dict[str, FormValue]:
    return {key: FormValue(text) for key, text in texts.items()}


# ── what a value stands for ──────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("name", " Bahari Yetu ", "Bahari Yetu"),
        ("organization_type", "Social movement", "movement"),
        ("organization_type", "Somos un movimiento social", "movement"),
        ("organization_type", "ONG", "ngo"),
        ("organization_type", "نقابة عمالية", "union"),
        ("organization_type", "a choir", ""),
        ("organization_type", "NGO or trade union", ""),
        ("registration", "not registered", "not_registered"),
        ("registration", "Enregistrée", "registered"),
        ("languages", "inglés y árabe", "en, ar"),
        ("languages", "English, Swahili", "en, other"),
        ("languages", "French; Arabic", "fr, ar"),
        ("consent", "Yes", "yes"),
        ("consent", "yes, gladly", "yes"),
        ("consent", "SÍ", "yes"),
        ("consent", "نعم، بالتأكيد", "yes"),
        ("consent", "Non", "no"),
        ("consent", "not yet, please", "no"),
        ("consent", "ask me on Monday", ""),
        ("country", "Kenya", "KE"),
        ("country", "ke", "KE"),
        ("country", "Mombasa, Kenya", "KE"),
        ("country", "كينيا", "KE"),
        ("country", "UK", "GB"),
        ("country", "République démocratique du Congo", "CD"),
        ("country", "Kenya or Uganda", ""),
        ("country", "Atlantis", ""),
        ("countries", "Kenya, Tanzanie y Uganda", "KE, TZ, UG"),
        ("countries", "في لبنان والأردن", "LB, JO"),
        ("contact_email", "Amina <Amina@Bahari.example>.", "amina@bahari.example"),
        ("contact_email", "a@x.example or b@x.example", ""),
        ("contact_email", "amina at bahari", ""),
        ("website", "see https://bahari.example/about.", "https://bahari.example/about"),
        ("website", "bahari.example", "bahari.example"),
        ("website", "we have none", ""),
        ("founded", "in 1998", "1998"),
        ("founded", "١٩٩٨", "1998"),
        ("founded", "long ago", ""),
        ("founded", "12345", ""),
        ("size", "about 1,200 people", "1200"),
        ("size", "1 200", "1200"),
        ("size", "many", ""),
    ],
)
def test_a_text_stands_for_a_value(key: str, text: str, value: str) -> None:
    assert normalised(FORM, key, text) == value


def test_what_the_bot_uses_is_found_by_its_meaning() -> None:
    known = values(person_name="Rim", country="Lebanon", referee_1_email="A@X.example", consent="Of course")

    assert said(FORM, known, "applicant.name") == "Rim"
    assert said(FORM, known, "applicant.country") == "LB"
    assert said(FORM, known, "referee.1.email") == "a@x.example"
    assert said(FORM, known, "consent.referees") == "yes"
    assert said(FORM, known, "referee.2.email") == ""
    assert said(FORM, values(country="Atlantis"), "applicant.country") == "Atlantis"


def test_a_meaning_may_have_a_field_for_each_kind() -> None:
    organization, individual = (FORM.meaning("applicant.name", kind) for kind in (ORGANIZATION, INDIVIDUAL))

    assert organization is not None
    assert individual is not None
    assert (organization.key, individual.key) == ("name", "person_name")
    assert FORM.meaning("referee.9.email") is None


def test_all_that_the_bot_uses_is_asked_of_both_kinds() -> None:
    for kind in Kind:
        for means in ("applicant.name", "applicant.country", "contact.email", "consent.referees"):
            assert FORM.meaning(means, kind) is not None
        for number in (1, 2, 3):
            assert all(
                FORM.meaning(f"referee.{number}.{part}", kind) for part in ("name", "organization", "email")
            )


def test_every_criterion_has_a_field_whose_sentences_show_it() -> None:
    for kind in Kind:
        shown = {name for one in FORM.fields_for(kind) for name in one.evidence}
        assert shown == set(DEFAULTS.lexicon.eligibility.criteria)


# ── what is wrong ────────────────────────────────────────────────────────────────────────────────

COMPLETE = values(
    person_name="Rim Haddad",
    occupation="Lawyer",
    affiliation="None",
    country="Lebanon",
    countries="Lebanon and Syria",
    work="I represent tenants.",
    examples="We won a case in 2021.",
    independence="I take no public money.",
    funding="My own practice.",
    contribution="I can translate.",
    principles="Yes",
    commitment="Tenants lead.",
    contact_email="rim@haddad.example",
    languages="Arabic, French",
    referee_1_name="Odile",
    referee_1_organization="Oak Centre",
    referee_1_email="odile@oak.example",
    consent="yes",
)


def test_a_complete_form_has_no_problem() -> None:
    assert check(FORM, INDIVIDUAL, COMPLETE) == ()


def test_an_empty_form_lacks_what_is_required_and_nothing_else() -> None:
    problems = check(FORM, INDIVIDUAL, {})

    assert [problem.field for problem in problems] == list(COMPLETE)
    assert {problem.why for problem in problems} == {Why.MISSING}


@pytest.mark.parametrize(
    ("key", "text", "why"),
    [
        ("person_name", "  ", Why.MISSING),
        ("contact_email", "rim at haddad", Why.NOT_AN_ADDRESS),
        ("website", "none", Why.NOT_A_WEB_ADDRESS),
        ("occupation", "florist", Why.NOT_A_CHOICE),
        ("principles", "perhaps", Why.NOT_YES_OR_NO),
        ("country", "Atlantis", Why.NOT_A_COUNTRY),
        ("person_name", "x" * 501, Why.TOO_LONG),
        ("work", "x" * 20_001, Why.TOO_LONG),
    ],
)
def test_a_value_that_cannot_be_taken_is_told_by_its_field(key: str, text: str, why: Why) -> None:
    assert check(FORM, INDIVIDUAL, {**COMPLETE, key: FormValue(text)}) == (Problem(key, why),)


@pytest.mark.parametrize(("key", "why"), [("founded", Why.NOT_A_YEAR), ("size", Why.NOT_A_NUMBER)])
def test_years_and_numbers_are_checked(key: str, why: Why) -> None:
    assert Problem(key, why) in check(FORM, ORGANIZATION, values(**{key: "long ago, and many"}))


def test_a_second_reference_may_be_left_out_but_not_half_told() -> None:
    half = check(FORM, INDIVIDUAL, {**COMPLETE, **values(referee_2_name="Paulo")})

    assert half == (
        Problem("referee_2_organization", Why.MISSING),
        Problem("referee_2_email", Why.MISSING),
    )


def test_a_field_of_the_other_kind_is_no_problem() -> None:
    assert check(FORM, INDIVIDUAL, {**COMPLETE, **values(founded="no year")}) == ()


def test_a_later_value_replaces_and_an_empty_one_erases_nothing() -> None:
    old = values(name="Bahari", country="Kenya")
    new = {
        "name": FormValue("Bahari Yetu", "form.docx"),
        "country": FormValue(" "),
        "founded": FormValue("1998"),
    }

    assert merge(old, new) == {
        "name": FormValue("Bahari Yetu", "form.docx"),
        "country": FormValue("Kenya"),
        "founded": FormValue("1998"),
    }


# ── the file ─────────────────────────────────────────────────────────────────────────────────────

SMALL = """
[words.en]
title = "Form"
how = "Fill it in."
optional = "optional"
one = "Choose one"
several = "Choose some"
yes = ["yes"]
no = ["no"]

[[sections]]
key = "all"
title.en = "All"

[[sections.fields]]
key = "name"
type = "text"
label.en = "Name"

[[sections.fields]]
key = "colour"
type = "choice"
label.en = "Colour"
choices = [{ key = "red", label.en = "Red" }, { key = "blue", label.en = "Blue" }]
"""

Spoil = Callable[[dict[str, Any]], object]


def small() -> dict[str, Any]:
    return tomllib.loads(SMALL)


def fields(table: dict[str, Any]) -> Any:
    return table["sections"][0]["fields"]


def test_another_networks_form_needs_no_code() -> None:
    form = read_form_table(small(), {}, set())

    assert [one.key for one in form.fields_for(INDIVIDUAL)] == ["name", "colour"]
    assert check(form, INDIVIDUAL, values(name="Rim", colour="red")) == ()


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda f: f["words"].clear(), "there is no [words.<language>]"),
        (lambda f: f["words"].update(xx=f["words"]["en"]), "'xx' is no language"),
        (lambda f: f["words"]["en"].update(yes=[]), "words.en: yes and no"),
        (lambda f: f["words"]["en"].pop("how"), "how"),
        (lambda f: fields(f)[0].update(lable="x"), "lable"),
        (lambda f: fields(f)[0].update(type="poem"), "poem"),
        (lambda f: fields(f)[0].update(key="Full Name"), "field 'Full Name': a key is of small letters"),
        (lambda f: fields(f)[0].update(label={}), "section 'all', field 'name', label is missing in en"),
        (lambda f: fields(f)[0].update(help={"de": "x"}), "help is missing in en"),
        (lambda f: fields(f)[0]["label"].update(de="x"), "label: there is no [words.de]"),
        (lambda f: fields(f)[0].update({"for": []}), "for names nobody"),
        (lambda f: fields(f)[0].update({"for": ["cat"]}), "cat"),
        (lambda f: fields(f)[0].update(several=True), "several goes with"),
        (lambda f: fields(f)[0].update(choices=fields(f)[1]["choices"]), "choices belong to the type choice"),
        (lambda f: fields(f)[1].update(choices=[]), "choices belong to the type choice"),
        (lambda f: fields(f)[1]["choices"][1].update(key="red"), "'red' is the key of two choices"),
        (lambda f: fields(f)[1]["choices"][1].update(label={}), "choice 'blue' is missing in en"),
        (lambda f: fields(f)[0].update(means="referee.1.shoe"), "means is 'referee.1.shoe'"),
        (lambda f: fields(f)[0].update(evidence=["luck"]), "evidence names 'luck'"),
        (lambda f: fields(f)[1].update(key="name"), "'name' is the key of two fields"),
        (lambda f: fields(f)[1].update(label={"en": "NAME:"}), "have the label 'name' (en)"),
        (lambda f: [one.update(means="contact.name") for one in fields(f)], "mean 'contact.name'"),
    ],
)
def test_a_fault_of_the_form_is_told_with_its_place(spoil: Spoil, told: str) -> None:
    table = small()
    spoil(table)

    with pytest.raises(ValueError) as raised:  # noqa: PT011 - the words are looked at below
        read_form_table(table, {}, set())

    assert told in str(raised.value)


def test_a_fault_of_the_form_names_its_file() -> None:
    content = copy.deepcopy(dict(DEFAULTS.content))
    content["form"]["sections"][0]["fields"][0]["type"] = "poem"

    with pytest.raises(RuleError, match=r"^form\.toml: .*poem.* Correct it there\.$"):
        build_rules(content)


def test_rules_from_before_there_was_a_form_are_still_read() -> None:
    older = {name: table for name, table in DEFAULTS.content.items() if name != "form"}

    assert build_rules(older).form.fields_for(None) == Form().fields_for(None) == ()
