"""The numbers of a drill as a table, and which laws it broke."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from tests.drill.drill import Result
from tests.drill.points import POINTS

MOST_DUPLICATES = 0.005
"""Of all effects, in a drill long enough to say so."""
_LONG_ENOUGH_KILLS = 200
"""A short drill forces a duplicate at every tenth kill: its share says nothing."""


def broken_laws(result: Result) -> list[str]:
    """Say which laws were broken; empty when none was."""
    found = result.findings
    laws = list(found.broken)
    if sum(result.kills.values()) < result.plan.kills:
        laws.append(f"only {sum(result.kills.values())} kills of {result.plan.kills}")
    if result.plan.kills >= _LONG_ENOUGH_KILLS and _share(result) >= MOST_DUPLICATES:
        laws.append(f"{_share(result):.2%} of all effects are duplicates")
    return laws


def table(result: Result) -> str:
    """Write everything a reader judges a drill by."""
    found, plan = result.findings, result.plan
    latest = max((seconds for _, seconds in found.late), default=0.0)
    rows: list[tuple[str, object]] = [
        ("kills", sum(result.kills.values())),
        *((f"  {point}", result.kills[point]) for point in POINTS),
        ("starts", result.starts),
        ("database server crashes", result.crashes),
        ("deliveries repeated", result.redelivered),
        ("cases", found.cases),
        ("effects", found.effects),
        ("lost", len(found.lost)),
        ("duplicated, matched", f"{len(found.duplicated)} ({_share(result):.2%} of effects)"),
        ("duplicated, unmatched", len(found.unmatched)),
        ("late", f"{len(found.late)} (the latest by {latest:.0f} s)"),
        ("forms shown again", found.forms_shown_again),
        ("work left after a round", _seconds(result.calm_seconds)),
        ("wall time", f"{result.seconds:.0f} s"),
    ]
    lines = [f"== {plan.kind}, seed {plan.seed} ".ljust(60, "=")]
    lines += [f"{name:<28}{value}" for name, value in rows]
    lines += _most("calls to the Connector", result.calls)
    lines += _most("logged by the bots", result.logged)
    lines += [f"BROKEN: {law}" for law in broken_laws(result)] or ["every law holds"]
    return "\n".join(lines)


def _share(result: Result) -> float:
    return len(result.findings.duplicated) / max(result.findings.effects, 1)


def _seconds(values: Sequence[float]) -> str:
    return ", ".join(f"{value:.1f} s" for value in values) or "-"


def _most(title: str, counted: Counter[str]) -> list[str]:
    return [f"{title}:", *(f"  {times:>6}  {what}" for what, times in counted.most_common(20))]
