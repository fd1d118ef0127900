"""A file that is shipped, and what its loader says of it after some replacements."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from config.toml_file import BadFile


class ShippedFile:
    def __init__(self, path: Path, load: Callable[[Path], object]) -> None:
        self._load, self._name = load, path.name
        self.text = path.read_text(encoding="utf-8")
        self.content = tomllib.loads(self.text)

    def line_of(self, part: str) -> int:
        """Tell in which line a part of it begins."""
        return self.text[: self.text.index(part)].count("\n") + 1

    def changed(self, folder: Path, *changes: tuple[str, str]) -> Path:
        """Write it elsewhere with each part, which stands in it once, replaced by another."""
        text = self.text
        for old, new in changes:
            assert text.count(old) == 1, old
            text = text.replace(old, new)
        path = folder / self._name
        path.write_text(text, encoding="utf-8")
        return path

    def problems(self, path: Path) -> Sequence[str]:
        """Tell what its loader refuses in a file."""
        with pytest.raises(BadFile) as refused:
            self._load(path)
        assert str(path) in str(refused.value)
        return refused.value.problems
