"""Dovecot from the system's packages, started by a test with a configuration and a Maildir of its own.

It runs on a free loopback port and ends with the test. Started by root, it insists on other users for its
parts: those that its package brings, or ``nobody``; otherwise all of it runs as whoever runs the tests.
"""

import contextlib
import grp
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

import pytest

USER = "membership@network.example"
PASSWORD = "open-sesame"
_READY_WITHIN = 15.0
"""Seconds; it takes 0.3 on an idle machine."""

_CONFIG = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
auth_failure_delay = 0
default_internal_user = {internal}
default_internal_group = {group}
default_login_user = {login}
first_valid_uid = 1
first_valid_gid = 1
mail_location = maildir:~/Maildir
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/home/%u
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""


def require(binary):
    """The path of a server's or client's binary; skips the test where it is not installed.

    With ``MAILBOT_REQUIRE_SERVERS=1`` in the environment a missing one is a failure, so that a build that
    means to test against it cannot pass without.
    """
    path = shutil.which(binary, path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/usr/local/sbin")
    if path is None and os.environ.get("MAILBOT_REQUIRE_SERVERS") == "1":
        pytest.fail(f"{binary} is not installed, and MAILBOT_REQUIRE_SERVERS=1 asks for it.")
    if path is None:
        pytest.skip(f"{binary} is not installed")
    return path


class Dovecot:
    """A running IMAP server, started and stopped by ``with``.

    Whoever logs in with PASSWORD has a mailbox of their own; that of the bot is USER's.
    """

    host = "127.0.0.1"

    def __init__(self):
        self._binary = require("dovecot")
        self.port = _free_port()

    def __enter__(self):
        # Not pytest's tmp_path: that is closed to the other users, and too long for Dovecot's sockets.
        self._folder = Path(tempfile.mkdtemp(prefix="dovecot-"))
        self._folder.chmod(0o755)
        owner = _user("nobody") if os.getuid() == 0 else pwd.getpwuid(os.getuid())
        home = self._folder / "home"
        home.mkdir()
        os.chown(home, owner.pw_uid, owner.pw_gid)
        internal = _user("dovecot", "nobody") if os.getuid() == 0 else owner
        login = _user("dovenull", "nobody") if os.getuid() == 0 else owner
        config = self._folder / "dovecot.conf"
        config.write_text(
            _CONFIG.format(
                folder=self._folder,
                internal=internal.pw_name,
                group=grp.getgrgid(internal.pw_gid).gr_name,
                login=login.pw_name,
                uid=owner.pw_uid,
                gid=owner.pw_gid,
                password=PASSWORD,
                port=self.port,
            )
        )
        self._process = subprocess.Popen([self._binary, "-F", "-c", str(config)])
        try:
            self._wait_until_ready()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self._process.terminate()
        self._process.wait(_READY_WITHIN)
        shutil.rmtree(self._folder)

    def _wait_until_ready(self):
        until = time.monotonic() + _READY_WITHIN
        while time.monotonic() < until and self._process.poll() is None:
            try:
                with socket.create_connection((self.host, self.port), timeout=1) as line:
                    if line.recv(100).startswith(b"* OK"):
                        return
            except OSError:
                time.sleep(0.02)
        log = self._folder / "dovecot.log"
        pytest.fail(f"Dovecot did not start:\n{log.read_text() if log.exists() else '(it wrote no log)'}")


def _user(*names):
    """The first of these users that this machine has."""
    for name in names:
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    pytest.skip(f"this machine has no user {' or '.join(names)}")


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
