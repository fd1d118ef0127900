"""What the doctor says about the people file, without repeating what stands in it."""

from __future__ import annotations

import pytest

from doctor.people import directory_of, people_file
from tests.doctor.telling import code_of

LEAD = """
[[people]]
id = "{id}"
name = "Fernanda Lima"
email = "fernanda@empresa.example"
roles = {roles}
"""
BOTH = '["admfin_lead", "rc_lead"]'


@pytest.fixture
def judge(tmp_path):
    path = tmp_path / "people.toml"

    async def judge_text(text, *, is_local=False):
        path.write_text(text, encoding="utf-8")
        return await people_file(path, is_local=is_local)

    return judge_text


async def test_with_somebody_for_each_called_role_it_is_well(judge):
    finding = await judge(LEAD.format(id="b1", roles=BOTH))

    assert code_of(finding) == ("OK", "ok")
    assert finding.values == {"count": 1}


async def test_a_called_role_that_nobody_holds_is_a_failure(judge):
    finding = await judge(LEAD.format(id="b1", roles='["rc_lead"]'))

    assert code_of(finding) == ("FALHA", "no_lead")
    assert finding.values["roles"] == ["admfin_lead"]


async def test_the_people_of_the_example_are_good_in_local_mode_alone(judge):
    example = LEAD.format(id="00000000-0000-0000-0000-0000000000b1", roles=BOTH)

    assert code_of(await judge(example)) == ("FALHA", "example")
    assert code_of(await judge(example, is_local=True)) == ("OK", "ok")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[", "at end of document"),
        (LEAD.format(id="b1", roles='["boss"]'), "line 6, people.1.roles"),
        (LEAD.format(id="b1", roles=BOTH) * 2, "people.2.id: stands above already"),
    ],
)
async def test_a_file_that_cannot_be_used_is_told_without_its_addresses(judge, text, why):
    finding = await judge(text)

    assert code_of(finding) == ("FALHA", "bad")
    assert why in finding.values["why"]
    assert "@" not in str(finding.values["why"])


async def test_a_file_that_cannot_be_used_has_no_people(tmp_path):
    assert directory_of(tmp_path / "missing.toml") is None
    assert code_of(await people_file(tmp_path / "missing.toml", is_local=True))[1] == "bad"
