"""The handover: all of it or nothing, once per key, and read back as Salesforce tells it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import count

import pytest
from structlog.testing import capture_logs

from dev.salesforce import faults
from dev.salesforce.errors import SalesforceError, row_locked
from dev.salesforce.org import Choice
from retention.domain.crm_profile import CrmCaseId
from retention.domain.events import HandoverStep
from retention.domain.handover import CASE_GONE
from retention.salesforce.errors import FateUnknown
from retention.services.ports.crm import CrmRefused, HandoverOrder, MentionGap, StepReading
from retention.services.ports.failures import RetryAfter, TransientError
from tests.salesforce.orgs import AGENT, LEAD, PRIORITY, QUEUE, STATUS

NUMBER = "00012346"
LOG = "Recovery_Log__c"
BOT = "Bot Retenção"


@pytest.fixture
def order(org):
    org.change(NUMBER, "Priority", "Low", by=AGENT)
    return HandoverOrder(
        key="RET-0042:1:crm",
        case=CrmCaseId(org.case(NUMBER)["Id"]),
        comment="Diagnóstico: cobrança em duplicidade.",
        lead_email=LEAD,
        post="ALTA · Mercado Lua pede cancelamento",
    )


@pytest.fixture(params=[None, LOG], ids=["marked comment", "log object"])
def either_crm(make_crm, request):
    return make_crm(log_object=request.param)


def composites(org):
    return org.received_at("/composite")


def stored(org):
    case = org.case(NUMBER)
    return case["OwnerId"], case["Status"], case["Priority"]


class TestHandOver:
    async def test_queue_status_priority_and_comment_are_one_call(self, crm, org, order):
        await crm.hand_over(order)

        assert stored(org) == (org.queue_id(), "Waiting External", "High")
        (comment,) = org.comments(NUMBER)
        assert comment["CommentBody"] == f"{order.comment} [rb:RET-0042:1:crm]"
        assert comment["IsPublished"] is False
        assert len(composites(org)) == 1

    async def test_no_rule_gives_the_caso_to_somebody_else(self, crm, org, order):
        await crm.hand_over(order)

        (call,) = composites(org)
        assert call.headers["sforce-auto-assign"] == "FALSE"
        assert call.body["compositeRequest"][0]["httpHeaders"] == {"Sforce-Auto-Assign": "FALSE"}

    async def test_the_same_key_again_changes_nothing(self, either_crm, org, order):
        await either_crm.hand_over(order)
        org.change(NUMBER, "Status", "Working", by=AGENT)

        await either_crm.hand_over(order)

        assert len(org.comments(NUMBER)) == 1
        assert org.case(NUMBER)["Status"] == "Working"

    @pytest.mark.parametrize("fault", [faults.reset_after_commit, faults.hang_after_commit])
    async def test_a_lost_answer_is_found_by_its_mark(self, make_crm, org, order, fault):
        crm = make_crm(timeout_seconds=0.5)
        org.fail_next(fault, on="POST /composite")
        with pytest.raises(FateUnknown):
            await crm.hand_over(order)

        await crm.hand_over(order)

        assert len(org.comments(NUMBER)) == 1
        assert len(composites(org)) == 1

    @pytest.mark.parametrize("fault", [faults.reset_after_commit, faults.hang_after_commit])
    async def test_with_a_log_a_lost_answer_is_tried_again_at_once(
        self, make_crm, org, order, fault
    ):
        org.fail_next(fault, on="POST /composite")

        await make_crm(log_object=LOG, timeout_seconds=0.5).hand_over(order)

        assert len(org.comments(NUMBER)) == len(org.logs(NUMBER)) == 1
        assert len(composites(org)) == 2

    async def test_a_key_that_was_used_for_another_caso_is_refused(self, make_crm, org, order):
        other = replace(order, case=CrmCaseId(org.case("00012345")["Id"]))
        await make_crm(log_object=LOG).hand_over(other)
        before = stored(org)

        with pytest.raises(CrmRefused, match="KEY_IN_USE"):
            await make_crm(log_object=LOG).hand_over(order)

        assert (stored(org), org.comments(NUMBER)) == (before, [])

    async def test_a_daily_limit_is_noticed_to_be_lifted_within_a_minute(
        self, either_crm, org, order, pause
    ):
        org.fail_next(faults.limit(), on="POST /composite")
        with pytest.raises(RetryAfter) as caught:
            await either_crm.hand_over(order)
        asked = len(org.received)
        with pytest.raises(RetryAfter):
            await either_crm.find_case(NUMBER)
        assert len(org.received) == asked
        pause.now += caught.value.seconds

        await either_crm.hand_over(order)

        assert caught.value.seconds <= 60
        assert len(org.comments(NUMBER)) == 1

    async def test_what_a_proxy_says_is_no_refusal(self, either_crm, org, order):
        before = stored(org)
        org.fail_next(faults.another_voice(403), on="POST /composite", times=3)
        with pytest.raises(TransientError):
            await either_crm.hand_over(order)
        assert stored(org) == before

        org.fail_next(faults.another_voice(200), on="POST /composite", times=3)
        with pytest.raises(TransientError):
            await either_crm.hand_over(order)

        assert stored(org) == before

    async def test_a_rule_of_the_organisation_keeps_everything_as_it_was(self, crm, org, order):
        before = stored(org)
        said = "Informe o motivo antes de mudar o status"
        org.refuse_next("Case", SalesforceError("FIELD_CUSTOM_VALIDATION_EXCEPTION", said))

        with pytest.raises(CrmRefused) as caught:
            await crm.hand_over(order)

        assert caught.value.said == said
        assert (stored(org), org.comments(NUMBER)) == (before, [])

    @pytest.mark.parametrize("kept", ["00012345", ""], ids=["merged", "deleted"])
    async def test_a_caso_that_is_no_more_is_told_from_any_other_refusal(
        self, crm, org, order, kept
    ):
        if kept:
            org.merge_case(NUMBER, into=kept, by=AGENT)
        else:
            org.delete_case(NUMBER, by=AGENT)

        for work in (
            crm.hand_over(order),
            crm.comment(order.case, key="RET-0042:2:crm", text="Liguei"),
        ):
            with pytest.raises(CrmRefused) as refused:
                await work
            assert (refused.value.code, refused.value.said) == (CASE_GONE, kept)

    async def test_a_refused_comment_moves_nothing(self, crm, org, order):
        before = stored(org)
        org.refuse_next("CaseComment", SalesforceError("INSUFFICIENT_ACCESS_OR_READONLY", "no"))

        with pytest.raises(CrmRefused) as caught:
            await crm.hand_over(order)

        assert caught.value.code == "INSUFFICIENT_ACCESS_OR_READONLY"
        assert stored(org) == before

    async def test_a_locked_caso_is_tried_again(self, crm, org, order):
        for _ in range(4):
            org.refuse_next("Case", row_locked(order.case))

        await crm.hand_over(order)

        assert len(composites(org)) == 5
        assert len(org.comments(NUMBER)) == 1

    async def test_an_id_that_is_no_longer_so_is_looked_up_anew_once(self, crm, org, order):
        stale = SalesforceError("INVALID_CROSS_REFERENCE_KEY", "x", fields=["OwnerId"])
        org.refuse_next("Case", stale)

        await crm.hand_over(order)

        asked = [one for one in org.received if one.path.endswith("/Status")]
        assert len(asked) == 2
        assert stored(org)[0] == org.queue_id()

    async def test_an_id_that_is_wrong_twice_is_refused(self, crm, org, order):
        for _ in range(2):
            org.refuse_next("Case", SalesforceError("INVALID_CROSS_REFERENCE_KEY", "x"))

        with pytest.raises(CrmRefused, match="INVALID_CROSS_REFERENCE_KEY"):
            await crm.hand_over(order)

        assert len(composites(org)) == 2

    async def test_a_long_comment_is_cut_to_its_bytes(self, crm, org, order):
        await crm.hand_over(replace(order, comment="é" * 4000))

        (comment,) = org.comments(NUMBER)
        assert len(comment["CommentBody"].encode()) <= 4000
        assert comment["CommentBody"].endswith("[rb:RET-0042:1:crm]")

    async def test_somebody_elses_comment_with_our_mark_is_not_ours(self, crm, org, order):
        org.comment_as(AGENT, NUMBER, "copiado: [rb:RET-0042:1:crm]")

        await crm.hand_over(order)

        assert stored(org)[0] == org.queue_id()

    async def test_a_mark_among_hundreds_of_comments_is_found(self, crm, org, order):
        seconds = count()
        now = org.clock()
        org.clock = lambda: now + timedelta(seconds=next(seconds))
        for number in range(450):
            org.comment_as(AGENT, NUMBER, f"{number}")
        await crm.hand_over(order)

        await crm.hand_over(order)

        assert len(composites(org)) == 1


class TestWrongConfiguration:
    @pytest.mark.parametrize(
        ("setting", "code"),
        [
            ({"queue": "FOOD - NADA"}, "QUEUE_NOT_FOUND"),
            ({"queue": "FOOD - COMERCIAL"}, "QUEUE_SERVES_NO_CASES"),
            ({"status": "Aguardando"}, "STATUS_NOT_FOUND"),
            ({"priority": "URGENTE"}, "PRIORITY_NOT_FOUND"),
        ],
    )
    async def test_what_is_not_there_is_refused(self, make_crm, org, order, setting, code):
        with pytest.raises(CrmRefused, match=code):
            await make_crm(**setting).hand_over(order)

        assert composites(org) == []

    @pytest.mark.parametrize(
        ("setting", "fault", "told"),
        [
            ({}, None, {"event": "crm.checked", "log_level": "info"}),
            (
                {"queue": "FOOD - NADA"},
                None,
                {"event": "crm.misconfigured", "log_level": "warning", "code": "QUEUE_NOT_FOUND"},
            ),
            (
                {},
                faults.limit(),
                {"event": "crm.not_checked", "log_level": "warning", "error": "LimitReached"},
            ),
        ],
        ids=["right", "wrong", "away"],
    )
    async def test_at_start_it_is_told_and_holds_nothing_up(
        self, make_crm, org, setting, fault, told
    ):
        crm = make_crm(**setting)
        if fault is not None:
            org.fail_next(fault, on="GET /ui-api")

        with capture_logs() as logs:
            await crm.look_targets_up()

        assert logs[-1] == told

    async def test_two_values_of_one_label_are_refused(self, crm, org, order):
        org.org.picklists["Status"].append(Choice(STATUS, "Waiting Somebody"))

        with pytest.raises(CrmRefused, match="STATUS_AMBIGUOUS"):
            await crm.hand_over(order)

    async def test_what_is_mended_in_salesforce_works_without_a_restart(self, crm, org, order):
        removed = org.org.picklists["Status"].pop(2)
        with pytest.raises(CrmRefused):
            await crm.hand_over(order)
        org.org.picklists["Status"].append(removed)

        await crm.hand_over(order)

        assert stored(org)[1] == "Waiting External"

    @pytest.mark.parametrize("name", ["FOOD_ADMINISTRATIVO_FINANCEIRO", QUEUE])
    async def test_names_and_values_of_the_api_are_understood_too(self, make_crm, org, order, name):
        await make_crm(queue=name, status="Waiting External", priority="High").hand_over(order)

        assert stored(org) == (org.queue_id(), "Waiting External", "High")


class TestMention:
    async def test_the_lead_is_mentioned_before_the_text(self, crm, org, order):
        await crm.mention(order)

        (post,) = org.posts(NUMBER)
        mention, text = post["MessageSegments"]
        assert (mention["type"], mention["name"]) == ("Mention", "Fernanda Lima")
        assert text["text"] == f" {order.post} [rb:RET-0042:1:crm]"

    async def test_the_same_key_again_posts_nothing(self, crm, org, order):
        await crm.mention(order)
        for _ in range(60):
            org.post_as(AGENT, NUMBER, "oi")

        await crm.mention(order)

        assert len(org.posts(NUMBER)) == 61

    async def test_a_lost_answer_posts_no_second_time(self, crm, org, order):
        org.fail_next(faults.reset_after_commit, on="POST /chatter")
        with pytest.raises(FateUnknown):
            await crm.mention(order)

        await crm.mention(order)

        assert len(org.posts(NUMBER)) == 1

    @pytest.mark.parametrize(
        ("email", "gap"),
        [
            (None, MentionGap.NO_LEAD),
            ("ninguem@empresa.com.br", MentionGap.NO_USER),
            ("carla.dias@empresa.com.br", MentionGap.NO_USER),
        ],
    )
    async def test_without_a_lead_to_mention_the_post_stands_alone(
        self, crm, org, order, email, gap
    ):
        order = replace(order, lead_email=email)

        await crm.mention(order)

        (post,) = org.posts(NUMBER)
        assert [one["type"] for one in post["MessageSegments"]] == ["Text"]
        reading = await crm.read_handover(order)
        assert reading[HandoverStep.MENTION] == StepReading(
            is_done=False, found=gap, changed_by=BOT
        )

    async def test_a_lead_who_left_meanwhile_is_not_mentioned(self, crm, org, order):
        await crm.mention(replace(order, key="RET-0001:1:crm"))
        org.database.rows[org.user_id(LEAD)]["IsActive"] = False

        await crm.mention(order)

        assert [one["type"] for one in org.posts(NUMBER)[1]["MessageSegments"]] == ["Text"]
        reading = await crm.read_handover(order)
        assert reading[HandoverStep.MENTION].found == MentionGap.NO_ACCESS

    async def test_a_lead_who_came_later_was_not_mentioned(self, crm, org, order):
        await crm.mention(replace(order, lead_email=None))

        reading = await crm.read_handover(order)

        assert reading[HandoverStep.MENTION].found == MentionGap.NO_MENTION

    async def test_a_long_post_is_cut(self, crm, org, order):
        await crm.mention(replace(order, post="x" * 20_000))

        assert org.posts(NUMBER)[0]["Body"].endswith(" [rb:RET-0042:1:crm]")


class TestReadHandover:
    async def test_the_four_steps_are_told_in_the_words_of_salesforce(self, crm, order):
        await crm.hand_over(order)
        await crm.mention(order)

        assert await crm.read_handover(order) == {
            HandoverStep.MENTION: StepReading(is_done=True, found="@Fernanda Lima", changed_by=BOT),
            HandoverStep.QUEUE: StepReading(is_done=True, found=QUEUE, changed_by=BOT),
            HandoverStep.STATUS: StepReading(is_done=True, found=STATUS, changed_by=BOT),
            HandoverStep.PRIORITY: StepReading(is_done=True, found=PRIORITY, changed_by=BOT),
        }

    async def test_a_drift_names_who_changed_what(self, crm, org, order):
        await crm.hand_over(order)
        org.change(NUMBER, "OwnerId", org.user_id(LEAD), by=LEAD)
        org.change(NUMBER, "Status", "Working", by=AGENT)

        reading = await crm.read_handover(order)

        assert reading[HandoverStep.QUEUE] == StepReading(
            is_done=False, found="Fernanda Lima", changed_by="Fernanda Lima"
        )
        assert reading[HandoverStep.STATUS] == StepReading(
            is_done=False, found="Em Andamento", changed_by="Ana Souza"
        )
        assert reading[HandoverStep.PRIORITY].is_done
        assert reading[HandoverStep.MENTION].found == MentionGap.NO_POST

    async def test_without_history_the_last_to_change_the_caso_is_named(self, crm, org, order):
        org.org.tracked_fields = set()
        await crm.hand_over(order)
        org.change(NUMBER, "Status", "Working", by=AGENT)

        reading = await crm.read_handover(order)

        assert reading[HandoverStep.STATUS].changed_by == "Ana Souza"

    async def test_a_history_that_may_not_be_read_is_as_none(self, crm, org, order):
        org.org.hidden = {"CaseHistory"}
        await crm.hand_over(order)
        org.change(NUMBER, "Status", "Working", by=AGENT)

        reading = await crm.read_handover(order)

        assert reading[HandoverStep.STATUS].changed_by == "Ana Souza"

    async def test_a_caso_that_may_not_be_read_is_refused(self, crm, org, order):
        org.org.hidden = {"Case"}

        with pytest.raises(CrmRefused, match="INVALID_TYPE"):
            await crm.read_handover(order)

    async def test_a_caso_that_is_gone_is_refused(self, crm, org, order):
        org.delete_case(NUMBER, by=AGENT)

        with pytest.raises(CrmRefused, match="CASE_NOT_VISIBLE"):
            await crm.read_handover(order)


class TestRepair:
    async def test_only_the_steps_asked_for_are_set(self, crm, org, order):
        owner, _, priority = stored(org)

        await crm.repair(order.case, [HandoverStep.STATUS])

        assert stored(org) == (owner, "Waiting External", priority)

    async def test_a_mention_is_nothing_to_repair(self, crm, org, order):
        await crm.repair(order.case, [HandoverStep.MENTION])

        assert org.received == []

    async def test_an_outage_is_sat_out(self, crm, org, order):
        org.fail_next(faults.unavailable(), on="PATCH", times=2)

        await crm.repair(order.case, [HandoverStep.QUEUE, HandoverStep.PRIORITY])

        assert (stored(org)[0], stored(org)[2]) == (org.queue_id(), "High")


class TestComment:
    async def test_customers_do_not_see_it(self, crm, org, order):
        await crm.comment(order.case, key="RET-0042:2:crm", text="Liguei.")

        (comment,) = org.comments(NUMBER)
        assert comment["CommentBody"] == "Liguei. [rb:RET-0042:2:crm]"
        assert comment["IsPublished"] is False

    async def test_a_lost_answer_writes_no_second_one(self, crm, org, order):
        org.fail_next(faults.reset_after_commit, on="POST /sobjects/CaseComment")
        with pytest.raises(FateUnknown):
            await crm.comment(order.case, key="RET-0042:2:crm", text="Liguei.")

        await crm.comment(order.case, key="RET-0042:2:crm", text="Liguei.")

        assert len(org.comments(NUMBER)) == 1
