"""The days that are closed by law in Brazil, as the library `holidays` knows them."""

from __future__ import annotations

from datetime import date
from functools import cache, lru_cache
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType
from typing import Any

_YEARS_REMEMBERED = 32


@lru_cache(maxsize=_YEARS_REMEMBERED)
def public_holidays(state: str | None, year: int) -> frozenset[date]:
    """Return the national holidays of a year, and those of a state (`SP`).

    The first question loads the library, in a tenth of a second: no cold start waits for it.
    """
    return frozenset(_brazil().Brazil(subdiv=state, years=year))


@cache
def _brazil() -> Any:
    """Load one country of the library alone: `holidays.country_holidays` brings 250 along, 7 MiB.

    Raises FileNotFoundError where the library is arranged in another way.
    """
    import holidays  # noqa: PLC0415 - slow to import: as above

    path = Path(holidays.__file__).with_name("countries") / "brazil.py"
    loader = SourceFileLoader("holidays_of_brazil", str(path))
    module = ModuleType(loader.name)
    loader.exec_module(module)
    return module
