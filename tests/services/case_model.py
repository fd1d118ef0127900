"""What a case and a draft should do, written a second time and as simply as it goes.

Each action changes the model and returns None, or changes nothing and returns the refusal. It
shares no rule with the domain: the table of statuses, the roles and the joints are spelled out.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, field

from retention.domain.case import CaseNumber
from retention.domain.draft import Draft
from retention.domain.errors import (
    AlreadyDone,
    AnsweredOtherwise,
    CannotClose,
    CannotOwn,
    CaseNotFound,
    DuplicateOpenCase,
    IllegalTransition,
    NextStepsNotTold,
    NobodyToCall,
    NotAllowed,
    NothingChanges,
    NotTheAuthor,
    OutdatedForm,
    RetentionError,
    StaleCase,
)
from retention.domain.people import Actor

Refusal = type[RetentionError] | None
Status = str
Judged = tuple[str, str, str]
"""Path, reason and its text."""

_AFTER_THE_DESK: set[Status] = {"retained", "lost", "void", "in_treatment", "awaiting_admfin"}
MOVES: dict[Status | None, set[Status]] = {
    None: {"in_treatment", "awaiting_admfin"},
    "in_treatment": {"awaiting_admfin"},
    "awaiting_admfin": {"with_admfin", "in_treatment"},
    "with_admfin": {"awaiting_info", "leaving", *_AFTER_THE_DESK},
    "awaiting_info": {"with_admfin", "leaving", *_AFTER_THE_DESK},
    "leaving": _AFTER_THE_DESK,
}
"""The table of statuses: from one (None: nothing yet) to the next ones."""
ENDED = {"retained", "lost", "void"}
AT_THE_DESK = {"with_admfin", "awaiting_info", "leaving"}
OWNED = {*AT_THE_DESK, *ENDED}
AFTER_THE_END = {"NoteAdded", "StepsTicked"}
"""What may still be added to a case that ended; neither changes how it ended."""
UNWRITTEN = {NothingChanges, NextStepsNotTold, CannotOwn, OutdatedForm}
"""Forms to mend: they are no trespass, and the audit does not keep them."""

PATH_1, PATH_3 = "technical_open", "non_technical"
GONE = "já contratou outro sistema"
"""The words that move a technical case to path 3 by themselves."""
PAPERS = {"competitor": {"Distrato", "Devolução"}}
"""The documents that whoever leaves for a reason has to hand in."""


@dataclass(frozen=True)
class Move:
    """A change of path or reason: by a "person", by "words", or as the "undo" of these."""

    by: str
    how: str
    why: str
    judged_before: Judged
    status_before: Status


@dataclass
class KnownCase:
    """A case as it should be; `events` are the names of their types."""

    number: CaseNumber
    caso: str
    author: str
    judged: Judged
    status: Status
    events: list[str] = field(default_factory=lambda: ["CaseOpened"])
    owner: str | None = None
    taken_by: str | None = None
    """Who made the owner so: themselves, or a lead who assigned it."""
    returned_by: str | None = None
    """Who gave it back, until somebody has it again."""
    question: tuple[str, ...] = ()
    """Who asks, what, while it waits for the answer."""
    asked: set[tuple[str, ...]] = field(default_factory=set)
    answered: set[tuple[str, ...]] = field(default_factory=set)
    settled_by: str | None = None
    """Who ended the newest question."""
    decided: tuple[str, ...] = ()
    tried: set[tuple[str, int]] = field(default_factory=set)
    answered_by: str | None = None
    answer: tuple[object, ...] = ()
    """What was answered, whole."""
    ended_by: str | None = None
    ending: tuple[object, ...] = ()
    is_told: bool = False
    plan: tuple[str, str, str] | None = None
    moves: list[Move] = field(default_factory=list)
    moving: str = ""
    """The sentence that moved it last."""
    taken_back: set[str] = field(default_factory=set)
    """Those whose move somebody undid; they make no other one."""
    waiting: dict[str, str] = field(default_factory=dict)
    """Who called, by the role that was called and has not answered."""
    coming: dict[str, str] = field(default_factory=dict)
    """Who answered, by the role that was called."""
    taker: str | None = None
    """Who took the present round of treatment over from the author."""
    talks: set[tuple[str, ...]] = field(default_factory=set)
    """Every three-way call, by who called whom in where."""
    called_in: str | None = None
    """Who is called into the call that nobody has told of."""
    told_by: str | None = None
    """Who told how the newest call went."""
    treated: set[str] = field(default_factory=set)
    ticked: set[str] = field(default_factory=set)
    papers: set[tuple[str, str]] = field(default_factory=set)
    """States that documents have reached."""
    notes: set[tuple[str, str, str]] = field(default_factory=set)

    @property
    def is_open(self) -> bool:
        return self.status not in ENDED

    @property
    def is_treated(self) -> bool:
        return self.status == "in_treatment"

    @property
    def validated(self) -> set[str]:
        return {name for name, state in self.papers if state == "validated"}

    # ---- path 1 ----------------------------------------------------------------------------------

    def may_treat(self, actor: Actor) -> Refusal:
        if actor.id not in {self.author, self.taker} and "rc_lead" not in actor.roles:
            return NotAllowed
        return None if self.is_treated else IllegalTransition

    def tick_treatment(self, actor: Actor, steps: Set[str]) -> Refusal:
        refusal = self.may_treat(actor)
        if refusal is None and not steps <= self.treated:
            self.treated |= steps
            self._happened("TreatmentTicked")
        return refusal

    def call_help(self, actor: Actor, role: str, holders: Set[str]) -> Refusal:
        refusal = self.may_treat(actor)
        if refusal is not None:
            return refusal
        if role in self.waiting:
            return None if self.waiting[role] == actor.id else AlreadyDone
        if holders <= {actor.id}:
            return NobodyToCall
        self.waiting[role] = actor.id
        self.treated.add("call")
        self._happened("HelpCalled")
        return None

    def answer_call(self, actor: Actor) -> Refusal:
        called = self.waiting if self.is_treated else {}
        mine = {role for role in called if role in actor.roles}
        if mine:
            for role in mine:
                del self.waiting[role]
                self.coming[role] = actor.id
            self._happened("HelpAnswered")
            return None
        if actor.id in self.coming.values():
            return None
        if called:
            return NotAllowed
        return AlreadyDone if self.coming else IllegalTransition

    def take_over(self, actor: Actor) -> Refusal:
        if not self.is_treated:
            return IllegalTransition
        if actor.id != (self.taker or self.author):
            self.owner = self.taker = actor.id
            self._happened("TreatmentTaken")
        return None

    def make_plan(self, actor: Actor, what: str, who: str, told: str) -> Refusal:
        refusal = self.may_treat(actor)
        if refusal is None and self.plan != (what, who, told):
            self.plan = (what, who, told)
            self.is_told |= bool(told)
            self._happened("PlanMade")
            self._heed(actor, what)
        return refusal

    def may_answer(self, actor: Actor) -> Refusal:
        if actor.id not in {self.author, self.taker} and "rc_lead" not in actor.roles:
            return NotAllowed
        if self.answered_by is not None:
            return None if self.answered_by == actor.id else AlreadyDone
        return None if self.is_treated else IllegalTransition

    def revert(self, actor: Actor, told: str, *evidence: object) -> Refusal:
        return self._answer(actor, "CaseReverted", told, *evidence)[1]

    def fail_reversal(self, actor: Actor, customer_said: str, told: str) -> Refusal:
        is_new, refusal = self._answer(actor, "ReversalFailed", told, customer_said)
        if is_new:
            self.judged = ("technical_blocked", *self.judged[1:])
            self._leave(actor, customer_said)
        return refusal

    def _answer(self, actor: Actor, event: str, told: str, *more: object) -> tuple[bool, Refusal]:
        refusal = self.may_answer(actor)
        if refusal is None and self.answered_by is not None:
            refusal = None if self.answer == (event, told, *more) else AnsweredOtherwise
        if refusal is not None or self.answered_by is not None:
            return False, refusal
        if not told and not self.is_told:
            return False, NextStepsNotTold
        self.answered_by, self.is_told, self.owner = actor.id, True, None
        self.answer = (event, told, *more)
        self._happened(event, "awaiting_admfin")
        return True, None

    # ---- path and reason -------------------------------------------------------------------------

    def may_reclassify(self, actor: Actor) -> Refusal:
        if actor.id != self.author and not self._is_lead(actor):
            return NotAllowed
        return None if self.is_open else IllegalTransition

    def reclassify(self, actor: Actor, judged: Judged, why: str) -> Refusal:
        refusal = self.may_reclassify(actor)
        if refusal is not None:
            return refusal
        if judged == self.judged:
            is_repeat = bool(self.moves) and (self.moves[-1].by, self.moves[-1].why) == (
                actor.id,
                why,
            )
            return None if is_repeat else NothingChanges
        if judged[0] == self.judged[0]:
            status = self.status
        elif judged[0] == PATH_1:
            if self.owner is not None and not self._is_lead(actor):
                return NotAllowed
            status = "in_treatment"
        else:
            status = "awaiting_admfin" if self.is_treated else self.status
        self._move(actor, "person", why, judged, status)
        return None

    def take_back(self, actor: Actor) -> Refusal:
        refusal = self.may_reclassify(actor)
        if refusal is NotAllowed and "leader" in actor.roles:
            refusal = None if self.is_open else IllegalTransition
        if refusal is not None:
            return refusal
        last = self.moves[-1] if self.moves else None
        if last is None or last.how == "person":
            return NothingChanges
        if last.how == "undo":
            return None if last.by == actor.id else AlreadyDone
        returns = last.judged_before[0] == PATH_1
        leads = self._is_lead(actor) or "leader" in actor.roles
        if returns and self.owner is not None and not leads:
            return NotAllowed
        self.taken_back.add(self.moving)
        status = "in_treatment" if last.status_before == "in_treatment" else self.status
        self._move(actor, "undo", "", last.judged_before, status)
        return None

    @staticmethod
    def _is_lead(actor: Actor) -> bool:
        return bool(actor.roles & {"rc_lead", "admfin_lead"})

    def _heed(self, actor: Actor, words: str) -> None:
        if self.judged[0] != PATH_3 and self.is_open:
            self._leave(actor, words)

    def _leave(self, actor: Actor, words: str) -> None:
        if GONE not in words or words in self.taken_back:
            return
        self.moving = words
        status = "awaiting_admfin" if self.is_treated else self.status
        self._move(actor, "words", GONE, ("non_technical", "competitor", ""), status)

    def _move(self, actor: Actor, how: str, why: str, judged: Judged, status: Status) -> None:
        """Change path or reason; whoever is given the case to treat begins anew, without owner.

        What was interrupted by words alone goes on.
        """
        self.moves.append(Move(actor.id, how, why, self.judged, self.status))
        if status != self.status:
            self._leave_the_desk()
        if status == "in_treatment" != self.status:
            self.answered_by = None
            if how != "undo":
                self.waiting, self.coming = {}, {}
                self.plan, self.is_told, self.taker = None, False, None
            self.owner = self.taker
        self.judged = judged
        self._happened("CaseReclassified", status)

    # ---- with the Adm/Fin ------------------------------------------------------------------------

    def claim(self, actor: Actor) -> Refusal:
        if "admfin_lead" not in actor.roles:
            return NotAllowed
        if self.owner is not None and not self.is_treated:
            return None if self.owner == actor.id else AlreadyDone
        if self.status != "awaiting_admfin":
            return IllegalTransition
        self._take(actor.id, actor)
        self._happened("CaseClaimed", "with_admfin")
        return None

    def assign(self, actor: Actor, to: Actor) -> Refusal:
        is_queued = self.status == "awaiting_admfin"
        if "admfin_lead" not in actor.roles and not (is_queued and "leader" in actor.roles):
            return NotAllowed
        if not self.is_open or self.is_treated:
            return IllegalTransition
        if not to.roles & {"admfin", "admfin_lead"}:
            return CannotOwn
        if self.owner == to.id:
            return None if self.taken_by == actor.id else AlreadyDone
        self._take(to.id, actor)
        self._happened("CaseAssigned", "with_admfin" if is_queued else None)
        return None

    def give_back(self, actor: Actor) -> Refusal:
        if self.returned_by == actor.id:
            return None
        if not self._has_it(actor):
            return NotAllowed
        if self.returned_by is not None:
            return AlreadyDone
        if self.status not in AT_THE_DESK:
            return IllegalTransition
        self._leave_the_desk()
        self.returned_by = actor.id
        self._happened("CaseReturned", "awaiting_admfin")
        return None

    def ask(self, actor: Actor, *given: str) -> Refusal:
        """Ask; the same again, whenever, is no second question."""
        if (actor.id, *given) in self.asked:
            return None
        if not self._has_it(actor):
            return NotAllowed
        if self.question:
            return AlreadyDone if self.question[0] != actor.id else AnsweredOtherwise
        if self.status != "with_admfin":
            return IllegalTransition
        self.question, self.settled_by = (actor.id, *given), None
        self.asked.add(self.question)
        self._happened("InfoAsked", "awaiting_info")
        return None

    def answer_question(self, actor: Actor, text: str) -> Refusal:
        if (actor.id, text) in self.answered:
            return None
        if not self.question:
            is_settled = self.settled_by is not None and self.is_open
            return AlreadyDone if is_settled else IllegalTransition
        self.answered.add((actor.id, text))
        self.question, self.settled_by = (), actor.id
        self._happened("InfoAnswered", "with_admfin")
        self._heed(actor, text)
        return None

    def withdraw(self, actor: Actor) -> Refusal:
        if not self.question:
            if self.settled_by is None:
                return IllegalTransition
            return None if self.settled_by == actor.id else AlreadyDone
        if actor.id != self.question[0] and not self._has_it(actor):
            return NotAllowed
        self.question, self.settled_by = (), actor.id
        self._happened("InfoWithdrawn", "with_admfin")
        return None

    def decide(self, actor: Actor, said: str) -> Refusal:
        if not self._has_it(actor):
            return NotAllowed
        if self.status == "leaving":
            if self.decided[0] != actor.id:
                return AlreadyDone
            return None if self.decided[1] == said else AnsweredOtherwise
        if self.status not in {"with_admfin", "awaiting_info"}:
            return IllegalTransition
        self.decided, self.question = (actor.id, said), ()
        self._happened("CustomerDecided", "leaving")
        self._heed(actor, said)
        return None

    def triangulate(self, actor: Actor, *given: str) -> Refusal:
        """Call `given[-1]` in; the same again, whenever, is no second call."""
        if (actor.id, *given) in self.talks:
            return None
        if not self._has_it(actor):
            return NotAllowed
        if self.status not in {"with_admfin", "awaiting_info"}:
            return IllegalTransition
        self.talks.add((actor.id, *given))
        self.called_in, self.told_by = given[-1], None
        self._happened("TriangulationStarted")
        return None

    def end_triangulation(self, actor: Actor) -> Refusal:
        if self.called_in is None:
            if self.told_by is None:
                return IllegalTransition
            return None if self.told_by == actor.id else AlreadyDone
        if actor.id != self.called_in and not self._has_it(actor):
            return NotAllowed
        self.called_in, self.told_by = None, actor.id
        self._happened("TriangulationEnded")
        return None

    def end_attempts(self, actor: Actor, tries: int) -> Refusal:
        if "admfin_lead" not in actor.roles:
            return NotAllowed
        if self.status not in AT_THE_DESK:
            return IllegalTransition
        if (actor.id, tries) not in self.tried:
            self.tried.add((actor.id, tries))
            self._happened("AttemptsEnded")
        return None

    def _has_it(self, actor: Actor) -> bool:
        return "admfin_lead" in actor.roles or (self.owner is not None and self.owner == actor.id)

    def _take(self, owner: str, by: Actor) -> None:
        self.owner, self.taken_by, self.returned_by = owner, by.id, None

    def _leave_the_desk(self) -> None:
        self.owner = self.taken_by = self.returned_by = self.called_in = None
        self.question = ()

    def mark_documents(self, actor: Actor, marks: Mapping[str, Set[str]]) -> Refusal:
        """Mark all or nothing, one event for each state; what is validated was received."""
        is_admfin = bool(actor.roles & {"admfin", "admfin_lead"})
        states = [state for state in ("requested", "received", "validated") if marks.get(state)]
        for state in states:
            if state == "validated" and not is_admfin:
                return NotAllowed
            if not self.is_open:
                return IllegalTransition
        said = [(state, marks[state]) for state in states]
        if "validated" in states:
            said.insert(-1, ("received", marks["validated"]))
        for state, names in said:
            new = {(name, state) for name in names} - self.papers
            if new:
                self.papers |= new
                self._happened("DocumentsMarked")
        return None

    def may_end(self, actor: Actor) -> Refusal:
        if not actor.roles & {"admfin_lead", "leader"}:
            return NotAllowed
        if self.ended_by is not None:
            return None if self.ended_by == actor.id else AlreadyDone
        return None if self.status in AT_THE_DESK else IllegalTransition

    def end(
        self,
        actor: Actor,
        outcome: Status,
        reason: str,
        *,
        gap: str | None,
        validated: Set[str],
        override: str,
    ) -> Refusal:
        """End it; `gap` is what the lead has left out, `validated` is marked so along with it."""
        refusal = self.may_end(actor)
        given = (outcome, reason, gap, override.strip())
        if refusal is None and self.ended_by is not None:
            refusal = None if given == self.ending else AnsweredOtherwise
        if refusal is not None or self.ended_by is not None:
            return refusal
        is_exception = "admfin_lead" not in actor.roles
        if validated and is_exception:
            return NotAllowed
        has_papers = PAPERS.get(reason, set()) <= self.validated | validated
        is_lacking = (
            is_exception
            or gap == "lesson"
            or (gap == "feedback_channel" and outcome != "void")
            or (outcome == "lost" and not has_papers)
        )
        if gap in {"kind", "real_reason"} or (is_lacking and not override.strip()):
            return CannotClose
        self.mark_documents(actor, {"validated": validated})
        self.ended_by, self.ending, self.question, self.called_in = actor.id, given, (), None
        self._happened("OutcomeRecorded", outcome)
        return None

    # ---- by anybody ------------------------------------------------------------------------------

    def tick(self, steps: Set[str]) -> Refusal:
        if self.is_treated:
            return IllegalTransition
        if steps <= self.ticked:
            return None
        self.ticked |= steps
        self._happened("StepsTicked")
        return None

    def note(self, actor: Actor, text: str, request_id: str) -> Refusal:
        if (request_id, actor.id, text) in self.notes:
            return None
        self.notes.add((request_id, actor.id, text))
        self._happened("NoteAdded")
        self._heed(actor, text)
        return None

    def ask_again(self, actor: Actor, words: str) -> None:
        self._happened("RequestRepeated")
        self._heed(actor, words)

    def _happened(self, event: str, status: Status | None = None) -> None:
        self.events.append(event)
        self.status = status or self.status


@dataclass
class KnownDraft:
    """A draft as it should be: `first` as it began, `latest` as it is before it ends."""

    first: Draft
    latest: Draft
    became: CaseNumber | None = None

    def end(self, actor: Actor, judged: Draft, open_case: KnownCase | None, how: str) -> Refusal:
        """Judge "open" or "join"; both return the case an ended draft became."""
        if actor.id != self.first.author.id:
            return NotTheAuthor
        if self.became is not None:
            return None
        if judged.version != self.latest.version:
            return StaleCase
        if how == "open":
            return DuplicateOpenCase if open_case else None
        return None if open_case else CaseNotFound
