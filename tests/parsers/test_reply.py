import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.parsers.reply import split_reply
from mailbot.values import Address, Letter
from tests.parsers.tables import WORDS

BALLOT = """\
Dear Bo,

the Board is asked to decide on the application of River Commons.

APPROVE
REJECT

The ballot closes on 17 March."""

PARENT = Letter(sender=Address("membership@network.example", "Network Membership"), text=BALLOT)
NEW = "Fine with me.\n\nBo"


def letter(text: str, html: str = "") -> Letter:
    return Letter(sender=Address("bo@river.example", "Bo Ray"), text=text, html=html)


def quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))


INTRODUCTIONS = [
    "On Tue, Mar 3, 2026 at 9:12 AM Ana Lund <ana@x.example> wrote:",
    "On Tue, Mar 3, 2026 at 9:12 AM Ana Lund\n<ana.lund@a-rather-long-name.example> wrote:",
    "On 3/6/26 10:31 AM, Ana Lund wrote:",
    "Le mar. 3 mars 2026 à 09:12, Ana Lund <ana@x.example> a\nécrit :",
    "El mar, 3 mar 2026 a las 9:12, Ana Lund (<ana@x.example>) escribió:",
    "في ٣ مارس ٢٠٢٦، الساعة ٩:١٢ ص، كتب Ana Lund <ana@x.example>:",
    "Am 03.03.2026 um 09:12 schrieb Ana Lund:",
    "ti 3. maalisk. 2026 klo 9.12 Ana Lund (ana@x.example) kirjoitti:",
    "Ana Lund <ana@x.example> ezt írta (időpont: 2026. márc. 3., K, 9:12):",
    "вт, 3 мар. 2026 г. в 09:12, Ana Lund <ana@x.example>:",
    "2026年3月3日(火) 9:12 Ana Lund <ana@x.example>:",
    "Ana Lund <ana@x.example> 于2026年3月3日周二 09:12写道：",
    "\u202bבתאריך 3 במרץ 2026 ב-9:12 מאת \u202aAna Lund\u202c <\u202aana@x.example\u202c>:\u202c",
]


@pytest.mark.parametrize("introduction", INTRODUCTIONS)
@pytest.mark.parametrize(
    "shape",
    [
        "{new}\n\n{introduction}\n\n{quoted}",
        "{new}\n{introduction}\n{quoted}",
        "{introduction}\n{quoted}\n\n{new}",
        "{new}\n\n{introduction}\n\n{ballot}",
    ],
    ids=["above", "close above", "below", "unmarked"],
)
def test_an_introduction_in_any_language(introduction, shape):
    text = shape.format(new=NEW, introduction=introduction, quoted=quoted(BALLOT), ballot=BALLOT)

    assert split_reply(letter(text), None, WORDS).new == NEW
    assert split_reply(letter(text), PARENT, WORDS).new == NEW


@pytest.mark.parametrize(
    "head",
    [
        "From: Ana <ana@x.example>\nSent: Tuesday, March 3, 2026 9:12 AM\nTo: Bo\nSubject: Ballot",
        "*From:* Ana <ana@x.example>\n*Sent:* Tuesday, March 3, 2026 9:12 AM\n*To:* Bo\n*Subject:* Ballot",
        f"{'_' * 32}\nDe: Ana <ana@x.example>\nEnviado: martes, 3 de marzo de 2026 9:12\nPara: Bo\nAsunto: B",
        "De : Ana <ana@x.example>\nEnvoyé : mardi 3 mars 2026 09:12\nÀ : Bo\nObjet : Ballot",
        "من: Ana <ana@x.example>\nتاريخ الإرسال: 3 مارس 2026 09:12 ص\nإلى: Bo\nالموضوع: Ballot",
        "-----Ursprüngliche Nachricht-----\nVon: Ana\nGesendet: 03.03.2026 09:12\nAn: Bo",
        "Od: Ana <ana@x.example>\nWysłane: wtorek, 3 marca 2026 09:12\nDo: Bo\nTemat: Ballot",
        "发件人: Ana <ana@x.example>\n发送时间: 2026年3月3日 9:12\n收件人: Bo\n主题: Ballot",
        "Begin forwarded message:\n\nFrom: Ana <ana@x.example>\nDate: 3 March 2026 at 09:12:00 CET\nTo: Bo",
        "From: Ana <ana@x.example>\nSent: Tuesday, March 3, 2026 9:12 AM\nTo: Bo; Dee Ray\n<d@x.example>",
    ],
)
def test_a_header_block_without_marks(head):
    assert split_reply(letter(f"{NEW}\n\n{head}\n\n{BALLOT}"), None, WORDS).new == NEW


