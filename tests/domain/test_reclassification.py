"""Path and reason are corrected with a reason; thread and clock go on."""

import pytest

from retention.domain.cancellation import CancellationPath, CancellationReason
from retention.domain.errors import (
    AlreadyDone,
    IllegalTransition,
    NotAllowed,
    NothingChanges,
    OutdatedForm,
)
from retention.domain.events import CaseReclassified, CaseStatus, MovedBy
from tests.domain.test_case import (
    ANA,
    BIA,
    BRUNO,
    FERNANDA,
    GUSTAVO,
    HELENA,
    KEPT,
    T0,
    TOLD,
    opened,
)

OPEN, BLOCKED, NON_TECHNICAL = CancellationPath
PRICE = CancellationReason.PRICE
ISSUE = CancellationReason.RECURRING_ISSUE


def reclassify(case, by=ANA, *, path=BLOCKED, reason=ISSUE, seen=None, why="não quer tentativa"):
    case.reclassify(by=by, at=T0, path=path, reason=reason, why=why, seen=seen)


def claimed():
    case = opened()
    case.claim(by=FERNANDA, at=T0)
    return case


class TestReclassify:
    def test_before_and_after_and_why_are_kept(self):
        case = opened()

        reclassify(case, path=NON_TECHNICAL, reason=PRICE, why="falou só do reajuste")

        event = case.last(CaseReclassified)
        assert (event.path_before, event.path) == (BLOCKED, NON_TECHNICAL)
        assert (event.reason_before, event.reason) == (ISSUE, PRICE)
        assert (event.moved_by, event.why) == (MovedBy.PERSON, "falou só do reajuste")

    def test_the_clock_goes_on(self):
        case = opened(OPEN)

        reclassify(case)

        assert case.opened_at == T0

    def test_leaving_path_1_hands_over_at_once(self):
        case = opened(OPEN)

        reclassify(case)

        assert case.status is CaseStatus.AWAITING_ADMFIN

    def test_between_paths_2_and_3_the_status_stays(self):
        case = claimed()

        reclassify(case, path=NON_TECHNICAL)

        assert case.status is CaseStatus.WITH_ADMFIN
        assert case.claimed is not None

    def test_a_reversal_does_not_outlive_its_path(self):
        case = opened(OPEN)
        case.revert(
            by=ANA, at=T0, confirmed_by="Célia", confirmed_at=T0, channel="phone", told=TOLD
        )

        reclassify(case)

        assert case.reversal is None
        assert case.status is CaseStatus.AWAITING_ADMFIN

    @pytest.mark.parametrize("actor", [BIA, HELENA])
    def test_it_is_the_authors_or_a_leads(self, actor):
        with pytest.raises(NotAllowed):
            reclassify(opened(), actor, path=NON_TECHNICAL)

    def test_an_ended_case_stays_as_it_is(self):
        case = claimed()
        case.record_outcome(by=FERNANDA, at=T0, outcome=KEPT)

        with pytest.raises(IllegalTransition):
            reclassify(case, path=NON_TECHNICAL)

    def test_the_same_form_again_changes_nothing(self):
        case = opened()

        for _ in range(2):
            reclassify(case, path=NON_TECHNICAL)

        assert case.version == 2

    def test_a_form_from_before_the_case_moved_is_shown_anew(self):
        case = opened()
        seen = case.version
        case.claim(by=FERNANDA, at=T0)

        with pytest.raises(OutdatedForm):
            reclassify(case, path=NON_TECHNICAL, seen=seen)
        reclassify(case, path=NON_TECHNICAL, seen=case.version)

        assert case.judgement.path is NON_TECHNICAL

    def test_a_note_does_not_outdate_a_form(self):
        case = opened()
        seen = case.version
        case.add_note(by=BIA, at=T0, text="ligou", request_id="k")

        reclassify(case, path=NON_TECHNICAL, seen=seen)

        assert case.judgement.path is NON_TECHNICAL

    def test_the_same_form_again_is_not_outdated_by_itself(self):
        case = opened()

        for _ in range(2):
            reclassify(case, path=NON_TECHNICAL, seen=1)

        assert case.version == 2

    def test_to_what_it_is_already_is_refused(self):
        with pytest.raises(NothingChanges):
            reclassify(opened())


class TestBackToPath1:
    def test_the_rc_treats_it_again_while_nobody_has_claimed(self):
        case = opened()

        reclassify(case, path=OPEN)

        assert case.status is CaseStatus.IN_TREATMENT
        assert case.handed_over_at is None

    def test_the_author_cannot_take_it_from_the_adm_fin(self):
        with pytest.raises(NotAllowed):
            reclassify(claimed(), path=OPEN)

    @pytest.mark.parametrize("lead", [BRUNO, FERNANDA])
    def test_a_lead_gives_it_back_and_it_has_no_owner(self, lead):
        case = claimed()

        reclassify(case, lead, path=OPEN)

        assert case.status is CaseStatus.IN_TREATMENT
        assert (case.owner, case.claimed) == (None, None)

    def test_a_second_round_ends_and_is_claimed_like_the_first(self):
        case = opened(OPEN)
        case.fail_reversal(by=ANA, at=T0, customer_said="", told=TOLD)
        case.claim(by=FERNANDA, at=T0)
        reclassify(case, FERNANDA, path=OPEN)

        case.fail_reversal(by=BRUNO, at=T0, customer_said="", told=TOLD)
        case.claim(by=GUSTAVO, at=T0)

        assert case.answer.by == BRUNO.ref
        assert case.owner == GUSTAVO.ref


class TestTakeBack:
    def moved(self):
        case = opened(OPEN)
        case.add_note(by=ANA, at=T0, text="já contratou outro sistema", request_id="k")
        return case

    def test_only_what_words_moved_is_taken_back(self):
        case = opened(OPEN)
        reclassify(case)

        with pytest.raises(NothingChanges):
            case.take_back(by=ANA, at=T0)

    def test_a_person_who_confirms_it_ends_the_offer(self):
        case = self.moved()

        reclassify(case, path=NON_TECHNICAL, reason=PRICE)

        assert case.moved_by_words is None

    def test_the_second_to_take_it_back_hears_who_was_faster(self):
        case = self.moved()
        case.take_back(by=ANA, at=T0)

        with pytest.raises(AlreadyDone):
            case.take_back(by=BRUNO, at=T0)

    @pytest.mark.parametrize("actor", [ANA, BRUNO, FERNANDA, HELENA])
    def test_the_author_and_whoever_leads_take_it_back(self, actor):
        case = self.moved()

        case.take_back(by=actor, at=T0)

        assert case.status is CaseStatus.IN_TREATMENT

    def test_nobody_else_does(self):
        with pytest.raises(NotAllowed):
            self.moved().take_back(by=BIA, at=T0)

    def test_the_author_cannot_take_it_from_the_adm_fin(self):
        case = self.moved()
        case.claim(by=FERNANDA, at=T0)

        with pytest.raises(NotAllowed):
            case.take_back(by=ANA, at=T0)
