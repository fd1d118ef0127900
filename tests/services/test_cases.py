import asyncio
from dataclasses import replace

import pytest

from retention.domain.cancellation import CancellationPath, OriginChannel
from retention.domain.draft import DraftStep
from retention.domain.errors import (
    AlreadyDone,
    CannotClose,
    CaseNotFound,
    DuplicateOpenCase,
    IllegalTransition,
    NobodyToCall,
    NotAllowed,
    NotTheAuthor,
)
from retention.domain.events import (
    CaseClaimed,
    CaseOpened,
    CaseStatus,
    HandoverStep,
    HelpCalled,
    NoteAdded,
    RequestRepeated,
)
from retention.domain.people import Role
from retention.services.ports.cases import CaseFilter, CaseThread
from retention.services.ports.effects import Effect
from retention.services.subscriptions import CASE_THREAD
from tests.fakes import Refusal
from tests.samples import (
    ANA,
    BIA,
    CHAT,
    FERNANDA,
    GUSTAVO,
    HANDED_OVER,
    LOST,
    MONDAY,
    RENATO,
    THREAD,
    WITH_RC,
    facts,
)


class TestOpen:
    async def test_a_draft_becomes_a_case_with_its_thread_and_its_effect(self, desk):
        draft = await desk.draft()

        case = await desk.cases.open(actor=ANA, draft=draft, facts=facts(), judgement=HANDED_OVER)

        assert desk.memory.cases == [case]
        assert [type(event) for event in desk.memory.events] == [CaseOpened]
        assert desk.memory.state.threads[case.number] == CaseThread(
            case.number, THREAD.service_url, THREAD
        )
        assert desk.memory.effects == [
            Effect(CASE_THREAD, "RET-0001:1:case_thread", "case_thread:RET-0001", 1, case.number, 1)
        ]
        finished = desk.memory.state.drafts[draft.id]
        assert (finished.step, finished.case_number) == (DraftStep.REGISTERED, case.number)

    async def test_a_second_click_on_submit_opens_no_second_case(self, desk):
        draft = await desk.draft()

        first = await desk.cases.open(actor=ANA, draft=draft, facts=facts(), judgement=HANDED_OVER)
        second = await desk.cases.open(actor=ANA, draft=draft, facts=facts(), judgement=HANDED_OVER)

        assert second == first
        assert [type(event) for event in desk.memory.events] == [CaseOpened]
        assert len(desk.memory.effects) == 1

    async def test_a_case_begun_in_a_chat_gets_its_thread_later(self, desk):
        case = await desk.open(place=CHAT)

        assert desk.memory.state.threads[case.number] == CaseThread(
            case.number, CHAT.service_url, place=None, receipt=CHAT
        )

    async def test_one_open_case_per_caso(self, desk):
        await desk.open()
        draft = await desk.draft(actor=BIA)

        with pytest.raises(DuplicateOpenCase):
            await desk.cases.open(actor=BIA, draft=draft, facts=facts(), judgement=HANDED_OVER)

        assert len(desk.memory.cases) == 1
        assert desk.memory.effects == []
        assert not desk.memory.state.drafts[draft.id].step.is_final

    async def test_only_the_author_goes_on_with_a_draft(self, desk):
        draft = await desk.draft(actor=ANA)

        with pytest.raises(NotTheAuthor):
            await desk.cases.open(actor=BIA, draft=draft, facts=facts(), judgement=HANDED_OVER)
        with pytest.raises(NotTheAuthor):
            await desk.cases.join(actor=BIA, draft=draft, facts=facts())

        assert desk.memory.cases == []


class TestJoin:
    async def test_the_words_of_a_second_request_join_the_open_case(self, desk):
        await desk.open()
        draft = await desk.draft(actor=BIA)

        joined = await desk.cases.join(
            actor=BIA, draft=draft, facts=facts(verbatim="Liguei de novo")
        )
        again = await desk.cases.join(
            actor=BIA, draft=draft, facts=facts(verbatim="Liguei de novo")
        )

        assert joined == again
        assert [type(event) for event in desk.memory.events] == [CaseOpened, RequestRepeated]
        assert joined.last(RequestRepeated).verbatim == "Liguei de novo"
        assert desk.memory.state.drafts[draft.id].step is DraftStep.JOINED
        assert [effect.version for effect in desk.memory.effects] == [2]

    async def test_a_case_ended_meanwhile_cannot_be_joined(self, desk):
        draft = await desk.draft()

        with pytest.raises(CaseNotFound):
            await desk.cases.join(actor=ANA, draft=draft, facts=facts())


