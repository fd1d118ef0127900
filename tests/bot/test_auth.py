"""Who speaks: every way a token can be wrong, and how rarely anybody is asked about it."""

from __future__ import annotations

import asyncio
import base64
import hmac
import time
from typing import Any

import orjson
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.auth import Forbidden, NoAuthentication, TokenValidator, Unauthenticated
from bot.http import MAX_BODY_BYTES, Edge
from bot.metrics import Metrics
from bot.room import Room
from bot.service_url import TEAMS_HOSTS, ServiceUrl
from bot.signing_keys import SigningKeys
from retention.services.ports.effects import Backlog
from tests.bot.fake_clock import FakeClock
from tests.fake_identity import APP_ID, SERVICE_URL, TENANT_ID, FakeIdentity, rsa_key

DAY = 24 * 3600


def activity(**over):
    everything = {"type": "message", "channelId": "msteams", "serviceUrl": SERVICE_URL, **over}
    return {name: value for name, value in everything.items() if value is not None}


def bearer(token):
    return f"Bearer {token}"


@pytest.fixture
async def identity():
    async with FakeIdentity() as fake:
        yield fake


@pytest.fixture
def clock():
    """The monotonic clock of caches."""
    return FakeClock()


@pytest.fixture
def wall():
    """The clock that tokens are dated by."""
    return FakeClock(time.time())


@pytest.fixture
def make_validator(identity, session, clock, wall):
    def make(**limits):
        timeout = limits.pop("timeout_seconds", 5.0)
        keys = SigningKeys(
            session=session,
            metadata_url=identity.metadata_url,
            timeout_seconds=timeout,
            clock=clock,
        )
        return TokenValidator(app_id=APP_ID, keys=keys, clock=wall, **limits)

    return make


@pytest.fixture
def validator(make_validator):
    return make_validator()


def signed_with_our_public_key(identity):
    """Forge the classic confusion: our public key, known to all, as the secret of an HMAC."""
    secret = rsa_key(0).public_key().public_bytes(Encoding.PEM, PublicFormat.PKCS1)
    head = base64url(f'{{"alg":"HS256","kid":"{identity.key_id}"}}'.encode())
    signed = f"{head}.{identity.sign().split('.')[1]}"
    return f"{signed}.{base64url(hmac.digest(secret, signed.encode(), 'sha256'))}"


def base64url(raw):
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


class NoKeys:
    loaded = True

    async def get(self, _key_id):
        return None


NOW = time.time()
BAD_TOKENS = {
    "wrong audience": (lambda i: i.sign(aud="someone-else"), "InvalidAudienceError"),
    "no audience": (lambda i: i.sign(aud=None), "MissingRequiredClaimError"),
    "wrong issuer": (lambda i: i.sign(iss="https://evil.example"), "InvalidIssuerError"),
    "issuer of the emulator": (
        lambda i: i.sign(iss="https://sts.windows.net/d6d49420-f39b-4df7-a1dc-d59a935871db/"),
        "InvalidIssuerError",
    ),
    "no issuer": (lambda i: i.sign(iss=None), "MissingRequiredClaimError"),
    "wrong service url": (lambda i: i.sign(serviceurl="https://evil.example/"), "service-url"),
    "service url in other case": (lambda i: i.sign(serviceurl=SERVICE_URL.upper()), "service-url"),
    "service url of another kind": (lambda i: i.sign(serviceurl=[SERVICE_URL]), "service-url"),
    "no service url": (lambda i: i.sign(serviceurl=None), "MissingRequiredClaimError"),
    "expired": (lambda i: i.sign(exp=int(NOW) - 3600), "expired"),
    "no expiry": (lambda i: i.sign(exp=None), "MissingRequiredClaimError"),
    "expiry that is no number": (lambda i: i.sign(exp="2099"), "unreadable-time"),
    "expiry that never comes": (lambda i: i.sign(exp=float("nan")), "unreadable-time"),
    "expiry beyond all numbers": (lambda i: i.sign(exp=10**400), "unreadable-time"),
    "beginning before all numbers": (lambda i: i.sign(nbf=-(10**400)), "unreadable-time"),
    "not yet valid": (lambda i: i.sign(nbf=int(NOW) + 3600), "not-yet-valid"),
    "signed by another key": (lambda i: i.sign(key=rsa_key(7)), "InvalidSignatureError"),
    "RS512": (lambda i: i.sign(algorithm="RS512"), "algorithm"),
    "no signature": (lambda i: i.sign(key="", algorithm="none"), "algorithm"),
    "signed with our public key": (signed_with_our_public_key, "algorithm"),
    "unknown key": (lambda i: i.sign(headers={"kid": "unheard-of"}), "unknown-key"),
    "no key id": (lambda i: i.sign(headers={"kid": None}), "algorithm"),
    "tampered": (lambda i: i.sign()[:-8] + "AAAAAAAA", "InvalidSignatureError"),
    "cut short": (lambda i: i.sign().rpartition(".")[0], "malformed"),
    "no token at all": (lambda _: "gibberish", "malformed"),
    "bytes that are no text": (lambda i: "\udcff" + i.sign(), "malformed"),
    "a header nested without end": (
        lambda _: base64url(b"[" * 5000) + ".e30.AAAA",
        "malformed",
    ),
}


