"""The close gate: no case ends without what its end needs, or without a lead's reason."""

from dataclasses import replace

import pytest

from retention.domain.cancellation import CancellationReason
from retention.domain.closing import Outcome, missing_to_close
from retention.domain.errors import AnsweredOtherwise, CannotClose, IllegalTransition, NotAllowed
from retention.domain.events import DocumentState, FeedbackChannel, OutcomeKind, Requirement
from retention.domain.people import Actor, PersonId, Role
from tests.domain.test_case import ANA, FERNANDA, GUSTAVO, HELENA, KEPT, T0, opened

LOST = replace(KEPT, kind=OutcomeKind.LOST)
PAPERS = ("Distrato assinado", "Contrato social")
ANALYST = Actor(PersonId("b9"), "Caio Nunes", frozenset({Role.ADMFIN}))


def claimed():
    case = opened()
    case.claim(by=FERNANDA, at=T0)
    return case


def mark(case, *documents, by=FERNANDA, state=DocumentState.VALIDATED):
    case.mark_documents(by=by, at=T0, documents=documents, state=state)


class TestGate:
    def test_it_tells_everything_that_is_missing_at_once(self):
        lacking, papers = missing_to_close(Outcome(None, None), required=PAPERS)

        assert lacking == (
            Requirement.OUTCOME,
            Requirement.REAL_REASON,
            Requirement.FEEDBACK_CHANNEL,
            Requirement.FEEDBACK_RESULT,
            Requirement.LESSON,
            Requirement.DOCUMENTS,
        )
        assert papers == PAPERS

    @pytest.mark.parametrize(
        ("change", "missing"),
        [
            ({"kind": None}, Requirement.OUTCOME),
            ({"real_reason": None}, Requirement.REAL_REASON),
            ({"real_reason": CancellationReason.OTHER}, Requirement.REAL_REASON_TEXT),
            ({"feedback_channel": None}, Requirement.FEEDBACK_CHANNEL),
            ({"feedback_result": " "}, Requirement.FEEDBACK_RESULT),
            ({"feedback_result": "."}, Requirement.FEEDBACK_RESULT),
            ({"lesson": ""}, Requirement.LESSON),
        ],
    )
    def test_each_thing_is_asked_for(self, change, missing):
        assert missing_to_close(replace(LOST, **change)) == ((missing,), ())

    def test_who_did_not_get_through_still_says_by_which_way_they_tried(self):
        tried = replace(LOST, feedback_result="não atendeu")
        by_none = replace(tried, feedback_channel=FeedbackChannel.NO_CONTACT)

        assert missing_to_close(tried) == ((), ())
        assert missing_to_close(by_none) == ((Requirement.FEEDBACK_CHANNEL,), ())

    @pytest.mark.parametrize("lesson", [".", "ok", "Ok ok ok", "123 456 789", "Nenhuma", "- - -"])
    def test_a_lesson_that_says_nothing_is_none(self, lesson):
        assert missing_to_close(replace(LOST, lesson=lesson)) == ((Requirement.LESSON,), ())

    @pytest.mark.parametrize(
        "lesson", ["Ligar antes do reajuste", "Perguntar antes", "Usar o N2 já"]
    )
    def test_a_short_one_that_says_something_will_do(self, lesson):
        assert missing_to_close(replace(LOST, lesson=lesson)) == ((), ())

    def test_papers_are_for_those_who_leave(self):
        assert missing_to_close(KEPT, required=PAPERS) == ((), ())
        assert missing_to_close(LOST, required=PAPERS) == ((Requirement.DOCUMENTS,), PAPERS)

    def test_what_was_no_request_needs_no_feedback_and_no_papers_but_a_lesson(self):
        nothing = Outcome(OutcomeKind.VOID, CancellationReason.PRICE, lesson="Perguntar antes")

        assert missing_to_close(nothing, required=PAPERS) == ((), ())
        assert missing_to_close(replace(nothing, lesson="")) == ((Requirement.LESSON,), ())

    @pytest.mark.parametrize("kind", OutcomeKind)
    def test_every_end_goes_through_it(self, kind):
        case = claimed()
        empty = Outcome(kind, None)

        with pytest.raises(CannotClose):
            case.record_outcome(by=FERNANDA, at=T0, outcome=empty)

        assert case.status.is_open

    def test_papers_count_once_they_are_validated(self):
        case = claimed()
        mark(case, *PAPERS, state=DocumentState.RECEIVED)
        mark(case, PAPERS[0])

        with pytest.raises(CannotClose) as refused:
            case.record_outcome(by=FERNANDA, at=T0, outcome=LOST, required=PAPERS)
        mark(case, PAPERS[1])
        case.record_outcome(by=FERNANDA, at=T0, outcome=LOST, required=PAPERS)

        assert refused.value.documents == (PAPERS[1],)
        assert case.outcome.lacking == ()


