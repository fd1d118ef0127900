"""Hold every record that goes in or out against the OpenAPI that Salesforce generates of an org.

The slice types nothing as nullable though the API gives nulls: those are dropped here.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from aiohttp import web
from jsonschema import Draft202012Validator

from dev.salesforce.bodies import decoded

_SLICE = Path(__file__).parent.parent / "fixtures" / "salesforce" / "oas3-slice.json"
_RECORD = re.compile(r"/services/data/v67\.0(/sobjects/(\w+))(/[a-zA-Z0-9]{15,18})?(\?.*)?")


@cache
def slice_of_the_org() -> dict[str, Any]:
    described: dict[str, Any] = json.loads(_SLICE.read_text(encoding="utf-8"))
    return described


class Contract:
    """Collects in `violations` what the slice does not allow; checks nothing of other resources."""

    def __init__(self) -> None:
        self.violations: list[str] = []

    @web.middleware
    async def middleware(self, request: web.Request, handler: Any) -> web.StreamResponse:
        response: web.StreamResponse = await handler(request)
        if isinstance(response, web.Response) and not _is_broken(request):
            sent, said = decoded(await request.read()), decoded((response.text or "").encode())
            if request.path.endswith("/composite") and response.status == 200:
                for part, answer in zip(
                    sent["compositeRequest"], said["compositeResponse"], strict=True
                ):
                    self.check(
                        part["method"],
                        part["url"],
                        part.get("body"),
                        answer["httpStatusCode"],
                        answer["body"],
                    )
            else:
                self.check(request.method, request.path, sent, response.status, said)
        return response

    def check(self, method: str, url: str, sent: Any, status: int, said: Any) -> None:
        found = _RECORD.fullmatch(url)
        path = found and found[1] + ("/{id}" if found[3] else "")
        paths = slice_of_the_org()["paths"]
        if path not in paths or method.lower() not in paths[path]:
            return
        operation = paths[path][method.lower()]
        where = f"{method} {url} -> {status}"
        if sent is not None and "requestBody" in operation and status < 400:
            self._match(f"{where}: request", operation["requestBody"], sent)
        if str(status) in operation["responses"]:
            self._match(f"{where}: response", operation["responses"][str(status)], said)
        else:
            self.violations.append(f"{where}: undocumented status")

    def _match(self, where: str, described: dict[str, Any], value: Any) -> None:
        if "content" not in described:
            if value is not None:
                self.violations.append(f"{where}: a body where none is")
            return
        schema = described["content"]["application/json"]["schema"]
        whole = schema | {"components": slice_of_the_org()["components"]}
        errors = Draft202012Validator(whole).iter_errors(_without_nulls(value))
        self.violations += [f"{where}: {error.message}" for error in errors]


def _is_broken(request: web.Request) -> bool:
    return request.transport is None or request.transport.is_closing()


def _without_nulls(value: Any) -> Any:
    match value:
        case dict():
            return {name: _without_nulls(each) for name, each in value.items() if each is not None}
        case list():
            return [_without_nulls(each) for each in value]
    return value
