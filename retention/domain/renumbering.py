"""A chapter of the case: a mistyped Caso number is put right while the case is open.

Thread, clock and everything said stay. Whatever the CRM was made to hold, or told, belongs to the
Caso of before: from here on only what concerns the right one counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from retention.domain.case_record import CaseAction, CaseRecord
from retention.domain.errors import NotAllowed, NothingChanges
from retention.domain.events import CaseNumberCorrected, Event
from retention.domain.people import Actor, Role

_MAY_CORRECT = frozenset({Role.RC_LEAD, Role.ADMFIN_LEAD})


class Renumbering(CaseRecord):
    __slots__ = ()

    @property
    def number_corrected(self) -> CaseNumberCorrected | None:
        """The correction that gave the case the Caso it has; None: it has its first one."""
        return self.last(CaseNumberCorrected)

    def concerns_former_caso(self, version: int) -> bool:
        """Tell whether an event happened while the case had another Caso than now."""
        corrected = self.number_corrected
        return corrected is not None and version < corrected.version

    def correct_number(
        self, *, by: Actor, at: datetime, crm_case_number: str, seen: int | None = None
    ) -> None:
        """Give the case the right Caso. The same correction again changes nothing.

        `seen` is the version of the case that the form showed.

        Raises:
            NotAllowed: the actor is neither the author nor a lead.
            IllegalTransition: the case has ended.
            NothingChanges: it is this Caso already.
            OutdatedForm: the number was corrected since.
        """
        self.check_correct_number(by)
        before = self.facts.crm_case_number
        if crm_case_number == before:
            last = self.number_corrected
            if last is not None and last.by.id == by.id:
                return
            raise NothingChanges
        self._check_unmoved(seen, CaseNumberCorrected)
        self._record(
            CaseNumberCorrected(
                **self._stamp(by, at), number_before=before, number_after=crm_case_number
            )
        )
        self.facts = replace(self.facts, crm_case_number=crm_case_number)

    def check_correct_number(self, by: Actor) -> bool:
        """Judge whether the actor may correct the number; never done already.

        Raises:
            NotAllowed, IllegalTransition: as in `correct_number`.
        """
        if by.id != self.opened_by.id and not by.has_any(_MAY_CORRECT):
            raise NotAllowed(CaseAction.CORRECT_NUMBER, _MAY_CORRECT, self.opened_by)
        self._check_open(CaseAction.CORRECT_NUMBER)
        return False

    @property
    def _round_of_this_caso(self) -> Sequence[Event]:
        """The events of the round since the case has the Caso it has."""
        corrected = self.number_corrected
        since = corrected.version if corrected else 0
        return [event for event in self._round if event.version > since]