class TestInbound:
    async def test_a_good_token_passes(self, validator, identity):
        await validator.validate(bearer(identity.sign()), activity())

    async def test_clocks_may_differ_by_five_minutes(self, validator, identity, wall):
        now = int(wall.now)

        await validator.validate(bearer(identity.sign(exp=now - 290)), activity())
        await validator.validate(bearer(identity.sign(nbf=now + 290)), activity())

    @pytest.mark.parametrize("case", BAD_TOKENS)
    async def test_a_bad_token_is_refused(self, validator, identity, case):
        make_token, reason = BAD_TOKENS[case]

        with pytest.raises(Unauthenticated) as refused:
            await validator.validate(bearer(make_token(identity)), activity())

        assert refused.value.reason == reason

    @pytest.mark.parametrize("authorization", [None, "", "Bearer", "Bearer ", "Basic dTpw", "x"])
    async def test_without_a_bearer_token_nobody_enters(self, validator, identity, authorization):
        with pytest.raises(Unauthenticated) as refused:
            await validator.validate(authorization, activity())

        assert refused.value.reason == "no-bearer-token"
        assert identity.requests.total() == 0

    @pytest.mark.parametrize("service_url", [None, "https://evil.example/", "", 5])
    async def test_the_activity_must_name_the_service_url_of_the_token(
        self, validator, identity, service_url
    ):
        with pytest.raises(Unauthenticated) as refused:
            await validator.validate(bearer(identity.sign()), activity(serviceUrl=service_url))

        assert refused.value.reason == "service-url"

    @pytest.mark.parametrize("channel", [None, "webchat", "MSTEAMS", ["msteams"]])
    async def test_a_good_token_opens_no_other_channel(self, validator, identity, channel):
        with pytest.raises(Forbidden) as refused:
            await validator.validate(bearer(identity.sign()), activity(channelId=channel))

        assert refused.value.reason == "channel"

    @pytest.mark.parametrize("endorsements", [None, [], ["webchat"]])
    async def test_the_key_must_be_endorsed_for_teams(self, validator, identity, endorsements):
        identity.endorsements = endorsements

        with pytest.raises(Unauthenticated) as refused:
            await validator.validate(bearer(identity.sign()), activity())

        assert refused.value.reason == "not-endorsed"

    @settings(deadline=None)
    @given(parts=st.lists(st.binary(max_size=40).map(base64url) | st.text(max_size=10), max_size=4))
    def test_nothing_in_the_header_breaks_the_check(self, parts):
        no_keys: Any = NoKeys()
        validator = TokenValidator(app_id=APP_ID, keys=no_keys)

        with pytest.raises(Unauthenticated):
            asyncio.run(validator.validate(bearer(".".join(parts)), activity()))

    async def test_local_mode_asks_for_nothing(self):
        await NoAuthentication().validate(None, {})


