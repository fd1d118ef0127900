"""A chapter of the case: its end, and the gate that every end goes through.

Process document: documents are asked for when the customer leaves for a reason that is not
technical; which ones a reason needs stands in the playbooks.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from retention.domain.cancellation import CancellationReason
from retention.domain.case_record import CaseAction, CaseRecord
from retention.domain.errors import CannotClose, IllegalTransition, NotAllowed
from retention.domain.events import (
    CaseStatus,
    DocumentsMarked,
    DocumentState,
    ExceptionSeen,
    FeedbackChannel,
    OutcomeKind,
    OutcomeRecorded,
    Requirement,
)
from retention.domain.people import Actor, Role

_MAY_RECORD_OUTCOME = frozenset({Role.ADMFIN_LEAD})
_MAY_OVERRIDE = frozenset({Role.ADMFIN_LEAD, Role.LEADER})
_MAY_SEE_EXCEPTION = frozenset({Role.LEADER})
_MAY_VALIDATE = frozenset({Role.ADMFIN_LEAD, Role.ADMFIN})

_REACHED: Mapping[DocumentState, tuple[DocumentState, ...]] = {
    **{state: (state,) for state in DocumentState},
    DocumentState.VALIDATED: (DocumentState.RECEIVED, DocumentState.VALIDATED),
}
"""What a mark says: who has checked a document has it, whether anybody had asked for it or not."""

_LEAST_LETTERS = 8
_LEAST_WORDS = 2
_WORD = re.compile(r"[^\W\d_]+")

_ALWAYS = frozenset({Requirement.OUTCOME, Requirement.REAL_REASON, Requirement.REAL_REASON_TEXT})
_HEARD = frozenset({Requirement.FEEDBACK_CHANNEL, Requirement.FEEDBACK_RESULT, Requirement.LESSON})
_NEEDED: Mapping[OutcomeKind | None, frozenset[Requirement]] = {
    None: _ALWAYS | _HEARD | {Requirement.DOCUMENTS},
    OutcomeKind.RETAINED: _ALWAYS | _HEARD,
    OutcomeKind.LOST: _ALWAYS | _HEARD | {Requirement.DOCUMENTS},
    OutcomeKind.VOID: _ALWAYS | {Requirement.LESSON},
}
"""What each way of ending needs.

Nobody is asked for feedback on what was no request, and only who leaves has papers to hand in.
"""
NO_CHANNEL = frozenset({None, FeedbackChannel.NO_CONTACT})
"""Even who did not get through has tried by some way; the result says that nobody answered."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the case ended, by the lead; what is not known yet is None or empty."""

    kind: OutcomeKind | None
    real_reason: CancellationReason | None
    real_reason_text: str = ""
    feedback_channel: FeedbackChannel | None = None
    feedback_result: str = ""
    lesson: str = ""


def says_something(text: str) -> bool:
    """Tell whether words may teach or explain anything: neither "." nor "ok" does."""
    words = _WORD.findall(text)
    return len(words) >= _LEAST_WORDS and sum(map(len, words)) >= _LEAST_LETTERS


def missing_to_close(
    outcome: Outcome, *, required: Iterable[str] = (), validated: Collection[str] = ()
) -> tuple[tuple[Requirement, ...], tuple[str, ...]]:
    """Tell everything that is missing to end a case so: the requirements, the documents by name.

    Args:
        outcome: how it is to end.
        required: the documents that its reason needs.
        validated: the documents of the case that were validated.
    """
    papers = tuple(name for name in required if name not in validated)
    other = outcome.real_reason is CancellationReason.OTHER
    unmet = {
        Requirement.OUTCOME: outcome.kind is None,
        Requirement.REAL_REASON: outcome.real_reason is None,
        Requirement.REAL_REASON_TEXT: other and not outcome.real_reason_text.strip(),
        Requirement.FEEDBACK_CHANNEL: outcome.feedback_channel in NO_CHANNEL,
        Requirement.FEEDBACK_RESULT: not _WORD.search(outcome.feedback_result),
        Requirement.LESSON: not says_something(outcome.lesson),
        Requirement.DOCUMENTS: bool(papers),
    }
    needed = _NEEDED[outcome.kind]
    lacking = tuple(each for each, is_unmet in unmet.items() if is_unmet and each in needed)
    return lacking, papers if Requirement.DOCUMENTS in lacking else ()


