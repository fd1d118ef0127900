"""The days that are closed by law in Brazil, as the library `holidays` knows them."""

from __future__ import annotations

from datetime import date
from functools import cache, lru_cache
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
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

    Raises ImportError where the library is arranged in another way.
    """
    import holidays  # noqa: PLC0415 - slow to import: as above

    path = Path(holidays.__file__).with_name("countries") / "brazil.py"
    spec = spec_from_file_location("holidays_of_brazil", path)
    if spec is None or spec.loader is None:
        raise ImportError(str(path))
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
