"""The handover's steps in the CRM: ticked by hand, or done by the bot and read back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from retention.domain.case_record import CaseAction
from retention.domain.errors import IllegalTransition
from retention.domain.events import (
    CaseOpened,
    CaseStatus,
    CrmChangeKind,
    CrmHeard,
    Event,
    HandoverRefused,
    HandoverStep,
    StepDrifted,
    StepsConfirmed,
    StepsTicked,
)
from retention.domain.people import THE_CRM, Actor
from retention.domain.renumbering import Renumbering

REPAIRED_FOR = timedelta(hours=24)
"""How long after the handover a change in the CRM is set back, once for each step."""
NO_SUCH_CASE = "NO_SUCH_CASE"
"""The code of a HandoverRefused whose Caso the CRM does not know; any other is the CRM's own."""
CASE_GONE = "CASE_GONE"
"""The code of a refusal: the Caso was deleted. `said` is the number of the one that was kept."""
_STEP_OF: Mapping[CrmChangeKind, HandoverStep] = {
    CrmChangeKind.OWNER: HandoverStep.QUEUE,
    CrmChangeKind.STATUS: HandoverStep.STATUS,
    CrmChangeKind.PRIORITY: HandoverStep.PRIORITY,
}


class Handover(Renumbering):
    __slots__ = ()

    @property
    def in_crm(self) -> bool:
        """Tell whether the bot does the steps in the CRM by itself."""
        opened = self.last(CaseOpened)
        return opened is not None and opened.in_crm

    @property
    def handed_over_at(self) -> datetime | None:
        """When the Adm/Fin was asked to act; None while the RC still treats the case."""
        return next((event.at for event in self._round if event.is_handover), None)

    @property
    def handover_asked(self) -> Event | None:
        """The event for which the steps are done in the Caso the case has now.

        None: the case was never handed over.
        """
        latest = next((event for event in reversed(self.history) if event.is_handover), None)
        is_former = latest is not None and self.concerns_former_caso(latest.version)
        return self.number_corrected if is_former else latest

    @property
    def last_reading(self) -> StepsConfirmed | None:
        """What the CRM answered last about the steps in the Caso the case has now."""
        readings = (e for e in reversed(self._round_of_this_caso) if isinstance(e, StepsConfirmed))
        return next(readings, None)

    @property
    def ticks(self) -> Mapping[HandoverStep, StepsTicked | StepsConfirmed]:
        """The steps that are done, each with the event that says who and when."""
        found: dict[HandoverStep, StepsTicked | StepsConfirmed] = {}
        for event in self._round_of_this_caso if self.in_crm else self.history:
            match event:
                case StepsTicked() | StepsConfirmed():
                    found |= dict.fromkeys(event.steps, event)
                case StepDrifted():
                    found.pop(event.step, None)
                case _:
                    pass
        return found

    @property
    def changed_since(self) -> Mapping[HandoverStep, CrmHeard]:
        """What the CRM holds instead of a step that was done, as far as it was heard."""
        found: dict[HandoverStep, CrmHeard] = {}
        for event in self._round_of_this_caso:
            if isinstance(event, CrmHeard) and event.kind in _STEP_OF:
                found[_STEP_OF[event.kind]] = event
            elif isinstance(event, StepsConfirmed):
                found = {step: heard for step, heard in found.items() if step not in event.steps}
        return {step: heard for step, heard in found.items() if step in self.ticks}

    @property
    def handover_refusal(self) -> HandoverRefused | None:
        """Why the CRM refuses the handover, until it does not."""
        answers = (
            event
            for event in reversed(self._round_of_this_caso)
            if isinstance(event, HandoverRefused | StepsConfirmed)
        )
        last = next(answers, None)
        return last if isinstance(last, HandoverRefused) else None

    @property
    def told_by_crm(self) -> CrmHeard | HandoverRefused | None:
        """What the CRM told last that a lead must see to, as long as it holds.

        Somebody closed the Caso there, or the CRM refuses the handover.
        """
        ends = (
            event
            for event in reversed(self.history)
            if isinstance(event, CrmHeard)
            and event.kind in {CrmChangeKind.CLOSED, CrmChangeKind.STATUS}
            and not self.concerns_former_caso(event.version)
        )
        heard = next(ends, None)
        closed = heard if heard and heard.kind is CrmChangeKind.CLOSED else None
        told = (event for event in (closed, self.handover_refusal) if event is not None)
        return max(told, key=lambda event: event.version, default=None)

    def tick(self, *, by: Actor, at: datetime, steps: Iterable[HandoverStep]) -> None:
        """Mark handover steps as done in the CRM; steps already done keep their first name.

        Raises:
            IllegalTransition: the case is not handed over yet.
        """
        if self.status is CaseStatus.IN_TREATMENT:
            raise IllegalTransition(self.status, CaseAction.TICK)
        wanted = set(steps) - self.ticks.keys()
        if wanted:
            new = tuple(step for step in HandoverStep if step in wanted)
            self._record(StepsTicked(**self._stamp(by, at), steps=new))

    def confirm_steps(
        self,
        *,
        at: datetime,
        found: Mapping[HandoverStep, str],
        lacking: Mapping[HandoverStep, str],
    ) -> None:
        """Keep what the CRM answered about each step; the same answer again is no news."""
        new = {step: held for step, held in found.items() if step not in self.ticks}
        last = self.last_reading
        known = dict(zip(last.lacking, last.why, strict=True)) if last else {}
        if new or self.handover_refusal or dict(lacking) != known:
            self._record(
                StepsConfirmed(
                    **self._stamp(THE_CRM, at),
                    steps=tuple(new),
                    found=tuple(new.values()),
                    lacking=tuple(lacking),
                    why=tuple(lacking.values()),
                )
            )

    def note_drift(
        self, *, at: datetime, found: Mapping[HandoverStep, tuple[str, str]]
    ) -> frozenset[HandoverStep]:
        """Keep that steps just made do not hold; gives those that are ours to set back.

        `found` says for each what the CRM holds instead, and who changed it.
        """
        ours = frozenset(found) - self._drifted
        for step in HandoverStep:
            if step in ours:
                held, who = found[step]
                self._record(
                    StepDrifted(**self._stamp(THE_CRM, at), step=step, found=held, changed_by=who)
                )
        return ours

    def refuse_handover(self, *, at: datetime, code: str, said: str) -> None:
        """Keep that the CRM refuses; the same refusal again is no news."""
        last = self.handover_refusal
        if last is None or (last.code, last.said) != (code, said):
            self._record(HandoverRefused(**self._stamp(THE_CRM, at), code=code, said=said))

    def hear(
        self,
        *,
        at: datetime,
        kind: CrmChangeKind,
        who: str,
        text: str,
        was: str,
        happened_at: datetime,
    ) -> None:
        """Take note of what somebody did to the Caso in the CRM.

        What undoes a step of the handover within a day is a drift, once for each step; only whose
        Caso it is may change as soon as somebody has claimed the case.
        """
        step = _STEP_OF.get(kind)
        if step is not None and self._holds(step, at):
            self._record(
                StepDrifted(**self._stamp(THE_CRM, at), step=step, found=text, changed_by=who)
            )
            return
        self._record(
            CrmHeard(
                **self._stamp(THE_CRM, at),
                kind=kind,
                who=who,
                text=text,
                was=was,
                happened_at=happened_at,
            )
        )

    def _holds(self, step: HandoverStep, at: datetime) -> bool:
        """Tell whether a step is ours to set back."""
        done = self.ticks.get(step)
        is_theirs = step is HandoverStep.QUEUE and self.status is not CaseStatus.AWAITING_ADMFIN
        return (
            self.status.is_open
            and not is_theirs
            and isinstance(done, StepsConfirmed)
            and at - done.at <= REPAIRED_FOR
            and step not in self._drifted
        )

    @property
    def _drifted(self) -> frozenset[HandoverStep]:
        """The steps that were set back already: each is once."""
        drifts = (event for event in self._round_of_this_caso if isinstance(event, StepDrifted))
        return frozenset(event.step for event in drifts)
