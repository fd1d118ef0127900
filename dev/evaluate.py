"""Measure the classifier: `make eval`, or `python -m dev.evaluate [--rows FILE] [--errors]`.

Fair are only utterances that neither the lexicon nor the weights have seen: the fresh ones, each
by weights learnt without it, in five folds, rows of one group always together. `--rows` measures
a file from outside as well, with the weights as they are: all of it, then apart what real
customers wrote and what was written for the set, if its rows tell (`source`).
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from sklearn.model_selection import GroupKFold

from config.classifier import load_weights
from config.lexicon import load_lexicon
from dev.train import Row, observe, read_rows, train
from retention.domain.classification import Classifier, as_labels
from retention.domain.classification_lexicon import Lexicon

FOLDS = 5
_WRITTEN = "written"
FIELDS = ("intent", "kind", "opening", "reason", "route")
Labels = dict[str, str]


@dataclass(frozen=True, slots=True)
class Result:
    """One utterance with what people and the classifier say of it."""

    row: Row
    gold: Labels
    predicted: Labels
    signals: tuple[str, ...]
    score: float
    certain: bool
    seconds: float

    def right(self, field: str) -> bool:
        return self.gold[field] == self.predicted[field]


def route(labels: Labels) -> str:
    """Tell who takes the utterance, by its labels (annotation guide, section 2)."""
    if labels["intent"] == "not_cancellation":
        return "support"
    if labels["kind"] == "technical" and labels["opening"] == "open":
        return "act_and_retain"
    if labels["kind"] == "non_technical" or (
        labels["kind"] == "technical" and labels["opening"] == "blocked"
    ):
        return "admfin"
    return "probe"


def evaluate(classifier: Classifier, rows: Iterable[Row]) -> list[Result]:
    results = []
    for row in rows:
        began = perf_counter()
        found = classifier.classify(row["text"])
        seconds = perf_counter() - began
        labels = as_labels(found)
        gold = {field: row[field] for field in FIELDS[:-1]}
        predicted = {field: str(labels[field]) for field in FIELDS[:-1]}
        gold["route"], predicted["route"] = route(gold), route(predicted)
        signals = tuple(signal.text for signal in found.signals)
        results.append(Result(row, gold, predicted, signals, found.score, found.certain, seconds))
    return results


def cross_validate(lexicon: Lexicon, rows: Sequence[Row]) -> list[Result]:
    """Measure each fresh row with weights learnt from the familiar ones and the other folds."""
    found = observe(lexicon, rows)
    familiar = [at for at, row in enumerate(rows) if row["familiar"]]
    fresh = [at for at, row in enumerate(rows) if not row["familiar"]]
    results: list[Result] = []
    folds = GroupKFold(FOLDS).split(fresh, groups=[rows[at]["group"] for at in fresh])
    for learnt, held_out in folds:
        learn = [*familiar, *(fresh[at] for at in learnt)]
        weights = train([rows[at] for at in learn], [found[at] for at in learn])
        results += evaluate(Classifier(lexicon, weights), [rows[fresh[at]] for at in held_out])
    return results


def by_source(results: Sequence[Result]) -> dict[str, list[Result]]:
    """Part results into all, those of real customers, and those written for the set."""
    real = [result for result in results if result.row.get("source", _WRITTEN) != _WRITTEN]
    written = [result for result in results if result.row.get("source") == _WRITTEN]
    parts = {"all": list(results), "real": real, "written": written}
    return {name: part for name, part in parts.items() if part}


def accuracy(results: Sequence[Result], field: str) -> float:
    return sum(result.right(field) for result in results) / len(results) if results else 0.0


def macro_f1(results: Sequence[Result], field: str) -> float:
    """Average F1 over the labels that occur in gold or prediction."""
    gold = Counter(result.gold[field] for result in results)
    predicted = Counter(result.predicted[field] for result in results)
    hits = Counter(result.gold[field] for result in results if result.right(field))
    labels = gold.keys() | predicted.keys()
    scores = [2 * hits[label] / (gold[label] + predicted[label]) for label in labels]
    return sum(scores) / len(scores) if scores else 0.0


def confusion(results: Sequence[Result], field: str) -> list[str]:
    """Render gold (rows) against prediction (columns, numbered as the rows)."""
    labels = sorted({label for r in results for label in (r.gold[field], r.predicted[field])})
    counts = Counter((result.gold[field], result.predicted[field]) for result in results)
    lines = ["    " + " " * 26 + "".join(f"{n:>4}" for n in range(1, len(labels) + 1))]
    for number, gold in enumerate(labels, 1):
        cells = "".join(f"{counts[gold, predicted] or '.':>4}" for predicted in labels)
        lines.append(f"{number:>4} {gold:<25}{cells}")
    return lines


def report(results: Sequence[Result], *, show_errors: bool) -> list[str]:
    lines = [f"{len(results)} utterances"]
    lines += [
        f"{field:<8} accuracy {accuracy(results, field):.3f}"
        f"  macro-F1 {macro_f1(results, field):.3f}"
        for field in FIELDS
    ]
    technical = [r for r in results if r.gold["kind"] == "technical"]
    hard = [r for r in results if r.row.get("hard")]
    traps = [r for r in results if r.gold["intent"] == "not_cancellation"]
    cancels = [r for r in results if r.gold["intent"] == "cancel_request"]
    complaints = [r for r in results if r.gold["intent"] == "complaint_risk"]
    flagged = [r for r in results if r.predicted["intent"] != "not_cancellation"]
    certain = [r for r in results if r.certain]
    times = sorted(result.seconds for result in results)
    lines += [
        f"hard intent {accuracy(hard, 'intent'):.3f} of {len(hard)}",
        f"opening of technical {accuracy(technical, 'opening'):.3f} of {len(technical)}",
        f"false cancels on traps {_count(traps, 'cancel_request')} of {len(traps)}"
        f" (false complaints {_count(traps, 'complaint_risk')})",
        f"missed cancels {_count(cancels, 'not_cancellation')} of {len(cancels)}"
        f" (called complaint {_count(cancels, 'complaint_risk')})",
        f"missed complaints {_count(complaints, 'not_cancellation')} of {len(complaints)}"
        f" (called cancel {_count(complaints, 'cancel_request')})",
        f"flagged without a signal {sum(not r.signals for r in flagged)} of {len(flagged)}",
        f"certain of {len(certain)}: route {accuracy(certain, 'route'):.3f}"
        f" of them, intent {accuracy(certain, 'intent'):.3f}",
        f"time per utterance: median {times[len(times) // 2] * 1000:.2f} ms,"
        f" worst {times[-1] * 1000:.2f} ms",
    ]
    for field in FIELDS:
        lines += ["", f"{field}: gold in rows", *confusion(results, field)]
    if show_errors:
        lines += ["", *(line for result in results for line in _errors(result))]
    return lines


def _count(results: Sequence[Result], intent: str) -> int:
    return sum(result.predicted["intent"] == intent for result in results)


def _errors(result: Result) -> list[str]:
    wrong = [field for field in FIELDS[:-1] if not result.right(field)]
    if not wrong:
        return []
    told = "  ".join(f"{f}: {result.gold[f]} -> {result.predicted[f]}" for f in wrong)
    return [f"{result.row['id']} {result.row['text']}", f"     {told}  {list(result.signals)}"]


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", metavar="FILE", type=Path, action="append", default=[])
    parser.add_argument("--rows-alone", action="store_true", help="measure nothing but --rows")
    parser.add_argument("--errors", action="store_true", help="list every wrong utterance")
    parser.add_argument("--lexicon-alone", action="store_true", help="leave the model out")
    options = parser.parse_args(arguments)
    lexicon = load_lexicon()
    weights = None if options.lexicon_alone else load_weights()
    measured: dict[str, list[Result]] = {}
    if not options.rows_alone:
        rows = read_rows()
        fresh = [row for row in rows if not row["familiar"]]
        measured["fresh utterances, by the lexicon alone"] = evaluate(Classifier(lexicon), fresh)
        measured[f"fresh utterances, in {FOLDS} folds"] = cross_validate(lexicon, rows)
    for file in options.rows:
        results = evaluate(Classifier(lexicon, weights), read_rows([file]))
        measured |= {f"{file.name}, {part}": some for part, some in by_source(results).items()}
    for name, results in measured.items():
        text = "\n".join([f"== {name}", *report(results, show_errors=options.errors), ""])
        sys.stdout.write(text + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
