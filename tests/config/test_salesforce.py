"""The settings of the CRM: another organisation's names are configuration."""

from __future__ import annotations

import pytest
from pydantic import SecretStr

from config.salesforce import SalesforceSettings
from config.settings import InvalidSettings
from retention.domain.events import HandoverStep
from retention.salesforce.config import FieldNames, SalesforceConfig


def settings(**given):
    return SalesforceSettings(
        _env_file=None,
        url="https://acme.my.salesforce.com",
        client_id="app",
        client_secret=SecretStr("s"),
        **given,
    )


def test_what_is_not_set_is_as_the_client_has_it():
    names = FieldNames()

    config = settings().config

    assert config.fields == names
    assert config.record_types == SalesforceConfig.__dataclass_fields__["record_types"].default


def test_record_types_and_fields_of_another_organisation_are_taken_over():
    config = settings(
        record_types="0123h000000RtAbAAK, 0123h000000RtCdAAK",
        log_object="Log__c",
        log_key_field="Chave__c",
        log_case_field="Caso__c",
        case_key_field="Chave_Bot__c",
        case_customer_field="Cliente__c",
    ).config

    assert config.record_types == ("0123h000000RtAbAAK", "0123h000000RtCdAAK")
    assert (config.fields.log_key, config.fields.log_case) == ("Chave__c", "Caso__c")
    assert (config.fields.key, config.fields.customer) == ("Chave_Bot__c", "Cliente__c")


@pytest.mark.parametrize(
    "wrong", [{"record_types": "x"}, {"record_types": ""}, {"log_key_field": "a b"}], ids=str
)
def test_what_is_no_name_of_salesforce_is_refused(wrong):
    with pytest.raises(InvalidSettings, match="SALESFORCE_"):
        _ = settings(**wrong).config


def test_what_a_handover_sets_is_named_to_whoever_does_it_by_hand():
    values = settings(status="Aguardando Financeiro").handover_values

    assert values[HandoverStep.STATUS] == "Aguardando Financeiro"
    assert values[HandoverStep.QUEUE] == "FOOD - ADMINISTRATIVO/FINANCEIRO"
