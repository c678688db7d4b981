"""The page: what it shows of cases and letters, and that nothing in a letter can act on it."""

import re
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.policy import default

import pytest
from selectolax.lexbor import LexborHTMLParser

from mailbot.bot import Bot
from mailbot.intake import handle_next
from mailbot.process.ballot import Ballot, Vote, Voter
from mailbot.process.case import Referee
from mailbot.process.events import Record
from mailbot.sandbox.page import render
from mailbot.sandbox.record import exchange, save_letters
from mailbot.store import cases, journal, people
from mailbot.telling import Teller
from mailbot.values import FormValue, Verdict
from tests.story import ANSWERS, BEGINNING, BOX, INES, Clock, letter, numbered, settings

REHEMA = "Rehema Kazungu <rehema@bahari.example>"
SALMA = "سلمى الخطيب <salma@sindyan.example>"
ARABIC = """\
نحن لجنة أهالي حي السنديان في طرابلس، لبنان، ونرغب في الانضمام إلى شبكتكم.

١. تعرفنا إلى الشبكة من خلال ورشة عن الحق في السكن في بيروت سنة ٢٠٢٣.

٢. نعمل منذ عام ٢٠١٥ مع سكان الحي ضد الإخلاء القسري."""
HOSTILE = '<script>alert(1)</script><img src="https://elsewhere.example/x.png" onerror="alert(2)">'


class Desk:
    """A bot that takes letters by pipe and sends none, its clock one second on with each letter."""

    def __init__(self, folder):
        self.clock = Clock()
        self.bot = Bot.build(settings(folder, 143, 25), now=self.clock)
        with self.bot.office.store.begin() as connection:
            people.replace_all(connection, (INES,))

    def takes(self, raw):
        self.clock.now += timedelta(seconds=1)
        self.bot.receive(raw, self.clock.now)
        handle_next(self.bot.office)

    def keeps(self, **changed):
        """The only case as it is after some steps that are of no interest here."""
        with self.bot.office.store.begin() as connection:
            (case,) = cases.every(connection)
            cases.save(connection, replace(case, **changed))

    def posts(self):
        with self.bot.office.store.look() as connection:
            return exchange(connection)

    def page(self):
        office = self.bot.office
        tell = Teller(office.settings.network, office.rules, office.templates.phrases("en"), "en")
        return render(office, self.posts(), tell)


@pytest.fixture
def desk(tmp_path):
    a_desk = Desk(tmp_path)
    yield a_desk
    a_desk.bot.close()


def shown(desk):
    return LexborHTMLParser(desk.page())


def texts(page, selector):
    return [" ".join(node.text().split()) for node in page.css(selector)]


def test_a_case_is_shown_with_its_answers_letters_and_journal(desk):
    desk.takes(letter(REHEMA, numbered()))

    page = shown(desk)

    assert texts(page, ".case-head h2") == ["Bahari Yetu Network"]
    assert texts(page, "section .stage") == ["Screening"]
    assert [text for text in texts(page, ".answer p") if text in ANSWERS.values()] == list(ANSWERS.values())
    assert texts(page, ".letter .who") == ["Rehema Kazungu", "to Rehema Kazungu", "to Ines Duarte"]
    assert "The case was opened." in texts(page, ".journal li")


def voted_on():
    """A ballot of two voters and four letters, of which one counts."""
    ana = Voter("ana@casa.example", "Ana", "Casa Común", ("ana@casa.example",), "es")
    huda = Voter("huda@beit.example", "هدى", "بيت", ("huda@beit.example",), "ar")
    votes = (
        Vote(ana.key, Verdict.UNCLEAR, BEGINNING, 1, "Hm.", "Ana"),
        Vote(ana.key, Verdict.APPROVE, BEGINNING + timedelta(hours=1), 1, f"Yes {HOSTILE}", "Ana"),
        Vote(ana.key, Verdict.REJECT, BEGINNING + timedelta(hours=2), 1, f"No {HOSTILE}", "Ana"),
        Vote(huda.key, Verdict.UNCLEAR, BEGINNING, 1, by="هدى", vouched=False),
    )
    return Ballot("board", 1, BEGINNING, BEGINNING + timedelta(days=14), (ana, huda), votes)


