import pytest

from retention.domain.cancellation import CancellationPath, CancellationReason
from retention.domain.events import (
    CaseClaimed,
    CaseOpened,
    CaseReclassified,
    HandoverStep,
    HelpCalled,
    NoteAdded,
    ReversalFailed,
)
from retention.domain.people import Role
from retention.services.case_thread import CaseThreadSubscriber
from retention.services.ports.cases import CaseThread
from retention.services.ports.effects import NO_EVENT
from retention.services.ports.failures import MessageGone, TransientError
from retention.services.subscriptions import CASE_THREAD
from tests.business import CLOCK
from tests.fakes import FakeCaseThreads, FakeLedger
from tests.samples import (
    ANA,
    CHAT,
    FERNANDA,
    HANDED_OVER,
    RENATO,
    THREAD,
    WITH_RC,
    directory,
    facts,
)


class Channel:
    """A desk whose effects reach a messenger."""

    def __init__(self, desk):
        self.desk = desk
        self.messenger = FakeCaseThreads()
        self.ledger = FakeLedger()
        self.subscriber = CaseThreadSubscriber(
            uow=desk.memory.unit_of_work,
            threads=self.messenger,
            ledger=self.ledger,
            directory=directory(),
            business=CLOCK,
        )

    async def register(self, *, place=THREAD, judgement=HANDED_OVER):
        """Register a request whose form stands at a place, as the bot does: then run the effect."""
        draft = await self.desk.draft(place=place)
        case = await self.desk.cases.open(
            actor=ANA, draft=draft, facts=facts(), judgement=judgement
        )
        if place.is_channel:
            self.messenger.show_card(place, case)
        await self.run()
        return case

    async def run(self):
        await self.desk.memory.run_effects({CASE_THREAD: self.subscriber})


@pytest.fixture
def channel(desk):
    return Channel(desk)


class TestCard:
    async def test_the_form_in_the_channel_is_edited_into_the_case(self, channel):
        case = await channel.register()

        (card,) = channel.messenger.cards
        assert card.case == case
        assert channel.messenger.receipts == {}

    async def test_a_case_begun_in_a_chat_opens_a_thread_and_leaves_a_receipt(self, channel, desk):
        case = await channel.register(place=CHAT)

        (card,) = channel.messenger.cards
        place = (await desk.cases.thread(case.number)).place
        assert card.case.number == case.number
        assert place.is_channel
        assert channel.messenger.receipts == {CHAT.conversation: (case, place)}

    async def test_the_card_always_shows_the_present_case(self, channel, desk):
        case = await channel.register()
        await desk.cases.claim(actor=FERNANDA, number=case.number)
        await desk.cases.tick(actor=ANA, number=case.number, steps=[HandoverStep.QUEUE])
        await channel.run()

        (card,) = channel.messenger.cards
        assert card.case == await desk.cases.get(case.number)

    async def test_a_deleted_card_is_posted_anew_and_found_from_then_on(self, channel, desk):
        case = await channel.register()
        channel.messenger.messages.clear()

        await desk.cases.claim(actor=FERNANDA, number=case.number)
        await channel.run()
        await desk.cases.tick(actor=ANA, number=case.number, steps=[HandoverStep.QUEUE])
        await channel.run()

        (card,) = channel.messenger.cards
        assert card.case.version == 3


class TestRefresh:
    """An effect about no event."""

    async def test_it_edits_the_card_and_says_nothing(self, channel, desk):
        case = await channel.register()
        said = list(channel.messenger.said)
        await desk.cases.claim(actor=FERNANDA, number=case.number)
        desk.memory.state.effects.clear()

        await channel.subscriber(key="k", number=case.number, version=NO_EVENT)

        (card,) = channel.messenger.cards
        assert card.case.owner == FERNANDA.ref
        assert channel.messenger.said == said

    async def test_a_case_without_a_thread_gets_none_by_it(self, channel, desk):
        case = await desk.open()
        async with desk.memory.unit_of_work() as uow:
            await uow.threads.save(CaseThread(case.number, CHAT.service_url, place=None))
            await uow.commit()

        await channel.subscriber(key="k", number=case.number, version=NO_EVENT)

        assert channel.messenger.messages == {}


