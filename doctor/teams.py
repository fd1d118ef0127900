"""Teams as the bot sees it: token, team, channel, and what the team's consent lets it read."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

import aiohttp
from yarl import URL

from bot.connector import Channel, Connector, Member
from bot.connector_errors import BotNotInRoster, ConversationNotFound
from bot.graph import messages_url
from bot.room import Room
from bot.tokens import GRAPH_RESOURCE, TokenProvider, TokenRefused
from doctor.checks import CHANNEL, READING, TEAM, TOKEN, UNASKED, Check, Finding
from retention.services.ports.failures import PermanentError, TransientError

_STANDARD: Final = "standard"
_CONSENT: Final[Mapping[int, str]] = {
    HTTPStatus.OK: "ok",
    HTTPStatus.FORBIDDEN: "denied",
    HTTPStatus.NOT_FOUND: "not_found",
}
"""What Graph's status tells of the team's consent."""


@dataclass(frozen=True, slots=True)
class TeamsPatient:
    """Who is asked about Teams, and about which room.

    `service_url` is the Connector's address, `graph_url` that of Microsoft Graph.
    """

    connector: Connector
    tokens: TokenProvider
    graph_tokens: TokenProvider
    session: aiohttp.ClientSession
    room: Room
    service_url: str
    graph_url: str = GRAPH_RESOURCE

    async def token(self) -> Finding:
        """Ask Entra for the token that proves the bot to Teams."""
        try:
            await self.tokens.token()
        except TokenRefused as error:
            return TOKEN.found("refused", why=str(error))
        except TransientError as error:
            return TOKEN.found("unreachable", why=str(error))
        return TOKEN.found("ok", app=self.room.bot_id.removeprefix("28:"))

    async def team(self) -> Finding:
        """Look the team up, which only a bot installed in it may."""
        return await self._told(TEAM, self._team)

    async def _team(self) -> Finding:
        team = await self.connector.team(service_url=self.service_url, team_id=self.room.team_id)
        expected = self.room.team_group_id
        if expected and team.group_id and team.group_id.lower() != expected:
            return TEAM.found("other_group", team=team.name, group=team.group_id)
        return TEAM.found("ok", team=team.name)

    async def channel(self) -> Finding:
        """Find the channel among those of the team, and tell of which kind it is."""
        return await self._told(CHANNEL, self._channel)

    async def _channel(self) -> Finding:
        channels = await self.connector.channels(
            service_url=self.service_url, team_id=self.room.team_id
        )
        ours = next((one for one in channels if one.id == self.room.channel_id), None)
        if ours is None:
            return CHANNEL.found("not_found", known=[one.name or "General" for one in channels])
        name = ours.name or self.room.channel_name
        if ours.kind is None:
            return CHANNEL.found("kind_untold", channel=name)
        if ours.kind.lower() != _STANDARD:
            return CHANNEL.found("not_standard", channel=name, kind=ours.kind)
        if self._is_renamed(ours):
            return CHANNEL.found("renamed", channel=name, expected=self.room.channel_name)
        return CHANNEL.found("ok", channel=name)

    def _is_renamed(self, channel: Channel) -> bool:
        return channel.name is not None and channel.name != self.room.channel_name

    async def members(self) -> list[Member]:
        """List who is in the team. Raises TransientError or PermanentError."""
        return await self.connector.members(
            service_url=self.service_url, conversation_id=self.room.team_id
        )

    async def reading(self) -> Finding:
        """Ask for one message of the channel, which Graph gives only with the team's consent.

        Teams: `ChannelMessage.Read.Group` is granted per team when the app is added. What Graph
        answers is not looked at.
        """
        if not self.room.team_group_id:
            return READING.found("no_group")
        try:
            token = await self.graph_tokens.token()
        except TransientError:
            return READING.found(UNASKED)
        try:
            status = await self._status_of_messages(token)
        except aiohttp.ClientError as error:
            return READING.found("unreachable", why=type(error).__name__)
        code = _CONSENT.get(status)
        return READING.found(code) if code else READING.found("refused", status=status)

    async def _status_of_messages(self, token: str | None) -> int:
        messages = messages_url(
            self.graph_url,
            team_group_id=self.room.team_group_id,
            channel_id=self.room.channel_id,
        )
        async with self.session.get(
            URL(f"{messages}?$top=1", encoded=True),
            headers={"Authorization": f"Bearer {token}"},
            allow_redirects=False,  # the token is for this host alone
        ) as answer:
            return answer.status

    async def _told(self, check: Check, ask: Callable[[], Awaitable[Finding]]) -> Finding:
        """Ask the Connector; without a token it is not asked, for the check of the token tells."""
        try:
            await self.tokens.token()
        except TransientError:
            return check.found(UNASKED)
        try:
            return await ask()
        except (TransientError, PermanentError) as error:
            return refusal(check, error)


async def local() -> Finding:
    """Tell that Teams is not asked: in local mode there are no credentials."""
    return TOKEN.found("local")


def refusal(check: Check, error: TransientError | PermanentError) -> Finding:
    """Name what Teams answered instead; its errors hold codes, never what people wrote."""
    codes = check.levels
    if isinstance(error, BotNotInRoster) and "not_installed" in codes:
        return check.found("not_installed")
    if isinstance(error, ConversationNotFound) and "not_found" in codes:
        return check.found("not_found")
    code = "unreachable" if isinstance(error, TransientError) else "refused"
    return check.found(code, why=str(error))
