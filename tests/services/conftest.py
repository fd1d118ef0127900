from dataclasses import replace

import pytest

from config.playbooks import load_playbooks
from retention.domain.draft import Draft
from retention.domain.playbook import Playbooks
from retention.services.cases import CaseService
from retention.services.playbooks import PlaybookService
from tests.fakes import FakeClock, Memory
from tests.samples import ANA, HANDED_OVER, THREAD, directory, draft, facts


class Desk:
    """The case service on a memory, and shorthands for what people do.

    `papers` are the documents that every reason needs.
    """

    def __init__(self, papers=()):
        self.memory = Memory()
        self.clock = FakeClock()
        books = load_playbooks().by_reason.values()
        self.playbooks = PlaybookService(
            uow=self.memory.unit_of_work,
            clock=self.clock,
            current=Playbooks.of(replace(book, documents=papers) for book in books),
        )
        self.cases = CaseService(
            uow=self.memory.unit_of_work,
            clock=self.clock,
            directory=directory(),
            playbooks=self.playbooks,
        )

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


@pytest.fixture
def desk_with_papers():
    return Desk(papers=("Distrato assinado",))
