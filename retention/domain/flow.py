"""The three ways of the process document, step by step, and where a case stands on its own."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from retention.domain.cancellation import CancellationPath
from retention.domain.case import Case
from retention.domain.events import HandoverStep, TreatmentStep


class FlowStep(StrEnum):
    LISTEN = "listen"
    ACT = "act"
    HAND_OVER = "hand_over"
    CONCLUDE = "conclude"


class Progress(StrEnum):
    DONE = "done"
    NOW = "now"
    LATER = "later"
    OPEN = "open"
    """The case has ended without it."""


FLOWS: Mapping[CancellationPath, tuple[FlowStep, ...]] = {
    CancellationPath.TECHNICAL_OPEN: tuple(FlowStep),
    CancellationPath.TECHNICAL_BLOCKED: (FlowStep.LISTEN, FlowStep.HAND_OVER, FlowStep.CONCLUDE),
    CancellationPath.NON_TECHNICAL: (FlowStep.LISTEN, FlowStep.HAND_OVER, FlowStep.CONCLUDE),
}


def step_now(case: Case) -> FlowStep | None:
    """Tell which step of its path is next for whoever has the case; None: it has ended.

    Whoever has claimed it concludes it, whatever else is still to be done.
    """
    if case.outcome is not None:
        return None
    return FlowStep.CONCLUDE if case.status.is_owned else _first_undone(case)


def progress(case: Case) -> Mapping[FlowStep, Progress]:
    """Tell of each step of the case's path how far it is: done when its fact is recorded."""
    due = {step_now(case), _first_undone(case)} if case.outcome is None else set()
    undone = Progress.LATER if case.outcome is None else Progress.OPEN
    return {
        step: Progress.DONE if _is_done(step, case) else Progress.NOW if step in due else undone
        for step in FLOWS[case.judgement.path]
    }


def _first_undone(case: Case) -> FlowStep:
    return next(step for step in FLOWS[case.judgement.path] if not _is_done(step, case))


def _is_done(step: FlowStep, case: Case) -> bool:
    """Tell whether the fact of a step is recorded.

    On path 1 whoever plans has listened, and an answer ends the RC's part.
    """
    is_path_1 = case.judgement.path is CancellationPath.TECHNICAL_OPEN
    match step:
        case FlowStep.LISTEN:
            return not is_path_1 or _is_treated(TreatmentStep.LISTEN, case) or case.plan is not None
        case FlowStep.ACT:
            return _is_treated(TreatmentStep.ACT, case)
        case FlowStep.HAND_OVER:
            return case.handed_over_at is not None and len(case.ticks) == len(HandoverStep)
        case FlowStep.CONCLUDE:
            return case.outcome is not None


def _is_treated(step: TreatmentStep, case: Case) -> bool:
    return step in case.treatment or case.answer is not None
