"""Our own tokens: how rarely one is asked for, and what is done while none can be had."""

from __future__ import annotations

import asyncio

import pytest
from pydantic import SecretStr
from structlog.testing import capture_logs

from bot.tokens import (
    GRAPH_RESOURCE,
    ClientCredentialsToken,
    ManagedIdentityToken,
    NoToken,
    TokenProvider,
    TokenRefused,
    TokenUnavailable,
)
from tests.bot.fake_clock import FakeClock
from tests.fake_identity import APP_ID, SECRET, FakeIdentity


@pytest.fixture
async def identity():
    async with FakeIdentity() as fake:
        yield fake


@pytest.fixture
def clock():
    return FakeClock()


@pytest.fixture(params=["token", "managed"])
def kind(request):
    return request.param


@pytest.fixture
def provide(kind, identity, session, clock):
    def provide(**resource):
        if kind == "managed":
            return ManagedIdentityToken(
                session=session, app_id=APP_ID, base_url=identity.base_url, clock=clock, **resource
            )
        return ClientCredentialsToken(
            session=session,
            tenant_id=identity.tenant_id,
            app_id=APP_ID,
            secret=SecretStr(SECRET),
            url=identity.token_url,
            clock=clock,
            **resource,
        )

    return provide


@pytest.fixture
def provider(provide):
    return provide()


async def settled(provider):
    """Wait for the renewal in the background, if there is one."""
    if provider._renewal.running:
        await asyncio.gather(provider._renewal.start(), return_exceptions=True)


class TestOutbound:
    async def test_local_mode_has_no_token(self):
        provider: TokenProvider = NoToken()

        assert await provider.token() is None

    async def test_64_first_turns_ask_for_one_token(self, provider, identity, kind):
        identity.gate.clear()
        turns = [asyncio.create_task(provider.token()) for _ in range(64)]
        await asyncio.sleep(0)
        identity.gate.set()

        tokens = await asyncio.gather(*turns)

        assert set(tokens) == {"access-1"}
        assert identity.requests[kind] == 1

    async def test_a_token_is_asked_for_once_in_its_lifetime(self, provider, identity, kind, clock):
        for _ in range(23):
            await provider.token()
            clock.now += 3600.0

        assert identity.requests[kind] == 1

    async def test_a_token_is_for_the_resource_it_was_asked_for(self, provide, identity):
        identity.resource = GRAPH_RESOURCE

        assert await provide(resource=GRAPH_RESOURCE).token() == "access-1"
        with pytest.raises(TokenRefused):
            await provide().token()

    async def test_nobody_waits_while_a_token_is_renewed(self, provider, identity, clock):
        await provider.token()
        clock.now += identity.expires_in - 500
        identity.gate.clear()

        during = await provider.token()
        identity.gate.set()
        await settled(provider)

        assert during == "access-1"
        assert await provider.token() == "access-2"

    async def test_a_token_is_not_used_in_its_last_five_minutes(self, provider, identity, clock):
        await provider.token()

        clock.now += identity.expires_in - 299

        assert await provider.token() == "access-2"

    async def test_a_failed_renewal_leaves_the_old_token_in_use(
        self, provider, identity, kind, clock
    ):
        await provider.token()
        clock.now += identity.expires_in - 500
        identity.failing = {kind: 503}

        for _ in range(5):
            assert await provider.token() == "access-1"
            await settled(provider)

        assert identity.requests[kind] == 2

    async def test_a_failed_renewal_is_tried_again_after_a_while(
        self, provider, identity, kind, clock
    ):
        await provider.token()
        clock.now += identity.expires_in - 500
        identity.failing = {kind: 503}
        await provider.token()
        await settled(provider)

        clock.now += 10.0
        identity.failing = {}
        await provider.token()
        await settled(provider)

        assert await provider.token() == "access-3"

    @pytest.mark.parametrize("status", [429, 500, 503])
    async def test_an_identity_service_that_fails_is_a_passing_failure(
        self, provider, identity, kind, status
    ):
        identity.failing = {kind: status}

        with pytest.raises(TokenUnavailable):
            await provider.token()

        identity.failing = {}
        assert await provider.token() == "access-2"

    async def test_an_unreadable_answer_is_a_passing_failure(self, provider, identity):
        identity.expires_in = "soon"

        with pytest.raises(TokenUnavailable):
            await provider.token()

    async def test_an_unreachable_identity_service_is_a_passing_failure(self, session):
        provider = ManagedIdentityToken(
            session=session, app_id=APP_ID, base_url="http://127.0.0.1:9"
        )

        with pytest.raises(TokenUnavailable):
            await provider.token()

    async def test_a_wrong_secret_is_told_apart_and_never_logged(self, identity, session):
        provider = ClientCredentialsToken(
            session=session,
            tenant_id=identity.tenant_id,
            app_id=APP_ID,
            secret=SecretStr("wrong-secret"),
            url=identity.token_url,
        )

        with capture_logs() as logs, pytest.raises(TokenRefused) as refused:
            await provider.token()

        assert str(refused.value) == "401 invalid_client"
        assert "wrong-secret" not in repr(logs)

    async def test_a_short_lived_token_is_still_used(self, provider, identity, kind, clock):
        identity.expires_in = 200

        await provider.token()
        clock.now += 90.0
        await provider.token()

        assert identity.requests[kind] == 1