@pytest.mark.parametrize(
    "text",
    [
        "Name: River Commons\nFounded: 2003\nEmail: bo@river.example\nCountry: Kenya",
        "We met on 3 March 2026 at 10:00, as agreed:\n\nthe minutes are attached.",
        "Write to us at bo@river.example:\n\nwe answer within a day.",
        "===== OUR WORK =====\n\nWe clean the river.",
        "--- later: I went back to the file.",
        "We use an Android app for the river.",
        "Please keep this confidential: they are in danger.",
        "On Tuesday we wrote:\n\nto the ministry about the river.",
        "From the beginning:\n\nwe met in 2003, at 10:00 every Monday.",
        "From: Nairobi\nTo: Mombasa\nDate: 3 March 2026\n\nThat is our trip.",
        "The meeting:\n\nWhen: Tuesday, 3 March 2026, 10:00\nWhere: Hall\nContact: bo@river.example",
        "Event: River day\nDate: 3 March 2026, 10:00\nPlace: Kisumu\nOrganizer: Bo Ray <bo@river.example>",
        "We have members in:\n\n- Kenya\n- Uganda\n\nand more than 50 groups.",
        "Our results:\n\n| Year | Members |\n| 2024 | 120 |\n| 2025 | 150 |\n\nMore to come.",
        "As agreed on 3 March 2026 at 9:12 with Ana <ana@x.example>, the plan is:\n\n1. Form\n2. Vote",
        "if x > 3:\n    print(x)\n\nThat is all.",
        "First part.\n\n--\n\nThe second" + 5 * ", longer than a signature" + ".\n\nThird part.",
        "First part.\n\n____\n\n" + 5 * "The second is longer than a signature. " + "End.",
        "My answers:\n\nQ: How did you hear of us?\nA: On the radio.\nQ: When?\nA: 2024",
        "Name: Bo Ray\nTo: the Secretariat\nSubject: Membership\nDate: 3 March 2026\n\nWe want to join.",
        "We will be there by 10:30 on 3 May 2026:\n\n* Bo\n* Ana",
        "Date: 3 March 2026\nFrom: River Commons\nTo: The Secretariat\n\nDear friends,\n\nwe want to join.",
        "I wrote to Ana <ana@x.example> on 3 March:\n\nshe has not answered.",
        "Total > 50 and < 100.\n\n5 > 3",
        'Our quote:\n\n"Water is life"\n\nBo',
        "-- not a signature, just a dash --\n\nText goes on.",
        "*** Important ***\n\nThe river is rising.",
        "Original: the first one.\nCopy: the second one.\n\nBoth are attached.",
        "Sent the form on Monday.\n\nForwarded the letter too.",
        "Thank you for your message. I vote yes.\n\nBo",
        "Hello,\n\nAna said:\n\nwe should all go. I agree.\n\nBo",
        "Time: 10:00\nDate: 3 March 2026\n\nis fine with me.",
        "My email: bo@river.example\nMy phone: 0700 000 000\n\nBo",
    ],
)
def test_what_only_looks_like_quoting_stays_new(text):
    assert split_reply(letter(text), None, WORDS).new == text


def test_answers_between_quoted_lines_come_with_their_question():
    asked = f"{INTRODUCTIONS[0]}\n> How did you hear of us?"
    text = f"Hello\n\n{asked}\n\nOn the radio.\n\n> And why?\nTo learn.\n\nBo"

    split = split_reply(letter(text), None, WORDS)

    assert split.new == "Hello\n\nOn the radio.\n\nTo learn.\n\nBo"
    assert split.answered == (
        (f"{INTRODUCTIONS[0]}\nHow did you hear of us?", "On the radio."),
        ("And why?", "To learn.\n\nBo"),
    )


MAILX = "Network Membership <membership@network.example> wrote:"


def tabbed(text: str) -> str:
    return "\n".join(f"\t{line}" for line in text.split("\n"))


@pytest.mark.parametrize("parent", [None, PARENT], ids=["unknown", "known"])
@pytest.mark.parametrize(
    ("text", "new"),
    [
        (f"{MAILX}\n\n{tabbed(BALLOT)}\n{NEW}", NEW),
        (f"{NEW}\n\n{MAILX}\n\n{tabbed(BALLOT)}", NEW),
        (f"{MAILX}\n\n{tabbed('Was it you?')}\nYes.\n{tabbed(BALLOT)}\n{NEW}", f"Yes.\n\n{NEW}"),
        (f"{MAILX}\n\n{tabbed('Was it you?')}\n{tabbed('-- ')}\n{tabbed('The office')}\n{NEW}", NEW),
    ],
    ids=["below", "above", "between", "below a signature"],
)
def test_what_mailx_quotes_behind_a_tab(parent, text, new):
    split = split_reply(letter(text), parent, WORDS)

    assert split.new == new
    assert "\t" not in split.quoted


