import pytest

from retention.domain.draft import DraftStep
from retention.domain.errors import DraftNotFound
from retention.services.drafts import DraftService
from retention.services.welcomes import WelcomeService
from tests.fakes import FakeClock, Memory
from tests.samples import ANA, CHAT, THREAD


@pytest.fixture
def drafts():
    return DraftService(uow=Memory().unit_of_work, clock=FakeClock())


async def start(drafts, *, source="m1"):
    return await drafts.start(
        actor=ANA, place=THREAD, source=source, answers={"crm_case_number": "123"}
    )


class TestDrafts:
    async def test_a_message_delivered_twice_begins_one_draft(self, drafts):
        first = await start(drafts)
        again = await start(drafts)

        assert again == first
        assert (first.author, first.answers) == (ANA.ref, {"crm_case_number": "123"})

    async def test_each_request_begins_a_draft_of_its_own(self, drafts):
        first = await start(drafts, source="m1")
        second = await start(drafts, source="m2")

        assert first.id != second.id

    async def test_what_was_typed_is_kept(self, drafts):
        draft = await start(drafts)
        draft.advance(DraftStep.JUDGEMENT, {"customer": "Padaria Sol"})

        await drafts.save(draft, read_version=1)

        assert await drafts.get(draft.id) == draft

    async def test_the_slower_of_two_presses_sees_what_the_faster_left(self, drafts):
        fast, slow = await start(drafts), await start(drafts)
        fast.advance(DraftStep.JUDGEMENT, {"customer": "Padaria Sol"})
        slow.advance(DraftStep.DISCARDED)

        await drafts.save(fast, read_version=1)
        answer = await drafts.save(slow, read_version=1)

        assert answer == fast

    async def test_the_message_that_shows_the_draft_is_remembered(self, drafts):
        draft = await start(drafts)

        await drafts.shown(draft, "m2")

        assert (await drafts.get(draft.id)).place.message == "m2"

    async def test_an_unknown_draft_is_not_found(self, drafts):
        with pytest.raises(DraftNotFound):
            await drafts.get("nobody's")


async def test_a_conversation_is_welcomed_once():
    welcomes = WelcomeService(uow=Memory().unit_of_work, clock=FakeClock())
    before = await welcomes.is_due(CHAT.conversation)

    await welcomes.sent(CHAT.conversation)
    await welcomes.sent(CHAT.conversation)

    assert before
    assert not await welcomes.is_due(CHAT.conversation)
    assert await welcomes.is_due("a:somebody else's")
