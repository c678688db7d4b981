"""Each journey has servers, a database and a bot of its own."""

import pytest

from mailbot.sandbox.servers import Sandbox
from tests.story import BOX, INES, OMAR, PASSWORD, told


@pytest.fixture
def sandbox():
    with Sandbox({BOX: PASSWORD}) as servers:
        yield servers


@pytest.fixture
def story(tmp_path, sandbox):
    with told(tmp_path, sandbox) as the_story:
        yield the_story


@pytest.fixture
def big_office(tmp_path, sandbox):
    """A story whose Secretariat has two people, who read different languages."""
    with told(tmp_path, sandbox, roster=(INES, OMAR)) as the_story:
        yield the_story