def test_each_vote_is_shown_and_what_is_not_counted_and_why(desk):
    desk.takes(letter(REHEMA, numbered()))
    desk.keeps(ballots=(voted_on(),))

    page = shown(desk)

    assert texts(page, ".ballot h3") == ["Review by the Board"]
    assert texts(page, ".votes .verdict") == ["REJECT", "no answer"]
    assert texts(page, ".votes .verdict.no") == ["REJECT"]
    assert texts(page, ".counts .yes, .counts .no") == ["0 APPROVE", "1 REJECT"]
    not_counted = texts(page, ".uncounted li")
    assert [one.partition(":00: ")[2][:27] for one in not_counted] == [
        "not clearHm.",
        "nothing vouches for its sen",
        "taken back by a later voteY",
    ]
    assert page.css("script, img") == []
    assert HOSTILE in page.css_first(".votes .reason [dir=auto]").text()


def test_form_and_references_are_shown_and_stay_text(desk):
    desk.takes(letter(REHEMA, numbered()))
    desk.keeps(
        form={"mission": FormValue(f"Landing sites {HOSTILE}"), "founded": FormValue("2011")},
        referees=(Referee(1, "Jo", HOSTILE, "jo@docks.example", BEGINNING, words=f"Good {HOSTILE}"),),
    )

    page = shown(desk)

    assert texts(page, ".form dt") == ["Year in which you began", "Mission"]
    assert HOSTILE in page.css(".form dd")[1].text()
    assert texts(page, ".referee .state") == ["written to, no answer yet"]
    assert HOSTILE in page.css_first(".referee p").text()
    assert page.css("script, img") == []


def test_how_a_case_ended_or_what_waits_for_release_is_said(desk):
    desk.takes(letter(REHEMA, numbered()))
    assert texts(shown(desk), ".outcome") == []

    desk.keeps(stage="decision", proposed="approved")
    assert texts(shown(desk), ".outcome") == ["Proposed, and not yet released: Approved"]

    desk.keeps(stage="approved")
    assert texts(shown(desk), ".outcome.approved") == ["Approved, March 2, 2026"]


def test_the_fields_of_a_form_that_came_together_are_one_line_of_the_journal(desk):
    desk.takes(letter(REHEMA, numbered()))
    with desk.bot.office.store.begin() as connection:
        (case,) = cases.every(connection)
        taken = [
            Record("form_taken", {"field": "mission"}, "Landing sites for all."),
            Record("form_taken", {"field": "founded"}, "2011"),
        ]
        journal.append(connection, case.number, BEGINNING, taken, lambda: "salt")

    last = shown(desk).css(".journal li")[-1]

    assert last.css_first("summary").text() == "Form: 2 fields taken in"
    assert [q.text() for q in last.css("q")] == [
        "Mission Landing sites for all.",
        "Year in which you began 2011",
    ]


def test_a_letter_without_a_case_has_its_place(desk):
    desk.takes(letter("Tom <tom@courier.example>", "I am a journalist and ask for an interview."))

    page = shown(desk)

    assert texts(page, ".case-head h2") == ["Letters about no case, or several"]
    assert texts(page, ".letter.outside .label") == ["no application: a person answers"]


def test_letters_in_arabic_run_from_right_to_left(desk):
    desk.takes(letter(SALMA, ARABIC))

    page = shown(desk)

    for selector in (".letter.in .text", ".letter.out.applicant .looks"):
        node = page.css_first(selector)
        assert (node.attributes["lang"], node.attributes["dir"]) == ("ar", "rtl"), selector


