"""How long a dossier of some forty pages takes to set, in each language, and what it weighs.

    python -m bench.dossier [--rounds 5]

Time is the processor's, the best of the rounds; the first round, which loads the fonts, is told apart.
"""

from __future__ import annotations

import argparse
import resource
import time
from dataclasses import replace
from io import BytesIO

import pypdfium2

from mailbot.documents.dossier import dossier_pdf
from mailbot.views import Dossier, FormRow, FormSection
from tests.documents.cast import LANGUAGES, OWN, dossier

FIELDS, PARAGRAPHS = 10, 40
"""Of the form, and of each of its fields: about forty pages in English."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    started = time.process_time()
    dossier_pdf(dossier("en"), "en")
    print(f"the first dossier, of three pages: {time.process_time() - started:.2f} s")
    for language in LANGUAGES:
        took = []
        for n in range(rounds):
            told = long(language, n)
            started = time.process_time()
            pdf = dossier_pdf(told, language)
            took.append(time.process_time() - started)
        pages = len(pypdfium2.PdfDocument(BytesIO(pdf)))
        print(
            f"{language}: {pages} pages, {len(pdf) // 1024} kB, first {took[0]:.2f} s, best {min(took):.2f} s"
        )
    print(f"memory at most {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")


def long(language: str, number: int) -> Dossier:
    """Each paragraph of each dossier is another: Typst remembers what it has set before."""
    first = OWN[language].split("\n\n")[0]
    fields = tuple(
        FormRow(f"{field}", "\n\n".join(f"{number}-{field}-{n} {first}" for n in range(PARAGRAPHS)))
        for field in range(FIELDS)
    )
    return replace(dossier(language), sections=(FormSection("", fields),))


if __name__ == "__main__":
    main()
