"""The three ways of the process document, step by step, and where a case stands on its own."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from retention.domain.cancellation import CancellationPath
from retention.domain.case import Case
from retention.domain.events import CaseStatus


class FlowStep(StrEnum):
    LISTEN = "listen"
    ACT = "act"
    HAND_OVER = "hand_over"
    CONCLUDE = "conclude"


class Progress(StrEnum):
    DONE = "done"
    NOW = "now"
    LATER = "later"


FLOWS: Mapping[CancellationPath, tuple[FlowStep, ...]] = {
    CancellationPath.TECHNICAL_OPEN: tuple(FlowStep),
    CancellationPath.TECHNICAL_BLOCKED: (FlowStep.LISTEN, FlowStep.HAND_OVER, FlowStep.CONCLUDE),
    CancellationPath.NON_TECHNICAL: (FlowStep.LISTEN, FlowStep.HAND_OVER, FlowStep.CONCLUDE),
}
_STEPS_NOW: Mapping[CaseStatus, FlowStep] = {
    CaseStatus.IN_TREATMENT: FlowStep.ACT,
    CaseStatus.AWAITING_ADMFIN: FlowStep.HAND_OVER,
    CaseStatus.WITH_ADMFIN: FlowStep.CONCLUDE,
}


def step_now(case: Case) -> FlowStep | None:
    """Tell at which step of its path a case stands; None when it has ended."""
    return _STEPS_NOW.get(case.status)


def progress(case: Case) -> Mapping[FlowStep, Progress]:
    """Tell of each step of the case's path whether it is done, due now or to come."""
    steps = FLOWS[case.judgement.path]
    now = step_now(case)
    at = steps.index(now) if now else len(steps)
    return {
        step: Progress.NOW if place == at else Progress.DONE if place < at else Progress.LATER
        for place, step in enumerate(steps)
    }
