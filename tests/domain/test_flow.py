"""Where a case stands on the paths of the process."""

import pytest

from retention.domain.cancellation import CancellationPath
from retention.domain.events import CaseStatus
from retention.domain.flow import FLOWS, FlowStep, Progress, progress, step_now
from tests.samples import FERNANDA, HANDED_OVER, MONDAY, WITH_RC, case

DONE, NOW, LATER = Progress


def test_path_1_stands_where_the_rc_acts():
    found = progress(case(judgement=WITH_RC))

    assert list(found.values()) == [DONE, NOW, LATER, LATER]
    assert found[FlowStep.ACT] is NOW


def test_the_other_paths_stand_at_the_handover_at_once():
    found = progress(case(judgement=HANDED_OVER))

    assert found == {
        FlowStep.LISTEN: DONE,
        FlowStep.HAND_OVER: NOW,
        FlowStep.CONCLUDE: LATER,
    }


def test_a_claimed_case_stands_at_the_conversation():
    claimed = case(judgement=HANDED_OVER)
    claimed.claim(by=FERNANDA, at=MONDAY)

    assert step_now(claimed) is FlowStep.CONCLUDE


def test_an_ended_case_has_gone_the_whole_way():
    ended = case(judgement=HANDED_OVER)
    ended.status = CaseStatus.LOST

    assert step_now(ended) is None
    assert set(progress(ended).values()) == {DONE}


@pytest.mark.parametrize("status", [status for status in CaseStatus if status.is_open])
def test_every_open_status_has_a_step(status):
    standing = case(judgement=WITH_RC)
    standing.status = status

    assert step_now(standing) in FLOWS[CancellationPath.TECHNICAL_OPEN]
