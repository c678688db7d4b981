"""What reading a letter costs: time and memory beside other readers, and how time grows with length.

    python -m bench.read [FOLDER of .eml] [--only speed|growth] [--mutated 2000] [--kind WORDS]

Speed: each reader goes through the same letters in a process of its own, on one core, several rounds of
which the best counts; memory is the most that one letter takes while it is read. «Parse alone» is the
head (From, Subject, Date, Message-ID) and the text. The readers of replies get the text, which
``read_letter`` took out before the clock was started. Attached documents are not read: that happens in a
child process with its own limits. Time is the processor's, so that a busy machine counts for less.

Growth: text that is made to keep a reader busy, of 10 kB, 100 kB and 1 MB. The exponent is that of the
length, over the last two steps: 1 is linear, 2 quadratic, below 1 means that a bound was reached. Where one
is clearly above 1, or a time above 2 s, the kind is marked and the exit code is 1.

The readers of others come with ``pip install -e '.[bench]'``; those that are missing are left out.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import itertools
import logging
import math
import multiprocessing
import os
import statistics
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from email import message_from_bytes, policy
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

from bench import hostile
from bench.letters import Sample, read_folder
from bench.mutations import mutated
from bench.stopwatch import TooSlowError, timed
from mailbot.parsers.letter import read_letter
from mailbot.parsers.reading import read
from mailbot.parsers.reply import split_reply
from mailbot.rulebook import load_rules
from mailbot.values import Letter

ROUNDS = 7
SIZES = (10_000, 100_000, 1_000_000)
CLEAR = 1.5
"""An exponent from which growth is clearly more than linear: ten times the length in 32 times the time."""
LONG = 0.2
"""Seconds below which an exponent says nothing: the clock ticks in milliseconds."""
MOST = 2.0
"""Seconds that no reader may take, whatever the text and its length."""
PATIENCE = 20.0

Parts = tuple[Callable[[Sample], Any], Callable[[Any], object]]
"""What is done before the clock starts, and what is timed; the latter gives the letter's text, or None."""


# ── the readers ──────────────────────────────────────────────────────────────────────────────────


def compat32() -> Parts:
    def work(sample: Sample) -> str:
        message = message_from_bytes(sample.raw, policy=policy.compat32)
        _head = [message[name] for name in ("From", "Subject", "Date", "Message-ID")]
        for part in message.walk():
            if part.get_content_type() == "text/plain":
                data = part.get_payload(decode=True)
                return data.decode(part.get_content_charset() or "us-ascii", "replace")
        return ""

    return _whole, work


def default_policy() -> Parts:
    def work(sample: Sample) -> str:
        message = message_from_bytes(sample.raw, policy=policy.default)
        _head = [str(message[name]) for name in ("From", "Subject", "Date", "Message-ID")]
        body = message.get_body(("plain", "html"))
        return str(body.get_content()) if body else ""

    return _whole, work


def mail_parser() -> Parts:
    from mailparser import parse_from_bytes

    def work(sample: Sample) -> str:
        mail = parse_from_bytes(sample.raw)
        _head = (mail.from_, mail.subject, mail.date, mail.message_id)
        return "\n".join(mail.text_plain or mail.text_html)

    return _whole, work


def our_parse() -> Parts:
    return _whole, lambda sample: read_letter(sample.raw).text


def quotequail() -> Parts:
    from quotequail import unwrap

    return _text, partial(_silent, unwrap)


def mail_parser_reply() -> Parts:
    from mailparser_reply import EmailReplyParser
    from mailparser_reply.constants import MAIL_LANGUAGES

    return _text, partial(_silent, EmailReplyParser(languages=list(MAIL_LANGUAGES)).parse_reply)


def email_reply_parser() -> Parts:
    from email_reply_parser import EmailReplyParser

    return _text, partial(_silent, EmailReplyParser.parse_reply)


def email_reply_extractor() -> Parts:
    from email_reply_extractor import extract_new_text

    return _text, partial(_silent, extract_new_text)


def talon() -> Parts:
    from talon import init, quotations

    init()
    return _text, partial(_silent, quotations.extract_from_plain)


def our_split() -> Parts:
    words = load_rules().lexicon.words
    return _letter, partial(_silent, lambda letter: split_reply(letter, None, words))


