"""How much of the calls that the CRM allows in a day is left, and what it is left for."""

from __future__ import annotations

from retention.services.ports.crm import Crm

_NEARLY_USED_UP = 0.8
_KEPT_FOR_WRITES = 0.95


def is_nearly_used_up(crm: Crm) -> bool:
    """Tell whether the CRM is to be read more rarely."""
    return (crm.usage_share or 0.0) >= _NEARLY_USED_UP


def is_kept_for_writes(crm: Crm) -> bool:
    """Tell whether what is left is for the writes alone."""
    return (crm.usage_share or 0.0) >= _KEPT_FOR_WRITES
