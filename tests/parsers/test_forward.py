"""The letter inside a forwarded one."""

from __future__ import annotations

import pytest

from mailbot.parsers.forward import forwarded_letter
from mailbot.values import Address, Attachment, Letter
from tests.parsers.tables import WORDS

GMAIL = """Could you take this up?

---------- Forwarded message ---------
From: Rehema Kazungu <rehema@bahari.example>
Date: Mon, 2 Mar 2026 at 09:00
Subject: Membership
To: <ines@network.example>


We would like to join.
Rehema"""
OUTLOOK = """#open

________________________________
De : Aïssata Diallo <aissata@rizieres.example>
Envoyé : lundi 2 mars 2026 09:00
À : Ines Duarte
Objet : Adhésion

Nous voulons adhérer."""
MARKED = """> *De:* Lola Ríos <lola@tierra.example>
> *Enviado:* lunes 2 de marzo
> *Asunto:* Membresía
>
> Queremos unirnos."""
OLD_OUTLOOK = """From: Omar Haddad [mailto:omar@karama.example]
Sent: Monday

Please read."""


@pytest.mark.parametrize(
    ("text", "email", "name", "inner"),
    [
        (GMAIL, "rehema@bahari.example", "Rehema Kazungu", "We would like to join.\nRehema"),
        (OUTLOOK, "aissata@rizieres.example", "Aïssata Diallo", "Nous voulons adhérer."),
        (MARKED, "lola@tierra.example", "Lola Ríos", "Queremos unirnos."),
        (OLD_OUTLOOK, "omar@karama.example", "Omar Haddad", "Please read."),
    ],
)
def test_what_was_pasted_below_a_block_of_headers_is_the_letter(
    text: str, email: str, name: str, inner: str
) -> None:
    pdf = Attachment("form.pdf", "application/pdf", b"%PDF")
    found = forwarded_letter(Letter(subject="Fwd: Membership", text=text, attachments=(pdf,)), WORDS)

    assert found is not None
    assert (found.sender, found.text) == (Address(email, name), inner)
    assert (found.subject, found.attachments) == ("Fwd: Membership", (pdf,))


def test_a_letter_that_is_attached_whole_is_the_letter() -> None:
    inner = Letter(sender=Address("rehema@bahari.example"), text="We would like to join.")
    assert forwarded_letter(Letter(text=GMAIL, forwarded=(inner,)), WORDS) is inner


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Please make a case of it.",
        "From: the coast\n\nwe write to you.",  # a single such line may be prose
        "From: Rehema\nSubject: Membership\n\nNobody's address is told.",
        "Our demands: water\nOur means: none\n\nWrite to us@bahari.example",
    ],
)
def test_where_there_is_none_nothing_is_made_up(text: str) -> None:
    assert forwarded_letter(Letter(text=text), WORDS) is None
