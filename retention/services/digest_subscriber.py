"""Subscriber: send a digest that was begun to its leader, once."""

from __future__ import annotations

from datetime import date

import structlog

from retention.domain.case import CaseNumber
from retention.domain.digest import Digest
from retention.domain.draft import Place
from retention.domain.people import Directory, PersonId, PersonRef
from retention.services.digests import DigestService
from retention.services.ports.failures import PermanentError, Unreachable
from retention.services.ports.messenger import PersonalChats
from retention.services.ports.reporting import DigestRun, DigestState
from retention.services.ports.unit_of_work import StartUnitOfWork
from retention.services.reach import Reach

log = structlog.get_logger(__name__)


class DigestSubscriber:
    """Send each digest once, rather none than two: who misses one asks for it.

    What a process was sending when it died counts as sent, for a personal chat cannot be read
    back; what the messenger itself failed to take is tried again. A leader who has blocked the bot
    is marked and left alone until they speak to it. What cannot go out before noon is left out.
    """

    def __init__(
        self,
        *,
        uow: StartUnitOfWork,
        digests: DigestService,
        chats: PersonalChats,
        reach: Reach,
        directory: Directory,
    ) -> None:
        self._uow = uow
        self._digests = digests
        self._chats = chats
        self._reach = reach
        self._directory = directory

    async def __call__(self, *, key: str, number: CaseNumber, version: int) -> None:  # noqa: ARG002 - it is about no case
        """Send the digest that the key names. Raises TransientError, PermanentError."""
        leader, day = _read(key)
        async with self._uow() as uow:
            run = await uow.digests.get(leader, day)
        if run is None:
            return
        if run.state is DigestState.SENDING:
            log.warning("digest.assumed_sent", leader_id=leader)
            await self._move(run, DigestState.SENDING, DigestState.SENT)
        elif run.state is DigestState.DUE and self._digests.is_over(day):
            await self._move(run, DigestState.DUE, DigestState.LATE)
        elif run.state is DigestState.DUE:
            await self._send(run)

    async def _send(self, run: DigestRun) -> None:
        try:
            digest = await self._digests.of_run(self._leader(run), run)
            place = await self._reach.place_of(run.leader)
            if not await self._move(run, DigestState.DUE, DigestState.SENDING):
                return
            await self._show(run, place, digest)
        except Unreachable as error:
            log.warning("digest.unreachable", leader_id=run.leader, why=str(error))
            await self._reach.mark_unreachable(run.leader)
            await self._move(run, DigestState.DUE, DigestState.UNREACHABLE)

    async def _show(self, run: DigestRun, place: Place, digest: Digest) -> None:
        """Send it; what did not go out is written down as such, for whoever tries again."""
        try:
            await self._chats.show_digest(place, digest)
        except Unreachable:
            await self._move(run, DigestState.SENDING, DigestState.DUE)
            raise
        except PermanentError:
            await self._move(run, DigestState.SENDING, DigestState.REFUSED)
            raise
        except Exception:
            await self._move(run, DigestState.SENDING, DigestState.DUE)
            raise
        await self._move(run, DigestState.SENDING, DigestState.SENT)

    def _leader(self, run: DigestRun) -> PersonRef:
        person = self._directory.person(run.leader)
        if person is None:
            raise Unreachable("no longer in the directory")
        return person.ref

    async def _move(self, run: DigestRun, of: DigestState, to: DigestState) -> bool:
        async with self._uow() as uow:
            moved = await uow.digests.move(run.leader, run.day, of=of, to=to)
            await uow.commit()
        log.info("digest.moved", leader_id=run.leader, state=str(to), moved=moved)
        return moved


def _read(key: str) -> tuple[PersonId, date]:
    _, day, leader = key.split(":", 2)
    return PersonId(leader), date.fromisoformat(day)
