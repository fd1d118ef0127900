"""A case goes by the playbooks it was opened with, whatever the file says now."""

from dataclasses import replace

import pytest

from config.playbooks import load_playbooks
from retention.domain.cancellation import CancellationReason
from retention.domain.playbook import Playbooks
from retention.services.playbooks import PlaybookService
from tests.fakes import FakeClock, Memory
from tests.samples import case

OLD = load_playbooks()
NEW = Playbooks.of(
    replace(playbook, documents=("Distrato",)) for playbook in OLD.by_reason.values()
)


@pytest.fixture
def memory():
    return Memory()


def service(memory, current):
    return PlaybookService(uow=memory.unit_of_work, clock=FakeClock(), current=current)


async def test_a_case_keeps_the_version_it_was_opened_with(memory):
    await service(memory, OLD).keep()
    restarted = service(memory, NEW)
    await restarted.keep()
    before, since = case(), case(number=2)
    before.playbook_version, since.playbook_version = OLD.version, NEW.version

    assert await restarted.of(before) == OLD[before.judgement.reason]
    assert await restarted.of(since) == NEW[since.judgement.reason]
    assert await restarted.documents(before, CancellationReason.PRICE) == ()
    assert await restarted.documents(since, CancellationReason.PRICE) == ("Distrato",)


async def test_a_version_of_another_process_is_found(memory):
    mine = service(memory, OLD)
    await service(memory, NEW).keep()
    theirs = case()
    theirs.playbook_version = NEW.version

    assert await mine.of(theirs) == NEW[theirs.judgement.reason]


@pytest.mark.parametrize("version", [None, "lost"])
async def test_a_case_without_a_known_version_goes_by_the_current_one(memory, version):
    mine = service(memory, NEW)
    older = case()
    older.playbook_version = version

    assert await mine.of(older) == NEW[older.judgement.reason]


async def test_starting_again_keeps_one_copy(memory):
    await service(memory, OLD).keep()
    await service(memory, OLD).keep()

    assert list(memory.state.playbooks) == [OLD.version]
