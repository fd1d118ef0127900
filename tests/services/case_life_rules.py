"""What people do in the random case life, each rule beside what the model says should come of it.

`who` is mostly nobody in particular: then somebody acts who may, on a case where it is due, so that
life goes on. Else it is anybody on any case: the laws hold for them as well.
"""

from __future__ import annotations

import asyncio
from copy import deepcopy
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, multiple, rule

from retention.domain.cancellation import CancellationPath, CancellationReason, OriginChannel
from retention.domain.case import CaseAction
from retention.domain.draft import DraftStep
from retention.domain.errors import NotTheAuthor, RetentionError, StaleCase
from retention.domain.events import (
    DocumentState,
    FeedbackChannel,
    HandoverStep,
    OutcomeKind,
    TreatmentStep,
)
from retention.domain.fast_lane import Attempts
from retention.domain.people import Role
from retention.domain.treatment import Plan
from retention.domain.triangulation import ThreeWayCall
from retention.services.subscriptions import save_case
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
from tests.services.case_life import (
    CASES,
    CASOS,
    COPIES,
    DIRECTORY,
    DRAFTS,
    EVERYBODY,
    HELENA,
    INES,
    NINA,
    PEOPLE,
    CaseGround,
)
from tests.services.case_model import AT_THE_DESK, GONE, PAPERS, KnownCase, KnownDraft

WHO = st.sampled_from([None] * 20 + list(EVERYBODY.values()))
SELDOM = st.sampled_from([False] * 3 + [True])
LATER = MONDAY + timedelta(hours=4)
FORMS = st.sampled_from(["form-1", "form-2"])
TOLD = st.sampled_from(["Retorno amanhã às 10h.", ""])
URLS = st.sampled_from(["https://teams.microsoft.com/l/1", "https://teams.microsoft.com/l/2"])
HELPERS = st.sampled_from([Role.RC_LEAD, Role.N2])
JUDGED = st.sampled_from(
    [
        ("technical_open", "recurring_issue", ""),
        ("technical_open", "other", "Mudança de sócio"),
        ("technical_blocked", "recurring_issue", ""),
        ("non_technical", "price", ""),
    ]
)
NAMES = sorted(PAPERS["competitor"])
MARKS = st.dictionaries(
    st.sampled_from(DocumentState), st.sets(st.sampled_from(NAMES), min_size=1), min_size=1
)
GAPS: dict[str, Any] = {"kind": None, "real_reason": None, "feedback_channel": None, "lesson": ""}


def request_for(caso, *, is_gone=False):
    """Give facts whose words move a case to another path only if `is_gone`."""
    said = f"O cliente {GONE}." if is_gone else "A impressora trava. Quero cancelar."
    return facts(caso, verbatim=said)


def author_of(known):
    return EVERYBODY[known.first.author.id]


