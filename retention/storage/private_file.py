"""A file that only its owner may read, and that is there whole or not at all."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

_OF_SQLITE: Final = ("-journal", "-wal", "-shm")
"""What SQLite keeps beside a file while it writes it, and leaves there when it is cut off."""


@contextmanager
def new_file_for(target: Path, *, replaces: bool = False) -> Iterator[Path]:
    """Give a private file beside the target that takes its place in one step, or vanishes.

    Raises:
        FileExistsError: the target is there already, and is not to be replaced.
    """
    if target.exists() and not replaces:
        raise FileExistsError(errno.EEXIST, "exists already", str(target))
    new = target.with_name(f"{target.name}.partial")
    _remove(new)
    new.touch(mode=0o600)
    try:
        yield new
        _sync(new)
        new.replace(target)
        _sync(target.parent)
    finally:
        _remove(new)


def _remove(new: Path) -> None:
    for ending in ("", *_OF_SQLITE):
        new.with_name(f"{new.name}{ending}").unlink(missing_ok=True)


def _sync(path: Path) -> None:
    """Make what was written to a file, or a folder, survive a power cut."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
