from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import orjson
import pytest

from retention.domain.cancellation import (
    CancellationPath,
    CancellationReason,
    Intent,
    OriginChannel,
)
from retention.domain.desk_events import (
    AttemptsEnded,
    CaseAssigned,
    CaseReturned,
    CustomerDecided,
    InfoAnswered,
    InfoAsked,
    InfoWithdrawn,
    TriangulationEnded,
    TriangulationStarted,
)
from retention.domain.event_types import EVENT_TYPES
from retention.domain.events import (
    CaseClaimed,
    CaseNumberCorrected,
    CaseOpened,
    CaseReclassified,
    CaseReverted,
    CaseStatus,
    ClaimEscalated,
    ClaimStep,
    CrmChangeKind,
    CrmHeard,
    DocumentsMarked,
    DocumentState,
    ExceptionSeen,
    FeedbackChannel,
    HandoverRefused,
    HandoverStep,
    HelpAnswered,
    HelpCalled,
    MovedBy,
    NoteAdded,
    OutcomeKind,
    OutcomeRecorded,
    OwnerReminded,
    PlanMade,
    ReminderKind,
    ReminderSnoozed,
    RequestRepeated,
    Requirement,
    ReversalFailed,
    StepDrifted,
    StepsConfirmed,
    StepsTicked,
    TreatmentStep,
    TreatmentTaken,
    TreatmentTicked,
)
from retention.domain.people import Role
from retention.storage.event_codec import event_from_row, event_to_row
from tests.samples import ANA, MONDAY, RENATO

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
        companion=RENATO.ref,
        proposed_intent=Intent.CANCEL_REQUEST,
        proposed_score=0.412,
        classifier="a8ca7fd7d8ad3722",
    ),
    RequestRepeated(**STAMP, verbatim='Já pedi "ontem" 😡\n', request_id="r1"),
    CaseReverted(
        **STAMP,
        confirmed_by="João",
        confirmed_at=MONDAY - timedelta(hours=1),
        channel=OriginChannel.WHATSAPP,
        told="Ligamos amanhã",
    ),
    ReversalFailed(**STAMP, customer_said="Não dá mais", told="Ligamos amanhã"),
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
        override="O cliente fechou as portas",
        lacking=(Requirement.LESSON, Requirement.DOCUMENTS),
        lacking_documents=("Distrato assinado",),
    ),
    TreatmentTicked(**STAMP, steps=(TreatmentStep.LISTEN, TreatmentStep.ACT)),
    HelpCalled(**STAMP, role=Role.N2, person=RENATO.ref),
    HelpAnswered(**STAMP, roles=(Role.N2, Role.RC_LEAD)),
    PlanMade(
        **STAMP, what="Trocar o cabo", who=ANA.ref, due=date(2026, 11, 25), told="Amanhã às 10:00"
    ),
    CaseReclassified(
        **STAMP,
        path_before=CancellationPath.TECHNICAL_OPEN,
        path=CancellationPath.NON_TECHNICAL,
        reason_before=CancellationReason.OTHER,
        reason=CancellationReason.COMPETITOR,
        reason_text_before="Mudou de país",
        reason_text="",
        moved_by=MovedBy.WORDS,
        why="já contratei outro",
    ),
    CaseNumberCorrected(**STAMP, number_before="00012345", number_after="00012346"),
    DocumentsMarked(**STAMP, documents=("Distrato assinado",), state=DocumentState.VALIDATED),
    StepsConfirmed(
        **STAMP,
        steps=(HandoverStep.QUEUE, HandoverStep.STATUS),
        found=("FOOD", "Aguardando Informação Externa"),
        lacking=(HandoverStep.MENTION,),
        why=("NO_USER",),
    ),
    HandoverRefused(**STAMP, code="FIELD_CUSTOM_VALIDATION_EXCEPTION", said="Preencha o CNPJ"),
    StepDrifted(**STAMP, step=HandoverStep.PRIORITY, found="Baixa", changed_by="João"),
    CrmHeard(
        **STAMP,
        kind=CrmChangeKind.COMMENT,
        who="João",
        text="O cliente ligou",
        was="",
        happened_at=MONDAY - timedelta(minutes=1),
    ),
    ClaimEscalated(**STAMP, step=ClaimStep.ABOVE, since=MONDAY - timedelta(minutes=30)),
    OwnerReminded(
        **STAMP,
        kind=ReminderKind.DOCUMENTS,
        person=ANA.ref,
        since=MONDAY - timedelta(days=2),
        documents=("Contrato social",),
    ),
    ReminderSnoozed(**STAMP, until=MONDAY + timedelta(days=1), why="O dono volta amanhã"),
    ExceptionSeen(**STAMP),
    CaseAssigned(**STAMP, person=RENATO.ref),
    CaseReturned(**STAMP, person=RENATO.ref, why="Entro de férias"),
    InfoAsked(**STAMP, person=RENATO.ref, what="Qual é a multa?", until=MONDAY),
    InfoAnswered(**STAMP, asker=RENATO.ref, text="R$ 200,00"),
    InfoWithdrawn(**STAMP, person=RENATO.ref),
    CustomerDecided(**STAMP, said="Já assinei com outro"),
    AttemptsEnded(
        **STAMP,
        tries=3,
        channels=(FeedbackChannel.PHONE, FeedbackChannel.EMAIL),
        last_at=MONDAY,
    ),
    TreatmentTaken(**STAMP),
    TriangulationStarted(
        **STAMP, url="https://a.b", person=RENATO.ref, starts_at=MONDAY, avoid="Calma"
    ),
    TriangulationEnded(**STAMP, attended=False, note="Caixa postal"),
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


def test_what_older_events_lack_is_empty():
    row = event_to_row(1, ReversalFailed(**STAMP, customer_said="Cansei", told=""))
    del row["data"]["told"]

    assert event_from_row(as_read(row)) == ReversalFailed(**STAMP, customer_said="Cansei", told="")
