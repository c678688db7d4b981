"""The inbox against the embedded server, over real sockets; odd servers are played by a script."""

import threading
from datetime import UTC, datetime, timedelta, timezone

import pytest

from mailbot.config import After, Security
from mailbot.mail.errors import ConnectionLost, FolderMissing, LoginRefused, MailError, Unprotected
from mailbot.mail.inbox import Capabilities, Fetched, Inbox, Withheld, batches_by_size
from mailbot.sandbox.servers import FlakyProxy, Sandbox

BOX = "membership@network.example"
PASSWORD = "öpen sesame"
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def letter(number, body=b"Good morning."):
    return b"From: rehema@bahariyetu.example\r\nSubject: Letter %d\r\n\r\n%s\r\n" % (number, body)


def subjects(batches):
    return [fetched.raw.split(b"\r\n")[1] for batch in batches for fetched in batch.letters]


@pytest.fixture
def inbox(sandbox, imap):
    with Inbox(imap(sandbox.imap_port), PASSWORD) as inbox:
        yield inbox


# ── fetching ─────────────────────────────────────────────────────────────────────────────────────


def test_a_letter_comes_byte_for_byte_with_the_servers_time(sandbox, inbox):
    raw = b"Subject: \xe9\xff raw\r\n\r\n.\r\n..dots\r\nno line break at the end"
    nairobi = timezone(timedelta(hours=3))
    uid = sandbox.deliver(BOX, raw, received_at=datetime(2026, 3, 2, 15, 0, tzinfo=nairobi))

    [batch] = inbox.new_letters(None, 0)

    assert batch.letters == (Fetched(uid, NOON, raw),)
    assert (batch.uidvalidity, batch.last_uid) == (inbox.uidvalidity, uid)


def test_letters_come_in_batches_of_fifty_oldest_first(sandbox, inbox):
    uids = [sandbox.deliver(BOX, letter(number)) for number in range(120)]

    batches = list(inbox.new_letters(None, 0))

    assert [len(batch.letters) for batch in batches] == [50, 50, 20]
    assert [batch.last_uid for batch in batches] == [uids[49], uids[99], uids[119]]
    assert [fetched.uid for batch in batches for fetched in batch.letters] == uids


def test_a_batch_holds_at_most_twenty_megabytes_and_a_larger_letter_comes_alone(sandbox, inbox):
    for megabytes in (9, 9, 9, 21, 1):
        sandbox.deliver(BOX, letter(megabytes, b"x" * (megabytes * 1_000_000)))

    assert [len(batch.letters) for batch in inbox.new_letters(None, 0)] == [2, 1, 1, 1]


@pytest.mark.parametrize(
    ("sizes", "runs"),
    [
        ({}, [[1, 2, 3, 4]]),
        ({1: 5, 2: 5, 3: 5, 4: 5}, [[1, 2], [3, 4]]),
        ({1: 99, 2: 1, 3: 1, 4: 99}, [[1], [2, 3], [4]]),
        ({1: 10, 3: 10}, [[1, 2], [3, 4]]),
    ],
    ids=["all vanished", "two by two", "too big for any", "vanished stay where they were"],
)
def test_runs_by_size(sizes, runs):
    assert list(batches_by_size([1, 2, 3, 4], sizes, most_bytes=10)) == runs


def test_only_what_is_above_the_mark_comes(sandbox, inbox):
    first, second = (sandbox.deliver(BOX, letter(number)) for number in (1, 2))

    assert subjects(inbox.new_letters(inbox.uidvalidity, first)) == [b"Subject: Letter 2"]
    assert subjects(inbox.new_letters(inbox.uidvalidity, second)) == []
    assert subjects(inbox.new_letters(inbox.uidvalidity, second + 5)) == []


def test_the_mark_for_now_leaves_everything_behind(sandbox, inbox):
    sandbox.deliver(BOX, letter(1))
    now = inbox.newest_uid()
    sandbox.deliver(BOX, letter(2))

    assert subjects(inbox.new_letters(inbox.uidvalidity, now)) == [b"Subject: Letter 2"]