class DraftRules(CaseGround):
    @initialize(target=DRAFTS)
    def begin_some(self):
        return multiple(self.begin(ANA, CHAT), self.begin(BIA, THREAD))

    @initialize(target=CASES)
    def open_some(self):
        """Begin with a case in each open status, so that every action is due from the start."""
        judgements = (WITH_RC, HANDED_OVER, HANDED_OVER)
        cases = [
            self.open_case(self.begin(author, THREAD), None, caso, judgement)
            for author, caso, judgement in zip((ANA, BIA, ANA), CASOS, judgements, strict=False)
        ]
        claimed = cases[-1]
        change = self.service.claim(actor=GUSTAVO, number=claimed.number)
        self.act(claimed, GUSTAVO, CaseAction.CLAIM, claimed.claim(GUSTAVO), change)
        return multiple(*cases)

    @rule(target=DRAFTS, actor=PEOPLE, place=st.sampled_from([THREAD, CHAT]))
    def begin(self, actor, place):
        source = f"message-{next(self.sources)}"
        asked = {"actor": actor, "place": place, "source": source, "answers": {"crm_case": "1"}}

        draft = self.runner.run(self.draft_service.start(**asked))

        assert self.runner.run(self.draft_service.start(**asked)) == draft
        return KnownDraft(draft, draft)

    @rule(known=DRAFTS)
    def type_in_a_draft(self, known):
        if known.became is None:
            old, new = known.latest, deepcopy(known.latest)
            new.advance(DraftStep.JUDGEMENT, {"customer": f"as of {old.version}"})

            saved = self.runner.run(self.draft_service.save(new, read_version=old.version))
            late = self.runner.run(self.draft_service.save(old, read_version=old.version))

            assert saved == late == new
            known.latest = new

    @rule(known=DRAFTS, actor=PEOPLE, version=st.integers(min_value=1, max_value=3))
    def look_at_a_draft(self, known, actor, version):
        is_author = actor.id == known.first.author.id
        if not is_author:
            self.refusals.append((actor.id, "draft", known.became, "NotTheAuthor"))

        self.expect(
            None if is_author else NotTheAuthor,
            self.draft_service.own(actor, known.first.id, version=version),
        )

    @rule(
        target=CASES,
        known=DRAFTS,
        who=WHO,
        caso=st.sampled_from(CASOS),
        judgement=st.sampled_from([WITH_RC, HANDED_OVER]),
        is_stale=SELDOM,
    )
    def register(self, known, who, caso, judgement, is_stale):
        return self.open_case(known, who, caso, judgement, is_stale=is_stale)

    def open_case(self, known, who, caso, judgement, *, is_stale=False):
        actor = who or author_of(known)
        judged = known.first if is_stale else known.latest
        refusal = known.end(actor, judged, self.open_one(caso), "open")

        case = self.expect(
            refusal,
            self.service.open(
                actor=actor, draft=judged, facts=request_for(caso), judgement=judgement
            ),
        )

        if case is None or known.became is not None:
            assert case is None or case.number == known.became
            return multiple()
        known.became = case.number
        status = "in_treatment" if judgement is WITH_RC else "awaiting_admfin"
        decided = (judgement.path.value, judgement.reason.value, "")
        self.known[case.number] = KnownCase(case.number, caso, actor.id, decided, status)
        return self.known[case.number]

    @rule(known=DRAFTS, who=WHO, case=CASES, is_stale=SELDOM, is_gone=SELDOM)
    def join(self, known, who, case, is_stale, is_gone):
        actor = who or author_of(known)
        judged = known.first if is_stale else known.latest
        open_one, request = self.open_one(case.caso), request_for(case.caso, is_gone=is_gone)
        refusal = known.end(actor, judged, open_one, "join")

        joined = self.expect(refusal, self.service.join(actor=actor, draft=judged, facts=request))

        if joined is not None and known.became is None:
            assert open_one is not None
            open_one.ask_again(actor, request.verbatim)
            known.became = open_one.number
        assert joined is None or joined.number == known.became


def _is_treated(case):
    return case.is_treated


def _was_called(case):
    return bool(case.waiting or case.coming)


def _is_handed_over(case):
    return case.status == "awaiting_admfin"


def _is_claimed(case):
    return case.status in AT_THE_DESK


def _may_ask(case):
    return case.status == "with_admfin"


def _is_asked(case):
    return bool(case.question)


def _is_called_in(case):
    return case.called_in is not None


def _is_open(case):
    return case.is_open


def _was_moved_by_words(case):
    return bool(case.moves) and case.moves[-1].how == "words" and case.is_open


