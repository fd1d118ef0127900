"""What others did in the CRM reaches each case once, and one case holds up no other."""

from typing import cast

import pytest
from structlog.testing import capture_logs

from retention.domain.crm_profile import CrmCaseId
from retention.domain.events import CrmChangeKind, CrmHeard
from retention.services.crm_reader import CrmReader
from retention.services.ports.crm import Crm, CrmChange
from retention.services.ports.crm_journal import CrmLink
from tests.fakes import FakeCases, FakeUnitOfWork


class Feed:
    """A CRM in which others do things."""

    usage_share = None

    def __init__(self):
        self.changes_told = []
        self.readings = 0

    async def changes(self, cases, *, since):
        self.readings += 1
        return [change for change in self.changes_told if change.at >= since]


class DamagedCases(FakeCases):
    """Some cases cannot be read."""

    def __init__(self, uow, damaged):
        super().__init__(uow)
        self._damaged = damaged

    async def get(self, number):
        if number in self._damaged:
            raise ValueError("Padaria Sol")
        return await super().get(number)


class DamagedUnitOfWork(FakeUnitOfWork):
    def __init__(self, memory, damaged):
        super().__init__(memory)
        self._damaged = damaged

    async def __aenter__(self):
        await super().__aenter__()
        self.cases = DamagedCases(self, self._damaged)
        return self


class Office:
    def __init__(self, desk):
        self.desk = desk
        self.feed = Feed()
        self.damaged = set()
        self.reader = CrmReader(uow=self.unit_of_work, crm=cast("Crm", self.feed), clock=desk.clock)

    def unit_of_work(self):
        return DamagedUnitOfWork(self.desk.memory, self.damaged)

    async def open(self, number):
        case = await self.desk.open(crm_case_number=f"0000000{number}")
        async with self.desk.memory.unit_of_work() as uow:
            link = CrmLink(case.number, CrmCaseId(f"500-{number}"), self.desk.clock())
            await uow.crm.add_link(link)
            await uow.commit()
        return case

    def comment(self, number, text):
        told = self.feed.changes_told
        told.append(
            CrmChange(
                key=f"comment-{len(told)}",
                case=CrmCaseId(f"500-{number}"),
                kind=CrmChangeKind.COMMENT,
                by="Paula Reis",
                at=self.desk.clock(),
                text=text,
            )
        )

    def heard(self, case):
        history = self.desk.memory.state.cases[case.number].history
        return [event.text for event in history if isinstance(event, CrmHeard)]


@pytest.fixture
def office(desk):
    return Office(desk)


async def test_a_change_is_told_to_its_case_once_however_often_it_is_read(office):
    case, other = await office.open(1), await office.open(2)
    office.comment(1, "Boleto estornado.")

    await office.reader.read()
    await office.reader.read()

    assert (office.heard(case), office.heard(other)) == (["Boleto estornado."], [])


async def test_a_case_that_cannot_be_told_holds_up_no_other_and_is_told_once_it_can(office):
    broken, sound = await office.open(1), await office.open(2)
    office.comment(1, "Boleto estornado.")
    office.comment(2, "Cliente ligou.")
    office.damaged.add(broken.number)

    with capture_logs() as logs:
        await office.reader.read()
    told = office.heard(sound)
    office.damaged.clear()
    office.desk.clock.advance(minutes=5)
    await office.reader.read()

    assert told == ["Cliente ligou."]
    assert office.heard(broken) == ["Boleto estornado."]
    (warning,) = [line for line in logs if line["log_level"] == "warning"]
    assert (warning["event"], warning["case"]) == ("crm.case_not_told", broken.code)
    assert "Padaria" not in str(warning)


async def test_the_readings_go_on_from_where_the_last_one_ended(office):
    broken = await office.open(1)
    office.comment(1, "Boleto estornado.")
    office.damaged.add(broken.number)

    await office.reader.read()

    assert office.desk.memory.state.cursor == office.desk.clock()


async def test_from_95_percent_of_the_daily_calls_on_nothing_is_read_but_once_an_hour(office):
    case = await office.open(1)
    await office.reader.read()
    office.comment(1, "Boleto estornado.")
    office.feed.usage_share = 0.95

    for _ in range(59):
        office.desk.clock.advance(minutes=1)
        await office.reader.read()
    still = office.feed.readings
    office.desk.clock.advance(minutes=1)
    await office.reader.read()

    assert still == 1
    assert (office.feed.readings, office.heard(case)) == (2, ["Boleto estornado."])


async def test_of_two_readers_the_one_that_keeps_still_keeps_the_turn(office):
    await office.open(1)
    await office.reader.read()
    unaware = Feed()
    other = CrmReader(uow=office.unit_of_work, crm=cast("Crm", unaware), clock=office.desk.clock)
    office.feed.usage_share = 0.95

    for _ in range(10):
        await office.reader.read()
        office.desk.clock.advance(minutes=5)
        await other.read()

    assert (office.feed.readings, unaware.readings) == (1, 0)
