"""The form of a request to cancel: two screens, and the one for a Caso that is open already."""

from __future__ import annotations

from collections.abc import Sequence

from cards.actions.intake import (
    BackToFacts,
    ContinueForm,
    DiscardForm,
    FindInCrm,
    FixCaseNumber,
    JoinFromFacts,
    JoinOpenCase,
    OpenInCrm,
    RegisterCase,
)
from cards.elements import (
    Json,
    action_set,
    card,
    choice_input,
    container,
    heading,
    open_url,
    plain,
    rich,
    run,
    text,
    text_input,
)
from cards.formats import full_day, listed, moment
from cards.forms import (
    NO_PROBLEMS,
    Problems,
    all_checked,
    case_number_input,
    checked,
    problem_line,
    problems_band,
    reason_fields,
)
from cards.labels import CHANNELS, FIELDS, MOODS, PATHS, PRIORITY, STATUSES
from cards.notice import Notice, notice_band
from cards.proposal import (
    marked_signals,
    proposal_section,
    proposal_step,
    proposal_title,
    proposed_path,
)
from cards.quote import quote_band
from retention.domain.cancellation import Intent, Mood
from retention.domain.case import Case, CaseFacts, case_code
from retention.domain.case_line import CaseLine
from retention.domain.classification import Classification
from retention.domain.draft import Draft
from retention.domain.errors import Problem
from retention.domain.events import CaseStatus
from retention.domain.people import Person, Role

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


def judgement_card(
    draft: Draft,
    facts: CaseFacts,
    classification: Classification,
    *,
    called: Sequence[Person],
    earlier: Sequence[CaseLine] = (),
    known: Json | None = None,
    problems: Problems = NO_PROBLEMS,
) -> Json:
    """Screen 2: the proposal, the words that led to it, and the agent's own judgement.

    Args:
        draft: the request; a path or reason chosen before wins over the proposal.
        facts: screen 1, checked.
        classification: what the bot makes of the customer's words.
        called: who answers for Adm/Fin and RC now.
        earlier: ended cases of the same Caso, newest first.
        known: what the CRM knows of the customer, where there is one.
        problems: what to mend, by input id.
    """
    title = proposal_title(classification)
    return card(
        quote_band(facts, marked=marked_signals(classification)),
        container(
            heading(title),
            text(proposal_step(classification), spacing="None"),
            spacing="Medium",
        ),
        problems_band(problems, purpose="registrar"),
        proposal_section(classification),
        *_judgement(draft, classification, problems),
        _what_follows(draft, called),
        known,
        _earlier(earlier),
        action_set(
            RegisterCase.button(
                "Registrar caso", style="positive", draft=draft.id, v=draft.version
            ),
            BackToFacts.button("Voltar", draft=draft.id, v=draft.version),
            DiscardForm.button("Descartar", draft=draft.id, v=draft.version)
            if classification.intent is Intent.NOT_CANCELLATION
            else None,
        ),
        fallback_text=f"{facts.customer}, Caso {facts.crm_case_number}: {title}. "
        "Confirme ou corrija.",
    )


def duplicate_card(
    draft: Draft,
    open_case: Case,
    *,
    thread_url: str | None = None,
    earlier: Sequence[CaseLine] = (),
) -> Json:
    """Offer to join the open case of the same Caso instead of opening a second one."""
    facts = open_case.facts
    return card(
        heading("Este Caso já está aberto"),
        *_standing(open_case),
        text(
            "Para o cliente não contar tudo de novo, junte as palavras dele ao caso aberto. "
            "O rascunho continua guardado.",
            spacing="Medium",
        ),
        action_set(
            JoinOpenCase.button(
                "Juntar ao caso aberto", style="positive", draft=draft.id, v=draft.version
            ),
            open_url("Abrir o tópico", thread_url) if thread_url else None,
            FixCaseNumber.button("Corrigir o número", draft=draft.id, v=draft.version),
        ),
        _earlier(earlier),
        fallback_text=f"O Caso {facts.crm_case_number} já está aberto: {open_case.code}.",
    )


def _open_already(open_case: Case, thread_url: str | None) -> Json:
    return container(
        heading("ℹ️ Este Caso já está aberto", section=True, spacing="None"),
        *_standing(open_case),
        text(
            "Para não abrir outro, escreva abaixo só as palavras do cliente e use **Juntar ao caso "
            "aberto**. O número é outro? Corrija e continue."
        ),
        action_set(open_url("Abrir o tópico", thread_url), spacing="Small") if thread_url else None,
        id="open-case",
        spacing="Medium",
    )


def _standing(open_case: Case) -> list[Json]:
    """Say whose the open case is, and where it stands."""
    facts, status = open_case.facts, STATUSES[open_case.status]
    return [
        rich(
            run(facts.customer, bold=True),
            run(f" · Caso {facts.crm_case_number} · {open_case.code}"),
        ),
        rich(run(f"{status.words} · {_with_whom(open_case)}")),
        rich(run(f"Aberto por {open_case.opened_by.name} em {moment(open_case.opened_at)}.")),
    ]


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


def _judgement(draft: Draft, classification: Classification, problems: Problems) -> list[Json]:
    typed = draft.answers
    path = proposed_path(classification)
    reason = classification.reason if path else None
    return [
        *checked(
            choice_input(
                "path",
                FIELDS["path"],
                PATHS,
                error="Escolha um dos três caminhos.",
                value=typed.get("path", path or ""),
                required=True,
                expanded=True,
            ),
            problems,
        ),
        *all_checked(
            reason_fields("reason", typed.get("reason", reason or ""), typed, problems), problems
        ),
    ]


def _what_follows(draft: Draft, called: Sequence[Person]) -> Json:
    """Say what registering will do, on each path."""
    where = "aqui no tópico" if draft.place.is_channel else "no canal"
    names = [f"{plain(person.name)} ({_desk(person)})" for person in called]
    whom = listed(names) if names else "o Adm/Fin e o líder do RC"
    return container(
        heading("Ao registrar", section=True, spacing="None"),
        text(
            f"**Sem abertura ou não técnico:** chamo {whom} {where}, com prioridade **{PRIORITY}**."
        ),
        text("**Com abertura:** o caso fica com você, e eu só aviso o Adm/Fin."),
    )


def _desk(person: Person) -> str:
    return "Adm/Fin" if Role.ADMFIN_LEAD in person.roles else "líder do RC"


def _with_whom(case: Case) -> str:
    if case.owner is not None:
        return f"com {case.owner.name}"
    in_treatment = case.status is CaseStatus.IN_TREATMENT
    return f"com {case.opened_by.name}" if in_treatment else "sem dono ainda"


def _earlier(lines: Sequence[CaseLine]) -> Json | None:
    if not lines:
        return None
    return container(
        heading("Antes disso", section=True, spacing="None"),
        *(
            rich(
                run(case_code(line.number), bold=True),
                run(f" · {STATUSES[line.status].words} · pedido de {full_day(line.opened_at)}"),
                run(f" · com {line.owner.name}" if line.owner else ""),
            )
            for line in lines
        ),
    )
