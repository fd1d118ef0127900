"""Teams user → Actor. The Entra object id decides; the display name is only shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from retention.domain.people import Actor, Directory, PersonId

_MAX_NAME = 80


def actor_of(activity: Mapping[str, Any], directory: Directory) -> Actor | None:
    """Identify who sent an activity; None for bots and for senders without an Entra id.

    Teams: the account of a bot is `28:…`, and a `role` says what a sender is who is no person. Who
    joined a meeting anonymously has no Entra id.
    """
    sender = activity.get("from")
    if not isinstance(sender, dict) or _is_bot(sender):
        return None
    object_id = sender.get("aadObjectId")
    if not isinstance(object_id, str) or not object_id:
        return None
    name = " ".join(str(sender.get("name") or "").split())[:_MAX_NAME] or "Colega"
    return directory.actor(PersonId(object_id.lower()), name=name)


def _is_bot(sender: Mapping[str, Any]) -> bool:
    return str(sender.get("id", "")).startswith("28:") or sender.get("role", "user") != "user"
