"""The seam to botbuilder 4.17.1: its adapter runs every turn, our connector does the sending.

The SDK is archived. What it does badly is replaced behind its own extension points: a client per
turn, a token per turn, blocking sends, doubly serialised invoke answers, models read and copied
field by field. Replacing the SDK means rewriting this module and the base class of
`activity_handler.RetentionBot`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from botbuilder.core import InvokeResponse, TurnContext
from botbuilder.integration.aiohttp import CloudAdapter
from botbuilder.schema import (
    Activity,
    Attachment,
    ConversationAccount,
    ResourceResponse,
)
from botframework.connector.auth import (
    AuthenticateRequestResult,
    BotFrameworkAuthentication,
    ClaimsIdentity,
    ConnectorFactory,
)

from bot.connector import Connector
from bot.messages import CARD_TYPE

BODY = "retention.activity_body"
"""Turn state: the activity as it came, for the SDK's model loses fields Teams sends."""
_AUDIENCE = "https://api.botframework.com"


class UnreadableActivity(ValueError):
    """The activity has a shape the SDK cannot read."""


def card_activity(card: Any) -> Activity:
    return Activity(type="message", attachments=[Attachment(content_type=CARD_TYPE, content=card)])


def text_activity(text: str) -> Activity:
    return Activity(type="message", text=text, text_format="plain")


def invoke_answer(body: Mapping[str, Any]) -> Activity:
    """Make what answers an invoke in the HTTP response, once it is sent in the turn."""
    return Activity(type="invokeResponse", value=InvokeResponse(status=200, body=body))


class Conversations:
    """The part of the SDK's ConnectorClient that a turn uses to answer."""

    def __init__(self, connector: Connector, service_url: str) -> None:
        self._connector = connector
        self._service_url = service_url

    async def send_to_conversation(
        self, conversation_id: str, activity: Activity
    ) -> ResourceResponse:
        """Send an answer. Teams threads by the conversation id, `replyToId` routes nothing."""
        sent = await self._connector.send(
            service_url=self._service_url,
            conversation_id=conversation_id,
            activity=_outgoing(activity),
            urgent=True,
        )
        return ResourceResponse(id=sent)

    async def update_activity(
        self, conversation_id: str, activity_id: str, activity: Activity
    ) -> ResourceResponse:
        await self._connector.update(
            service_url=self._service_url,
            conversation_id=conversation_id,
            activity_id=activity_id,
            activity=_outgoing(activity),
            urgent=True,
        )
        return ResourceResponse(id=activity_id)


class ConnectorClient:
    """What CloudAdapter takes for the SDK's own client."""

    def __init__(self, connector: Connector, service_url: str) -> None:
        self.conversations = Conversations(connector, service_url)


class OurConnectorFactory(ConnectorFactory):
    """Hands out our pooled connector."""

    def __init__(self, connector: Connector) -> None:
        self._connector = connector

    async def create(self, service_url: str, audience: str | None = None) -> ConnectorClient:
        return ConnectorClient(self._connector, service_url)


class OurAuthentication(BotFrameworkAuthentication):
    """The HTTP edge has authenticated already; nothing here opens a door."""

    def __init__(self, connector: Connector) -> None:
        self._factory = OurConnectorFactory(connector)

    async def authenticate_request(
        self, activity: Activity, auth_header: str
    ) -> AuthenticateRequestResult:
        raise PermissionError("requests are authenticated by bot/auth.py")

    async def authenticate_streaming_request(
        self, auth_header: str, channel_id_header: str
    ) -> AuthenticateRequestResult:
        raise PermissionError("streaming is not offered")

    def create_connector_factory(self, claims_identity: ClaimsIdentity) -> ConnectorFactory:
        return self._factory

    async def create_user_token_client(self, claims_identity: ClaimsIdentity) -> None:
        """Offer none: nobody signs in through the bot, and the SDK would build a client a turn."""

    def authenticated(self) -> AuthenticateRequestResult:
        """What `process_activity` takes for a request that passed `bot/auth.py`."""
        result = AuthenticateRequestResult()
        result.claims_identity = ClaimsIdentity({}, is_authenticated=True)
        result.audience = _AUDIENCE
        result.connector_factory = self._factory
        return result


class _Context(TurnContext):
    """A turn whose answers go out as they are.

    The SDK addresses a copy of each, tells those who listen, of whom there are none, and leaves a
    cycle that holds the turn until it is collected.
    """

    async def send_activities(self, activities: list[Activity]) -> Any:
        for activity in activities:
            activity.conversation = self.activity.conversation
        return await self.adapter.send_activities(self, activities)

    async def update_activity(self, activity: Activity) -> Any:
        activity.conversation = self.activity.conversation
        return await self.adapter.update_activity(self, activity)


class _Adapter(CloudAdapter):
    def _create_turn_context(
        self,
        activity: Activity,
        _identity: ClaimsIdentity,
        _scope: str,
        client: ConnectorClient,
        *_of_nobody: object,
    ) -> TurnContext:
        context = _Context(self, activity)
        context.turn_state[self.BOT_CONNECTOR_CLIENT_KEY] = client
        return context


class TurnRunner:
    """Run one activity through CloudAdapter and an ActivityHandler."""

    def __init__(self, *, connector: Connector, bot: Any) -> None:
        authentication = OurAuthentication(connector)
        self._authenticated = authentication.authenticated()
        self._adapter = _Adapter(authentication)
        self._bot = bot

    async def run(self, body: Mapping[str, Any]) -> dict[str, Any] | None:
        """Answer one authenticated activity; returns the body of an invoke's answer.

        Raises:
            UnreadableActivity: the activity has a shape the SDK cannot read.
        """
        activity = _incoming(body)

        async def on_turn(context: TurnContext) -> None:
            context.turn_state[BODY] = body
            await self._bot.on_turn(context)

        response = await self._adapter.process_activity(self._authenticated, activity, on_turn)
        return response.body if response is not None else None


def _incoming(body: Mapping[str, Any]) -> Activity:
    """Say the little the SDK's pipeline needs; the rest is read from the body itself.

    `deliveryMode` is left out on purpose: nobody may ask the bot to answer in the HTTP response.
    """
    conversation = body["conversation"].get("id")
    if not isinstance(conversation, str):
        raise UnreadableActivity
    return Activity(
        type=body["type"],
        service_url=body["serviceUrl"],
        conversation=ConversationAccount(id=conversation),
    )


def _outgoing(activity: Activity) -> dict[str, Any]:
    """Write the few fields we ever set; msrest would walk the whole card for them."""
    message: dict[str, Any] = {"type": activity.type}
    if activity.text is not None:
        message |= {"text": activity.text, "textFormat": activity.text_format}
    if activity.attachments:
        message["attachments"] = [
            {"contentType": item.content_type, "content": item.content}
            for item in activity.attachments
        ]
    return message
