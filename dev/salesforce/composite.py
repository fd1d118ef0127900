"""Several calls in one: `allOrNone` rolls back, and the answer is 200 even where all failed."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl

from dev.salesforce.database import Database, Transaction
from dev.salesforce.errors import SalesforceError, rolled_back
from dev.salesforce.rest import BASE, Answer, Call, Rest

_MOST_PARTS, _MOST_QUERIES = 25, 5
_INHERITED = {"accept", "authorization", "content-type"}
_REFERENCE = re.compile(r"@\{(\w+)\.([\w.\[\]]+)\}")
_STEP = re.compile(r"\w+")


@dataclass(frozen=True)
class _Part:
    method: str
    url: str
    reference: str
    headers: Mapping[str, str]
    body: Any


def run(body: Any, *, rest: Rest, database: Database, user_id: str) -> Answer:
    """Answer a composite.

    Raises:
        SalesforceError: the whole of it is refused: no parts, too many, or a bad one.
    """
    parts = _parts(body)
    is_all_or_none = body.get("allOrNone", False)
    shared = database.begin()
    answers: dict[str, Answer] = {}
    for part in parts:
        transaction = shared if is_all_or_none else database.begin()
        answers[part.reference] = _answer(part, rest, transaction, answers, user_id)
        failed = answers[part.reference].status >= HTTPStatus.BAD_REQUEST
        if failed:
            transaction.abandon()
            if is_all_or_none:
                halted = Answer(HTTPStatus.BAD_REQUEST, rolled_back().body)
                answers = {each.reference: halted for each in parts} | {
                    part.reference: answers[part.reference]
                }
                break
        elif not is_all_or_none:
            transaction.commit()
    shared.commit()
    return Answer(body={"compositeResponse": [_result(name, answers[name]) for name in answers]})


def _result(reference: str, answer: Answer) -> dict[str, Any]:
    return {
        "body": answer.body,
        "httpHeaders": dict(answer.headers),
        "httpStatusCode": int(answer.status),
        "referenceId": reference,
    }


def _parts(body: Any) -> list[_Part]:
    match body:
        case {"compositeRequest": [_, *_] as requests}:
            parts = [_part(each) for each in requests]
        case _:
            raise _invalid("compositeRequest must be a list of subrequests")
    if len(parts) > _MOST_PARTS:
        raise _invalid(f"a composite has at most {_MOST_PARTS} subrequests")
    if sum(part.url.startswith(f"{BASE}/query") for part in parts) > _MOST_QUERIES:
        raise _invalid(f"a composite has at most {_MOST_QUERIES} queries")
    if len({part.reference for part in parts}) < len(parts):
        raise _invalid("a referenceId must be unique")
    return parts


def _part(request: Any) -> _Part:
    match request:
        case {"method": str(method), "url": str(url), "referenceId": str(reference)}:
            headers = request.get("httpHeaders", {})
            part = _Part(method, url, reference, headers, request.get("body"))
        case _:
            raise _invalid("a subrequest needs a method, a url and a referenceId")
    if not re.fullmatch(r"[A-Za-z0-9_]+", part.reference):
        raise _invalid("a referenceId has letters, digits and underscores alone")
    if _INHERITED & {name.lower() for name in part.headers}:
        raise _invalid("a subrequest inherits Accept, Authorization and Content-Type")
    return part


def _answer(
    part: _Part, rest: Rest, transaction: Transaction, earlier: Mapping[str, Answer], user_id: str
) -> Answer:
    """Answer one part; of the headers of the whole it inherits only those it may not set itself."""
    try:
        path, _, query = _resolved(part.url, earlier).partition("?")
        if not path.startswith(f"{BASE}/"):
            raise _invalid(f"the url of a subrequest begins with {BASE}")
        call = Call(
            method=part.method,
            path=path.removeprefix(BASE),
            user_id=user_id,
            query=dict(parse_qsl(query)),
            headers={name.lower(): value for name, value in part.headers.items()},
            body=_resolved(part.body, earlier),
        )
        return rest.answer(call, transaction)
    except SalesforceError as error:
        return Answer(error.status, error.body)


def _resolved(value: Any, earlier: Mapping[str, Answer]) -> Any:
    """Put what earlier parts answered where `@{reference.field}` stands."""
    match value:
        case str():
            return _REFERENCE.sub(lambda found: _referred(found, earlier), value)
        case dict():
            return {name: _resolved(each, earlier) for name, each in value.items()}
        case list():
            return [_resolved(each, earlier) for each in value]
    return value


def _referred(found: re.Match[str], earlier: Mapping[str, Answer]) -> str:
    value = earlier[found[1]].body if found[1] in earlier else None
    for step in _STEP.findall(found[2]):
        match value:
            case dict():
                value = value.get(step)
            case list() if step.isdecimal() and int(step) < len(value):
                value = value[int(step)]
            case _:
                value = None
    if value is None:
        raise SalesforceError(
            "PROCESSING_HALTED",
            f"Invalid reference specified. No value for {found[1]}.{found[2]} found in {found[1]}",
        )
    return str(value)


def _invalid(message: str) -> SalesforceError:
    return SalesforceError("INVALID_INPUT", message)
