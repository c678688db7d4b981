"""The largest letters that a mail server lets through: what they cost in time and memory.

    python -m bench.huge [--megabytes 25]

Each is read by ``read_letter`` and ``read`` as an applicant's. Time is the processor's; memory is the
most that is taken while it is read, the letter's own bytes left out. The exit code is 1 where a letter
takes more than ``SECONDS``, or more memory than ``TIMES`` its own size and ``MEGABYTES`` besides.
"""

from __future__ import annotations

import argparse
import base64
import sys
import tracemalloc
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from bench.stopwatch import timed
from mailbot.parsers.letter import read_letter
from mailbot.parsers.reading import Lexicon, read
from mailbot.rulebook import load_rules
from mailbot.values import Letter, Reading

SECONDS = 5.0
TIMES = 8
MEGABYTES = 30
PATIENCE = 60.0

_HEAD = b"From: Ana Ruiz <ana@x.example>\nTo: membership@network.example\nSubject: Our interest\n"
_MIXED = b'Content-Type: multipart/mixed; boundary="b"\n\n'
_PROSE = b"We work with fishing families along the coast, and want to learn from others.\n"


def _filled(piece: bytes, size: int) -> bytes:
    return piece * (size // len(piece))


def _attached(size: int, count: int) -> bytes:
    content = base64.encodebytes(bytes(size * 3 // 4 // count))
    part = b"--b\nContent-Type: application/pdf; name=a.pdf\nContent-Transfer-Encoding: base64\n\n" + content
    return _HEAD + _MIXED + b"--b\n\nWe fish.\n" + part * count + b"--b--\n"


def _letters_in_letters(depth: int) -> bytes:
    return (_HEAD + b"Content-Type: message/rfc822\n\n") * depth + _HEAD + b"\nWe fish.\n"


def _parts_in_parts(depth: int) -> bytes:
    return _HEAD + b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (number, number)
        for number in range(depth)
    )


HUGE: Final[Mapping[str, Callable[[int], bytes]]] = {
    "text": lambda size: _HEAD + b"\n" + _filled(_PROSE, size),
    "text in one line": lambda size: _HEAD + b"\n" + _filled(_PROSE.replace(b"\n", b" "), size),
    "text, base64": lambda size: (
        _HEAD + b"Content-Transfer-Encoding: base64\n\n" + base64.encodebytes(_filled(_PROSE, size * 3 // 4))
    ),
    "text, quoted": lambda size: _HEAD + b"\n" + _filled(b"> > " + _PROSE, size),
    "HTML": lambda size: (
        _HEAD + b"Content-Type: text/html\n\n" + _filled(b"<p>" + _PROSE.rstrip() + b"</p>\n", size)
    ),
    "an attachment": lambda size: _attached(size, 1),
    "a thousand attachments": lambda size: _attached(size, 1000),
    "a thousand parts": lambda size: _HEAD + _MIXED + (b"--b\n\n" + _filled(_PROSE, size // 1000)) * 1000,
    "parts without number": lambda size: _HEAD + _MIXED + _filled(b"--b\n\nWe fish.\n", size),
    "letters fifty deep": lambda _: _letters_in_letters(50),
    "letters 5,000 deep": lambda _: _letters_in_letters(5_000),
    "parts fifty deep": lambda _: _parts_in_parts(50),
    "parts 5,000 deep": lambda _: _parts_in_parts(5_000),
    "a field of a megabyte": lambda _: _HEAD + b"X-Field: " + b"a " * 500_000 + b"\n\nWe fish.\n",
    "a subject of a megabyte": lambda _: b"Subject: " + b"a " * 500_000 + b"\n\nWe fish.\n",
    "addressees of a megabyte": lambda _: _HEAD + b"Cc: " + b"Bo <bo@x.example>,\n " * 50_000 + b"\n\nHi.\n",
    "fields of a megabyte": lambda _: _HEAD + b"X-Field: a\n" * 90_000 + b"\nWe fish.\n",
    "a header without end": lambda size: _HEAD + _filled(b"X-Field: a\n", size),
}
"""Name → a letter of about so many bytes, where its name does not say how long it is."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one letter took, and what came of it."""

    seconds: float
    megabytes: float
    letter: Letter
    reading: Reading

    def is_too_high(self, size: int) -> bool:
        return self.seconds > SECONDS or self.megabytes > MEGABYTES + TIMES * size / 1e6


def cost(raw: bytes, lexicon: Lexicon) -> Cost:
    """Read ``raw`` twice: once for its time, once for its memory, since watching memory takes time."""

    def work() -> tuple[Letter, Reading]:
        letter = read_letter(raw)
        return letter, read(letter, (), lexicon)

    seconds, _ = timed(work, PATIENCE)
    tracemalloc.start()
    letter, reading = work()
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return Cost(seconds, most / 1e6, letter, reading)


def main() -> int:
    options = argparse.ArgumentParser(prog="python -m bench.huge")
    options.add_argument("--megabytes", type=float, default=25.0)
    size = int(options.parse_args().megabytes * 1e6)
    lexicon = load_rules().lexicon
    cost(_HEAD + b"\n" + _PROSE, lexicon)  # so that what is read once for all counts for none of them
    print(f"{'':28}{'letter':>10}{'time':>10}{'memory':>10}  defects")
    wrong = 0
    for name, make in HUGE.items():
        raw = make(size)
        taken = cost(raw, lexicon)
        mark = "!" if taken.is_too_high(len(raw)) else ""
        wrong += bool(mark)
        print(
            f"{name:28}{len(raw) / 1e6:>7.1f} MB{taken.seconds:>8.2f} s{taken.megabytes:>7.0f} MB"
            f"{mark:2}{'; '.join(dict.fromkeys(taken.letter.defects))[:70]}",
            flush=True,
        )
    print(f"{wrong} too high" if wrong else "all within bounds")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
