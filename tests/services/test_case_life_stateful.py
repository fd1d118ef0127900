"""No sequence of actions, by whomever, breaks a law of the case: on SQLite and on PostgreSQL.

Hypothesis acts, `case_model.py` says what should come of it, and after every action the whole
database is compared with the model. A new action of the case is one method of the model and one
rule here. `FUZZ=full` looks for much longer, and at other sequences each time.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
from copy import deepcopy
from dataclasses import replace
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from retention.domain.cancellation import OriginChannel
from retention.domain.case import CaseAction
from retention.domain.draft import DraftStep
from retention.domain.errors import NotTheAuthor, RetentionError, StaleCase
from retention.domain.events import HandoverStep, OutcomeKind
from retention.domain.people import Actor, PersonId, Role
from retention.services.cases import CaseService
from retention.services.drafts import DraftService
from retention.services.ports import Effect
from retention.services.subscriptions import SUBSCRIPTIONS, save_case
from retention.storage.engine import open_engines
from retention.storage.tables import audit
from retention.storage.unit_of_work import SqlUnitOfWork
from tests.databases import KINDS, database_of
from tests.fakes import FakeClock
from tests.samples import (
    ANA,
    BIA,
    CHAT,
    FERNANDA,
    GUSTAVO,
    HANDED_OVER,
    RENATO,
    THREAD,
    WITH_RC,
    facts,
)
from tests.samples import LOST as AN_OUTCOME
from tests.services.case_model import AFTER_THE_END, ENDED, MOVES, KnownCase, KnownDraft, Refusal

HELENA = Actor(PersonId("helena"), "Helena Martins", frozenset({Role.LEADER, Role.ADMIN}))
EVERYBODY = [ANA, BIA, FERNANDA, GUSTAVO, RENATO, HELENA]
PEOPLE = st.sampled_from(EVERYBODY)
AUTHOR_OR_ANOTHER = st.sampled_from([None] * 8 + EVERYBODY)
TOLD = "Retorno amanhã às 10h."
CASOS = ["00012345", "00067890"]
PLACES = [THREAD, CHAT]
FORMS = st.sampled_from(["form-1", "form-2"])
ENQUEUED = sa.Table("enqueued", sa.MetaData(), sa.Column("key", sa.Text, primary_key=True))
AUDITED = sa.select(audit.c.by_id, audit.c.action, audit.c.number, audit.c.why)
FULL = os.environ.get("FUZZ") == "full"
SELDOM = st.sampled_from([False] * 3 + [True])
SETTINGS = settings(
    max_examples=2000 if FULL else 15,
    stateful_step_count=60 if FULL else 30,
    derandomize=not FULL,
    database=None,
    deadline=None,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)


def request_for(caso):
    """Give facts whose words move no case to another path."""
    return facts(caso, verbatim="A impressora trava. Quero cancelar.")


class CaseLife(RuleBasedStateMachine):
    kind: str
    drafts = Bundle("drafts")
    cases = Bundle("cases")
    copies = Bundle("copies")

    # ---- the real thing --------------------------------------------------------------------------

    @initialize(target=drafts)
    def open_database(self):
        self.runner = asyncio.Runner()
        self.folder = tempfile.TemporaryDirectory(prefix="retencao-life-")
        self.database = database_of(self.kind, Path(self.folder.name))
        self.engines = open_engines(next(self.database))
        with self.engines.sync.begin() as connection:
            ENQUEUED.create(connection)
        self.clock = FakeClock()
        self.service = CaseService(uow=self.uow, clock=self.clock)
        self.draft_service = DraftService(uow=self.uow, clock=self.clock)
        self.known, self.last_read, self.refusals = {}, {}, []
        self.came = None  # the case as the newest action returned it
        self.sources = count()
        return multiple(*(self.begin(author, place) for author in (ANA, BIA) for place in PLACES))

    def teardown(self):
        if not hasattr(self, "engines"):
            return
        self.runner.run(self.engines.dispose())
        self.runner.close()
        next(self.database, None)
        self.folder.cleanup()

    def uow(self):
        return SqlUnitOfWork(self.engines.app, self.enqueue)

    @staticmethod
    async def enqueue(connection, effect: Effect):
        """Write the effect in the transaction; the same one twice breaks the primary key."""
        await connection.execute(sa.insert(ENQUEUED), {"key": effect.key})

    # ---- what people do: drafts ------------------------------------------------------------------

    @rule(target=drafts, actor=PEOPLE, place=st.sampled_from(PLACES))
    def begin(self, actor, place):
        source = f"message-{next(self.sources)}"
        asked = {"actor": actor, "place": place, "source": source, "answers": {"crm_case": "1"}}

        draft = self.runner.run(self.draft_service.start(**asked))

        assert self.runner.run(self.draft_service.start(**asked)) == draft
        return KnownDraft(draft, draft)

    @rule(known=drafts)
    def type_in_a_draft(self, known):
        if known.became is None:
            old, new = known.latest, deepcopy(known.latest)
            new.advance(DraftStep.JUDGEMENT, {"customer": f"as of {old.version}"})

            saved = self.runner.run(self.draft_service.save(new, read_version=old.version))
            late = self.runner.run(self.draft_service.save(old, read_version=old.version))

            assert saved == late == new
            known.latest = new

    @rule(known=drafts, actor=PEOPLE)
    def look_at_a_draft(self, known, actor):
        is_author = actor.id == known.first.author.id
        if not is_author:
            self.refusals.append((actor.id, "draft", known.became, "NotTheAuthor"))

        self.expect(
            None if is_author else NotTheAuthor, self.draft_service.own(actor, known.first.id)
        )

    @rule(
        target=cases,
        known=drafts,
        who=AUTHOR_OR_ANOTHER,
        caso=st.sampled_from(CASOS),
        judgement=st.sampled_from([HANDED_OVER, WITH_RC]),
        is_stale=SELDOM,
    )
    def register(self, known, who, caso, judgement, is_stale):
        actor = who or self.author_of(known)
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
        self.known[case.number] = KnownCase(case.number, caso, actor.id, status)
        return self.known[case.number]

    @rule(known=drafts, who=AUTHOR_OR_ANOTHER, case=cases, is_stale=SELDOM)
    def join(self, known, who, case, is_stale):
        actor = who or self.author_of(known)
        judged = known.first if is_stale else known.latest
        open_one = self.open_one(case.caso)
        refusal = known.end(actor, judged, open_one, "join")

        joined = self.expect(
            refusal, self.service.join(actor=actor, draft=judged, facts=request_for(case.caso))
        )

        if joined is not None and known.became is None:
            assert open_one is not None
            open_one.ask_again()
            known.became = open_one.number
        assert joined is None or joined.number == known.became

    # ---- what people do: cases -------------------------------------------------------------------

    @rule(case=cases, actor=PEOPLE)
    def claim(self, case, actor):
        change = self.service.claim(actor=actor, number=case.number)
        self.act(case, actor, CaseAction.CLAIM, case.claim(actor), change)

    @rule(case=cases, actor=PEOPLE, channel=st.sampled_from(OriginChannel))
    def revert(self, case, actor, channel):
        change = self.service.revert(
            actor=actor,
            number=case.number,
            confirmed_by="Seu Marcos",
            confirmed_at=self.clock() - timedelta(minutes=5),
            channel=channel,
            told=TOLD,
        )
        self.act(case, actor, CaseAction.ANSWER, case.answer(actor, "CaseReverted"), change)

    @rule(case=cases, actor=PEOPLE)
    def fail_reversal(self, case, actor):
        change = self.service.fail_reversal(
            actor=actor, number=case.number, customer_said="Não adianta.", told=TOLD
        )
        self.act(case, actor, CaseAction.ANSWER, case.answer(actor, "ReversalFailed"), change)

    @rule(case=cases, steps=st.sets(st.sampled_from(HandoverStep)), actor=PEOPLE)
    def tick(self, case, steps, actor):
        change = self.service.tick(actor=actor, number=case.number, steps=steps)
        self.act(case, actor, CaseAction.TICK, case.tick(set(steps)), change)

    @rule(case=cases, text=st.sampled_from(["Ligar às 15h", "* "]), form=FORMS, actor=PEOPLE)
    def note(self, case, text, form, actor):
        change = self.service.note(actor=actor, number=case.number, text=text, request_id=form)
        self.act(case, actor, CaseAction.NOTE, case.note(actor, text, form), change)

    @rule(case=cases, actor=PEOPLE, kind=st.sampled_from(OutcomeKind))
    def record_outcome(self, case, actor, kind):
        outcome = replace(AN_OUTCOME, kind=kind)
        change = self.service.record_outcome(actor=actor, number=case.number, outcome=outcome)
        self.act(case, actor, CaseAction.RECORD_OUTCOME, case.end(actor, kind.value), change)

    @rule(case=cases, actor=PEOPLE, action=st.sampled_from(["answer", "record_outcome"]))
    def ask_for_a_form(self, case, actor, action):
        judge = {"answer": case.may_answer, "record_outcome": case.may_end}[action]
        change = self.service.check(actor=actor, number=case.number, action=CaseAction(action))
        self.act(case, actor, CaseAction(action), judge(actor), change)

    @rule(case=cases)
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

    @rule(target=copies, case=cases)
    def read(self, case):
        return self.runner.run(self.service.get(case.number))

    @rule(copy=copies)
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

    # ---- what must be true, always ---------------------------------------------------------------

    @invariant()
    def the_database_is_as_the_model_says(self):
        """Read everything anew: cases, effects and audit."""
        if not hasattr(self, "known"):
            return
        cases, open_ones, keys, audited = self.runner.run(self.look())
        for case in cases:
            known = self.known[case.number]
            names = [type(event).__name__ for event in case.history]
            assert names == known.events
            assert [event.version for event in case.history] == list(range(1, case.version + 1))
            assert (case.status, case.owner and case.owner.id) == (known.status, known.owner)
            assert (case.owner is None) == ("CaseClaimed" not in names)
            self.check_path(case)
            self.check_growth(case)
        assert self.came is None or self.came in cases
        assert sorted(keys) == sorted(
            f"{case.code}:{event.version}:{subscriber}"
            for case in cases
            for event in case.history
            for subscriber in SUBSCRIPTIONS[type(event)]
        )
        assert sorted(audited, key=repr) == sorted(self.refusals, key=repr)
        assert {case.number for case in open_ones} == {
            number for number, known in self.known.items() if known.is_open
        }

    async def look(self):
        async with self.uow() as uow:
            cases = [await uow.cases.get(number) for number in self.known]
            found = [await uow.cases.open_for(caso) for caso in CASOS]
            keys = (await uow._connection.execute(sa.select(ENQUEUED.c.key))).scalars().all()
            audited = [tuple(row) for row in await uow._connection.execute(AUDITED)]
        return cases, [case for case in found if case is not None], keys, audited

    @staticmethod
    def check_path(case):
        before = None
        for event in case.history:
            assert event.before == before
            assert event.after == before or event.after in MOVES.get(before, ())
            assert before not in ENDED or type(event).__name__ in AFTER_THE_END
            before = event.after
        assert case.status == before

    def check_growth(self, case):
        """History only grows, and how a case ended stays as it was."""
        before = self.last_read.get(case.number, case)
        assert case.history[: len(before.history)] == before.history
        if before.status in ENDED:
            ending = (before.status, before.owner, before.outcome, before.judgement)
            assert (case.status, case.owner, case.outcome, case.judgement) == ending
        self.last_read[case.number] = case

    # ---- shorthands ------------------------------------------------------------------------------

    def open_one(self, caso):
        return next((k for k in self.known.values() if k.caso == caso and k.is_open), None)

    @staticmethod
    def author_of(known):
        return Actor(known.first.author.id, known.first.author.name, frozenset({Role.AGENT}))

    def expect(self, refusal: Refusal, work):
        """Do it; it ends as the model says. Returns what came back, None for a refusal."""
        self.clock.advance(seconds=1)
        self.came = result = came = None
        try:
            result = self.runner.run(work)
        except RetentionError as error:
            came = type(error)
        assert came is refusal
        return result

    def act(self, known, actor, action, refusal: Refusal, change):
        """Do it to a case; what comes back is what will be read, a refusal is written down."""
        self.came = self.expect(refusal, change)
        self.audited(known, actor, action, refusal)

    def audited(self, known, actor, action, refusal: Refusal):
        if refusal is not None:
            self.refusals.append((actor.id, action.value, known.number, refusal.__name__))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.timeout(0 if FULL else 120)
def test_no_sequence_of_actions_breaks_a_law_of_the_case(kind):
    life = type("CaseLife", (CaseLife,), {"kind": kind})

    run_state_machine_as_test(life, settings=SETTINGS)