def test_lines_behind_a_tab_that_nothing_introduces_stay_new():
    text = f"We have three reasons:\n{tabbed('They are many.')}\n{tabbed('They are old.')}\nBo"

    assert split_reply(letter(text), None, WORDS).new.split() == text.split()


def test_a_letter_quoted_without_any_mark_begins_where_the_sender_is_greeted():
    split = split_reply(letter(f"Fine with me.\n\n{BALLOT}"), None, WORDS)

    assert (split.new, split.quoted) == ("Fine with me.", BALLOT)
    assert split_reply(letter(BALLOT), None, WORDS).new == BALLOT


def test_the_parents_lines_are_taken_out_wherever_they_stand():
    text = f"APPROVE\n\n{BALLOT}\n\nBo"

    assert split_reply(letter(text), PARENT, WORDS).new == "APPROVE\n\nBo"


def test_a_short_line_of_the_parent_may_be_a_vote():
    assert split_reply(letter("APPROVE"), PARENT, WORDS).new == "APPROVE"


def test_answers_in_an_unmarked_letter_are_found_with_the_parent():
    asked = [
        "How did you learn about the network?",
        "Why do you want to become a member of it?",
        "Kind regards",
    ]
    parent = Letter(text="\n".join(asked))
    head = "From: Ana <ana@x.example>\nSent: Tuesday, March 3, 2026 9:12 AM\nTo: Bo"
    text = f"See below.\n\n{head}\n\n{asked[0]}\nOn the radio.\n{asked[1]}\nTo learn.\n{asked[2]}"

    assert split_reply(letter(text), parent, WORDS).new == "See below.\n\nOn the radio.\n\nTo learn."
    assert split_reply(letter(text), None, WORDS).new == "See below."


def test_quoting_that_only_the_html_shows():
    html = "<p>Fine.</p><blockquote>the Board is asked to decide on the application</blockquote>"

    split = split_reply(letter("Fine.\n\nthe Board is asked to decide on the application", html), None, WORDS)

    assert (split.new, split.quoted) == ("Fine.", "the Board is asked to decide on the application")


@pytest.mark.parametrize(
    "signature",
    [
        "Sent from my iPhone",
        "Envoyé de mon téléphone",
        "Enviado desde mi Samsung",
        "أرسلت من هاتفي",
        "Lähetetty iPhonesta",
        "Get Outlook for Android <https://aka.ms/x>",
        "--\nBo Ray\n\nRiver Commons",
        "Bo Ray\nDirector | River Commons\nwww.river.example",
        "Bo Ray\nDirector of the Legal Team\nRiver Commons",
        "Bo Ray | Director | River Commons\nKisumu · T +254 700 000 000",
        "Yahoo Mail: Search, Organize, Conquer",
        "This email is confidential and intended only for the addressee.",
        "Ce courriel est confidentiel. Toute utilisation non approuvée est interdite.",
        "AVISO DE CONFIDENCIALIDAD: este mensaje es reservado.",
        "Sent from my iPad\n\nThis message and any attachments are private.",
    ],
)
@pytest.mark.parametrize(
    "below", ["", f"\n\n{INTRODUCTIONS[0]}\n\n{quoted(BALLOT)}"], ids=["last", "above a quote"]
)
def test_signatures_are_kept_apart(signature, below):
    split = split_reply(letter(f"Fine.\n\nThanks,\nBo\n\n{signature}{below}"), None, WORDS)

    assert (split.new, split.signature) == ("Fine.\n\nThanks,\nBo", signature)


def test_the_end_of_a_quoted_line_that_a_gateway_wrapped():
    long = "> the Board is asked to decide on the application of River Commons, and"
    text = f"Fine.\n\n{INTRODUCTIONS[0]}\n{long}\nits reference letters.\n> Thank you."

    assert split_reply(letter(text), None, WORDS).new == "Fine."


@given(
    st.lists(
        st.sampled_from([*INTRODUCTIONS, *BALLOT.split("\n"), "> a", "--", "From: a", "Fine."]), max_size=30
    )
)
def test_no_line_is_lost(lines):
    split = split_reply(letter("\n".join(lines)), PARENT, WORDS)

    kept = "\n".join((split.new, split.quoted, split.signature))
    assert {line.lstrip("> ") for text in lines for line in text.split("\n")} <= {*kept.split("\n"), ""}
