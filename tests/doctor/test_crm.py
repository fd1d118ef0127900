"""What the doctor says about Salesforce: the organisation of `dev.salesforce`, well and unwell."""

from __future__ import annotations

import pytest
from pydantic import SecretStr

from dev.salesforce import FakeSalesforce, faults
from dev.salesforce.errors import SalesforceError
from doctor.crm import CrmPatient, salesforce
from retention.domain.people import Person, PersonId, Role
from retention.salesforce.config import SalesforceConfig
from retention.salesforce.crm import SalesforceCrm
from retention.salesforce.diagnosis import Check, Verdict
from tests.doctor.telling import code_of, codes_of

CASE = "00012345"
FERNANDA = Person(
    PersonId("b1"),
    "Fernanda Lima",
    frozenset({Role.ADMFIN_LEAD}),
    email="fernanda.lima@empresa.com.br",
)
STRANGER = Person(
    PersonId("b9"), "Laura Reis", frozenset({Role.ADMFIN_LEAD}), email="laura@empresa.example"
)
WELL = {
    "salesforce.login": ("OK", "logged_in"),
    "salesforce.version": ("OK", "served"),
    "salesforce.picklists": ("OK", "readable"),
    "salesforce.status": ("OK", "found"),
    "salesforce.priority": ("OK", "found"),
    "salesforce.queue": ("OK", "found"),
    "salesforce.rights": ("OK", "enough"),
    "salesforce.log": ("OK", "found"),
    "salesforce.case": ("OK", "found"),
    "salesforce.changes": ("OK", "readable"),
    "salesforce.mention": ("OK", "allowed"),
    "salesforce.allocation": ("OK", "enough"),
}


@pytest.fixture
async def org():
    async with FakeSalesforce() as fake:
        fake.register("app", secret="sesame")
        yield fake


@pytest.fixture
def examine(org, session):
    """Ask the organisation everything with other settings, leads or Caso than the usual."""

    async def ask(
        *, leads=(FERNANDA,), case_number=CASE, is_named=True, step_seconds=10.0, **settings
    ):
        config = SalesforceConfig(
            **{
                "url": org.url,
                "client_id": "app",
                "client_secret": SecretStr("sesame"),
                "queue": "FOOD_ADMINISTRATIVO_FINANCEIRO",
                "status": "Aguardando Informação Externa",
                "priority": "ALTA",
                "log_object": "Recovery_Log__c",
                **settings,
            }
        )
        return await CrmPatient(
            crm=SalesforceCrm(config, session=session),
            has_log=config.log_object is not None,
            leads=leads,
            case_number=case_number,
            is_named=is_named,
            step_seconds=step_seconds,
        ).findings()

    return ask


