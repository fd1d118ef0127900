"""A chapter of the case: path and reason may be corrected while it is open, with a reason.

Thread and clock go on. From path 1 to another the case is handed over at once; back to path 1 the
RC treats it again. "Already contracted another system" moves a technical case by itself.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from itertools import pairwise

from retention.domain.cancellation import CancellationPath, CancellationReason
from retention.domain.case_record import CaseAction, CaseRecord, Judgement
from retention.domain.departure import words_of_departure
from retention.domain.desk_events import CaseAssigned, CustomerDecided, InfoAnswered
from retention.domain.errors import NotAllowed, NothingChanges
from retention.domain.events import (
    CaseClaimed,
    CaseReclassified,
    CaseReverted,
    CaseStatus,
    Event,
    MovedBy,
    NoteAdded,
    PlanMade,
    RequestRepeated,
    ReversalFailed,
    TreatmentTaken,
)
from retention.domain.people import Actor, Role
from retention.domain.text import fold

_MAY_RECLASSIFY = frozenset({Role.RC_LEAD, Role.ADMFIN_LEAD})
_MAY_TAKE_BACK = _MAY_RECLASSIFY | {Role.LEADER}
"""What no person decided, whoever leads may undo."""
_SENTENCE = re.compile(r"[^.!?\n]*[.!?\n]?")


class Reclassification(CaseRecord):
    __slots__ = ()

    @property
    def moved_by_words(self) -> CaseReclassified | None:
        """The automatic move that still stands, and may be taken back with one press."""
        last = self.last(CaseReclassified)
        return last if last is not None and last.moved_by is MovedBy.WORDS else None

    def reclassify(
        self,
        *,
        by: Actor,
        at: datetime,
        path: CancellationPath,
        reason: CancellationReason,
        reason_text: str = "",
        why: str,
        seen: int | None = None,
    ) -> None:
        """Correct path or reason. The same form again changes nothing.

        `seen` is the version of the case that the form showed.

        Raises:
            NotAllowed: the actor is neither the author nor a lead; an author cannot take back to
                path 1 what the Adm/Fin has claimed.
            IllegalTransition: the case has ended.
            NothingChanges: path and reason are these already.
            OutdatedForm: the case has moved on since.
        """
        self.check_reclassify(by)
        new = replace(self.judgement, path=path, reason=reason, reason_text=reason_text)
        if new == self.judgement:
            last = self.last(CaseReclassified)
            if last is not None and (last.by.id, last.why) == (by.id, why):
                return
            raise NothingChanges
        self._check_unmoved(
            seen, CaseReclassified, CaseReverted, ReversalFailed, CaseClaimed, CaseAssigned
        )
        self._check_return(by, path, _MAY_RECLASSIFY)
        self._change(by, at, new, MovedBy.PERSON, why, to=self._turn_for(path))

    def take_back(self, *, by: Actor, at: datetime) -> None:
        """Undo the move that words made, with one press.

        Raises:
            NotAllowed, IllegalTransition: as in `reclassify`; a leader may as well.
            AlreadyDone: somebody else took it back. A repeat by the same person changes nothing.
            NothingChanges: no such move stands.
        """
        self._check_may_reclassify(by, _MAY_TAKE_BACK)
        moved = self.moved_by_words
        if moved is None:
            last = self.last(CaseReclassified)
            undone = last if last is not None and last.moved_by is MovedBy.UNDO else None
            if self._done_before(CaseAction.RECLASSIFY, undone, by):
                return
            raise NothingChanges
        self._check_return(by, moved.path_before, _MAY_TAKE_BACK)
        before = replace(
            self.judgement,
            path=moved.path_before,
            reason=moved.reason_before,
            reason_text=moved.reason_text_before,
        )
        was_treated = moved.before is CaseStatus.IN_TREATMENT
        to = CaseStatus.IN_TREATMENT if was_treated else None
        self._change(by, at, before, MovedBy.UNDO, "", to=to)

    def check_reclassify(self, by: Actor) -> bool:
        """Judge whether the actor may correct the classification; never done already.

        Raises:
            NotAllowed, IllegalTransition: as in `reclassify`.
        """
        self._check_may_reclassify(by, _MAY_RECLASSIFY)
        return False

    def _heed_if_technical(self, by: Actor, at: datetime, text: str) -> None:
        """Heed words about an open case that is still taken for a technical one.

        Process document 002: whoever moves to a competitor leaves for no technical reason; also
        where the Adm/Fin has the case already, for the documents and the talk are others.
        """
        if self.judgement.path is not CancellationPath.NON_TECHNICAL and self.status.is_open:
            self._heed(by, at, text)

    def _heed(self, by: Actor, at: datetime, *texts: str) -> None:
        """Move on by the non-technical way when words say that the customer has already left.

        Sentences for which such a move was taken back do not make another one.
        """
        heard = self._sentences_taken_back
        news = (
            "".join(s for s in _SENTENCE.findall(text) if _bare(s) not in heard) for text in texts
        )
        said = next(filter(None, map(words_of_departure, news)), None)
        if said is not None:
            new = replace(
                self.judgement,
                path=CancellationPath.NON_TECHNICAL,
                reason=CancellationReason.COMPETITOR,
                reason_text="",
            )
            self._change(by, at, new, MovedBy.WORDS, said, to=self._turn_for(new.path))

    @property
    def _sentences_taken_back(self) -> frozenset[str]:
        """The sentences of each text whose move somebody took back."""
        heard: set[str] = set()
        moving: frozenset[str] = frozenset()
        for event, following in pairwise(self.history):
            if isinstance(following, CaseReclassified) and following.moved_by is MovedBy.WORDS:
                moving = frozenset(
                    _bare(s) for text in _texts(event) for s in _SENTENCE.findall(text)
                )
            elif isinstance(following, CaseReclassified) and following.moved_by is MovedBy.UNDO:
                heard |= moving
        return frozenset(heard)

    def _check_may_reclassify(self, by: Actor, roles: frozenset[Role]) -> None:
        if by.id != self.opened_by.id and not by.has_any(roles):
            raise NotAllowed(CaseAction.RECLASSIFY, roles, self.opened_by)
        self._check_open(CaseAction.RECLASSIFY)

    def _check_return(self, by: Actor, path: CancellationPath, roles: frozenset[Role]) -> None:
        """Only who leads takes back to path 1 what the Adm/Fin has claimed."""
        returns = path is CancellationPath.TECHNICAL_OPEN is not self.judgement.path
        if returns and self.owner is not None and not by.has_any(roles):
            raise NotAllowed(CaseAction.RECLASSIFY, roles)

    def _turn_for(self, path: CancellationPath) -> CaseStatus | None:
        """Tell where a change of path moves the case; None: it stays where it is."""
        if path is self.judgement.path:
            return None
        if path is CancellationPath.TECHNICAL_OPEN:
            return CaseStatus.IN_TREATMENT
        is_treated = self.status is CaseStatus.IN_TREATMENT
        return CaseStatus.AWAITING_ADMFIN if is_treated else None

    def _change(
        self,
        by: Actor,
        at: datetime,
        new: Judgement,
        moved_by: MovedBy,
        why: str,
        *,
        to: CaseStatus | None,
    ) -> None:
        old = self.judgement
        self._record(
            CaseReclassified(
                **self._stamp(by, at, to=to),
                path_before=old.path,
                path=new.path,
                reason_before=old.reason,
                reason=new.reason,
                reason_text_before=old.reason_text,
                reason_text=new.reason_text,
                moved_by=moved_by,
                why=why,
            )
        )
        self.judgement = new
        if to is not None:
            goes_on = to is CaseStatus.IN_TREATMENT
            taken = self._last_of_round(TreatmentTaken) if goes_on else None
            self.owner = taken.by if taken else None


def _texts(event: Event) -> tuple[str, ...]:
    """Give the words of an event that may move a case."""
    match event:
        case NoteAdded() | InfoAnswered():
            return (event.text,)
        case RequestRepeated():
            return (event.verbatim,)
        case PlanMade():
            return (event.what, event.told)
        case ReversalFailed():
            return (event.customer_said,)
        case CustomerDecided():
            return (event.said,)
        case _:
            return ()


def _bare(sentence: str) -> str:
    """Reduce a sentence to its words, so that case, accents and punctuation do not count."""
    return " ".join(re.findall(r"\w+", fold(sentence)))
