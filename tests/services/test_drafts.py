import pytest

from retention.domain.draft import DraftStep
from retention.domain.errors import DraftNotFound, NotTheAuthor
from retention.services.drafts import DraftService
from retention.services.welcomes import WelcomeService
from tests.fakes import FakeClock, Memory
from tests.samples import ANA, BIA, CHAT, THREAD


@pytest.fixture
def memory():
    return Memory()


@pytest.fixture
def drafts(memory):
    return DraftService(uow=memory.unit_of_work, clock=FakeClock())


@pytest.fixture
def elsewhere(memory):
    """The drafts as another process serves them."""
    return DraftService(uow=memory.unit_of_work, clock=FakeClock())


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
            await drafts.own(ANA, "nobody's", version=1)

    async def test_a_draft_is_of_the_version_its_author_pressed_or_as_it_is_now(
        self, drafts, elsewhere
    ):
        begun = await start(drafts)
        begun.advance(DraftStep.JUDGEMENT, {"customer": "Padaria Sol"})
        await elsewhere.save(begun, read_version=1)

        at_hand = await drafts.own(ANA, begun.id, version=1)
        again = await drafts.own(ANA, begun.id, version=1)

        assert (at_hand.version, at_hand.step) == (1, DraftStep.FACTS)
        assert again == begun

    async def test_what_another_process_went_on_with_is_not_overwritten(self, drafts, elsewhere):
        begun = await start(drafts)
        there = await elsewhere.own(ANA, begun.id, version=1)
        there.advance(DraftStep.JUDGEMENT, {"customer": "Padaria Sol"})
        await elsewhere.save(there, read_version=1)

        here = await drafts.own(ANA, begun.id, version=1)
        here.advance(DraftStep.DISCARDED)

        assert await drafts.save(here, read_version=1) == there

    async def test_what_is_done_with_a_draft_and_not_saved_is_lost(self, drafts):
        begun = await start(drafts)
        begun.advance(DraftStep.DISCARDED)

        pressed = await drafts.own(ANA, begun.id, version=1)
        pressed.advance(DraftStep.DISCARDED)

        assert (await drafts.own(ANA, begun.id, version=1)).step is DraftStep.FACTS

    async def test_a_request_delivered_again_brings_back_no_older_draft(self, drafts):
        begun = await start(drafts)
        gone_on = await drafts.own(ANA, begun.id, version=1)
        gone_on.advance(DraftStep.JUDGEMENT, {"customer": "Padaria Sol"})
        await drafts.save(gone_on, read_version=1)
        drafts._keep_at_hand(begun)

        assert await drafts.own(ANA, begun.id, version=2) == gone_on

    async def test_it_knows_the_message_that_shows_it_by_now(self, drafts):
        begun = await start(drafts)
        await drafts.shown(begun, "m2")

        assert (await drafts.own(ANA, begun.id, version=1)).place.message == "m2"

    async def test_somebody_else_s_is_refused_and_the_refusal_written_down(self, drafts, memory):
        begun = await start(drafts)

        with pytest.raises(NotTheAuthor):
            await drafts.own(BIA, begun.id, version=1)

        assert [refusal.by for refusal in memory.state.refusals] == [BIA.ref]


async def test_a_conversation_is_welcomed_once():
    welcomes = WelcomeService(uow=Memory().unit_of_work, clock=FakeClock())
    before = await welcomes.is_due(CHAT.conversation)

    await welcomes.sent(CHAT.conversation)
    await welcomes.sent(CHAT.conversation)

    assert before
    assert not await welcomes.is_due(CHAT.conversation)
    assert await welcomes.is_due("a:somebody else's")
