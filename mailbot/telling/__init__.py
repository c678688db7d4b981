"""What each letter is told: from a case and the words of the rules to a view in the reader's language."""

from mailbot.telling.sheet import case_sheet
from mailbot.telling.teller import Teller

__all__ = ["Teller", "case_sheet"]