def test_the_mark_for_now_of_an_empty_folder(sandbox, inbox):
    now = inbox.newest_uid()

    assert sandbox.deliver(BOX, letter(1)) == now + 1


def test_another_uidvalidity_means_that_all_comes_again(sandbox, inbox):
    last = [sandbox.deliver(BOX, letter(number)) for number in (1, 2)][-1]
    before = inbox.uidvalidity
    sandbox.renumber(BOX)

    inbox.connect()
    [batch] = inbox.new_letters(before, last)

    assert len(batch.letters) == 2
    assert batch.uidvalidity == inbox.uidvalidity != before


def test_nothing_is_marked_as_read(sandbox, inbox, flags):
    sandbox.deliver(BOX, letter(1))
    list(inbox.new_letters(None, 0))

    assert flags() == [()]


def test_a_letter_that_vanishes_while_fetching_is_passed_over(sandbox, imap):
    """Between the first batch and the second, somebody moves the letters of the second but one."""
    for number in range(53):
        last = sandbox.deliver(BOX, letter(number))
    sandbox.add_folder(BOX, "Elsewhere")
    with (
        Inbox(imap(sandbox.imap_port), PASSWORD) as inbox,
        Inbox(imap(sandbox.imap_port), PASSWORD) as person,
    ):
        batches = inbox.new_letters(None, 0)
        next(batches)
        person.put_away([last - 2, last], After.MOVE, "Elsewhere")
        [rest] = batches

    assert subjects([rest]) == [b"Subject: Letter 51"]
    assert rest.last_uid == last


def test_a_letter_that_the_server_cannot_hand_over_does_not_stop_the_others(scripted, imap):
    def handed_over(uid):
        items = f'UID {uid} INTERNALDATE " 2-Mar-2026 12:00:00 +0000" BODY[] {{{{2}}}}\nhi'
        return f"* {uid - 10} FETCH ({items})\n{{tag}} OK ."

    lines = {
        "UID FETCH 11,12,13 (INTERNALDATE": "{tag} NO some letters cannot be read",
        "UID FETCH 11 ": handed_over(11),
        "UID FETCH 12 ": "{tag} NO [SERVERBUG] index is broken",
        "UID FETCH 13 ": handed_over(13),
    }
    with scripted(lines) as server, Inbox(imap(server.port), "secret") as inbox:
        [batch] = inbox.new_letters(7, 10)

    assert batch.letters == (Fetched(11, NOON, b"hi"), Fetched(13, NOON, b"hi"))
    assert batch.withheld == (Withheld(12, "fetch failed: [SERVERBUG] index is broken"),)
    assert batch.last_uid == 13


# ── a bad line ───────────────────────────────────────────────────────────────────────────────────


def test_a_connection_cut_in_mid_fetch_yields_nothing_half_read(sandbox, imap):
    sandbox.deliver(BOX, letter(1, b"x" * 1_000_000))
    with FlakyProxy(sandbox.imap_port) as line, Inbox(imap(line.port), PASSWORD) as inbox:
        line.cut_after(500_000)

        with pytest.raises(ConnectionLost, match="fetching letters"):
            list(inbox.new_letters(None, 0))

        line.mend()
        inbox.connect()
        [batch] = inbox.new_letters(None, 0)
        assert len(batch.letters[0].raw) > 1_000_000


def test_a_server_that_falls_silent_is_given_up_after_the_timeout(sandbox, imap):
    sandbox.deliver(BOX, letter(1, b"x" * 1_000_000))
    with FlakyProxy(sandbox.imap_port) as line, Inbox(imap(line.port, timeout=1.0), PASSWORD) as inbox:
        line.silent_after(500_000)

        with pytest.raises(ConnectionLost, match="timed out"):
            list(inbox.new_letters(None, 0))


def test_a_server_that_never_greets_is_given_up_too(sandbox, imap):
    with FlakyProxy(sandbox.imap_port) as line:
        line.silent_after(0)

        with pytest.raises(ConnectionLost, match="connecting failed: timed out"):
            Inbox(imap(line.port, timeout=0.2), PASSWORD).connect()