class RcRules(CaseGround):
    @rule(case=CASES, who=WHO, steps=st.sets(st.sampled_from(TreatmentStep)))
    def tick_treatment(self, case, who, steps):
        case, actor = self.due(who, case, _is_treated)
        change = self.service.tick_treatment(actor=actor, number=case.number, steps=steps)
        self.act(case, actor, CaseAction.TREAT, case.tick_treatment(actor, steps), change)

    @rule(case=CASES, who=WHO, role=HELPERS)
    def call_help(self, case, who, role):
        case, actor = self.due(who, case, _is_treated)
        holders = {person.id for person in DIRECTORY.with_any({role})}
        change = self.service.call_help(actor=actor, number=case.number, role=role)
        self.act(case, actor, CaseAction.TREAT, case.call_help(actor, role, holders), change)

    @rule(case=CASES, who=WHO, helper=st.sampled_from([RENATO, NINA]))
    def answer_call(self, case, who, helper):
        case, actor = self.due(who, case, _was_called, helper)
        change = self.service.answer_call(actor=actor, number=case.number)
        self.act(case, actor, CaseAction.ANSWER_CALL, case.answer_call(actor), change)

    @rule(case=CASES, who=WHO, lead=st.sampled_from([RENATO, HELENA]))
    def take_over(self, case, who, lead):
        """Treat it in the place of whoever did, as a call for support has it."""
        case, actor = self.due(who, case, _is_treated, lead)

        async def take():
            async with self.uow() as uow:
                found = await uow.cases.get(case.number)
                found.take_treatment(by=actor, at=self.clock())
                await save_case(uow, found)
                await uow.commit()
            return found

        self.came = self.expect(case.take_over(actor), take())

    @rule(
        case=CASES,
        who=WHO,
        what=st.sampled_from(["Trocar a impressora"] * 3 + [f"Soube que {GONE}"]),
        told=TOLD,
    )
    def make_plan(self, case, who, what, told):
        case, actor = self.due(who, case, _is_treated)
        plan = Plan(what, RENATO.ref, date(2026, 12, 1), told)
        change = self.service.make_plan(actor=actor, number=case.number, plan=plan)
        refusal = case.make_plan(actor, what, RENATO.id, told)
        self.act(case, actor, CaseAction.TREAT, refusal, change)

    @rule(case=CASES, who=WHO, channel=st.sampled_from(OriginChannel), told=TOLD)
    def revert(self, case, who, channel, told):
        case, actor = self.due(who, case, _is_treated)
        confirmed_at = self.clock() - timedelta(minutes=5)
        change = self.service.revert(
            actor=actor,
            number=case.number,
            confirmed_by="Seu Marcos",
            confirmed_at=confirmed_at,
            channel=channel,
            told=told,
        )
        refusal = case.revert(actor, told, confirmed_at, channel)
        self.act(case, actor, CaseAction.ANSWER, refusal, change)

    @rule(
        case=CASES,
        who=WHO,
        said=st.sampled_from(["Não adianta.", f"Ele {GONE}."]),
        told=TOLD,
    )
    def fail_reversal(self, case, who, said, told):
        case, actor = self.due(who, case, _is_treated)
        change = self.service.fail_reversal(
            actor=actor, number=case.number, customer_said=said, told=told
        )
        self.act(case, actor, CaseAction.ANSWER, case.fail_reversal(actor, said, told), change)

    @rule(case=CASES, who=WHO, judged=JUDGED, why=FORMS)
    def reclassify(self, case, who, judged, why):
        case, actor = self.due(who, case, _is_open)
        path, reason, text = judged
        change = self.service.reclassify(
            actor=actor,
            number=case.number,
            path=CancellationPath(path),
            reason=CancellationReason(reason),
            reason_text=text,
            why=why,
        )
        self.act(case, actor, CaseAction.RECLASSIFY, case.reclassify(actor, judged, why), change)

    @rule(case=CASES, who=WHO)
    def take_back(self, case, who):
        case, actor = self.due(who, case, _was_moved_by_words)
        change = self.service.take_back(actor=actor, number=case.number)
        self.act(case, actor, CaseAction.RECLASSIFY, case.take_back(actor), change)


