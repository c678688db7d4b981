"""An application whose every mailbox is on Dovecot, and whose voters reply to ballots with mail clients."""

from __future__ import annotations

import pytest

from mailbot.process.ballot import standing
from mailbot.store import members
from mailbot.values import Verdict
from tests.journeys.way import (
    AMINA,
    BOARD,
    BRUNO,
    CHLOE,
    INES_AT,
    LOLA,
    MAX,
    REHEMAS,
    is_before_the_board,
    is_before_the_members,
)
from tests.real.clients import Desk, neomutt_above, neomutt_below, s_nail, s_nail_with_marks
from tests.real.dovecot import require
from tests.story import Got


@pytest.fixture
def clients():
    """Skips the test where a client is not installed."""
    for client in ("neomutt", "s-nail"):
        require(client)


@pytest.fixture
def voters(clients, tmp_path, story, post):
    """The voters at their clients."""
    folder = tmp_path / "desk"
    folder.mkdir()
    return Voters(story, post, Desk(folder, post))


class Voters:
    def __init__(self, story, post, desk):
        self.story, self.post, self.desk = story, post, desk

    def reads(self):
        """The letters of the bot come to everybody."""
        self.post.carry(self.story.clock.now)

    def reply(self, person, client, words):
        """Somebody replies to the last letter in their mailbox: that one, theirs, and the bot's answer."""
        address = person.addresses[0]
        self.reads()
        asked = self.story.last_letter_to(address)
        before = len(self.post.outside)
        client(self.desk, person, words)
        (sent,) = self.post.outside[before:]
        assert sent.sender == address
        self.reads()
        self.story.works()
        self.reads()
        return asked, Got.read(sent.raw), self.story.last_letter_to(address)

    def threads(self, person):
        """How many letters each thread in somebody's mailbox has, as its server threads them."""
        with self.post.mailbox(person.addresses[0]) as mailbox:
            return [len(thread) for thread in mailbox.thread("REFERENCES")]


def cast(story):
    return {key: vote.verdict for key, vote in standing(story.case().ballots[-1]).items()}


def test_the_board_votes_with_neomutt_and_s_nail(voters, story):
    is_before_the_board(story)
    for person, client, words in (
        (AMINA, neomutt_above, "REJECT\n\nI miss their accounts – and their statutes."),
        (BRUNO, s_nail, "APRUEBO\n\nCumplieron cada promesa; hace seis años que los conocemos."),
        (CHLOE, neomutt_below, "J’approuve\n\nIls ont tenu parole."),
    ):
        asked, letter, receipt = voters.reply(person, client, words)
        assert asked.text.splitlines()[0] in letter.text, "the ballot is quoted"
        assert receipt.message["In-Reply-To"] == letter.id
        assert asked.id in receipt.message["References"]
        assert story.templates_to(person.addresses[0]) == ["ballot", "vote_received"]
        assert voters.threads(person) == [2], "the receipt stands below the ballot"

    amina, bruno, chloe = (person.addresses[0] for person in BOARD)
    assert cast(story) == {amina: Verdict.REJECT, bruno: Verdict.APPROVE, chloe: Verdict.APPROVE}
    reasons = {key: vote.reason for key, vote in standing(story.case().ballots[-1]).items()}
    assert reasons[amina].endswith("I miss their accounts – and their statutes.")
    assert reasons[bruno].endswith("Cumplieron cada promesa; hace seis años que los conocemos.")
    assert reasons[chloe].endswith("Ils ont tenu parole.")

    # She answers her receipt, which lies on top by now, and changes her mind.
    voters.reply(AMINA, s_nail_with_marks, "APPROVE\n\nThey have sent them.")

    assert cast(story)[amina] is Verdict.APPROVE
    story.passes(days=2)
    assert story.case().stage == "membership"


def test_an_application_goes_its_whole_way_over_dovecot_and_members_reply_with_clients(voters, story):
    is_before_the_members(story)
    voters.reply(LOLA, s_nail, "APOYAMOS\n\nTrabajamos con ellos.")
    voters.reply(MAX, neomutt_below, "SUPPORT")
    assert sorted(cast(story).values()) == [Verdict.SUPPORT, Verdict.SUPPORT]
    story.passes(days=20)
    assert story.case().proposed == "approved"

    story.hears(INES_AT, "#confirm", answers=story.last_letter_to(INES_AT))
    story.works()

    assert story.case().stage == "approved"
    assert story.templates_to(REHEMAS)[-1] == "welcome"
    with story.bot.office.store.look() as connection:
        assert "Bahari Yetu Network" in [member.name for member in members.every(connection)]
