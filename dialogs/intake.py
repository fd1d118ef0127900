"""The conversation that registers a request: facts, judgement, case. At most three screens.

Each step takes the draft and what was pressed, and returns the card of the next screen. The draft
lives in the database, so a step survives a restart, and a repeated press shows the present screen.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

import structlog

from cards.crm_words import NOT_OPENED, known_notice, new_caso, nothing_known, opened_notice
from cards.notice import Notice
from cards.receipt_card import discarded_card
from dialogs.intake_answers import (
    IntakeRules,
    filled_in,
    read_judgement,
    read_new_caso,
    read_second_request,
    with_tax_id_masked,
)
from dialogs.intake_screens import IntakeScreens, LinkTo, Screen
from retention.domain.crm_profile import CrmProfile, NoProfile
from retention.domain.draft import Draft, DraftStep, Place
from retention.domain.errors import (
    CaseNotFound,
    DuplicateOpenCase,
    InvalidAnswers,
    Problem,
    StaleCase,
)
from retention.domain.people import Actor
from retention.services import Services
from retention.services.crm_desk import CrmAway
from retention.services.ports.crm import NewCrmCase

log = structlog.get_logger(__name__)
_DOUBTED = "doubted_crm_case"
"""Beside the answers: the number of which it was said that the CRM does not know it."""
_LONGEST_KEY = 26
"""Salesforce: the key field of the log object is a Text(26)."""


@dataclass(frozen=True, slots=True)
class Pressed:
    """A button of the form: who, on which draft as of which version, on which message."""

    actor: Actor
    draft_id: str
    version: int
    message: str


class IntakeDialog:
    def __init__(self, *, services: Services, rules: IntakeRules, link_to: LinkTo) -> None:
        self._services = services
        self._rules = rules
        self._screens = IntakeScreens(services=services, rules=rules, link_to=link_to)

    async def begin(
        self, *, actor: Actor, place: Place, source: str, crm_case_number: str
    ) -> tuple[Draft, Screen]:
        """Start a draft for one request message; the same message again is the same draft."""
        answers = {"crm_case": crm_case_number}
        known = await self._looked_up(crm_case_number)
        draft = await self._services.drafts.start(
            actor=actor,
            place=place,
            source=source,
            answers=filled_in(answers, known) if known else answers,
        )
        if known is not None and draft.step is DraftStep.FACTS:
            notice = _notice_of(crm_case_number, known)
            return draft, await self._screens.facts(draft, notice=notice)
        return draft, await self.screen(draft)

    async def screen(self, draft: Draft) -> Screen:
        """Show the draft as it stands."""
        if draft.case_number is not None:
            return await self._screens.done(draft, draft.case_number)
        match draft.step:
            case DraftStep.JUDGEMENT:
                return await self._screens.judgement(draft)
            case DraftStep.DUPLICATE:
                shown = await self._screens.duplicate(draft)
                return shown or await self._go(draft, DraftStep.JUDGEMENT)
            case DraftStep.DISCARDED:
                return Screen(discarded_card())
            case _:
                return await self._screens.facts(draft)

    async def give_facts(self, pressed: Pressed, answers: Mapping[str, str]) -> Screen:
        """Screen 1 → screen 2, or the open case of the same Caso, or screen 1 with its problems."""
        draft = await self._own(pressed)
        answers = with_tax_id_masked(answers)
        if draft.step is not DraftStep.FACTS or draft.version != pressed.version:
            return await self._stale(draft, answers)
        number = answers.get("crm_case", "").strip()
        known = await self._looked_up(number)
        draft.advance(DraftStep.FACTS, filled_in(answers, known) if known else answers)
        if known is NoProfile.NOT_FOUND and draft.answers.get(_DOUBTED) != number:
            draft.answers = {**draft.answers, _DOUBTED: number}
            return await self._facts_again(
                draft, pressed, answers, notice=_notice_of(number, known)
            )
        try:
            facts = self._screens.facts_of(draft)
        except InvalidAnswers as invalid:
            return await self._facts_again(draft, pressed, answers, invalid)
        is_open = await self._services.cases.open_for(facts.crm_case_number) is not None
        draft.step = DraftStep.DUPLICATE if is_open else DraftStep.JUDGEMENT
        return await self.screen(await self._keep(draft, pressed.version))

    async def find_in_crm(self, pressed: Pressed, answers: Mapping[str, str]) -> Screen:
        """Fill in, on screen 1, what the CRM knows of the Caso; what was typed stays."""
        draft = await self._own(pressed)
        answers = with_tax_id_masked(answers)
        if draft.step is not DraftStep.FACTS or draft.version != pressed.version:
            return await self._stale(draft, answers)
        number = answers.get("crm_case", "").strip()
        known = await self._looked_up(number)
        draft.advance(DraftStep.FACTS, filled_in(answers, known) if known else answers)
        if known is None:
            problem = Problem.CASE_NUMBER if number else Problem.MISSING
            invalid = InvalidAnswers({"crm_case": problem})
            return await self._facts_again(draft, pressed, answers, invalid)
        return await self._facts_again(draft, pressed, answers, notice=_notice_of(number, known))

    async def open_in_crm(self, pressed: Pressed, answers: Mapping[str, str]) -> Screen:
        """Create the Caso from screen 1, and fill in its number; the same form creates one."""
        draft = await self._own(pressed)
        answers = with_tax_id_masked(answers)
        if draft.step is not DraftStep.FACTS or draft.version != pressed.version:
            return await self._stale(draft, answers)
        draft.advance(DraftStep.FACTS, answers)
        try:
            customer, verbatim = read_new_caso(draft.answers)
        except InvalidAnswers as invalid:
            return await self._facts_again(draft, pressed, answers, invalid)
        subject, description = new_caso(
            customer=customer, verbatim=verbatim, author=pressed.actor.name
        )
        new = NewCrmCase(
            key=draft.id[:_LONGEST_KEY],
            subject=subject,
            description=description,
            customer=customer,
        )
        kept = await self._keep(draft, pressed.version)
        if kept is not draft:  # another press was faster, and creates it
            return await self.screen(kept)
        try:
            case = await self._services.crm.open_case(new)
        except CrmAway:
            return await self._screens.facts(kept, notice=NOT_OPENED)
        read_version = kept.version
        kept.advance(DraftStep.FACTS, {"crm_case": case.number})
        return await self._screens.facts(
            await self._keep(kept, read_version), notice=opened_notice(case.number)
        )

    async def give_judgement(self, pressed: Pressed, answers: Mapping[str, str]) -> Screen:
        """Screen 2 → the case, or screen 2 with its problems."""
        draft = await self._own(pressed)
        if draft.step is not DraftStep.JUDGEMENT:
            return await self.screen(draft)
        if draft.version != pressed.version:
            return await self._screens.judgement(_with(draft, answers))
        facts = self._screens.facts_of(draft)
        proposal = self._screens.proposal(facts.verbatim)
        try:
            judgement = read_judgement(answers, proposal)
        except InvalidAnswers as invalid:
            draft.advance(DraftStep.JUDGEMENT, answers)
            return await self._screens.judgement(await self._keep(draft, pressed.version), invalid)
        try:
            case = await self._services.cases.open(
                actor=pressed.actor,
                draft=draft,
                facts=facts,
                judgement=judgement,
                read=proposal,
            )
        except DuplicateOpenCase:
            draft.advance(DraftStep.DUPLICATE, answers)
            return await self.screen(await self._keep(draft, pressed.version))
        except StaleCase:
            log.info("draft.moved_on")
            return await self.screen(await self._services.drafts.get(pressed.draft_id))
        return await self._screens.became(draft, case)

    async def join(self, pressed: Pressed) -> Screen:
        """Let the words typed here join the open case of the same Caso."""
        draft = await self._own(pressed)
        if draft.step is not DraftStep.DUPLICATE:
            return await self.screen(draft)
        facts = self._screens.facts_of(draft)
        try:
            await self._services.cases.join(actor=pressed.actor, draft=draft, facts=facts)
        except CaseNotFound:
            return await self._go(draft, DraftStep.JUDGEMENT)
        except StaleCase:
            log.info("draft.moved_on")
        return await self.screen(await self._services.drafts.get(pressed.draft_id))

    async def join_with_words(self, pressed: Pressed, answers: Mapping[str, str]) -> Screen:
        """Let the words of screen 1 join the open case of its Caso, whatever else is missing."""
        draft = await self._own(pressed)
        answers = with_tax_id_masked(answers)
        if draft.step is not DraftStep.FACTS or draft.version != pressed.version:
            return await self._stale(draft, answers)
        draft.advance(DraftStep.FACTS, answers)
        kept = await self._keep(draft, pressed.version)
        if kept is not draft:
            return await self._stale(kept, answers)
        try:
            number, verbatim = read_second_request(kept.answers)
        except InvalidAnswers as invalid:
            return await self._screens.facts(kept, invalid)
        open_case = await self._services.cases.open_for(number)
        if open_case is None:
            return await self.screen(kept)
        facts = replace(open_case.facts, verbatim=verbatim)
        try:
            await self._services.cases.join(actor=pressed.actor, draft=kept, facts=facts)
        except (CaseNotFound, StaleCase):
            log.info("draft.moved_on")
        return await self.screen(await self._services.drafts.get(pressed.draft_id))

    async def back(self, pressed: Pressed) -> Screen:
        """Return to screen 1 with everything as typed."""
        return await self._leave(pressed, DraftStep.FACTS)

    async def discard(self, pressed: Pressed) -> Screen:
        """End the draft; nothing was registered."""
        return await self._leave(pressed, DraftStep.DISCARDED)

    async def _leave(self, pressed: Pressed, step: DraftStep) -> Screen:
        draft = await self._own(pressed)
        if draft.step.is_final or draft.step is step:
            return await self.screen(draft)
        return await self._go(draft, step)

    async def _own(self, pressed: Pressed) -> Draft:
        """Load the draft for its author; the message that was pressed is the one that shows it.

        That message may differ from the one remembered: a crash, or a lost answer of Teams, can
        leave none remembered, or a copy.
        """
        draft = await self._services.drafts.own(
            pressed.actor, pressed.draft_id, version=pressed.version
        )
        if pressed.message and pressed.message != draft.place.message:
            await self._services.drafts.shown(draft, pressed.message)
            draft.place = replace(draft.place, message=pressed.message)
        return draft

    async def _looked_up(self, number: str) -> CrmProfile | NoProfile | None:
        """Ask the CRM about a number; None without a CRM, or for what is no number of a Caso."""
        pattern = self._rules.case_number_pattern
        is_number = number.isdecimal() or re.fullmatch(pattern, number, re.ASCII)
        if not (self._services.crm.is_connected and is_number):
            return None
        return await self._services.crm.profile(number)

    async def _facts_again(
        self,
        draft: Draft,
        pressed: Pressed,
        answers: Mapping[str, str],
        invalid: InvalidAnswers | None = None,
        notice: Notice | None = None,
    ) -> Screen:
        """Keep what was typed and show screen 1 again, unless somebody went on meanwhile."""
        kept = await self._keep(draft, pressed.version)
        if kept is not draft:
            return await self._stale(kept, answers)
        return await self._screens.facts(kept, invalid, notice=notice)

    async def _stale(self, draft: Draft, answers: Mapping[str, str]) -> Screen:
        """Answer a press on screen 1 that came too late, with what it carried where it fits."""
        if draft.step is not DraftStep.FACTS:
            return await self.screen(draft)
        return await self._screens.facts(_with(draft, answers))

    async def _go(self, draft: Draft, step: DraftStep) -> Screen:
        read_version = draft.version
        draft.advance(step)
        return await self.screen(await self._keep(draft, read_version))

    async def _keep(self, draft: Draft, read_version: int) -> Draft:
        return await self._services.drafts.save(draft, read_version=read_version)


def _notice_of(number: str, known: CrmProfile | NoProfile) -> Notice:
    return nothing_known(number, known) if isinstance(known, NoProfile) else known_notice(known)


def _with(draft: Draft, answers: Mapping[str, str]) -> Draft:
    """The draft as it stands, with what an out-of-date press carried: shown, not kept."""
    return replace(draft, answers={**draft.answers, **answers})
