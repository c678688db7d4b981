"""What is known of mail providers, so that ``mailbot init`` can suggest instead of asking."""

from __future__ import annotations

from dataclasses import dataclass

from mailbot.config import Security, TrustProfile


@dataclass(frozen=True, slots=True)
class Provider:
    """Where a provider's servers are. ``{domain}`` in a host is the domain of the mailbox's address.

    All of them offer IMAP over TLS, as RFC 8314 wants it.
    """

    imap_host: str
    smtp_host: str
    smtp_security: Security = Security.TLS
    domains: tuple[str, ...] = ()
    """Domains whose mailboxes are certainly there; an organization's own domain may be anywhere."""
    trust: TrustProfile = TrustProfile.NONE
    plus_addresses: bool = False
    """Whether mail to ``name+anything@`` reaches ``name@``."""
    advice: str = ""
    """What has to be done there before a program can log in."""


OTHER = "other"

# The hosts that these providers have long named for IMAP and SMTP; `init` offers them for correction.
PROVIDERS = {
    "google": Provider(
        "imap.gmail.com",
        "smtp.gmail.com",
        domains=("gmail.com", "googlemail.com"),
        trust=TrustProfile.GOOGLE,
        plus_addresses=True,
        advice="Google wants an app password: turn on 2-Step Verification, then make one under "
        "Google Account → Security → App passwords.",
    ),
    "microsoft": Provider(
        "outlook.office365.com",
        "smtp.office365.com",
        Security.STARTTLS,
        domains=("outlook.com", "hotmail.com", "live.com"),
        trust=TrustProfile.MICROSOFT,
        plus_addresses=True,
        advice="Microsoft takes no passwords for IMAP any more, only OAuth, which mailbot cannot do yet. "
        "Let the mailbox forward to one elsewhere; see docs/operator.md.",
    ),
    "fastmail": Provider(
        "imap.fastmail.com",
        "smtp.fastmail.com",
        domains=("fastmail.com", "fastmail.fm"),
        plus_addresses=True,
        advice="Fastmail wants an app password: Settings → Privacy & Security → App passwords.",
    ),
    "icloud": Provider(
        "imap.mail.me.com",
        "smtp.mail.me.com",
        Security.STARTTLS,
        domains=("icloud.com", "me.com", "mac.com"),
        plus_addresses=True,
        advice="Apple wants an app-specific password: account.apple.com → Sign-In and Security.",
    ),
    "yahoo": Provider(
        "imap.mail.yahoo.com",
        "smtp.mail.yahoo.com",
        domains=("yahoo.com", "ymail.com"),
        advice="Yahoo wants an app password: Account info → Security → Generate app password.",
    ),
    "gmx": Provider(
        "imap.gmx.net",
        "mail.gmx.net",
        domains=("gmx.net", "gmx.de", "gmx.com"),
        advice="GMX wants IMAP switched on first: E-Mail → Settings → POP3/IMAP.",
    ),
    "mailbox.org": Provider(
        "imap.mailbox.org", "smtp.mailbox.org", domains=("mailbox.org",), plus_addresses=True
    ),
    "posteo": Provider("posteo.de", "posteo.de", domains=("posteo.de", "posteo.net"), plus_addresses=True),
    "riseup": Provider("mail.riseup.net", "mail.riseup.net", domains=("riseup.net",), plus_addresses=True),
    OTHER: Provider("imap.{domain}", "smtp.{domain}"),
}
"""By the name that ``--provider`` takes."""


def guess(domain: str) -> str:
    """The name of the provider of mailboxes under ``domain``; ``other`` where that is not certain."""
    return next((name for name, provider in PROVIDERS.items() if domain in provider.domains), OTHER)
