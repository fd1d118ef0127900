from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from retention.domain.cancellation import (
    CancellationPath,
    CancellationReason,
    Mood,
    OriginChannel,
)
from retention.domain.case import Case, CaseFacts, CaseNumber, Judgement, Outcome
from retention.domain.errors import AlreadyDone, IllegalTransition, NotAllowed
from retention.domain.events import (
    CaseClaimed,
    CaseOpened,
    CaseStatus,
    FeedbackChannel,
    HandoverStep,
    NoteAdded,
    OutcomeKind,
    ReversalFailed,
)
from retention.domain.people import Actor, PersonId, Role

T0 = datetime(2026, 11, 24, 17, 2, tzinfo=UTC)
ANA = Actor(PersonId("a1"), "Ana Souza", frozenset({Role.AGENT}))
BIA = Actor(PersonId("a9"), "Bia Reis", frozenset({Role.AGENT}))
BRUNO = Actor(PersonId("a2"), "Bruno Carvalho", frozenset({Role.AGENT, Role.RC_LEAD}))
FERNANDA = Actor(PersonId("b1"), "Fernanda Lima", frozenset({Role.ADMFIN_LEAD}))
GUSTAVO = Actor(PersonId("b2"), "Gustavo Rocha", frozenset({Role.ADMFIN_LEAD}))
HELENA = Actor(PersonId("c1"), "Helena Martins", frozenset({Role.LEADER}))
TOLD = "Ligamos amanhã às 10:00"
KEPT = Outcome(
    OutcomeKind.RETAINED,
    CancellationReason.RECURRING_ISSUE,
    feedback_channel=FeedbackChannel.PHONE,
    feedback_result="Gostou",
    lesson="Chamar o N2 antes",
)


def opened(path=CancellationPath.TECHNICAL_BLOCKED):
    return Case.open(
        number=CaseNumber(42),
        draft_id="d1",
        facts=CaseFacts("00012345", "Padaria Sol", OriginChannel.PHONE, "Cansei.", Mood.ANGRY),
        judgement=Judgement(path, CancellationReason.RECURRING_ISSUE),
        by=ANA,
        at=T0,
    )


class TestOpen:
    def test_path_1_stays_with_the_rc(self):
        assert opened(CancellationPath.TECHNICAL_OPEN).status is CaseStatus.IN_TREATMENT

    @pytest.mark.parametrize(
        "path", [CancellationPath.TECHNICAL_BLOCKED, CancellationPath.NON_TECHNICAL]
    )
    def test_paths_2_and_3_are_handed_over_at_once(self, path):
        case = opened(path)

        assert case.status is CaseStatus.AWAITING_ADMFIN
        assert case.handed_over_at == T0

    def test_the_first_event_has_no_status_before_it(self):
        [event] = opened().pull_unsaved()

        assert isinstance(event, CaseOpened)
        assert (event.before, event.after, event.version) == (None, CaseStatus.AWAITING_ADMFIN, 1)

    def test_the_code_is_what_people_say(self):
        assert opened().code == "RET-0042"


class TestAnswer:
    def test_a_failed_reversal_becomes_path_2_and_keeps_the_clock(self):
        case = opened(CancellationPath.TECHNICAL_OPEN)

        case.fail_reversal(
            by=ANA, at=T0 + timedelta(hours=1), customer_said="não quero mais", told=TOLD
        )

        assert case.judgement.path is CancellationPath.TECHNICAL_BLOCKED
        assert case.status is CaseStatus.AWAITING_ADMFIN
        assert case.opened_at == T0

    def test_a_reversal_keeps_its_evidence(self):
        case = opened(CancellationPath.TECHNICAL_OPEN)

        case.revert(
            by=BRUNO,
            at=T0,
            confirmed_by="Dona Célia",
            confirmed_at=T0,
            channel=OriginChannel.CHAT,
            told=TOLD,
        )

        assert case.reversal is not None
        assert case.reversal.confirmed_by == "Dona Célia"

    def test_neither_another_agent_nor_the_lead_answers_for_the_author(self):
        case = opened(CancellationPath.TECHNICAL_OPEN)

        for actor in (BIA, FERNANDA, HELENA):
            with pytest.raises(NotAllowed):
                case.fail_reversal(by=actor, at=T0, customer_said="", told=TOLD)

    def test_the_second_answer_names_who_gave_the_first(self):
        case = opened(CancellationPath.TECHNICAL_OPEN)
        case.fail_reversal(by=ANA, at=T0, customer_said="", told=TOLD)

        with pytest.raises(AlreadyDone) as refused:
            case.fail_reversal(by=BRUNO, at=T0, customer_said="", told=TOLD)

        assert refused.value.by == ANA.ref

    def test_a_repeat_by_the_same_person_changes_nothing(self):
        case = opened(CancellationPath.TECHNICAL_OPEN)

        for _ in range(2):
            case.fail_reversal(by=ANA, at=T0, customer_said="", told=TOLD)

        assert [type(event) for event in case.history] == [CaseOpened, ReversalFailed]

    def test_a_case_of_path_2_has_no_answer_to_give(self):
        with pytest.raises(IllegalTransition):
            opened().fail_reversal(by=ANA, at=T0, customer_said="", told=TOLD)


