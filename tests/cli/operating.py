"""The operator of the stories: runs commands as somebody at a terminal would."""

from __future__ import annotations

from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

from click.testing import CliRunner, Result

from mailbot.cli import main

BOX = "membership@network.example"
PASSWORD = "open sesame"

ROSTER = """\
name,organization,kind,addresses,language,role,from,until
Ines Duarte,,,ines@network.example,en,secretariat,,
Bo Lindqvist,Fjord Forum,organization,bo@fjord.example,en,board,2026-01-01,2026-12-31
"""


@dataclass(frozen=True)
class Operator:
    """Runs commands with the settings in ``config``."""

    config: Path

    def __call__(self, *words: str, typed: str | bytes = "", code: int = 0) -> Result:
        """Run ``mailbot`` with these words; fails where it does not end with ``code``."""
        result = CliRunner().invoke(main, ["--config", str(self.config), *words], input=typed)
        assert result.exit_code == code, (result.stdout, result.stderr, result.exception)
        return result

    def change(self, old: str, new: str) -> None:
        """Edit the settings."""
        text = self.config.read_text(encoding="utf-8")
        assert old in text
        self.config.write_text(text.replace(old, new), encoding="utf-8")


def letter(sender: str, text: str, subject: str = "Membership") -> bytes:
    """A letter to the network's address."""
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = BOX
    message["Subject"] = subject
    message["Message-ID"] = "<inquiry.1@mail.example>"
    message.set_content(text)
    return message.as_bytes()


INQUIRY = letter(
    "Rehema Kazungu <rehema@bahariyetu.example>",
    """\
Dear Secretariat,

I am the coordinator of Bahari Yetu Network, an organization in Kenya, and we would like to become a member.

1. We learned about the network from a lawyer at a hearing on the port road in 2024.
2. We document evictions from landing sites and train paralegals in every ward of our county.
3. We want to become a member because the same companies face our friends elsewhere. We can contribute our
   training materials, and being a member would help us to use international mechanisms.

Kind regards,
Rehema
""",
)
"""An application that lacks its last answer."""