class Closing(CaseRecord):
    __slots__ = ()

    @property
    def outcome(self) -> OutcomeRecorded | None:
        return self.last(OutcomeRecorded)

    @property
    def documents(self) -> Mapping[str, Mapping[DocumentState, DocumentsMarked]]:
        """By document: the states it has reached, each with the event that says who and when."""
        reached: dict[str, dict[DocumentState, DocumentsMarked]] = {}
        for event in self.history:
            if isinstance(event, DocumentsMarked):
                for name in event.documents:
                    reached.setdefault(name, {}).setdefault(event.state, event)
        return reached

    @property
    def validated(self) -> frozenset[str]:
        """The documents that were validated."""
        states = self.documents.items()
        return frozenset(name for name, state in states if DocumentState.VALIDATED in state)

    def mark_documents(
        self, *, by: Actor, at: datetime, documents: Sequence[str], state: DocumentState
    ) -> None:
        """Note that documents reached a state; what was noted already keeps its first name.

        What is validated counts as received too.

        Raises:
            NotAllowed: only the Adm/Fin validates.
            IllegalTransition: the case has ended.
        """
        if state is DocumentState.VALIDATED and not self.may_validate(by):
            raise NotAllowed(CaseAction.VALIDATE, _MAY_VALIDATE)
        self._check_open(CaseAction.DOCUMENTS)
        known = self.documents
        for each in _REACHED[state]:
            names = dict.fromkeys(documents)
            new = tuple(name for name in names if each not in known.get(name, {}))
            if new:
                self._record(DocumentsMarked(**self._stamp(by, at), documents=new, state=each))

    def record_outcome(
        self,
        *,
        by: Actor,
        at: datetime,
        outcome: Outcome,
        required: Sequence[str] = (),
        override: str = "",
    ) -> None:
        """End the case: kept, lost or no request after all.

        With an `override`, the reason why, a lead ends it although something is missing, except
        outcome and real reason; one that says nothing is none. A leader always needs one: the
        outcome is the Adm/Fin's. `required` names the documents that the real reason needs.

        Raises:
            NotAllowed: the actor is neither an Adm/Fin lead nor a leader.
            AlreadyDone: another lead recorded it.
            AnsweredOtherwise: the actor has ended it in another way; the same again changes
                nothing.
            IllegalTransition: nobody has claimed the case yet.
            CannotClose: the close gate misses something.
        """
        why = override.strip() if says_something(override) else ""
        given = {**asdict(outcome), "override": why}
        if self.check_outcome(by) and self._answered_before(
            CaseAction.RECORD_OUTCOME, self.outcome, given
        ):
            return
        kind, reason = outcome.kind, outcome.real_reason
        lacking, papers = missing_to_close(outcome, required=required, validated=self.validated)
        if not why and self.needs_override(by):
            lacking = (*lacking, Requirement.OVERRIDE)
        if kind is None or reason is None or (lacking and not why):
            raise CannotClose(lacking, papers)
        self._record(
            OutcomeRecorded(
                **self._stamp(by, at, to=CaseStatus(kind)),
                **given,
                lacking=lacking,
                lacking_documents=papers,
            )
        )

    def check_outcome(self, by: Actor) -> bool:
        """Judge whether the actor may end the case; True when they have ended it already.

        Raises:
            NotAllowed, AlreadyDone, IllegalTransition: as in `record_outcome`.
        """
        if not by.has_any(_MAY_OVERRIDE):
            raise NotAllowed(CaseAction.RECORD_OUTCOME, _MAY_RECORD_OUTCOME)
        if self._done_before(CaseAction.RECORD_OUTCOME, self.outcome, by):
            return True
        if not self.status.is_owned:
            raise IllegalTransition(self.status, CaseAction.RECORD_OUTCOME)
        return False

    def see_exception(self, *, by: Actor, at: datetime) -> None:
        """Take note that the case was ended by exception; what was seen already stays so.

        Raises:
            NotAllowed: the actor is no leader.
            IllegalTransition: the case was not ended by exception.
        """
        if not by.has_any(_MAY_SEE_EXCEPTION):
            raise NotAllowed(CaseAction.SEE_EXCEPTION, _MAY_SEE_EXCEPTION)
        if self.outcome is None or not self.outcome.override:
            raise IllegalTransition(self.status, CaseAction.SEE_EXCEPTION)
        if self.last(ExceptionSeen) is None:
            self._record(ExceptionSeen(**self._stamp(by, at)))

    @staticmethod
    def may_validate(by: Actor) -> bool:
        """Tell whether the actor checks documents."""
        return by.has_any(_MAY_VALIDATE)

    @staticmethod
    def needs_override(by: Actor) -> bool:
        """Tell whether the actor ends a case only by way of exception."""
        return not by.has_any(_MAY_RECORD_OUTCOME)
