"""Use cases of the lead's desk: whose a case is, what it waits for, that the customer leaves."""

from __future__ import annotations

from datetime import datetime

from retention.domain.case import Case, CaseAction, CaseNumber
from retention.domain.errors import CannotOwn
from retention.domain.fast_lane import Attempts
from retention.domain.people import Actor, PersonId, PersonRef
from retention.services.case_changes import CaseChanges


class DeskService(CaseChanges):
    async def claim(self, *, actor: Actor, number: CaseNumber) -> Case:
        """Make the actor the case's owner. Raises NotAllowed, AlreadyDone, IllegalTransition."""
        return await self._change(
            number, CaseAction.CLAIM, actor, lambda case, at: case.claim(by=actor, at=at)
        )

    async def assign(
        self, *, actor: Actor, number: CaseNumber, person: PersonId, seen: int | None = None
    ) -> Case:
        """Give the case to somebody of the Adm/Fin; `seen` is the version its form showed.

        Raises:
            NotAllowed, CannotOwn, AlreadyDone, IllegalTransition.
        """
        to = self._directory.person(person)

        def give(case: Case, at: datetime) -> None:
            if to is None:
                case.check_assign(actor)
                raise CannotOwn
            case.assign(by=actor, at=at, to=to, seen=seen)

        return await self._change(number, CaseAction.ASSIGN, actor, give)

    async def give_back(self, *, actor: Actor, number: CaseNumber, why: str) -> Case:
        """Let the case wait for an owner again.

        Raises:
            NotAllowed, AlreadyDone, IllegalTransition.
        """
        return await self._change(
            number,
            CaseAction.GIVE_BACK,
            actor,
            lambda case, at: case.give_back(by=actor, at=at, why=why),
        )

    async def ask(
        self,
        *,
        actor: Actor,
        number: CaseNumber,
        person: PersonRef,
        what: str,
        until: datetime,
        seen: int | None = None,
    ) -> Case:
        """Ask somebody for something; `seen` is the version of the case its form showed.

        Raises:
            NotAllowed, AlreadyDone, AnsweredOtherwise, IllegalTransition.
        """
        return await self._change(
            number,
            CaseAction.ASK,
            actor,
            lambda case, at: case.ask(
                by=actor, at=at, person=person, what=what, until=until, seen=seen
            ),
        )

    async def answer_question(
        self, *, actor: Actor, number: CaseNumber, text: str, seen: int | None = None
    ) -> Case:
        """Answer what was asked; `seen` is the version of the case its form showed.

        Raises:
            AlreadyDone, OutdatedForm, IllegalTransition.
        """
        return await self._change(
            number,
            CaseAction.ANSWER_QUESTION,
            actor,
            lambda case, at: case.answer_question(by=actor, at=at, text=text, seen=seen),
        )

    async def withdraw_question(self, *, actor: Actor, number: CaseNumber) -> Case:
        """Do without the answer. Raises NotAllowed, AlreadyDone, IllegalTransition."""
        return await self._change(
            number,
            CaseAction.WITHDRAW,
            actor,
            lambda case, at: case.withdraw_question(by=actor, at=at),
        )

    async def customer_decided(self, *, actor: Actor, number: CaseNumber, said: str) -> Case:
        """Take the fast lane: no more offers.

        Raises:
            NotAllowed, AlreadyDone, AnsweredOtherwise, IllegalTransition.
        """
        return await self._change(
            number,
            CaseAction.DECIDE,
            actor,
            lambda case, at: case.customer_decided(by=actor, at=at, said=said),
        )

    async def end_attempts(
        self, *, actor: Actor, number: CaseNumber, attempts: Attempts, seen: int | None = None
    ) -> Case:
        """Keep how it was tried to reach the customer; it ends nothing by itself.

        Raises:
            NotAllowed, IllegalTransition, OutdatedForm.
        """
        return await self._change(
            number,
            CaseAction.END_ATTEMPTS,
            actor,
            lambda case, at: case.end_attempts(by=actor, at=at, attempts=attempts, seen=seen),
        )
