"""Refusals of the domain: a rule said no. English here; `cards/errors.py` says it to people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum

from retention.domain.events import Requirement
from retention.domain.people import PersonRef, Role


class RetentionError(Exception):
    """A rule said no. Shown to the user as a card, logged at INFO, never paged."""


class CaseNotFound(RetentionError):
    def __init__(self, reference: str) -> None:
        super().__init__("no such case")
        self.reference = reference


class DraftNotFound(RetentionError):
    def __init__(self) -> None:
        super().__init__("no such draft")


class RehearsalNotFound(RetentionError):
    """There is no such run of the rehearsal, or it is somebody else's."""

    def __init__(self) -> None:
        super().__init__("no such run of the rehearsal")


class SupportCallNotFound(RetentionError):
    """There is no such call for support, or it was for somebody else."""

    def __init__(self) -> None:
        super().__init__("no such call for support")


class NotTheAuthor(RetentionError):
    """Only the author goes on with a draft."""

    def __init__(self, author: PersonRef) -> None:
        super().__init__("a draft belongs to its author")
        self.author = author


class NotAllowed(RetentionError):
    """The actor's roles do not carry this action."""

    def __init__(
        self, action: str, roles: frozenset[Role], author: PersonRef | None = None
    ) -> None:
        super().__init__(f"{action} needs one of {sorted(roles)}")
        self.action, self.roles, self.author = action, roles, author


class ForLeadersAlone(RetentionError):
    """Numbers of the whole business, for whoever leads."""

    def __init__(self, roles: frozenset[Role]) -> None:
        super().__init__(f"needs one of {sorted(roles)}")
        self.roles = roles


class NoNotices(RetentionError):
    """There is nothing that this person is told alone, unasked."""

    def __init__(self) -> None:
        super().__init__("nothing to mute for this person")


class CannotOwn(RetentionError):
    """A case is given to the Adm/Fin alone."""

    def __init__(self) -> None:
        super().__init__("this person may not own a case")


class IllegalTransition(RetentionError):
    def __init__(self, current: str, requested: str) -> None:
        super().__init__(f"cannot move a case from {current} to {requested}")
        self.current, self.requested = current, requested


class AlreadyDone(RetentionError):
    """Somebody was faster; nothing was done twice."""

    def __init__(self, action: str, by: PersonRef, at: datetime) -> None:
        super().__init__(f"{action} was already done")
        self.action, self.by, self.at = action, by, at


class AnsweredOtherwise(AlreadyDone):
    """The actor gave another answer to the same question before; the first one holds."""


class OutdatedForm(RetentionError):
    """The case moved on since the form was opened; its author looks at it anew."""

    def __init__(self) -> None:
        super().__init__("the case moved since the form was opened")


class NobodyToCall(RetentionError):
    """The directory names nobody else who holds this role."""

    def __init__(self, role: Role) -> None:
        super().__init__(f"nobody to call for {role}")
        self.role = role


class NextStepsNotTold(RetentionError):
    """Path 1 has no answer before the customer was told the next steps."""

    def __init__(self) -> None:
        super().__init__("the customer was not told the next steps")


class NothingChanges(RetentionError):
    """Path and reason are already these."""

    def __init__(self) -> None:
        super().__init__("path and reason are already these")


class CannotClose(RetentionError):
    """The close gate: everything that is missing, documents by name."""

    def __init__(self, lacking: Sequence[Requirement], documents: Sequence[str]) -> None:
        super().__init__(f"missing to close: {', '.join(lacking)}")
        self.lacking, self.documents = tuple(lacking), tuple(documents)


class StaleCase(RetentionError):
    """Another change was written first; read the case again."""

    def __init__(self) -> None:
        super().__init__("the case changed meanwhile")


class DuplicateOpenCase(RetentionError):
    """One open case per Salesforce Caso number."""

    def __init__(self, crm_case_number: str) -> None:
        super().__init__("this Caso already has an open case")
        self.crm_case_number = crm_case_number


class Problem(StrEnum):
    """What is wrong with one answer of a form."""

    MISSING = "missing"
    TOO_LONG = "too_long"
    NOT_A_CHOICE = "not_a_choice"
    CASE_NUMBER = "case_number"
    HAS_CASE_NUMBER = "has_case_number"
    """There is a Caso already: none needs to be created."""
    TAX_ID_SHAPE = "tax_id_shape"
    TAX_ID_DIGITS = "tax_id_digits"
    MONEY = "money"
    DATE = "date"
    IN_THE_FUTURE = "in_the_future"
    IN_THE_PAST = "in_the_past"
    UNCHANGED = "unchanged"
    NOT_VALIDATED = "not_validated"
    CANNOT_OWN = "cannot_own"
    TOO_FAR = "too_far"
    URL = "url"


class InvalidAnswers(RetentionError):
    """Some answers need mending: input id → problem, in the order of the form."""

    def __init__(self, problems: Mapping[str, Problem]) -> None:
        super().__init__(f"{len(problems)} answers to mend")
        self.problems = dict(problems)
