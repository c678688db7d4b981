"""The outbox against the embedded server, over real sockets."""

import asyncio

import pytest

from mailbot.config import Security
from mailbot.mail.errors import ConnectionLost, LoginRefused, Unprotected
from mailbot.mail.outbox import Later, Outbox, Refused, Sent
from mailbot.sandbox.servers import FlakyProxy, Handed, Sandbox

BOX = "membership@network.example"
PASSWORD = "öpen sesame"
REHEMA = "rehema@bahariyetu.example"
RAW = b"Subject: Welcome\r\n\r\nDear Rehema,\r\n.\r\n..\r\n"


def sending(outbox, *recipients, raw=RAW, sender=BOX):
    """What becomes of one letter to each, one after the other."""

    async def story():
        async with outbox:
            return [await outbox.send(sender, recipient, raw) for recipient in recipients]

    return asyncio.run(story())


@pytest.fixture
def outbox(sandbox, smtp):
    return Outbox(smtp(sandbox.smtp_port), PASSWORD)


# ── sending ──────────────────────────────────────────────────────────────────────────────────────


def test_a_letter_goes_out_as_it_stands(sandbox, outbox):
    assert sending(outbox, REHEMA) == [Sent("2.0.0 OK: queued as 1")]
    assert sandbox.outside == (Handed(BOX, (REHEMA,), RAW),)


def test_eight_bits_are_kept(sandbox, outbox):
    raw = "Subject: Café\r\n\r\nÀ bientôt\r\n".encode()

    sending(outbox, REHEMA, raw=raw)

    assert sandbox.outside[0].raw == raw


def test_a_letter_that_must_not_bounce_has_an_empty_sender(sandbox, outbox):
    sending(outbox, REHEMA, sender="")

    assert sandbox.outside[0].sender == ""


def test_an_address_beyond_ascii(sandbox, outbox):
    assert sending(outbox, "rené@bahariyetu.example") == [Sent("2.0.0 OK: queued as 1")]
    assert sandbox.outside[0].recipients == ("rené@bahariyetu.example",)


def test_one_connection_serves_letter_after_letter(sandbox, outbox):
    sending(outbox, *[REHEMA] * 10)

    assert (len(sandbox.outside), sandbox.smtp_connections) == (10, 1)


@pytest.mark.parametrize("connections", [1, 3])
def test_so_many_are_in_flight_and_no_more(connections, sandbox, smtp):
    async def story():
        async with Outbox(smtp(sandbox.smtp_port, connections=connections), PASSWORD) as outbox:
            return await asyncio.gather(*(outbox.send(BOX, f"a{n}@b.example", RAW) for n in range(20)))

    outcomes = asyncio.run(story())

    assert all(isinstance(outcome, Sent) for outcome in outcomes)
    assert sorted(handed.recipients for handed in sandbox.outside) == sorted(
        (f"a{n}@b.example",) for n in range(20)
    )
    assert sandbox.smtp_connections == connections


def test_closing_waits_for_the_letter_in_flight(sandbox, smtp):
    async def story():
        outbox = Outbox(smtp(sandbox.smtp_port), PASSWORD)
        await outbox.start()
        letter = asyncio.create_task(outbox.send(BOX, REHEMA, RAW))
        await asyncio.sleep(0)  # lets it begin
        await outbox.close()
        return letter.done()

    assert asyncio.run(story())
    assert len(sandbox.outside) == 1


# ── refusals ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("at", ["MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ("450 4.2.0 Greylisted, come again", Later("450 4.2.0 Greylisted, come again")),
        ("452 4.2.2 Mailbox full", Later("452 4.2.2 Mailbox full")),
        ("550 5.4.5 Daily sending quota exceeded", Later("550 5.4.5 Daily sending quota exceeded")),
        ("550 5.1.1 No such user", Refused("550 5.1.1 No such user", policy=False)),
        ("554 No", Refused("554 No", policy=False)),
        ("550 5.7.1 Looks like spam", Refused("550 5.7.1 Looks like spam", policy=True)),
    ],
    ids=["greylisted", "full", "quota", "unknown", "no reason", "policy"],
)
def test_what_an_answer_means(at, answer, outcome, sandbox, outbox):
    sandbox.refuse(answer, at=at)

    assert sending(outbox, REHEMA) == [outcome]
    assert sandbox.outside == ()


