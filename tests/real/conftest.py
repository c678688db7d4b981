"""Servers from the system's packages; a test that needs one is skipped by name where it is not there."""

import pytest

from mailbot.sandbox.servers import Sandbox
from mailbot.store import members
from tests.journeys.way import MEMBERS, ROSTER
from tests.real.dovecot import Dovecot
from tests.real.post import Post
from tests.story import BOX, PASSWORD, told


@pytest.fixture
def dovecot():
    """A Dovecot of the test's own."""
    with Dovecot() as server:
        yield server


@pytest.fixture
def post(dovecot):
    """Everybody's mailbox on Dovecot, and an SMTP server."""
    with Sandbox({BOX: PASSWORD}) as smtp:
        yield Post(dovecot, smtp)


@pytest.fixture
def story(tmp_path, post):
    """A bot that reads its mail on Dovecot, with a Board and members."""
    with told(tmp_path, post, roster=ROSTER, configured=post.settings(tmp_path)) as the_story:
        with the_story.bot.office.store.begin() as connection:
            members.replace_all(connection, MEMBERS)
        yield the_story
