"""Every value a person may see has a name in pt-BR."""

import pytest

from cards import labels
from cards.actions import ACTIONS
from cards.errors import problem_text
from retention.domain.cancellation import (
    CancellationPath,
    CancellationReason,
    Mood,
    OriginChannel,
)
from retention.domain.errors import Problem
from retention.domain.events import CaseStatus, FeedbackChannel, HandoverStep, OutcomeKind
from retention.services.ports import CaseFilter
from retention.services.subscriptions import SUBSCRIPTIONS


@pytest.mark.parametrize(
    ("values", "names"),
    [
        (CaseStatus, labels.STATUSES),
        (CancellationPath, labels.PATHS),
        (CancellationReason, labels.REASONS),
        (OriginChannel, labels.CHANNELS),
        (OriginChannel, labels.BY_CHANNEL),
        (Mood, labels.MOODS),
        (HandoverStep, labels.STEPS),
        (OutcomeKind, labels.OUTCOMES),
        (OutcomeKind, labels.OUTCOME_WORDS),
        (FeedbackChannel, labels.FEEDBACK_CHANNELS),
        (CaseFilter, labels.LISTS),
    ],
)
def test_each_value_has_a_name_of_its_own(values, names):
    assert list(names) == list(values)
    assert len(set(names.values())) == len(names)


def test_each_subscriber_has_words_for_what_is_missing_without_it():
    subscribers = {name for names in SUBSCRIPTIONS.values() for name in names}

    assert set(labels.UNFINISHED) == subscribers


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
