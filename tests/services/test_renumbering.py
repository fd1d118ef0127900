"""A corrected Caso number: one open case per Caso still, and the former one is let go at once."""

import pytest

from retention.domain.crm_profile import CrmCaseId
from retention.domain.errors import DuplicateOpenCase, NotAllowed
from retention.services.ports.crm_journal import CrmLink
from retention.services.ports.effects import BuriedEffect
from retention.services.subscriptions import CASE_THREAD, CRM
from tests.samples import ANA, BIA, MONDAY

RIGHT = "00012346"


async def write(desk, *, links=(), buried=()):
    async with desk.memory.unit_of_work() as uow:
        for link in links:
            await uow.crm.add_link(link)
        for each in buried:
            await uow.burials.add(each)
        await uow.commit()


async def test_the_case_is_the_right_casos_from_here_on(desk):
    case = await desk.open()

    await desk.cases.correct_number(actor=ANA, number=case.number, crm_case_number=RIGHT)

    assert (await desk.cases.open_for(RIGHT)).number == case.number
    assert await desk.cases.open_for("00012345") is None


async def test_a_number_that_another_open_case_has_is_refused(desk):
    await desk.open(crm_case_number=RIGHT)
    case = await desk.open()

    with pytest.raises(DuplicateOpenCase):
        await desk.cases.correct_number(actor=ANA, number=case.number, crm_case_number=RIGHT)

    assert (await desk.cases.get(case.number)).version == 1
    assert desk.memory.effects == []


async def test_the_former_caso_is_let_go_with_the_correction_itself(desk):
    case = await desk.open()
    await write(desk, links=[CrmLink(case.number, CrmCaseId("5001"), MONDAY)])

    await desk.cases.correct_number(actor=ANA, number=case.number, crm_case_number=RIGHT)

    assert desk.memory.state.links == {}


async def test_what_was_given_up_about_the_former_caso_runs_once_more_to_be_forgotten(desk):
    case, other = await desk.open(), await desk.open(crm_case_number="00012399")
    buried = [
        BuriedEffect(f"RET-000{number}:1:{name}", name, number, 1, "why", MONDAY, 0)
        for number, name in ((case.number, CRM), (case.number, CASE_THREAD), (other.number, CRM))
    ]
    await write(desk, buried=buried)

    await desk.cases.correct_number(actor=ANA, number=case.number, crm_case_number=RIGHT)

    again = [effect.key for effect in desk.memory.effects if effect.replay]
    assert again == [buried[0].key]


async def test_a_refused_correction_is_written_down_and_lets_nothing_go(desk):
    case = await desk.open()
    link = CrmLink(case.number, CrmCaseId("5001"), MONDAY)
    await write(desk, links=[link])

    with pytest.raises(NotAllowed):
        await desk.cases.correct_number(actor=BIA, number=case.number, crm_case_number=RIGHT)

    assert desk.memory.state.links == {case.number: link}
    assert [refusal.action for refusal in desk.memory.refusals] == ["correct_number"]
