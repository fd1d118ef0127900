"""What others did comes back once and whole; what we did ourselves does not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from structlog.testing import capture_logs

from dev.salesforce import faults
from dev.salesforce.errors import SalesforceError
from dev.salesforce.org import Choice
from dev.salesforce.server import FakeSalesforce
from retention.domain.events import CrmChangeKind, HandoverStep
from retention.salesforce.errors import QueryTooSlow
from retention.services.ports.crm import CrmRefused, HandoverOrder
from tests.salesforce.orgs import AGENT, CLIENT_ID, LEAD, STATUS, public_pem

NUMBER = "00012346"
# In the past: an assertion that is made by the real clock has not expired then.
NOW = datetime(2024, 11, 21, 20, 0, tzinfo=UTC)


class Time:
    def __init__(self):
        self.now = NOW

    def __call__(self):
        return self.now

    def pass_by(self, **delta):
        self.now += timedelta(**delta)


@pytest.fixture
def time():
    return Time()


@pytest.fixture
async def org(time):
    async with FakeSalesforce(clock=time) as salesforce:
        salesforce.register(CLIENT_ID, public_key=public_pem(), secret="app-secret")
        yield salesforce


@pytest.fixture
def case(org):
    return org.case(NUMBER)["Id"]


@pytest.fixture
def changes(crm, case, time):
    async def changes(*, since=NOW - timedelta(minutes=10)):
        return await crm.changes([case], since=since)

    return changes


class TestTold:
    async def test_a_comment_is_told_with_its_author(self, org, changes, case, time):
        time.pass_by(minutes=1)
        comment = org.comment_as(LEAD, NUMBER, "Boleto estornado.")

        (change,) = await changes()

        assert (change.kind, change.case) == (CrmChangeKind.COMMENT, case)
        assert (change.by, change.text) == ("Fernanda Lima", "Boleto estornado.")
        assert change.at == NOW + timedelta(minutes=1)
        assert change.key.startswith(comment)

    async def test_a_post_and_an_answer_to_it_are_told(self, org, changes):
        post = org.post_as(LEAD, NUMBER, "Alguém ligou?")
        reply = org.reply_as(AGENT, post, "Sim.")

        found = await changes()

        assert [(one.key, one.kind, one.by, one.text) for one in found] == [
            (post, CrmChangeKind.POST, "Fernanda Lima", "Alguém ligou?"),
            (reply, CrmChangeKind.POST, "Ana Souza", "Sim."),
        ]

    async def test_status_and_priority_are_told_in_the_words_people_see(self, org, changes):
        org.change(NUMBER, "Status", "Escalated", by=LEAD)
        org.change(NUMBER, "Priority", "Low", by=LEAD)

        found = await changes()

        assert [(one.kind, one.before, one.text) for one in found] == [
            (CrmChangeKind.STATUS, "Em Andamento", "Escalado"),
            (CrmChangeKind.PRIORITY, "ALTA", "BAIXA"),
        ]

    async def test_a_new_owner_is_told_once_and_by_name(self, org, changes):
        org.change(NUMBER, "OwnerId", org.queue_id("FOOD_TRIAGEM"), by=LEAD)

        (change,) = await changes()

        assert change.kind is CrmChangeKind.OWNER
        assert (change.before, change.text) == ("Ana Souza", "FOOD - TRIAGEM")

    async def test_an_end_is_told_as_one(self, org, changes):
        org.close_case(NUMBER, by=LEAD)

        (change,) = await changes()

        assert (change.kind, change.text) == (CrmChangeKind.CLOSED, "Fechado")

    async def test_all_come_oldest_first(self, org, changes, time):
        org.post_as(LEAD, NUMBER, "1")
        time.pass_by(seconds=1)
        org.change(NUMBER, "Status", "Escalated", by=LEAD)
        time.pass_by(seconds=1)
        org.comment_as(LEAD, NUMBER, "3")

        found = await changes()

        assert [one.text for one in found] == ["1", "Escalado", "3"]

    async def test_what_was_before_is_not_told(self, org, changes, time):
        org.comment_as(LEAD, NUMBER, "antes")
        time.pass_by(hours=1)
        org.comment_as(LEAD, NUMBER, "depois")

        found = await changes(since=time.now)

        assert [one.text for one in found] == ["depois"]

    async def test_the_same_change_has_the_same_key_again(self, org, changes, make_crm, case):
        org.comment_as(LEAD, NUMBER, "oi")
        org.change(NUMBER, "Status", "Escalated", by=LEAD)
        first = await changes()

        again = await make_crm().changes([case], since=NOW)

        assert again == first

    async def test_an_end_is_told_once_whoever_reads_it(self, org, changes, make_crm, case, time):
        await changes()
        org.close_case(NUMBER, by=LEAD)
        (told,) = await changes()
        time.pass_by(minutes=1)
        org.change(NUMBER, "Subject", "a", by=AGENT)

        (again,) = await make_crm().changes([case], since=NOW - timedelta(minutes=10))

        assert again == told
        assert again.key == org.history(NUMBER)[-1]["Id"]

    async def test_long_after_an_end_a_new_process_does_not_tell_it(
        self, org, make_crm, case, time
    ):
        org.close_case(NUMBER, by=LEAD)
        time.pass_by(hours=2)
        org.change(NUMBER, "Subject", "a", by=AGENT)

        found = await make_crm().changes([case], since=time.now - timedelta(minutes=10))

        assert found == []

    async def test_a_comment_that_is_shown_to_the_customer_is_not_told_anew(
        self, org, changes, time
    ):
        comment = org.comment_as(LEAD, NUMBER, "Boleto estornado.")
        (told,) = await changes()
        time.pass_by(minutes=1)
        org.edit_comment(comment, by=LEAD, is_published=True)

        (again,) = await changes()

        assert again.key == told.key

    async def test_a_comment_of_another_text_is_told_anew(self, org, changes, time):
        comment = org.comment_as(LEAD, NUMBER, "Boleto estornado.")
        (told,) = await changes()
        time.pass_by(minutes=1)
        org.edit_comment(comment, by=LEAD, text="Boleto cancelado.")

        (again,) = await changes()

        assert again.key != told.key
        assert again.text == "Boleto cancelado."

    async def test_a_late_commit_is_seen_by_who_looks_back(self, org, changes, time):
        with org.late_commit():
            org.comment_as(LEAD, NUMBER, "atrasado")
            time.pass_by(minutes=9)
            assert await changes() == []

        found = await changes(since=time.now - timedelta(minutes=10))

        assert [one.text for one in found] == ["atrasado"]


class TestOurOwn:
    async def test_nothing_we_write_comes_back(self, crm, org, changes, case):
        order = HandoverOrder("RET-0042:1:crm", case, "Diagnóstico", LEAD, "pede cancelamento")
        await crm.hand_over(order)
        await crm.mention(order)
        await crm.comment(case, key="RET-0042:2:crm", text="Liguei.")
        org.change(NUMBER, "Status", "Escalated", by=LEAD)
        await crm.repair(case, [HandoverStep.STATUS])

        found = await changes()

        assert [(one.by, one.text) for one in found] == [("Fernanda Lima", "Escalado")]

    async def test_what_another_program_does_as_our_user_is_told(self, org, changes):
        bot = "bot.recuperacao@empresa.com.br"
        org.comment_as(bot, NUMBER, "sem marca")
        org.change(NUMBER, "Status", "Escalated", by=bot)

        found = await changes()

        assert {one.text for one in found} == {"sem marca", "Escalado"}

    async def test_what_people_set_to_our_values_is_told(self, org, changes):
        org.change(NUMBER, "Status", "Waiting External", by=LEAD)

        (change,) = await changes()

        assert (change.by, change.text) == ("Fernanda Lima", STATUS)

    async def test_our_mark_copied_by_somebody_else_hides_nothing(self, org, changes):
        org.comment_as(LEAD, NUMBER, "veja [rb:RET-0042:1:crm]")

        assert len(await changes()) == 1

    async def test_a_wrong_queue_keeps_nobody_from_hearing(self, make_crm, org, case):
        org.comment_as(LEAD, NUMBER, "oi")

        found = await make_crm(queue="FOOD - NADA").changes([case], since=NOW)

        assert [one.text for one in found] == ["oi"]


class TestWithoutHistory:
    @pytest.fixture(autouse=True)
    def untracked(self, org):
        org.org.tracked_fields = set()

    async def test_a_change_is_found_by_comparing(self, org, changes, time):
        org.change(NUMBER, "Subject", "a", by=AGENT)
        assert await changes() == []
        time.pass_by(minutes=1)
        org.change(NUMBER, "Status", "Escalated", by=LEAD)

        (change,) = await changes()

        assert (change.kind, change.by) == (CrmChangeKind.STATUS, "Fernanda Lima")
        assert (change.before, change.text) == ("Em Andamento", "Escalado")
        assert change.key.endswith("Status:Escalated:2024-11-21T20:01:00+00:00")

    async def test_an_end_is_told_when_the_caso_was_seen_open(self, org, changes, time):
        await changes()
        time.pass_by(minutes=1)
        org.close_case(NUMBER, by=LEAD)

        (change,) = await changes()

        assert (change.kind, change.by) == (CrmChangeKind.CLOSED, "Fernanda Lima")
        assert change.key.endswith("Status:Closed:2024-11-21T20:01:00+00:00")

    async def test_an_end_is_not_told_at_first_sight(self, org, changes, make_crm, case, time):
        org.close_case(NUMBER, by=LEAD)
        time.pass_by(minutes=1)
        org.change(NUMBER, "Subject", "a", by=AGENT)

        assert await changes() == []
        assert await make_crm().changes([case], since=NOW) == []

    async def test_a_caso_that_stays_closed_is_not_told_to_end_again(self, org, changes, time):
        org.org.picklists["Status"].append(Choice("Cancelado", "Canceled", is_closed=True))
        org.close_case(NUMBER, by=LEAD)
        await changes()
        time.pass_by(minutes=1)

        org.change(NUMBER, "Status", "Canceled", by=AGENT)

        assert await changes() == []

    async def test_a_caso_nobody_touched_for_long_is_known_from_the_first_reading(
        self, org, crm, case, time
    ):
        time.pass_by(hours=5)
        await crm.changes([case], since=time.now - timedelta(minutes=10))
        time.pass_by(seconds=30)
        org.close_case(NUMBER, by=LEAD)

        (change,) = await crm.changes([case], since=time.now - timedelta(minutes=10))

        assert change.kind is CrmChangeKind.CLOSED

    async def test_a_caso_that_was_left_out_of_a_reading_is_seen_anew(self, org, crm, case, time):
        other = org.case("00012345")["Id"]
        await crm.changes([case, other], since=NOW - timedelta(minutes=10))
        await crm.changes([other], since=NOW - timedelta(minutes=10))
        time.pass_by(minutes=1)
        org.change(NUMBER, "Status", "Escalated", by=LEAD)

        assert await crm.changes([case, other], since=NOW - timedelta(minutes=10)) == []

    async def test_what_happened_while_another_process_read_is_not_told(self, org, crm, case, time):
        await crm.changes([case], since=time.now - timedelta(minutes=10))
        time.pass_by(hours=1)
        org.close_case(NUMBER, by=LEAD)
        time.pass_by(hours=1)
        org.change(NUMBER, "Subject", "a", by=AGENT)

        assert await crm.changes([case], since=time.now - timedelta(minutes=10)) == []

    async def test_our_own_values_are_blamed_on_nobody(self, crm, org, changes, case, time):
        await changes()
        time.pass_by(minutes=1)
        await crm.repair(case, [HandoverStep.STATUS])
        org.change(NUMBER, "Subject", "a", by=AGENT)

        assert await changes() == []

    async def test_what_we_set_is_not_told(self, crm, org, changes, case):
        org.change(NUMBER, "Subject", "a", by=AGENT)
        await changes()

        await crm.repair(case, [HandoverStep.QUEUE, HandoverStep.STATUS])

        assert await changes() == []

    async def test_a_field_that_has_history_is_told_once(self, org, changes, time):
        org.org.tracked_fields = {"Status"}
        org.change(NUMBER, "Subject", "a", by=AGENT)
        await changes()
        time.pass_by(minutes=1)
        org.change(NUMBER, "Status", "Escalated", by=LEAD)
        org.change(NUMBER, "OwnerId", org.queue_id("FOOD_TRIAGEM"), by=LEAD)

        found = await changes()

        assert [(one.kind, one.text) for one in found] == [
            (CrmChangeKind.STATUS, "Escalado"),
            (CrmChangeKind.OWNER, "FOOD - TRIAGEM"),
        ]


class TestMany:
    async def test_five_kinds_of_200_casos_are_one_call(self, crm, org, case):
        others = [f"5003h{number:010d}" for number in range(450)]

        await crm.changes([case, *others], since=NOW)

        calls = org.received_at("/composite")
        assert [len(call.body["compositeRequest"]) for call in calls] == [5, 5, 5]

    async def test_no_caso_is_no_call(self, crm, org):
        assert await crm.changes([], since=NOW) == []
        assert org.received == []

    async def test_more_than_an_answer_holds_is_read_on(self, org, changes, time):
        for number in range(450):
            org.comment_as(LEAD, NUMBER, str(number))
            time.pass_by(seconds=1)

        found = await changes()

        assert [one.text for one in found] == [str(number) for number in range(450)]

    async def test_a_mass_update_in_one_second_is_read_whole(self, crm, org):
        numbers = ["00012345", "00012346", "00012347"]
        cases = [org.case(number)["Id"] for number in numbers]
        for number in numbers:
            for text in range(150):
                org.comment_as(LEAD, number, str(text))

        found = await crm.changes(cases, since=NOW)

        assert len({one.key for one in found}) == 450

    async def test_a_query_that_takes_too_long_is_asked_of_half_the_casos(self, crm, org, time):
        cases = [org.case(number)["Id"] for number in ("00012345", "00012346")]
        org.comment_as(LEAD, NUMBER, "oi")
        org.fail_next(faults.answers(SalesforceError("QUERY_TIMEOUT", "x")), on="/composite")

        found = await crm.changes(cases, since=NOW)

        assert [one.text for one in found] == ["oi"]
        assert len(org.received_at("/composite")) == 3

    async def test_one_caso_that_takes_too_long_is_a_failure_for_now(self, org, changes):
        org.fail_next(faults.answers(SalesforceError("QUERY_TIMEOUT", "x")), on="/composite")

        with pytest.raises(QueryTooSlow):
            await changes()

    async def test_a_composite_that_is_refused_is_refused(self, org, changes):
        org.fail_next(faults.answers(SalesforceError("INVALID_TYPE", "x")), on="/composite")

        with pytest.raises(CrmRefused, match="INVALID_TYPE"):
            await changes()


class TestMissingRights:
    async def test_the_others_come_back_all_the_same(self, org, changes):
        org.org.hidden = {"FeedItem", "FeedComment"}
        org.post_as(LEAD, NUMBER, "Alguém ligou?")
        org.comment_as(LEAD, NUMBER, "oi")
        org.change(NUMBER, "Status", "Escalated", by=LEAD)

        found = await changes()

        assert {one.text for one in found} == {"oi", "Escalado"}

    async def test_without_the_history_a_change_is_found_by_comparing(self, org, changes, time):
        org.org.hidden = {"CaseHistory"}
        await changes()
        time.pass_by(minutes=1)
        org.change(NUMBER, "Status", "Escalated", by=LEAD)

        (change,) = await changes()

        assert (change.before, change.text) == ("Em Andamento", "Escalado")

    async def test_it_is_warned_of_once_an_hour(self, org, changes, time):
        org.org.hidden = {"FeedItem"}

        with capture_logs() as logs:
            await changes()
            time.pass_by(minutes=59)
            await changes()
            time.pass_by(minutes=1)
            await changes()

        warned = [entry for entry in logs if entry["event"] == "crm.part_unreadable"]
        assert [(each["part"], each["outcome"]) for each in warned] == [
            ("FeedItem", "INVALID_TYPE")
        ] * 2

    async def test_when_nothing_may_be_read_it_is_refused(self, org, changes):
        org.org.hidden = {"Case", "CaseHistory", "CaseComment", "FeedItem", "FeedComment"}

        with pytest.raises(CrmRefused, match="INVALID_TYPE"):
            await changes()