class TestRememberedTokens:
    async def test_each_activity_is_compared_with_what_the_token_claims(self, validator, identity):
        authorization = bearer(identity.sign())
        await validator.validate(authorization, activity())

        with pytest.raises(Unauthenticated):
            await validator.validate(authorization, activity(serviceUrl="https://evil.example/"))
        with pytest.raises(Forbidden):
            await validator.validate(authorization, activity(channelId="webchat"))

    async def test_a_remembered_token_expires(self, validator, identity, wall):
        authorization = bearer(identity.sign(exp=int(wall.now) + 60))
        await validator.validate(authorization, activity())

        wall.now += 60 + 301

        with pytest.raises(Unauthenticated) as refused:
            await validator.validate(authorization, activity())
        assert refused.value.reason == "expired"

    async def test_a_refused_token_is_not_remembered_as_good(self, validator, identity):
        authorization = bearer(identity.sign(aud="someone-else"))

        for _ in range(2):
            with pytest.raises(Unauthenticated):
                await validator.validate(authorization, activity())

    async def test_only_so_many_are_remembered(self, make_validator, identity):
        validator = make_validator(remembered=3)

        for number in range(10):
            await validator.validate(bearer(identity.sign(jti=str(number))), activity())

        assert len(validator._remembered) == 3


class TestSigningKeys:
    async def test_64_first_turns_fetch_the_keys_once(self, validator, identity):
        identity.gate.clear()
        turns = [
            asyncio.create_task(
                validator.validate(bearer(identity.sign(jti=str(number))), activity())
            )
            for number in range(64)
        ]
        await asyncio.sleep(0)
        identity.gate.set()

        await asyncio.gather(*turns)

        assert identity.requests == {"metadata": 1, "keys": 1}

    async def test_a_turn_that_comes_during_the_fetch_waits_for_it(self, validator, identity):
        identity.gate.clear()
        first = asyncio.create_task(validator.validate(bearer(identity.sign()), activity()))
        await identity.asked.wait()
        second = asyncio.create_task(validator.validate(bearer(identity.sign()), activity()))
        await asyncio.sleep(0)

        identity.gate.set()

        await asyncio.gather(first, second)

    async def test_a_flood_of_unknown_keys_fetches_them_once_in_ten_seconds(
        self, validator, identity, clock
    ):
        await validator.validate(bearer(identity.sign()), activity())

        for _ in range(10):
            clock.now += 2.0
            for number in range(20):
                forged = identity.sign(headers={"kid": f"forged-{number}"})
                with pytest.raises(Unauthenticated):
                    await validator.validate(bearer(forged), activity())

        assert identity.requests["keys"] == 1 + 2

    async def test_nor_are_keys_that_never_came_asked_for_more_often(
        self, validator, identity, clock
    ):
        identity.failing = {"metadata": 503}

        for _ in range(21):
            forged = identity.sign(headers={"kid": "forged"})
            with pytest.raises(Unauthenticated):
                await validator.validate(bearer(forged), activity())
            clock.now += 1.0

        assert identity.requests == {"metadata": 3}

    async def test_a_new_signing_key_is_served_at_once(self, validator, identity, clock):
        await validator.validate(bearer(identity.sign()), activity())
        clock.now += 10.0
        identity.rotate()

        await validator.validate(bearer(identity.sign()), activity())

        assert identity.requests["keys"] == 2

    async def test_even_in_a_flood_a_new_signing_key_is_served_within_ten_seconds(
        self, validator, identity, clock
    ):
        await validator.validate(bearer(identity.sign()), activity())
        clock.now += 10.0
        with pytest.raises(Unauthenticated):
            await validator.validate(bearer(identity.sign(headers={"kid": "forged"})), activity())
        identity.rotate()
        with pytest.raises(Unauthenticated):
            await validator.validate(bearer(identity.sign()), activity())

        clock.now += 10.0

        await validator.validate(bearer(identity.sign()), activity())

    async def test_the_keys_are_kept_for_a_day(self, validator, identity, clock):
        for hour in range(24):
            await validator.validate(bearer(identity.sign(jti=str(hour))), activity())
            clock.now += 3599.0

        assert identity.requests["keys"] == 1

    async def test_a_withdrawn_key_is_refused_after_a_day(self, validator, identity, clock):
        withdrawn = identity.sign(jti="not seen before")
        await validator.validate(bearer(identity.sign()), activity())
        identity.rotate(withdraw=True)

        clock.now += DAY

        with pytest.raises(Unauthenticated) as refused:
            await validator.validate(bearer(withdrawn), activity())
        assert refused.value.reason == "unknown-key"

    async def test_while_the_keys_cannot_be_had_the_old_ones_serve(
        self, validator, identity, clock
    ):
        await validator.validate(bearer(identity.sign()), activity())
        identity.failing = {"keys": 503}

        clock.now += DAY

        await validator.validate(bearer(identity.sign(jti="another")), activity())

    async def test_keys_that_could_not_be_asked_about_for_three_days_serve_no_longer(
        self, validator, identity, clock
    ):
        await validator.validate(bearer(identity.sign()), activity())
        identity.failing = {"keys": 503}

        clock.now += 3 * DAY

        with pytest.raises(Unauthenticated):
            await validator.validate(bearer(identity.sign(jti="another")), activity())

    async def test_a_known_key_waits_for_no_endpoint_that_hangs(self, validator, identity, clock):
        await validator.validate(bearer(identity.sign()), activity())
        identity.delay_seconds = 3.0
        clock.now += DAY

        begun = time.monotonic()
        await validator.validate(bearer(identity.sign(jti="another")), activity())

        assert time.monotonic() - begun < identity.delay_seconds / 2

    @pytest.mark.parametrize("kind", ["metadata", "keys"])
    async def test_without_any_key_nobody_enters_until_they_can_be_had(
        self, validator, identity, clock, kind
    ):
        identity.failing = {kind: 503}
        with pytest.raises(Unauthenticated) as refused:
            await validator.validate(bearer(identity.sign()), activity())
        assert refused.value.reason == "keys-unavailable"

        identity.failing = {}
        clock.now += 10.0

        await validator.validate(bearer(identity.sign()), activity())

    async def test_a_hanging_key_server_is_given_up_on(self, make_validator, identity):
        identity.gate.clear()
        validator = make_validator(timeout_seconds=0.05)

        with pytest.raises(Unauthenticated) as refused:
            await validator.validate(bearer(identity.sign()), activity())

        assert refused.value.reason == "keys-unavailable"

    async def test_a_turn_that_is_cancelled_takes_the_keys_from_nobody(self, validator, identity):
        identity.gate.clear()
        leaving, staying = (
            asyncio.create_task(validator.validate(bearer(identity.sign(jti=name)), activity()))
            for name in ("leaving", "staying")
        )
        await asyncio.sleep(0)
        leaving.cancel()
        await asyncio.gather(leaving, return_exceptions=True)

        identity.gate.set()

        await staying
        assert leaving.cancelled()
        assert identity.requests["keys"] == 1

    async def test_warmed_keys_are_not_fetched_in_the_first_turn(self, identity, session, clock):
        keys = SigningKeys(session=session, metadata_url=identity.metadata_url, clock=clock)
        await keys.warm()
        identity.failing = {"keys": 503}

        await TokenValidator(app_id=APP_ID, keys=keys).validate(bearer(identity.sign()), activity())

        assert keys.loaded


