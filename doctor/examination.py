"""Ask everything at once; whatever hangs or breaks is a finding, never an error."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final

from doctor.checks import BROKEN, CHECKS, SILENT, Check, Finding

_PATIENCE_SECONDS: Final = 10.0
_ORDER: Final = {check.name: place for place, check in enumerate(CHECKS)}


@dataclass(frozen=True, slots=True)
class Question:
    """Who is asked about a check; `ask` may tell of more than this one."""

    check: Check
    ask: Callable[[], Awaitable[Finding | Sequence[Finding]]]
    patience_seconds: float = _PATIENCE_SECONDS


async def examine(questions: Sequence[Question]) -> list[Finding]:
    """Ask them all at once; the findings stand in the order of `CHECKS`."""
    answers = await asyncio.gather(*(_ask(question) for question in questions))
    found = [finding for answer in answers for finding in answer]
    return sorted(found, key=lambda finding: _ORDER[finding.check])


async def _ask(question: Question) -> Sequence[Finding]:
    try:
        async with asyncio.timeout(question.patience_seconds):
            answer = await question.ask()
    except TimeoutError:
        seconds = round(question.patience_seconds)
        return [question.check.found(SILENT, seconds=seconds)]
    except Exception as error:  # noqa: BLE001 - whatever broke, the operator gets an answer
        return [question.check.found(BROKEN, error=type(error).__name__)]
    return [answer] if isinstance(answer, Finding) else answer
