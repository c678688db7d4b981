"""Mail clients from the system's packages, which reply to the last letter of a mailbox by themselves.

Each is told by a configuration of its own where to read and by which server to send; all else is as the
client does it: what it quotes and how, the headers, the character set.
"""

from __future__ import annotations

import os
import pty
import subprocess
import threading
from dataclasses import dataclass
from pathlib import Path

import pytest

from mailbot.values import Person
from tests.real.dovecot import PASSWORD, require
from tests.real.post import Post

PATIENCE = 30.0
"""Seconds that a client may take for a reply; it takes one."""

_NEOMUTT = """
set spool_file="imap://{user}@{host}:{imap}/INBOX" folder="imap://{user}@{host}:{imap}/"
set imap_pass="{password}" ssl_starttls=no ssl_force_tls=no
set smtp_url="smtp://{host}:{smtp}/"
set from="{address}" real_name="{name}" hostname="{domain}" use_envelope_from=yes
set editor="{editor}"
set include=yes fast_reply=yes reply_to=yes abort_unmodified=no quit=yes copy=no record=""
set header_cache="" message_cachedir="" crypt_use_gpgme=no wait_key=no
push "<last-entry><reply><send-message><quit>"
"""

_S_NAIL = """
set v15-compat=yes
set mta=smtp://{host}:{smtp} smtp-auth=none
set from="{name} <{address}>" hostname={domain}
set sendcharsets=utf-8 ttycharset=utf-8 sendwait
set quote nosave {more}
"""


@dataclass(frozen=True)
class Desk:
    """Where somebody sits at a client: the folder of its configuration, and the servers."""

    folder: Path
    post: Post

    def told(self, person: Person) -> dict[str, object]:
        address = person.addresses[0]
        return {
            "host": self.post.host,
            "imap": self.post.imap_port,
            "smtp": self.post.smtp_port,
            "user": address.replace("@", "%40"),
            "password": PASSWORD,
            "address": address,
            "domain": address.partition("@")[2],
            "name": person.name,
        }

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path


def neomutt_above(desk: Desk, person: Person, words: str) -> None:
    """NeoMutt, with the words above what it quotes."""
    _neomutt(desk, person, words, '"$words" "$1"')


def neomutt_below(desk: Desk, person: Person, words: str) -> None:
    """NeoMutt, with the words below what it quotes."""
    _neomutt(desk, person, words, '"$1" "$words"')


def s_nail(desk: Desk, person: Person, words: str) -> None:
    """S-nail, which quotes behind a tab, with the words below."""
    _s_nail(desk, person, words, "")


def s_nail_with_marks(desk: Desk, person: Person, words: str) -> None:
    """S-nail told to quote behind ``>``, with the words below."""
    _s_nail(desk, person, words, 'indentprefix="> "')


def _neomutt(desk: Desk, person: Person, words: str, order: str) -> None:
    binary = require("neomutt")
    typed, edited = desk.write("words", f"{words}\n"), desk.folder / "edited"
    script = f'#!/bin/sh\nwords={typed}\ncat {order} > {edited} && cp {edited} "$1"\n'
    editor = desk.write("editor", script)
    editor.chmod(0o755)
    config = desk.write("neomuttrc", _NEOMUTT.format(editor=editor, **desk.told(person)))
    _at_a_terminal([binary, "-n", "-F", str(config)], desk)


def _s_nail(desk: Desk, person: Person, words: str, more: str) -> None:
    binary = require("s-nail")
    told = desk.told(person)
    config = desk.write("mailrc", _S_NAIL.format(more=more, **told))
    inbox = "imap://{user}:{password}@{host}:{imap}/INBOX".format(**told)
    done = subprocess.run(
        [binary, "-#", "-:u", "-f", inbox],
        input=f"reply $\n{words}\n~.\nexit\n".encode(),
        env=_environment(desk, MAILRC=str(config)),
        capture_output=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode(errors="replace")


def _at_a_terminal(command: list[str], desk: Desk) -> None:
    """Run a client that wants a terminal, and read what it shows until it ends."""
    ours, theirs = pty.openpty()
    client = subprocess.Popen(
        command,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=_environment(desk, TERM="vt100", LINES="24", COLUMNS="80"),
        start_new_session=True,
    )
    os.close(theirs)
    shown = bytearray()
    reading = threading.Thread(target=_read, args=(ours, shown))
    reading.start()
    try:
        status = client.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        client.kill()
        client.wait()
        status = None
    reading.join(PATIENCE)
    os.close(ours)
    if status != 0:
        pytest.fail(f"{command[0]} ended with {status}, and had shown:\n{shown.decode(errors='replace')}")


def _read(terminal: int, shown: bytearray) -> None:
    while True:
        try:
            read = os.read(terminal, 65536)
        except OSError:  # so Linux says that nobody is at the other end any more
            return
        if not read:
            return
        shown += read


def _environment(desk: Desk, **more: str) -> dict[str, str]:
    path = os.environ.get("PATH", os.defpath)
    return {"PATH": path, "HOME": str(desk.folder), "LC_ALL": "C.UTF-8", "TZ": "UTC", **more}