def test_a_server_that_is_down_and_comes_back(sandbox, imap):
    inbox = Inbox(imap(sandbox.imap_port), PASSWORD)
    sandbox.imap_down()
    with pytest.raises(ConnectionLost, match=rf"127\.0\.0\.1, port {sandbox.imap_port}"):
        inbox.connect()

    sandbox.imap_up()
    with inbox:
        assert inbox.folders() == ["INBOX"]


def test_without_a_connection_everything_says_so(sandbox, imap):
    inbox = Inbox(imap(sandbox.imap_port), PASSWORD)

    with pytest.raises(ConnectionLost, match="not connected"):
        inbox.newest_uid()
    inbox.close()


# ── protection ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
def test_letters_come_over_tls(security, authority, imap):
    with Sandbox({BOX: PASSWORD}, security=security, tls=authority.context("127.0.0.1")) as sandbox:
        sandbox.deliver(BOX, letter(1))
        with Inbox(imap(sandbox.imap_port, security=security, ca_file=authority.ca_file), PASSWORD) as inbox:
            assert subjects(inbox.new_letters(None, 0)) == [b"Subject: Letter 1"]


@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
@pytest.mark.parametrize(("name", "trusted"), [("127.0.0.1", False), ("mail.elsewhere.example", True)])
def test_a_certificate_that_does_not_stand_up_is_refused(security, name, trusted, authority, imap):
    ca_file = authority.ca_file if trusted else ""
    with (
        Sandbox({BOX: PASSWORD}, security=security, tls=authority.context(name)) as sandbox,
        pytest.raises(Unprotected, match="certificate"),
    ):
        Inbox(imap(sandbox.imap_port, security=security, ca_file=ca_file), PASSWORD).connect()


@pytest.mark.parametrize(
    ("greeting", "offers"),
    [("* OK ready", "AUTH=PLAIN"), ("* PREAUTH welcome", "AUTH=PLAIN STARTTLS"), ("* OK ready", "STARTTLS")],
    ids=["the offer struck out", "let in before STARTTLS", "the offer taken back"],
)
def test_without_starttls_the_password_is_not_sent(greeting, offers, scripted, imap):
    lines = {"CAPABILITY": f"* CAPABILITY IMAP4rev1 {offers}\n{{tag}} OK .", "STARTTLS": "{tag} NO not today"}
    with scripted(lines, greeting) as server, pytest.raises(Unprotected):
        Inbox(imap(server.port, security=Security.STARTTLS), "secret").connect()

    assert not [line for line in server.heard if "LOGIN" in line or "AUTHENTICATE" in line]


def test_in_the_clear_only_to_this_machine(imap):
    elsewhere = imap(143, security=Security.NONE).__class__(
        host="mail.network.example", user=BOX, password=imap(1).password, security=Security.NONE
    )

    with pytest.raises(Unprotected, match=r"mail\.network\.example is another"):
        Inbox(elsewhere, PASSWORD).connect()


# ── settings that do not fit ─────────────────────────────────────────────────────────────────────


def test_a_wrong_password_names_the_user_and_not_the_password(sandbox, imap):
    with pytest.raises(LoginRefused, match=BOX) as refusal:
        Inbox(imap(sandbox.imap_port), "not-the-password").connect()

    assert "not-the-password" not in str(refusal.value)


@pytest.mark.parametrize(
    ("lines", "error"),
    [
        ({"LOGIN": "{tag} NO [AUTHENTICATIONFAILED] no, not hunter2"}, LoginRefused),
        ({"LOGIN": "{tag} NO [UNAVAILABLE] the user database is down"}, ConnectionLost),
        ({"CAPABILITY": "* CAPABILITY IMAP4rev1 LOGINDISABLED\n{tag} OK ."}, LoginRefused),
    ],
    ids=["refused", "busy", "disabled"],
)
def test_what_a_refused_login_means(lines, error, scripted, imap):
    with scripted(lines) as server, pytest.raises(error) as refusal:
        Inbox(imap(server.port), "hunter2").connect()

    assert "hunter2" not in str(refusal.value)


