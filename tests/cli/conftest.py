"""An operator at the terminal: a config.toml, mail servers to go with it, and the commands."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mailbot.sandbox.servers import Sandbox

from .operating import BOX, PASSWORD, ROSTER, Operator


@pytest.fixture
def box() -> Iterator[Sandbox]:
    with Sandbox({BOX: PASSWORD}) as sandbox:
        yield sandbox


@pytest.fixture
def mailbot(tmp_path: Path, box: Sandbox) -> Operator:
    """An operator whose bot is set up and was never started."""
    for name, secret in (("password", PASSWORD), ("mailbot.key", "a long random text")):
        (tmp_path / name).touch(mode=0o600)
        (tmp_path / name).write_text(secret, encoding="utf-8")
    config = tmp_path / "config.toml"
    config.write_text(
        f"""
key = {{ file = "mailbot.key" }}
[network]
name = "River Commons Network"
time_zone = "Africa/Nairobi"
[[mailboxes]]
name = "membership"
address = "{BOX}"
[mailboxes.imap]
host = "{box.host}"
port = {box.imap_port}
security = "none"
user = "{BOX}"
password = {{ file = "password" }}
[smtp]
host = "{box.host}"
port = {box.smtp_port}
security = "none"
[rhythm]
poll = 0.2
""",
        encoding="utf-8",
    )
    return Operator(config)


@pytest.fixture
def roster(tmp_path: Path) -> str:
    """The path of a roster file."""
    path = tmp_path / "roster.csv"
    path.write_text(ROSTER, encoding="utf-8")
    return str(path)
