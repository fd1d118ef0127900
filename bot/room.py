"""The one Teams channel the bot works in, and links into it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import quote, urlencode

from config.settings import Settings
from retention.domain.case import CaseNumber
from retention.domain.case_line import CaseLine
from retention.domain.draft import Place


class Foreign(StrEnum):
    """Whose an activity is when it is not ours."""

    RECIPIENT = "recipient"
    TENANT = "tenant"
    TEAM = "team"


@dataclass(frozen=True, slots=True)
class Room:
    bot_id: str
    tenant_id: str
    team_id: str
    team_group_id: str
    channel_id: str
    channel_name: str

    def is_home(self, conversation_id: str) -> bool:
        """Tell whether a conversation is this channel or a thread in it."""
        return conversation_id.partition(";")[0] == self.channel_id

    def why_foreign(self, activity: Mapping[str, Any]) -> Foreign | None:
        """Tell why an activity is none of our business; None when it is.

        Teams: `channelData.tenant.id` is always there, and `conversation.tenantId` must agree with
        it. What happens in a team names the team; a personal chat names none.
        """
        recipient = _part(activity, "recipient").get("id")
        if not isinstance(recipient, str) or recipient.lower() != self.bot_id.lower():
            return Foreign.RECIPIENT
        data = _part(activity, "channelData")
        tenants = [_id(data.get("tenant")), _part(activity, "conversation").get("tenantId")]
        if not any(tenants) or _others(tenants, than=self.tenant_id):
            return Foreign.TENANT
        if _others([_id(data.get("team")), data.get("teamsTeamId")], than=self.team_id):
            return Foreign.TEAM
        return None

    @property
    def channel_link(self) -> str:
        """A Teams deep link to the channel."""
        path = f"{quote(self.channel_id, safe='')}/{quote(self.channel_name, safe='')}"
        return f"https://teams.microsoft.com/l/channel/{path}?{self._query()}"

    def link_to(self, place: Place) -> str:
        """Build a Teams deep link to a message of the channel."""
        root = place.conversation.partition(";messageid=")[2]
        message = place.message or root
        path = f"{quote(self.channel_id, safe='')}/{quote(message, safe='')}"
        return f"https://teams.microsoft.com/l/message/{path}?{self._query(root or message)}"

    def links_to(self, cases: Iterable[CaseLine]) -> dict[CaseNumber, str]:
        """Give the address of each case's thread, where it is known."""
        return {case.number: self.link_to(case.thread) for case in cases if case.thread}

    def _query(self, parent: str = "") -> str:
        facts = {"groupId": self.team_group_id, "tenantId": self.tenant_id}
        if parent:
            facts |= {"parentMessageId": parent, "channelName": self.channel_name}
        return urlencode({name: value for name, value in facts.items() if value})


def room_of(settings: Settings) -> Room:
    """Take the room from the settings."""
    return Room(
        bot_id=settings.bot_id,
        tenant_id=settings.tenant_id,
        team_id=settings.team_id,
        team_group_id=settings.team_group_id,
        channel_id=settings.channel_id,
        channel_name=settings.channel_name,
    )


def _part(activity: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = activity.get(name)
    return part if isinstance(part, dict) else {}


def _id(part: object) -> object:
    return part.get("id") if isinstance(part, dict) else part


def _others(stated: Iterable[object], *, than: str) -> bool:
    return any(one is not None and one != than for one in stated)
