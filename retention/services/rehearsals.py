"""Use cases of the rehearsal: begin or go on, answer, see the next dialogue, end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from uuid import uuid4

from retention.domain.errors import RehearsalNotFound
from retention.domain.people import Actor
from retention.domain.rehearsal import Dialogue, Rehearsal, Run, RunStep
from retention.services.ports.clock import Clock
from retention.services.ports.unit_of_work import StartUnitOfWork, UnitOfWork
from retention.services.refusals import write_down


class RehearsalService:
    """A run belongs to one person. A press on a card that shows it as it was changes nothing."""

    def __init__(self, *, uow: StartUnitOfWork, clock: Clock, rehearsal: Rehearsal) -> None:
        self._uow = uow
        self._clock = clock
        self.rehearsal = rehearsal

    def dialogue(self, run: Run) -> Dialogue:
        """Give the dialogue that an open run asks or explains."""
        return self.rehearsal[run.at]

    async def begin(self, *, actor: Actor) -> Run:
        """Give the person's open run, or else a new one.

        A run through dialogues the file no longer has is ended first.
        """
        run_id = uuid4().hex
        new = Run(run_id, actor.id, self.rehearsal.order(run_id), self._clock())
        async with self._uow() as uow:
            run = await uow.rehearsals.start(new)
            if not self.rehearsal.holds(run):
                await self._change(uow, run, partial(run.end, at=self._clock()))
                run = await uow.rehearsals.start(new)
            await uow.commit()
        return run

    async def answer(
        self, *, actor: Actor, run_id: str, version: int, given: Mapping[str, str]
    ) -> Run:
        """Judge and keep the answers to the dialogue that is asked.

        Raises:
            RehearsalNotFound, InvalidAnswers.
        """

        def change(run: Run) -> None:
            if run.step is RunStep.QUESTION:
                run.answer(self.dialogue(run).judge(given))

        return await self._press(actor, run_id, version, change)

    async def go_on(self, *, actor: Actor, run_id: str, version: int) -> Run:
        """Show the next dialogue, or how the run ended. Raises RehearsalNotFound."""

        def change(run: Run) -> None:
            if run.step is RunStep.FEEDBACK:
                run.go_on(at=self._clock())

        return await self._press(actor, run_id, version, change)

    async def end(self, *, actor: Actor, run_id: str, version: int) -> Run:
        """End the run where it stands. Raises RehearsalNotFound."""

        def change(run: Run) -> None:
            if run.is_open:
                run.end(at=self._clock())

        return await self._press(actor, run_id, version, change)

    async def get(self, *, actor: Actor, run_id: str) -> Run:
        """Load a run for the person it belongs to. Raises RehearsalNotFound."""
        async with self._uow() as uow:
            return await self._own(uow, actor, run_id)

    async def best_before(self, run: Run) -> Run | None:
        """Find the person's best ended run but this one."""
        async with self._uow() as uow:
            return await uow.rehearsals.best(run.person, but=run.id)

    async def _press(
        self, actor: Actor, run_id: str, version: int, change: Callable[[Run], None]
    ) -> Run:
        """Change the run as the pressed card shows it; else give it as it is now."""
        async with self._uow() as uow:
            run = await self._own(uow, actor, run_id)
            if run.is_open and not self.rehearsal.holds(run):
                change = partial(Run.end, at=self._clock())
            elif run.version != version:
                return run
            if not await self._change(uow, run, partial(change, run)):
                return await self._own(uow, actor, run_id)
            await uow.commit()
        return run

    async def _change(self, uow: UnitOfWork, run: Run, change: Callable[[], None]) -> bool:
        """Write a change; False when another press was faster."""
        read_version = run.version
        change()
        return await uow.rehearsals.save(run, read_version=read_version)

    async def _own(self, uow: UnitOfWork, actor: Actor, run_id: str) -> Run:
        """Somebody else's run is found by nobody, and the try is written down."""
        run = await uow.rehearsals.get(run_id)
        if run is not None and run.person == actor.id:
            return run
        await write_down(
            uow, at=self._clock(), by=actor, action="rehearsal", why=RehearsalNotFound.__name__
        )
        raise RehearsalNotFound
