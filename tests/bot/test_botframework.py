"""botbuilder is alive: every turn runs through CloudAdapter and an ActivityHandler."""

from __future__ import annotations

import gc
import weakref
from contextlib import suppress

import aiohttp
import pytest
from botbuilder.core import ActivityHandler, CloudAdapterBase, InvokeResponse, TurnContext
from botbuilder.schema import Activity

from bot.activity_handler import RetentionBot
from bot.botframework import BODY, TurnRunner, UnreadableActivity, text_activity
from bot.connector import Connector
from bot.connector_transport import ConnectorLimits
from bot.tokens import NoToken
from tests.fake_connector import FakeConnector

THREAD = "19:room@thread.tacv2;messageid=1"


class Echo(ActivityHandler):
    def __init__(self):
        self.contexts: list[TurnContext] = []

    async def on_message_activity(self, turn_context):
        self.contexts.append(turn_context)
        await turn_context.send_activity(Activity(type="message", text="oi"))

    async def on_invoke_activity(self, turn_context):
        self.contexts.append(turn_context)
        return InvokeResponse(status=200, body={"value": {"nested": [1]}})


@pytest.fixture
async def teams():
    async with FakeConnector() as fake:
        yield fake


@pytest.fixture
async def connector():
    async with aiohttp.ClientSession() as session:
        yield Connector(
            session=session, tokens=NoToken(), limits=ConnectorLimits(), allowed_hosts=None
        )


def activity(teams, **fields):
    return {
        "type": "message",
        "id": "1",
        "channelId": "msteams",
        "serviceUrl": teams.service_url,
        "conversation": {"id": THREAD, "tenantId": "t"},
        "from": {"id": "29:ana"},
        "recipient": {"id": "28:bot"},
        **fields,
    }


def test_the_bot_is_an_activity_handler():
    assert issubclass(RetentionBot, ActivityHandler)


class TestRun:
    async def test_a_turn_runs_through_cloud_adapter_and_sends_with_our_connector(
        self, teams, connector
    ):
        bot = Echo()

        await TurnRunner(connector=connector, bot=bot).run(activity(teams))

        [context] = bot.contexts
        assert isinstance(context.adapter, CloudAdapterBase)
        assert [message.text for message in teams.thread(THREAD)] == ["oi"]

    async def test_the_body_keeps_what_the_model_loses(self, teams, connector):
        bot = Echo()

        await TurnRunner(connector=connector, bot=bot).run(activity(teams, unknown={"a": 1}))

        assert bot.contexts[0].turn_state[BODY]["unknown"] == {"a": 1}

    async def test_an_invoke_answer_is_serialised_once(self, teams, connector):
        answer = await TurnRunner(connector=connector, bot=Echo()).run(
            activity(teams, type="invoke", name="adaptiveCard/action")
        )

        assert answer == {"value": {"nested": [1]}}

    async def test_nobody_asks_for_the_answer_in_the_response(self, teams, connector):
        answer = await TurnRunner(connector=connector, bot=Echo()).run(
            activity(teams, deliveryMode="expectReplies")
        )

        assert answer is None
        assert len(teams.thread(THREAD)) == 1

    async def test_a_turn_leaves_nothing_for_the_collector(self, teams, connector):
        turns: list[weakref.ref[TurnContext]] = []

        class Answering(ActivityHandler):
            async def on_message_activity(self, turn_context):
                turns.append(weakref.ref(turn_context))
                sent = await turn_context.send_activity(text_activity("oi"))
                again = text_activity("oi, Ana")
                again.id = sent.id
                await turn_context.update_activity(again)

        gc.disable()
        try:
            await TurnRunner(connector=connector, bot=Answering()).run(activity(teams))
            assert [turn() for turn in turns] == [None]
        finally:
            gc.enable()

        assert [message.text for message in teams.thread(THREAD)] == ["oi, Ana"]

    @pytest.mark.parametrize("conversation", [{"id": ["x"]}, {"id": {"a": 1}}, {}])
    async def test_odd_shapes_are_refused_as_unreadable_or_run(
        self, teams, connector, conversation
    ):
        with suppress(UnreadableActivity):
            await TurnRunner(connector=connector, bot=Echo()).run(
                activity(teams, type="other", conversation=conversation)
            )

        assert teams.calls == []
