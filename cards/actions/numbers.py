"""Buttons that put a mistyped Caso number right."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from cards.card_action import OnCase, Typed


class OpenNumberForm(OnCase):
    verb = "case.number_form"


class CorrectNumber(OnCase):
    """`doubted` is the number of which it was said that it may be another customer's."""

    verb = "case.number"

    doubted: Annotated[str, Field(max_length=120)] = ""
    crm_case: Typed = ""


ACTIONS = (OpenNumberForm, CorrectNumber)
