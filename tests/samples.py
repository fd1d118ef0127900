"""People, requests and cases to test with."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

from retention.domain.cancellation import (
    CancellationPath,
    CancellationReason,
    Mood,
    OriginChannel,
)
from retention.domain.case import Case, CaseFacts, CaseNumber, Judgement, Outcome
from retention.domain.draft import Draft, Place
from retention.domain.events import FeedbackChannel, OutcomeKind
from retention.domain.people import Actor, Directory, Person, PersonId, Role

MONDAY = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)

ANA = Actor(PersonId("ana"), "Ana Souza", frozenset({Role.AGENT}))
BIA = Actor(PersonId("bia"), "Bia Lima", frozenset({Role.AGENT}))
FERNANDA = Actor(PersonId("fernanda"), "Fernanda Alves", frozenset({Role.ADMFIN_LEAD}))
GUSTAVO = Actor(PersonId("gustavo"), "Gustavo Reis", frozenset({Role.ADMFIN_LEAD}))
RENATO = Actor(PersonId("renato"), "Renato Dias", frozenset({Role.RC_LEAD}))


def directory(*, on_duty: frozenset[PersonId] = frozenset({FERNANDA.id, RENATO.id})) -> Directory:
    leads = (FERNANDA, GUSTAVO, RENATO)
    return Directory(
        [Person(lead.id, lead.name, lead.roles, on_duty=lead.id in on_duty) for lead in leads]
    )


THREAD = Place("https://smba.example/br/", "19:channel;messageid=1", is_channel=True, message="1")
CHAT = Place("https://smba.example/br/", "a:personal", is_channel=False, message="9")

FACTS = CaseFacts(
    crm_case_number="00012345",
    customer="Padaria São João",
    channel=OriginChannel.PHONE,
    verbatim="Quero cancelar, já contratei outro sistema.",
    mood=Mood.FRUSTRATED,
    tax_id="12.***.***/****-95",
    monthly_value=Decimal("349.90"),
    contact="João",
)
HANDED_OVER = Judgement(
    path=CancellationPath.NON_TECHNICAL,
    reason=CancellationReason.COMPETITOR,
    proposed_path=CancellationPath.NON_TECHNICAL,
    proposed_reason=CancellationReason.COMPETITOR,
)
WITH_RC = Judgement(path=CancellationPath.TECHNICAL_OPEN, reason=CancellationReason.RECURRING_ISSUE)
RETAINED = Outcome(
    kind=OutcomeKind.RETAINED,
    real_reason=CancellationReason.PRICE,
    feedback_channel=FeedbackChannel.PHONE,
    feedback_result="Gostou do retorno",
    lesson="Ligar antes do reajuste",
)
LOST = replace(RETAINED, kind=OutcomeKind.LOST, real_reason=CancellationReason.COMPETITOR)


def facts(crm_case_number: str = FACTS.crm_case_number, **changes: Any) -> CaseFacts:
    return replace(FACTS, crm_case_number=crm_case_number, **changes)


def draft(*, author: Actor = ANA, place: Place = THREAD) -> Draft:
    return Draft(uuid4().hex, author.ref, place, MONDAY, answers={"customer": "Padaria São João"})


def case(
    number: int = 1,
    *,
    crm_case_number: str | None = None,
    customer: str = FACTS.customer,
    judgement: Judgement = HANDED_OVER,
    by: Actor = ANA,
    at: datetime = MONDAY,
    in_crm: bool = False,
) -> Case:
    """Open a case; each number has a Caso of its own unless one is given."""
    return Case.open(
        number=CaseNumber(number),
        draft_id=uuid4().hex,
        facts=facts(crm_case_number or f"{number:08d}", customer=customer),
        judgement=judgement,
        by=by,
        at=at,
        in_crm=in_crm,
    )
