"""What can go wrong between us and a mail server, told apart by what the caller should do."""

# ruff: noqa: N818 - each name says what happened, and is read as a sentence where it is caught

from __future__ import annotations


class MailError(Exception):
    """The server, or the way to it, refuses what the settings ask for: a person must put it right.

    The message names host, port, user or folder, what was found and what to do, and never a secret.
    """


class ConnectionLost(MailError):
    """The server cannot be reached, fell silent, hung up or is busy: the same may succeed later."""


class LoginRefused(MailError):
    """The server does not let this user in with this password."""


class FolderMissing(MailError):
    """A folder that the settings name is not on the server."""


class Unprotected(MailError):
    """The connection would not be protected as the settings demand; nothing secret was sent."""