class AdmfinRules(CaseGround):
    @rule(case=CASES, who=WHO)
    def claim(self, case, who):
        case, actor = self.due(who, case, _is_handed_over, FERNANDA)
        change = self.service.claim(actor=actor, number=case.number)
        self.act(case, actor, CaseAction.CLAIM, case.claim(actor), change)

    @rule(case=CASES)
    def two_leads_claim_at_once(self, case):
        leads, self.came = [FERNANDA, GUSTAVO], None

        async def both():
            claims = [self.service.claim(actor=lead, number=case.number) for lead in leads]
            return await asyncio.gather(*claims, return_exceptions=True)

        came = dict(zip(leads, self.runner.run(both()), strict=True))

        for lead in sorted(leads, key=lambda lead: isinstance(came[lead], RetentionError)):
            refusal = case.claim(lead)
            assert refusal is None or type(came[lead]) is refusal
            assert isinstance(came[lead], RetentionError) == (refusal is not None)
            self.audited(case, lead, CaseAction.CLAIM, refusal)

    @rule(case=CASES, who=WHO, to=st.sampled_from([INES, INES, GUSTAVO, ANA]))
    def assign(self, case, who, to):
        case, actor = self.due(who, case, _is_handed_over, FERNANDA)
        change = self.service.assign(actor=actor, number=case.number, person=to.id)
        self.act(case, actor, CaseAction.ASSIGN, case.assign(actor, to), change)

    @rule(case=CASES, who=WHO)
    def give_back(self, case, who):
        case, actor = self.due(who, case, _is_claimed, GUSTAVO)
        change = self.service.give_back(actor=actor, number=case.number, why="Entro de férias")
        self.act(case, actor, CaseAction.GIVE_BACK, case.give_back(actor), change)

    @rule(case=CASES, who=WHO, whom=PEOPLE, what=st.sampled_from(["A multa?", "O boleto?"]))
    def ask(self, case, who, whom, what):
        case, actor = self.due(who, case, _may_ask, FERNANDA)
        change = self.service.ask(
            actor=actor, number=case.number, person=whom.ref, what=what, until=LATER
        )
        self.act(case, actor, CaseAction.ASK, case.ask(actor, whom.id, what), change)

    @rule(case=CASES, who=WHO, text=st.sampled_from(["Paga", "Não sei", f"Ele {GONE}."]))
    def answer_question(self, case, who, text):
        case, actor = self.due(who, case, _is_asked)
        change = self.service.answer_question(actor=actor, number=case.number, text=text)
        refusal = case.answer_question(actor, text)
        self.act(case, actor, CaseAction.ANSWER_QUESTION, refusal, change)

    @rule(case=CASES, who=WHO)
    def withdraw(self, case, who):
        case, actor = self.due(who, case, _is_asked, FERNANDA)
        change = self.service.withdraw_question(actor=actor, number=case.number)
        self.act(case, actor, CaseAction.WITHDRAW, case.withdraw(actor), change)

    @rule(case=CASES, who=WHO, said=st.sampled_from(["Já decidi", f"Ele {GONE}."]))
    def decide(self, case, who, said):
        case, actor = self.due(who, case, _is_claimed, FERNANDA)
        change = self.service.customer_decided(actor=actor, number=case.number, said=said)
        self.act(case, actor, CaseAction.DECIDE, case.decide(actor, said), change)

    @rule(case=CASES, who=WHO, whom=PEOPLE, url=URLS)
    def triangulate(self, case, who, whom, url):
        case, actor = self.due(who, case, _is_claimed, FERNANDA)
        call = ThreeWayCall(url, whom.ref, LATER)
        change = self.service.triangulate(actor=actor, number=case.number, call=call)
        refusal = case.triangulate(actor, url, whom.id)
        self.act(case, actor, CaseAction.TRIANGULATE, refusal, change)

    @rule(case=CASES, who=WHO, attended=st.booleans())
    def end_triangulation(self, case, who, attended):
        case, actor = self.due(who, case, _is_called_in, FERNANDA)
        change = self.service.end_triangulation(
            actor=actor, number=case.number, attended=attended, note=""
        )
        refusal = case.end_triangulation(actor)
        self.act(case, actor, CaseAction.TRIANGULATED, refusal, change)

    @rule(case=CASES, who=WHO, tries=st.sampled_from([1, 3]))
    def end_attempts(self, case, who, tries):
        case, actor = self.due(who, case, _is_claimed, FERNANDA)
        tried = Attempts(tries, (FeedbackChannel.PHONE,), LATER)
        change = self.service.end_attempts(actor=actor, number=case.number, attempts=tried)
        refusal = case.end_attempts(actor, tries)
        self.act(case, actor, CaseAction.END_ATTEMPTS, refusal, change)

    @rule(case=CASES, who=WHO, marks=MARKS)
    def mark_documents(self, case, who, marks):
        case, actor = self.due(who, case, _is_open, INES)
        change = self.service.mark_documents(actor=actor, number=case.number, marks=marks)
        self.act(case, actor, CaseAction.DOCUMENTS, case.mark_documents(actor, marks), change)

    @rule(
        case=CASES,
        who=WHO,
        lead=st.sampled_from([FERNANDA, FERNANDA, HELENA]),
        kind=st.sampled_from(OutcomeKind),
        reason=st.sampled_from([LOST.real_reason, CancellationReason.PRICE]),
        gap=st.sampled_from([None] * 4 + list(GAPS)),
        validated=st.one_of(st.just(set()), st.sets(st.sampled_from(NAMES))),
        override=st.sampled_from(["", " ", "O cliente sumiu"]),
    )
    def record_outcome(self, case, who, lead, kind, reason, gap, validated, override):  # noqa: PLR0917
        case, actor = self.due(who, case, _is_claimed, lead)
        told = replace(LOST, kind=kind, real_reason=reason)
        outcome = replace(told, **{gap: GAPS[gap]}) if gap else told
        change = self.service.record_outcome(
            actor=actor,
            number=case.number,
            outcome=outcome,
            validated=sorted(validated),
            override=override,
        )
        refusal = case.end(
            actor, kind.value, reason.value, gap=gap, validated=validated, override=override
        )
        self.act(case, actor, CaseAction.RECORD_OUTCOME, refusal, change)