class TestChange:
    async def test_a_claim_is_kept_with_its_effect(self, desk):
        case = await desk.open()
        desk.clock.advance(minutes=10)

        await desk.cases.claim(actor=FERNANDA, number=case.number)

        claimed = await desk.cases.get(case.number)
        assert claimed.owner == FERNANDA.ref
        assert claimed.last(CaseClaimed).at == desk.clock.now
        assert [(effect.key, effect.seq) for effect in desk.memory.effects] == [
            ("RET-0001:2:case_thread", 2)
        ]

    async def test_a_repeat_by_the_same_person_changes_nothing(self, desk):
        case = await desk.open()

        first = await desk.cases.claim(actor=FERNANDA, number=case.number)
        again = await desk.cases.claim(actor=FERNANDA, number=case.number)

        assert again == first
        assert len(desk.memory.effects) == 1

    async def test_of_two_who_claim_at_once_the_slower_learns_who_was_faster(self, desk):
        case = await desk.open()

        results = await asyncio.gather(
            desk.cases.claim(actor=FERNANDA, number=case.number),
            desk.cases.claim(actor=GUSTAVO, number=case.number),
            return_exceptions=True,
        )

        (refusal,) = (result for result in results if isinstance(result, AlreadyDone))
        owner = (await desk.cases.get(case.number)).owner
        assert refusal.by == owner
        assert len(desk.memory.effects) == 1

    async def test_two_notes_written_at_once_are_both_kept(self, desk):
        case = await desk.open()

        await asyncio.gather(
            *(
                desk.cases.note(actor=ANA, number=case.number, text=f"Nota {n}", request_id=f"r{n}")
                for n in range(3)
            )
        )

        notes = [event for event in desk.memory.events if isinstance(event, NoteAdded)]
        assert sorted(note.text for note in notes) == ["Nota 0", "Nota 1", "Nota 2"]
        assert [effect.seq for effect in desk.memory.effects] == [2, 3, 4]

    async def test_a_form_sent_twice_adds_one_note(self, desk):
        case = await desk.open()

        for _ in range(2):
            await desk.cases.note(actor=ANA, number=case.number, text="Liguei", request_id="r1")

        assert len([event for event in desk.memory.events if isinstance(event, NoteAdded)]) == 1

    async def test_steps_are_ticked(self, desk):
        case = await desk.open()

        ticked = await desk.cases.tick(
            actor=ANA, number=case.number, steps=[HandoverStep.QUEUE, HandoverStep.STATUS]
        )

        assert set(ticked.ticks) == {HandoverStep.QUEUE, HandoverStep.STATUS}

    async def test_path_1_ends_well_or_becomes_path_2(self, desk):
        kept = await desk.open(judgement=WITH_RC, crm_case_number="1")
        leaving = await desk.open(judgement=WITH_RC, crm_case_number="2")

        kept = await desk.cases.revert(
            actor=ANA,
            number=kept.number,
            confirmed_by="João",
            confirmed_at=MONDAY,
            channel=OriginChannel.PHONE,
            told="Ligamos amanhã",
        )
        leaving = await desk.cases.fail_reversal(
            actor=ANA, number=leaving.number, customer_said="Não quero mais", told="Ligamos amanhã"
        )

        assert kept.reversal.confirmed_by == "João"
        assert leaving.judgement.path is CancellationPath.TECHNICAL_BLOCKED
        assert kept.status is leaving.status is CaseStatus.AWAITING_ADMFIN

    async def test_an_outcome_ends_the_case(self, desk):
        case = await desk.open()
        await desk.cases.claim(actor=FERNANDA, number=case.number)

        await desk.cases.record_outcome(actor=FERNANDA, number=case.number, outcome=LOST)

        assert await desk.cases.open_for("00012345") is None
        (line,) = await desk.cases.closed_for("00012345")
        assert line.status is CaseStatus.LOST

    async def test_an_unknown_case_is_not_found(self, desk):
        with pytest.raises(CaseNotFound):
            await desk.cases.claim(actor=FERNANDA, number=99)


