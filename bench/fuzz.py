"""Mutated letters through every reader: none may raise, and none may take more than two seconds.

    python -m bench.fuzz [FOLDER of .eml] [--letters 100000] [--seed 1] [--keep build/fuzz]

Without a folder, the labelled letters beside the project where they are, else those of ``tests/letters``.
Letter n of a seed is the same in every run over the same folder. Each is read by ``read_letter``, then
by ``read`` in every role, two times in three as the answer to another letter. Time is the processor's,
so that a busy machine does not count. A letter that fails is kept, with what went wrong beside it; the
exit code is then 1.
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import time
import traceback
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from random import Random

from bench.letters import read_folder
from bench.mutations import mutated
from bench.stopwatch import timed
from mailbot.parsers.letter import read_letter
from mailbot.parsers.reading import Lexicon, read
from mailbot.rulebook import load_rules
from mailbot.values import AttachmentText, Letter

SECONDS = 2.0
"""Of the processor, for reading one letter in one role."""
PATIENCE = 10.0
"""After which a reader that does not come back is stopped, and its letter kept."""
ROLES = ("applicant", "secretariat", "board", "member", "referee", "confirm")
BATCH = 200


@dataclass(frozen=True, slots=True)
class Offender:
    """A letter that must not be so: its number, its bytes, and what went wrong."""

    number: int
    raw: bytes
    trouble: str


@dataclass(slots=True)
class Tally:
    """What came of some letters."""

    letters: int = 0
    bytes: int = 0
    seconds: float = 0.0
    slowest: float = 0.0
    slowest_number: int = -1
    machines: int = 0
    answers: int = 0
    offenders: list[Offender] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        self.letters += other.letters
        self.bytes += other.bytes
        self.seconds += other.seconds
        self.machines += other.machines
        self.answers += other.answers
        self.offenders += other.offenders
        if other.slowest > self.slowest:
            self.slowest, self.slowest_number = other.slowest, other.slowest_number


def try_letter(number: int, seed: int, letters: Sequence[bytes], words: Lexicon) -> Tally:
    """Make letter ``number`` and read it in every role."""
    chance = Random(f"{seed}:{number}")
    raw = mutated(chance, letters)
    tally = Tally(letters=1, bytes=len(raw), slowest_number=number)
    try:
        parent = read_letter(chance.choice(letters)) if chance.random() < 0.67 else None
        seconds, letter = timed(partial(read_letter, raw), PATIENCE)
        tally.seconds += seconds
        texts = attached_texts(letter)
        for role in ROLES:
            taken, found = timed(partial(read, letter, texts, words, role=role, parent=parent), PATIENCE)
            tally.seconds += taken
            tally.slowest = max(tally.slowest, seconds + taken)
            tally.machines += role == "applicant" and found.machine is not None
            tally.answers += len(found.answers)
    except Exception:  # noqa: BLE001 - any at all is what is looked for
        tally.offenders.append(Offender(number, raw, traceback.format_exc()))
    if tally.slowest > SECONDS:
        tally.offenders.append(Offender(number, raw, f"took {tally.slowest:.1f} s"))
    return tally


def attached_texts(letter: Letter) -> tuple[AttachmentText, ...]:
    """What plain attachments say; documents are read elsewhere, in a child process with its own limits."""
    return tuple(
        AttachmentText(one.name, one.content.decode("utf-8", "replace"))
        for one in letter.attachments
        if one.media_type.startswith("text/")
    )


def try_batch(numbers: range, seed: int, letters: Sequence[bytes]) -> Tally:
    """One batch, in a process of its own."""
    total = Tally()
    for number in numbers:
        total.add(try_letter(number, seed, letters, lexicon()))
    return total


@cache
def lexicon() -> Lexicon:
    """The default rules, read once in each process."""
    return load_rules().lexicon


def batches(count: int) -> Iterator[range]:
    return (range(first, min(first + BATCH, count)) for first in range(0, count, BATCH))


def keep(offenders: Sequence[Offender], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for one in offenders:
        (folder / f"{one.number}.eml").write_bytes(one.raw)
        (folder / f"{one.number}.txt").write_text(one.trouble, encoding="utf-8")


def main() -> int:
    options = argparse.ArgumentParser(prog="python -m bench.fuzz")
    options.add_argument("folder", nargs="?", type=Path, help="of .eml files")
    options.add_argument("--letters", type=int, default=100_000)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--processes", type=int, default=2)
    options.add_argument("--keep", type=Path, default=Path("build/fuzz"), help="for the letters that fail")
    given = options.parse_args()
    letters = [sample.raw for sample in read_folder(given.folder)]
    print(f"{given.letters:,} letters made from {len(letters)}, seed {given.seed}", flush=True)
    total, began, told = Tally(), time.monotonic(), 0
    with multiprocessing.Pool(given.processes) as pool:
        work = partial(try_batch, seed=given.seed, letters=letters)
        for tally in pool.imap_unordered(work, batches(given.letters)):
            total.add(tally)
            keep(tally.offenders, given.keep)
            if total.letters * 20 // given.letters > told:
                told = total.letters * 20 // given.letters
                rate = total.letters / (time.monotonic() - began)
                print(
                    f"{total.letters:>9,} letters, {rate:4.0f} /s, {len(total.offenders)} failed", flush=True
                )
    print(f"{total.letters:,} letters, {total.bytes / 1e6:,.0f} MB, each read in {len(ROLES)} roles")
    print(f"{total.seconds / total.letters * 1000:.1f} ms of the processor a letter, all roles together")
    print(f"slowest: letter {total.slowest_number}, {total.slowest:.2f} s")
    print(f"{total.machines:,} taken for a machine's, {total.answers:,} answers found")
    print(f"{len(total.offenders)} failed" + (f": see {given.keep}" if total.offenders else ""))
    return 1 if total.offenders else 0


if __name__ == "__main__":
    sys.exit(main())
