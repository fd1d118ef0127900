"""What each screen of the form shows, of the draft and of all that is known around it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from cards.crm_part import crm_profile
from cards.duplicate_card import duplicate_card
from cards.elements import Json
from cards.facts_card import facts_card
from cards.judgement_card import judgement_card
from cards.notice import Notice
from cards.receipt_card import joined_card, receipt_card
from dialogs.case_view import case_view
from dialogs.intake_answers import IntakeRules, read_facts
from retention.domain.case import Case, CaseFacts, CaseNumber
from retention.domain.classification import Classification
from retention.domain.draft import Draft, DraftStep, Place
from retention.domain.errors import InvalidAnswers
from retention.services import Services

_READ_LATELY = 64


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


class IntakeScreens:
    def __init__(self, *, services: Services, rules: IntakeRules, link_to: LinkTo) -> None:
        self._services = services
        self._rules = rules
        self._link_to = link_to
        # The words of a form are read for its second screen, and again when it is registered.
        self.proposal = lru_cache(maxsize=_READ_LATELY)(self._classify)

    def facts_of(self, draft: Draft) -> CaseFacts:
        """Read screen 1. Raises InvalidAnswers."""
        return read_facts(draft.answers, self._rules)

    async def facts(
        self,
        draft: Draft,
        invalid: InvalidAnswers | None = None,
        *,
        notice: Notice | None = None,
    ) -> Screen:
        """Show screen 1, with what is wrong in it, or with what was just learnt on top."""
        number = draft.answers.get("crm_case", "").strip()
        open_case = await self._services.cases.open_for(number) if number else None
        return Screen(
            facts_card(
                draft,
                problems=invalid.problems if invalid else {},
                case_number_pattern=self._rules.case_number_pattern,
                in_crm=self._services.crm.is_connected,
                notice=notice,
                open_case=open_case,
                thread_url=await self._thread_url(open_case) if open_case else None,
            )
        )

    async def judgement(self, draft: Draft, invalid: InvalidAnswers | None = None) -> Screen:
        """Show screen 2. Raises InvalidAnswers where screen 1 is not right."""
        facts = self.facts_of(draft)
        return Screen(
            judgement_card(
                draft,
                facts,
                self.proposal(facts.verbatim),
                problems=invalid.problems if invalid else {},
                called=self._services.handover_team(),
                earlier=await self._services.cases.closed_for(facts.crm_case_number),
                known=await self._known(facts.crm_case_number),
            )
        )

    async def duplicate(self, draft: Draft) -> Screen | None:
        """Offer to join the open case of the Caso; None: none is open any more."""
        number = self.facts_of(draft).crm_case_number
        open_case = await self._services.cases.open_for(number)
        if open_case is None:
            return None
        return Screen(
            duplicate_card(
                draft,
                open_case,
                thread_url=await self._thread_url(open_case),
                earlier=await self._services.cases.closed_for(number),
            )
        )

    async def became(self, draft: Draft, case: Case) -> Screen:
        """Show the case that the draft has just become; only a receipt needs more than the case."""
        if draft.place.is_channel:
            return Screen(await case_view(self._services, case), is_case=True)
        return await self.done(draft, case.number)

    async def done(self, draft: Draft, number: CaseNumber) -> Screen:
        """Show the case that the draft became, or joined."""
        case, thread = await self._services.cases.in_thread(number)
        url = self._link_to(thread.place) if thread.place else None
        if draft.step is DraftStep.JOINED:
            return Screen(joined_card(case, url))
        if not draft.place.is_channel:
            return Screen(receipt_card(case, url), is_case=True)
        return Screen(await case_view(self._services, case), is_case=True)

    def _classify(self, verbatim: str) -> Classification:
        """Classify the customer's words; in a pasted talk our own people are not the customer."""
        return self._services.classifier.classify(verbatim, staff=self._services.directory.names)

    async def _thread_url(self, case: Case) -> str | None:
        place = (await self._services.cases.thread(case.number)).place
        return self._link_to(place) if place else None

    async def _known(self, crm_case_number: str) -> Json | None:
        """Show what the CRM knows of the customer, where there is a CRM."""
        if not self._services.crm.is_connected:
            return None
        profile = await self._services.crm.profile(crm_case_number)
        return crm_profile(profile, self._services.clock())
