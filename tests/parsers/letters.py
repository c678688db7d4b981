"""The letters of ``tests/letters``, whose reading ``docs/reading.md`` tells."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).parents[1] / "letters"