def all_of_it() -> Parts:
    lexicon = load_rules().lexicon

    def work(sample: Sample) -> str:
        letter = read_letter(sample.raw)
        read(letter, (), lexicon, role=sample.role)
        return letter.text

    return _whole, work


def _whole(sample: Sample) -> Sample:
    return sample


def _text(sample: Sample) -> str:
    return read_letter(sample.raw).text


def _letter(sample: Sample) -> Letter:
    return read_letter(sample.raw)


def _silent(work: Callable[[Any], object], given: object) -> None:
    work(given)


READERS: Mapping[str, tuple[str, Callable[[], Parts]]] = {
    "parse alone: compat32": ("email", compat32),
    "parse alone: policy.default": ("email", default_policy),
    "parse alone: mail-parser": ("mailparser", mail_parser),
    "parse alone: read_letter": ("mailbot", our_parse),
    "reply alone: quotequail": ("quotequail", quotequail),
    "reply alone: mail-parser-reply": ("mailparser_reply", mail_parser_reply),
    "reply alone: email-reply-parser": ("email_reply_parser", email_reply_parser),
    "reply alone: email-reply-extractor": ("email_reply_extractor", email_reply_extractor),
    "reply alone: talon": ("talon", talon),
    "reply alone: split_reply": ("mailbot", our_split),
    "reading, all of it": ("mailbot", all_of_it),
}
"""Each reader with the module that it needs."""


# ── speed ────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Measured:
    """What one reader needed. ``silent`` counts letters in which it found no text, or is None."""

    milliseconds: Sequence[float]
    megabytes: float
    raised: int
    silent: int | None


def measure(name: str, samples: Sequence[Sample]) -> Measured:
    """Run in a process of its own, since memory is measured by the process."""
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    logging.disable()  # mail-parser tells of every part that it does not know
    prepare, work = READERS[name][1]()
    ready = [prepare(sample) for sample in samples]
    best = [math.inf] * len(ready)
    raised, silent = 0, 0
    tells = False
    for round_number in range(ROUNDS):
        for at, given in enumerate(ready):
            began = time.process_time()
            try:
                text = work(given)
            except Exception:  # noqa: BLE001 - that a reader raises is one of its figures
                raised += round_number == 0
                continue
            best[at] = min(best[at], (time.process_time() - began) * 1000)
            tells = tells or text is not None
            silent += round_number == 0 and not str(text or "").strip()
    found = [one for one in best if one < math.inf]
    return Measured(found, _peak(work, ready), raised, silent if tells else None)


def _peak(work: Callable[[Any], object], ready: Sequence[Any]) -> float:
    """Megabytes that the hungriest of the letters takes while it is read, what is kept for good left out."""
    tracemalloc.start()
    most = 0
    for given in ready:
        tracemalloc.reset_peak()
        before, _ = tracemalloc.get_traced_memory()
        with contextlib.suppress(Exception):  # counted already
            work(given)
        most = max(most, tracemalloc.get_traced_memory()[1] - before)
    return most / 1e6


def show_speed(samples: Sequence[Sample]) -> None:
    size = statistics.median(len(sample.raw) for sample in samples)
    print(f"{len(samples)} letters, median {size:,.0f} bytes; one core, best of {ROUNDS} rounds")
    print(
        f"{'':36}{'letters/s':>10}{'median':>10}{'slowest':>10}{'ratio':>8}{'memory':>9}{'raised':>8}{'no text':>9}"
    )
    yardstick = 0.0
    spawning = multiprocessing.get_context("spawn")
    for name, (module, _) in READERS.items():
        if not importlib.util.find_spec(module):
            print(f"{name:36}{'not installed':>10}")
            continue
        with spawning.Pool(1) as pool:
            found = pool.apply(measure, (name, samples))
        median = statistics.median(found.milliseconds)
        yardstick = yardstick or median
        rate = 1000 * len(found.milliseconds) / sum(found.milliseconds)
        silent = "" if found.silent is None else str(found.silent)
        print(
            f"{name:36}{rate:>10,.0f}{median:>7.2f} ms{max(found.milliseconds):>7.1f} ms{median / yardstick:>8.1f}"
            f"{found.megabytes:>6.2f} MB{found.raised:>8}{silent:>9}",
            flush=True,
        )


