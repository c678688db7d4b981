"""Servers and settings for the tests of mail: embedded, on loopback, one set for each test."""

import socketserver
import ssl
import threading
from contextlib import contextmanager
from types import MappingProxyType

import pytest
import trustme
from imapclient import IMAPClient

from mailbot.config import Imap, Secret, Security, Smtp
from mailbot.sandbox.servers import Sandbox

BOX = "membership@network.example"
PASSWORD = "öpen sesame"
NOWHERE = Secret(env="NOT_ASKED_FOR_HERE")


@pytest.fixture
def sandbox():
    with Sandbox({BOX: PASSWORD}) as servers:
        yield servers


@pytest.fixture
def flags(sandbox):
    """Tells the flags of the letters in a folder, as another client sees them; from any ``servers``."""

    def look(folder="INBOX", servers=sandbox):
        with IMAPClient("127.0.0.1", servers.imap_port, ssl=False) as client:
            client.plain_login(BOX, PASSWORD)
            client.select_folder(folder, readonly=True)
            told = client.get_flags(client.search())
        return [tuple(flag for flag in told[uid] if flag != rb"\Recent") for uid in sorted(told)]

    return look


@pytest.fixture
def imap():
    """Makes the settings of an IMAP account on a port of this machine."""

    def settings(port, **changes):
        given = {"security": Security.NONE, "timeout": 5.0} | changes
        return Imap(host="127.0.0.1", user=BOX, password=NOWHERE, port=port, **given)

    return settings


@pytest.fixture
def smtp():
    """Makes the settings of an SMTP server on a port of this machine."""

    def settings(port, **changes):
        given = {"security": Security.NONE, "timeout": 5.0, "user": BOX} | changes
        return Smtp(host="127.0.0.1", password=NOWHERE, port=port, **given)

    return settings


class Authority:
    """A certificate authority of the test's own: a server's context, and the file a client trusts."""

    def __init__(self, folder):
        authority = trustme.CA()
        self.ca_file = str(folder / "authority.pem")
        authority.cert_pem.write_to_path(self.ca_file)
        self._authority = authority

    def context(self, *names):
        server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._authority.issue_cert(*names).configure_cert(server)
        return server


@pytest.fixture(scope="session")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"))


PLAIN = {
    "CAPABILITY": "* CAPABILITY IMAP4rev1 UIDPLUS\n{tag} OK .",
    "EXAMINE": "* 3 EXISTS\n* OK [UIDVALIDITY 7] .\n* OK [UIDNEXT 14] .\n{tag} OK [READ-ONLY] .",
    "SELECT": "* 3 EXISTS\n* OK [UIDVALIDITY 7] .\n* OK [UIDNEXT 14] .\n{tag} OK [READ-WRITE] .",
    "UID SEARCH": "* SEARCH 11 12 13\n{tag} OK .",
    "LIST": '* LIST () "/" INBOX\n{tag} OK .',
    "LOGOUT": "* BYE\n{tag} OK .",
}


class Script(socketserver.ThreadingTCPServer):
    """An IMAP server that knows a few lines by heart; ``heard`` is what was said to it.

    ``lines`` gives for the beginning of a command what is answered, with ``{tag}`` for the command's tag;
    the longest that fits is taken, and a plain OK where none does.
    """

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, greeting, lines):
        super().__init__(("127.0.0.1", 0), _Actor)
        self.greeting, self.lines, self.heard = greeting, lines, []

    @property
    def port(self):
        return self.server_address[1]

    def answer(self, tag, command):
        fitting = [beginning for beginning in self.lines if command.upper().startswith(beginning)]
        text = self.lines[max(fitting, key=len)] if fitting else "{tag} OK ."
        return "\r\n".join(text.format(tag=tag).split("\n")) + "\r\n"


class _Actor(socketserver.StreamRequestHandler):
    def handle(self):
        self.wfile.write(self.server.greeting.encode() + b"\r\n")
        for line in self.rfile:
            self.server.heard.append(line.decode().strip())
            tag, _, command = line.decode().strip().partition(" ")
            self.wfile.write(self.server.answer(tag, command).encode())


@pytest.fixture
def scripted():
    """Starts a server with these ``lines``, over those of a plain one with three letters in its INBOX."""

    @contextmanager
    def start(lines=MappingProxyType({}), greeting="* OK ready"):
        with Script(greeting, PLAIN | lines) as server:
            thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
            thread.start()
            try:
                yield server
            finally:
                server.shutdown()
                thread.join()

    return start
