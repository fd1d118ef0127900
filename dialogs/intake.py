"""The conversation that registers a request: facts, judgement, case. At most three screens.

Each step takes the draft and what was pressed, and returns the card of the next screen. The draft
lives in the database, so a step survives a restart, and a repeated press shows the present screen.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from cards.case_card import case_card
from cards.elements import Json
from cards.intake_card import duplicate_card, facts_card, judgement_card
from cards.receipt_card import discarded_card, joined_card, receipt_card
from dialogs.intake_answers import (
    IntakeRules,
    read_facts,
    read_judgement,
    with_tax_id_masked,
)
from retention.domain.case import CaseFacts, CaseNumber
from retention.domain.draft import Draft, DraftStep, Place
from retention.domain.errors import CaseNotFound, DuplicateOpenCase, InvalidAnswers
from retention.domain.people import Actor
from retention.services import Services


@dataclass(frozen=True, slots=True)
class Screen:
    """What the draft looks like now.

    `is_case` tells that the message has become a case's: from here on effects of the case keep it
    up to date for everybody.
    """

    card: Json
    is_case: bool = False


LinkTo = Callable[[Place], str]
"""A place in the messenger → a link a person can follow."""


class IntakeDialog:
    def __init__(self, *, services: Services, rules: IntakeRules, link_to: LinkTo) -> None:
        self._services = services
        self._rules = rules
        self._link_to = link_to

    async def begin(
        self, *, actor: Actor, place: Place, source: str, crm_case_number: str
    ) -> tuple[Draft, Screen]:
        """Start a draft for one request message; the same message again is the same draft."""
        draft = await self._services.drafts.start(
            actor=actor, place=place, source=source, answers={"crm_case": crm_case_number}
        )
        return draft, await self.screen(draft)

    async def screen(self, draft: Draft) -> Screen:
        """Show the draft as it stands."""
        if draft.case_number is not None:
            return await self._done(draft, draft.case_number)
        match draft.step:
            case DraftStep.JUDGEMENT:
                return self._judgement(draft)
            case DraftStep.DUPLICATE:
                return await self._duplicate(draft)
            case DraftStep.DISCARDED:
                return Screen(discarded_card())
            case _:
                return self._facts(draft)

    async def give_facts(
        self, *, actor: Actor, draft_id: str, version: int, answers: Mapping[str, str]
    ) -> Screen:
        """Screen 1 → screen 2, or the open case of the same Caso, or screen 1 with its problems."""
        draft = await self._services.drafts.get(draft_id)
        draft.check_author(actor)
        if draft.version != version or draft.step is not DraftStep.FACTS:
            return await self.screen(draft)
        draft.advance(DraftStep.FACTS, with_tax_id_masked(answers))
        try:
            facts = read_facts(draft.answers, self._rules)
        except InvalidAnswers as invalid:
            return self._facts(await self._keep(draft, version), invalid)
        is_open = await self._services.cases.open_for(facts.crm_case_number) is not None
        draft.step = DraftStep.DUPLICATE if is_open else DraftStep.JUDGEMENT
        return await self.screen(await self._keep(draft, version))

    async def give_judgement(
        self, *, actor: Actor, draft_id: str, version: int, answers: Mapping[str, str]
    ) -> Screen:
        """Screen 2 → the case, or screen 2 with its problems."""
        draft = await self._services.drafts.get(draft_id)
        draft.check_author(actor)
        if draft.version != version or draft.step is not DraftStep.JUDGEMENT:
            return await self.screen(draft)
        facts = self._facts_of(draft)
        proposal = self._services.classifier.classify(facts.verbatim)
        try:
            judgement = read_judgement(answers, proposal)
        except InvalidAnswers as invalid:
            draft.advance(DraftStep.JUDGEMENT, answers)
            return self._judgement(await self._keep(draft, version), invalid)
        try:
            await self._services.cases.open(
                actor=actor, draft=draft, facts=facts, judgement=judgement
            )
        except DuplicateOpenCase:
            draft.advance(DraftStep.DUPLICATE, answers)
            return await self.screen(await self._keep(draft, version))
        return await self.screen(await self._services.drafts.get(draft_id))

    async def join(self, *, actor: Actor, draft_id: str) -> Screen:
        """Let the words typed here join the open case of the same Caso."""
        draft = await self._services.drafts.get(draft_id)
        draft.check_author(actor)
        if draft.step is not DraftStep.DUPLICATE:
            return await self.screen(draft)
        try:
            await self._services.cases.join(actor=actor, draft=draft, facts=self._facts_of(draft))
        except CaseNotFound:
            return await self._go(draft, DraftStep.JUDGEMENT)
        return await self.screen(await self._services.drafts.get(draft_id))

    async def back(self, *, actor: Actor, draft_id: str) -> Screen:
        """Return to screen 1 with everything as typed."""
        return await self._leave(actor, draft_id, DraftStep.FACTS)

    async def discard(self, *, actor: Actor, draft_id: str) -> Screen:
        """End the draft; nothing was registered."""
        return await self._leave(actor, draft_id, DraftStep.DISCARDED)

    async def _leave(self, actor: Actor, draft_id: str, step: DraftStep) -> Screen:
        draft = await self._services.drafts.get(draft_id)
        draft.check_author(actor)
        if draft.step.is_final:
            return await self.screen(draft)
        return await self._go(draft, step)

    async def _go(self, draft: Draft, step: DraftStep) -> Screen:
        read_version = draft.version
        draft.advance(step)
        return await self.screen(await self._keep(draft, read_version))

    async def _keep(self, draft: Draft, read_version: int) -> Draft:
        return await self._services.drafts.save(draft, read_version=read_version)

    def _facts_of(self, draft: Draft) -> CaseFacts:
        return read_facts(draft.answers, self._rules)

    def _facts(self, draft: Draft, invalid: InvalidAnswers | None = None) -> Screen:
        return Screen(
            facts_card(
                draft,
                problems=invalid.problems if invalid else {},
                case_number_pattern=self._rules.case_number_pattern,
            )
        )

    def _judgement(self, draft: Draft, invalid: InvalidAnswers | None = None) -> Screen:
        facts = self._facts_of(draft)
        return Screen(
            judgement_card(
                draft,
                facts,
                self._services.classifier.classify(facts.verbatim),
                problems=invalid.problems if invalid else {},
                called=self._services.handover_team(),
            )
        )

    async def _duplicate(self, draft: Draft) -> Screen:
        number = self._facts_of(draft).crm_case_number
        open_case = await self._services.cases.open_for(number)
        if open_case is None:
            return await self._go(draft, DraftStep.JUDGEMENT)
        thread = await self._services.cases.thread(open_case.number)
        return Screen(
            duplicate_card(
                draft,
                open_case,
                thread_url=self._link_to(thread.place) if thread.place else None,
                earlier=await self._services.cases.closed_for(number),
            )
        )

    async def _done(self, draft: Draft, number: CaseNumber) -> Screen:
        case = await self._services.cases.get(number)
        place = (await self._services.cases.thread(number)).place
        url = self._link_to(place) if place else None
        if draft.step is DraftStep.JOINED:
            return Screen(joined_card(case, url))
        if not draft.place.is_channel:
            return Screen(receipt_card(case, url), is_case=True)
        card = case_card(case, called=self._services.handover_team(), now=self._services.clock())
        return Screen(card, is_case=True)
