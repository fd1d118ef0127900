"""The one Teams channel the bot works in, and links into it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from retention.domain.draft import Place


@dataclass(frozen=True, slots=True)
class Room:
    tenant_id: str
    team_id: str
    team_group_id: str
    channel_id: str
    channel_name: str

    def is_home(self, conversation_id: str) -> bool:
        """Tell whether a conversation is this channel or a thread in it."""
        return conversation_id.partition(";")[0] == self.channel_id

    def is_own_tenant(self, activity: Mapping[str, Any]) -> bool:
        """Tell whether an activity comes from the configured tenant.

        Teams: `channelData.tenant.id` is always there; `conversation.tenantId` must agree with it.
        """
        tenant = _part(activity, "channelData").get("tenant")
        stated = [
            tenant.get("id") if isinstance(tenant, dict) else tenant,
            _part(activity, "conversation").get("tenantId"),
        ]
        return any(stated) and all(one in {None, self.tenant_id} for one in map(_word, stated))

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

    def _query(self, parent: str = "") -> str:
        facts = {"groupId": self.team_group_id, "tenantId": self.tenant_id}
        if parent:
            facts |= {"parentMessageId": parent, "channelName": self.channel_name}
        return urlencode({name: value for name, value in facts.items() if value})


def _part(activity: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = activity.get(name)
    return part if isinstance(part, dict) else {}


def _word(value: object) -> str | None:
    """Give a word as it is, None for none, and for anything else a word that fits nowhere."""
    return value if value is None or isinstance(value, str) else ""