def test_a_refusal_leaves_the_connection_fit_for_the_next_letter(sandbox, outbox):
    sandbox.refuse("550 5.1.1 No such user", recipient="gone@bahariyetu.example")

    first, second = sending(outbox, "gone@bahariyetu.example", REHEMA)

    assert (first, second) == (Refused("550 5.1.1 No such user", policy=False), Sent("2.0.0 OK: queued as 1"))
    assert (sandbox.outside[0].recipients, sandbox.smtp_connections) == ((REHEMA,), 1)


@pytest.mark.parametrize("recipient", ["two words@b.example", "a@b.example>\r\nRCPT TO:<c@d.example", ""])
def test_what_is_no_address_is_refused_and_says_nothing_to_the_server(recipient, sandbox, outbox):
    [outcome] = sending(outbox, recipient)

    assert isinstance(outcome, Refused)
    assert sandbox.outside == ()


# ── a bad line ───────────────────────────────────────────────────────────────────────────────────


def test_a_connection_that_was_closed_meanwhile_is_replaced(sandbox, smtp):
    async def story():
        async with Outbox(smtp(sandbox.smtp_port), PASSWORD) as outbox:
            first = await outbox.send(BOX, REHEMA, RAW)
            await asyncio.to_thread(sandbox.smtp_hang_up)
            return first, await outbox.send(BOX, REHEMA, RAW)

    assert asyncio.run(story()) == (Sent("2.0.0 OK: queued as 1"), Sent("2.0.0 OK: queued as 2"))
    assert sandbox.smtp_connections == 2


def test_so_is_one_that_takes_no_more_letters(sandbox, outbox):
    """421 to MAIL on a connection that has served its turn; the server that says so to all is busy."""
    sandbox.refuse("421 4.7.0 Too many letters on one connection", at="MAIL")

    assert sending(outbox, REHEMA) == [
        Later(f"127.0.0.1, port {sandbox.smtp_port}: 421 4.7.0 Too many letters on one connection")
    ]


def test_a_server_that_is_down_is_tried_later(sandbox, outbox):
    sandbox.smtp_down()
    [outcome] = sending(outbox, REHEMA)
    assert isinstance(outcome, Later)
    assert f"127.0.0.1, port {sandbox.smtp_port}" in outcome.reason


def test_a_server_that_went_down_and_came_back(sandbox, smtp):
    async def story():
        async with Outbox(smtp(sandbox.smtp_port), PASSWORD) as outbox:
            await outbox.send(BOX, REHEMA, RAW)
            await asyncio.to_thread(sandbox.smtp_down)
            while_down = await outbox.send(BOX, REHEMA, RAW)
            await asyncio.to_thread(sandbox.smtp_up)
            return while_down, await outbox.send(BOX, REHEMA, RAW)

    while_down, after = asyncio.run(story())
    assert isinstance(while_down, Later)
    assert after == Sent("2.0.0 OK: queued as 2")


def test_a_letter_whose_last_answer_is_lost_is_not_repeated_at_once(sandbox, smtp):
    """The server has taken it; only we do not know. Whoever repeats it later keeps its Message-ID."""

    async def story():
        with FlakyProxy(sandbox.smtp_port) as line:
            async with Outbox(smtp(line.port, user=""), None) as outbox:
                await outbox.send(BOX, REHEMA, RAW)
                line.cut_after(len("250 2.1.0 OK\r\n250 2.1.5 OK\r\n354 "))
                return await outbox.send(BOX, REHEMA, RAW)

    outcome = asyncio.run(story())
    assert isinstance(outcome, Later)
    assert "while the letter was handed in" in outcome.reason


