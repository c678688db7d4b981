"""Whatever comes by mail is read: without an exception, in bounded time, and with the promises kept."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.fuzz import ROLES, SECONDS, try_letter
from bench.hostile import PAGES, TEXTS
from bench.letters import read_folder
from bench.mutations import MUTATIONS, mutated
from bench.stopwatch import timed
from mailbot.parsers.letter import read_letter
from mailbot.parsers.reading import read
from mailbot.parsers.reply import split_reply
from mailbot.rulebook import load_rules
from mailbot.values import Address, Letter, Verdict
from tests.parsers.letters import FOLDER

LEXICON = load_rules().lexicon
LETTERS = [sample.raw for sample in read_folder(FOLDER)]
unhurried = settings(deadline=None)
"""The first example of a process fills the caches, and takes longer than the others."""
SLICE = 300
"""Of the letters of ``make fuzz``, which reads 100,000."""

KEYWORDS = {
    "board": ["APPROVE", "Reject", "abstención", "je me récuse", "أوافق", "DISCUSS"],
    "member": ["SUPPORT", "we object", "apoyamos", "nous nous opposons", "نؤيد"],
    "referee": ["I confirm", "confirmo", "je confirme", "أؤكد"],
    "confirm": ["yes", "sí", "oui", "نعم"],
}
WORDS = st.sampled_from(
    [word for words in KEYWORDS.values() for word in words]
    + ["not", "no", "if", "?", "…", "", "#invite", "#ask Which year?", "#note", "#invte", "N/A"]
    + ["1.", "2)", "- ", "> ", ">> ", "-- ", "Q:", "A:", "Best regards,", "Ana Ruiz", "Sent from my iPhone"]
    + ["On 3 March 2026 at 10:20, Ana <ana@x.example> wrote:", "-----Original Message-----"]
    + ["From: Ana <ana@x.example>", "Sent: Tue, 3 March 2026 10:20", "To: Bo", "Subject: x"]
    + ["How did you hear about the network?", "We heard about you from Bo.", "نعمل مع الصيادين", "عن الشبكة"]
)
LINES = st.lists(st.lists(WORDS | st.text(max_size=12), max_size=5).map(" ".join), max_size=14)
TEXT = LINES.map("\n".join)


def letter(text: str, subject: str = "") -> Letter:
    return Letter(sender=Address("ana@x.example", "Ana Ruiz"), subject=subject, text=text)


@pytest.mark.parametrize("first", range(0, SLICE, 50))
def test_mutated_letters_are_read(first):
    tallies = [try_letter(number, 1, LETTERS, LEXICON) for number in range(first, first + 50)]

    assert [offender.trouble for tally in tallies for offender in tally.offenders] == []


def test_a_mutated_letter_is_the_same_each_time():
    assert mutated(Random("1:7"), LETTERS) == mutated(Random("1:7"), LETTERS)


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.__name__)
def test_each_mutation_changes_some_letter(mutation):
    assert any(mutation(raw, Random(seed), LETTERS) != raw for raw in LETTERS for seed in range(5))


@unhurried
@given(st.binary(max_size=600), st.sampled_from(ROLES))
def test_any_bytes_are_read(raw, role):
    read(read_letter(raw), (), LEXICON, role=role)


@unhurried
@given(st.text(max_size=600) | TEXT, st.text(max_size=60), st.sampled_from(ROLES))
def test_any_text_is_read(text, subject, role):
    read(letter(text, subject), (), LEXICON, role=role)


@pytest.mark.parametrize("digit", ["፪", "២", "𑁓", "②", "²", "½", "Ⅱ", "٢"])
def test_digits_of_any_kind_are_read(digit):
    """Some of them, the Ethiopic ones among them, are digits to Python and yet no number."""
    for text in (f"As to question {digit}: rights.", f"{digit}) Our work", f"({digit}) Work", f"#{digit}"):
        read(letter(text, text), (), LEXICON)
        read(letter(f"Until {digit} March {digit}"), (), LEXICON, role="secretariat")


@pytest.mark.parametrize("role", ["applicant", "board", "secretariat"])
@pytest.mark.parametrize("name", [*TEXTS, *PAGES])
def test_hostile_text_takes_no_time(name, role):
    kind, make = ("html", PAGES[name]) if name in PAGES else ("plain", TEXTS[name])
    head = f"Content-Type: text/{kind}; charset=utf-8\n\n"
    raw = (head + make(30_000)).encode("utf-8", "surrogatepass")

    seconds, _ = timed(lambda: read(read_letter(raw), (), LEXICON, role=role), 10 * SECONDS)

    assert seconds < SECONDS


@unhurried
@given(TEXT, TEXT | st.none())
def test_every_new_line_is_a_line_of_the_letter(text, answered):
    split = split_reply(letter(text), letter(answered) if answered is not None else None, LEXICON.words)

    lines = {line.rstrip() for line in text.split("\n")}
    assert {line for line in split.new.split("\n") if line} <= lines


@unhurried
@given(TEXT, st.sampled_from([(role, word) for role, words in KEYWORDS.items() for word in words]))
def test_no_verdict_comes_from_what_we_wrote_ourselves(typed, vote):
    role, keyword = vote
    ours = f"Please answer with one of these words, as you see fit:\n{keyword} at the top of your letter\n"
    before = read(letter(typed), (), LEXICON, role=role)

    after = read(letter(f"{typed}\n\n{ours}"), (), LEXICON, role=role, parent=letter(ours))

    if before.verdict is Verdict.UNCLEAR:
        assert after.verdict is Verdict.UNCLEAR


@unhurried
@given(LINES)
def test_a_quotation_below_changes_no_command(lines):
    typed = letter("\n".join(line for line in lines if not line.lstrip().startswith(">")))
    quoted = "On Tue, 3 March 2026 at 10:20, Bo <bo@x.example> wrote:\n> #invite\n> #decline too young\n"

    alone = read(typed, (), LEXICON, role="secretariat")
    below = read(replace(typed, text=f"{typed.text}\n\n{quoted}"), (), LEXICON, role="secretariat")

    assert below.commands == alone.commands
