"""No sequence of actions, by whomever, breaks a law of the case: on SQLite and on PostgreSQL.

Hypothesis acts, `case_model.py` says what should come of it, and after every action the whole
database is compared with the model. A new action of the case is one method of the model and one
rule in `case_life_rules.py`. `FUZZ=full` looks for much longer, and at other sequences each time.
"""

from __future__ import annotations

import os
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import invariant, run_state_machine_as_test

from retention.domain.cancellation import CancellationReason, OriginChannel
from retention.domain.events import DocumentState, OutcomeKind, TreatmentStep
from retention.domain.people import Role
from retention.services.subscriptions import CRM, SUBSCRIPTIONS
from tests.databases import KINDS
from tests.samples import ANA, BIA, FERNANDA, GUSTAVO, RENATO
from tests.services.case_life import HELENA, INES, NINA
from tests.services.case_life_rules import AdmfinRules, CommonRules, DraftRules, RcRules
from tests.services.case_model import (
    AFTER_THE_END,
    ENDED,
    GONE,
    MOVES,
    OWNED,
    PAPERS,
    PATH_1,
)

FULL = os.environ.get("FUZZ") == "full"
SETTINGS = settings(
    max_examples=2000 if FULL else 15,
    stateful_step_count=60 if FULL else 30,
    derandomize=not FULL,
    database=None,
    deadline=None,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)

WALKED = [
    "CaseOpened",
    "TreatmentTicked",
    "HelpCalled",
    "HelpAnswered",
    *("PlanMade", "TreatmentTaken"),
    *("NoteAdded", "CaseReclassified", "CaseReclassified"),
    *("CaseReverted", "CaseClaimed"),
    *("NoteAdded", "NoteAdded", "CaseReclassified", "CaseReclassified"),
    *("CaseReclassified", "CaseReclassified"),
    *("ReversalFailed", "CaseReclassified", "CaseAssigned"),
    *("InfoAsked", "InfoAnswered", "InfoAsked", "InfoWithdrawn"),
    *("TriangulationStarted", "TriangulationEnded", "TriangulationStarted"),
    *("CaseReturned", "CaseClaimed", "AttemptsEnded", "CustomerDecided"),
    *("DocumentsMarked", "DocumentsMarked", "OutcomeRecorded"),
]


