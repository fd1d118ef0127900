"""`/fluxo`: the three paths of the process, where a case stands on them, and which rule says so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cards.actions.intake import StartForm
from cards.elements import (
    Json,
    action_set,
    card,
    container,
    heading,
    open_url,
    rich,
    run,
    text,
)
from cards.labels import PATHS, STATUSES, STEPS, decapitalised
from cards.next_step import next_section
from retention.domain.cancellation import CancellationPath
from retention.domain.case import Case
from retention.domain.events import CaseOpened, ReversalFailed
from retention.domain.flow import FLOWS, FlowStep, Progress, progress, step_now
from retention.domain.people import Person

_TITLES: Mapping[FlowStep, str] = {
    FlowStep.LISTEN: "Ouvir",
    FlowStep.ACT: "Agir na causa",
    FlowStep.HAND_OVER: "Passar ao Adm/Fin",
    FlowStep.CONCLUDE: "Conversar e fechar",
}
_WHEN: Mapping[CancellationPath, str] = {
    CancellationPath.TECHNICAL_OPEN: "O motivo está no sistema ou no atendimento, e o cliente dá "
    "uma chance.",
    CancellationPath.TECHNICAL_BLOCKED: "O motivo é o mesmo, mas o cliente só quer cancelar ou "
    "falar com o setor responsável.",
    CancellationPath.NON_TECHNICAL: "O suporte não tem como resolver: preço, concorrente, venda "
    "ou fechamento da loja.",
}
_FOUR_STEPS = "menção no feed do Caso, fila, status e prioridade ALTA"
_TOGETHER = (
    "O líder do Adm/Fin fala com o cliente, de preferência com quem atendeu na linha.",
    "documento 002, Fluxo",
)
_SAYS: Mapping[tuple[CancellationPath, FlowStep], tuple[str, str]] = {
    (CancellationPath.TECHNICAL_OPEN, FlowStep.LISTEN): (
        "Entenda a queixa e peça uma chance de resolver de vez.",
        "documento 002, seção 1, passo 1",
    ),
    (CancellationPath.TECHNICAL_OPEN, FlowStep.ACT): (
        "Histórico de Casos, líder do RC ou N2 se precisar, e solução. Não deu? Siga o caminho 2.",
        "documento 002, seção 1, passo 2",
    ),
    (CancellationPath.TECHNICAL_OPEN, FlowStep.HAND_OVER): (
        f"Deu certo? O Adm/Fin entra mesmo assim: {_FOUR_STEPS}.",
        "documento 002, seção 1, passo 3",
    ),
    (CancellationPath.TECHNICAL_OPEN, FlowStep.CONCLUDE): (
        "O líder do Adm/Fin confirma com o cliente que ele fica e fecha o caso.",
        "documento 002, Fluxo",
    ),
    (CancellationPath.TECHNICAL_BLOCKED, FlowStep.LISTEN): (
        "Entenda o motivo, sem insistir em resolver.",
        "documento 002, seção 2, passo 1",
    ),
    (CancellationPath.TECHNICAL_BLOCKED, FlowStep.HAND_OVER): (
        f"Na hora: {_FOUR_STEPS}. O líder do RC ou do Adm/Fin recebe o problema e o Caso.",
        "documento 002, seção 2, passo 2",
    ),
    (CancellationPath.TECHNICAL_BLOCKED, FlowStep.CONCLUDE): _TOGETHER,
    (CancellationPath.NON_TECHNICAL, FlowStep.LISTEN): (
        "Entenda o que mudou. Já contratou outro sistema? Peça os documentos do motivo.",
        "documento 002, Entendendo a demanda e seção 2, exemplo 2",
    ),
    (CancellationPath.NON_TECHNICAL, FlowStep.HAND_OVER): (
        f"Na hora: {_FOUR_STEPS}. O líder do RC ou do Adm/Fin recebe o problema e o Caso.",
        "documento 002, não técnicos, passos 1 a 5",
    ),
    (CancellationPath.NON_TECHNICAL, FlowStep.CONCLUDE): _TOGETHER,
}
"""What a step of a path asks for, and the rule that says so."""

_MARKS: Mapping[Progress, tuple[str, str]] = {
    Progress.DONE: ("✅", "feito"),
    Progress.NOW: ("👉", "agora"),
    Progress.LATER: ("◻️", "depois"),
    Progress.OPEN: ("◻️", "ficou sem registro"),
}
_SOURCE = "Documento 002: o processo de cancelamento."


def process_card() -> Json:
    """Show the process in general: nobody's case."""
    return card(
        heading("Os três caminhos do cancelamento"),
        text("Primeiro entenda o motivo. O caminho depende dele e da chance que o cliente dá."),
        *(_path(path) for path in CancellationPath),
        text(f"{_SOURCE} Para ver um caso: **/fluxo RET-0042**.", small=True, spacing="Large"),
        action_set(StartForm.button("Registrar cancelamento", style="positive")),
        fallback_text="Os três caminhos do cancelamento: técnico com abertura, técnico sem "
        "abertura e não técnico.",
    )


