"""Every value a person may see has a name in pt-BR."""

import pytest

from cards import labels
from cards.actions import ACTIONS
from cards.errors import problem_text
from retention.domain.business_clock import SnoozeFor
from retention.domain.cancellation import (
    CancellationPath,
    CancellationReason,
    Mood,
    Opening,
    OriginChannel,
)
from retention.domain.errors import Problem
from retention.domain.events import (
    CaseStatus,
    DocumentState,
    FeedbackChannel,
    HandoverStep,
    OutcomeKind,
    Requirement,
    TreatmentStep,
)
from retention.domain.playbook import Diagnosis, OfferKind
from retention.domain.rehearsal import Route
from retention.domain.treatment import HELPERS
from retention.services.ports.cases import CaseFilter
from retention.services.subscriptions import SUBSCRIPTIONS


@pytest.mark.parametrize(
    ("values", "names"),
    [
        (CaseStatus, labels.STATUSES),
        (CancellationPath, labels.PATHS),
        (Route, labels.ROUTES),
        (Opening, labels.OPENINGS),
        (CancellationReason, labels.REASONS),
        (OriginChannel, labels.CHANNELS),
        (OriginChannel, labels.BY_CHANNEL),
        (Mood, labels.MOODS),
        (HandoverStep, labels.STEPS),
        (TreatmentStep, labels.TREATMENT_STEPS),
        (DocumentState, labels.DOCUMENT_STATES),
        (Requirement, labels.REQUIREMENTS),
        (OutcomeKind, labels.OUTCOMES),
        (OutcomeKind, labels.OUTCOME_WORDS),
        (FeedbackChannel, labels.FEEDBACK_CHANNELS),
        (Diagnosis, labels.DIAGNOSES),
        (OfferKind, labels.OFFERS),
        (CaseFilter, labels.LISTS),
        (SnoozeFor, labels.SNOOZES),
    ],
)
def test_each_value_has_a_name_of_its_own(values, names):
    assert list(names) == list(values)
    assert len(set(names.values())) == len(names)


def test_each_subscriber_has_words_for_what_is_missing_without_it():
    subscribers = {name for names in SUBSCRIPTIONS.values() for name in names}

    assert set(labels.UNFINISHED) == subscribers


def test_whom_the_rc_may_call_has_a_name():
    assert set(labels.HELPERS) == set(HELPERS)


def test_each_input_has_a_label():
    inputs = {name for action in ACTIONS.values() for name in action.inputs}

    assert inputs == set(labels.FIELDS)


def test_each_problem_of_each_field_has_a_sentence():
    for field in labels.FIELDS:
        for problem in Problem:
            assert problem_text(field, problem).endswith(".")


def test_the_labels_of_the_form_are_those_people_were_promised():
    assert list(labels.CHANNELS.values()) == [
        "Telefone",
        "Chat",
        "WhatsApp",
        "E-mail",
        "Rede social",
        "Presencial",
    ]
    assert list(labels.PATHS.values()) == [
        "Técnico com abertura",
        "Técnico sem abertura",
        "Não técnico",
    ]
