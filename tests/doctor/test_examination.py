"""Whatever hangs or breaks is a finding, and keeps nobody else from being asked."""

from __future__ import annotations

import asyncio

from doctor.checks import SCHEMA, TEXTS, TOKEN
from doctor.examination import Question, examine
from tests.doctor.telling import code_of, codes_of


async def hangs():
    await asyncio.Event().wait()


async def breaks():
    raise LookupError("with the name of a customer")


async def answers():
    return TEXTS.found("ok")


async def test_who_does_not_answer_in_time_is_a_failure():
    (finding,) = await examine([Question(TOKEN, hangs, patience_seconds=0.01)])

    assert code_of(finding) == ("FALHA", "silent")


async def test_an_error_nobody_foresaw_is_a_failure_that_tells_its_kind_alone():
    (finding,) = await examine([Question(TOKEN, breaks)])

    assert code_of(finding) == ("FALHA", "broken")
    assert finding.values == {"error": "LookupError"}


async def test_the_others_are_asked_all_the_same_and_told_in_the_order_of_the_checks():
    questions = [
        Question(TEXTS, answers),
        Question(SCHEMA, breaks),
        Question(TOKEN, hangs, patience_seconds=0.01),
    ]

    findings = await examine(questions)

    assert list(codes_of(findings)) == ["teams.token", "database.schema", "playbooks.texts"]


async def test_one_question_may_tell_of_several_checks():
    async def both():
        return [TEXTS.found("ok"), SCHEMA.found("ok", version="0001")]

    findings = await examine([Question(SCHEMA, both)])

    assert codes_of(findings) == {"database.schema": ("OK", "ok"), "playbooks.texts": ("OK", "ok")}
