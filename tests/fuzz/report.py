"""What a run did and found, as tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from tests.fuzz.fuzz import Report

_SHOWN_FAULTS = 25
_LONGEST_BODY = 1500


def table(report: Report) -> str:
    return "\n".join(_lines(report))


def _lines(report: Report) -> Iterator[str]:
    plan = report.plan
    rate = report.posted / report.seconds
    yield f"{plan.kind}, seed {plan.seed}: {report.posted:,} requests in {report.seconds:.0f} s"
    yield f"({rate:.0f} a second), {report.cards:,} cards shown, {report.cases:,} cases registered"
    yield f"slowest answer: {report.slowest[0] * 1000:.0f} ms, to {report.slowest[1]}"
    yield from _counted(
        "request and answer", {" → ".join(k): n for k, n in report.outcomes.items()}
    )
    yield from _counted("mutation", report.mutations)
    yield from _counted("log", report.events)
    if report.memory:
        samples = " ".join(f"{mib:.0f}" for mib in report.memory)
        yield f"\nmemory (MiB): {samples}; second half: {report.growth_mib:+.1f}"
    yield f"\nbroken laws: {len(report.faults)}"
    yield from faults(report)


def faults(report: Report) -> Iterator[str]:
    """Show each broken law once, with the request that broke it first."""
    found = Counter(_kind(fault.law) for fault in report.faults)
    shown: set[str] = set()
    for fault in report.faults:
        kind = _kind(fault.law)
        if kind in shown or len(shown) >= _SHOWN_FAULTS:
            continue
        shown.add(kind)
        shot = fault.shot
        yield f"\n{found[kind]} × {fault.law}"
        yield f"  request {fault.number}: {shot.origin}, {', '.join(shot.mutations) or 'unharmed'}"
        yield f"  {shot.body[:_LONGEST_BODY]!r}"


def _kind(law: str) -> str:
    return law[-120:] if law.startswith("log:") else law[:50]


def _counted(title: str, counts: Counter[str] | dict[str, int]) -> Iterator[str]:
    yield f"\n| {title} | times |\n|---|---:|"
    for name, times in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        yield f"| {name} | {times:,} |"
