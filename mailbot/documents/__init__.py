"""Documents that go along with letters: the application form, the dossier and the calendar entry."""

from mailbot.documents.dossier import dossier_pdf
from mailbot.documents.entry import closing_entry
from mailbot.documents.form import form_docx, form_text

__all__ = ["closing_entry", "dossier_pdf", "form_docx", "form_text"]
