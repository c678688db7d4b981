"""A store of its own for each test."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailbot.store import rulesets
from mailbot.store.engine import Store

from .cast import MORNING, RULES


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with all its tables, and the rules that the cases of these stories began with."""
    file = tmp_path_factory.mktemp("store") / "migrated.db"
    store = Store.open(f"sqlite:///{file}")
    store.migrate()
    with store.begin() as c:
        rulesets.keep(c, RULES, {"stages": ["inquiry", "screening"]}, MORNING)
    store.close()
    return file


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/mailbot.db"


@pytest.fixture
def store(url: str, tmp_path: Path, migrated: Path) -> Iterator[Store]:
    shutil.copy(migrated, tmp_path / "mailbot.db")
    store = Store.open(url)
    yield store
    store.close()
