from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import orjson
import pytest

from retention.domain.cancellation import CancellationPath, CancellationReason, OriginChannel
from retention.domain.events import (
    EVENT_TYPES,
    CaseClaimed,
    CaseOpened,
    CaseReverted,
    CaseStatus,
    FeedbackChannel,
    HandoverStep,
    NoteAdded,
    OutcomeKind,
    OutcomeRecorded,
    RequestRepeated,
    ReversalFailed,
    StepsTicked,
)
from retention.storage.event_codec import event_from_row, event_to_row
from tests.samples import ANA, MONDAY

STAMP: dict[str, Any] = {
    "version": 3,
    "by": ANA.ref,
    "at": MONDAY,
    "before": CaseStatus.WITH_ADMFIN,
    "after": CaseStatus.LOST,
}
EXAMPLES = [
    CaseOpened(
        **{**STAMP, "before": None},
        path=CancellationPath.NON_TECHNICAL,
        reason=CancellationReason.PRICE,
        proposed_path=None,
        proposed_reason=CancellationReason.COMPETITOR,
    ),
    RequestRepeated(**STAMP, verbatim='Já pedi "ontem" 😡\n', request_id="r1"),
    CaseReverted(
        **STAMP,
        confirmed_by="João",
        confirmed_at=MONDAY - timedelta(hours=1),
        channel=OriginChannel.WHATSAPP,
    ),
    ReversalFailed(**STAMP, customer_said="Não dá mais"),
    CaseClaimed(**STAMP),
    NoteAdded(**STAMP, text="Liguei", request_id="r2"),
    StepsTicked(**STAMP, steps=(HandoverStep.MENTION, HandoverStep.QUEUE)),
    OutcomeRecorded(
        **STAMP,
        kind=OutcomeKind.LOST,
        real_reason=CancellationReason.OTHER,
        real_reason_text="Mudou de país",
        feedback_channel=FeedbackChannel.PHONE,
        feedback_result="Agradeceu",
        lesson="",
    ),
]


def as_read(row):
    return SimpleNamespace(
        **{**row, "event_version": row["version"], "data": orjson.loads(orjson.dumps(row["data"]))}
    )


@pytest.mark.parametrize("event", EXAMPLES, ids=lambda event: type(event).__name__)
def test_an_event_comes_back_as_it_was_written(event):
    assert event_from_row(as_read(event_to_row(1, event))) == event


def test_every_type_of_event_has_an_example_here():
    assert {type(event) for event in EXAMPLES} == set(EVENT_TYPES)


def test_what_is_stored_is_what_older_rows_hold():
    row = event_to_row(7, EXAMPLES[6])

    assert row == {
        "number": 7,
        "version": 3,
        "type": "StepsTicked",
        "data": {"before": "with_admfin", "after": "lost", "steps": ["mention", "queue"]},
        "at": MONDAY,
        "by_id": "ana",
        "by_name": "Ana Souza",
    }