class TestReplies:
    async def test_the_handover_calls_both_leads_on_duty(self, channel):
        await channel.register()

        assert channel.messenger.said == [(CaseOpened, [FERNANDA.name, RENATO.name])]

    async def test_path_1_calls_nobody_until_the_reversal_failed(self, channel, desk):
        await desk.open(crm_case_number="1")  # a first case calls its companion
        case = await channel.register(judgement=WITH_RC)
        await desk.cases.fail_reversal(
            actor=ANA, number=case.number, customer_said="Não dá", told="Ligamos amanhã"
        )
        await channel.run()

        assert channel.messenger.said == [
            (CaseOpened, []),
            (ReversalFailed, [FERNANDA.name, RENATO.name]),
        ]

    async def test_a_first_case_calls_its_companion_on_every_path(self, channel):
        await channel.register(judgement=WITH_RC)

        assert channel.messenger.said == [(CaseOpened, [FERNANDA.name])]

    async def test_a_call_for_help_calls_the_person_it_names(self, channel, desk):
        case = await channel.register(judgement=WITH_RC)
        await desk.cases.call_help(actor=ANA, number=case.number, role=Role.RC_LEAD)
        await channel.run()

        assert channel.messenger.said[1:] == [(HelpCalled, [RENATO.name])]

    async def test_leaving_path_1_is_a_handover_and_a_later_correction_is_none(self, channel, desk):
        case = await channel.register(judgement=WITH_RC)
        for path in (CancellationPath.TECHNICAL_BLOCKED, CancellationPath.NON_TECHNICAL):
            await desk.cases.reclassify(
                actor=ANA,
                number=case.number,
                path=path,
                reason=CancellationReason.PRICE,
                reason_text="",
                why="ele explicou melhor",
            )
        await channel.run()

        assert channel.messenger.said[1:] == [
            (CaseReclassified, [FERNANDA.name, RENATO.name]),
            (CaseReclassified, []),
        ]

    async def test_giving_a_case_back_to_the_rc_calls_its_lead(self, channel, desk):
        case = await channel.register()
        await desk.cases.reclassify(
            actor=ANA,
            number=case.number,
            path=CancellationPath.TECHNICAL_OPEN,
            reason=CancellationReason.PRICE,
            reason_text="",
            why="pediu outra chance",
        )
        await channel.run()

        assert channel.messenger.said[1:] == [(CaseReclassified, [RENATO.name])]

    async def test_one_short_reply_per_change_in_order_and_none_for_ticks(self, channel, desk):
        case = await channel.register()
        await desk.cases.tick(actor=ANA, number=case.number, steps=[HandoverStep.QUEUE])
        await desk.cases.claim(actor=FERNANDA, number=case.number)
        await desk.cases.note(actor=ANA, number=case.number, text="Liguei", request_id="r1")
        await channel.run()

        assert [kind for kind, _ in channel.messenger.said] == [CaseOpened, CaseClaimed, NoteAdded]


class TestRepetition:
    @pytest.mark.parametrize("place", [THREAD, CHAT])
    async def test_an_effect_that_runs_twice_says_nothing_twice(self, channel, place):
        case = await channel.register(place=place)
        before = list(channel.messenger.messages)

        await channel.subscriber(key=f"{case.code}:1:case_thread", number=case.number, version=1)

        assert list(channel.messenger.messages) == before

    async def test_a_failure_halfway_repeats_only_what_is_left(self, channel, desk):
        case = await channel.register()
        await desk.cases.claim(actor=FERNANDA, number=case.number)
        (effect,) = desk.memory.effects
        edits = channel.messenger.cards[0].edits
        channel.messenger.failing = [TransientError()]

        with pytest.raises(TransientError):
            await channel.subscriber(key=effect.key, number=effect.number, version=effect.version)
        await channel.subscriber(key=effect.key, number=effect.number, version=effect.version)

        assert channel.messenger.cards[0].edits == edits + 1
        assert [kind for kind, _ in channel.messenger.said] == [CaseOpened, CaseClaimed]

    @pytest.mark.parametrize("place", [THREAD, CHAT])
    async def test_what_went_out_although_its_answer_was_lost_is_found_again(self, channel, place):
        channel.messenger.losing = [TransientError(outcome_unknown=True)]
        with pytest.raises(TransientError):
            await channel.register(place=place)
        (case,) = channel.desk.memory.cases

        await channel.subscriber(key=f"{case.code}:1:case_thread", number=case.number, version=1)

        assert [message.kind for message in channel.messenger.messages.values()] == [
            "card",
            "reply",
        ]

    async def test_where_nothing_can_be_read_what_may_be_out_is_said_again(self, channel):
        channel.messenger.readable = False
        channel.messenger.losing = [TransientError(outcome_unknown=True)]
        with pytest.raises(TransientError):
            await channel.register()
        (case,) = channel.desk.memory.cases

        await channel.subscriber(key=f"{case.code}:1:case_thread", number=case.number, version=1)

        assert [kind for kind, _ in channel.messenger.said] == [CaseOpened, CaseOpened]

    async def test_what_the_messenger_will_never_accept_is_not_swallowed(self, channel, desk):
        case = await channel.register()
        await desk.cases.claim(actor=FERNANDA, number=case.number)
        channel.messenger.failing = [MessageGone(), MessageGone()]

        with pytest.raises(MessageGone):
            await channel.run()
