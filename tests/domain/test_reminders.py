"""What falls due about a case, and when: the claim ladder, no news, documents, a snooze."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from retention.domain.business_calendar import BusinessCalendar
from retention.domain.business_clock import BusinessClock, Due, SnoozeFor, Targets
from retention.domain.cancellation import OriginChannel
from retention.domain.errors import IllegalTransition, NotAllowed
from retention.domain.events import (
    ClaimEscalated,
    ClaimStep,
    CrmChangeKind,
    DocumentState,
    HandoverStep,
    OwnerReminded,
    ReminderKind,
    ReminderSnoozed,
)
from tests.business import CLOCK, here
from tests.samples import ANA, BIA, FERNANDA, GUSTAVO, LOST, RENATO, WITH_RC, case

TUESDAY = here(24, 14)
"""14:00: in the middle of open hours."""


def due(found, now=None):
    return CLOCK.due_now(found, now) if now else CLOCK.next_due(found)


def escalated(found, now):
    """Take the steps of the ladder that are due at a moment; returns all taken so far."""
    while isinstance(what := (due(found, now) or Due(now, ReminderKind.NEWS)).what, ClaimStep):
        found.escalate_claim(what, at=now)
    return [event.step for event in found.history if isinstance(event, ClaimEscalated)]


class TestClaim:
    @pytest.mark.parametrize(
        ("opened", "again", "above"),
        [
            (here(27, 11, 50), here(27, 13, 35), here(27, 13, 50)),
            (here(27, 17, 55), here(31, 8, 10), here(31, 8, 25)),
            (here(28, 10), here(31, 8, 15), here(31, 8, 30)),
            (here(24, 14), here(24, 14, 15), here(24, 14, 30)),
        ],
        ids=["before lunch", "before a long weekend", "on a Saturday", "in open hours"],
    )
    def test_an_unclaimed_case_escalates_after_so_many_open_minutes(self, opened, again, above):
        """Friday is the 27th; Monday, the 30th, is a holiday, and Tuesday is the "31st"."""
        found = case(at=opened)

        first = due(found)
        found.escalate_claim(ClaimStep.AGAIN, at=again)
        second = due(found)

        assert first == Due(again, ClaimStep.AGAIN)
        assert second == Due(above, ClaimStep.ABOVE)
        assert CLOCK.claim_by(found) == again

    def test_each_step_is_taken_once_however_often_and_late_it_is_looked(self):
        found = case(at=TUESDAY)

        for minutes in (0, 14, 15, 16, 15, 40, 31, 300):
            escalated(found, TUESDAY + timedelta(minutes=minutes))

        assert escalated(found, here(25, 9)) == [ClaimStep.AGAIN, ClaimStep.ABOVE]

    def test_a_step_taken_twice_counts_once(self):
        found = case(at=TUESDAY)

        found.escalate_claim(ClaimStep.AGAIN, at=TUESDAY)
        found.escalate_claim(ClaimStep.AGAIN, at=TUESDAY)

        assert found.escalations == (ClaimStep.AGAIN,)

    def test_nothing_is_due_outside_business_hours(self):
        found = case(at=here(24, 17, 30))

        assert due(found, here(24, 18)) is None
        assert due(found, here(24, 23)) is None
        assert CLOCK.look_again(found, here(24, 23)) == here(25, 8)
        assert due(found, here(25, 8)) == Due(here(24, 17, 45), ClaimStep.AGAIN)

    def test_a_claim_stops_the_ladder(self):
        found = case(at=TUESDAY)
        found.claim(by=FERNANDA, at=TUESDAY)

        found.escalate_claim(ClaimStep.AGAIN, at=TUESDAY)

        assert escalated(found, here(25, 10)) == []
        assert CLOCK.claim_by(found) is None

    def test_a_case_given_back_to_the_rc_stops_the_ladder_and_a_new_handover_begins_it_anew(self):
        found = case(at=TUESDAY)
        escalated(found, here(24, 14, 20))
        found.reclassify(
            by=RENATO,
            at=here(24, 14, 21),
            path=WITH_RC.path,
            reason=WITH_RC.reason,
            reason_text="",
            why="Ele aceitou nova tentativa",
        )

        stopped = due(found, here(24, 15))
        found.revert(
            by=ANA,
            at=here(24, 16),
            confirmed_by="João",
            confirmed_at=here(24, 15),
            channel=OriginChannel.PHONE,
            told="Ligamos amanhã",
        )

        assert stopped is None
        assert due(found) == Due(here(24, 16, 15), ClaimStep.AGAIN)
        assert escalated(found, here(24, 17)) == [
            ClaimStep.AGAIN,
            ClaimStep.AGAIN,
            ClaimStep.ABOVE,
        ]

    def test_a_request_that_the_rc_treats_is_nobody_s_to_claim(self):
        assert due(case(judgement=WITH_RC, at=TUESDAY)).what is ReminderKind.NEWS


class TestNews:
    @pytest.fixture
    def treated(self):
        return case(judgement=WITH_RC, at=TUESDAY)

    def test_a_quiet_case_asks_its_author_after_so_many_open_hours(self, treated):
        assert due(treated) == Due(here(25, 13, 30), ReminderKind.NEWS)

    def test_a_claimed_one_asks_its_owner(self):
        found = case(at=TUESDAY)
        found.claim(by=FERNANDA, at=here(24, 15))

        asked = due(found)
        found.remind(ReminderKind.NEWS, at=asked.at)

        reminder = found.last(OwnerReminded)
        assert asked == Due(here(25, 14, 30), ReminderKind.NEWS)
        assert reminder is not None
        assert reminder.person == FERNANDA.ref
        assert reminder.since == here(24, 15)

    def test_it_is_asked_once_until_there_is_news(self, treated):
        treated.remind(ReminderKind.NEWS, at=here(25, 13, 30))

        asked_again = due(treated)
        treated.add_note(by=BIA, at=here(25, 14), text="Vai pensar", request_id="n")

        assert asked_again is None
        assert due(treated) == Due(here(26, 13, 30), ReminderKind.NEWS)

    def test_what_the_bot_says_itself_is_no_news(self):
        found = case(at=TUESDAY, in_crm=True)
        found.claim(by=FERNANDA, at=TUESDAY)

        found.confirm_steps(at=here(24, 16), found={HandoverStep.QUEUE: "FOOD"}, lacking={})

        assert due(found) == Due(here(25, 13, 30), ReminderKind.NEWS)

    def test_what_people_write_in_the_crm_is_news(self, treated):
        treated.hear(
            at=here(24, 16),
            kind=CrmChangeKind.COMMENT,
            who="Bruno",
            text="Ligo amanhã",
            was="",
            happened_at=here(24, 16),
        )

        assert due(treated) == Due(here(25, 15, 30), ReminderKind.NEWS)

    def test_an_ended_case_is_asked_nothing(self):
        found = case(at=TUESDAY)
        found.claim(by=FERNANDA, at=TUESDAY)
        found.record_outcome(by=FERNANDA, at=TUESDAY, outcome=LOST)

        assert due(found) is None
        assert CLOCK.look_again(found, TUESDAY) is None


class TestAnswer:
    @pytest.fixture
    def asked(self):
        """Fernanda asks Ana for something, until lunch."""
        found = case(at=here(24, 9))
        found.claim(by=FERNANDA, at=here(24, 9))
        found.ask(
            by=FERNANDA, at=here(24, 9), person=ANA.ref, what="Multa?", until=here(24, 12, 30)
        )
        return found

    def test_a_late_one_is_due_in_open_hours(self, asked):
        assert due(asked) == Due(here(24, 13, 30), ReminderKind.ANSWER)
        assert due(asked, here(24, 13)) is None

    def test_it_names_who_owes_it_and_who_waits(self, asked):
        asked.remind_of_question(at=here(24, 13, 30))

        reminder = asked.last(OwnerReminded)
        assert (reminder.person, reminder.asker) == (ANA.ref, FERNANDA.ref)
        assert reminder.since == here(24, 12, 30)
        assert asked.is_answer_late

    def test_it_is_said_once_and_nobody_asks_how_the_case_stands(self, asked):
        asked.remind_of_question(at=here(24, 13, 30))

        assert due(asked) is None

    def test_the_next_question_has_a_reminder_of_its_own(self, asked):
        asked.remind_of_question(at=here(24, 13, 30))
        asked.answer_question(by=ANA, at=here(24, 14), text="Foi")

        asked.ask(by=FERNANDA, at=here(24, 14), person=ANA.ref, what="E?", until=here(24, 15))

        assert due(asked) == Due(here(24, 15), ReminderKind.ANSWER)
        assert not asked.is_answer_late

    def test_an_answer_in_time_stops_it_and_silence_is_asked_about_again(self, asked):
        asked.answer_question(by=ANA, at=here(24, 11), text="Foi")

        assert due(asked) == Due(here(25, 10, 30), ReminderKind.NEWS)

    def test_a_snooze_puts_it_off(self, asked):
        asked.snooze(by=FERNANDA, at=here(24, 10), until=here(25, 8), why="Ela está em curso")

        assert due(asked) == Due(here(25, 8), ReminderKind.ANSWER)

    def test_some_open_hours_are_proposed(self):
        assert CLOCK.answer_by(here(24, 9, 2)) == here(24, 14, 30)
        assert CLOCK.answer_by(here(27, 16)) == here(31, 10)

    @pytest.mark.parametrize(
        ("now", "day"),
        [(here(24, 9), 24), (here(24, 7), 24), (here(24, 20), 25), (here(29, 17), 31)],
    )
    def test_what_is_planned_begins_on_a_day_that_is_open(self, now, day):
        assert CLOCK.day_to_begin(now) == here(day, 9).date()


class TestDocuments:
    @pytest.fixture
    def asked(self):
        """An unclaimed case, escalated as far as it goes, with two documents asked for."""
        found = case(at=TUESDAY)
        for step in ClaimStep:
            found.escalate_claim(step, at=TUESDAY)
        found.mark_documents(
            by=ANA, at=TUESDAY, documents=("Contrato", "Distrato"), state=DocumentState.REQUESTED
        )
        return found

    def test_they_are_asked_after_at_the_opening_of_the_second_business_day(self, asked):
        assert due(asked) == Due(here(26, 8), ReminderKind.DOCUMENTS)

    def test_a_holiday_is_no_business_day(self):
        found = case(at=here(27, 9))
        for step in ClaimStep:
            found.escalate_claim(step, at=here(27, 9))
        found.mark_documents(
            by=ANA, at=here(27, 10), documents=("Contrato",), state=DocumentState.REQUESTED
        )

        assert due(found).at == here(32, 8)

    def test_only_those_that_have_not_come_are_named(self, asked):
        asked.mark_documents(
            by=ANA, at=TUESDAY, documents=("Contrato",), state=DocumentState.RECEIVED
        )

        asked.remind(ReminderKind.DOCUMENTS, at=here(26, 8))

        assert asked.history[-1].documents == ("Distrato",)
        assert asked.history[-1].person == ANA.ref
        assert due(asked) is None

    def test_once_all_have_come_nobody_is_asked(self, asked):
        asked.mark_documents(
            by=ANA, at=TUESDAY, documents=("Contrato", "Distrato"), state=DocumentState.RECEIVED
        )

        assert due(asked) is None

    def test_a_later_request_is_a_cause_of_its_own(self, asked):
        asked.remind(ReminderKind.DOCUMENTS, at=here(26, 8))

        asked.mark_documents(
            by=ANA, at=here(26, 9), documents=("Procuração",), state=DocumentState.REQUESTED
        )

        assert due(asked).what is ReminderKind.DOCUMENTS


class TestSnooze:
    @pytest.fixture
    def treated(self):
        return case(judgement=WITH_RC, at=TUESDAY)

    def test_the_reminder_waits_until_then(self, treated):
        treated.snooze(by=ANA, at=here(24, 15), until=here(26, 8), why="O dono volta na quinta")

        assert due(treated) == Due(here(26, 8), ReminderKind.NEWS)
        assert treated.snoozed.why == "O dono volta na quinta"

    def test_after_a_reminder_it_brings_one_more(self, treated):
        treated.remind(ReminderKind.NEWS, at=here(25, 13, 30))

        treated.snooze(by=ANA, at=here(25, 14), until=here(26, 8), why="Ligo na quinta")

        assert due(treated) == Due(here(26, 8), ReminderKind.NEWS)

    def test_it_never_brings_a_reminder_forward(self, treated):
        treated.snooze(by=ANA, at=here(24, 15), until=here(24, 16), why="Já volto")

        assert due(treated) == Due(here(25, 13, 30), ReminderKind.NEWS)

    def test_the_same_again_changes_nothing(self, treated):
        for _ in range(2):
            treated.snooze(by=ANA, at=TUESDAY, until=here(26, 8), why="Ligo na quinta")

        assert sum(isinstance(event, ReminderSnoozed) for event in treated.history) == 1

    def test_nor_does_the_same_form_sent_again_a_moment_later(self, treated):
        for minute in (0, 1):
            treated.snooze(by=ANA, at=TUESDAY, until=here(24, 16, minute), why="Já volto", seen=1)

        assert treated.version == 2

    @pytest.mark.parametrize(
        ("choice", "now", "until"),
        [
            (SnoozeFor.TWO_HOURS, here(27, 11), here(27, 14, 30)),
            (SnoozeFor.NEXT_DAY, here(27, 11), here(31, 8)),
            (SnoozeFor.THREE_DAYS, here(24, 14), here(27, 8)),
            (SnoozeFor.FIVE_DAYS, here(24, 14), here(32, 8)),
        ],
    )
    def test_it_is_counted_in_business_time(self, choice, now, until):
        assert CLOCK.wake_at(choice, now) == until

    @pytest.mark.parametrize("who", [ANA, RENATO, GUSTAVO])
    def test_the_author_and_the_leads_may(self, treated, who):
        treated.snooze(by=who, at=TUESDAY, until=here(26, 8), why="Ligo na quinta")

        assert treated.history[-1].by == who.ref

    def test_others_may_not(self, treated):
        with pytest.raises(NotAllowed):
            treated.snooze(by=BIA, at=TUESDAY, until=here(26, 8), why="Ligo na quinta")

    def test_once_claimed_it_is_the_owner_s(self):
        found = case(at=TUESDAY)
        found.claim(by=FERNANDA, at=TUESDAY)

        with pytest.raises(NotAllowed):
            found.check_snooze(ANA)

        assert found.check_snooze(FERNANDA) is False

    def test_it_ends_when_the_case_changes_hands(self):
        found = case(at=TUESDAY)
        found.snooze(by=ANA, at=TUESDAY, until=here(32, 8), why="Volta na semana que vem")

        found.claim(by=FERNANDA, at=here(24, 15))

        assert found.snoozed is None
        assert due(found) == Due(here(25, 14, 30), ReminderKind.NEWS)

    def test_an_ended_case_has_no_reminder_to_wait_with(self):
        found = case(at=TUESDAY)
        found.claim(by=FERNANDA, at=TUESDAY)
        found.record_outcome(by=FERNANDA, at=TUESDAY, outcome=LOST)

        with pytest.raises(IllegalTransition):
            found.check_snooze(FERNANDA)


def test_targets_are_what_the_business_set():
    targets = Targets(claim={ClaimStep.AGAIN: timedelta(minutes=5), ClaimStep.ABOVE: timedelta(1)})
    always = BusinessCalendar(
        {day: [(datetime.min.time(), datetime.min.time())] for day in range(7)},
        lambda _: False,
        ZoneInfo("UTC"),
    )

    found = BusinessClock(always, targets).next_due(case(at=datetime(2026, 11, 29, tzinfo=UTC)))

    assert found == Due(datetime(2026, 11, 29, 0, 5, tzinfo=UTC), ClaimStep.AGAIN)


class TestCrm:
    def closed(self, at):
        found = case(at=TUESDAY)
        found.claim(by=FERNANDA, at=TUESDAY)
        self.tell(found, CrmChangeKind.CLOSED, at)
        return found

    @staticmethod
    def tell(found, kind, at):
        found.hear(at=at, kind=kind, who="Bruno", text="", was="", happened_at=at)

    def test_what_is_told_at_night_is_asked_about_once_as_the_day_opens(self):
        found = self.closed(here(24, 23))

        night, opening = due(found, here(24, 23)), due(found, here(25, 8))
        found.remind(ReminderKind.CRM, at=here(25, 8))

        assert night is None
        assert opening == Due(here(25, 8), ReminderKind.CRM)
        assert found.history[-1].since == here(24, 23)
        assert due(found, here(25, 8, 1)) is None

    def test_what_is_told_in_open_hours_calls_by_itself(self):
        found = self.closed(here(24, 15))

        assert not CLOCK.waits_for_opening(found.history[-1])
        assert due(found).what is ReminderKind.NEWS

    def test_a_caso_opened_again_asks_nothing_any_more(self):
        found = self.closed(here(24, 23))

        self.tell(found, CrmChangeKind.STATUS, here(24, 23, 30))

        assert due(found).what is ReminderKind.NEWS

    def test_a_refusal_at_night_is_asked_about_until_it_is_none(self):
        found = case(at=here(24, 22), in_crm=True)
        found.refuse_handover(at=here(24, 22, 1), code="X", said="")

        opening = due(found)
        found.confirm_steps(at=here(24, 22, 2), found={HandoverStep.QUEUE: "Fila"}, lacking={})

        assert opening == Due(here(25, 8), ReminderKind.CRM)
        assert due(found).what is ClaimStep.AGAIN

    def test_people_call_at_any_hour(self):
        assert not CLOCK.waits_for_opening(case(at=here(24, 23)).history[-1])