class CommonRules(CaseGround):
    @rule(case=CASES, steps=st.sets(st.sampled_from(HandoverStep)), actor=PEOPLE)
    def tick(self, case, steps, actor):
        change = self.service.tick(actor=actor, number=case.number, steps=steps)
        self.act(case, actor, CaseAction.TICK, case.tick(set(steps)), change)

    @rule(
        case=CASES,
        text=st.sampled_from(["Ligar às 15h", "Sem retorno", "* ", f"O cliente {GONE}"]),
        form=FORMS,
        actor=PEOPLE,
    )
    def note(self, case, text, form, actor):
        change = self.service.note(actor=actor, number=case.number, text=text, request_id=form)
        self.act(case, actor, CaseAction.NOTE, case.note(actor, text, form), change)

    @rule(
        case=CASES,
        actor=PEOPLE,
        action=st.sampled_from(["answer", "treat", "reclassify", "record_outcome"]),
    )
    def ask_for_a_form(self, case, actor, action):
        judge = {
            "answer": case.may_answer,
            "treat": case.may_treat,
            "reclassify": case.may_reclassify,
            "record_outcome": case.may_end,
        }[action]
        change = self.service.check(actor=actor, number=case.number, action=CaseAction(action))
        self.came = self.expect(judge(actor), change)
        self.refused(case, actor, CaseAction(action), judge(actor))

    @rule(target=COPIES, case=CASES)
    def read(self, case):
        return self.runner.run(self.service.get(case.number))

    @rule(copy=COPIES)
    def write_from_a_copy(self, copy):
        """Whoever read a case before others changed it cannot write over them."""
        known, copy, form = self.known[copy.number], deepcopy(copy), f"copy-{copy.version}"
        is_old = copy.version != len(known.events)
        copy.add_note(by=ANA, at=self.clock(), text="de memória", request_id=form)

        async def save():
            async with self.uow() as uow:
                await save_case(uow, copy)
                await uow.commit()

        self.expect(StaleCase if is_old else None, save())
        if not is_old:
            known.note(ANA, "de memória", form)