def test_a_password_that_login_cannot_carry_is_not_shown(scripted, imap):
    with scripted() as server, pytest.raises(LoginRefused, match="ASCII") as refusal:
        Inbox(imap(server.port), PASSWORD).connect()

    assert refusal.value.__suppress_context__
    assert PASSWORD not in str(refusal.value)


def test_a_missing_folder_is_named_with_those_there_are(sandbox, imap):
    sandbox.add_folder(BOX, "Applications")

    with pytest.raises(FolderMissing, match=r"imap\.folder is 'Aplications'.*has only Applications, INBOX"):
        Inbox(imap(sandbox.imap_port, folder="Aplications"), PASSWORD).connect()


def test_a_server_without_uids_that_last_is_no_use(scripted, imap):
    with (
        scripted({"EXAMINE": "* 3 EXISTS\n* OK [UIDVALIDITY 7] .\n{tag} OK [READ-ONLY] ."}) as server,
        pytest.raises(MailError, match="UIDNEXT"),
    ):
        Inbox(imap(server.port), "secret").connect()


# ── waiting ──────────────────────────────────────────────────────────────────────────────────────


def test_idle_tells_of_new_mail(sandbox, inbox):
    list(inbox.new_letters(None, 0))
    delivery = threading.Timer(0.3, sandbox.deliver, [BOX, letter(1)])
    delivery.start()

    assert inbox.wait(30, threading.Event())
    delivery.join()
    assert subjects(inbox.new_letters(None, 0)) == [b"Subject: Letter 1"]


def test_mail_that_came_before_waiting_is_told_at_once(sandbox, inbox):
    list(inbox.new_letters(None, 0))
    sandbox.deliver(BOX, letter(1))

    assert inbox.wait(30, threading.Event())


def test_time_goes_by_without_mail(inbox):
    list(inbox.new_letters(None, 0))

    assert not inbox.wait(0.05, threading.Event())
    assert not inbox.wait(1.1, threading.Event())
    assert inbox.folders() == ["INBOX"]


@pytest.mark.parametrize("idle", [True, False])
def test_stop_ends_the_waiting(idle, sandbox, imap):
    stop = threading.Event()
    with Inbox(imap(sandbox.imap_port), PASSWORD, idle=idle) as inbox:
        list(inbox.new_letters(None, 0))
        alarm = threading.Timer(0.2, stop.set)
        alarm.start()

        assert not inbox.wait(30, stop)
        alarm.join()


def test_a_server_that_hangs_up_while_we_wait_is_noticed(sandbox, inbox):
    list(inbox.new_letters(None, 0))
    hang_up = threading.Timer(0.3, sandbox.imap_down)
    hang_up.start()

    with pytest.raises(ConnectionLost, match="waiting for mail"):
        inbox.wait(30, threading.Event())
    hang_up.join()


# ── putting away ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("keywords", "flag"), [(("$MailbotDone",), b"$MailbotDone"), ((), rb"\Flagged")], ids=["keyword", "star"]
)
def test_done_is_flagged_as_the_server_allows(keywords, flag, imap, flags, caplog):
    with Sandbox({BOX: PASSWORD}, keywords=keywords) as sandbox:
        uid = sandbox.deliver(BOX, letter(1))
        with Inbox(imap(sandbox.imap_port, after=After.FLAG), PASSWORD) as inbox:
            assert inbox.capabilities() == Capabilities(idle=True, move=True, keywords=bool(keywords))
            inbox.put_away([uid], After.FLAG, "")
            inbox.put_away([uid], After.FLAG, "")

        assert flags(servers=sandbox) == [(flag,)]
    assert len(caplog.records) == (0 if keywords else 1)


def test_done_is_moved(sandbox, inbox):
    sandbox.add_folder(BOX, "Done")
    first, _ = (sandbox.deliver(BOX, letter(number)) for number in (1, 2))

    inbox.put_away([first], After.MOVE, "Done")

    assert sandbox.letters(BOX) == [letter(2)]
    assert sandbox.letters(BOX, "Done") == [letter(1)]


