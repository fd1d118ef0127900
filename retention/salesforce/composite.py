"""Several calls as one: what a composite asks, and which of its parts failed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import structlog

from retention.salesforce.errors import HALTED, UnreadableAnswer, failure, problem

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


def answers(operation: str, answer: Any) -> dict[str, Any]:
    """Give the answer of each part under its name, or raise what the guilty one would.

    Salesforce answers the call itself with 200 in any case. A part that failed was rolled back, or
    was only a query, so that it may be repeated.
    """
    try:
        parts = [
            (part["referenceId"], part["httpStatusCode"], part["body"])
            for part in answer["compositeResponse"]
        ]
    except (TypeError, KeyError):
        raise UnreadableAnswer(f"{operation}: no parts") from None
    problems = [
        (name, problem(status, body))
        for name, status, body in parts
        if status >= 300  # noqa: PLR2004 - HTTP: below 300 is success
    ]
    if problems:
        guilty = [each for each in problems if each[1].code != HALTED] or problems
        name, found = guilty[0]
        log.warning("crm.part_failed", operation=operation, part=name, outcome=found.code)
        raise failure(operation, found, repeatable=True, part=name)
    return {name: body for name, _, body in parts}