class TestFindings:
    async def test_a_good_organisation_is_well_and_nothing_is_written(self, examine, org):
        findings = await examine()

        assert codes_of(findings) == WELL
        assert [
            each for each in org.received if each.method != "GET" and "/sobjects/" in each.path
        ] == []

    async def test_neither_addresses_nor_ids_of_people_are_told(self, examine):
        findings = await examine()

        told = " ".join(str(value) for each in findings for value in each.values.values())
        assert FERNANDA.name in told
        assert "@" not in told
        assert "005" not in told

    @pytest.mark.parametrize(
        ("settings", "check", "code"),
        [
            ({"api_version": "v99.0"}, "salesforce.version", ("FALHA", "not_served")),
            ({"status": "Fechado"}, "salesforce.status", ("AVISO", "ends_the_case")),
            ({"status": "Pausado"}, "salesforce.status", ("FALHA", "status_not_found")),
            ({"priority": "URGENTE"}, "salesforce.priority", ("FALHA", "priority_not_found")),
            ({"queue": "FOOD_NADA"}, "salesforce.queue", ("FALHA", "queue_not_found")),
            ({"queue": "FOOD_COMERCIAL"}, "salesforce.queue", ("FALHA", "queue_serves_no_cases")),
            ({"log_object": "Nothing__c"}, "salesforce.log", ("FALHA", "refused")),
            ({"case_number": "99999999"}, "salesforce.case", ("FALHA", "not_visible")),
            ({"leads": (STRANGER,)}, "salesforce.mention", ("FALHA", "no_user")),
        ],
    )
    async def test_what_does_not_fit_is_told(self, examine, settings, check, code):
        findings = await examine(**settings)

        assert codes_of(findings)[check] == code

    async def test_every_lead_is_asked_about(self, examine):
        findings = await examine(leads=(FERNANDA, STRANGER))

        mentions = [each for each in findings if each.check == "salesforce.mention"]
        assert [each.values["person"] for each in mentions] == ["Fernanda Lima", "Laura Reis"]

    async def test_without_a_caso_its_rights_are_said_to_be_untried(self, examine):
        codes = codes_of(await examine(case_number=None))

        assert codes["salesforce.case"] == ("AVISO", "none")
        assert "salesforce.mention" not in codes

    async def test_a_caso_nobody_named_may_be_none_of_salesforce(self, examine):
        codes = codes_of(await examine(case_number="99999999", is_named=False))

        assert codes["salesforce.case"] == ("AVISO", "not_seen")
        assert codes["salesforce.mention"] == ("AVISO", "unasked")

    async def test_without_the_log_object_it_is_no_matter(self, examine):
        assert "salesforce.log" not in codes_of(await examine(log_object=None))

    async def test_a_refused_login_leaves_the_rest_unasked(self, examine):
        codes = codes_of(await examine(client_secret=SecretStr("wrong")))

        assert codes.pop("salesforce.login") == ("FALHA", "failed")
        assert set(codes.values()) == {("AVISO", "unasked")}
        assert codes.keys() == WELL.keys() - {"salesforce.login"}

    async def test_calls_that_are_nearly_used_up_are_a_warning(self, examine, org):
        org.most_requests = 11

        codes = codes_of(await examine())

        assert codes["salesforce.allocation"] == ("AVISO", "nearly_used_up")

    async def test_calls_that_are_used_up_are_a_failure(self, examine, org):
        org.fail_next(faults.limit(), on="/query")

        assert codes_of(await examine())["salesforce.queue"] == ("FALHA", "limit_reached")

    async def test_an_outage_is_told_as_such(self, examine, org):
        org.fail_next(faults.unavailable(), on="/query", times=3)

        assert codes_of(await examine())["salesforce.queue"] == ("FALHA", "unreachable")

    async def test_a_missing_right_is_told_by_its_code(self, examine, org):
        denied = SalesforceError("INSUFFICIENT_ACCESS", "no", status=403)
        org.fail_next(faults.answers(denied), on="/ui-api")

        findings = await examine()

        (picklists,) = [each for each in findings if each.check == "salesforce.picklists"]
        assert code_of(picklists) == ("FALHA", "refused")
        assert picklists.values["why"] == "INSUFFICIENT_ACCESS"

    async def test_what_may_not_be_read_of_the_changes_is_named(self, examine, org):
        org.org.hidden = {"FeedItem", "CaseHistory"}

        findings = await examine()

        (changes,) = [each for each in findings if each.check == "salesforce.changes"]
        assert code_of(changes) == ("FALHA", "refused")
        assert changes.values["why"] == "CaseHistory: INVALID_TYPE, FeedItem: INVALID_TYPE"

    async def test_one_that_hangs_is_a_failure_and_the_rest_is_not_asked(self, examine, org):
        org.fail_next(faults.hang, on="/query")

        codes = codes_of(await examine(step_seconds=0.3))

        assert codes["salesforce.priority"] == ("OK", "found")
        assert codes["salesforce.queue"] == ("FALHA", "silent")
        assert codes["salesforce.log"] == ("AVISO", "unasked")


