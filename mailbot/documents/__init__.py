"""Documents that go along with letters: the application form and the dossier."""

from mailbot.documents.dossier import dossier_pdf
from mailbot.documents.form import form_docx, form_text

__all__ = ["dossier_pdf", "form_docx", "form_text"]