class TestOverride:
    def test_a_lead_ends_it_with_a_reason_that_stays(self):
        case = claimed()
        lacking = replace(LOST, lesson="")

        case.record_outcome(
            by=FERNANDA, at=T0, outcome=lacking, required=PAPERS, override="fechou as portas"
        )

        assert case.outcome.override == "fechou as portas"
        assert case.outcome.lacking == (Requirement.LESSON, Requirement.DOCUMENTS)
        assert case.outcome.lacking_documents == PAPERS

    @pytest.mark.parametrize("outcome", [replace(LOST, kind=None), replace(LOST, real_reason=None)])
    def test_outcome_and_real_reason_cannot_be_waived(self, outcome):
        with pytest.raises(CannotClose):
            claimed().record_outcome(by=FERNANDA, at=T0, outcome=outcome, override="tanto faz")

    def test_a_leader_ends_a_case_only_by_exception(self):
        case = claimed()

        with pytest.raises(CannotClose) as refused:
            case.record_outcome(by=HELENA, at=T0, outcome=KEPT)
        case.record_outcome(by=HELENA, at=T0, outcome=KEPT, override="Fernanda está de folga")

        assert refused.value.lacking == (Requirement.OVERRIDE,)
        assert case.outcome.by == HELENA.ref

    def test_nobody_else_may(self):
        for actor in (ANA, ANALYST):
            with pytest.raises(NotAllowed):
                claimed().record_outcome(by=actor, at=T0, outcome=KEPT, override="quero")

    def test_a_reason_that_says_nothing_is_none(self):
        with pytest.raises(CannotClose):
            claimed().record_outcome(
                by=FERNANDA, at=T0, outcome=replace(LOST, lesson=""), override="."
            )


class TestRepeat:
    def test_the_same_outcome_again_changes_nothing(self):
        case = claimed()

        for _ in range(2):
            case.record_outcome(by=FERNANDA, at=T0, outcome=KEPT)

        assert case.version == 3

    @pytest.mark.parametrize("change", [{"kind": OutcomeKind.LOST}, {"lesson": "Outra lição aqui"}])
    def test_another_one_by_the_same_lead_is_refused(self, change):
        case = claimed()
        case.record_outcome(by=FERNANDA, at=T0, outcome=KEPT)

        with pytest.raises(AnsweredOtherwise):
            case.record_outcome(by=FERNANDA, at=T0, outcome=replace(KEPT, **change))

        assert case.outcome.kind is OutcomeKind.RETAINED


class TestDocuments:
    def test_each_state_keeps_who_and_when(self):
        case = claimed()
        mark(case, PAPERS[0], by=ANA, state=DocumentState.REQUESTED)
        mark(case, PAPERS[0], by=ANALYST)
        mark(case, PAPERS[0], by=GUSTAVO)

        states = case.documents[PAPERS[0]]
        assert states[DocumentState.REQUESTED].by == ANA.ref
        assert states[DocumentState.VALIDATED].by == ANALYST.ref
        assert case.version == 5

    def test_what_is_checked_has_come_in(self):
        case = claimed()

        mark(case, *PAPERS)

        for name in PAPERS:
            reached = case.documents[name]
            assert set(reached) == {DocumentState.RECEIVED, DocumentState.VALIDATED}
            assert reached[DocumentState.RECEIVED].by == FERNANDA.ref

    def test_what_came_in_before_keeps_who_received_it(self):
        case = claimed()
        mark(case, PAPERS[0], by=ANA, state=DocumentState.RECEIVED)

        mark(case, *PAPERS)

        received = [case.documents[name][DocumentState.RECEIVED].by for name in PAPERS]
        assert received == [ANA.ref, FERNANDA.ref]

    def test_anybody_asks_and_the_adm_fin_validates(self):
        case = opened()
        mark(case, PAPERS[0], by=ANA, state=DocumentState.RECEIVED)

        with pytest.raises(NotAllowed):
            mark(case, PAPERS[0], by=ANA)

        assert case.validated == frozenset()

    def test_an_ended_case_takes_none(self):
        case = claimed()
        case.record_outcome(by=FERNANDA, at=T0, outcome=KEPT)

        with pytest.raises(IllegalTransition):
            mark(case, PAPERS[0])
