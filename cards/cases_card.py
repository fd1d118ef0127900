"""Cases found: one in short, a list of them, or none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cards.actions.around import ListCases
from cards.actions.intake import StartForm
from cards.case_card import case_facts
from cards.elements import Json, action_set, card, container, heading, open_url, rich, run, text
from cards.formats import short_moment
from cards.labels import LISTS, STATUSES
from cards.plain_text import one_line
from cards.quote import quote_band
from cards.status_part import status_band
from retention.domain.case import Case, CaseNumber, case_code
from retention.domain.case_line import CaseLine
from retention.domain.events import CaseStatus

_LONGEST_NAME = 80
_LONGEST_QUERY = 80
_EMPTY: Mapping[str, str] = {
    "open": "Nenhum caso aberto agora.",
    "mine": "Você não tem caso aberto agora.",
    "unclaimed": "Todo caso tem quem cuide. Nada a assumir agora.",
    "watched": "Nenhum cliente em vigília agora.",
}


def case_summary_card(case: Case, thread_url: str | None = None) -> Json:
    """Show one case in short, with the way to its thread, where the work is."""
    return card(
        quote_band(case.facts),
        status_band(case),
        container(case_facts(case)),
        action_set(open_url("Abrir o tópico", thread_url)) if thread_url else None,
        fallback_text=f"{case.code}: {case.facts.customer}, Caso {case.facts.crm_case_number}. "
        f"{STATUSES[case.status].title}.",
    )


def cases_card(
    lines: Sequence[CaseLine],
    *,
    which: str,
    thread_urls: Mapping[CaseNumber, str],
    more: bool = False,
    unknown: str = "",
) -> Json:
    """List cases, each with the way to its thread.

    Args:
        lines: at most ten or so; a phone is small.
        which: the value of the filter that was asked for.
        thread_urls: the address of each case's thread, where it is known.
        more: whether there are more than these.
        unknown: what was asked for, when no filter has that name.
    """
    title = LISTS[which]
    asked = one_line(unknown, at_most=_LONGEST_QUERY)
    return card(
        rich(run("Não sei filtrar por “"), run(asked), run("”. Estes são os abertos."))
        if asked
        else None,
        heading(title),
        *(case_line(line, thread_urls.get(line.number)) for line in lines),
        None if lines else text(_EMPTY[which]),
        text("Há mais do que estes. Para achar um deles: **/caso** e o cliente.", spacing="Medium")
        if more
        else None,
        action_set(*_other_lists(which)),
        fallback_text=f"{title}: {len(lines)}.",
    )


def matches_card(
    lines: Sequence[CaseLine], *, query: str, thread_urls: Mapping[CaseNumber, str]
) -> Json:
    """List the cases that a search of several found."""
    return card(
        heading("Achei mais de um caso"),
        rich(run("Para “"), run(one_line(query, at_most=_LONGEST_QUERY)), run("”:")),
        *(case_line(line, thread_urls.get(line.number)) for line in lines),
        text("Para ver um deles: **/caso** e o código, como RET-0042.", spacing="Medium"),
        fallback_text=f"{len(lines)} casos encontrados.",
    )


def which_case_card() -> Json:
    """Ask what to look for, when a search came without words."""
    return card(
        heading("Qual caso?"),
        text("Escreva **/caso** e o código (RET-0042), o nº do Caso ou o nome do cliente."),
        action_set(ListCases.button("Ver casos abertos", which="open")),
        fallback_text="Escreva /caso e o código, o nº do Caso ou o nome do cliente.",
    )


def not_found_card(query: str) -> Json:
    """Tell that no case answers to a search, and how else to look."""
    return card(
        heading("Não encontrei esse caso"),
        rich(run("Procurei por “"), run(one_line(query, at_most=_LONGEST_QUERY)), run("”.")),
        text("Tente o código (RET-0042), o número do Caso ou parte do nome do cliente."),
        action_set(
            ListCases.button("Ver casos abertos", which="open"),
            StartForm.button("Registrar cancelamento"),
        ),
        fallback_text="Não encontrei esse caso.",
    )


def case_line(line: CaseLine, url: str | None) -> Json:
    """Show one case of a list, with the way to its thread."""
    is_treated = line.status is CaseStatus.IN_TREATMENT
    holder = line.owner or (line.opened_by if is_treated else None)
    whose = f"com {holder.name}" if holder else "sem dono"
    state = f"{STATUSES[line.status].words} · {whose} · desde {short_moment(line.opened_at)}"
    return container(
        rich(
            run(one_line(line.customer, at_most=_LONGEST_NAME), bold=True),
            spacing="None",
        ),
        rich(run(f"Caso {line.crm_case_number} · {case_code(line.number)}"), spacing="None"),
        rich(run(state, small=True), spacing="None"),
        rich(run("Abrir tópico", url=url), spacing="None") if url else None,
        spacing="Medium",
    )


def _other_lists(which: str) -> list[Json]:
    titles = (
        ("open", "Abertos"),
        ("mine", "Meus casos"),
        ("unclaimed", "Sem dono"),
        ("watched", "Em vigília"),
    )
    return [ListCases.button(title, which=value) for value, title in titles if value != which]
