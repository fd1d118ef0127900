"""Teams out: the Bot Connector REST calls we use."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote

import aiohttp
from yarl import URL

from bot.connector_errors import UnreadableAnswer
from bot.connector_transport import ConnectorLimits, Json, Transport
from bot.service_url import trusted_base
from bot.tokens import TokenProvider

_ESCAPES = str.maketrans({chr(code): quote(chr(code), safe="") for code in range(128)})


@dataclass(frozen=True, slots=True)
class CreatedConversation:
    """`activity_id` is the first message, when one was given with the request."""

    conversation_id: str
    activity_id: str | None


@dataclass(frozen=True, slots=True)
class Member:
    """`id` is the MRI (`29:...`), which a mention needs; `object_id` the Entra id.

    `tenant_id` is where they come from; None when Teams does not say.
    """

    id: str
    name: str
    object_id: str | None
    tenant_id: str | None = None
    is_guest: bool = False


@dataclass(frozen=True, slots=True)
class Team:
    """A team the bot is installed in; `group_id` is Entra's."""

    id: str
    name: str
    group_id: str | None


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel of a team. Teams: the General channel has no name and the id of the team.

    `kind` is `standard`, `private` or `shared`; None when Teams does not say.
    """

    id: str
    name: str | None
    kind: str | None


class Connector:
    """Send and edit messages, open conversations, look members and the team up.

    `urgent` calls, made in a turn, never wait for the channel's pace and sit out one short 429;
    the others wait in line and leave a 429 to the durable engine. Every call raises RetryAfter,
    another TransientError (`outcome_unknown` when repeating a post may show it twice), or a
    PermanentError of `connector_errors`. `allowed_hosts=None` means local mode: loopback alone.
    """

    def __init__(
        self,
        *,
        session: aiohttp.ClientSession,
        tokens: TokenProvider,
        limits: ConnectorLimits,
        allowed_hosts: frozenset[str] | None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        observe: Callable[[str, int], None] = lambda _kind, _status: None,
    ) -> None:
        self._transport = Transport(
            session=session,
            tokens=tokens,
            limits=limits,
            clock=clock,
            sleep=sleep,
            observe=observe,
        )
        self._allowed_hosts = allowed_hosts

    async def send(
        self, *, service_url: str, conversation_id: str, activity: Json, urgent: bool = False
    ) -> str:
        """Post a message into a conversation; returns its id.

        Teams: the thread is `;messageid=` in the conversation id, `replyToId` routes nothing. Text
        and card in one activity become two messages without an id: the answer is then empty.
        """
        answer = await self._transport.call(
            "send",
            "POST",
            self._url(service_url, conversation_id, "activities"),
            activity,
            urgent=urgent,
            paced_as=conversation_id,
        )
        return str(answer.get("id") or "")

    async def update(
        self,
        *,
        service_url: str,
        conversation_id: str,
        activity_id: str,
        activity: Json,
        urgent: bool = False,
    ) -> None:
        """Replace a message of ours. Raises ActivityNotFound (a MessageGone) when it is gone."""
        await self._transport.call(
            "update",
            "PUT",
            self._url(service_url, conversation_id, "activities", activity_id),
            activity,
            urgent=urgent,
            paced_as=conversation_id,
        )

    async def create_conversation(
        self, *, service_url: str, parameters: Json
    ) -> CreatedConversation:
        """Open a thread in a channel or a chat with a person.

        Teams: the same person and bot always give the same chat; a channel takes
        `channelData.channel.id` and the first message as `activity`.
        """
        place = parameters.get("channelData", {}).get("channel") or parameters["members"][0]
        answer = await self._transport.call(
            "create",
            "POST",
            self._url(service_url),
            parameters,
            urgent=False,
            paced_as=place["id"],
        )
        return CreatedConversation(
            conversation_id=_id(answer), activity_id=answer.get("activityId")
        )

    async def member(self, *, service_url: str, conversation_id: str, member_id: str) -> Member:
        """Look a member of a conversation up by MRI or Entra id. Raises MemberNotFound."""
        answer = await self._transport.call(
            "member",
            "GET",
            self._url(service_url, conversation_id, "members", member_id),
            urgent=True,
            paced_as=f"members of {conversation_id}",
        )
        return _member(answer)

    async def members(self, *, service_url: str, conversation_id: str) -> list[Member]:
        """List everybody of a conversation, page after page (Teams: 500 a page at most)."""
        found: list[Member] = []
        query = {"pageSize": "500"}
        while True:
            answer = await self._transport.call(
                "members",
                "GET",
                self._url(service_url, conversation_id, "pagedmembers").with_query(query),
                urgent=True,
                paced_as=f"members of {conversation_id}",
            )
            found += [_member(one) for one in answer.get("members") or ()]
            token = answer.get("continuationToken")
            if not token:
                return found
            if token == query.get("continuationToken"):
                raise UnreadableAnswer("the members are told page after page without end")
            query["continuationToken"] = token

    async def team(self, *, service_url: str, team_id: str) -> Team:
        """Look a team up. Raises BotNotInRoster where the bot is not installed."""
        answer = await self._look_at_team("team", service_url, team_id)
        return Team(
            id=_id(answer), name=answer.get("name") or "", group_id=answer.get("aadGroupId")
        )

    async def channels(self, *, service_url: str, team_id: str) -> list[Channel]:
        """List the channels of a team. Raises BotNotInRoster where the bot is not installed."""
        answer = await self._look_at_team("channels", service_url, team_id, "conversations")
        return [
            Channel(id=_id(one), name=one.get("name"), kind=one.get("type"))
            for one in answer.get("conversations") or ()
        ]

    async def _look_at_team(self, kind: str, service_url: str, team_id: str, *parts: str) -> Json:
        return await self._transport.call(
            kind,
            "GET",
            self._url(service_url, team_id, *parts, of="teams"),
            urgent=True,
            paced_as=f"team {team_id}",
        )

    def _url(self, service_url: str, *parts: str, of: str = "conversations") -> URL:
        base = _base(service_url, self._allowed_hosts)
        path = "/".join((of, *map(_escaped, parts)))
        return base.with_path(f"{base.raw_path}/{path}", encoded=True)


def _escaped(part: str) -> str:
    """Percent-encode a part of a path. Ids of Teams are ASCII, which goes faster."""
    return part.translate(_ESCAPES) if part.isascii() else quote(part, safe="")


@lru_cache(maxsize=64)
def _base(service_url: str, allowed_hosts: frozenset[str] | None) -> URL:
    return URL(f"{trusted_base(service_url, allowed_hosts)}/v3", encoded=True)


def _member(answer: Json) -> Member:
    return Member(
        id=_id(answer),
        name=answer.get("name") or "",
        object_id=answer.get("objectId") or answer.get("aadObjectId"),
        tenant_id=answer.get("tenantId"),
        is_guest=_is_guest(answer),
    )


def _is_guest(member: Json) -> bool:
    """Tell a guest: Teams has been seen to call one a `user`, but Entra marks the sign-in name."""
    role, name = str(member.get("userRole") or "user"), str(member.get("userPrincipalName") or "")
    return role.lower() in {"guest", "anonymous"} or "#ext#" in name.lower()


def _id(answer: Json) -> str:
    if isinstance(found := answer.get("id"), str) and found:
        return found
    raise UnreadableAnswer("the answer has no id")
