"""Build the classifier from its two files: the lexicon and the learnt weights."""

from __future__ import annotations

from array import array
from hashlib import sha256
from pathlib import Path
from typing import Annotated, TypeAlias

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from config.lexicon import DEFAULT_PATH as LEXICON_PATH
from config.lexicon import load_lexicon
from retention.domain.classification import Classifier
from retention.domain.classification_model import HEAVIEST, Head, Weights

WEIGHTS_PATH = Path(__file__).with_name("classifier_weights.jsonl")
_DIGEST_LENGTH = 16
_Weight: TypeAlias = Annotated[int, Field(ge=-HEAVIEST, le=HEAVIEST)]


def _compact(row: tuple[int, ...]) -> array[int]:
    return array("h", row)


_Row: TypeAlias = Annotated[tuple[_Weight, ...], AfterValidator(_compact)]
_FEATURE = TypeAdapter(tuple[str, _Row])
"""Read line by line and kept compact: as objects, the file would take more than the classifier."""


class BadWeights(ValueError):
    """The weights file cannot be used; the message names the file."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"{path}: {why} (`make train` writes it anew)")
        self.path = path


class WeightsHead(BaseModel):
    """The first line of the weights file; each other line is a feature and its row of numbers."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    trained_on: dict[str, str]
    """By file: the SHA-256 of what the weights were learnt from."""
    labels: dict[Head, tuple[str, ...]]
    biases: tuple[int, ...]


def load_weights(path: Path = WEIGHTS_PATH) -> Weights:
    """Return the weights of a file of JSON lines.

    Raises:
        BadWeights: the file is missing, is not JSON, or has another shape.
    """
    try:
        with path.open("rb") as lines:
            head = WeightsHead.model_validate_json(next(lines, b""))
            features = dict(map(_FEATURE.validate_json, lines))
    except (OSError, ValidationError) as error:
        raise BadWeights(path, str(error)) from error
    columns = sum(map(len, head.labels.values()))
    for name, row in {"biases": head.biases, **features}.items():
        if len(row) != columns:
            raise BadWeights(path, f"{name!r} has {len(row)} numbers for {columns} labels")
    return Weights(head.labels, head.biases, features)


def load_classifier(lexicon: Path = LEXICON_PATH, weights: Path = WEIGHTS_PATH) -> Classifier:
    """Return the classifier of the two files.

    Raises:
        BadFile: the lexicon cannot be used.
        BadWeights: the weights cannot be used.
    """
    words, learnt = load_lexicon(lexicon), load_weights(weights)
    return Classifier(words, learnt, name=digest(lexicon, weights))


def digest(*files: Path) -> str:
    """Return a short digest of what the files hold, to tell one classifier from another."""
    whole = sha256(b"".join(sha256(file.read_bytes()).digest() for file in files))
    return whole.hexdigest()[:_DIGEST_LENGTH]