# ── growth ───────────────────────────────────────────────────────────────────────────────────────


def growing() -> Mapping[str, Callable[[bytes], Callable[[], object]]]:
    """Each reader by name: a letter's bytes → the work to be timed."""
    lexicon = load_rules().lexicon
    parent = read_letter(
        b"Subject: [M-2026-0001] Two questions\n\n" + b"How did you hear about the network?\n" * 40
    )

    def splitting(raw: bytes) -> Callable[[], object]:
        return partial(split_reply, read_letter(raw), parent, lexicon.words)

    def reading(role: str, raw: bytes) -> Callable[[], object]:
        return partial(read, read_letter(raw), (), lexicon, role=role)

    return {
        "read_letter": lambda raw: partial(read_letter, raw),
        "split_reply": splitting,
        "as applicant": partial(reading, "applicant"),
        "as board": partial(reading, "board"),
        "as secretariat": partial(reading, "secretariat"),
    }


def exponents(seconds: Sequence[float]) -> Iterator[float]:
    """The exponent of each step, as far as it takes long enough to tell."""
    for (shorter, longer), (before, after) in zip(
        itertools.pairwise(SIZES), itertools.pairwise(seconds), strict=True
    ):
        if after >= LONG:
            yield math.log(after / max(before, 0.001), longer / shorter)


def measure_growth(
    make: Callable[[bytes], Callable[[], object]], letters: Sequence[bytes]
) -> Sequence[float]:
    """Seconds for each of ``letters``; infinite from the first on that does not end."""
    seconds: list[float] = []
    for raw in letters:
        try:
            # A collection of garbage now and then doubles a short time: the better of two counts.
            seconds.append(min(timed(make(raw), PATIENCE)[0] for _ in range(2)))
        except TooSlowError:
            return [*seconds, *[math.inf] * (len(letters) - len(seconds))]
    return seconds


def show_growth(wanted: str) -> list[str]:
    """Print the table; give the names of what grows too fast."""
    readers = growing()
    kinds = [name for name in hostile.letters(100) if wanted.lower() in name.lower()]
    print(f"{'ms for 10 kB, 100 kB, 1 MB, ^exponent':36}" + "".join(f"{name:>29}" for name in readers))
    wrong: list[str] = []
    by_size = [hostile.letters(size) for size in SIZES]
    for kind in kinds:
        print(f"{kind:36}", end="", flush=True)
        for name, make in readers.items():
            seconds = measure_growth(make, [letters[kind] for letters in by_size])
            steepest = max(exponents(seconds), default=0.0)
            figures = " ".join(f"{one * 1000:.0f}" for one in seconds)
            is_wrong = steepest > CLEAR or max(seconds) > MOST
            wrong += [f"{kind}, {name}: {figures} ms, exponent {steepest:.2f}"] if is_wrong else []
            tail = f" ^{steepest:.2f}{'!' if is_wrong else ''}" if steepest else ""
            print(f"{figures + tail:>29}", end="", flush=True)
        print(flush=True)
    return wrong


def _worse(samples: Sequence[Sample], count: int) -> Iterator[Sample]:
    """The first ``count`` letters that ``bench.fuzz`` makes of ``samples``."""
    letters = [sample.raw for sample in samples]
    return (Sample(mutated(Random(f"1:{number}"), letters)) for number in range(count))


def main() -> int:
    options = argparse.ArgumentParser(prog="python -m bench.read")
    options.add_argument("folder", nargs="?", type=Path, help="of .eml files")
    options.add_argument("--only", choices=("speed", "growth"))
    options.add_argument("--kind", default="", help="only the hostile texts whose name has this in it")
    options.add_argument(
        "--mutated", type=int, default=0, help="speed on so many letters of bench.fuzz instead"
    )
    given = options.parse_args()
    if given.only != "growth":
        samples = read_folder(given.folder)
        show_speed(list(_worse(samples, given.mutated)) if given.mutated else samples)
    if given.only == "speed":
        return 0
    wrong = show_growth(given.kind)
    print("\n".join(["too slow:", *wrong] if wrong else ["nothing grows faster than the letter"]))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
