"""👉 Agora faça: one sentence per role, beginning with the person's name."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from cards.elements import Json, container, heading, text
from cards.formats import at_moment, calendar_day, listed, moment
from cards.plain_text import one_line, plain
from retention.domain.cancellation import CancellationPath
from retention.domain.case import Case
from retention.domain.events import CaseClaimed, CaseStatus
from retention.domain.people import Person, Role
from retention.domain.treatment import HELPERS

_LONGEST_WHY = 200
_LEAD_RECORDS = "No fim, um líder do Adm/Fin registra o resultado aqui"


def next_section(
    case: Case,
    called: Sequence[Person],
    documents: Sequence[str] = (),
    now: datetime | None = None,
) -> Json:
    """Say who does what now. The names of the people called are bold: they have the ball.

    Args:
        case: the case.
        called: who answers for Adm/Fin and RC now.
        documents: those that its reason needs.
        now: the present moment; without it, a day is always written.
    """
    return container(
        heading("👉 Agora faça", section=True, spacing="None"),
        *(text(sentence) for sentence in _sentences(case, called, documents, now)),
        id="next",
        spacing="Medium",
    )


def person_with(role: Role, people: Sequence[Person]) -> Person | None:
    """Find the first of some people who holds a role."""
    return next((person for person in people if role in person.roles), None)


def _sentences(
    case: Case, called: Sequence[Person], documents: Sequence[str], now: datetime | None
) -> list[str]:
    author = plain(case.opened_by.first_name)
    match case.status:
        case CaseStatus.IN_TREATMENT:
            return _treating(case, plain(case.treated_by.first_name))
        case CaseStatus.WITH_ADMFIN:
            return _with_admfin(case, author, called, now)
        case CaseStatus.AWAITING_INFO:
            return _awaiting_info(case, now)
        case CaseStatus.LEAVING:
            return _leaving(case, called, documents)
        case _:
            return _awaiting(case, called, author, documents)


def _treating(case: Case, author: str) -> list[str]:
    waiting = [case.calls[role].called.person for role in HELPERS if role in case.pending_calls]
    asked = listed([f"**{plain(name)}**" for name in dict.fromkeys(p.first_name for p in waiting)])
    called = [f"{asked}, {author} está chamando."] if waiting else []
    if case.plan is None:
        return [
            *called,
            f"**{author}**, ouça o cliente, veja o histórico, peça ajuda se precisar e monte o "
            "plano. Depois, diga a ele os próximos passos.",
        ]
    due, doer = calendar_day(case.plan.due), plain(case.plan.who.first_name)
    if case.plan.who.id != case.opened_by.id:
        return [
            *called,
            f"**{doer}** segue o plano até **{due}**. **{author}**, registre aqui o que o cliente "
            "decidir.",
        ]
    first = "conte ao cliente os próximos passos, " if case.told is None else ""
    return [
        *called,
        f"**{author}**, {first}siga o plano até **{due}** e registre aqui o que o cliente decidir.",
    ]


def _awaiting(
    case: Case, called: Sequence[Person], author: str, documents: Sequence[str]
) -> list[str]:
    lead = person_with(Role.ADMFIN_LEAD, called)
    who = f"**{plain(lead.name)}**" if lead else "**Adm/Fin**"
    if case.given_back is not None:
        giver, why = case.given_back.by, one_line(case.given_back.why, at_most=_LONGEST_WHY)
        somebody = "**Adm/Fin**" if lead and lead.id == giver.id else who
        return [f"{somebody}, assuma o caso: {plain(giver.first_name)} devolveu. “{plain(why)}”"]
    if case.reversal is not None:
        return [
            f"{who}, assuma o caso: o RC reverteu, e falta confirmar com o cliente e fechar.",
            f"{author}, o caso agora é com o Adm/Fin. Se o cliente procurar você, anote.",
        ]
    also = person_with(Role.RC_LEAD, called)
    told = f" {plain(also.name)} (líder do RC) também recebe o chamado." if also else ""
    papers = (
        " Peça a ele os documentos do motivo."
        if documents and case.judgement.path is CancellationPath.NON_TECHNICAL
        else ""
    )
    return [
        f"{who}, assuma o caso: {_why(case)}.{told}",
        f"{author}, diga ao cliente que o setor responsável vai procurá-lo.{papers}",
    ]


def _why(case: Case) -> str:
    if case.failed_reversal is not None:
        return "o RC tentou, e o cliente ainda quer sair"
    if case.judgement.path is CancellationPath.NON_TECHNICAL:
        return "o motivo não é técnico, e o suporte não tem como reverter"
    return "o cliente não quer nova tentativa do suporte"


def is_call_due(case: Case) -> bool:
    """Tell whether what comes next is to call the customer, with the author on the line."""
    return (
        case.status is CaseStatus.WITH_ADMFIN
        and case.owner is not None
        and case.owner.id != case.opened_by.id
        and case.attempts is None
        and case.reversal is None
        and case.triangulation is None
        and not _has_talked(case)
    )


def _has_talked(case: Case) -> bool:
    called = case.triangulated
    return called is not None and called.attended


def _with_admfin(
    case: Case, author: str, called: Sequence[Person], now: datetime | None
) -> list[str]:
    owner, call = _owner(case), case.triangulation
    closes = _closes(case, called)
    records = "No fim, registre o resultado aqui." if closes else f"{_LEAD_RECORDS}."
    if case.attempts is not None:
        lead = owner if closes else plain(case.attempts.by.first_name)
        return [f"**{lead}**, registre o resultado: as tentativas já vão preenchidas."]
    if call is not None:
        when = at_moment(call.starts_at, now)
        return [f"**{owner}**, a ligação a três é {when}. Depois, registre se o cliente atendeu."]
    if case.reversal is not None:
        return [f"**{owner}**, confirme com o cliente que ele fica.", records]
    if is_call_due(case):
        return [
            f"**{owner}**, ligue com {author} na linha: assim o cliente não repete a história.",
            records,
        ]
    if _has_talked(case):
        return [f"**{owner}**, siga o que ficou combinado na ligação.", records]
    return [f"**{owner}**, fale com o cliente.", records]


def _closes(case: Case, called: Sequence[Person]) -> bool:
    """Tell whether the owner is known to lead the Adm/Fin: the outcome is a lead's to record."""
    leads = (person.id for person in called if Role.ADMFIN_LEAD in person.roles)
    is_on_duty = case.owner is not None and case.owner.id in leads
    return is_on_duty or isinstance(case.claimed, CaseClaimed)


def _awaiting_info(case: Case, now: datetime | None) -> list[str]:
    asked = case.question
    if asked is None:
        return []
    who, until = plain(asked.person.first_name), moment(asked.until, now)
    due = f"a resposta era para **{until}**" if case.is_answer_late else f"responda até **{until}**"
    return [
        f"**{who}**, {due}. Quem mais souber também pode responder.",
        f"{_owner(case)}, o caso volta para você com a resposta.",
    ]


def _leaving(case: Case, called: Sequence[Person], documents: Sequence[str]) -> list[str]:
    papers = " e cuide dos documentos" if documents else ""
    records = "No fim, registre o resultado" if _closes(case, called) else _LEAD_RECORDS
    return [
        f"**{_owner(case)}**, confirme a saída com o cliente{papers}. Sem novas ofertas.",
        f"{records}. Se ele mudar de ideia, “Retido” ainda vale.",
    ]


def _owner(case: Case) -> str:
    return plain(case.owner.first_name) if case.owner else "Adm/Fin"
