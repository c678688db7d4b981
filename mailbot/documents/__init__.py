"""Documents that go along with letters: the application form."""

from mailbot.documents.form import form_docx, form_text

__all__ = ["form_docx", "form_text"]
