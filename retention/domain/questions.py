"""A chapter of the case: its owner asks somebody for something, by a moment, and waits.

One question at a time. Whoever of the team knows may answer it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from retention.domain.case_record import CaseAction
from retention.domain.desk_events import InfoAnswered, InfoAsked, InfoWithdrawn
from retention.domain.errors import AlreadyDone, IllegalTransition, OutdatedForm
from retention.domain.events import CaseStatus
from retention.domain.ownership import Ownership
from retention.domain.people import Actor, PersonRef
from retention.domain.reclassification import Reclassification


class Questions(Ownership, Reclassification):
    __slots__ = ()

    @property
    def question(self) -> InfoAsked | None:
        """What somebody was asked, while the case waits for it."""
        return self.last(InfoAsked) if self.status is CaseStatus.AWAITING_INFO else None

    @property
    def settled(self) -> InfoAnswered | InfoWithdrawn | None:
        """What ended the newest question."""
        for event in reversed(self.history):
            if isinstance(event, InfoAsked):
                return None
            if isinstance(event, InfoAnswered | InfoWithdrawn):
                return event
        return None

    def ask(
        self,
        *,
        by: Actor,
        at: datetime,
        person: PersonRef,
        what: str,
        until: datetime,
        seen: int | None = None,
    ) -> None:
        """Ask somebody for something; the same form again changes nothing.

        `seen` is the version of the case that the form showed.

        Raises:
            NotAllowed: the actor neither has the case nor leads the Adm/Fin.
            AlreadyDone: somebody else waits for an answer already.
            AnsweredOtherwise: the actor does, to another question.
            IllegalTransition: nobody has the case, or the customer has decided.
        """
        given: dict[str, Any] = {"person": person, "what": what, "until": until}
        if self._was_given(InfoAsked, by, given, seen=seen):
            return
        if self.check_ask(by):
            self._answered_before(CaseAction.ASK, self.question, given)
            return
        self._record(InfoAsked(**self._stamp(by, at, to=CaseStatus.AWAITING_INFO), **given))

    def check_ask(self, by: Actor) -> bool:
        """Judge whether the actor may ask; True when they wait for an answer already.

        Raises:
            NotAllowed, AlreadyDone, IllegalTransition: as in `ask`.
        """
        self._check_has_it(by, CaseAction.ASK)
        if self._done_before(CaseAction.ASK, self.question, by):
            return True
        self._check_move(CaseStatus.AWAITING_INFO)
        return False

    def answer_question(
        self, *, by: Actor, at: datetime, text: str, seen: int | None = None
    ) -> None:
        """Answer what was asked, whoever was; the same form again changes nothing.

        `seen` is the version of the case that the form showed.

        Raises:
            AlreadyDone: it was answered, or is not needed any more.
            OutdatedForm: something else is asked by now.
            IllegalTransition: nothing is asked.
        """
        if self._was_given(InfoAnswered, by, {"text": text}, seen=seen):
            return
        self.check_answer_question(by)
        question = self.question
        if question is None or (seen is not None and question.version > seen):
            raise OutdatedForm
        stamp = self._stamp(by, at, to=CaseStatus.WITH_ADMFIN)
        self._record(InfoAnswered(**stamp, asker=question.by, text=text))
        self._heed_if_technical(by, at, text)

    def check_answer_question(self, by: Actor) -> bool:  # noqa: ARG002 - judged like the other actions
        """Judge whether there is something to answer: anybody may. Never done already.

        Raises:
            AlreadyDone, IllegalTransition: as in `answer_question`.
        """
        if self.question is None:
            settled = self.settled
            if settled is None or not self.status.is_open:
                raise IllegalTransition(self.status, CaseAction.ANSWER_QUESTION)
            raise AlreadyDone(CaseAction.ANSWER_QUESTION, settled.by, settled.at)
        return False

    def withdraw_question(self, *, by: Actor, at: datetime) -> None:
        """Say that the answer is not needed any more.

        Raises:
            NotAllowed: the actor neither asked, nor has the case, nor leads the Adm/Fin.
            AlreadyDone: somebody else has ended it. A repeat by the same person changes nothing.
            IllegalTransition: nothing is asked.
        """
        question = self.question
        if question is None:
            if not self._done_before(CaseAction.WITHDRAW, self.settled, by):
                raise IllegalTransition(self.status, CaseAction.WITHDRAW)
            return
        if by.id != question.by.id:
            self._check_has_it(by, CaseAction.WITHDRAW)
        stamp = self._stamp(by, at, to=CaseStatus.WITH_ADMFIN)
        self._record(InfoWithdrawn(**stamp, person=question.person))
