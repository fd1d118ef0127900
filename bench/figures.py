"""What was measured, round by round, and what it comes to: ratios are taken within a round."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Spread:
    """The least, the middle and the greatest of what the rounds gave."""

    least: float
    middle: float
    greatest: float

    @classmethod
    def of(cls, values: Iterable[float]) -> Spread | None:
        """Spread values; None when there are none."""
        found = list(values)
        return cls(min(found), median(found), max(found)) if found else None

    def inverse(self) -> Spread:
        """Turn ratios around: the greatest is the least then."""
        return Spread(1 / self.greatest, 1 / self.middle, 1 / self.least)

    def __str__(self) -> str:
        return f"{short(self.least)} / **{short(self.middle)}** / {short(self.greatest)}"


def short(value: float) -> str:
    """Write a figure with three digits that count."""
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"  # noqa: PLR2004 - three digits


class Figures:
    """One number for each mode, bot, row and metric of each round.

    Modes are `open` and `auth`; bots `B`, `F` and `ours`.
    """

    def __init__(self) -> None:
        self._found: dict[tuple[str, str, str, str], dict[int, float]] = defaultdict(dict)
        self.round = 0

    def add(self, mode: str, bot: str, row: str, **metrics: float) -> None:
        """Note what the present round gave."""
        for metric, value in metrics.items():
            self._found[mode, bot, row, metric][self.round] = value

    def values(self, mode: str, bot: str, row: str, metric: str) -> Sequence[float]:
        """Give what the rounds gave; empty for what was not measured."""
        return list(self._by_round(mode, bot, row, metric).values())

    def spread(self, mode: str, bot: str, row: str, metric: str) -> Spread | None:
        return Spread.of(self.values(mode, bot, row, metric))

    def ratio(
        self, mode: str, row: str, metric: str, *, to: tuple[str, str], of: str = "ours"
    ) -> Spread | None:
        """Divide a row by one of another bot, each round by itself; None if either is missing."""
        own = self._by_round(mode, of, row, metric)
        others = self._by_round(mode, *to, metric)
        return Spread.of(own[each] / others[each] for each in own.keys() & others.keys())

    def rows(self) -> list[tuple[str, str, str]]:
        """Name what was measured, in order: mode, bot, row."""
        return list(dict.fromkeys(key[:3] for key in self._found))

    def metrics_of(self, bot: str, *, beside: Collection[str]) -> list[tuple[str, str, str]]:
        """Name mode, row and metric of all else that was measured of a bot.

        `beside` names the rows that are left out, and the metrics whose rows are.
        """
        shown = {key[:3] for key in self._found if key[3] in beside}
        return [
            (mode, row, metric)
            for mode, name, row, metric in self._found
            if name == bot and row not in beside and (mode, name, row) not in shown
        ]

    def _by_round(self, mode: str, bot: str, row: str, metric: str) -> dict[int, float]:
        return self._found.get((mode, bot, row, metric), {})