class Witness:
    """Stands where turns are run: nobody gets this far who is refused at the edge."""

    def __init__(self):
        self.bodies: list[Any] = []

    async def run(self, body):
        self.bodies.append(body)


@pytest.fixture
def witness():
    return Witness()


@pytest.fixture
async def post(validator, witness):
    """The HTTP edge of production; post a body to it, get status and text."""
    runner: Any = witness

    async def backlog():
        return Backlog(0, 0, 0.0)

    edge = Edge(
        runner=runner,
        validator=validator,
        room=Room(f"28:{APP_ID}", TENANT_ID, "19:team", "", "19:channel", "Canal"),
        service_url=ServiceUrl(TEAMS_HOSTS),
        metrics=Metrics(),
        probes={},
        backlog=backlog,
    )
    application = web.Application(client_max_size=MAX_BODY_BYTES)
    application.add_routes(edge.routes())
    async with TestClient(TestServer(application)) as client:

        async def post(authorization, body, content_type="application/json"):
            headers = {"Content-Type": content_type}
            if authorization is not None:
                headers["Authorization"] = authorization
            data = body if isinstance(body, bytes) else orjson.dumps(body)
            async with client.post("/api/messages", data=data, headers=headers) as response:
                return response.status, await response.text()

        yield post


def said(**over):
    """What somebody said to the bot in their personal chat."""
    everything = {
        "type": "message",
        "id": "1",
        "channelId": "msteams",
        "serviceUrl": SERVICE_URL,
        "from": {"id": "29:ana", "aadObjectId": "a1"},
        "recipient": {"id": f"28:{APP_ID}"},
        "conversation": {"id": "a:1", "conversationType": "personal", "tenantId": TENANT_ID},
        "channelData": {"tenant": {"id": TENANT_ID}},
        "text": "oi",
        **over,
    }
    return {name: value for name, value in everything.items() if value is not None}


