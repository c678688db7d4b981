"""The letters that are measured with: labelled ones where there are some, else those of the tests."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

FOLDERS = (Path("../shared/corpus"), Path("tests/letters"))
"""Where letters are looked for, the first that there is; seen from the project's folder."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A letter, and in which role its sender writes."""

    raw: bytes
    role: str = "applicant"


def read_folder(folder: Path | None) -> Sequence[Sample]:
    """The .eml files in ``folder`` and below it, by name; a .json beside one may name the ``role``.

    Without a folder, those of ``FOLDERS``. Raises SystemExit, with what to do, where there are none.
    """
    folder = folder or next((one for one in FOLDERS if one.exists()), None)
    paths = sorted(folder.rglob("*.eml")) if folder else []
    if not paths:
        raise SystemExit(f"No .eml files in {folder or 'the usual folders'}: name a folder that has some.")
    return [Sample(path.read_bytes(), _role(path.with_suffix(".json"))) for path in paths]


def _role(label: Path) -> str:
    return (
        json.loads(label.read_text(encoding="utf-8")).get("role", "applicant")
        if label.exists()
        else "applicant"
    )
