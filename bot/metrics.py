"""What the bot counts, for Prometheus: turns, sends, effects, the CRM. No names, no ids."""

from __future__ import annotations

from functools import cache
from math import nan

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from retention.services.ports.effects import Backlog

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0)


class Metrics:
    """Counters of one process, in a registry of their own."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._turns = Histogram(
            "retencao_turn_seconds",
            "Time from an activity's arrival to its HTTP answer",
            ["type", "status"],
            registry=self._registry,
            buckets=_SECONDS,
        )
        self._sends = Counter(
            "retencao_sends",
            "Calls to the Bot Connector by kind and HTTP status (0: no answer)",
            ["kind", "status"],
            registry=self._registry,
        )
        self._turns_of = cache(self._turns.labels)  # a fraction of what looking one up costs
        self._sends_of = cache(self._sends.labels)
        self._dropped = Counter(
            "retencao_dropped",
            "Activities nobody answered, by why they were none of our business",
            ["why"],
            registry=self._registry,
        )
        self._pending = Gauge(
            "retencao_effects_pending", "Effects that wait or run", registry=self._registry
        )
        self._buried = Gauge(
            "retencao_effects_buried",
            "Effects given up: replay them with a command",
            registry=self._registry,
        )
        self._oldest = Gauge(
            "retencao_effects_oldest_seconds",
            "Age of the oldest effect that waits",
            registry=self._registry,
        )

        self._crm_calls = Histogram(
            "retencao_crm_seconds",
            "Time of a call to the CRM, by what it was for and how it ended",
            ["operation", "outcome"],
            registry=self._registry,
            buckets=_SECONDS,
        )
        self._crm_used = Gauge(
            "retencao_crm_requests_used",
            "Requests of the last 24 hours that the CRM has counted",
            registry=self._registry,
        )
        self._crm_allowed = Gauge(
            "retencao_crm_requests_allowed",
            "Requests that the CRM allows in 24 hours",
            registry=self._registry,
        )

    def turn(self, activity_type: str, status: int, seconds: float) -> None:
        """Count one answered request. Types the bot does not know count as `other`."""
        known = activity_type if activity_type in _TYPES else "other"
        self._turns_of(known, status).observe(seconds)

    def sent(self, kind: str, status: int) -> None:
        """Count one call to the Connector."""
        self._sends_of(kind, status).inc()

    def dropped(self, why: str) -> None:
        """Count one activity that was answered with nothing."""
        self._dropped.labels(why).inc()

    def crm_call(self, operation: str, outcome: str, seconds: float) -> None:
        """Count one call to the CRM."""
        self._crm_calls.labels(operation, outcome).observe(seconds)

    def crm_usage(self, used: int, allowed: int) -> None:
        """Keep what the CRM says of its daily allowance."""
        self._crm_used.set(used)
        self._crm_allowed.set(allowed)

    def render(self, backlog: Backlog | None) -> bytes:
        """Write everything in Prometheus' text format; unknown effects are not a number."""
        self._pending.set(backlog.pending if backlog else nan)
        self._buried.set(backlog.buried if backlog else nan)
        self._oldest.set(backlog.oldest_seconds if backlog else nan)
        return generate_latest(self._registry)


_TYPES = frozenset({"message", "invoke", "conversationUpdate", "installationUpdate"})
