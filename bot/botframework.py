"""The seam to botbuilder 4.17.1: its adapter runs every turn, our connector does the sending.

The SDK is archived. What it does badly is replaced behind its own extension points: a client per
turn, a token per turn, blocking sends, doubly serialised invoke answers, models read and copied
field by field. Replacing the SDK means rewriting this module and the base class of
`activity_handler.RetentionBot`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from typing import Any, Self

from botbuilder.core import InvokeResponse, TurnContext
from botbuilder.integration.aiohttp import CloudAdapter
from botbuilder.schema import (
    Activity,
    Attachment,
    ChannelAccount,
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


class _Uncopied:
    """A model that nobody changes but who made it: the SDK need not copy it for each use."""

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, _memo: object) -> Self:
        return self


class Outgoing(_Uncopied, Activity):
    """An activity of ours, made for one answer."""


class _Account(_Uncopied, ChannelAccount):
    """Who sent an activity, or got it."""


class _Conversation(_Uncopied, ConversationAccount):
    """Where an activity came from."""


def card_activity(card: Any) -> Outgoing:
    return Outgoing(type="message", attachments=[Attachment(content_type=CARD_TYPE, content=card)])


def text_activity(text: str) -> Outgoing:
    return Outgoing(type="message", text=text, text_format="plain")


def invoke_answer(body: Mapping[str, Any]) -> Outgoing:
    """Make what answers an invoke in the HTTP response, once it is sent in the turn."""
    return Outgoing(type="invokeResponse", value=InvokeResponse(status=200, body=body))


class Conversations:
    """The part of the SDK's ConnectorClient that a turn uses to answer."""

    def __init__(self, connector: Connector, service_url: str) -> None:
        self._connector = connector
        self._service_url = service_url

    async def reply_to_activity(
        self, conversation_id: str, _reply_to: str, activity: Activity
    ) -> ResourceResponse:
        """Send an answer. Teams threads by the conversation id, `replyToId` routes nothing."""
        return await self.send_to_conversation(conversation_id, activity)

    async def send_to_conversation(
        self, conversation_id: str, activity: Activity
    ) -> ResourceResponse:
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
    """A turn whose sends nobody listens to."""

    async def _emit(self, _plugins: object, _arg: object, logic: Awaitable[Any]) -> Any:
        """Just send. The SDK's own way leaves a cycle that holds the turn until it is collected."""
        return await logic


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
        self._authentication = OurAuthentication(connector)
        self._adapter = _Adapter(self._authentication)
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

        response = await self._adapter.process_activity(
            self._authentication.authenticated(), activity, on_turn
        )
        return response.body if response is not None else None


def _incoming(body: Mapping[str, Any]) -> Activity:
    """Say what the SDK's pipeline needs; the rest is read from the body itself.

    `deliveryMode` is left out on purpose: nobody may ask the bot to answer in the HTTP response.
    """
    conversation, sender, recipient = body["conversation"], body["from"], body["recipient"]
    if not isinstance(conversation.get("id"), str):
        raise UnreadableActivity
    return Activity(
        type=body["type"],
        id=body.get("id"),
        name=body.get("name"),
        channel_id=body["channelId"],
        service_url=body["serviceUrl"],
        conversation=_Conversation(id=conversation["id"]),
        from_property=_Account(id=sender.get("id"), name=sender.get("name")),
        recipient=_Account(id=recipient.get("id"), name=recipient.get("name")),
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
