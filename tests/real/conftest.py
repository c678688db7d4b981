"""Servers from the system's packages; a test that needs one is skipped by name where it is not there."""

import pytest

from tests.real.dovecot import Dovecot


@pytest.fixture
def dovecot():
    """A Dovecot of the test's own."""
    with Dovecot() as server:
        yield server