class TestClaim:
    def test_the_lead_becomes_the_owner(self):
        case = opened()

        case.claim(by=FERNANDA, at=T0)

        assert case.owner == FERNANDA.ref
        assert case.status is CaseStatus.WITH_ADMFIN

    @pytest.mark.parametrize("actor", [ANA, BRUNO, HELENA])
    def test_only_an_admfin_lead_may(self, actor):
        with pytest.raises(NotAllowed) as refused:
            opened().claim(by=actor, at=T0)

        assert refused.value.roles == {Role.ADMFIN_LEAD}

    def test_the_second_lead_hears_who_was_faster(self):
        case = opened()
        case.claim(by=FERNANDA, at=T0)

        with pytest.raises(AlreadyDone) as refused:
            case.claim(by=GUSTAVO, at=T0)

        assert refused.value.by == FERNANDA.ref
        assert case.owner == FERNANDA.ref

    def test_a_repeat_by_the_owner_changes_nothing(self):
        case = opened()

        for _ in range(2):
            case.claim(by=FERNANDA, at=T0)

        assert [type(event) for event in case.history] == [CaseOpened, CaseClaimed]

    def test_what_the_rc_still_treats_cannot_be_claimed(self):
        with pytest.raises(IllegalTransition):
            opened(CancellationPath.TECHNICAL_OPEN).claim(by=FERNANDA, at=T0)


class TestOutcome:
    def test_each_outcome_is_a_status_of_its_own(self):
        for kind in OutcomeKind:
            case = opened()
            case.claim(by=FERNANDA, at=T0)

            case.record_outcome(by=GUSTAVO, at=T0, outcome=replace(KEPT, kind=kind))

            assert case.status == kind.value
            assert not case.status.is_open

    def test_it_needs_a_claim_first(self):
        with pytest.raises(IllegalTransition):
            opened().record_outcome(by=FERNANDA, at=T0, outcome=KEPT)

    @pytest.mark.parametrize("actor", [ANA, BRUNO])
    def test_only_an_admfin_lead_may(self, actor):
        case = opened()
        case.claim(by=FERNANDA, at=T0)

        with pytest.raises(NotAllowed) as refused:
            case.record_outcome(by=actor, at=T0, outcome=KEPT)

        assert refused.value.roles == {Role.ADMFIN_LEAD}

    def test_an_ended_case_ends_once(self):
        case = opened()
        case.claim(by=FERNANDA, at=T0)
        case.record_outcome(by=FERNANDA, at=T0, outcome=KEPT)

        with pytest.raises(AlreadyDone):
            case.record_outcome(by=GUSTAVO, at=T0, outcome=KEPT)


class TestNotesAndSteps:
    def test_the_same_form_adds_one_note(self):
        case = opened()

        for _ in range(2):
            case.add_note(by=HELENA, at=T0, text="ligou", request_id="k1")

        assert sum(isinstance(event, NoteAdded) for event in case.history) == 1

    def test_a_tick_keeps_the_first_name(self):
        case = opened()
        case.tick(by=ANA, at=T0, steps=[HandoverStep.QUEUE])

        case.tick(by=BRUNO, at=T0, steps=[HandoverStep.QUEUE, HandoverStep.STATUS])

        assert case.ticks[HandoverStep.QUEUE].by == ANA.ref
        assert case.ticks[HandoverStep.STATUS].by == BRUNO.ref

    def test_nothing_new_is_no_event(self):
        case = opened()

        case.tick(by=ANA, at=T0, steps=[])

        assert case.version == 1

    def test_there_is_nothing_to_tick_before_the_handover(self):
        with pytest.raises(IllegalTransition):
            opened(CancellationPath.TECHNICAL_OPEN).tick(by=ANA, at=T0, steps=[HandoverStep.QUEUE])


class TestVersion:
    def test_it_rises_by_one_with_each_event(self):
        case = opened()
        case.claim(by=FERNANDA, at=T0)
        case.add_note(by=ANA, at=T0, text="ok", request_id="k")

        assert [event.version for event in case.history] == [1, 2, 3]
        assert case.version == 3
