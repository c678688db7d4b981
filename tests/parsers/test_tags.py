import pytest

from mailbot.parsers.tags import find_commands
from mailbot.values import Command
from tests.parsers.tables import WORDS


@pytest.mark.parametrize(
    ("new", "commands"),
    [
        ("#invite", [("invite", "")]),
        ("Hi,\n\n#INVITE\n\nMarta", [("invite", "")]),
        ("#invite thanks!\nMarta", [("invite", "")]),
        (
            "#resume\n\n#assign Marisol\n\n#board\n\nThanks,\nIdris",
            [("resume", ""), ("assign", "Marisol"), ("board", "")],
        ),
        ("#resume #board", [("resume", ""), ("board", "")]),
        ("#hold 14d #note wait for them", [("hold", "14d"), ("note", "wait for them")]),
        ("#assign\nIdris", [("assign", "Idris")]),
        ("#hold 14d\n\nBest,\nMarta", [("hold", "14d")]),
        ("- #invite\n- #note good", [("invite", ""), ("note", "good")]),
        (
            "#ask Dear Ana,\n\nwhich year was it?\n- and where?\n\nBest regards,\nMarta Soler\n",
            [("ask", "Dear Ana,\n\nwhich year was it?\n- and where?")],
        ),
        ("#ask ¿En qué año fue?\n\nMarta", [("ask", "¿En qué año fue?")]),
        ("#decline\nEs una empresa.\n#assign Idris", [("decline", "Es una empresa."), ("assign", "Idris")]),
        ("#note see case #17, we put it on #hold then", [("note", "see case #17, we put it on #hold then")]),
        ("\u200f#note اتصلت بهم", [("note", "اتصلت بهم")]),
        ("Is it case\n#42, the #1 of all?\n\n#solidarity and good night", []),
        ("We should put it on #hold.", []),
        ("", []),
    ],
)
def test_tags_in_newly_written_text(new, commands):
    found = find_commands(new, "Re: [M-2026-0042] New case", WORDS)

    assert [(one.tag, one.argument) for one in found] == commands
    assert all(one.known for one in found)


@pytest.mark.parametrize(
    ("typed", "nearest"),
    [("invte", "invite"), ("declined", "decline"), ("assing", "assign"), ("Statsu", "status")],
)
def test_a_mistyped_tag_is_told_with_the_nearest(typed, nearest):
    assert find_commands(f"#{typed}\n\nMarta", "", WORDS)[0] == Command(
        typed, "", known=False, nearest=nearest
    )


def test_a_mistyped_tag_ends_the_argument_before_it():
    ask, mistyped = find_commands("#ask Which year?\n#nte they sound tired", "", WORDS)

    assert (ask.argument, mistyped.nearest) == ("Which year?", "note")


def test_a_tag_that_may_be_the_middle_of_a_broken_sentence_is_not_obeyed():
    broken = "#note They asked us last year whether we could put the whole case on\n#hold until May."

    note, doubtful = find_commands(broken, "", WORDS)

    assert (note.tag, doubtful.known, doubtful.nearest) == ("note", False, "hold")


@pytest.mark.parametrize(
    ("subject", "parent_subject", "commands"),
    [
        ("#status Re: [M-2026-0042] New case", "[M-2026-0042] New case", [("status", "")]),
        ("#status [M-2026-0042]", "", [("status", "")]),
        ("Re: [M-2026-0042] New case #hold 14d", "[M-2026-0042] New case", [("hold", "14d")]),
        ("#hold 14d Re: [M-2026-0042] New case", "", [("hold", "14d")]),
        ("Re: reply with #invite", "reply with #invite", []),
        ("Re: case #42", "", []),
    ],
)
def test_tags_in_the_subject(subject, parent_subject, commands):
    found = find_commands("thanks!", subject, WORDS, parent_subject)

    assert [(one.tag, one.argument) for one in found] == commands


def test_the_same_command_in_subject_and_text_is_one():
    assert len(find_commands("#status", "#status [M-2026-0042]", WORDS)) == 1
