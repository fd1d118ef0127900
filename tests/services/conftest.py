import pytest

from retention.domain.draft import Draft
from retention.services.cases import CaseService
from tests.fakes import FakeClock, Memory
from tests.samples import ANA, HANDED_OVER, THREAD, draft, facts


class Desk:
    """The case service on a memory, and shorthands for what people do."""

    def __init__(self):
        self.memory = Memory()
        self.clock = FakeClock()
        self.cases = CaseService(uow=self.memory.unit_of_work, clock=self.clock)

    async def draft(self, *, actor=ANA, place=THREAD) -> Draft:
        begun = draft(author=actor, place=place)
        async with self.memory.unit_of_work() as uow:
            await uow.drafts.start(begun, source=begun.id)
            await uow.commit()
        return begun

    async def open(
        self, *, actor=ANA, place=THREAD, judgement=HANDED_OVER, crm_case_number="00012345"
    ):
        """Open a case; its effects have run."""
        begun = await self.draft(actor=actor, place=place)
        case = await self.cases.open(
            actor=actor, draft=begun, facts=facts(crm_case_number), judgement=judgement
        )
        self.memory.state.effects.clear()
        return case


@pytest.fixture
def desk():
    return Desk()
