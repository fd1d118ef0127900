"""The status band of a case: where it stands, who has the ball and since when."""

from __future__ import annotations

from datetime import datetime

from cards.elements import Json, band, container, heading, rich, run, text
from cards.formats import at_moment, brl, day, moment
from cards.labels import ANSWER_LATE, BY_CHANNEL, OVERDUE, PRIORITY, STATUSES
from cards.plain_text import one_line, plain
from retention.domain.case import Case
from retention.domain.events import CaseStatus, TreatmentTaken

_LONGEST_WORDS = 120


def status_band(case: Case, now: datetime | None = None, claim_by: datetime | None = None) -> Json:
    """Say status, who has the ball and since when; without `now`, the day is always written."""
    label = OVERDUE if case.escalations else STATUSES[case.status]
    if case.is_answer_late:
        label = ANSWER_LATE
    urgent = case.status is CaseStatus.AWAITING_ADMFIN
    lines = (
        heading(f"{label.words} · {PRIORITY}" if urgent else label.words),
        *_status_lines(case, now, claim_by),
    )
    if label.band is None:
        return container(*lines, id="status", spacing="Medium")
    return band(*lines, id="status", style=label.band)


def asleep(case: Case, now: datetime) -> Json | None:
    """Say until when reminders wait, and why."""
    asleep = case.snoozed
    if asleep is None or not case.status.is_open or asleep.until <= now:
        return None
    until, why = moment(asleep.until, now), one_line(asleep.why, at_most=_LONGEST_WORDS)
    return container(
        rich(run(f"💤 Lembretes adiados até {until}: “{why}”", small=True)),
        id="asleep",
        spacing="Small",
    )


def _status_lines(case: Case, now: datetime | None, claim_by: datetime | None) -> list[Json]:
    match case.status:
        case CaseStatus.IN_TREATMENT:
            return [
                text(f"Com **{plain(case.treated_by.name)}** desde {_treated_since(case, now)}"),
                text("Adm/Fin já sabe. Nada a fazer por lá agora.", small=True),
            ]
        case CaseStatus.AWAITING_ADMFIN:
            return [text(_unclaimed(case, now, claim_by)), *_answer_line(case)]
        case CaseStatus.WITH_ADMFIN:
            return [text(_owned(case, now)), *_answer_line(case)]
        case CaseStatus.AWAITING_INFO:
            return [text(_asked(case, now)), text(_owned(case, now), small=True)]
        case CaseStatus.LEAVING:
            return [
                text(_owned(case, now)),
                text("Só documentos e confirmação, sem novas ofertas.", small=True),
            ]
        case _:
            return [text(_ended(case))]


def _treated_since(case: Case, now: datetime | None) -> str:
    taken = case.last(TreatmentTaken) if case.owner else None
    return moment(taken.at if taken else case.opened_at, now)


def _unclaimed(case: Case, now: datetime | None, claim_by: datetime | None) -> str:
    """Say a fixed hour, never what is left: an open card goes stale."""
    if claim_by is not None and not case.escalations:
        return f"Sem dono ainda · assumir até **{moment(claim_by, now)}**"
    queued = case.unclaimed_since
    since = queued.at if queued else case.opened_at
    return f"Sem dono ainda · desde **{moment(since, now)}**"


def _owned(case: Case, now: datetime | None) -> str:
    owner = plain(case.owner.name) if case.owner else "Adm/Fin"
    since = f" desde {moment(case.claimed.at, now)}" if case.claimed else ""
    return f"Com **{owner}**{since} · {PRIORITY}"


def _asked(case: Case, now: datetime | None) -> str:
    """Say who owes an answer, and until when."""
    question = case.question
    if question is None:
        return ""
    verb = "devia responder" if case.is_answer_late else "responde"
    return f"**{plain(question.person.name)}** {verb} até **{moment(question.until, now)}**"


def _ended(case: Case) -> str:
    """Say when it ended and what that means for the monthly value."""
    on = f"Em {day(case.outcome.at)}" if case.outcome else ""
    value = case.facts.monthly_value
    if case.status is CaseStatus.VOID:
        return f"{on} · não era pedido de cancelamento"
    verb = "ficam" if case.status is CaseStatus.RETAINED else "saem"
    return f"{on} · {verb} **{brl(value)}** por mês" if value is not None else on


def _answer_line(case: Case) -> list[Json]:
    """Say how path 1 ended, on the band of a case that came from there."""
    reverted = case.reversal
    if reverted is not None:
        when = at_moment(reverted.confirmed_at, reverted.at)
        how = f"{when}, {BY_CHANNEL[reverted.channel]}"
        who = one_line(reverted.confirmed_by, at_most=_LONGEST_WORDS)
        return [rich(run("Revertido pelo RC", bold=True), run(f" · confirmado por {who}, {how}"))]
    if case.failed_reversal is not None:
        return [text("O RC tentou reverter, e o cliente ainda quer sair.")]
    return []