class Scripted:
    """An adapter that finds what it is told to find."""

    def __init__(self, *found):
        self._found = found

    async def diagnose(self, *, lead_emails, case_number):
        for each in self._found:
            yield each


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (Check("status", Verdict.FAIL, "STATUS_AMBIGUOUS"), ("FALHA", "status_ambiguous")),
        (Check("priority", Verdict.FAIL, "PRIORITY_AMBIGUOUS"), ("FALHA", "priority_ambiguous")),
        (Check("queue", Verdict.FAIL, "QUEUE_AMBIGUOUS"), ("FALHA", "queue_ambiguous")),
        (
            Check("log", Verdict.FAIL, "key_not_unique", {"object": "A__c", "field": "B__c"}),
            ("FALHA", "key_not_unique"),
        ),
        (
            Check("log", Verdict.FAIL, "field_missing", {"object": "A__c", "field": "B__c"}),
            ("FALHA", "field_missing"),
        ),
        (
            Check(
                "mention", Verdict.FAIL, "no_access", {"email": str(FERNANDA.email), "user": "005"}
            ),
            ("FALHA", "no_access"),
        ),
        (Check("allocation", Verdict.WARN, "not_told"), ("AVISO", "not_told")),
        (
            Check("case", Verdict.FAIL, "wrong_setting", {"why": "x"}),
            ("FALHA", "wrong_setting"),
        ),
        (
            Check("changes", Verdict.FAIL, "UnreadableAnswer", {"why": "x"}),
            ("FALHA", "unreachable"),
        ),
    ],
    ids=lambda value: value.code if isinstance(value, Check) else "",
)
async def test_what_the_adapter_finds_keeps_its_gravity(told, expected):
    patient = CrmPatient(crm=Scripted(told), has_log=True, leads=[FERNANDA], case_number=CASE)

    findings = await patient.findings()

    assert code_of(findings[0]) == expected


class TestSettings:
    @pytest.fixture(autouse=True)
    def _clean(self, monkeypatch, tmp_path):
        monkeypatch.chdir(tmp_path)
        for name in ("URL", "CLIENT_ID", "CLIENT_SECRET", "PRIVATE_KEY_FILE", "USERNAME"):
            monkeypatch.delenv(f"SALESFORCE_{name}", raising=False)

    async def test_without_a_url_there_is_no_crm(self, session):
        (finding,) = await salesforce(session, leads=(), named=None)

        assert code_of(finding) == ("AVISO", "absent")

    async def test_what_is_missing_is_named(self, session, monkeypatch):
        monkeypatch.setenv("SALESFORCE_URL", "https://acme.my.salesforce.com")

        (finding,) = await salesforce(session, leads=(), named=None)

        assert code_of(finding) == ("FALHA", "incomplete")
        assert finding.values["names"] == (
            "SALESFORCE_CLIENT_ID, SALESFORCE_PRIVATE_KEY_FILE/SALESFORCE_CLIENT_SECRET"
        )

    async def test_a_wrong_address_is_told_in_the_words_of_the_document(self, session, monkeypatch):
        monkeypatch.setenv("SALESFORCE_URL", "http://acme.my.salesforce.com")
        monkeypatch.setenv("SALESFORCE_CLIENT_ID", "app")
        monkeypatch.setenv("SALESFORCE_CLIENT_SECRET", "sesame")

        (finding,) = await salesforce(session, leads=(), named=None)

        assert code_of(finding) == ("FALHA", "bad")

    async def test_a_broken_key_is_told_without_it(self, session, monkeypatch, tmp_path):
        key = tmp_path / "key.pem"
        key.write_text("-----BEGIN NOTHING-----", encoding="ascii")
        monkeypatch.setenv("SALESFORCE_URL", "https://acme.my.salesforce.com")
        monkeypatch.setenv("SALESFORCE_CLIENT_ID", "app")
        monkeypatch.setenv("SALESFORCE_USERNAME", "bot@empresa.example")
        monkeypatch.setenv("SALESFORCE_PRIVATE_KEY_FILE", str(key))

        (finding,) = await salesforce(session, leads=(), named=None)

        assert code_of(finding) == ("FALHA", "unreadable_key")
        assert finding.values["names"] == "SALESFORCE_PRIVATE_KEY_FILE"

    async def test_with_all_of_them_the_organisation_is_asked(self, session, monkeypatch, org):
        monkeypatch.setenv("SALESFORCE_URL", org.url)
        monkeypatch.setenv("SALESFORCE_CLIENT_ID", "app")
        monkeypatch.setenv("SALESFORCE_CLIENT_SECRET", "sesame")

        codes = codes_of(await salesforce(session, leads=(FERNANDA,), named=CASE))

        assert codes.pop("salesforce.setup") == ("OK", "ok")
        assert codes == {name: code for name, code in WELL.items() if name != "salesforce.log"}
