"""Several calls as one: what a composite asks, and which of its parts failed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import structlog

from retention.salesforce.errors import HALTED, Problem, Refused, failure, interrupted, problem

KEEP_THE_OWNER: Final[Mapping[str, str]] = {"Sforce-Auto-Assign": "FALSE"}
"""Salesforce: without it an assignment rule may give the Caso to another owner than the one set."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Part:
    """One call among several. Others refer to its answer by `name`: `@{name.id}`."""

    name: str
    method: str
    path: str
    body: Mapping[str, Any] | None = field(default=None, repr=False)

    def asked(self, root: str) -> Mapping[str, Any]:
        """Give the part as Salesforce wants it, under the path of the API version."""
        asked = {
            "method": self.method,
            "url": f"{root}/{self.path}",
            "referenceId": self.name,
            "httpHeaders": KEEP_THE_OWNER if writes_case(self.method, self.path) else None,
            "body": self.body,
        }
        return {name: value for name, value in asked.items() if value is not None}


def writes_case(method: str, path: str) -> bool:
    """Tell whether a call creates or changes a Caso."""
    return method != "GET" and path.split("/")[:2] == ["sobjects", "Case"]


@dataclass(frozen=True, slots=True)
class Answers:
    """What each part answered, by its name: a body, or that Salesforce refuses it for good."""

    bodies: Mapping[str, Any]
    refused: Mapping[str, Refused]


def read_whole(operation: str, answer: Any, *, repeatable: bool) -> Mapping[str, Any]:
    """Give the answer of each part under its name, or raise what the guilty one would.

    Salesforce answers the call itself with 200 in any case. A part that failed was rolled back, so
    that it may be repeated; `repeatable` tells the same of an answer that is not Salesforce's own.
    """
    bodies, problems = _sorted(operation, answer, repeatable=repeatable)
    if problems:
        guilty = {name: each for name, each in problems.items() if each.code != HALTED} or problems
        name, found = next(iter(guilty.items()))
        log.warning("crm.part_failed", operation=operation, part=name, outcome=found.code)
        raise failure(operation, found, repeatable=True, part=name)
    return bodies


def read_each(operation: str, answer: Any) -> Answers:
    """Give what each of several queries answered; one that is refused does not touch the others.

    Raises what one that failed for now would: all may be asked again.
    """
    bodies, problems = _sorted(operation, answer, repeatable=True)
    refused: dict[str, Refused] = {}
    for name, found in problems.items():
        error = failure(operation, found, repeatable=True, part=name)
        if not isinstance(error, Refused):
            log.warning("crm.part_failed", operation=operation, part=name, outcome=found.code)
            raise error
        refused[name] = error
    return Answers(bodies, refused)


def _sorted(
    operation: str, answer: Any, *, repeatable: bool
) -> tuple[dict[str, Any], dict[str, Problem]]:
    """Tell the parts that did what was asked from those that failed."""
    bodies: dict[str, Any] = {}
    problems: dict[str, Problem] = {}
    try:
        for part in answer["compositeResponse"]:
            name, status, body = part["referenceId"], part["httpStatusCode"], part["body"]
            if status < 300:  # noqa: PLR2004 - HTTP: below 300 is success
                bodies[name] = body
            else:
                problems[name] = problem(status, body)
    except (TypeError, KeyError):
        raise interrupted(f"{operation}: no parts", repeatable=repeatable) from None
    return bodies, problems
