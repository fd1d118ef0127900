"""The laws of the fake's sessions: two flows, no expiry told, an end on demand."""

import jwt
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding

from dev.salesforce.oauth import JWT_BEARER
from tests.fake_salesforce.conftest import ANA, CONSUMER_KEY, SECRET, example


class TestAJwtBearer:
    async def test_gets_the_documented_answer(self, stranger, assertion, salesforce):
        reply = await stranger.login(grant_type=JWT_BEARER, assertion=assertion())

        assert reply.status == 200
        assert reply.body.keys() == example("01")["response"]["body"].keys()
        assert reply.body["instance_url"] == salesforce.url

    async def test_may_be_known_by_its_certificate(
        self, stranger, assertion, salesforce, private_key, clock
    ):
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "bot")])
        builder = x509.CertificateBuilder(name, name, private_key.public_key(), 1)
        builder = builder.not_valid_before(clock()).not_valid_after(clock().replace(year=2030))
        certificate = builder.sign(private_key, hashes.SHA256())
        salesforce.register(
            CONSUMER_KEY, public_key=certificate.public_bytes(Encoding.PEM).decode()
        )

        reply = await stranger.login(grant_type=JWT_BEARER, assertion=assertion())

        assert reply.status == 200

    @pytest.mark.parametrize(
        ("claims", "error"),
        [
            ({"iss": "another"}, "invalid_client_id"),
            ({"aud": "https://login.salesforce.com"}, "invalid_grant"),
            ({"exp": 1}, "invalid_grant"),
            ({"sub": ANA}, "invalid_grant"),
        ],
    )
    async def test_is_refused_with_a_wrong_claim(self, stranger, assertion, claims, error):
        reply = await stranger.login(grant_type=JWT_BEARER, assertion=assertion(**claims))

        assert (reply.status, reply.body["error"]) == (400, error)

    async def test_is_refused_with_the_signature_of_another(self, stranger, assertion):
        thief = rsa.generate_private_key(public_exponent=65537, key_size=2048)

        reply = await stranger.login(grant_type=JWT_BEARER, assertion=assertion(key=thief))

        assert (reply.status, reply.body["error"]) == (400, "invalid_grant")

    async def test_is_refused_with_another_algorithm(self, stranger):
        forged = jwt.encode({"iss": CONSUMER_KEY}, "x" * 32, algorithm="HS256")

        reply = await stranger.login(grant_type=JWT_BEARER, assertion=forged)

        assert (reply.status, reply.body["error"]) == (400, "invalid_grant")


class TestClientCredentials:
    async def test_get_the_documented_answer(self, stranger):
        reply = await stranger.login(
            grant_type="client_credentials", client_id=CONSUMER_KEY, client_secret=SECRET
        )

        assert reply.status == 200
        assert reply.body.keys() == example("02")["response"]["body"].keys()

    async def test_are_refused_with_another_secret(self, stranger):
        reply = await stranger.login(
            grant_type="client_credentials", client_id=CONSUMER_KEY, client_secret="guess"
        )

        assert (reply.status, reply.body["error"]) == (400, "invalid_client")


class TestASession:
    async def test_ends_when_told_to(self, api, case_url, salesforce):
        before = await api("GET", case_url)
        salesforce.end_sessions()

        after = await api("GET", case_url)

        assert (before.status, after.status, after.code) == (200, 401, "INVALID_SESSION_ID")

    async def test_is_needed(self, stranger, case_url):
        reply = await stranger("GET", case_url)

        assert (reply.status, reply.code) == (401, "INVALID_SESSION_ID")


class TestVersions:
    async def test_are_told_to_anybody(self, stranger):
        reply = await stranger.send("GET", "/services/data")

        assert {"label", "url", "version"} == reply.body[0].keys()
        assert "67.0" in [each["version"] for each in reply.body]

    @pytest.mark.parametrize(("version", "status"), [("20.0", 410), ("99.0", 404)])
    async def test_that_are_none_any_more_or_yet_answer_nothing(self, api, version, status):
        reply = await api.send("GET", f"/services/data/v{version}/query")

        assert reply.status == status


class TestTheLimitOfRequests:
    async def test_is_told_with_every_answer(self, api, case_url):
        first = await api("GET", case_url)
        second = await api("GET", case_url)

        assert first.headers["Sforce-Limit-Info"] == "api-usage=1/115000"
        assert second.headers["Sforce-Limit-Info"] == "api-usage=2/115000"

    async def test_refuses_what_is_beyond_it(self, api, case_url, salesforce):
        salesforce.used_requests = salesforce.most_requests

        reply = await api("GET", case_url)

        assert (reply.status, reply.code) == (403, "REQUEST_LIMIT_EXCEEDED")
