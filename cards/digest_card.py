"""The summary of the day, as a leader reads it in the morning or asks for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from cards.actions.around import ListCases, MuteNotices, OpenDigestAssign, SeeException, ShowReport
from cards.elements import (
    Json,
    action_set,
    band,
    card,
    columns,
    container,
    facts,
    figure,
    heading,
    rich,
    run,
    text,
)
from cards.formats import (
    SAO_PAULO,
    at_moment,
    brl,
    business_duration,
    calendar_day,
    counted,
    day,
    decimal_comma,
    listed,
    moment,
    today,
    value_of,
)
from cards.labels import MEASURES, REASONS, decapitalised
from cards.notice import Notice, notice_band
from cards.plain_text import one_line, plain
from retention.domain.cancellation import CancellationReason
from retention.domain.case import CaseNumber, case_code
from retention.domain.digest import Delay, Digest, Duty, Late, Reasons, Waiting
from retention.domain.report import CaseFigures, Measure

_LONGEST_NAME = 60
_LONGEST_QUOTE = 140
_MOST_WAITING: Mapping[Duty, int] = {Duty.UNCLAIMED: 3, Duty.EXCEPTION: 2, Duty.CLOSED_IN_CRM: 3}
_MOST_BESIDE = 3
"""Decisions with a button, beside which those below still stand open: Teams shows six."""
_MOST_LATE = 5
_MOST_REASONS = 5
ONLY_IN_PRIVATE = (
    "O resumo é na conversa comigo, em particular: ele é de quem lidera. "
    "Abra o nosso chat e escreva /resumo."
)
_NOON, _EVENING = 12, 18
_CHART_TITLE = "Pedidos por motivo, últimos 7 dias"
_DUTIES: Mapping[Duty, str] = {
    Duty.UNCLAIMED: "sem dono, depois dos avisos",
    Duty.EXCEPTION: "encerrados por exceção",
    Duty.CLOSED_IN_CRM: "fechados no Salesforce antes do resultado",
}

Links = Mapping[CaseNumber, str]
"""The address of each case's thread, where it is known."""


def digest_card(digest: Digest, *, thread_urls: Links, notice: Notice | None = None) -> Json:
    """Show what waits, what is late, what came and went, and what stands out."""
    first_name = plain(one_line(digest.leader.first_name, at_most=_LONGEST_NAME))
    greeting = f"{_greeting(digest.at)}, {first_name}"
    return card(
        notice_band(notice),
        heading(greeting),
        text(f"{day(digest.at).capitalize()} · {_in_short(digest)}", spacing="None"),
        _waiting(digest, thread_urls),
        _late(digest, thread_urls),
        _numbers(digest),
        _oldest(digest, thread_urls),
        _reasons(digest.reasons),
        _further(digest),
        fallback_text=f"{greeting}: {_in_short(digest)}.",
    )


def _further(digest: Digest) -> Json:
    """Offer what leads on; behind the "…" where the decisions need the room."""
    acts = Counter(each.duty for each in digest.waiting)
    shown = sum(min(acts[duty], _MOST_WAITING[duty]) for duty in (Duty.UNCLAIMED, Duty.EXCEPTION))
    is_full = shown > _MOST_BESIDE
    month = f"{today(digest.at):%Y-%m}"
    return action_set(
        ListCases.button("Ver casos sem dono", secondary=is_full, which="unclaimed")
        if digest.oldest
        else None,
        ShowReport.button("Ver relatório do mês", secondary=is_full, month=month),
        MuteNotices.button("Não receber o resumo", secondary=True, kind="digest", on=1),
    )


def digest_summary(digest: Digest) -> str:
    """Say a digest in one line, for the notification."""
    return f"Resumo do dia: {_in_short(digest)}."


