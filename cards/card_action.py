"""What a button is: a verb, what it carries, which inputs it reads.

A button's data names what to do. Who may do it, and whether, the domain decides.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, ClassVar, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from cards.elements import Json
from retention.domain.case import Case, CaseNumber

_CODE_PREFIX = "RET-"
_Value = TypeVar("_Value", bound=StrEnum)

DraftId = Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,64}$")]
CaseCode = Annotated[str, Field(pattern=rf"^{_CODE_PREFIX}[0-9]{{4,9}}$")]
CallId = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
Month = Annotated[str, Field(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$")]
Version = Annotated[int, Field(ge=0, le=999_999_999)]
_INPUT = object()
"""Marks the fields that a person fills."""
Typed = Annotated[
    str,
    _INPUT,
    BeforeValidator(lambda value: "" if value is None else value),
    AfterValidator(lambda value: value.replace("\0", "")),
    Field(max_length=4000),
]
"""What a person typed, as typed. Teams: an input left out comes as "", null or not at all."""


class CardAction(BaseModel):
    """A button: `verb` names it, its fields are what it carries, `inputs` the `Typed` of them."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)

    verb: ClassVar[str]
    inputs: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def __pydantic_init_subclass__(cls, **_: object) -> None:
        cls.inputs = tuple(name for name, f in cls.model_fields.items() if _INPUT in f.metadata)

    @property
    def typed(self) -> dict[str, str]:
        """Give input id → what was typed, in the order of the form."""
        return {name: getattr(self, name) for name in self.inputs}

    @classmethod
    def button(
        cls,
        title: str,
        *,
        style: Literal["positive"] | None = None,
        secondary: bool = False,
        **data: str | int,
    ) -> Json:
        """Make the button; a `secondary` one stands behind the "…" of its row.

        One that reads no input is not held up by required ones.
        Teams: a client without Action.Execute sends the fallback as a message with this value.
        """
        extras: Json = {} if cls.inputs else {"associatedInputs": "none"}
        if style:
            extras["style"] = style
        # A client that needs the fallback is too old to know a second row of buttons.
        mode = {"mode": "secondary"} if secondary else {}
        return {
            "type": "Action.Execute",
            "id": cls.verb.replace(".", "-"),
            "title": title,
            "verb": cls.verb,
            "data": data,
            **extras,
            **mode,
            "fallback": {
                "type": "Action.Submit",
                "title": title,
                "data": {"verb": cls.verb, **data},
                "msteams": {"feedback": {"hide": True}},
                **extras,
            },
        }


class OnDraft(CardAction):
    """A button of a request being written; `v` is the draft's version the card shows."""

    draft: DraftId
    v: Version


class OnRehearsal(CardAction):
    """A button of a run of the rehearsal; `v` is the run's version the card shows."""

    run: DraftId
    v: Version


class OnCase(CardAction):
    """A button of a case; `v` is the case's version the card shows."""

    case: CaseCode
    v: Version = 0

    @classmethod
    def on(
        cls,
        case: Case,
        title: str,
        *,
        style: Literal["positive"] | None = None,
        secondary: bool = False,
    ) -> Json:
        """Make the button for a case as the card shows it."""
        return cls.button(title, style=style, secondary=secondary, case=case.code, v=case.version)

    @property
    def number(self) -> CaseNumber:
        return CaseNumber(int(self.case.removeprefix(_CODE_PREFIX)))


def ticked(value: str, choices: type[_Value]) -> tuple[_Value, ...]:
    """Read a choice of several, which Teams sends as one value with commas."""
    chosen = {each.strip() for each in value.split(",")}
    return tuple(choice for choice in choices if choice in chosen)
