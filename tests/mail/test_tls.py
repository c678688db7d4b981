"""Which hosts count as this machine, and which files as certificates."""

import pytest

from mailbot.config import Security
from mailbot.mail.errors import MailError
from mailbot.mail.tls import context_for, is_loopback


@pytest.mark.parametrize(
    ("host", "here"),
    [
        ("localhost", True),
        ("LocalHost.", True),
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("[::1]", True),
        ("10.0.0.1", False),
        ("localhost.network.example", False),
        ("mail.network.example", False),
        ("0.0.0.0", False),
        ("", False),
    ],
)
def test_this_machine(host, here):
    assert is_loopback(host) is here


def test_a_ca_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(MailError, match=r"missing\.pem"):
        context_for(Security.TLS, "mail.network.example", str(tmp_path / "missing.pem"))


def test_a_ca_file_that_is_no_certificate_is_named(tmp_path):
    (tmp_path / "notes.txt").write_text("remember the milk")

    with pytest.raises(MailError, match=r"notes\.txt.*PEM"):
        context_for(Security.STARTTLS, "mail.network.example", str(tmp_path / "notes.txt"))
