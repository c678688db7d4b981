"""The Secretariat is shown whom of the directory a reference may mean, and that a match confirms nothing."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mailbot.store import members
from mailbot.values import Kind, Member
from tests.journeys.way import INES_AT, REHEMA
from tests.story import INES, numbered, told, with_language

FIAN = Member("FIAN International", Kind.ORGANIZATION, since=datetime(2019, 5, 3, tzinfo=UTC))
CONFIRMS_NOTHING = {
    "en": "A likeness confirms nothing.",
    "es": "Un parecido no confirma nada.",
    "fr": "Une ressemblance ne confirme rien.",
    "ar": "التشابه لا يؤكد شيئًا.",
}


@pytest.mark.parametrize("language", CONFIRMS_NOTHING)
def test_the_screening_notice_says_whom_a_reference_may_mean(tmp_path, sandbox, language):
    with told(tmp_path, sandbox, roster=(with_language(INES, language),)) as story:
        with story.bot.office.store.begin() as connection:
            members.replace_all(connection, [FIAN])

        story.hears(REHEMA, numbered())
        story.works()

        (notice,) = story.letters_to(INES_AT)
        assert "100" in notice.text
        assert CONFIRMS_NOTHING[language] in notice.text
        assert story.case().stage == "screening"


def test_where_nobody_in_the_directory_is_meant_nothing_is_said_of_it(tmp_path, sandbox):
    with told(tmp_path, sandbox) as story:
        story.hears(REHEMA, numbered())
        story.works()

        (notice,) = story.letters_to(INES_AT)
        assert "- FIAN International\r\n" in notice.text
        assert CONFIRMS_NOTHING["en"] not in notice.text
