"""The memory of a process that serves for months: few heaps, and garbage looked for seldom."""

from __future__ import annotations

import ctypes
import gc

_M_ARENA_MAX = -8
"""glibc, malloc.h: the parameter of mallopt for how many heaps there may be."""
_HEAPS = 2
_YOUNG_OBJECTS = 5_000
"""How many are made before the young ones are looked through: a few dozen turns, not one."""


def share_heaps() -> None:
    """Let threads share heaps; glibc gives each its own, which keeps what it needed once.

    To be called before there are threads. Other C libraries have no such thing.
    """
    libc = ctypes.CDLL(None)
    if hasattr(libc, "mallopt"):
        libc.mallopt(_M_ARENA_MAX, _HEAPS)


def collect_from_now_on() -> None:
    """Begin to collect garbage, but never in what is there now: it stays as long as the process.

    Full collections over all that start-up built would hold turns up.
    """
    gc.collect()
    gc.freeze()
    gc.enable()
    gc.set_threshold(_YOUNG_OBJECTS, 20, 20)  # a card alone has hundreds of parts
