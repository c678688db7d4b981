"""Learns from labelled sentences how a sentence is told to answer a question: ``python -m bench.train``.

In: ``bench/sentences/LANGUAGE.tsv``, lines of a label (a question's key, or ``none``), a tab and a sentence;
names that go on, as ``en.letters.tsv``, are of the same language. Out: ``rules/sentences.json``, the strongest
features of a multinomial logistic regression for each language, as `mailbot.parsers.learned` reads them.
"""

from __future__ import annotations

import argparse
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from mailbot.parsers.answers.wording import Wording
from mailbot.parsers.learned import features
from mailbot.parsers.questions import Questions
from mailbot.rulebook import load_rules

SENTENCES = Path(__file__).parent / "sentences"
MODEL = Path(__file__).parent.parent / "rules" / "sentences.json"
NONE = "none"
SEEN = 2
"""A feature that fewer sentences have teaches nothing about the next one."""
STEPS, RATE = 120, 0.15

Sentence = tuple[str, str]
"""Its label and its text."""


def read_sentences(folder: Path) -> dict[str, list[Sentence]]:
    """The labelled sentences of each language."""
    found: dict[str, list[Sentence]] = defaultdict(list)
    for path in sorted(folder.glob("*.tsv")):
        for line in path.read_text(encoding="utf-8").splitlines():
            label, _, text = line.partition("\t")
            if text.strip():
                found[path.name.partition(".")[0]].append((label, text.strip()))
    return found


def featured(questions: Questions, language: str, sentences: Iterable[Sentence]) -> list[dict[str, float]]:
    """The features of each sentence, with their values."""
    wording = Wording(questions, language)
    found = []
    for _, text in sentences:
        unit = wording.unit(text, 0, len(text), 0)
        values: dict[str, float] = defaultdict(float)
        for name, value in features(text, wording.words(text), unit.scores):
            values[name] += value
        found.append(dict(values))
    return found


def learn(
    labels: Sequence[str], rows: Sequence[Mapping[str, float]], keys: Sequence[str], decay: float, most: int
) -> dict[str, Any]:
    """The model of one language: weights for each of ``keys`` against none, ``most`` features at most."""
    seen = Counter(name for row in rows for name in row)
    names = sorted(name for name, times in seen.items() if times >= SEEN)
    column = {name: at for at, name in enumerate(names)}
    matrix = np.zeros((len(rows), len(names) + 1), dtype=np.float32)
    matrix[:, -1] = 1.0
    for at, row in enumerate(rows):
        for name, value in row.items():
            if name in column:
                matrix[at, column[name]] = value
    order = [*keys, NONE]
    truth = np.eye(len(order), dtype=np.float32)[[order.index(label) for label in labels]]
    fair = (1.0 / truth.sum(axis=0))[truth.argmax(axis=1)]
    weights = _fitted(matrix, truth, fair * len(rows) / len(order), decay)
    told = weights[:, :-1] - weights[:, -1:]
    strength = np.abs(told[:-1]).max(axis=1)
    strongest = sorted(np.argsort(-strength)[:most], key=lambda at: names[at])
    hundredths = np.rint(told * 100).astype(int)
    return {
        "bias": hundredths[-1].tolist(),
        "weights": {names[at]: hundredths[at].tolist() for at in strongest if hundredths[at].any()},
    }


def _fitted(matrix: Any, truth: Any, fair: Any, decay: float) -> Any:
    """Weights by Adam over all sentences at once; ``decay`` keeps them small (all but the bias)."""
    weights = np.zeros((matrix.shape[1], truth.shape[1]), dtype=np.float32)
    first, second = np.zeros_like(weights), np.zeros_like(weights)
    held = np.full((matrix.shape[1], 1), decay, dtype=np.float32)
    held[-1] = 0.0
    for step in range(1, STEPS + 1):
        told = matrix @ weights
        told = np.exp(told - told.max(axis=1, keepdims=True))
        told /= told.sum(axis=1, keepdims=True)
        slope = matrix.T @ ((told - truth) * fair[:, None]) + held * weights
        first = 0.9 * first + 0.1 * slope
        second = 0.999 * second + 0.001 * slope * slope
        rate = RATE * min(1.0, 2 * (1 - step / (STEPS + 1)))
        weights -= rate * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.999**step)) + 1e-8)
    return weights


def train(
    questions: Questions, sentences: Mapping[str, Sequence[Sentence]], *, decay: float = 1.0, most: int = 3500
) -> dict[str, Any]:
    """The models of all languages, as ``rules/sentences.json`` holds them."""
    return {
        language: learn(
            [label for label, _ in told], featured(questions, language, told), questions.asked, decay, most
        )
        for language, told in sentences.items()
        if language in questions.languages
    }


def main() -> None:
    """Train, and write the file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sentences", type=Path, default=SENTENCES)
    parser.add_argument("--out", type=Path, default=MODEL)
    options = parser.parse_args()
    questions = load_rules().lexicon.questions
    models: dict[str, Any] = dict(train(questions, read_sentences(options.sentences)))
    models = {"asked": list(questions.asked), **models}
    lines = [
        f"{msgspec.json.encode(name).decode()}:{msgspec.json.encode(told).decode()}"
        for name, told in models.items()
    ]
    options.out.write_text("{" + ",\n".join(lines) + "}\n", encoding="utf-8")
    print(f"{options.out}: {options.out.stat().st_size / 1000:.0f} kB, {', '.join(models)}")


if __name__ == "__main__":
    main()