def _in_short(digest: Digest) -> str:
    waiting, late = len(digest.waiting), len(digest.late)
    parts = []
    if waiting:
        verb = "espera" if waiting == 1 else "esperam"
        parts.append(f"{counted(waiting, 'decisão', 'decisões')} {verb} você")
    if late:
        parts.append(counted(late, "caso atrasado", "casos atrasados"))
    if not parts:
        parts.append("nada espera sua decisão")
    return listed(parts)


def _greeting(at: datetime) -> str:
    hour = at.astimezone(SAO_PAULO).hour
    if hour < _NOON:
        return "Bom dia"
    return "Boa tarde" if hour < _EVENING else "Boa noite"


def _waiting(digest: Digest, urls: Links) -> Json | None:
    if not digest.waiting:
        return None
    parts: list[Json] = []
    for duty, words in _DUTIES.items():
        of_duty = [each for each in digest.waiting if each.duty is duty]
        most = _MOST_WAITING[duty]
        parts += [_decision(each, digest.at, urls) for each in of_duty[:most]]
        if len(of_duty) > most:
            rest = len(of_duty) - most
            parts.append(text(f"E mais {rest} {words}.", spacing="Medium"))
    return container(
        heading("✋ Para você decidir", section=True, spacing="None"),
        *parts,
        id="decisions",
    )


def _decision(waiting: Waiting, at: datetime, urls: Links) -> Json:
    case = waiting.case
    quote = one_line(waiting.verbatim, at_most=_LONGEST_QUOTE)
    value = f" · {brl(case.monthly_value)} por mês" if case.monthly_value else ""
    return container(
        rich(run(f"“{quote}”", italic=True), spacing="None") if quote else None,
        rich(run(_name(case), bold=True), run(f"{value} · Caso {case.line.crm_case_number}")),
        rich(run(_why_waiting(waiting, at))),
        _thread(case, urls),
        _acts(waiting),
        spacing="Medium",
    )


def _acts(waiting: Waiting) -> Json | None:
    """Offer what the leader may do about it right here."""
    code = case_code(waiting.case.line.number)
    match waiting.duty:
        case Duty.UNCLAIMED:
            return action_set(OpenDigestAssign.button("Atribuir a…", case=code), spacing="Small")
        case Duty.EXCEPTION:
            return action_set(SeeException.button("Estou ciente", case=code), spacing="Small")
        case Duty.CLOSED_IN_CRM:
            return None


def _why_waiting(waiting: Waiting, at: datetime) -> str:
    marks = waiting.case.marks
    match waiting.duty:
        case Duty.UNCLAIMED:
            since = moment(marks.handed_over_at or at, at)
            return f"Sem dono desde {since}, e os avisos já saíram. Diga quem assume."
        case Duty.EXCEPTION:
            why = one_line(waiting.why, at_most=_LONGEST_QUOTE)
            who = waiting.case.line.owner
            name = f" por {who.first_name}" if who else ""
            when = at_moment(marks.ended_at or at, at)
            return f"Encerrado por exceção{name} {when}: “{why}”"
        case Duty.CLOSED_IN_CRM:
            when = at_moment(marks.closed_in_crm_at or at, at)
            return f"Fechado no Salesforce {when}. Aqui ainda falta registrar o resultado."


def _late(digest: Digest, urls: Links) -> Json | None:
    if not digest.late:
        return None
    rest = len(digest.late) - _MOST_LATE
    return band(
        heading(f"⏰ Atrasados · {len(digest.late)}", section=True, spacing="None"),
        *(_late_line(each, digest.at, urls) for each in digest.late[:_MOST_LATE]),
        text(f"E mais {rest}.") if rest > 0 else None,
        id="overdue",
        style="attention",
        spacing="Medium",
    )