def test_what_somebody_writes_stays_text(desk):
    raw = letter(
        f'"{HOSTILE[:25]}" <rehema@bahari.example>', numbered(name=f"Network {HOSTILE}"), subject=HOSTILE
    )
    desk.takes(raw)

    page = shown(desk)

    assert HOSTILE in page.css_first(".letter.in .words").text()
    assert page.css("script, img, iframe, object, embed, form, base, link, style[src]") == []
    assert [node for node in page.css("*") if any(name.startswith("on") for name in node.attributes)] == []


def test_html_of_a_letter_is_not_let_in(desk):
    message = message_from_bytes(letter(REHEMA, numbered()), policy=default)
    message.add_alternative(f"<html><body><p>Hello</p>{HOSTILE}</body></html>", subtype="html")
    desk.takes(message.as_bytes())

    assert "elsewhere.example" not in desk.page()


def test_the_page_needs_nothing_but_itself(desk):
    desk.takes(letter(REHEMA, numbered()))
    desk.takes(letter(SALMA, ARABIC))

    source = desk.page()
    page = LexborHTMLParser(source)

    assert not re.search(r"\b(?:src|srcset|poster)=|@import|url\(", source)
    links = [node.attributes["href"] for node in page.css("[href]")]
    ids = [node.attributes["id"] for node in page.css("[id]")]
    assert len(ids) == len(set(ids))
    assert {link.removeprefix("#") for link in links if link.startswith("#")} <= set(ids)
    assert {link for link in links if not link.startswith("#")} == {
        f"letters/{post.file_name}" for post in desk.posts()
    }


def test_a_reply_shows_its_quotation_folded_and_its_own_words_open(desk):
    desk.takes(letter(REHEMA, "Hello, we would like to become a member of ESCR-Net. How do we apply?"))
    (ours,) = [post for post in desk.posts() if not post.incoming]
    message = message_from_bytes(ours.raw, policy=default)
    quoted = "\n".join(f"> {line}" for line in ours.letter.text.splitlines())
    reply = letter(
        REHEMA,
        f"Here is more.\n\nOn 2/3/26 09:00, ESCR-Net wrote:\n{quoted}",
        headers={"In-Reply-To": str(message["Message-ID"])},
    )
    desk.takes(reply)

    last = shown(desk).css(".letter.in")[-1]

    assert last.css_first(".text > .words").text() == "Here is more."
    assert "become a member" not in last.css_first(".preview").text()
    assert "open" not in last.css_first("details.quote").attributes


def test_each_of_ours_stands_below_the_letter_that_it_answers(desk):
    desk.takes(letter(REHEMA, numbered()))
    desk.takes(letter(SALMA, ARABIC))

    names = [post.file_name for post in desk.posts()]

    assert names == [
        "001-rehema-to-membership.eml",
        "002-membership-to-rehema-interest_complete.eml",
        "003-membership-to-ines-screening_notice.eml",
        "004-salma-to-membership.eml",
        "005-membership-to-salma-interest_incomplete.eml",
    ]


def test_letters_are_saved_as_they_were_sent(desk, tmp_path):
    raw = letter(REHEMA, numbered(), at=BEGINNING)
    desk.takes(raw)

    save_letters(desk.posts(), tmp_path / "letters")

    saved = sorted((tmp_path / "letters").iterdir())
    assert saved[0].read_bytes() == raw
    assert [
        message_from_bytes(path.read_bytes(), policy=default)["From"].addresses[0].addr_spec for path in saved
    ] == [
        "rehema@bahari.example",
        BOX,
        BOX,
    ]


@pytest.mark.parametrize(
    ("sender", "name"),
    [
        ("../../etc/passwd@evil.example", "001-etc-passwd-to-membership.eml"),
        ("ANA.María+x@casa.example", "001-ana-mar-a-to-membership.eml"),
        ("", "001-somebody-to-membership.eml"),
    ],
)
def test_a_file_name_holds_nothing_that_a_sender_could_misuse(desk, sender, name):
    desk.takes(f"From: {sender}\r\nTo: {BOX}\r\nSubject: Hello\r\n\r\nHello there.\r\n".encode())

    assert desk.posts()[0].file_name == name
