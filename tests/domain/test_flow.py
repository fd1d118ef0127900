"""Where a case stands on the paths of the process: a step is done when its fact is recorded."""

import pytest

from retention.domain.cancellation import CancellationPath
from retention.domain.events import CaseStatus, HandoverStep, TreatmentStep
from retention.domain.flow import FLOWS, FlowStep, Progress, progress, step_now
from retention.domain.treatment import Plan
from tests.samples import ANA, FERNANDA, HANDED_OVER, MONDAY, RETAINED, WITH_RC, case

DONE, NOW, LATER, OPEN = Progress


def treated(*steps):
    found = case(judgement=WITH_RC)
    found.tick_treatment(by=ANA, at=MONDAY, steps=steps)
    return found


def claimed(*steps):
    found = case(judgement=HANDED_OVER)
    found.tick(by=ANA, at=MONDAY, steps=steps)
    found.claim(by=FERNANDA, at=MONDAY)
    return found


def ended(*steps):
    found = claimed(*steps)
    found.record_outcome(by=FERNANDA, at=MONDAY, outcome=RETAINED)
    return found


def states(found):
    return list(progress(found).values())


class TestPath1:
    def test_begins_where_the_rc_listens(self):
        assert states(treated()) == [NOW, LATER, LATER, LATER]

    def test_its_steps_are_done_once_they_are_ticked(self):
        assert states(treated(TreatmentStep.LISTEN)) == [DONE, NOW, LATER, LATER]
        assert states(treated(TreatmentStep.ACT)) == [NOW, DONE, LATER, LATER]
        assert step_now(treated(TreatmentStep.LISTEN, TreatmentStep.ACT)) is FlowStep.HAND_OVER

    def test_whoever_plans_has_listened(self):
        planned = treated()
        planned.make_plan(by=ANA, at=MONDAY, plan=Plan("Refazer tudo", ANA.ref, MONDAY.date()))

        assert states(planned) == [DONE, NOW, LATER, LATER]

    def test_its_answer_ends_the_rcs_part(self):
        reverted = treated()
        reverted.revert(
            by=ANA,
            at=MONDAY,
            confirmed_by="João",
            confirmed_at=MONDAY,
            channel="phone",
            told="Ligamos amanhã",
        )

        assert states(reverted) == [DONE, DONE, NOW, LATER]


class TestHandover:
    def test_the_other_paths_stand_at_it_at_once(self):
        assert progress(case(judgement=HANDED_OVER)) == {
            FlowStep.LISTEN: DONE,
            FlowStep.HAND_OVER: NOW,
            FlowStep.CONCLUDE: LATER,
        }

    def test_is_done_when_all_its_steps_are(self):
        found = case(judgement=HANDED_OVER)
        found.tick(by=ANA, at=MONDAY, steps=[HandoverStep.QUEUE, HandoverStep.STATUS])

        assert states(found) == [DONE, NOW, LATER]
        found.tick(by=ANA, at=MONDAY, steps=HandoverStep)
        assert states(found) == [DONE, DONE, NOW]

    def test_whoever_claims_concludes_although_a_step_is_missing(self):
        assert states(claimed()) == [DONE, NOW, NOW]
        assert step_now(claimed()) is FlowStep.CONCLUDE
        assert step_now(claimed(*HandoverStep)) is FlowStep.CONCLUDE


class TestEnd:
    def test_an_ended_case_has_gone_the_whole_way(self):
        assert step_now(ended(*HandoverStep)) is None
        assert set(states(ended(*HandoverStep))) == {DONE}

    def test_what_was_never_recorded_is_not_called_done(self):
        assert states(ended()) == [DONE, OPEN, DONE]


@pytest.mark.parametrize("status", [status for status in CaseStatus if status.is_open])
def test_every_open_status_has_a_step(status):
    standing = case(judgement=WITH_RC)
    standing.status = status

    assert step_now(standing) in FLOWS[CancellationPath.TECHNICAL_OPEN]
