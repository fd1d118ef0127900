"""The org on loopback: `async with FakeSalesforce() as salesforce:` serves at `salesforce.url`."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from dev.salesforce import bodies, composite
from dev.salesforce.chatter import Chatter
from dev.salesforce.crm import Crm, utc_now
from dev.salesforce.describe import picklist_values
from dev.salesforce.errors import SalesforceError, not_found, requests_used_up, session_ended
from dev.salesforce.faults import Fault
from dev.salesforce.oauth import Sessions, TokenRefused
from dev.salesforce.rest import BASE, Answer, Call, Rest

VERSIONS = {"66.0": "Spring '26", "67.0": "Summer '26", "68.0": "Winter '27"}
_OLDEST_SUPPORTED = 31.0

Middleware = Callable[..., Any]


@dataclass(frozen=True)
class Received:
    """A request as it came; `path` is whole, `body` is what its JSON says."""

    method: str
    path: str
    headers: Mapping[str, str]
    """By lower-case name."""
    body: Any


class FakeSalesforce(Crm):
    """One org and its REST API.

    Args:
        clock: tells the time: every stamp comes from it.
        my_domain: the org's address, where a test maps that name to `url`; `url` itself otherwise.
            It is the audience of assertions and the `instance_url` of tokens.
        middlewares: aiohttp middlewares around everything.
    """

    def __init__(
        self,
        *,
        clock: Callable[[], datetime] = utc_now,
        my_domain: str | None = None,
        middlewares: Iterable[Middleware] = (),
    ) -> None:
        super().__init__(clock=clock)
        self.url = ""
        self.received: list[Received] = []
        """Every request, the oldest first."""
        self.most_requests, self.used_requests = 115_000, 0
        """The requests that the org may make in 24 hours, and those made."""
        self.sessions = Sessions(user_id=self._active_user, clock=self.clock)
        self.rest = Rest(self)
        self._my_domain, self._middlewares = my_domain, tuple(middlewares)
        self._faults: list[tuple[str, Fault]] = []
        self._runner: web.AppRunner | None = None

    # ---- what tests ask --------------------------------------------------------------------------

    def register(
        self, consumer_key: str, *, public_key: str | None = None, secret: str | None = None
    ) -> None:
        """Let an app in: by the PEM of its certificate or public key, by its secret, or both."""
        self.sessions.register(consumer_key, public_key=public_key, secret=secret)

    def end_sessions(self) -> None:
        """Make every token end now: the next call gets 401 INVALID_SESSION_ID."""
        self.sessions.end()

    def fail_next(self, fault: Fault, *, on: str = "", times: int = 1) -> None:
        """Let coming requests meet a fault; `on` is part of "METHOD /path", as "POST /chatter"."""
        self._faults += [(on, fault)] * times

    def received_at(self, path: str, *, method: str = "") -> list[Received]:
        """Return the requests to paths that end so."""
        return [
            each
            for each in self.received
            if each.path.endswith(path) and method in {"", each.method}
        ]

    # ---- serving ---------------------------------------------------------------------------------

    async def start(self, port: int = 0) -> None:
        """Listen on loopback; port 0 is any free one."""
        app = web.Application(middlewares=self._middlewares)
        app.router.add_post("/services/oauth2/token", self._around(self._token))
        app.router.add_get("/services/data", self._around(self._versions))
        app.router.add_get("/services/data/", self._around(self._versions))
        app.router.add_route("*", "/services/data/{version}/{path:.*}", self._around(self._api))
        self._runner = web.AppRunner(
            app, access_log=None, handler_cancellation=True, shutdown_timeout=0.1
        )
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", port).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.stop()

    def _around(self, handler: Callable[[web.Request], Any]) -> Callable[[web.Request], Any]:
        """Note the request, then let it meet its handler or the fault that waits for it."""

        async def handle(request: web.Request) -> web.StreamResponse:
            headers = {name.lower(): value for name, value in request.headers.items()}
            is_json = request.content_type == "application/json"
            body = bodies.decoded(await request.read()) if is_json else None
            self.received.append(Received(request.method, request.path, headers, body))

            async def respond() -> web.StreamResponse:
                response: web.StreamResponse = await handler(request)
                return response

            for number, (on, fault) in enumerate(self._faults):
                if on in f"{request.method} {request.path.removeprefix(BASE)}":
                    del self._faults[number]
                    return await fault(request, respond)
            return await respond()

        return handle

    # ---- outside of the versioned API ------------------------------------------------------------

    async def _token(self, request: web.Request) -> web.Response:
        form = {name: str(value) for name, value in (await request.post()).items()}
        authorization = request.headers.get("Authorization")
        try:
            granted = self.sessions.grant(form, authorization, instance_url=self._instance_url)
        except TokenRefused as refused:
            return web.json_response(refused.body, status=HTTPStatus.BAD_REQUEST)
        return web.json_response(granted)

    async def _versions(self, _request: web.Request) -> web.Response:
        return web.json_response(
            [
                {"label": label, "url": f"/services/data/v{version}", "version": version}
                for version, label in VERSIONS.items()
            ]
        )

    @property
    def _instance_url(self) -> str:
        return self._my_domain or self.url

    def _active_user(self, username: str) -> str | None:
        users = self.database.begin().all("User")
        return next(
            (row["Id"] for row in users if row["Username"] == username and row["IsActive"]), None
        )

    # ---- the versioned API -----------------------------------------------------------------------

    async def _api(self, request: web.Request) -> web.Response:
        try:
            answer = await self._answer(request)
        except SalesforceError as error:
            answer = Answer(error.status, error.body)
        usage = f"api-usage={self.used_requests}/{self.most_requests}"
        headers = {**answer.headers, "Sforce-Limit-Info": usage}
        if answer.status == HTTPStatus.NO_CONTENT:
            return web.Response(status=answer.status, headers=headers)
        return web.json_response(answer.body, status=answer.status, headers=headers)

    async def _answer(self, request: web.Request) -> Answer:
        _check_version(request.match_info["version"])
        user_id = self.sessions.user(request.headers.get("Authorization"))
        if user_id is None:
            raise session_ended()
        if self.used_requests >= self.most_requests:
            raise requests_used_up()
        self.used_requests += 1
        call = Call(
            method=request.method,
            path=f"/{request.match_info['path']}".rstrip("/"),
            user_id=user_id,
            query=dict(request.query),
            headers={name.lower(): value for name, value in request.headers.items()},
            body=await bodies.read(request),
        )
        if (call.method, call.path) == ("POST", "/composite"):
            return composite.run(call.body, rest=self.rest, database=self.database, user_id=user_id)
        transaction = self.database.begin()
        try:
            is_encoded = call.headers.get("x-chatter-entity-encoding", "true") != "false"
            records = self.records(transaction, user_id)
            answer = self._alone(call, Chatter(records, BASE, is_encoded=is_encoded))
            answer = answer or self.rest.answer(call, transaction)
            transaction.commit()
        finally:
            transaction.abandon()
        return answer

    def _alone(self, call: Call, chatter: Chatter) -> Answer | None:
        """Answer what cannot be part of a composite; None for everything else."""
        match call.method, *call.path.strip("/").split("/"):
            case "POST", "chatter", "feed-elements":
                return Answer(HTTPStatus.CREATED, chatter.create(call.body))
            case "GET", "chatter", "feeds", "record", case_id, "feed-elements":
                body = chatter.feed(case_id, call.query)
            case "GET", "chatter", "mentions", "validations":
                body = chatter.validations(call.query)
            case "GET", "ui-api", "object-info", "Case", "picklist-values", record_type, field:
                url = f"{BASE}{call.path}"
                body = picklist_values(self.org, record_type_id=record_type, field=field, url=url)
            case _:
                return None
        return Answer(body=body)


def _check_version(version: str) -> None:
    number = version.removeprefix("v")
    if number in VERSIONS:
        return
    if number.replace(".", "", 1).isdecimal() and float(number) < _OLDEST_SUPPORTED:
        raise SalesforceError(
            "UNSUPPORTED_API_VERSION",
            "This API version is no longer supported",
            status=HTTPStatus.GONE,
        )
    raise not_found()
