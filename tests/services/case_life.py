"""The ground of the random case life: a real database under the real services, and who acts.

`case_life_rules.py` says what people do there.
"""

from __future__ import annotations

import asyncio
import tempfile
from dataclasses import replace
from itertools import count
from pathlib import Path

import sqlalchemy as sa
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine

from config.playbooks import load_playbooks
from retention.domain.errors import RetentionError
from retention.domain.people import Actor, Directory, Person, PersonId, Role
from retention.domain.playbook import Playbooks
from retention.services.cases import CaseService
from retention.services.drafts import DraftService
from retention.services.playbooks import PlaybookService
from retention.services.ports.effects import Effect
from retention.storage.engine import open_engines
from retention.storage.tables import audit
from retention.storage.unit_of_work import SqlUnitOfWork
from tests.databases import database_of
from tests.fakes import FakeClock
from tests.samples import ANA, BIA, FERNANDA, GUSTAVO, RENATO
from tests.services.case_model import PAPERS, UNWRITTEN, Refusal

HELENA = Actor(PersonId("helena"), "Helena Martins", frozenset({Role.LEADER, Role.ADMIN}))
INES = Actor(PersonId("ines"), "Inês Prado", frozenset({Role.ADMFIN}))
NINA = Actor(PersonId("nina"), "Nina Rocha", frozenset({Role.N2}))
EVERYBODY = {actor.id: actor for actor in (ANA, BIA, NINA, RENATO, INES, FERNANDA, GUSTAVO, HELENA)}
DIRECTORY = Directory([Person(each.id, each.name, each.roles) for each in EVERYBODY.values()])
PLAYBOOKS = Playbooks.of(
    replace(book, documents=tuple(PAPERS.get(book.reason, ())))
    for book in load_playbooks().by_reason.values()
)
CASOS = ["00012345", "00067890", "00054321", "00098765"]

DRAFTS, CASES, COPIES = Bundle("drafts"), Bundle("cases"), Bundle("copies")
PEOPLE = st.sampled_from(list(EVERYBODY.values()))

_ENQUEUED = sa.Table("enqueued", sa.MetaData(), sa.Column("key", sa.Text, primary_key=True))
_AUDITED = sa.select(audit.c.by_id, audit.c.action, audit.c.number, audit.c.why)


class CaseGround(RuleBasedStateMachine):
    """`known` holds the model's cases, `refusals` what the audit should hold."""

    kind: str

    def __init__(self):
        super().__init__()
        self.runner = asyncio.Runner()
        self.folder = tempfile.TemporaryDirectory(prefix="retencao-life-")
        self.database = database_of(self.kind, Path(self.folder.name))
        self.engines = open_engines(next(self.database))
        with self.engines.sync.begin() as connection:
            _ENQUEUED.create(connection)
        self.clock = FakeClock()
        playbooks = PlaybookService(uow=self.uow, clock=self.clock, current=PLAYBOOKS)
        self.runner.run(playbooks.keep())
        self.service = CaseService(
            uow=self.uow, clock=self.clock, directory=DIRECTORY, playbooks=playbooks
        )
        self.draft_service = DraftService(uow=self.uow, clock=self.clock)
        self.known, self.last_read, self.refusals = {}, {}, []
        self.happened = {}  # how many events each known case had after the newest rule
        self.came = None  # the case as the newest action returned it
        self.sources = count()

    def teardown(self):
        self.runner.run(self.engines.dispose())
        self.runner.close()
        next(self.database, None)
        self.folder.cleanup()

    def uow(self):
        return SqlUnitOfWork(self.engines.app, self.enqueue)

    @staticmethod
    async def enqueue(connection, effect: Effect):
        """Write the effect in the transaction; the same one twice breaks the primary key."""
        await connection.execute(sa.insert(_ENQUEUED), {"key": effect.key})

    async def look(self):
        """Read everything anew: the cases, the open ones, the effects' keys, the audit."""
        async with self.uow() as uow:
            cases = [await uow.cases.get(number) for number in self.known]
            found = [await uow.cases.open_for(caso) for caso in CASOS]
            keys = (await uow.connection.execute(sa.select(_ENQUEUED.c.key))).scalars().all()
            audited = [tuple(row) for row in await uow.connection.execute(_AUDITED)]
        return cases, [case for case in found if case is not None], keys, audited

    def open_one(self, caso):
        return next((k for k in self.known.values() if k.caso == caso and k.is_open), None)

    def due(self, who, case, is_due, somebody=None):
        """Give the case and who acts; without `who` the author, or `somebody`, where it is due."""
        if who is not None:
            return case, who
        known = next(filter(is_due, (case, *self.known.values())), case)
        return known, somebody or EVERYBODY[known.author]

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
        """A refusal is written down, and so is what was done before already."""
        had, has = self.happened.get(known.number, 0), len(known.events)
        self.happened[known.number] = has
        if refusal is None and had == has:
            self.refusals.append((actor.id, action.value, known.number, "Repeated"))
        self.refused(known, actor, action, refusal)

    def refused(self, known, actor, action, refusal: Refusal):
        if refusal is not None and refusal not in UNWRITTEN:
            self.refusals.append((actor.id, action.value, known.number, refusal.__name__))
