"""What the intake form's inputs mean: typed text in, checked facts or problems out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from dialogs.answers import AnswerReader
from retention.domain.cancellation import (
    CancellationPath,
    CancellationReason,
    Mood,
    OriginChannel,
)
from retention.domain.case import CaseFacts, Judgement
from retention.domain.classification import Classification
from retention.domain.crm_profile import CrmProfile, NoProfile
from retention.domain.errors import Problem
from retention.domain.money import InvalidMoney, parse_brl
from retention.domain.tax_id import InvalidTaxId, mask_tax_id

MAX_VERBATIM = 2000
_MAX_NAME = 120
_MAX_REASON_TEXT = 120


@dataclass(frozen=True, slots=True)
class IntakeRules:
    """The business's dials of the form."""

    case_number_pattern: str


def read_facts(answers: Mapping[str, str], rules: IntakeRules) -> CaseFacts:
    """Check screen 1. The customer's words stay unedited; a CNPJ or CPF comes back masked.

    Raises:
        InvalidAnswers: with a problem per input.
    """
    reader = AnswerReader(answers)
    crm_case_number = reader.text("crm_case", limit=_MAX_NAME).strip()
    if crm_case_number and not re.fullmatch(rules.case_number_pattern, crm_case_number, re.ASCII):
        reader.problems["crm_case"] = Problem.CASE_NUMBER
    customer = " ".join(reader.text("customer", limit=_MAX_NAME).split())
    channel = reader.choice("channel", OriginChannel)
    verbatim = reader.text("verbatim", limit=MAX_VERBATIM)
    mood = reader.choice("mood", Mood)
    tax_id = monthly_value = None
    if typed := answers.get("tax_id", "").strip():
        try:
            tax_id = mask_tax_id(typed)
        except InvalidTaxId as invalid:
            wrong = Problem.TAX_ID_DIGITS if invalid.checksum else Problem.TAX_ID_SHAPE
            reader.problems["tax_id"] = wrong
    if typed := answers.get("monthly_value", "").strip():
        try:
            monthly_value = parse_brl(typed)
        except InvalidMoney:
            reader.problems["monthly_value"] = Problem.MONEY
    contact = reader.text("contact", limit=_MAX_NAME, needed=False).strip() or None
    reader.check()
    return CaseFacts(
        crm_case_number=crm_case_number,
        customer=customer,
        channel=channel,
        verbatim=verbatim,
        mood=mood,
        tax_id=tax_id,
        monthly_value=monthly_value,
        contact=contact,
    )


def read_second_request(answers: Mapping[str, str]) -> tuple[str, str]:
    """Read what joins an open case: the Caso's number, and the customer's words.

    Raises:
        InvalidAnswers: with a problem per input.
    """
    reader = AnswerReader(answers)
    crm_case_number = reader.text("crm_case", limit=_MAX_NAME).strip()
    verbatim = reader.text("verbatim", limit=MAX_VERBATIM)
    reader.check()
    return crm_case_number, verbatim


def read_new_caso(answers: Mapping[str, str]) -> tuple[str, str]:
    """Read what a new Caso is made of: the customer's name, and their words.

    Raises:
        InvalidAnswers: with a problem per input; a number that is there needs no new Caso.
    """
    reader = AnswerReader(answers)
    customer = " ".join(reader.text("customer", limit=_MAX_NAME).split())
    verbatim = reader.text("verbatim", limit=MAX_VERBATIM)
    if answers.get("crm_case", "").strip():
        reader.problems["crm_case"] = Problem.HAS_CASE_NUMBER
    reader.check()
    return customer, verbatim


def filled_in(answers: Mapping[str, str], profile: CrmProfile | NoProfile) -> dict[str, str]:
    """Fill in what the CRM knows where nothing was typed."""
    if isinstance(profile, NoProfile):
        return dict(answers)
    case = profile.case
    known = {
        "crm_case": case.number,
        "customer": case.customer or "",
        "monthly_value": "" if case.monthly_value is None else f"{case.monthly_value:.2f}",
        "contact": case.contact or "",
    }
    known["monthly_value"] = known["monthly_value"].replace(".", ",")
    typed = {name: value for name, value in answers.items() if value.strip()}
    return {**answers, **known, **typed, "crm_case": case.number}


def with_tax_id_masked(answers: Mapping[str, str]) -> dict[str, str]:
    """Mask a right CNPJ or CPF at once: the form is seen by the whole channel (LGPD).

    A wrong one stays, to be mended.
    """
    try:
        return {**answers, "tax_id": mask_tax_id(answers.get("tax_id", ""))}
    except InvalidTaxId:
        return dict(answers)


def read_judgement(answers: Mapping[str, str], proposal: Classification) -> Judgement:
    """Check screen 2, keeping what the bot had proposed beside what the agent decided.

    Raises:
        InvalidAnswers: with a problem per input; the reason "other" needs a text.
    """
    reader = AnswerReader(answers)
    path = reader.choice("path", CancellationPath)
    reason = reader.choice("reason", CancellationReason)
    needs_text = "reason" not in reader.problems and reason is CancellationReason.OTHER
    reason_text = reader.text("reason_text", limit=_MAX_REASON_TEXT, needed=needs_text)
    reader.check()
    return Judgement(
        path=path,
        reason=reason,
        reason_text=reason_text.strip() if needs_text else "",
        proposed_path=proposal.path if proposal.certain else None,
        proposed_reason=proposal.reason if proposal.certain else None,
    )