class TestPathOne:
    async def test_a_call_names_somebody_else_who_holds_the_role(self, desk):
        case = await desk.open(actor=ANA, judgement=WITH_RC)

        called = await desk.cases.call_help(actor=ANA, number=case.number, role=Role.RC_LEAD)

        assert called.last(HelpCalled).person == RENATO.ref

    async def test_a_role_nobody_else_holds_is_refused_and_written_down(self, desk):
        case = await desk.open(actor=RENATO, judgement=WITH_RC)

        for role in (Role.N2, Role.RC_LEAD):
            with pytest.raises(NobodyToCall):
                await desk.cases.call_help(actor=RENATO, number=case.number, role=role)

        assert [refusal.why for refusal in desk.memory.refusals] == ["NobodyToCall"] * 2

    async def test_two_presses_at_once_call_once(self, desk):
        case = await desk.open(actor=ANA, judgement=WITH_RC)

        await asyncio.gather(
            *(
                desk.cases.call_help(actor=ANA, number=case.number, role=Role.RC_LEAD)
                for _ in range(2)
            )
        )

        assert sum(isinstance(event, HelpCalled) for event in desk.memory.events) == 1

    async def test_a_note_that_says_so_moves_the_case_in_one_change(self, desk):
        case = await desk.open(actor=ANA, judgement=WITH_RC)

        moved = await desk.cases.note(
            actor=ANA, number=case.number, text="já contratou outro sistema", request_id="r"
        )

        assert moved.status is CaseStatus.AWAITING_ADMFIN
        assert [effect.seq for effect in desk.memory.effects] == [2, 3]


class TestFirstCase:
    async def test_the_first_case_of_a_person_has_a_companion(self, desk):
        first = await desk.open(actor=ANA, crm_case_number="1")
        second = await desk.open(actor=ANA, crm_case_number="2")

        assert first.companion == FERNANDA.ref
        assert second.companion is None

    async def test_whoever_works_on_cases_of_others_needs_none(self, desk):
        case = await desk.open(actor=RENATO)

        assert case.companion is None


class TestClosing:
    async def test_the_documents_of_the_real_reason_are_needed(self, desk_with_papers):
        desk = desk_with_papers
        case = await desk.open()
        await desk.cases.claim(actor=FERNANDA, number=case.number)

        with pytest.raises(CannotClose) as refused:
            await desk.cases.record_outcome(actor=FERNANDA, number=case.number, outcome=LOST)
        ended = await desk.cases.record_outcome(
            actor=FERNANDA, number=case.number, outcome=LOST, validated=["Distrato assinado"]
        )

        assert refused.value.documents == ("Distrato assinado",)
        assert ended.status is CaseStatus.LOST
        assert [refusal.why for refusal in desk.memory.refusals] == ["CannotClose"]

    async def test_a_refused_end_validates_nothing(self, desk_with_papers):
        desk = desk_with_papers
        case = await desk.open()
        await desk.cases.claim(actor=FERNANDA, number=case.number)

        with pytest.raises(CannotClose):
            await desk.cases.record_outcome(
                actor=FERNANDA,
                number=case.number,
                outcome=replace(LOST, lesson=""),
                validated=["Distrato assinado"],
            )

        assert (await desk.cases.get(case.number)).validated == frozenset()

    async def test_a_case_keeps_the_version_of_its_playbooks(self, desk_with_papers):
        case = await desk_with_papers.open()

        assert case.playbook_version == desk_with_papers.playbooks.current.version

    async def test_an_exception_ends_it_with_its_reason(self, desk):
        case = await desk.open()
        await desk.cases.claim(actor=FERNANDA, number=case.number)

        ended = await desk.cases.record_outcome(
            actor=FERNANDA,
            number=case.number,
            outcome=replace(LOST, lesson=""),
            override="a loja fechou",
        )

        assert ended.outcome.override == "a loja fechou"


class TestRefusals:
    async def test_what_a_role_does_not_carry_is_refused_and_written_down(self, desk):
        case = await desk.open()

        with pytest.raises(NotAllowed):
            await desk.cases.claim(actor=ANA, number=case.number)

        assert (await desk.cases.get(case.number)).owner is None
        assert desk.memory.refusals == [
            Refusal(desk.clock.now, ANA.ref, "claim", case.number, "NotAllowed")
        ]

    async def test_what_the_status_does_not_allow_is_refused_and_written_down(self, desk):
        case = await desk.open(judgement=WITH_RC)

        with pytest.raises(IllegalTransition):
            await desk.cases.tick(actor=ANA, number=case.number, steps=[HandoverStep.QUEUE])

        assert [refusal.why for refusal in desk.memory.refusals] == ["IllegalTransition"]


class TestRead:
    async def test_lists_and_search_show_the_cases_of_a_person(self, desk):
        await desk.open(actor=ANA, crm_case_number="1")
        await desk.open(actor=BIA, crm_case_number="2")

        mine = await desk.cases.list(actor=ANA, which=CaseFilter.MINE, limit=5)
        found = await desk.cases.search("padaria", limit=5)

        assert [line.crm_case_number for line in mine] == ["1"]
        assert [line.crm_case_number for line in found] == ["2", "1"]

    async def test_the_thread_of_a_case_is_known(self, desk):
        case = await desk.open()

        assert (await desk.cases.thread(case.number)).place == THREAD