SENT_AS_TEXT = {
    name: made
    for name, made in BAD_TOKENS.items()
    if name != "bytes that are no text"  # no HTTP client sends these
}


class TestAtTheEdge:
    """Every row of what the SDK got wrong: a bare 401 or 403, and nobody answers."""

    async def test_a_valid_token(self, post, identity, witness):
        assert await post(bearer(identity.sign()), said()) == (200, "")
        assert len(witness.bodies) == 1

    @pytest.mark.parametrize("authorization", [None, "", "Bearer", "Basic dTpw"])
    async def test_no_authorization_header_or_another_scheme(self, post, witness, authorization):
        assert await post(authorization, said()) == (401, "")
        assert witness.bodies == []

    @pytest.mark.parametrize("case", SENT_AS_TEXT)
    async def test_a_bad_token(self, post, identity, witness, case):
        make_token, _ = SENT_AS_TEXT[case]

        assert await post(bearer(make_token(identity)), said()) == (401, "")
        assert witness.bodies == []

    async def test_a_body_without_service_url(self, post, identity, witness):
        assert await post(bearer(identity.sign()), said(serviceUrl=None)) == (401, "")
        assert witness.bodies == []

    @pytest.mark.parametrize("channel", [None, "webchat", "emulator"])
    async def test_a_body_of_no_channel_or_another_one(self, post, identity, witness, channel):
        assert await post(bearer(identity.sign()), said(channelId=channel)) == (403, "")
        assert witness.bodies == []

    @pytest.mark.parametrize("endorsements", [None, [], ["webchat"]])
    async def test_a_key_that_is_not_endorsed_for_teams(
        self, post, identity, witness, endorsements
    ):
        identity.endorsements = endorsements

        assert await post(bearer(identity.sign()), said()) == (401, "")
        assert witness.bodies == []

    async def test_keys_that_cannot_be_had(self, post, identity, witness):
        identity.failing = {"keys": 503}

        assert await post(bearer(identity.sign()), said()) == (401, "")
        assert witness.bodies == []

    @pytest.mark.parametrize(("body", "status"), [(b"{", 400), (b"[]", 400), (b"{}", 400)])
    async def test_a_body_that_is_no_activity(self, post, identity, witness, body, status):
        assert await post(bearer(identity.sign()), body) == (status, "")
        assert witness.bodies == []

    async def test_another_content_type(self, post, identity, witness):
        answer = await post(bearer(identity.sign()), b"{}", content_type="text/plain")

        assert answer == (415, "")
        assert witness.bodies == []

    @pytest.mark.parametrize(
        "foreign",
        [
            {"recipient": {"id": "28:another-bot"}},
            {"channelData": {"tenant": {"id": "another-tenant"}}},
            {"channelData": {"tenant": {"id": TENANT_ID}, "team": {"id": "19:another"}}},
        ],
    )
    async def test_a_valid_token_for_somebody_else_s_activity(
        self, post, identity, witness, foreign
    ):
        assert await post(bearer(identity.sign()), said(**foreign)) == (200, "")
        assert witness.bodies == []

    async def test_an_address_that_is_not_of_teams(self, post, identity, witness):
        elsewhere = "https://smba.trafficmanager.net.evil.example/"

        answer = await post(bearer(identity.sign(serviceurl=elsewhere)), said(serviceUrl=elsewhere))

        assert answer == (200, "")
        assert witness.bodies == []
