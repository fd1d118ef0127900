"""The steps in the CRM: confirmed by the CRM itself, set back once, or left to people."""

from datetime import timedelta

import pytest

from retention.domain.events import (
    CrmChangeKind,
    CrmHeard,
    HandoverRefused,
    HandoverStep,
    StepDrifted,
    StepsConfirmed,
)
from tests.samples import ANA, FERNANDA, MONDAY, case

FOUND = {
    HandoverStep.MENTION: "Fernanda Lima",
    HandoverStep.QUEUE: "FOOD - ADMINISTRATIVO/FINANCEIRO",
    HandoverStep.STATUS: "Aguardando Informação Externa",
    HandoverStep.PRIORITY: "ALTA",
}
NEXT_DAY = MONDAY + timedelta(hours=24)


@pytest.fixture
def confirmed():
    """A case in the CRM whose four steps the CRM has confirmed."""
    found = case(in_crm=True)
    found.confirm_steps(at=MONDAY, found=FOUND, lacking={})
    return found


def hear(case, kind, text="outro", at=MONDAY, who="Bruno Carvalho"):
    case.hear(at=at, kind=kind, who=who, text=text, was="antes", happened_at=at)
    return case.history[-1]


def test_what_the_crm_confirms_is_ticked_with_its_own_words(confirmed):
    assert set(confirmed.ticks) == set(HandoverStep)
    assert {tick.by.name for tick in confirmed.ticks.values()} == {"Salesforce"}
    assert dict(zip(confirmed.history[-1].steps, confirmed.history[-1].found, strict=True)) == FOUND


def test_the_same_answer_again_is_no_news(confirmed):
    version = confirmed.version

    confirmed.confirm_steps(at=NEXT_DAY, found=FOUND, lacking={})

    assert confirmed.version == version


def test_what_is_lacking_can_be_ticked_by_hand():
    found = case(in_crm=True)
    three = dict(FOUND)
    del three[HandoverStep.MENTION]
    found.confirm_steps(at=MONDAY, found=three, lacking={HandoverStep.MENTION: "NO_USER"})

    found.tick(by=ANA, at=MONDAY, steps=HandoverStep)

    assert found.ticks[HandoverStep.MENTION].by == ANA.ref
    assert found.ticks[HandoverStep.QUEUE].by.name == "Salesforce"


@pytest.mark.parametrize(
    ("kind", "step"),
    [
        (CrmChangeKind.OWNER, HandoverStep.QUEUE),
        (CrmChangeKind.STATUS, HandoverStep.STATUS),
        (CrmChangeKind.PRIORITY, HandoverStep.PRIORITY),
    ],
)
def test_a_drift_within_a_day_is_to_be_set_back_and_its_author_named(confirmed, kind, step):
    drift = hear(confirmed, kind, at=NEXT_DAY)

    assert isinstance(drift, StepDrifted)
    assert (drift.step, drift.found, drift.changed_by) == (step, "outro", "Bruno Carvalho")
    assert step not in confirmed.ticks


def test_after_the_repair_the_step_is_ticked_again(confirmed):
    hear(confirmed, CrmChangeKind.OWNER)

    confirmed.confirm_steps(at=NEXT_DAY, found=FOUND, lacking={})

    assert confirmed.history[-1].steps == (HandoverStep.QUEUE,)
    assert set(confirmed.ticks) == set(HandoverStep)


def test_the_second_drift_of_a_step_is_only_told(confirmed):
    hear(confirmed, CrmChangeKind.STATUS)
    confirmed.confirm_steps(at=MONDAY, found=FOUND, lacking={})

    assert isinstance(hear(confirmed, CrmChangeKind.STATUS), CrmHeard)
    assert isinstance(hear(confirmed, CrmChangeKind.OWNER), StepDrifted)


def test_after_a_day_a_change_is_only_told(confirmed):
    assert isinstance(
        hear(confirmed, CrmChangeKind.OWNER, at=NEXT_DAY + timedelta(seconds=1)), CrmHeard
    )


def test_once_the_case_is_claimed_the_caso_may_change_its_owner_and_nothing_else(confirmed):
    confirmed.claim(by=FERNANDA, at=MONDAY)

    assert isinstance(hear(confirmed, CrmChangeKind.OWNER), CrmHeard)
    assert isinstance(hear(confirmed, CrmChangeKind.STATUS), StepDrifted)


def test_what_does_not_hold_right_after_it_was_made_is_a_drift_once():
    found = case(in_crm=True)
    changed = {HandoverStep.PRIORITY: ("BAIXA", "Bruno Carvalho")}

    first = found.note_drift(at=MONDAY, found=changed)
    again = found.note_drift(at=MONDAY, found=changed)

    assert first == {HandoverStep.PRIORITY}
    assert again == frozenset()
    assert [type(event) for event in found.history[1:]] == [StepDrifted]


def test_a_change_that_is_only_told_stands_beside_its_tick(confirmed):
    hear(confirmed, CrmChangeKind.PRIORITY, "BAIXA")
    confirmed.confirm_steps(at=MONDAY, found=FOUND, lacking={})
    heard = hear(confirmed, CrmChangeKind.PRIORITY, "MÉDIA")

    assert confirmed.changed_since == {HandoverStep.PRIORITY: heard}
    assert HandoverStep.PRIORITY in confirmed.ticks


def test_what_people_ticked_is_not_ours_to_set_back():
    found = case()
    found.tick(by=ANA, at=MONDAY, steps=HandoverStep)

    assert isinstance(hear(found, CrmChangeKind.OWNER), CrmHeard)


def test_a_caso_closed_in_the_crm_closes_no_case(confirmed):
    heard = hear(confirmed, CrmChangeKind.CLOSED, "Encerrado")

    assert isinstance(heard, CrmHeard)
    assert confirmed.status.is_open


def test_a_refusal_stands_until_the_crm_takes_it():
    found = case(in_crm=True)
    found.refuse_handover(at=MONDAY, code="VALIDATION", said="Preencha o CNPJ")
    found.refuse_handover(at=NEXT_DAY, code="VALIDATION", said="Preencha o CNPJ")

    refusal = found.handover_refusal
    found.confirm_steps(at=NEXT_DAY, found=FOUND, lacking={})

    assert isinstance(refusal, HandoverRefused)
    assert [type(event) for event in found.history[1:]] == [HandoverRefused, StepsConfirmed]
    assert found.handover_refusal is None
