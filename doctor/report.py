"""The findings on paper: lines for people, JSON for machines."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any, Final

from doctor.checks import FAILURE, UNASKED, Finding, Level
from doctor.words import tell, words

_WIDTH: Final = 100
_INDENT: Final = "         "
"""As wide as a level and the spaces around it."""


def is_healthy(findings: Iterable[Finding]) -> bool:
    """Tell whether the bot can work so: warnings do not keep it from working."""
    return all(finding.level is not FAILURE for finding in findings)


def as_text(findings: Sequence[Finding]) -> str:
    """Write the report that an operator reads, group by group."""
    lines: list[str] = []
    for group, members in groupby(findings, key=lambda finding: finding.group):
        told = list(members)
        asked = [one for one in told if one.code != UNASKED]
        unasked = [one for one in told if one.code == UNASKED]
        lines += [words().groups[group], *(line for one in asked for line in _lines(one))]
        lines += _lines(*unasked) if unasked else []
        lines.append("")
    return "\n".join([*lines, _summary(findings)])


def _lines(finding: Finding, *alike: Finding) -> list[str]:
    """Write a finding, and under one title those that say the same."""
    told = tell(finding)
    title = ", ".join([told.title, *(tell(one).title for one in alike)])
    lines = _wrapped(f"{title}: {told.said}", first=f"  {finding.level:<5}  ")
    if told.todo:
        lines += _wrapped(f"{words().todo} {told.todo}", first=_INDENT)
    return lines


def _wrapped(text: str, *, first: str) -> list[str]:
    return textwrap.wrap(
        text,
        _WIDTH,
        initial_indent=first,
        subsequent_indent=_INDENT,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _summary(findings: Sequence[Finding]) -> str:
    counts = {level: sum(one.level is level for one in findings) for level in Level}
    return words().summary.format(
        ok=counts[Level.OK], warnings=counts[Level.WARNING], failures=counts[Level.FAILURE]
    )


def as_json(findings: Sequence[Finding]) -> str:
    """Write the report as one JSON object; `check` and `code` never change their names."""
    return json.dumps(
        {"healthy": is_healthy(findings), "findings": [_json(one) for one in findings]},
        ensure_ascii=False,
        indent=2,
    )


def _json(finding: Finding) -> dict[str, Any]:
    told = tell(finding)
    return {
        "group": finding.group,
        "check": finding.check,
        "level": str(finding.level),
        "code": finding.code,
        "title": told.title,
        "said": told.said,
        "todo": told.todo,
        "values": {name: _plain(value) for name, value in finding.values.items()},
    }


def _plain(value: str | int | Sequence[str]) -> Any:
    return value if isinstance(value, str | int) else list(value)
