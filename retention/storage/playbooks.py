"""Catalogues of playbooks in SQL, as JSON: read whole, written once, never changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, is_dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import bindparam

from retention.database import Connection
from retention.domain.cancellation import CancellationPath, CancellationReason, Mood
from retention.domain.playbook import (
    Diagnosis,
    OfferKind,
    Playbook,
    Playbooks,
    Script,
    Step,
)
from retention.storage.tables import insert_or, playbook_versions

_GET = sa.select(playbook_versions.c.content).where(
    playbook_versions.c.version == bindparam("version")
)
_ADD = insert_or(playbook_versions).on_conflict_do_nothing(index_elements=["version"])


class SqlPlaybooks:
    """Implements `PlaybookRepository` in the transaction of one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def get(self, version: str) -> Playbooks | None:
        content = await self._connection.scalar(_GET, {"version": version})
        if content is None:
            return None
        playbooks = [_playbook_of(data) for data in content]
        return Playbooks(version, {playbook.reason: playbook for playbook in playbooks})

    async def add(self, playbooks: Playbooks, *, at: datetime) -> None:
        """Keep a catalogue under its version; again is harmless."""
        content = [_json_of(playbook) for playbook in playbooks.by_reason.values()]
        await self._connection.execute(
            _ADD, {"version": playbooks.version, "content": content, "first_used_at": at}
        )


def _json_of(value: Any) -> Any:
    """Write a playbook, and all that it holds, as JSON."""
    if is_dataclass(value) and not isinstance(value, type):
        return _json_of(asdict(value))
    if isinstance(value, dict):
        return {str(key): _json_of(entry) for key, entry in value.items()}
    return value


def _playbook_of(data: Mapping[str, Any]) -> Playbook:
    """Read a playbook back from JSON."""
    return Playbook(
        reason=CancellationReason(data["reason"]),
        scripts={Mood(mood): _script_of(words) for mood, words in data["scripts"].items()},
        steps={
            CancellationPath(path): tuple(Step(**step) for step in steps)
            for path, steps in data["steps"].items()
        },
        questions=tuple(data["questions"]),
        offers=tuple(OfferKind(offer) for offer in data["offers"]),
        documents=tuple(data["documents"]),
        hints={Diagnosis(root): words for root, words in data["hints"].items()},
        avoid={Mood(mood): words for mood, words in data.get("avoid", {}).items()},
    )


def _script_of(words: str | Mapping[str, str]) -> Script:
    if isinstance(words, str):
        return words
    return {CancellationPath(path): said for path, said in words.items()}
