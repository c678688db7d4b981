"""How sure we are that a letter is from the person whose address it bears.

``From:`` is written by whoever sends. An address counts only together with something that vouches for
it: a credential (the letter answers one that went to this person alone) or the verdict of our own
mail server. Neither: the letter claims to be from them, and nothing it asks is done on its word.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from mailbot.values import Address, Authentication, Credential, Person


class Standing(StrEnum):
    """What a sender is taken for."""

    VOUCHED = "vouched"
    """The address is known, and something vouches for it."""
    CLAIMED = "claimed"
    """The address is known, and nothing vouches for it."""
    STRANGER = "stranger"
    """The address is not known to us."""


@dataclass(frozen=True, slots=True)
class Trust:
    """Who a letter is taken to be from.

    ``reason`` says why; where nothing vouches it is a key of ``[reasons]`` in ``phrases.toml``.
    """

    standing: Standing
    reason: str
    people: tuple[Person, ...] = ()
    """The lines of the roster that this letter speaks for, or claims to."""
    credential: Credential | None = None
    """The credential that this sender rightly carries, whatever the server's verdict."""

    @property
    def vouched(self) -> bool:
        """Whether what the letter asks may be done."""
        return self.standing is Standing.VOUCHED


def judge(
    sender: Address,
    credentials: Sequence[Credential],
    verdict: Authentication,
    people: Sequence[Person],
    *,
    on_a_case: bool,
) -> Trust:
    """Take a sender for vouched, claimed or a stranger.

    ``credentials`` are those that the letter carries, nearest first, and that the store confirmed;
    ``people`` the roster's lines with the sender's address at the letter's time; ``on_a_case`` whether
    the address is a participant's.

    A credential is the sender's own where it was given to this address, or to another address of a
    person who has this one; then it speaks for that person, not for others who share the address.
    More evidence never lowers the standing, but for a failed verdict: a server that says the sender is
    forged is believed over a credential, which can be stolen by reading somebody's mail.
    """
    lines = tuple(people)
    own = [c for c in credentials if _given_to(c, sender, lines)]
    first = next(iter(own), None)
    if not lines and not on_a_case:
        return Trust(Standing.STRANGER, "unknown_sender", credential=first)
    if verdict is Authentication.FAIL:
        return Trust(Standing.CLAIMED, "failed_authentication", lines, first)
    if verdict is Authentication.PASS:
        reason = "authenticated" if first is None else "credential"
        return Trust(Standing.VOUCHED, reason, lines, first)
    if first is not None:
        theirs = tuple(p for p in lines if any(_given_to(c, sender, (p,)) for c in own))
        return Trust(Standing.VOUCHED, "credential", theirs, first)
    return Trust(Standing.CLAIMED, "wrong_person" if credentials else "no_credential", lines)


def _given_to(credential: Credential, sender: Address, people: Sequence[Person]) -> bool:
    keys = {sender.key, *(Address(a).key for person in people for a in person.addresses)}
    return Address(credential.email).key in keys
