"""Path 1: the four steps, calls for help, the plan, what the customer was told."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from retention.domain.cancellation import CancellationPath, CancellationReason, OriginChannel
from retention.domain.errors import (
    AlreadyDone,
    AnsweredOtherwise,
    IllegalTransition,
    NextStepsNotTold,
    NobodyToCall,
    NotAllowed,
    OutdatedForm,
)
from retention.domain.events import (
    CaseReclassified,
    CaseStatus,
    HelpAnswered,
    HelpCalled,
    MovedBy,
    NoteAdded,
    PlanMade,
    TreatmentStep,
)
from retention.domain.people import Role
from retention.domain.treatment import Plan
from tests.domain.test_case import ANA, BIA, BRUNO, FERNANDA, HELENA, T0, TOLD, opened

LATER = T0 + timedelta(hours=1)
PLAN = Plan("Trocar o cabo da impressora", BRUNO.ref, date(2026, 11, 25), TOLD)


def treated():
    return opened(CancellationPath.TECHNICAL_OPEN)


def called(role=Role.N2):
    case = treated()
    case.call_help(by=ANA, at=T0, role=role, person=BRUNO.ref)
    return case


def reverted():
    case = treated()
    case.revert(
        by=ANA,
        at=T0,
        confirmed_by="Dona Célia",
        confirmed_at=T0,
        channel=OriginChannel.CHAT,
        told=TOLD,
    )
    return case


class TestSteps:
    def test_a_step_keeps_the_first_name(self):
        case = treated()
        case.tick_treatment(by=ANA, at=T0, steps=[TreatmentStep.LISTEN])

        case.tick_treatment(by=BRUNO, at=T0, steps=[TreatmentStep.LISTEN, TreatmentStep.ACT])

        assert case.treatment[TreatmentStep.LISTEN].by == ANA.ref
        assert case.treatment[TreatmentStep.ACT].by == BRUNO.ref

    def test_a_call_is_the_third_step(self):
        assert called().treatment[TreatmentStep.CALL].by == ANA.ref

    def test_nothing_new_is_no_event(self):
        case = called()

        case.tick_treatment(by=ANA, at=T0, steps=[TreatmentStep.CALL])

        assert case.version == 2

    @pytest.mark.parametrize("actor", [BIA, FERNANDA, HELENA])
    def test_they_are_the_authors_or_an_rc_leads(self, actor):
        with pytest.raises(NotAllowed) as refused:
            treated().tick_treatment(by=actor, at=T0, steps=[TreatmentStep.ACT])

        assert refused.value.author == ANA.ref

    def test_a_case_of_path_2_has_none(self):
        with pytest.raises(IllegalTransition):
            opened().tick_treatment(by=ANA, at=T0, steps=[TreatmentStep.ACT])


class TestCalls:
    def test_a_call_waits_until_somebody_with_the_role_is_coming(self):
        case = called()

        case.answer_call(by=BRUNO_N2, at=LATER)

        assert case.calls[Role.N2].answered.by == BRUNO.ref
        assert case.pending_calls == frozenset()

    def test_an_answer_claims_nothing(self):
        case = called(Role.RC_LEAD)

        case.answer_call(by=BRUNO, at=LATER)

        assert case.status is CaseStatus.IN_TREATMENT
        assert case.owner is None

    def test_one_press_answers_every_call_a_person_can(self):
        case = called(Role.RC_LEAD)
        case.call_help(by=ANA, at=T0, role=Role.N2, person=BRUNO.ref)

        case.answer_call(by=BRUNO_N2, at=LATER)

        assert case.last(HelpAnswered).roles == (Role.N2, Role.RC_LEAD)

    def test_whoever_was_not_called_cannot_answer(self):
        with pytest.raises(NotAllowed) as refused:
            called(Role.N2).answer_call(by=FERNANDA, at=T0)

        assert refused.value.roles == {Role.N2}

    def test_the_second_to_answer_hears_who_is_coming(self):
        case = called(Role.RC_LEAD)
        case.answer_call(by=BRUNO, at=T0)

        with pytest.raises(AlreadyDone) as refused:
            case.answer_call(by=FERNANDA, at=T0)

        assert refused.value.by == BRUNO.ref

    def test_pressing_twice_changes_nothing(self):
        case = called(Role.RC_LEAD)
        case.call_help(by=ANA, at=T0, role=Role.RC_LEAD, person=BRUNO.ref)
        case.answer_call(by=BRUNO, at=T0)
        case.answer_call(by=BRUNO, at=T0)

        assert sum(isinstance(event, HelpCalled) for event in case.history) == 1
        assert sum(isinstance(event, HelpAnswered) for event in case.history) == 1

    def test_who_answered_changes_nothing_by_pressing_while_another_role_is_waited_for(self):
        case = called(Role.RC_LEAD)
        case.call_help(by=ANA, at=T0, role=Role.N2, person=BRUNO.ref)
        case.answer_call(by=BRUNO, at=T0)

        case.answer_call(by=BRUNO, at=LATER)

        assert case.pending_calls == {Role.N2}
        assert sum(isinstance(event, HelpAnswered) for event in case.history) == 1

    def test_two_who_call_at_once_call_once(self):
        with pytest.raises(AlreadyDone):
            called().call_help(by=BRUNO, at=T0, role=Role.N2, person=BRUNO.ref)

    def test_after_the_answer_one_may_call_again(self):
        case = called(Role.RC_LEAD)
        case.answer_call(by=BRUNO, at=T0)

        case.call_help(by=ANA, at=LATER, role=Role.RC_LEAD, person=BRUNO.ref)

        assert case.pending_calls == {Role.RC_LEAD}

    def test_nobody_to_call_is_said(self):
        with pytest.raises(NobodyToCall):
            treated().call_help(by=ANA, at=T0, role=Role.N2, person=None)

    def test_only_the_rcs_helpers_are_called(self):
        with pytest.raises(NobodyToCall):
            treated().call_help(by=ANA, at=T0, role=Role.ADMFIN_LEAD, person=FERNANDA.ref)

    def test_there_is_nothing_to_answer_before_a_call(self):
        with pytest.raises(IllegalTransition):
            treated().answer_call(by=BRUNO, at=T0)

    def test_a_call_ends_with_path_1(self):
        case = called()
        case.fail_reversal(by=ANA, at=T0, customer_said="", told=TOLD)

        assert case.pending_calls == frozenset()


class TestPlan:
    def test_the_latest_plan_holds(self):
        case = treated()
        case.make_plan(by=ANA, at=T0, plan=PLAN)
        second = Plan("Ligar às 15:00", ANA.ref, date(2026, 11, 26), "")

        case.make_plan(by=BRUNO, at=LATER, plan=second)

        assert case.plan.what == "Ligar às 15:00"
        assert case.told.told == TOLD

    def test_the_same_plan_again_changes_nothing(self):
        case = treated()

        for _ in range(2):
            case.make_plan(by=ANA, at=T0, plan=PLAN)

        assert sum(isinstance(event, PlanMade) for event in case.history) == 1

    def test_a_form_from_before_another_plan_is_shown_anew(self):
        case = treated()
        seen = case.version
        case.make_plan(by=BRUNO, at=T0, plan=PLAN)

        with pytest.raises(OutdatedForm):
            case.make_plan(by=ANA, at=LATER, plan=replace(PLAN, what="Ligar"), seen=seen)

        assert case.plan.by == BRUNO.ref

    def test_what_does_not_touch_it_does_not_outdate_a_form(self):
        case = treated()
        seen = case.version
        case.tick_treatment(by=ANA, at=T0, steps=[TreatmentStep.LISTEN])

        case.make_plan(by=ANA, at=LATER, plan=PLAN, seen=seen)

        assert case.plan.what == PLAN.what

    def test_the_same_plan_of_an_old_form_changes_nothing(self):
        case = treated()
        for _ in range(2):
            case.make_plan(by=ANA, at=T0, plan=PLAN, seen=1)

        assert case.version == 2


class TestRounds:
    def given_back(self):
        """A case whose first round of treatment failed, and which the RC was given back."""
        case = treated()
        case.make_plan(by=ANA, at=T0, plan=PLAN)
        case.fail_reversal(by=ANA, at=T0, customer_said="", told="")
        case.reclassify(
            by=BRUNO,
            at=LATER,
            path=CancellationPath.TECHNICAL_OPEN,
            reason=CancellationReason.RECURRING_ISSUE,
            why="pediu outra chance",
        )
        return case

    def test_a_second_round_has_no_plan_and_nothing_told_yet(self):
        case = self.given_back()

        assert (case.plan, case.told, case.answer) == (None, None, None)
        with pytest.raises(NextStepsNotTold):
            case.fail_reversal(by=ANA, at=LATER, customer_said="", told="")

    def test_the_plan_of_the_first_round_may_be_made_again(self):
        case = self.given_back()

        case.make_plan(by=ANA, at=LATER, plan=PLAN)

        assert case.plan.at == LATER

    def test_a_move_that_was_taken_back_ends_no_round(self):
        case = called()
        case.make_plan(by=ANA, at=T0, plan=PLAN)
        case.add_note(by=ANA, at=T0, text="já contratou outro sistema", request_id="k")

        case.take_back(by=ANA, at=LATER)

        assert case.plan.what == PLAN.what
        assert case.told.told == TOLD
        assert case.pending_calls == {Role.N2}
        assert case.handed_over_at is None


class TestTakingOver:
    @pytest.fixture
    def taken(self):
        case = treated()
        case.take_treatment(by=HELENA, at=T0)
        return case

    def test_whoever_takes_it_over_treats_it(self, taken):
        taken.make_plan(by=HELENA, at=LATER, plan=PLAN)

        assert taken.treated_by == HELENA.ref

    def test_who_treats_it_already_changes_nothing(self, taken):
        taken.take_treatment(by=HELENA, at=LATER)

        assert taken.version == 2

    def test_their_answer_given_twice_changes_nothing(self, taken):
        taken.fail_reversal(by=HELENA, at=LATER, customer_said="chega", told=TOLD)
        version = taken.version

        taken.fail_reversal(by=HELENA, at=LATER, customer_said="chega", told=TOLD)

        assert taken.version == version

    def test_a_round_that_the_rc_is_given_anew_is_the_authors_again(self, taken):
        taken.fail_reversal(by=HELENA, at=LATER, customer_said="chega", told=TOLD)
        taken.reclassify(
            by=BRUNO,
            at=LATER,
            path=CancellationPath.TECHNICAL_OPEN,
            reason=CancellationReason.RECURRING_ISSUE,
            why="pediu outra chance",
        )

        with pytest.raises(NotAllowed):
            taken.make_plan(by=HELENA, at=LATER, plan=PLAN)
        assert taken.treated_by == ANA.ref


class TestAnswer:
    @pytest.mark.parametrize(
        ("actor", "refusal"), [(ANA, IllegalTransition), (FERNANDA, NotAllowed)]
    )
    def test_what_the_adm_fin_has_is_not_the_rcs_to_answer(self, actor, refusal):
        case = opened()
        case.claim(by=FERNANDA, at=T0)

        with pytest.raises(refusal):
            case.fail_reversal(by=actor, at=LATER, customer_said="Vou sair", told=TOLD)

    def test_the_same_answer_again_changes_nothing(self):
        case = reverted()
        version = case.version

        case.revert(
            by=ANA,
            at=LATER,
            confirmed_by="Dona Célia",
            confirmed_at=T0,
            channel=OriginChannel.CHAT,
            told=TOLD,
        )

        assert case.version == version

    def test_another_answer_of_the_same_person_is_refused(self):
        case = reverted()

        with pytest.raises(AnsweredOtherwise) as refused:
            case.fail_reversal(by=ANA, at=LATER, customer_said="chega", told=TOLD)

        assert refused.value.at == T0
        assert case.reversal is not None

    def test_a_reversal_that_was_corrected_away_is_no_failed_one(self):
        case = reverted()

        case.reclassify(
            by=ANA,
            at=LATER,
            path=CancellationPath.TECHNICAL_BLOCKED,
            reason=CancellationReason.RECURRING_ISSUE,
            why="mudou de ideia",
        )

        assert case.reversal is None
        assert case.failed_reversal is None


class TestNextStepsTold:
    def test_path_1_has_no_answer_before_the_customer_was_told(self):
        case = treated()
        evidence = {
            "confirmed_by": "Dona Célia",
            "confirmed_at": T0,
            "channel": OriginChannel.CHAT,
        }

        with pytest.raises(NextStepsNotTold):
            case.revert(by=ANA, at=T0, told=" ", **evidence)
        with pytest.raises(NextStepsNotTold):
            case.fail_reversal(by=ANA, at=T0, customer_said="chega", told="")

        assert case.version == 1

    def test_telling_it_with_the_plan_is_enough(self):
        case = treated()
        case.make_plan(by=ANA, at=T0, plan=PLAN)

        case.fail_reversal(by=ANA, at=T0, customer_said="chega", told="")

        assert case.told.told == TOLD


class TestAlreadyLeft:
    """Words that say so move a case of path 1 by themselves."""

    WORDS = "O cliente disse que já contratou outro sistema."

    def moved(self):
        case = treated()
        case.add_note(by=ANA, at=T0, text=self.WORDS, request_id="k1")
        return case

    def test_a_note_moves_the_case_and_says_why(self):
        case = self.moved()

        move = case.moved_by_words
        assert [type(event) for event in case.history[1:]] == [NoteAdded, CaseReclassified]
        assert (move.moved_by, move.why) == (MovedBy.WORDS, "já contratou outro sistema")
        assert case.judgement.path is CancellationPath.NON_TECHNICAL
        assert case.judgement.reason is CancellationReason.COMPETITOR
        assert case.status is CaseStatus.AWAITING_ADMFIN

    def test_so_do_the_plan_a_second_request_and_the_answer(self):
        by_plan, by_request, by_answer = treated(), treated(), treated()

        by_plan.make_plan(by=ANA, at=T0, plan=Plan(self.WORDS, ANA.ref, date(2026, 11, 25)))
        by_request.repeat_request(
            by=ANA, at=T0, verbatim="Já contratei outro sistema", request_id="r"
        )
        by_answer.fail_reversal(by=ANA, at=T0, customer_said=self.WORDS, told=TOLD)

        for case in (by_plan, by_request, by_answer):
            assert case.judgement.path is CancellationPath.NON_TECHNICAL
            assert case.status is CaseStatus.AWAITING_ADMFIN

    def test_a_reverted_case_that_leaves_after_all_is_reverted_no_more(self):
        case = reverted()

        case.add_note(by=ANA, at=LATER, text=self.WORDS, request_id="k1")

        assert case.judgement.path is CancellationPath.NON_TECHNICAL
        assert case.status is CaseStatus.AWAITING_ADMFIN
        assert case.reversal is None

    def test_taking_that_back_makes_it_reverted_again(self):
        case = reverted()
        case.add_note(by=ANA, at=LATER, text=self.WORDS, request_id="k1")

        case.take_back(by=ANA, at=LATER)

        assert case.status is CaseStatus.AWAITING_ADMFIN
        assert case.reversal is not None

    def test_what_the_adm_fin_has_becomes_non_technical_and_stays_with_it(self):
        case = opened()

        case.add_note(by=ANA, at=T0, text=self.WORDS, request_id="k1")

        assert case.judgement.path is CancellationPath.NON_TECHNICAL
        assert case.status is CaseStatus.AWAITING_ADMFIN
        assert case.moved_by_words is not None

    def test_taking_that_back_leaves_it_with_the_adm_fin(self):
        case = opened()
        case.add_note(by=ANA, at=T0, text=self.WORDS, request_id="k1")

        case.take_back(by=ANA, at=LATER)

        assert case.judgement.path is CancellationPath.TECHNICAL_BLOCKED
        assert case.status is CaseStatus.AWAITING_ADMFIN

    def test_what_is_non_technical_already_does_not_move(self):
        case = opened(CancellationPath.NON_TECHNICAL)
        version = case.version

        case.add_note(by=ANA, at=T0, text=self.WORDS, request_id="k1")

        assert case.version == version + 1

    def test_one_press_takes_it_back(self):
        case = self.moved()

        case.take_back(by=ANA, at=LATER)

        assert case.status is CaseStatus.IN_TREATMENT
        assert case.judgement.path is CancellationPath.TECHNICAL_OPEN
        assert case.judgement.reason is CancellationReason.RECURRING_ISSUE
        assert case.moved_by_words is None

    def test_the_same_words_do_not_move_it_again(self):
        case = self.moved()
        case.take_back(by=ANA, at=LATER)

        case.add_note(by=ANA, at=LATER, text=self.WORDS.upper(), request_id="k2")
        case.make_plan(
            by=ANA, at=LATER, plan=replace(PLAN, what=f"{self.WORDS} Ligar amanhã às 15:00.")
        )

        assert case.status is CaseStatus.IN_TREATMENT

    def test_other_words_do(self):
        case = self.moved()
        case.take_back(by=ANA, at=LATER)

        case.add_note(by=ANA, at=LATER, text="Agora já fechou com a concorrente.", request_id="k2")

        assert case.judgement.path is CancellationPath.NON_TECHNICAL

    def test_words_that_stand_uncontradicted_move_a_second_round_too(self):
        case = self.moved()
        case.reclassify(
            by=ANA,
            at=LATER,
            path=CancellationPath.TECHNICAL_OPEN,
            reason=CancellationReason.RECURRING_ISSUE,
            why="pediu outra chance",
        )

        case.add_note(by=ANA, at=LATER, text=self.WORDS, request_id="k2")

        assert case.judgement.path is CancellationPath.NON_TECHNICAL

    def test_taking_it_back_twice_changes_nothing(self):
        case = self.moved()

        for _ in range(2):
            case.take_back(by=ANA, at=LATER)

        assert case.version == 4


BRUNO_N2 = type(BRUNO)(BRUNO.id, BRUNO.name, BRUNO.roles | {Role.N2})
