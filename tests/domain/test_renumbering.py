"""A mistyped Caso number: who puts it right, and what the former Caso no longer counts for."""

from dataclasses import replace
from datetime import timedelta

import pytest

from retention.domain.errors import IllegalTransition, NotAllowed, NothingChanges, OutdatedForm
from retention.domain.events import (
    CaseNumberCorrected,
    CrmChangeKind,
    HandoverStep,
    StepDrifted,
)
from retention.domain.people import Actor, PersonId, Role
from tests.samples import ANA, BIA, FERNANDA, LOST, MONDAY, RENATO, WITH_RC, case

RIGHT = "00012346"
LATER = MONDAY + timedelta(hours=30)
FOUND = dict.fromkeys(HandoverStep, "como pedido")


def corrected(**changes):
    found = case(**changes)
    found.correct_number(by=ANA, at=MONDAY, crm_case_number=RIGHT)
    return found


@pytest.mark.parametrize("who", [ANA, RENATO, FERNANDA])
def test_the_author_and_the_leads_put_it_right_and_before_and_after_are_kept(who):
    found = case()
    before = found.facts

    found.correct_number(by=who, at=LATER, crm_case_number=RIGHT)

    assert found.facts == replace(before, crm_case_number=RIGHT)
    event = found.history[-1]
    assert isinstance(event, CaseNumberCorrected)
    assert (event.number_before, event.number_after) == (before.crm_case_number, RIGHT)
    assert (event.by, event.at, event.before, event.after) == (
        who.ref,
        LATER,
        found.status,
        found.status,
    )


def test_nobody_else_does():
    n2 = Actor(PersonId("nina"), "Nina", frozenset({Role.N2}))

    for who in (BIA, n2):
        with pytest.raises(NotAllowed):
            case().correct_number(by=who, at=MONDAY, crm_case_number=RIGHT)


def test_an_ended_case_keeps_its_number():
    ended = case()
    ended.claim(by=FERNANDA, at=MONDAY)
    ended.record_outcome(by=FERNANDA, at=MONDAY, outcome=LOST)

    with pytest.raises(IllegalTransition):
        ended.correct_number(by=ANA, at=MONDAY, crm_case_number=RIGHT)


def test_the_same_correction_again_changes_nothing():
    found = corrected()
    version = found.version

    found.correct_number(by=ANA, at=LATER, crm_case_number=RIGHT)

    assert found.version == version


def test_the_number_it_has_already_is_no_correction():
    found = case()

    with pytest.raises(NothingChanges):
        found.correct_number(by=ANA, at=MONDAY, crm_case_number=found.facts.crm_case_number)


def test_a_form_from_before_another_correction_is_out_of_date():
    found = corrected()

    with pytest.raises(OutdatedForm):
        found.correct_number(by=ANA, at=MONDAY, crm_case_number="00012399", seen=1)


def test_what_the_crm_did_for_the_former_caso_is_to_be_done_anew():
    found = case(in_crm=True)
    found.confirm_steps(at=MONDAY, found=FOUND, lacking={})

    found.correct_number(by=ANA, at=MONDAY, crm_case_number=RIGHT)

    assert found.ticks == {}
    assert found.handover_asked is found.last(CaseNumberCorrected)
    assert found.concerns_former_caso(1)
    assert not found.concerns_former_caso(found.version)


def test_a_refusal_about_the_former_caso_is_none_about_the_right_one():
    found = case(in_crm=True)
    found.refuse_handover(at=MONDAY, code="NO_SUCH_CASE", said="")

    found.correct_number(by=ANA, at=MONDAY, crm_case_number=RIGHT)

    assert found.handover_refusal is None


def test_the_watch_over_drifts_begins_anew_with_the_right_caso():
    found = case(in_crm=True)
    found.confirm_steps(at=MONDAY, found=FOUND, lacking={})
    found.note_drift(at=MONDAY, found={HandoverStep.PRIORITY: ("Baixa", "Bruno")})
    found.correct_number(by=ANA, at=LATER, crm_case_number=RIGHT)
    found.confirm_steps(at=LATER, found=FOUND, lacking={})

    found.hear(
        at=LATER,
        kind=CrmChangeKind.PRIORITY,
        who="Bruno",
        text="Baixa",
        was="ALTA",
        happened_at=LATER,
    )

    assert isinstance(found.history[-1], StepDrifted)


def test_what_people_ticked_by_hand_without_a_crm_stays_ticked():
    found = case()
    found.tick(by=ANA, at=MONDAY, steps=[HandoverStep.QUEUE])

    found.correct_number(by=ANA, at=MONDAY, crm_case_number=RIGHT)

    assert set(found.ticks) == {HandoverStep.QUEUE}


def test_before_any_handover_there_are_no_steps_to_do():
    found = corrected(judgement=WITH_RC)

    assert found.handover_asked is None
