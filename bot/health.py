"""Is the bot ready? Asked from outside, by a balancer or an operator."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

_PATIENCE_SECONDS = 2.0

Probe = Callable[[], Awaitable[str]]
"""Look at one thing: returns what was found, raises when the bot cannot work so."""


class NotReady(Exception):
    """A probe found what keeps the bot from working; the message says what."""


@dataclass(frozen=True, slots=True)
class Finding:
    ok: bool
    note: str


async def look(probes: Mapping[str, Probe]) -> dict[str, Finding]:
    """Run every probe at once; one that hangs or fails is a finding, never an error."""
    findings = await asyncio.gather(*(_ask(probe) for probe in probes.values()))
    return dict(zip(probes, findings, strict=True))


async def _ask(probe: Probe) -> Finding:
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            return Finding(ok=True, note=await probe())
    except NotReady as error:
        return Finding(ok=False, note=str(error))
    except TimeoutError:
        return Finding(ok=False, note="no answer in time")
    except Exception as error:  # noqa: BLE001 - whatever broke, the question gets its answer
        return Finding(ok=False, note=type(error).__name__)
