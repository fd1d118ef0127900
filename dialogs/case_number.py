"""What a corrected Caso number means, and what the CRM tells of it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from cards.number_form import DoubtedNumber
from dialogs.answers import AnswerReader
from dialogs.intake_answers import IntakeRules
from retention.domain.case import Case
from retention.domain.crm_profile import CrmProfile, NoProfile
from retention.domain.errors import Problem
from retention.domain.text import fold
from retention.services.crm_desk import CrmDesk

_LONGEST = 120


class NumberDesk:
    """Read the number that was typed; with a CRM it is looked up, in time or not at all."""

    def __init__(self, *, crm: CrmDesk, rules: IntakeRules) -> None:
        self._crm = crm
        self.pattern = rules.case_number_pattern

    async def read(
        self, case: Case, typed: Mapping[str, str], *, doubted: str
    ) -> tuple[str, DoubtedNumber | None]:
        """Give the number as the CRM writes it, and why to look at it again, if there is why.

        `doubted` is the number about which that was asked already.

        Raises:
            InvalidAnswers: it is no number of a Caso.
        """
        reader = AnswerReader(typed)
        number = reader.text("crm_case", limit=_LONGEST).strip()
        known = await self._look_up(number)
        if isinstance(known, CrmProfile):
            number = known.case.number
        if number and not re.fullmatch(self.pattern, number, re.ASCII):
            reader.problems["crm_case"] = Problem.CASE_NUMBER
        reader.check()
        is_asked = number in {doubted, case.facts.crm_case_number}
        return number, None if is_asked else _doubt(number, known, case)

    async def _look_up(self, number: str) -> CrmProfile | NoProfile | None:
        if not (self._crm.is_connected and number.isdecimal()):
            return None
        return await self._crm.profile(number)


def _doubt(number: str, known: CrmProfile | NoProfile | None, case: Case) -> DoubtedNumber | None:
    if known is NoProfile.NOT_FOUND:
        return DoubtedNumber(number)
    customer = known.case.customer if isinstance(known, CrmProfile) else None
    if customer is None or _may_be_the_same(customer, case.facts.customer):
        return None
    return DoubtedNumber(number, customer)


def _may_be_the_same(one: str, other: str) -> bool:
    """Tell whether all words of the shorter name stand in the longer one."""
    names = [set(re.findall(r"\w+", fold(name))) for name in (one, other)]
    shorter, longer = sorted(names, key=len)
    return shorter <= longer
