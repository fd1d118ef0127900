"""Build the classifier from its two files: the lexicon and the learnt weights."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from config.lexicon import DEFAULT_PATH as LEXICON_PATH
from config.lexicon import load_lexicon
from retention.domain.classification import Classifier
from retention.domain.classification_model import Head, Weights

WEIGHTS_PATH = Path(__file__).with_name("classifier_weights.json")
_DIGEST_LENGTH = 16


class BadWeights(ValueError):
    """The weights file cannot be used; the message names the file."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"{path}: {why} (`make train` writes it anew)")
        self.path = path


class WeightsFile(BaseModel):
    """The shape of the weights file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    trained_on: dict[str, str]
    """By file: the SHA-256 of what the weights were learnt from."""
    labels: dict[Head, tuple[str, ...]]
    biases: tuple[int, ...]
    features: dict[str, tuple[int, ...]]

    @model_validator(mode="after")
    def _every_row_has_every_column(self) -> WeightsFile:
        columns = sum(map(len, self.labels.values()))
        for name, row in {"biases": self.biases, **self.features}.items():
            if len(row) != columns:
                raise ValueError(f"{name!r} has {len(row)} numbers for {columns} labels")
        return self


def load_weights(path: Path = WEIGHTS_PATH) -> Weights:
    """Return the weights of a JSON file.

    Raises:
        BadWeights: the file is missing, is not JSON, or has another shape.
    """
    try:
        file = WeightsFile.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise BadWeights(path, str(error)) from error
    return Weights(file.labels, file.biases, file.features)


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
