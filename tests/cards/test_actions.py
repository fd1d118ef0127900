"""Buttons: what they carry, and what comes back from a client that may be anybody."""

import pytest
from pydantic import ValidationError

from cards.actions import ACTIONS
from cards.actions.around import ListCases
from cards.actions.case import AddNote, ClaimCase, TickSteps
from cards.actions.intake import ContinueForm
from retention.domain.events import HandoverStep
from retention.services.ports.cases import CaseFilter


class TestButton:
    def test_carries_verb_and_the_same_data_twice(self):
        button = ClaimCase.button("Assumir", case="RET-0042", v=3)

        assert button["verb"] == "case.claim"
        assert button["data"] == {"case": "RET-0042", "v": 3}
        assert button["fallback"]["data"] == {"verb": "case.claim", "case": "RET-0042", "v": 3}

    def test_is_not_held_up_by_inputs_it_does_not_read(self):
        claim = ClaimCase.button("Assumir", case="RET-0042", v=3)
        tick = TickSteps.button("Salvar passos", case="RET-0042", v=3)

        assert claim["associatedInputs"] == claim["fallback"]["associatedInputs"] == "none"
        assert "associatedInputs" not in tick
        assert "associatedInputs" not in tick["fallback"]


class TestParsing:
    def test_a_case_code_is_a_number(self):
        action = ClaimCase.model_validate({"case": "RET-0042", "v": 3})

        assert action.number == 42

    @pytest.mark.parametrize(
        "code", ["", "42", "RET-42", "RET-0042; DROP", "ret-0042", "RET-0042\n", "RET-" + "9" * 10]
    )
    def test_anything_else_is_no_case(self, code):
        with pytest.raises(ValidationError):
            ClaimCase.model_validate({"case": code, "v": 3})

    @pytest.mark.parametrize("version", [-1, 10**30, "x", None])
    def test_a_forged_version_is_refused(self, version):
        with pytest.raises(ValidationError):
            ClaimCase.model_validate({"case": "RET-0042", "v": version})

    def test_what_was_typed_is_kept_as_typed(self):
        typed = "  **Oi**\n <at>x</at>\t"

        action = AddNote.model_validate({"case": "RET-0042", "k": "k-1", "note": typed})

        assert action.typed == {"note": typed}

    def test_an_input_left_out_or_null_is_empty(self):
        action = ContinueForm.model_validate({"draft": "d-1", "v": 1, "customer": None})

        assert action.typed == dict.fromkeys(ContinueForm.inputs, "")

    def test_what_the_client_adds_is_left_aside(self):
        data = {"case": "RET-0042", "v": 1, "role": "admfin_lead", "msteams": {"type": "x"}}

        action = ClaimCase.model_validate(data)

        assert not hasattr(action, "role")

    def test_ticked_steps_come_in_the_order_of_the_process(self):
        action = TickSteps.model_validate(
            {"case": "RET-0042", "crm_steps": "priority, mention,forged"}
        )

        assert action.steps == (HandoverStep.MENTION, HandoverStep.PRIORITY)

    def test_a_list_that_does_not_exist_is_refused(self):
        with pytest.raises(ValidationError):
            ListCases.model_validate({"which": "secret"})


class TestActions:
    def test_each_verb_is_known_once(self):
        assert all(action.verb == verb for verb, action in ACTIONS.items())
        assert len(set(ACTIONS.values())) == len(ACTIONS)

    def test_each_input_is_a_field_that_may_be_empty(self):
        for action in ACTIONS.values():
            for name in action.inputs:
                assert action.model_fields[name].default == "", f"{action.verb}.{name}"

    def test_each_filter_of_the_services_can_be_asked_for(self):
        for which in CaseFilter:
            assert ListCases(which=which.value).which == which
