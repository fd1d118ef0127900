"""The customer has decided, or cannot be reached."""

from datetime import timedelta

import pytest

from retention.domain.cancellation import OriginChannel
from retention.domain.errors import (
    AlreadyDone,
    AnsweredOtherwise,
    IllegalTransition,
    NotAllowed,
    OutdatedForm,
)
from retention.domain.events import CaseStatus, FeedbackChannel
from retention.domain.fast_lane import Attempts
from retention.domain.people import Person
from tests.domain.test_ownership import INES
from tests.samples import ANA, FERNANDA, GUSTAVO, LOST, MONDAY, RENATO, RETAINED, WITH_RC, case

SAID = "Já está decidido"
TRIED = Attempts(3, (FeedbackChannel.PHONE, FeedbackChannel.EMAIL), MONDAY - timedelta(hours=1))


@pytest.fixture
def claimed():
    found = case()
    found.assign(by=FERNANDA, at=MONDAY, to=Person(INES.id, INES.name, INES.roles))
    return found


class TestDecision:
    @pytest.mark.parametrize("who", [INES, FERNANDA])
    def test_its_owner_or_a_lead_takes_the_fast_lane(self, claimed, who):
        claimed.customer_decided(by=who, at=MONDAY, said=SAID)

        assert claimed.status is CaseStatus.LEAVING
        assert claimed.decision.said == SAID

    @pytest.mark.parametrize("who", [ANA, RENATO])
    def test_nobody_else_does(self, claimed, who):
        with pytest.raises(NotAllowed):
            claimed.customer_decided(by=who, at=MONDAY, said=SAID)

    def test_a_pending_question_does_not_hold_it_up(self, claimed):
        claimed.ask(by=INES, at=MONDAY, person=ANA.ref, what="Multa?", until=MONDAY)

        claimed.customer_decided(by=INES, at=MONDAY, said=SAID)

        assert claimed.question is None

    @pytest.mark.parametrize(
        ("outcome", "status"), [(LOST, CaseStatus.LOST), (RETAINED, CaseStatus.RETAINED)]
    )
    def test_it_ends_either_way(self, claimed, outcome, status):
        claimed.customer_decided(by=INES, at=MONDAY, said=SAID)

        claimed.record_outcome(by=FERNANDA, at=MONDAY, outcome=outcome)

        assert claimed.status is status

    def test_the_same_again_changes_nothing(self, claimed):
        claimed.customer_decided(by=INES, at=MONDAY, said=SAID)
        version = claimed.version

        claimed.customer_decided(by=INES, at=MONDAY, said=SAID)

        assert claimed.version == version

    def test_other_words_or_another_person_find_it_done(self, claimed):
        claimed.customer_decided(by=INES, at=MONDAY, said=SAID)

        with pytest.raises(AnsweredOtherwise):
            claimed.customer_decided(by=INES, at=MONDAY, said="Cansei")
        with pytest.raises(AlreadyDone):
            claimed.customer_decided(by=GUSTAVO, at=MONDAY, said=SAID)

    def test_nobody_asks_anything_any_more(self, claimed):
        claimed.customer_decided(by=INES, at=MONDAY, said=SAID)

        with pytest.raises(IllegalTransition):
            claimed.ask(by=INES, at=MONDAY, person=ANA.ref, what="Multa?", until=MONDAY)

    def test_a_case_without_owner_has_no_fast_lane(self):
        with pytest.raises(IllegalTransition):
            case().customer_decided(by=FERNANDA, at=MONDAY, said=SAID)

    def test_words_that_tell_a_departure_correct_the_path(self):
        found = case(judgement=WITH_RC)
        found.revert(
            by=ANA,
            at=MONDAY,
            confirmed_by="João",
            confirmed_at=MONDAY,
            channel=OriginChannel.PHONE,
            told="Ligamos",
        )
        found.claim(by=FERNANDA, at=MONDAY)

        found.customer_decided(by=FERNANDA, at=MONDAY, said="Ele já contratou outro sistema.")

        assert found.moved_by_words is not None
        assert found.status is CaseStatus.LEAVING


class TestAttempts:
    def test_a_lead_writes_down_how_it_was_tried_and_the_case_stays(self, claimed):
        claimed.end_attempts(by=FERNANDA, at=MONDAY, attempts=TRIED)

        assert claimed.status is CaseStatus.WITH_ADMFIN
        assert (claimed.attempts.tries, claimed.attempts.channels) == (3, TRIED.channels)

    @pytest.mark.parametrize("who", [ANA, RENATO, INES])
    def test_nobody_else_does(self, claimed, who):
        with pytest.raises(NotAllowed):
            claimed.end_attempts(by=who, at=MONDAY, attempts=TRIED)

    def test_the_same_again_changes_nothing(self, claimed):
        claimed.end_attempts(by=FERNANDA, at=MONDAY, attempts=TRIED)
        version = claimed.version

        claimed.end_attempts(by=FERNANDA, at=MONDAY, attempts=TRIED, seen=version - 1)

        assert claimed.version == version

    def test_a_form_from_before_somebody_else_s_is_outdated(self, claimed):
        seen = claimed.version
        claimed.end_attempts(by=FERNANDA, at=MONDAY, attempts=TRIED)

        with pytest.raises(OutdatedForm):
            claimed.end_attempts(by=GUSTAVO, at=MONDAY, attempts=TRIED, seen=seen)

    def test_a_case_without_owner_was_not_tried(self):
        with pytest.raises(IllegalTransition):
            case().end_attempts(by=FERNANDA, at=MONDAY, attempts=TRIED)