def case_flow_card(case: Case, *, called: Sequence[Person], thread_url: str | None = None) -> Json:
    """Show where a case stands in the three paths, what to do now, and which rule says so.

    Args:
        case: the case with its history.
        called: who answers for Adm/Fin and RC now.
        thread_url: the way to its thread, when it is asked for elsewhere.
    """
    facts = case.facts
    return card(
        heading("Onde o caso está"),
        rich(run(facts.customer, bold=True)),
        # On a line of its own: after a name, a phone would break the code at its hyphen.
        rich(run(f"Caso {facts.crm_case_number} · {case.code}"), spacing="None"),
        rich(run(STATUSES[case.status].words)),
        standing(case),
        next_section(case, called) if case.status.is_open else None,
        *(_path(path, case) for path in CancellationPath),
        text(_SOURCE, small=True, spacing="Large"),
        action_set(open_url("Abrir o tópico", thread_url)) if thread_url else None,
        fallback_text=f"{case.code}: {STATUSES[case.status].title}, "
        f"{PATHS[case.judgement.path].lower()}.",
    )


def standing(case: Case) -> Json:
    """Say in one small line at which step of its path a case stands, and by which rule."""
    path, now = case.judgement.path, step_now(case)
    if now is None:
        return rich(run(f"📍 {PATHS[path]} · caminho concluído", small=True))
    _, rule = _SAYS[path, now]
    return rich(
        run(f"📍 {PATHS[path]}: ", small=True),
        run(decapitalised(_title(path, now)), small=True, bold=True),
        run(f" · regra: {_unbroken(rule)}", small=True),
    )


def _path(path: CancellationPath, case: Case | None = None) -> Json:
    """Draw one path downwards: whole when it is the case's own or nobody's, else in outline."""
    is_own = case is not None and case.judgement.path is path
    number = list(CancellationPath).index(path) + 1
    return container(
        heading(
            f"{'📍 ' if is_own else ''}Caminho {number}: {PATHS[path].lower()}",
            section=True,
            spacing="None",
        ),
        text("**O caso está aqui.**", small=True, spacing="None") if is_own else None,
        text(_left(path, case) or _WHEN[path], small=True, spacing="None"),
        *(
            (line for step in FLOWS[path] for line in _step(path, step, case))
            if is_own or case is None
            else [text(" → ".join(_title(path, step) for step in FLOWS[path]), small=True)]
        ),
    )


def _left(path: CancellationPath, case: Case | None) -> str:
    """Say that a case began on this path and had to leave it."""
    opened = case.last(CaseOpened) if case is not None else None
    if case is None or opened is None or path is case.judgement.path or path is not opened.path:
        return ""
    if case.last(ReversalFailed) is not None:
        return "Este caso começou aqui: o RC tentou, e o cliente ainda quer sair."
    return "Este caso começou aqui e depois mudou de caminho."


def _step(path: CancellationPath, step: FlowStep, case: Case | None) -> list[Json]:
    words, rule = _SAYS[path, step]
    title = [run(_title(path, step), bold=True)]
    if case is None:
        title.insert(0, run(f"{FLOWS[path].index(step) + 1}. "))
    else:
        mark, state = _MARKS[progress(case)[step]]
        title = [run(f"{mark} "), *title, run(f" · {state}{_in_crm(step, case)}")]
    return [
        rich(*title),
        rich(
            run(f"{words} ", small=True),
            run(_unbroken(rule), small=True, italic=True),
            spacing="None",
        ),
    ]


def _title(path: CancellationPath, step: FlowStep) -> str:
    """Name a step; off path 1, what is heard is the reason, which stands on the case."""
    if step is FlowStep.LISTEN and path is not CancellationPath.TECHNICAL_OPEN:
        return "Entender o motivo"
    return _TITLES[step]


def _unbroken(rule: str) -> str:
    """Let a rule break at its commas alone."""
    return ", ".join(part.replace(" ", "\u00a0") for part in rule.split(", "))


def _in_crm(step: FlowStep, case: Case) -> str:
    if step is not FlowStep.HAND_OVER or case.handed_over_at is None:
        return ""
    return f" · {len(case.ticks)} de {len(STEPS)} no Salesforce"
