"""What must hold. A figure that was not measured passes no gate and fails none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bench.figures import Figures, short

Measure = Callable[[Figures], float | None]
_B_FEW, _B_MANY, _F_FAR = ("B", "turn c=16"), ("B", "turn c=64"), ("F", "far turn c=64")


@dataclass(frozen=True, slots=True)
class Gate:
    """A law of the bench: the figure may be at most the limit; the goal is where it should get."""

    name: str
    limit: float
    measure: Measure
    unit: str = ""
    goal: float | None = None

    def verdict(self, figures: Figures) -> Verdict | None:
        """Judge; None when the figure was not measured."""
        found = self.measure(figures)
        return None if found is None else Verdict(self, found)


@dataclass(frozen=True, slots=True)
class Verdict:
    gate: Gate
    figure: float

    @property
    def holds(self) -> bool:
        return self.figure <= self.gate.limit

    def __str__(self) -> str:
        gate = self.gate
        goal = f", goal {short(gate.goal)}{gate.unit}" if gate.goal is not None else ""
        limit = f"at most {short(gate.limit)}{gate.unit}{goal}"
        word = "PASS" if self.holds else "FAIL"
        return f"{word}  {gate.name}: {short(self.figure)}{gate.unit} ({limit})"


def _ratio(mode: str, row: str, metric: str, to: tuple[str, str]) -> Measure:
    def measure(figures: Figures) -> float | None:
        found = figures.ratio(mode, row, metric, to=to)
        return None if found is None else found.middle

    return measure


def _middle(mode: str, row: str, metric: str) -> Measure:
    def measure(figures: Figures) -> float | None:
        found = figures.spread(mode, "ours", row, metric)
        return None if found is None else found.middle

    return measure


def _worst(mode: str, row: str, metric: str) -> Measure:
    def measure(figures: Figures) -> float | None:
        return max(figures.values(mode, "ours", row, metric), default=None)

    return measure


def _cpu(name: str, row: str, share: int, goal: int | None = None) -> Gate:
    """Compare CPU per turn with that of B, with authentication."""
    return Gate(
        f"CPU of {name}, with auth, over B's turn (B/{share})",
        1 / share,
        _ratio("auth", row, "cpu_ms", _B_FEW),
        goal=1 / goal if goal else None,
    )


GATES: Sequence[Gate] = (
    _cpu("a registration, to its answer", "register c=16", 12, goal=20),
    _cpu("a registration, all effects delivered", "delivered", 3, goal=8),
    _cpu("help", "help c=16", 150),
    Gate("effects of a registration", 3, _worst("auth", "delivered", "effects")),
    Gate("far p50 of help over F", 1.3, _ratio("auth", "far help c=64", "p50_ms", _F_FAR)),
    Gate(
        "far p50 of a registration over F", 3, _ratio("auth", "far register c=64", "p50_ms", _F_FAR)
    ),
    Gate(
        "64 at once, Connector takes 1 s: the last",
        1300,
        _middle("auth", "slow form c=64", "max_ms"),
        " ms",
    ),
    Gate("token calls of one process", 1, _worst("auth", "tokens", "calls")),
    Gate("cold start over B's", 3, _ratio("auth", "cold", "seconds", ("B", "cold"))),
    Gate("peak memory over B's", 0.5, _ratio("auth", "peak", "rss", ("B", "peak"))),
    Gate("1M over 1k cases: the worst turn", 1.1, _worst("growth", "turns", "ratio")),
    Gate("1M over 1k cases: the worst list or count", 1.5, _worst("growth", "queries", "ratio")),
    Gate(
        "stall of the loop, engine idle: the longest",
        20,
        _worst("loop", "idle loop", "max_ms"),
        " ms",
    ),
    Gate("stall of the loop, draining: p99", 20, _worst("loop", "draining loop", "p99_ms"), " ms"),
    Gate(
        "stall of the loop, draining: the longest",
        150,
        _worst("loop", "draining loop", "max_ms"),
        " ms",
    ),
)