class CaseLife(DraftRules, RcRules, AdmfinRules, CommonRules):
    @invariant()
    def the_database_is_as_the_model_says(self):
        """Read everything anew: cases, effects and audit."""
        cases, open_ones, keys, audited = self.runner.run(self.look())
        self.happened = {number: len(known.events) for number, known in self.known.items()}
        for case in cases:
            self.check_state(case, self.known[case.number])
            self.check_path(case)
            self.check_growth(case)
        assert self.came is None or self.came in cases
        assert sorted(keys) == sorted(
            f"{case.code}:{event.version}:{subscriber}"
            for case in cases
            for event in case.history
            for subscriber in SUBSCRIPTIONS[type(event)]
            if subscriber != CRM
        )
        assert sorted(audited, key=repr) == sorted(self.refusals, key=repr)
        assert {case.number for case in open_ones} == {
            number for number, known in self.known.items() if known.is_open
        }

    @staticmethod
    def check_state(case, known):
        judged = case.judgement
        assert [type(event).__name__ for event in case.history] == known.events
        assert [event.version for event in case.history] == list(range(1, case.version + 1))
        assert (case.status, case.owner and case.owner.id) == (known.status, known.owner)
        assert (judged.path, judged.reason, judged.reason_text) == known.judged
        assert case.treatment.keys() == known.treated
        assert (case.triangulation and case.triangulation.person.id) == known.called_in
        assert case.pending_calls == (known.waiting.keys() if known.is_treated else set())
        assert case.ticks.keys() == known.ticked
        assert case.validated == known.validated
        assert (case.told is not None) == known.is_told

    @staticmethod
    def check_path(case):
        before, owned, taker = None, None, None
        for event in case.history:
            name = type(event).__name__
            assert event.before == before
            assert event.after == before or event.after in MOVES.get(before, ())
            assert before not in ENDED or name in AFTER_THE_END
            is_return = before is not None and event.after == "in_treatment" != before
            assert not is_return or name == "CaseReclassified"
            if is_return and event.moved_by == "person":
                taker = None
            if name == "TreatmentTaken":
                taker = event.by
            elif name in {"CaseClaimed", "CaseAssigned"}:
                owned = event.by if name == "CaseClaimed" else event.person
            elif is_return or name == "CaseReturned":
                owned = None
            before = event.after
        assert case.status == before
        assert (case.question is not None) == (case.status == "awaiting_info")
        is_path_1, is_treated = case.judgement.path == PATH_1, case.status == "in_treatment"
        assert case.owner == (taker if is_treated else owned)
        assert is_treated or (case.owner is not None) == (case.status in OWNED)
        assert is_path_1 or not is_treated
        assert (case.reversal is not None) == (is_path_1 and not is_treated)

    def check_growth(self, case):
        """History only grows, and how a case ended stays as it was."""
        before = self.last_read.get(case.number, case)
        assert case.history[: len(before.history)] == before.history
        if before.status in ENDED:
            ending = (before.status, before.owner, before.outcome, before.judgement)
            assert (case.status, case.owner, case.outcome, case.judgement) == ending
        self.last_read[case.number] = case

    def walk(self):
        self.open_some()
        case = next(iter(self.known.values()))
        left, form = f"O cliente {GONE}", iter(f"form-{each}" for each in range(9))
        end: tuple[Any, ...] = (OutcomeKind.LOST, CancellationReason.COMPETITOR, None, set())
        for act, *told in (
            (self.tick_treatment, BIA, {TreatmentStep.LISTEN}),
            (self.tick_treatment, ANA, {TreatmentStep.LISTEN}),
            (self.call_help, ANA, Role.N2),
            (self.answer_call, NINA, None),
            (self.revert, ANA, OriginChannel.PHONE, ""),
            (self.make_plan, ANA, "Trocar a impressora", "Retorno amanhã."),
            (self.take_over, HELENA, None),
            (self.take_over, HELENA, None),
            (self.note, left, next(form), BIA),
            (self.take_back, ANA),
            (self.take_back, RENATO),
            (self.revert, HELENA, OriginChannel.PHONE, ""),
            (self.revert, HELENA, OriginChannel.PHONE, ""),
            (self.claim, FERNANDA),
            (self.note, left, next(form), BIA),
            (self.note, f"Agora é certo: {GONE}", next(form), BIA),
            (self.take_back, ANA),
            (self.take_back, RENATO),
            (self.reclassify, FERNANDA, ("technical_blocked", "price", ""), "Soube agora"),
            (self.reclassify, ANA, ("technical_open", "price", ""), "Voltou atrás"),
            (self.reclassify, FERNANDA, ("technical_open", "price", ""), "Voltou atrás"),
            (self.fail_reversal, ANA, f"Ele {GONE}.", ""),
            (self.fail_reversal, ANA, f"Ele {GONE}.", "Ligamos amanhã."),
            (self.assign, BIA, INES),
            (self.assign, FERNANDA, ANA),
            (self.assign, FERNANDA, INES),
            (self.ask, INES, ANA, "A multa?"),
            (self.withdraw, ANA),
            (self.answer_question, ANA, "Paga"),
            (self.ask, INES, ANA, "O boleto?"),
            (self.withdraw, INES),
            (self.triangulate, INES, ANA, "https://one.example"),
            (self.end_triangulation, BIA, True),
            (self.end_triangulation, ANA, False),
            (self.end_triangulation, INES, True),
            (self.triangulate, INES, ANA, "https://two.example"),
            (self.give_back, BIA),
            (self.give_back, INES),
            (self.give_back, GUSTAVO),
            (self.end_triangulation, INES, True),
            (self.claim, GUSTAVO),
            (self.end_attempts, INES, 3),
            (self.end_attempts, GUSTAVO, 3),
            (self.decide, ANA, "Já decidi"),
            (self.decide, GUSTAVO, "Já decidi"),
            (self.record_outcome, GUSTAVO, None, *end, ""),
            (self.mark_documents, ANA, {DocumentState.VALIDATED: PAPERS["competitor"]}),
            (self.mark_documents, INES, {DocumentState.VALIDATED: PAPERS["competitor"]}),
            (self.record_outcome, HELENA, None, *end, ""),
            (self.record_outcome, HELENA, None, *end, "O cliente sumiu"),
        ):
            act(case, *told)
            self.the_database_is_as_the_model_says()
        return case


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.timeout(0 if FULL else 120)
def test_no_sequence_of_actions_breaks_a_law_of_the_case(kind):
    life = type("CaseLife", (CaseLife,), {"kind": kind})

    run_state_machine_as_test(life, settings=SETTINGS)


@pytest.mark.parametrize("kind", KINDS)
def test_a_case_may_go_there_and_back_and_end(kind):
    """Walk by hand where few random lives come: every action of a case has its way once."""
    life = type("CaseLife", (CaseLife,), {"kind": kind})()
    try:
        case = life.walk()
    finally:
        life.teardown()

    assert case.status == "lost"
    assert case.events == WALKED
