"""Logging in: one request for everybody, and the token goes nowhere else."""

from __future__ import annotations

import asyncio

import aiohttp
import jwt
import pytest
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import rsa
from pydantic import SecretStr
from structlog.testing import capture_logs

from dev.salesforce import faults
from retention.salesforce.errors import LoginFailed
from retention.salesforce.login import ClientCredentials, JwtBearer, Logins, flow_of
from tests.bot.fake_clock import FakeClock
from tests.salesforce.orgs import CLIENT_ID, USERNAME, config, private_key, private_pem


class TestJwtBearer:
    def test_the_assertion_says_who_we_are_for_two_minutes(self):
        flow = JwtBearer(
            client_id=CLIENT_ID,
            username=USERNAME,
            private_key=SecretStr(private_pem()),
            audience="https://acme.my.salesforce.com",
            wall_clock=lambda: 1_795_291_200.0,
        )

        form = flow.form()

        claims = jwt.decode(
            form["assertion"],
            private_key().public_key(),
            algorithms=["RS256"],
            audience="https://acme.my.salesforce.com",
            options={"verify_exp": False},
        )
        assert form["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer"
        assert claims == {
            "iss": CLIENT_ID,
            "sub": USERNAME,
            "aud": "https://acme.my.salesforce.com",
            "exp": 1_795_291_320,
        }


@pytest.fixture
def logins(org, session, pause):
    return Logins(session=session, url=org.url, flow=flow_of(config(org.url)), clock=pause)


class TestLogins:
    async def test_ten_callers_make_one_login(self, org, logins):
        given = await asyncio.gather(*(logins.current() for _ in range(10)))

        assert len(set(map(id, given))) == 1
        assert org.sessions.granted == 1

    async def test_ten_callers_whose_login_ended_make_one_new_login(self, org, logins):
        ended = await logins.current()

        given = await asyncio.gather(*(logins.renew(ended) for _ in range(10)))

        assert ended not in given
        assert org.sessions.granted == 2

    async def test_the_login_knows_its_user_and_shows_no_token(self, org, logins):
        login = await logins.current()

        assert login.user_id == org.integration_user_id
        assert login.token not in repr(login)

    async def test_client_credentials_log_in_too(self, org, session):
        flow = ClientCredentials(client_id=CLIENT_ID, client_secret=SecretStr("app-secret"))

        login = await Logins(session=session, url=org.url, flow=flow).current()

        assert login.user_id == org.integration_user_id

    async def test_a_key_that_salesforce_does_not_know_is_a_failure_for_now(self, org, session):
        other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        flow = flow_of(config(org.url, private_key=SecretStr(private_pem(other))))

        with pytest.raises(LoginFailed, match="400 invalid_grant"):
            await Logins(session=session, url=org.url, flow=flow).current()

    async def test_after_a_failure_nobody_asks_again_for_five_seconds(self, org, logins, pause):
        org.fail_next(faults.unavailable(), on="oauth2/token")
        with pytest.raises(LoginFailed):
            await logins.current()

        with pytest.raises(LoginFailed):
            await logins.current()
        asked = len(org.received)
        pause.now += 5
        await logins.current()

        assert (asked, len(org.received)) == (1, 2)

    async def test_neither_token_nor_assertion_is_logged(self, org, logins):
        with capture_logs() as logs:
            login = await logins.current()

        assert login.token not in str(logs)
        assert {entry["event"] for entry in logs} == {"crm.logged_in"}


class TestAnswers:
    """What the token endpoint may answer that the organisation of the tests never does."""

    @pytest.fixture
    async def ask(self, session):
        answers: list[web.Response] = []

        async def token(_request):
            return answers.pop()

        app = web.Application()
        app.router.add_post("/services/oauth2/token", token)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        url = f"http://127.0.0.1:{runner.addresses[0][1]}"

        async def ask(answer):
            answers.append(
                answer if isinstance(answer, web.Response) else web.json_response(answer)
            )
            flow = ClientCredentials(client_id="c", client_secret=SecretStr("s"))
            return await Logins(session=session, url=url, flow=flow, clock=FakeClock()).current()

        yield ask
        await runner.cleanup()

    @staticmethod
    def answer(**other):
        return {
            "access_token": "t",
            "instance_url": "https://acme.my.salesforce.com",
            "id": "https://login.salesforce.com/id/00D3h000000OrGxEAK/0053h000009ZyXwAAK",
            **other,
        }

    async def test_calls_go_where_salesforce_says(self, ask):
        login = await ask(self.answer())

        assert str(login.base) == "https://acme.my.salesforce.com"

    @pytest.mark.parametrize(
        "elsewhere",
        [
            "https://evil.example",
            "http://acme.my.salesforce.com",
            "https://salesforce.com.evil.example",
            "https://evilsalesforce.com",
        ],
    )
    async def test_the_token_travels_to_no_other_host(self, ask, elsewhere):
        with pytest.raises(LoginFailed, match="untrusted"):
            await ask(self.answer(instance_url=elsewhere))

    @pytest.mark.parametrize(
        "broken",
        [
            {},
            [],
            {"access_token": "t", "instance_url": "nowhere", "id": "x"},
            web.Response(text="<html>"),
            web.Response(status=302, headers={"Location": "https://evil.example"}),
        ],
        ids=str,
    )
    async def test_an_answer_of_another_shape_is_a_failure_for_now(self, ask, broken):
        with pytest.raises(LoginFailed):
            await ask(broken)

    async def test_a_user_that_is_no_id_is_a_failure_for_now(self, ask):
        with pytest.raises(LoginFailed, match="unreadable user"):
            await ask(self.answer(id="https://login.salesforce.com/id/00D/me"))

    async def test_nobody_listening_is_a_failure_for_now(self, unused_tcp_port):
        flow = ClientCredentials(client_id="c", client_secret=SecretStr("s"))
        async with aiohttp.ClientSession() as session:
            logins = Logins(session=session, url=f"http://127.0.0.1:{unused_tcp_port}", flow=flow)

            with pytest.raises(LoginFailed, match="ClientConnectorError"):
                await logins.current()
