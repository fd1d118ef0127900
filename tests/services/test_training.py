"""Confirmations and corrections as rows to learn from, without what points to a person."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from retention.domain.cancellation import (
    CancellationPath,
    CancellationReason,
    Intent,
    Kind,
    Opening,
)
from retention.domain.case import Case, CaseNumber
from retention.domain.classification import Classification
from retention.services.subscriptions import add_case
from retention.services.training import TrainingService, masked, training_row
from tests.fakes import Memory
from tests.samples import (
    ANA,
    FACTS,
    FERNANDA,
    HANDED_OVER,
    MONDAY,
    RENATO,
    RETAINED,
    WITH_RC,
    facts,
)

READ = Classification(
    Intent.COMPLAINT_RISK,
    Kind.NON_TECHNICAL,
    Opening.NOT_APPLICABLE,
    CancellationReason.COMPETITOR,
    (),
    0.81,
    certain=True,
    classifier="0123abcd",
)

NAMED = "Aqui é o MARCOS da Padaria Sol."


def opened(number: int = 1, *, said=FACTS, judgement=HANDED_OVER, read=READ):
    return Case.open(
        number=CaseNumber(number),
        draft_id=f"draft {number}",
        facts=said,
        judgement=judgement,
        by=ANA,
        at=MONDAY,
        read=read,
    )


def row_of(registered: Case) -> Mapping[str, Any]:
    row = training_row(registered)
    assert row is not None
    return row


class TestRows:
    def test_what_was_proposed_stands_beside_what_was_chosen(self):
        row = row_of(opened())

        assert row["proposed"] == {
            "intent": "complaint_risk",
            "path": "non_technical",
            "reason": "competitor",
            "score": 0.81,
            "classifier": "0123abcd",
        }
        assert row["chosen"] == {"path": "non_technical", "reason": "competitor"}
        assert (row["intent"], row["kind"]) == ("complaint_risk", "non_technical")
        assert (row["opening"], row["reason"]) == ("n/a", "competitor")

    def test_a_correction_is_what_is_learnt(self):
        corrected = opened()
        corrected.reclassify(
            by=ANA,
            at=MONDAY,
            path=CancellationPath.TECHNICAL_BLOCKED,
            reason=CancellationReason.SLOW_SUPPORT,
            why="Ninguém respondia",
        )

        row = row_of(corrected)

        assert (row["kind"], row["opening"], row["reason"]) == (
            *("technical", "blocked", "slow_support"),
        )
        assert row["chosen"] == {"path": "non_technical", "reason": "competitor"}

    def test_how_it_ended_is_told_too(self):
        ended = opened()
        ended.claim(by=FERNANDA, at=MONDAY)
        ended.record_outcome(by=FERNANDA, at=MONDAY, outcome=RETAINED)

        row = row_of(ended)

        assert (row["outcome"], row["real_reason"]) == ("retained", "price")

    def test_daily_work_that_was_registered_was_none(self):
        taken_for_routine = replace(READ, intent=Intent.NOT_CANCELLATION)

        row = row_of(opened(read=taken_for_routine))

        assert row["intent"] == "cancel_request"

    @pytest.mark.parametrize(
        "judgement",
        [
            replace(HANDED_OVER, reason=CancellationReason.OTHER, reason_text="Mudou de país"),
            replace(WITH_RC, reason=CancellationReason.PRICE),
        ],
    )
    def test_a_reason_that_fits_no_label_teaches_nothing(self, judgement):
        assert training_row(opened(judgement=judgement)) is None

    async def test_all_cases_are_read_and_those_that_teach_nothing_left_out(self):
        memory = Memory()
        other = replace(HANDED_OVER, reason=CancellationReason.OTHER, reason_text="Mudou")
        async with memory.unit_of_work() as uow:
            for number, judgement in enumerate((HANDED_OVER, other, WITH_RC), 1):
                assert (await uow.cases.next_number(ANA.id))[0] == number
                said = facts(f"{number:08d}")
                await add_case(uow, opened(number, said=said, judgement=judgement))
            await uow.commit()

        rows = [row async for row in TrainingService(uow=memory.unit_of_work).rows()]

        assert [row["id"] for row in rows] == ["RET-0001", "RET-0003"]


class TestMasking:
    @pytest.mark.parametrize(
        ("typed", "kept"),
        [
            ("ligue (11) 98765-4321 hoje", "ligue (00) 00000-0000 hoje"),
            ("+55 11 98765 4321", "+00 00 00000 0000"),
            ("CPF 123.456.789-09", "CPF 000.000.000-00"),
            ("CNPJ 12.345.678/0001-95", "CNPJ 00.000.000/0000-00"),
            ("CNPJ 12.ABC.345/01DE-35", "CNPJ 00.000.000/0000-00"),
            ("protocolo 8842", "protocolo 0000"),
            ("fala com jose.silva+x@padaria.com.br já", "fala com [email] já"),
            ("veja https://exemplo.com/a?b=1 aqui", "veja [link] aqui"),
            ("3 vezes em 30 dias, às 14:02", "3 vezes em 30 dias, às 14:02"),
        ],
    )
    def test_what_points_to_a_person_is_hidden(self, typed, kept):
        assert masked(typed) == kept

    def test_names_that_the_case_holds_are_hidden_whole_or_by_the_first_word(self):
        said = facts(
            customer="Padaria Sol",
            contact="Marcos Dias",
            verbatim=NAMED,
        )

        row = row_of(opened(said=said))

        assert row["text"] == "Aqui é o [nome] da [nome]."

    def test_a_name_nobody_wrote_down_stays(self):
        assert masked("fale com a Cida", [RENATO.name]) == "fale com a Cida"
