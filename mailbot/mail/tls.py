"""Whom we trust at the other end of a connection, and when it may go unprotected."""

from __future__ import annotations

import ipaddress
import ssl

from mailbot.config import Security
from mailbot.mail.errors import MailError, Unprotected


def context_for(security: Security, host: str, ca_file: str) -> ssl.SSLContext | None:
    """The TLS context for a connection to ``host``; None where it goes in the clear.

    Certificate and host name are always verified; ``ca_file`` (PEM) is trusted besides the system's
    authorities. Raises Unprotected where a host elsewhere would be spoken to in the clear, MailError
    where ``ca_file`` cannot be read.
    """
    if security is Security.NONE:
        if not is_loopback(host):
            raise Unprotected(
                f'security = "none" is for a server on this same machine, but {host} is another. '
                'Use "tls" (ports 993 and 465) or "starttls" (143 and 587).'
            )
        return None
    context = ssl.create_default_context()
    if ca_file:
        try:
            context.load_verify_locations(cafile=ca_file)
        except (OSError, ValueError) as error:
            raise MailError(
                f"ca_file {ca_file}, the certificate to trust for {host}, cannot be read: {error}. "
                "It should be a file in PEM form."
            ) from error
    return context


def is_loopback(host: str) -> bool:
    """Whether ``host`` is this machine by its very name or number; no name server is asked.

    RFC 6761 section 6.3 reserves ``localhost``; any other name might be pointed elsewhere tomorrow.
    """
    if host.rstrip(".").casefold() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def certificate_refused(where: str, error: ssl.SSLCertVerificationError) -> Unprotected:
    """The error for a server whose certificate does not stand up. ``where`` is host and port."""
    return Unprotected(
        f"The certificate of {where} is not trusted: {error.verify_message or error.reason}. "
        "Check the host name in the settings; if the server has an authority of its own, name its "
        "certificate as ca_file."
    )
