"""One letter that answers several questions line by line."""

from __future__ import annotations

import pytest

from mailbot.parsers.numbered import numbered_lines


@pytest.mark.parametrize(
    ("text", "count", "lines"),
    [
        ("1 approve\n2 abstain\n3 discuss: why", 3, {1: "approve", 2: "abstain", 3: "discuss: why"}),
        ("1. approve\n2) abstain\n3: discuss", 3, {1: "approve", 2: "abstain", 3: "discuss"}),
        ("1 - approve\n2 – abstain\n3 — discuss", 3, {1: "approve", 2: "abstain", 3: "discuss"}),
        ("#1 #invite\n#2 #ask Since when?", 2, {1: "#invite", 2: "#ask Since when?"}),
        ("No. 1 approve\nn° 2 abstain\nnº 3 reject", 3, {1: "approve", 2: "abstain", 3: "reject"}),
        ("٢ موافق\n۳ أرفض", 3, {2: "موافق", 3: "أرفض"}),
        ("2 approve\nThey do good work.\n\n1 reject", 2, {1: "reject", 2: "approve\nThey do good work."}),
        ("> 1 approve", 1, {1: "approve"}),
        ("* 1 approve\n* 2 reject", 2, {1: "approve", 2: "reject"}),
        ("1 approve\n1 reject", 1, {1: "approve\nreject"}),
        ("Dear all,\n\n1 approve", 1, {1: "approve"}),
        # a number that is none of the list begins an ordinary line
        ("14 families were evicted.", 3, {}),
        ("1 approve\n14 families were evicted.", 3, {1: "approve\n14 families were evicted."}),
        ("2019 was a good year", 3, {}),
        ("0 votes for them", 3, {}),
        ("approve", 3, {}),
        ("", 3, {}),
        ("1", 3, {}),
        ("1approve", 3, {}),
        ("I approve 1 and reject 2", 3, {}),
    ],
)
def test_each_number_has_what_stands_behind_it(text: str, count: int, lines: dict[int, str]) -> None:
    assert numbered_lines(text, count) == lines