def test_a_silent_server_is_given_up_after_the_timeout(sandbox, smtp):
    async def story():
        with FlakyProxy(sandbox.smtp_port) as line:
            line.silent_after(0)
            async with Outbox(smtp(line.port, timeout=0.2), PASSWORD) as outbox:
                return await outbox.send(BOX, REHEMA, RAW)

    assert isinstance(asyncio.run(story()), Later)


# ── login and protection ─────────────────────────────────────────────────────────────────────────


def test_a_login_that_is_refused_is_no_letters_fault(sandbox, smtp):
    with pytest.raises(LoginRefused, match=BOX) as refusal:
        sending(Outbox(smtp(sandbox.smtp_port), "not-the-password"), REHEMA)

    assert "not-the-password" not in str(refusal.value)
    assert sandbox.outside == ()


def test_a_login_that_fails_for_now_is_tried_later(sandbox, outbox):
    sandbox.refuse("454 4.7.0 Temporary authentication failure", at="AUTH")

    [outcome] = sending(outbox, REHEMA)

    assert isinstance(outcome, Later)


def test_a_server_that_wants_a_login_first_is_no_letters_fault(sandbox, smtp):
    sandbox.refuse("530 5.7.0 Authentication required", at="MAIL")

    with pytest.raises(LoginRefused, match=r"smtp\.user"):
        sending(Outbox(smtp(sandbox.smtp_port, user=""), None), REHEMA)


@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
def test_letters_go_out_over_tls(security, authority, smtp):
    with Sandbox({BOX: PASSWORD}, security=security, tls=authority.context("127.0.0.1")) as sandbox:
        settings = smtp(sandbox.smtp_port, security=security, ca_file=authority.ca_file)

        assert sending(Outbox(settings, PASSWORD), REHEMA) == [Sent("2.0.0 OK: queued as 1")]


@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
@pytest.mark.parametrize(("name", "trusted"), [("127.0.0.1", False), ("mail.elsewhere.example", True)])
def test_a_certificate_that_does_not_stand_up_is_refused(security, name, trusted, authority, smtp):
    ca_file = authority.ca_file if trusted else ""
    with (
        Sandbox({BOX: PASSWORD}, security=security, tls=authority.context(name)) as sandbox,
        pytest.raises(Unprotected, match="certificate"),
    ):
        sending(Outbox(smtp(sandbox.smtp_port, security=security, ca_file=ca_file), PASSWORD), REHEMA)


def test_without_starttls_the_password_is_not_sent(sandbox, smtp):
    with FlakyProxy(sandbox.smtp_port) as line:
        with pytest.raises(Unprotected, match="offers no STARTTLS"):
            sending(Outbox(smtp(line.port, security=Security.STARTTLS), PASSWORD), REHEMA)

        assert line.said == b"EHLO [127.0.0.1]\r\n"


def test_in_the_clear_only_to_this_machine(smtp):
    settings = type(smtp(25))(host="mail.network.example", security=Security.NONE)

    with pytest.raises(Unprotected, match=r"mail\.network\.example is another"):
        sending(Outbox(settings, None), REHEMA)


# ── the doctor's look ────────────────────────────────────────────────────────────────────────────


def checking(outbox):
    async def story():
        async with outbox:
            await outbox.check()

    asyncio.run(story())


def test_a_check_logs_in_and_sends_nothing(sandbox, outbox):
    checking(outbox)

    assert (sandbox.smtp_connections, sandbox.outside) == (1, ())


def test_a_check_tells_what_is_wrong(sandbox, smtp):
    with pytest.raises(LoginRefused):
        checking(Outbox(smtp(sandbox.smtp_port), "wrong"))
    sandbox.smtp_down()
    with pytest.raises(ConnectionLost):
        checking(Outbox(smtp(sandbox.smtp_port), PASSWORD))
