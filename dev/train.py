"""Learn the classifier's weights from the labelled utterances: `make train`.

The same files give the same weights; they are rounded to whole numbers and sorted, one feature a
line, so that a change can be reviewed.
"""

from __future__ import annotations

import hashlib
import json
import math
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

from config.classifier import WEIGHTS_PATH, WeightsHead
from config.lexicon import DEFAULT_PATH as LEXICON_PATH
from config.lexicon import load_lexicon
from retention.domain.classification_evidence import Observer
from retention.domain.classification_lexicon import Lexicon
from retention.domain.classification_model import (
    UNIT,
    Head,
    Weights,
    features,
    is_opinion,
)
from retention.domain.classification_verdict import judge

Row = Mapping[str, Any]
Found = Mapping[str, float]

DATA = Path(__file__).parent.parent / "tests" / "data"
FAMILIAR = DATA / "utterances.jsonl"
"""What the lexicon was written with: of these it knows more than it will of a customer's."""
FRESH = DATA / "utterances_fresh.jsonl"
"""What was written without looking at the lexicon."""
UTTERANCES = (FAMILIAR, FRESH)
_TRADE = "not_cancellation"
_RAREST = 2
"""In how many utterances a feature must occur to be learnt."""
_FREEDOM = 0.1
"""Inverse strength of regularisation."""


def read_rows(files: Iterable[Path] = UTTERANCES) -> list[Row]:
    """Return the labelled utterances of JSON-lines files, each told whether it is familiar."""
    return [
        {**json.loads(line), "familiar": file == FAMILIAR}
        for file in files
        for line in file.read_text(encoding="utf-8").splitlines()
        if line.strip()
    ]


def observe(lexicon: Lexicon, rows: Iterable[Row]) -> list[Found]:
    """Return the features of utterances."""
    observer = Observer(lexicon)
    evidence = [observer.observe(row["text"]) for row in rows]
    return [features(one, judge(one)) for one in evidence]


def train(rows: Sequence[Row], found: Sequence[Found]) -> Weights:
    """Learn weights from labelled utterances and their features."""
    rarity = _rarity(found)
    rows, found = zip(*_shown(rows, found), strict=True)
    vectorizer = DictVectorizer()
    inputs = vectorizer.fit_transform(
        {name: value * rarity[name] for name, value in one.items() if name in rarity}
        for one in found
    )
    names: list[str] = list(vectorizer.get_feature_names_out())
    flagged = np.array([row["intent"] != _TRADE for row in rows])
    labels: dict[Head, tuple[str, ...]] = {}
    biases: list[int] = []
    columns: list[Any] = []
    for head in Head:
        chosen = flagged if head is not Head.INTENT else np.ones(len(rows), dtype=bool)
        wanted = np.array([row[head] for row in rows])[chosen]
        fitted = LogisticRegression(C=_FREEDOM, class_weight="balanced", max_iter=2000)
        fitted.fit(inputs[chosen], wanted)
        labels[head] = tuple(map(str, fitted.classes_))
        biases += map(_rounded, fitted.intercept_)
        columns += list(fitted.coef_)
    rows_of_weights = {
        name: tuple(_rounded(column[at] * rarity[name]) for column in columns)
        for at, name in enumerate(names)
    }
    return Weights(
        labels, tuple(biases), {name: row for name, row in rows_of_weights.items() if any(row)}
    )


def _shown(rows: Sequence[Row], found: Sequence[Found]) -> Iterator[tuple[Row, Found]]:
    """Yield what to learn from: familiar rows also without what the lexicon makes of them."""
    for row, one in zip(rows, found, strict=True):
        yield row, one
        if row["familiar"]:
            yield row, {name: value for name, value in one.items() if not is_opinion(name)}


def _rarity(found: Sequence[Found]) -> dict[str, float]:
    """Return, of features that are not too rare, how much to weigh them: rare ones say more."""
    occurs = Counter(name for one in found for name in one)
    return {
        name: 1.0 if is_opinion(name) else 1 + math.log((1 + len(found)) / (1 + count))
        for name, count in occurs.items()
        if count >= _RAREST
    }


def _rounded(weight: float) -> int:
    return round(weight / UNIT)


def fingerprint(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def as_lines(weights: Weights, trained_on: Mapping[str, str]) -> str:
    """Render the weights file, one feature a line."""
    head = WeightsHead(
        trained_on=dict(sorted(trained_on.items())),
        labels=dict(weights.labels),
        biases=weights.biases,
    )
    rows = (_line([name, list(row)]) for name, row in sorted(weights.features.items()))
    return "".join((_line(head.model_dump(mode="json")), *rows))


def _line(content: object) -> str:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")) + "\n"


def main() -> int:
    rows = read_rows()
    weights = train(rows, observe(load_lexicon(), rows))
    trained_on = {file.name: fingerprint(file) for file in (LEXICON_PATH, *UTTERANCES)}
    text = as_lines(weights, trained_on)
    WEIGHTS_PATH.write_text(text, encoding="utf-8")
    sys.stdout.write(
        f"{WEIGHTS_PATH.name}: {len(weights.features)} features, {len(text) // 1024} KB\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
