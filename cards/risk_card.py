"""The risk of a detractor: the form that asks what was heard, and what a lead reads of it."""

from __future__ import annotations

from cards.actions.around import MuteNotices
from cards.actions.private import TellRisk
from cards.elements import Json, action_set, card, heading, open_url, rich, run, text, text_input
from cards.formats import moment
from cards.forms import NO_PROBLEMS, NOTHING_TYPED, Problems, Typed, case_form
from cards.labels import FIELDS, MOODS, STATUSES
from cards.notice import Notice
from cards.plain_text import one_line
from retention.domain.case import Case
from retention.domain.risk import DetractorRisk

_LONGEST_NAME = 60
_LONGEST_WORDS = 300
TOLD = Notice(
    "📣 Avisei quem lidera, em particular",
    "No canal nada aparece. Ouviu algo novo? Escreva de novo.",
    "accent",
)
KNOWN = Notice(
    "ℹ️ Isso já foi avisado",
    "As mesmas palavras não avisam duas vezes. Ouviu algo novo? Escreva de novo.",
    "accent",
)


def risk_form(
    case: Case, *, typed: Typed = NOTHING_TYPED, problems: Problems = NO_PROBLEMS
) -> Json:
    """Ask what was heard that points to a customer who will speak ill of us."""
    return case_form(
        case,
        "Risco de detrator",
        "Vai em particular para quem lidera o Adm/Fin neste caso. No canal nada aparece.",
        text_input(
            "heard",
            FIELDS["heard"],
            error="Escreva o que o cliente disse. Uma frase já basta.",
            placeholder="Ex.: disse que vai reclamar nas redes e no Reclame Aqui",
            value=typed.get("heard", ""),
            max_length=_LONGEST_WORDS,
            required=True,
            multiline=True,
        ),
        submit=TellRisk.on(case, "Avisar em particular", style="positive"),
        purpose="avisar",
        problems=problems,
    )


def risk_card(risk: DetractorRisk, case: Case, *, url: str = "") -> Json:
    """Tell a lead what somebody heard; `url` is the address of the thread, where there is one."""
    facts = case.facts
    who = one_line(risk.by.name, at_most=_LONGEST_NAME)
    customer = one_line(facts.customer, at_most=_LONGEST_NAME)
    return card(
        heading("📣 Risco de detrator"),
        rich(run(f"“{one_line(risk.heard, at_most=_LONGEST_WORDS)}”", italic=True)),
        rich(run(customer, bold=True), run(f" · Caso {facts.crm_case_number}")),
        rich(run("Quem ouviu: ", bold=True), run(f"{who}, {moment(risk.at)}")),
        rich(run("Humor no registro: ", bold=True), run(MOODS[facts.mood].lower())),
        rich(run("Situação agora: ", bold=True), run(_standing(case))),
        text("Vale uma ligação sua antes que o cliente conte a história a outros."),
        action_set(
            open_url("Abrir o tópico", url) if url else None,
            MuteNotices.button("Não receber estes avisos", secondary=True, kind="risk", on=1),
        ),
        fallback_text=risk_summary(risk, case),
    )


def _standing(case: Case) -> str:
    """Say where the case stands and with whom, so that nobody calls beside somebody else."""
    status = STATUSES[case.status].title
    if case.holder is None:
        return status
    return f"{status}, com {one_line(case.holder.name, at_most=_LONGEST_NAME)}"


def risk_summary(risk: DetractorRisk, case: Case) -> str:
    """Say it in one line, for the notification."""
    customer = one_line(case.facts.customer, at_most=_LONGEST_NAME)
    who = one_line(risk.by.first_name, at_most=_LONGEST_NAME)
    return f"Risco de detrator: {customer}, segundo {who}."
