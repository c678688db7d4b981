"""The invented people of the demo: who they are, in which language and mail client they write.

Nobody here exists, nor do their organizations; all addresses end in ``.example`` (RFC 2606).
"""

from __future__ import annotations

from mailbot.sandbox.clients import APPLE_MAIL, GMAIL, OUTLOOK, THUNDERBIRD, Writer
from mailbot.values import Address, Kind, Member, Person, Role

NETWORK = "ESCR-Net"
INBOX = Address("membership@escr-net.example", NETWORK)
"""The inbox that the bot runs."""
VISITOR = Address("you@visitor.example", "A visitor")
"""An account for whoever tries the demo with a mail client of their own."""

# ── the Secretariat ──────────────────────────────────────────────────────────────────────────────

RUTH = Writer(Address("ruth@escr-net.example", "Ruth Achieng"), "en", OUTLOOK, "Ruth")
MARISOL = Writer(Address("marisol@escr-net.example", "Marisol Quiroga"), "es", THUNDERBIRD, "Marisol")

# ── the Board and the members ────────────────────────────────────────────────────────────────────

GRACE = Writer(Address("grace@lakesidehousing.example", "Grace Auma"), "en", GMAIL)
HECTOR = Writer(Address("hector@tierraaustral.example", "Héctor Salazar"), "es", THUNDERBIRD)
CLAIRE = Writer(
    Address("claire@eaucommune.example", "Claire Nkoulou"), "fr", APPLE_MAIL, "Envoyé de mon iPhone"
)
BOARD = (GRACE, HECTOR, CLAIRE)

NAOMI = Writer(Address("naomi@lakesidehousing.example", "Naomi Achola"), "en", GMAIL)
HUDA = Writer(Address("huda@beyoutna.example", "هدى الصايغ"), "ar", OUTLOOK)
MEMBERS = (NAOMI, HUDA)
"""Who speaks for the member organizations."""

LAKESIDE, BEYOUTNA = "Lakeside Housing Forum", "جمعية بيوتنا"
DIRECTORY = (
    Member(LAKESIDE, Kind.ORGANIZATION, "KE", "en"),
    Member(BEYOUTNA, Kind.ORGANIZATION, "LB", "ar", other_names=("Beyoutna",)),
)


def _person(writer: Writer, role: Role, organization: str, kind: Kind | None = None) -> Person:
    return Person(
        name=writer.address.name,
        role=role,
        addresses=(writer.address.email,),
        organization=organization,
        kind=kind,
        language=writer.language,
    )


OFFICE = (RUTH, MARISOL)
ROSTER = (
    *(_person(officer, Role.SECRETARIAT, NETWORK) for officer in OFFICE),
    _person(GRACE, Role.BOARD, LAKESIDE),
    _person(HECTOR, Role.BOARD, "Red Tierra Austral"),
    _person(CLAIRE, Role.BOARD, "Collectif Eau Commune"),
    _person(NAOMI, Role.MEMBER, LAKESIDE, Kind.ORGANIZATION),
    _person(HUDA, Role.MEMBER, BEYOUTNA, Kind.ORGANIZATION),
)

# ── those who write in ───────────────────────────────────────────────────────────────────────────

WANJIRU = Writer(
    Address("wanjiru@bondenitenants.example", "Wanjiru Kamau"),
    "en",
    THUNDERBIRD,
    "Wanjiru Kamau\nSecretary, Bondeni Tenants' Union",
)
ROSALIA = Writer(Address("rosalia@aguavallehondo.example", "Rosalía Condori"), "es", GMAIL, "Rosalía Condori")
TOM = Writer(
    Address("tom.hadley@harbourcourier.example", "Tom Hadley"),
    "en",
    APPLE_MAIL,
    "Tom Hadley\nThe Harbour Courier",
)
AISSATA = Writer(
    Address("aissata@maraicheres.example", "Aïssata Diallo"),
    "fr",
    APPLE_MAIL,
    "Aïssata Diallo\n\nEnvoyé de mon iPhone",
)
LIZA = Writer(
    Address("liza@fisherwomen.example", "Liza Magbanua"),
    "en",
    OUTLOOK,
    "Liza Magbanua\nFederation of Fisherwomen of San Telmo",
)
SALMA = Writer(Address("salma@sindyan.example", "سلمى الخطيب"), "ar", OUTLOOK, "سلمى الخطيب\nمنسقة اللجنة")
ETIENNE = Writer(
    Address("etienne.ravel@logement-valclair.example", "Étienne Ravel"),
    "fr",
    OUTLOOK,
    "Étienne Ravel\nDirection du Logement de Valclair",
)
JULIAN = Writer(
    Address("julian.ferreyra@catedra.example", "Julián Ferreyra"), "es", THUNDERBIRD, "Julián Ferreyra"
)

# ── those who are named as references ────────────────────────────────────────────────────────────

BERNARDO = Writer(
    Address("bernardo@valle-alto.example", "Bernardo Quispe"), "es", APPLE_MAIL, "Bernardo Quispe"
)
LUCIA = Writer(Address("lucia@sierraviva.example", "Lucía Mamani"), "es", GMAIL, "Lucía Mamani")
INES = Writer(Address("ines@hogardelsur.example", "Inés Pereyra"), "es", THUNDERBIRD, "Inés Pereyra")

# ── those who are not who they say, or have no business here ─────────────────────────────────────

STRANGER = Writer(
    Address("d.okello@okelloproperties.example", "D. Okello"), "en", GMAIL, "D. Okello\nOkello Properties"
)
FORGER = Writer(HECTOR.address, "en", OUTLOOK)
"""Somebody who writes Héctor's address into the From field."""

APPLICANTS = (WANJIRU, ROSALIA, AISSATA, LIZA, SALMA, ETIENNE, JULIAN)
PEOPLE = (*OFFICE, *BOARD, *MEMBERS, *APPLICANTS, TOM, BERNARDO, LUCIA, INES, STRANGER)
