"""An attachment that is a trap costs itself and nothing else."""

from __future__ import annotations

import io
import os
import threading
import zipfile

import pytest

from mailbot.limits import extract_texts
from mailbot.values import Attachment, AttachmentText, Unreadable

PLAIN = Attachment("letter.txt", "text/plain", b"We organize tenants.")
READ = AttachmentText("letter.txt", "We organize tenants.")


def trap(element: str, count: int) -> Attachment:
    """A Word file of a few kilobytes that unpacks to ``count`` elements."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("word/document.xml", "<w>" + element * count)
    return Attachment("trap.docx", "application/octet-stream", packed.getvalue())


SLOW = trap("<a>", 9_000_000)
LARGE = trap("<a b='c'/>", 2_000_000)


def test_texts_come_in_order():
    other = Attachment("b.txt", "text/plain", b"two")

    assert extract_texts([PLAIN, other]) == (READ, AttachmentText("b.txt", "two"))


def test_nothing_to_read_gives_nothing():
    assert extract_texts([]) == ()


def test_a_trap_in_time_costs_only_itself():
    assert extract_texts([PLAIN, SLOW, PLAIN], seconds=0.5) == (
        READ,
        AttachmentText("trap.docx", unreadable=Unreadable.TOO_SLOW),
        READ,
    )


def test_a_trap_in_memory_costs_only_itself():
    assert extract_texts([PLAIN, LARGE, PLAIN], memory=150_000_000) == (
        READ,
        AttachmentText("trap.docx", unreadable=Unreadable.TOO_BIG),
        READ,
    )


def test_what_is_larger_than_allowed_is_not_read():
    assert extract_texts([PLAIN], size=5) == (AttachmentText("letter.txt", unreadable=Unreadable.TOO_BIG),)


def test_it_works_from_a_thread():
    found: list[tuple[AttachmentText, ...]] = []

    worker = threading.Thread(target=lambda: found.append(extract_texts([PLAIN])))
    worker.start()
    worker.join()

    assert found == [(READ,)]


def test_no_process_is_left_behind():
    extract_texts([SLOW], seconds=0.3)

    with pytest.raises(ChildProcessError):  # there is none to wait for
        os.waitpid(-1, os.WNOHANG)
