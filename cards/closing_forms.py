"""Forms of the end of a case: its documents, its outcome. What is missing, the close gate says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cards.actions.closing import MarkDocuments, RecordResult
from cards.desk_words import attempts_words
from cards.documents_part import STATE_INPUTS, documents_of, state_input
from cards.elements import Json, choice_input, heading, rich, run, text, text_input
from cards.forms import NO_PROBLEMS, NOTHING_TYPED, Problems, Typed, case_form, reason_fields
from cards.labels import FEEDBACK_CHANNELS, FIELDS, OUTCOMES, decapitalised, reason_words
from retention.domain.case import Case
from retention.domain.closing import NO_CHANNEL
from retention.domain.errors import CannotClose, Problem
from retention.domain.events import DocumentState, OutcomeKind, Requirement

_FIELD_OF: Mapping[Requirement, tuple[str, Problem]] = {
    **{
        requirement: (requirement.value, Problem.MISSING)
        for requirement in Requirement
        if requirement is not Requirement.DOCUMENTS
    },
    Requirement.DOCUMENTS: (STATE_INPUTS[DocumentState.VALIDATED], Problem.NOT_VALIDATED),
}
"""Beside which field the close gate's refusal stands."""

_WAYS = {way: words for way, words in FEEDBACK_CHANNELS.items() if way not in NO_CHANNEL}
"""How one may have tried to hear the customer, whether somebody answered or not."""


def gate_problems(refusal: CannotClose) -> Problems:
    """Say beside each field what the close gate misses there."""
    return dict(_FIELD_OF[requirement] for requirement in refusal.lacking)


def documents_card(case: Case, required: Sequence[str], *, may_validate: bool) -> Json:
    """Ask which documents were asked for, came in and were checked, where they are not beyond that.

    Args:
        case: the case and the documents it has.
        required: what the reason needs.
        may_validate: whether whoever sees the form checks documents.
    """
    states = [s for s in DocumentState if may_validate or s is not DocumentState.VALIDATED]
    names = documents_of(case, required)
    asked = {state: [name for name in names if not _is_past(state, name, case)] for state in states}
    fields = [state_input(state, names) for state, names in asked.items() if names]
    return case_form(
        case,
        "Documentos",
        "Marque o que andou. Cada passo fica com o seu nome e a hora.",
        *fields,
        None if fields else text("Está tudo marcado por aqui."),
        submit=MarkDocuments.on(case, "Salvar documentos", style="positive"),
    )


def result_card(
    case: Case,
    *,
    typed: Typed = NOTHING_TYPED,
    problems: Problems = NO_PROBLEMS,
    missing: Sequence[str] = (),
    by_exception: bool = False,
) -> Json:
    """Ask how the case ended.

    Args:
        case: the case to end.
        typed: what was typed before, by input.
        problems: what to mend, by input.
        missing: documents that the reason needs and nobody has validated.
        by_exception: whether whoever sees the form needs a reason to end the case at all.
    """
    said = case.judgement
    declared = decapitalised(reason_words(said.reason, said.reason_text))
    typed = {
        "real_reason": said.reason,
        "real_reason_text": said.reason_text,
        **_known(case),
        **typed,
    }
    is_exception = by_exception or bool(problems) or bool(typed.get("override"))
    return case_form(
        case,
        "Registrar resultado",
        "Conte como terminou. Se faltar algo, eu aviso ao lado do campo.",
        choice_input(
            "outcome",
            FIELDS["outcome"],
            OUTCOMES,
            error="Escolha como o caso terminou.",
            value=typed.get("outcome", ""),
            required=True,
            expanded=True,
        ),
        *reason_fields("real_reason", typed["real_reason"], typed, problems),
        rich(
            run(f"Motivo dito: {declared}. Mude se descobriu outro.", small=True), spacing="Small"
        ),
        heading("Depois de tentar ouvir o cliente", section=True, spacing="Large"),
        text("“Sem efeito” dispensa os dois primeiros campos.", small=True, spacing="None"),
        *_lessons(typed),
        *(_papers(missing, typed) if missing else []),
        *(_exception(typed) if is_exception else []),
        submit=RecordResult.on(case, "Registrar resultado", style="positive"),
        purpose="registrar",
        problems=problems,
    )


def _is_past(state: DocumentState, name: str, case: Case) -> bool:
    order = list(DocumentState)
    return any(order.index(each) >= order.index(state) for each in case.documents.get(name, ()))


def _known(case: Case) -> Typed:
    """Propose what the desk has written down already; whoever ends the case may change it."""
    tried = case.attempts
    if tried is not None:
        return {
            "outcome": OutcomeKind.LOST,
            "feedback_channel": tried.channels[0],
            "feedback_result": f"Não conseguimos contato: {attempts_words(tried)}.",
        }
    return {"outcome": OutcomeKind.LOST} if case.decision is not None else {}


def _papers(missing: Sequence[str], typed: Typed) -> list[Json]:
    field = state_input(
        DocumentState.VALIDATED, missing, value=typed.get(STATE_INPUTS[DocumentState.VALIDATED], "")
    )
    return [
        heading("📎 Documentos que faltam conferir", section=True, spacing="Large"),
        text("Só quem sai precisa deles.", small=True, spacing="None"),
        field,
    ]


def _exception(typed: Typed) -> list[Json]:
    return [
        heading("Se for exceção", section=True, spacing="Large"),
        text("O motivo fica à vista no caso, com o seu nome, para sempre.", small=True),
        text_input(
            "override",
            FIELDS["override"],
            error="Resuma em até 600 caracteres.",
            placeholder="Ex.: a loja fechou e ninguém mais atende",
            value=typed.get("override", ""),
            max_length=600,
            multiline=True,
        ),
    ]


def _lessons(typed: Typed) -> list[Json]:
    return [
        choice_input(
            "feedback_channel",
            FIELDS["feedback_channel"],
            _WAYS,
            error="Escolha por onde você tentou.",
            placeholder="Por onde você perguntou?",
            value=typed.get("feedback_channel", ""),
        ),
        text_input(
            "feedback_result",
            FIELDS["feedback_result"],
            error="Escreva o que ele respondeu. Sem resposta, escreva “não atendeu”.",
            placeholder="Ex.: “agora alguém me ouviu”. Sem resposta: “não atendeu”",
            value=typed.get("feedback_result", ""),
            max_length=600,
            multiline=True,
        ),
        text_input(
            "lesson",
            FIELDS["lesson"],
            error="Conte em uma frase o que ajuda no próximo caso.",
            placeholder="O que faríamos diferente?",
            value=typed.get("lesson", ""),
            max_length=600,
            multiline=True,
        ),
    ]
