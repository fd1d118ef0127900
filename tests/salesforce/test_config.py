"""The configuration: what cannot work is refused at the start, without telling a secret."""

from __future__ import annotations

import pytest
from pydantic import SecretStr

from retention.salesforce.config import FieldNames
from retention.salesforce.login import flow_of
from tests.salesforce.orgs import config, private_pem

URL = "https://acme.my.salesforce.com"


@pytest.mark.parametrize(
    "wrong",
    [
        {"url": "http://acme.my.salesforce.com"},
        {"url": "https://acme.my.salesforce.com/services"},
        {"url": "acme.my.salesforce.com"},
        {"client_secret": SecretStr("x")},
        {"private_key": None},
        {"username": ""},
        {"api_version": "67"},
        {"record_types": ()},
        {"record_types": ("x",)},
        {"log_object": "Log; DROP"},
    ],
    ids=str,
)
def test_a_wrong_setting_is_refused(wrong):
    with pytest.raises(ValueError, match=r"must|needs|give"):
        config(**{"url": URL, **wrong})


@pytest.mark.parametrize("name", [{"plan": "Plan__c FROM"}, {"key": "a.b"}, {"log_key": ""}])
def test_a_field_that_is_no_name_is_refused(name):
    with pytest.raises(ValueError, match="not the API name"):
        FieldNames(**name)


def test_no_secret_shows():
    pem = private_pem()

    shown = repr(config(URL)) + repr(
        config(URL, private_key=None, client_secret=SecretStr("s3cr3t"))
    )

    assert "s3cr3t" not in shown
    assert pem.splitlines()[1] not in shown


@pytest.mark.parametrize("pem", ["", "nonsense", "-----BEGIN PRIVATE KEY-----\nAAAA\n"])
def test_an_unreadable_private_key_is_refused_without_showing_it(pem):
    with pytest.raises(ValueError, match="private key") as caught:
        flow_of(config(URL, private_key=SecretStr(pem)))

    assert "AAAA" not in str(caught.value)