def _late_line(late: Late, at: datetime, urls: Links) -> Json:
    case = late.case
    line = case.line
    name = one_line((line.owner or line.opened_by).first_name, at_most=_LONGEST_NAME)
    if late.delay is Delay.PLAN and case.marks.plan_due:
        why = f"o plano de {name} era para {calendar_day(case.marks.plan_due, at)}"
    elif late.delay is Delay.ANSWER and case.marks.answer_due_at:
        why = f"pergunta sem resposta desde {moment(case.marks.answer_due_at, at)}, com {name}"
    else:
        why = f"sem novidade há {business_duration(late.quiet_for)} úteis, com {name}"
    return rich(run(_name(case), bold=True, url=urls.get(line.number, "")), run(f" · {why}"))


def _numbers(digest: Digest) -> Json:
    report = digest.report
    shown = [
        figure(
            str(report.count(measure)),
            MEASURES[measure][report.count(measure) != 1],
            value_of(report.count(measure), report.value(measure)),
        )
        for measure in (Measure.OPENED, Measure.RETAINED, Measure.LOST)
    ]
    return container(
        heading(f"Desde {_since(report.span.since, digest.at)}", section=True, spacing="None"),
        columns(*shown),
        id="numbers",
        spacing="Medium",
    )


def _since(since: datetime, at: datetime) -> str:
    days = (today(at) - today(since)).days
    return {0: "hoje cedo", 1: "ontem"}.get(days, day(since, at))


def _oldest(digest: Digest, urls: Links) -> Json | None:
    """Name the case that has waited longest, unless it stands among the decisions."""
    case = digest.oldest
    if case is None or case in (each.case for each in digest.waiting):
        return None
    since = moment(case.marks.handed_over_at or case.line.opened_at, digest.at)
    return container(
        heading("🕑 Mais antigo sem dono", section=True, spacing="None"),
        rich(
            run(_name(case), bold=True),
            run(f" · Caso {case.line.crm_case_number} · desde {since}"),
        ),
        _thread(case, urls),
        id="oldest",
    )


def _reasons(reasons: Reasons) -> Json | None:
    """Say which reason stands out, if one does, over the chart of the week."""
    if not reasons.total:
        return None
    standout = reasons.standout
    counts = sorted(reasons.week.items(), key=lambda each: (-each[1], each[0]))[:_MOST_REASONS]
    if standout is None:
        title, words = "📊 Motivos da semana", _ahead(counts, reasons.total)
    else:
        title = "📈 Motivo que se destaca"
        words = (
            f"**{REASONS[standout]}:** {reasons.week[standout]} de "
            f"{counted(reasons.total, 'pedido', 'pedidos')} em 7 dias. "
            f"Nas 4 semanas antes, {_usual(reasons, standout)} por semana."
        )
    return container(
        heading(title, section=True, spacing="None"),
        text(words),
        text(_CHART_TITLE, small=True),
        {
            "type": "Chart.HorizontalBar",
            "title": _CHART_TITLE,
            "displayMode": "AbsoluteNoAxis",
            "data": [{"x": REASONS[reason], "y": number} for reason, number in counts],
            "fallback": facts(
                [
                    (REASONS[reason], f"{number} (antes, {_usual(reasons, reason)})")
                    for reason, number in counts
                ],
                spacing="Small",
            ),
        },
        id="reasons",
    )


def _ahead(counts: Sequence[tuple[CancellationReason, int]], total: int) -> str:
    """Say which reason came most often; of one request each, or as many, none did."""
    (most, count), *others = counts
    requests = counted(total, "pedido", "pedidos")
    if not others:
        return f"{requests}: {decapitalised(REASONS[most])}."
    if count == others[0][1]:
        return f"{requests}, e nenhum motivo à frente."
    return f"**{REASONS[most]}:** {count} de {requests}."


def _usual(reasons: Reasons, reason: CancellationReason) -> str:
    return decimal_comma(reasons.usual(reason), 1).removesuffix(",0")


def _thread(case: CaseFigures, urls: Links) -> Json | None:
    url = urls.get(case.line.number)
    return rich(run("Abrir tópico", url=url), spacing="None") if url else None


def _name(case: CaseFigures) -> str:
    return one_line(case.line.customer, at_most=_LONGEST_NAME)
