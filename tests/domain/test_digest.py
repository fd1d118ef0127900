"""A leader's morning: what waits, what is late, and the reason that stands out, or none."""

from dataclasses import replace
from datetime import timedelta

import pytest

from config.calendar import load_calendar
from retention.domain.business_clock import Targets
from retention.domain.cancellation import CancellationReason
from retention.domain.digest import Delay, Duty, Reasons, draw_up
from retention.domain.events import ClaimStep, CrmChangeKind, ReminderKind
from retention.domain.report import Span
from retention.domain.treatment import Plan
from tests.domain.test_report import HELENA, ended, figures, hear, later, reverted
from tests.samples import ANA, FERNANDA, LOST, MONDAY, WITH_RC, case

CALENDAR = load_calendar()
TARGETS = Targets()
CLAIM_LIMIT = TARGETS.claim[ClaimStep.ABOVE]
SLOW, PRICE = CancellationReason.SLOW_SUPPORT, CancellationReason.PRICE


def digest(*open_cases, at=MONDAY, exceptions=(), recent=(), targets=TARGETS):
    return draw_up(
        leader=HELENA.ref,
        span=Span(at - timedelta(days=1), at),
        today=CALENDAR.day_of(at),
        open_cases=[figures(each) for each in open_cases],
        exceptions=[figures(each) for each in exceptions],
        recent=[figures(each) for each in recent],
        business_time=CALENDAR.between,
        targets=targets,
    )


def planned(due):
    new = case(1, judgement=WITH_RC)
    new.make_plan(by=ANA, at=MONDAY, plan=Plan("Trocar", ANA.ref, due, "Ligo amanhã"))
    return new


class TestWaiting:
    @pytest.mark.parametrize(
        ("waited", "waits"), [(CLAIM_LIMIT - timedelta(minutes=1), False), (CLAIM_LIMIT, True)]
    )
    def test_who_has_no_owner_is_the_leader_s_once_the_mentions_have_ended(self, waited, waits):
        found = digest(case(1), at=MONDAY + waited)

        assert [each.duty for each in found.waiting] == [Duty.UNCLAIMED] * waits
        assert found.oldest is not None

    def test_how_long_is_the_configuration_s(self):
        slower = Targets(
            claim={ClaimStep.AGAIN: CLAIM_LIMIT, ClaimStep.ABOVE: 2 * CLAIM_LIMIT},
            no_news=timedelta(hours=2),
        )
        claimed = case(2)
        claimed.claim(by=FERNANDA, at=MONDAY)

        found = digest(case(1), claimed, at=MONDAY + CLAIM_LIMIT, targets=slower)
        later_on = digest(case(1), claimed, at=MONDAY + timedelta(hours=2), targets=slower)

        assert (found.waiting, found.late) == ((), ())
        assert [each.duty for each in later_on.waiting] == [Duty.UNCLAIMED]
        assert [each.delay for each in later_on.late] == [Delay.QUIET]

    def test_nights_do_not_count(self):
        friday_evening = MONDAY + timedelta(days=4, hours=7, minutes=50)

        found = digest(case(1, at=friday_evening), at=friday_evening + timedelta(days=2))

        assert found.waiting == ()

    def test_a_caso_closed_in_the_crm_waits_for_the_gate(self):
        closed = case(1)
        closed.claim(by=FERNANDA, at=MONDAY)
        hear(closed, CrmChangeKind.CLOSED, at=later(minutes=3))

        found = digest(closed, at=later(minutes=9))

        assert [each.duty for each in found.waiting] == [Duty.CLOSED_IN_CRM]

    def test_an_exception_is_to_be_seen(self):
        left = ended(1, replace(LOST, lesson=""), override="Cliente não atende mais")

        found = digest(exceptions=[left])

        assert [each.duty for each in found.waiting] == [Duty.EXCEPTION]


class TestLate:
    def test_a_plan_is_late_the_day_after_it_was_due(self):
        new = planned(MONDAY.date())

        assert digest(new, at=later(hours=1)).late == ()
        [late] = digest(new, at=later(days=1)).late
        assert late.delay is Delay.PLAN

    def test_a_case_is_late_when_nothing_was_said_in_it_for_a_day_of_work(self):
        owned = case(1)
        owned.claim(by=FERNANDA, at=MONDAY)

        assert digest(owned, at=later(hours=9)).late == ()
        [late] = digest(owned, at=later(days=1, hours=2)).late
        assert (late.delay, late.quiet_for) == (Delay.QUIET, timedelta(hours=10, minutes=30))

    def test_a_reminder_of_the_bot_makes_no_quiet_case_less_late(self):
        owned = case(1)
        owned.claim(by=FERNANDA, at=MONDAY)
        owned.remind(ReminderKind.NEWS, at=later(days=1))

        [late] = digest(owned, at=later(days=1, hours=2)).late
        assert late.delay is Delay.QUIET

    def test_a_pending_question_is_late_once_its_answer_was_due_and_not_before(self):
        owned = case(1)
        owned.claim(by=FERNANDA, at=MONDAY)
        owned.ask(by=FERNANDA, at=MONDAY, person=ANA.ref, what="Multa?", until=later(days=2))

        assert digest(owned, at=later(days=1, hours=2)).late == ()
        [late] = digest(owned, at=later(days=2)).late
        assert late.delay is Delay.ANSWER

    def test_one_that_was_given_back_waits_for_an_owner_and_is_not_late(self):
        returned = case(1)
        returned.claim(by=FERNANDA, at=MONDAY)
        returned.give_back(by=FERNANDA, at=later(days=1), why="Férias")

        found = digest(returned, at=later(days=1, minutes=20))

        assert (found.waiting, found.late) == ((), ())
        assert found.oldest is not None
        assert digest(returned, at=later(days=1, minutes=30)).waiting != ()


class TestEmpty:
    def test_nothing_to_say_is_empty(self):
        assert digest().is_empty

    def test_what_ended_as_it_should_yesterday_is_news(self):
        assert not digest(recent=[ended(1, at=later(hours=-2))]).is_empty

    def test_a_reversal_by_the_rc_is_a_request_that_came(self):
        assert not digest(recent=[reverted(at=later(hours=-2))]).is_empty


class TestStandout:
    @pytest.mark.parametrize(
        ("week", "before", "standout"),
        [
            ({SLOW: 5, PRICE: 4}, {SLOW: 2, PRICE: 10}, SLOW),
            ({SLOW: 5, PRICE: 4}, {SLOW: 20, PRICE: 16}, None),
            ({SLOW: 3}, {SLOW: 0, PRICE: 12}, None),
            ({SLOW: 9}, {SLOW: 1}, None),
            ({SLOW: 0}, {SLOW: 40}, None),
            ({}, {}, None),
        ],
        ids=["more", "as ever", "few", "no past", "less", "nothing"],
    )
    def test_a_reason_stands_out_where_chance_does_not_explain_it(self, week, before, standout):
        assert Reasons(week, before).standout is standout

    def test_many_reasons_make_chance_more_probable(self):
        before = {SLOW: 4, PRICE: 10}
        others = dict.fromkeys([each for each in CancellationReason if each is not SLOW], 1)

        alone = Reasons({SLOW: 5}, before).standout
        among = Reasons({SLOW: 5} | others, before).standout

        assert (alone, among) == (SLOW, None)
