"""What is said of the CRM in the thread, and what is written into the CRM itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cards.desk_words import DeskEvent, desk_comment
from cards.formats import brl, calendar_day, listed
from cards.labels import OUTCOME_WORDS, PATHS, PRIORITY, STEPS, decapitalised, reason_words
from cards.notice import Notice
from cards.plain_text import one_line, paragraphs, plain
from retention.domain.case import Case
from retention.domain.crm_profile import CrmProfile, NoProfile
from retention.domain.events import (
    CaseNumberCorrected,
    CaseOpened,
    CaseReclassified,
    CaseReverted,
    CrmChangeKind,
    CrmHeard,
    Event,
    HandoverRefused,
    HandoverStep,
    NoteAdded,
    OutcomeRecorded,
    PlanMade,
    RequestRepeated,
    ReversalFailed,
    StepDrifted,
    StepsConfirmed,
)
from retention.domain.handover import CASE_GONE, NO_SUCH_CASE

_WRITTEN = (NoteAdded, RequestRepeated, PlanMade)
CrmEvent = StepsConfirmed | HandoverRefused | StepDrifted | CrmHeard
_LONGEST_VALUE = 80
_LONGEST_NUMBER = 20
_LONGEST_SAID = 280


def crm_reply(case: Case, event: CrmEvent) -> tuple[str, str]:
    """Say in the thread what the CRM told: the headline, unescaped, and more, in Markdown."""
    match event:
        case CrmHeard(kind=CrmChangeKind.COMMENT):
            return f"💬 {_who(event.who)} comentou no Salesforce:", paragraphs(event.text)
        case CrmHeard(kind=CrmChangeKind.POST):
            return f"💬 {_who(event.who)} publicou no Caso, no Salesforce:", paragraphs(event.text)
        case CrmHeard(kind=CrmChangeKind.CLOSED):
            gate = f"O {case.code} continua aberto: registre aqui o resultado para encerrar."
            headline = f"⚠️ {_who(event.who)} encerrou o Caso {_caso(case)} no Salesforce."
            return headline, gate if event.after.is_open else ""
        case HandoverRefused():
            by_hand = "" if is_gone(event) else "Façam os passos à mão e marquem no caso."
            return f"⚠️ {refusal_words(case, event)}", by_hand
        case _:
            return f"{crm_event_words(event)}.", ""


def crm_event_words(event: CrmEvent) -> str:
    """Say it in one short sentence, unescaped, without its full stop."""
    match event:
        case StepsConfirmed():
            confirmed = listed([STEPS[step] for step in event.steps])
            return f"Salesforce confirmou: {confirmed}" if confirmed else "Salesforce respondeu"
        case HandoverRefused():
            gone = "O Caso já não existe no Salesforce"
            return gone if is_gone(event) else "Salesforce recusou os passos do Caso"
        case StepDrifted():
            found = one_line(event.found, at_most=_LONGEST_VALUE)
            return (
                f"{_who(event.changed_by)} mudou {_THE[event.step]} no Salesforce para “{found}”, "
                "e o bot desfaz essa mudança, só desta vez"
            )
        case CrmHeard():
            return _heard(event)


_THE = {
    HandoverStep.MENTION: "a menção",
    HandoverStep.QUEUE: "a fila",
    HandoverStep.STATUS: "o status",
    HandoverStep.PRIORITY: "a prioridade",
}


def _heard(event: CrmHeard) -> str:
    text = one_line(event.text, at_most=_LONGEST_VALUE)
    before = f"de “{one_line(event.was, at_most=_LONGEST_VALUE)}” " if event.was else ""
    match event.kind:
        case CrmChangeKind.STATUS:
            return f"{_who(event.who)} mudou o status no Salesforce {before}para “{text}”"
        case CrmChangeKind.PRIORITY:
            return f"{_who(event.who)} mudou a prioridade no Salesforce {before}para “{text}”"
        case CrmChangeKind.OWNER:
            return f"{_who(event.who)} passou o Caso no Salesforce {before}para “{text}”"
        case CrmChangeKind.CLOSED:
            return f"{_who(event.who)} encerrou o Caso no Salesforce"
        case CrmChangeKind.COMMENT | CrmChangeKind.POST:
            return f"{_who(event.who)} escreveu no Salesforce: “{text}”"


def change_words(event: CrmHeard) -> str:
    """Say what a field of the Caso holds now, and who changed it."""
    return f"“{one_line(event.text, at_most=_LONGEST_VALUE)}”, por {_who(event.who)}"


def is_gone(refusal: HandoverRefused) -> bool:
    """Tell whether the Caso itself is no more: merged into another, or deleted."""
    return refusal.code == CASE_GONE


def refusal_words(case: Case, refusal: HandoverRefused) -> str:
    """Say why the CRM takes no step of the handover, unescaped."""
    if refusal.code == NO_SUCH_CASE:
        return f"O Salesforce não tem o Caso {_caso(case)}: confira o número."
    said = one_line(refusal.said, at_most=_LONGEST_SAID)
    if is_gone(refusal):
        what = f"foi unido ao {said}" if said else "foi excluído"
        return (
            f"No Salesforce, o Caso {_caso(case)} {what}. Para seguir no certo, toque em Corrigir "
            "nº do Caso, em “…”."
        )
    why = f": “{said}”" if said else ", e a operação já vê o motivo"
    return f"O Salesforce recusou os passos do Caso {_caso(case)}{why}."


def former_caso_words(case: Case, event: CaseNumberCorrected) -> str:
    """Say what is left to do in the Caso that was none of this customer's, in Markdown.

    What the CRM was made to hold there, only people can tell how to set back.
    """
    if not any(each.is_handover for each in case.history if each.version < event.version):
        return ""
    former, right = plain(event.number_before), plain(event.number_after)
    if case.in_crm:
        return (
            f"Os passos no Salesforce vão agora para o Caso {right}. Confiram o {former}: o que "
            "foi mudado lá por engano, só vocês podem desfazer."
        )
    return f"Confiram se os passos no Salesforce foram feitos no Caso {right}."


NO_PROFILE: Mapping[NoProfile, str] = {
    NoProfile.NOT_FOUND: "o Salesforce não tem esse Caso. Confira o número.",
    NoProfile.AWAY: "o Salesforce não respondeu a tempo. Pode continuar.",
}
NOT_OPENED = Notice(
    "O Caso ainda não foi criado",
    "O Salesforce não respondeu. O que você escreveu está guardado: tente de novo em instantes.",
    "warning",
)


def nothing_known(number: str, why: NoProfile) -> Notice:
    """Say that nothing is known of a number, and what to do."""
    if why is NoProfile.AWAY:
        return Notice(
            "O Salesforce não respondeu",
            "Pode continuar: o que falta fazer lá, eu faço quando ele voltar.",
            "warning",
        )
    return Notice(
        f"Não encontrei o Caso {plain(one_line(number, at_most=_LONGEST_NUMBER))}",
        "Confira o número ou crie o Caso agora. Se ele está certo, continue: eu sigo sem os dados.",
        "warning",
    )


def plan_words(plan: str) -> str:
    """Name a plan, whose name may begin with that word itself."""
    return plan if plan.lower().startswith("plano") else f"plano {plan}"


def known_notice(profile: CrmProfile) -> Notice:
    """Say whose Caso it is, above the fields that were filled in."""
    case = profile.case
    known = (
        plain(one_line(case.customer or "cliente sem nome", at_most=_LONGEST_VALUE)),
        plain(one_line(plan_words(case.plan), at_most=_LONGEST_VALUE)) if case.plan else "",
        f"{brl(case.monthly_value)} por mês" if case.monthly_value is not None else "",
        f"Caso com {plain(one_line(case.owner, at_most=_LONGEST_VALUE))}",
    )
    return Notice("Achei no Salesforce", " · ".join(part for part in known if part), "good")


def opened_notice(number: str) -> Notice:
    """Say that the Caso is there."""
    return Notice(f"Caso {plain(number)} criado no Salesforce", "Confira e continue.", "good")


def new_caso(*, customer: str, verbatim: str, author: str) -> tuple[str, str]:
    """Write the subject and the description of a Caso that is created from the form."""
    description = f"Nas palavras do cliente: “{verbatim}”\n\n(via Teams por {author})"
    return f"Pedido de cancelamento: {customer}", description


class CrmWording:
    """Implements `CrmWords`: plain text, for people who read the Caso and not the thread."""

    def comment(self, case: Case, event: Event) -> str:
        return f"{self._said(case, event)}\n\n({case.code}, via Teams por {event.by.name})"

    def post(self, case: Case) -> str:
        facts, judged = case.facts, case.judgement
        reason = decapitalised(reason_words(judged.reason, judged.reason_text))
        return (
            f"{PRIORITY} · {facts.customer} pede cancelamento · Caso {facts.crm_case_number}. "
            f"{PATHS[judged.path]}: {reason}. Combinem no Teams, {case.code}."
        )

    def _said(self, case: Case, event: Event) -> str:
        if isinstance(event, DeskEvent):
            return desk_comment(event)
        match event:
            case CaseOpened():
                return _diagnosis(case)
            case NoteAdded():
                return event.text
            case RequestRepeated():
                return f"O cliente pediu de novo para cancelar: “{event.verbatim}”"
            case PlanMade():
                told = f"\nInformado ao cliente: {event.told}" if event.told else ""
                due = f"{event.who.name}, até {calendar_day(event.due)}"
                return f"Plano: {event.what}\nQuem: {due}{told}"
            case _:
                return self._decided(case, event)

    def _decided(self, case: Case, event: Event) -> str:
        match event:
            case CaseReverted():
                told = f"\nInformado ao cliente: {event.told}" if event.told else ""
                return f"Revertido, o cliente fica. Confirmado por {event.confirmed_by}.{told}"
            case ReversalFailed():
                said = f"\nO cliente disse: “{event.customer_said}”" if event.customer_said else ""
                return f"O RC tentou, e o cliente ainda quer sair.{said}\n\n{_diagnosis(case)}"
            case CaseNumberCorrected():
                return "\n\n".join((_diagnosis(case), *self._said_before(case, event)))
            case CaseReclassified():
                return f"Classificação corrigida. Por quê: {event.why}\n\n{_diagnosis(case)}"
            case OutcomeRecorded():
                reason = reason_words(event.real_reason, event.real_reason_text)
                lesson = f"\nLição: {event.lesson}" if event.lesson else ""
                return (
                    f"Resultado: {OUTCOME_WORDS[event.kind]}.\nMotivo real: {reason}"
                    f"\nFeedback: {event.feedback_result or 'sem resposta'}{lesson}"
                )
            case _:
                return f"Atualização do {case.code}."

    def _said_before(self, case: Case, event: Event) -> Iterator[str]:
        """Repeat what people wrote before an event: it went into another Caso."""
        for each in case.history:
            if each.version < event.version and isinstance(each, _WRITTEN):
                yield f"{each.by.name}: {self._said(case, each)}"


def _diagnosis(case: Case) -> str:
    facts, judged = case.facts, case.judgement
    reason = reason_words(judged.reason, judged.reason_text)
    return (
        f"Pedido de cancelamento de {facts.customer}.\n"
        f"Nas palavras do cliente: “{facts.verbatim}”\n"
        f"Motivo: {reason}\nCaminho: {PATHS[judged.path]}"
    )


def _caso(case: Case) -> str:
    return case.facts.crm_case_number


def _who(name: str) -> str:
    return name or "Alguém"
