"""Screen 1 of the form: what the agent heard."""

from __future__ import annotations

from cards.actions.intake import ContinueForm, DiscardForm, FindInCrm, JoinFromFacts, OpenInCrm
from cards.duplicate_card import standing
from cards.elements import (
    Json,
    action_set,
    card,
    choice_input,
    container,
    heading,
    open_url,
    text,
    text_input,
)
from cards.forms import (
    NO_PROBLEMS,
    Problems,
    case_number_input,
    checked,
    problem_line,
    problems_band,
)
from cards.labels import CHANNELS, FIELDS, MOODS
from cards.notice import Notice, notice_band
from cards.plain_text import plain
from retention.domain.cancellation import Mood
from retention.domain.case import Case
from retention.domain.draft import Draft
from retention.domain.errors import Problem

_BEGINNING = "Leva cerca de um minuto. Depois de Continuar, o rascunho fica guardado."
_IN_CRM = (
    "Tudo até o humor do cliente é preciso para continuar. Com o nº do Caso, busque no Salesforce "
    "o que já se sabe; sem ele, crie o Caso aqui."
)


def facts_card(
    draft: Draft,
    *,
    case_number_pattern: str,
    problems: Problems = NO_PROBLEMS,
    in_crm: bool = False,
    notice: Notice | None = None,
    open_case: Case | None = None,
    thread_url: str | None = None,
) -> Json:
    """Screen 1: what the agent heard. Everything typed so far is in its field.

    `in_crm` offers what a CRM can do; `open_case`, which has the Caso already, to join it with the
    customer's words alone. The client then requires nothing, for it would hold up a button that
    needs one field; the server requires all the same.
    """
    is_lenient = in_crm or open_case is not None
    fields = [*_case_number(draft, case_number_pattern, problems), *_told(draft, problems)]
    return card(
        notice_band(notice),
        heading("Pedido de cancelamento"),
        text(f"Passo 1 de 2 · aberto por {plain(draft.author.name)}", spacing="None"),
        problems_band(problems, purpose="continuar")
        or text(_IN_CRM if in_crm else _BEGINNING, small=True),
        _open_already(open_case, thread_url) if open_case else None,
        *(_unrequired(field) for field in fields) if is_lenient else fields,
        heading("Se souber (opcional)", section=True, spacing="Large"),
        text("CNPJ e CPF ficam guardados com máscara.", small=True, spacing="None"),
        *_optional(draft, problems),
        action_set(
            JoinFromFacts.button(
                "Juntar ao caso aberto", style="positive", draft=draft.id, v=draft.version
            )
            if open_case
            else None,
            ContinueForm.button(
                "Continuar",
                style=None if open_case else "positive",
                draft=draft.id,
                v=draft.version,
            ),
            FindInCrm.button("Buscar no Salesforce", draft=draft.id, v=draft.version)
            if in_crm
            else None,
            OpenInCrm.button("Criar Caso agora", draft=draft.id, v=draft.version)
            if in_crm
            else None,
            DiscardForm.button("Descartar", draft=draft.id, v=draft.version),
        ),
        fallback_text="Pedido de cancelamento, passo 1 de 2: conte o que aconteceu.",
    )


def _open_already(open_case: Case, thread_url: str | None) -> Json:
    return container(
        heading("ℹ️ Este Caso já está aberto", section=True, spacing="None"),
        *standing(open_case),
        text(
            "Para não abrir outro, escreva abaixo só as palavras do cliente e use **Juntar ao caso "
            "aberto**. O número é outro? Corrija e continue."
        ),
        action_set(open_url("Abrir o tópico", thread_url), spacing="Small") if thread_url else None,
        id="open-case",
        spacing="Medium",
    )


def _case_number(draft: Draft, pattern: str, problems: Problems) -> list[Json]:
    field = case_number_input(pattern, draft.answers)
    if problems.get("crm_case") is Problem.CASE_NUMBER:
        return [field, problem_line("crm_case", field["errorMessage"])]
    return checked(field, problems)


def _unrequired(field: Json) -> Json:
    """Let the server alone require a field."""
    return {name: value for name, value in field.items() if name not in {"isRequired", "regex"}}


def _told(draft: Draft, problems: Problems) -> list[Json]:
    typed = draft.answers
    return [
        *checked(
            text_input(
                "customer",
                FIELDS["customer"],
                error="Informe o nome do cliente.",
                placeholder="Nome da loja ou da empresa",
                value=typed.get("customer", ""),
                max_length=120,
                required=True,
            ),
            problems,
        ),
        *checked(
            choice_input(
                "channel",
                FIELDS["channel"],
                CHANNELS,
                error="Escolha por onde o cliente falou.",
                placeholder="Por onde o cliente falou?",
                value=typed.get("channel", ""),
                required=True,
            ),
            problems,
        ),
        *checked(
            text_input(
                "verbatim",
                FIELDS["verbatim"],
                error="Escreva o que o cliente disse. Uma frase já basta.",
                placeholder="Do jeito que ele falou, sem resumir.",
                value=typed.get("verbatim", ""),
                max_length=2000,
                required=True,
                multiline=True,
            ),
            problems,
        ),
        *checked(
            choice_input(
                "mood",
                FIELDS["mood"],
                MOODS,
                error="Escolha o humor. Na dúvida, use “Neutro”.",
                placeholder="Como ele parecia?",
                value=typed.get("mood", Mood.NEUTRAL),
                required=True,
            ),
            problems,
        ),
    ]


def _optional(draft: Draft, problems: Problems) -> list[Json]:
    typed = draft.answers
    return [
        *checked(
            text_input(
                "tax_id",
                FIELDS["tax_id"],
                error="Confira os números ou deixe em branco.",
                placeholder="Ex.: 12.345.678/0001-95",
                value=typed.get("tax_id", ""),
                max_length=24,
            ),
            problems,
        ),
        *checked(
            text_input(
                "monthly_value",
                FIELDS["monthly_value"],
                error="Use o formato 349,90 ou deixe em branco.",
                placeholder="Ex.: 349,90",
                value=typed.get("monthly_value", ""),
                max_length=20,
            ),
            problems,
        ),
        *checked(
            text_input(
                "contact",
                FIELDS["contact"],
                error="Informe até 120 caracteres.",
                placeholder="Nome e telefone de quem pediu",
                value=typed.get("contact", ""),
                max_length=120,
            ),
            problems,
        ),
    ]
