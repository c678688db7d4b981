"""What our own mail server says of a sender, read from ``Authentication-Results`` (RFC 8601).

Anybody can write such a field into a letter. Believed is the topmost alone, and only where it is our
own receiver's by the profile in the settings: whatever came with the letter stands below it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from enum import StrEnum

from mailbot.values import Authentication, Letter


class Profile(StrEnum):
    """Whose results are believed."""

    NONE = "none"
    RFC8601 = "rfc8601"
    GOOGLE = "google"
    MICROSOFT = "microsoft"


_GOOGLE = "mx.google.com"
_PIECE = re.compile(r'"(?:[^"\\]|\\.)*"|\\.|[^"()\\]+|.', re.DOTALL)
_UNSAFE = re.compile(r"[^\w.@-]")
_VOUCHING = {"dmarc": ("header.from",), "spf": ("smtp.mailfrom",), "dkim": ("header.d", "header.i")}
"""The methods that may vouch, with the properties that name the domain they passed for (RFC 8601 2.7)."""
_ADDRESS = re.compile(r"[^\s<>\"'(),;:@]{1,128}@[^\s<>\"'(),;:@]{1,255}")


def read_authentication(letter: Letter, profile: str, authserv_id: str = "") -> Authentication:
    """PASS where DMARC passes, or SPF or DKIM passes, for the very domain of From; FAIL where DMARC fails.

    Everything else, and every result that is not our own receiver's, is NONE. ``profile`` is a
    ``Profile``; ``authserv_id`` is needed for ``rfc8601``. Raises ValueError for another profile.
    """
    results = _own_results(letter.header("authentication-results"), Profile(profile), authserv_id)
    if letter.sender is None:
        return Authentication.NONE
    verdict = _verdict(results, letter.sender.domain)
    if verdict is Authentication.PASS and not _names_one_sender(letter):
        return Authentication.NONE
    return verdict


def _names_one_sender(letter: Letter) -> bool:
    """Whether From says one thing only: where it holds two addresses, in two fields, a name or a comment,
    the server may have judged the one that we do not read (RFC 5322 section 3.6 allows one field)."""
    fields = letter.all("from")
    named = {address.casefold() for field in fields for address in _ADDRESS.findall(field)}
    return len(fields) == 1 and len(named) == 1


def _own_results(top: str, profile: Profile, authserv_id: str) -> str:
    """The results of the topmost field, without its authserv-id; ``""`` where it is not our receiver's.

    A receiver removes what comes in under its own name (RFC 8601 section 5), but not every one does: a
    field below the topmost may be forged.
    """
    first, _, rest = _bare(top).partition(";")
    name = next(iter(first.casefold().split()), "")
    match profile:
        case Profile.NONE:
            return ""
        case Profile.GOOGLE:
            return rest if name == _GOOGLE else ""
        case Profile.MICROSOFT:
            # Exchange Online writes no authserv-id: the first item is a result already (spf=…).
            return f"{first};{rest}" if "=" in first else ""
        case Profile.RFC8601:
            return rest if authserv_id and name == authserv_id.casefold() else ""


def _bare(value: str) -> str:
    """The field without its comments, and with nothing in its quoted strings that could be taken for
    a delimiter; ``""`` where they do not close.

    Both repeat what the sender chose: ``smtp.mailfrom="x; dmarc=pass"@evil.example`` is an address. In a
    comment RFC 5322 knows no quoted strings, but receivers copy such addresses there as well.
    """
    kept: list[str] = []
    depth = 0
    for piece in _PIECE.findall(value):
        if piece == "(":
            depth += 1
        elif piece == ")":
            depth -= 1
            kept.append(" ")
        elif piece == '"':
            return ""
        elif depth == 0:
            kept.append(_UNSAFE.sub("?", piece.strip('"')) if piece[0] in '"\\' else piece)
        if depth < 0:
            return ""
    return "" if depth else "".join(kept)


def _verdict(results: str, domain: str) -> Authentication:
    vouched = False
    for item in results.split(";"):
        # RFC 8601 section 2.2 allows space around "=", and a version behind the method: dkim/1=pass
        words = "=".join(part.strip() for part in item.casefold().split("=")).split()
        named, _, result = words[0].partition("=") if words else ("", "", "")
        method = named.removesuffix("/1")
        if method == "dmarc" and result == "fail":
            return Authentication.FAIL
        if method in _VOUCHING and result == "pass":
            vouched |= domain in _domains(words[1:], _VOUCHING[method])
    return Authentication.PASS if vouched else Authentication.NONE


def _domains(properties: Iterable[str], names: Collection[str]) -> Iterator[str]:
    """The domains that the properties ``names`` give. That the very domain of From must be among them, and
    a parent of it does not do, is on purpose: to reckon with relaxed alignment is DMARC's."""
    for written in properties:
        name, _, value = written.partition("=")
        if name in names:
            yield value.rpartition("@")[2]