def test_done_is_left(sandbox, inbox, flags):
    uid = sandbox.deliver(BOX, letter(1))

    inbox.put_away([uid], After.LEAVE, "Done")

    assert sandbox.letters(BOX) == [letter(1)]
    assert flags() == [()]


def test_without_move_it_is_copied_and_expunged_by_uid(scripted, imap):
    with scripted() as server, Inbox(imap(server.port), "secret") as inbox:
        inbox.put_away([13, 11], After.MOVE, "Done")

    commands = [line.split(" ", 1)[1] for line in server.heard]
    assert [command for command in commands if command.startswith("UID")] == [
        'UID COPY 11,13 "Done"',
        r"UID STORE 11,13 +FLAGS.SILENT (\Deleted)",
        "UID EXPUNGE 11,13",
    ]


def test_without_uidplus_nothing_is_expunged(scripted, imap):
    bare = "* CAPABILITY IMAP4rev1\n{tag} OK ."
    with (
        scripted({"CAPABILITY": bare}) as server,
        Inbox(imap(server.port), "secret") as inbox,
        pytest.raises(MailError, match='after = "flag"'),
    ):
        inbox.put_away([11], After.MOVE, "Done")

    assert not [line for line in server.heard if "COPY" in line or "EXPUNGE" in line]


def test_a_folder_for_done_that_is_missing(sandbox, inbox):
    uid = sandbox.deliver(BOX, letter(1))

    with pytest.raises(FolderMissing, match=r"imap\.done is 'Done'"):
        inbox.put_away([uid], After.MOVE, "Done")
    assert sandbox.letters(BOX) == [letter(1)]


def test_a_folder_that_may_only_be_read(scripted, imap):
    read_only = "* 3 EXISTS\n* OK [UIDVALIDITY 7] .\n* OK [UIDNEXT 14] .\n{tag} OK [READ-ONLY] ."
    with (
        scripted({"SELECT": read_only}) as server,
        Inbox(imap(server.port), "secret") as inbox,
        pytest.raises(MailError, match=r'may only read INBOX.*after = "leave"'),
    ):
        inbox.put_away([11], After.FLAG, "")


def test_uids_of_a_folder_made_anew_meanwhile_are_not_touched(scripted, imap):
    anew = "* 3 EXISTS\n* OK [UIDVALIDITY 8] .\n* OK [UIDNEXT 14] .\n{tag} OK [READ-WRITE] ."
    with (
        scripted({"SELECT": anew}) as server,
        Inbox(imap(server.port), "secret") as inbox,
        pytest.raises(ConnectionLost, match="made anew"),
    ):
        inbox.put_away([11], After.MOVE, "Done")

    assert not [line for line in server.heard if "UID" in line]


# ── the copy of what was sent ────────────────────────────────────────────────────────────────────


def test_a_copy_is_kept_with_its_time_and_marked_as_read(sandbox, imap, flags):
    sandbox.add_folder(BOX, "Sent")
    with Inbox(imap(sandbox.imap_port, sent="Sent"), PASSWORD) as inbox:
        inbox.append_sent(letter(1), NOON)
    with Inbox(imap(sandbox.imap_port, folder="Sent"), PASSWORD) as person:
        [batch] = person.new_letters(None, 0)

    assert [(fetched.received_at, fetched.raw) for fetched in batch.letters] == [(NOON, letter(1))]
    assert flags("Sent") == [(rb"\Seen",)]


def test_no_copy_where_none_is_wanted(sandbox, inbox):
    inbox.append_sent(letter(1), NOON)

    assert sandbox.letters(BOX) == []


def test_a_folder_for_copies_that_is_missing(sandbox, imap):
    with Inbox(imap(sandbox.imap_port, sent="Envoyés"), PASSWORD) as inbox:
        with pytest.raises(FolderMissing, match=r"imap\.sent is 'Envoyés'"):
            inbox.append_sent(letter(1), NOON)
        assert inbox.folders() == ["INBOX"]
