import pytest

from dev.salesforce.server import FakeSalesforce
from retention.salesforce.crm import SalesforceCrm
from tests.bot.fake_clock import FakeClock
from tests.salesforce.orgs import BY_SECRET, CLIENT_ID, config, public_pem


@pytest.fixture
async def org():
    async with FakeSalesforce() as salesforce:
        salesforce.register(CLIENT_ID, public_key=public_pem(), secret="app-secret")
        yield salesforce


@pytest.fixture
def pause():
    return FakeClock()


@pytest.fixture
def make_crm(org, session, pause):
    def make_crm(*, observe_call=None, observe_usage=None, **settings):
        observers = {"observe_call": observe_call, "observe_usage": observe_usage}
        return SalesforceCrm(
            config(org.url, **{**BY_SECRET, **settings}),
            session=session,
            now=org.clock,
            clock=pause,
            sleep=pause.sleep,
            **{name: observer for name, observer in observers.items() if observer},
        )

    return make_crm


@pytest.fixture
def crm(make_crm):
    return make_crm()
