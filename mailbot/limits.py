"""Reads the attachments of a letter in a child process with limits on time and memory.

A zip bomb or a document that sends its reader round in circles costs its own text and nothing else:
the attachment is named with the reason, and a new child reads the ones behind it.
"""

from __future__ import annotations

import os
import resource
import signal
import struct
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

import msgspec

from mailbot.parsers.attachments import read_attachment
from mailbot.values import Attachment, AttachmentText, Unreadable

SECONDS = 10.0
"""For one attachment. The largest PDF in our tests takes a tenth of a second."""

MEMORY = 512 * 1024 * 1024
"""Bytes of address space: Python with the PDF reader takes 150 MB of it before the first page."""

SIZE = 25_000_000
"""Bytes of one attachment; the usual limit of mail providers for a whole letter."""

MANY = 50
"""Attachments of one letter that are read at all."""

_START = 5.0
"""Seconds in which a child must have begun, on a machine under load."""

_BEGIN = "import sys; sys.path.insert(0, sys.argv[1]); from mailbot.limits import serve; serve()"

_LENGTH = struct.Struct(">I")

_OUT_OF_MEMORY = 12
"""The exit code by which a child says so: the number of ENOMEM."""


def extract_texts(
    attachments: Sequence[Attachment], *, seconds: float = SECONDS, memory: int = MEMORY, size: int = SIZE
) -> tuple[AttachmentText, ...]:
    """The texts of ``attachments``, in order, each with its text or the reason why there is none.

    ``seconds`` bound each attachment, ``memory`` (bytes) the process, ``size`` (bytes) what is handed
    to it. No child is started where there is nothing to read; none is left behind. Raises OSError
    where no process can be started.
    """
    texts: list[AttachmentText | None] = [
        AttachmentText(one.name, unreadable=Unreadable.TOO_BIG)
        if len(one.content) > size or at >= MANY
        else None
        for at, one in enumerate(attachments)
    ]
    waiting = [at for at, text in enumerate(texts) if text is None]
    while waiting:
        found, failed = _read_in_child([attachments[at] for at in waiting], seconds, memory)
        for at, text in zip(waiting, found, strict=False):
            texts[at] = text
        waiting = waiting[len(found) :]
        if waiting:
            at = waiting.pop(0)
            texts[at] = AttachmentText(attachments[at].name, unreadable=failed)
    return tuple(text for text in texts if text is not None)


def _read_in_child(
    attachments: Sequence[Attachment], seconds: float, memory: int
) -> tuple[list[AttachmentText], Unreadable]:
    """What one child could read before it ended, and why it ended where that was too early."""
    order = msgspec.msgpack.encode((seconds, memory, attachments))
    command = [sys.executable, "-I", "-c", _BEGIN, str(Path(__file__).resolve().parent.parent)]
    with subprocess.Popen(  # noqa: S603 - our own interpreter
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as child:
        try:
            # The child's own alarm comes first; this one only ends a child that cannot set it.
            output, _ = child.communicate(order, timeout=_START + (seconds + 1) * len(attachments))
        except subprocess.TimeoutExpired:
            child.kill()
            output, _ = child.communicate()
    return _frames(output), _reason(child.returncode)


def _frames(output: bytes) -> list[AttachmentText]:
    """The whole frames of ``output``; a child that was killed may leave a torn one at the end."""
    found: list[AttachmentText] = []
    at = 0
    while at + _LENGTH.size <= len(output):
        (length,) = _LENGTH.unpack_from(output, at)
        at += _LENGTH.size
        if at + length > len(output):
            break
        found.append(msgspec.msgpack.decode(output[at : at + length], type=AttachmentText))
        at += length
    return found


def _reason(code: int) -> Unreadable:
    if code in (_OUT_OF_MEMORY, -signal.SIGABRT):  # C libraries abort where they get no memory
        return Unreadable.TOO_BIG
    if -code in (signal.SIGALRM, signal.SIGXCPU, signal.SIGKILL):
        return Unreadable.TOO_SLOW
    return Unreadable.BROKEN


def serve(source: BinaryIO | None = None, sink: BinaryIO | None = None) -> None:
    """Do the child's part: read the order from ``source``, write a frame for each attachment to ``sink``."""
    source, sink = source or sys.stdin.buffer, sink or sys.stdout.buffer
    order: tuple[float, int, list[Attachment]]
    order = msgspec.msgpack.decode(source.read(), type=tuple[float, int, list[Attachment]])
    seconds, memory, attachments = order
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # The default action ends the process even inside C code that never returns to Python.
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGALRM})
    try:
        for attachment in attachments:
            signal.setitimer(signal.ITIMER_REAL, seconds)
            text = read_attachment(attachment)
            signal.setitimer(signal.ITIMER_REAL, 0)
            frame = msgspec.msgpack.encode(text)
            sink.write(_LENGTH.pack(len(frame)) + frame)
            sink.flush()
    except MemoryError:
        os._exit(_OUT_OF_MEMORY)  # at once: with no memory left, even an orderly end may fail
