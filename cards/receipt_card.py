"""What is answered here when a request or a note lives on elsewhere, or nowhere."""

from __future__ import annotations

from cards.actions.intake import StartForm
from cards.elements import Json, action_set, card, heading, open_url, rich, run, text
from cards.labels import PRIORITY
from cards.plain_text import one_line, plain
from retention.domain.cancellation import CancellationPath
from retention.domain.case import Case

_LONGEST_NAME = 40


def receipt_card(case: Case, thread_url: str | None = None) -> Json:
    """Tell the author in their personal chat where the registered case lives on."""
    if case.judgement.path is CancellationPath.TECHNICAL_OPEN:
        follows = "O caso está com você, e o Adm/Fin já sabe. Registre a resposta do cliente lá."
    else:
        follows = f"Chamei o Adm/Fin e o líder do RC no canal, com prioridade **{PRIORITY}**."
    return card(
        heading("✅ Caso registrado"),
        _which(case),
        text(follows, spacing="Medium"),
        _first_case(case),
        _to_thread("Abrir no canal", thread_url),
        fallback_text=f"Caso registrado: {case.code}, {case.facts.customer}.",
    )


def joined_card(case: Case, thread_url: str | None = None) -> Json:
    """Tell that the words of a second request joined the open case."""
    return card(
        heading("✅ Juntei ao caso aberto"),
        _which(case),
        text(
            "As palavras do cliente estão no tópico do caso, para quem cuida dele.",
            spacing="Medium",
        ),
        _to_thread("Abrir o tópico", thread_url),
        fallback_text=f"Pedido juntado ao caso {case.code}, {case.facts.customer}.",
    )


def noted_card(case: Case, thread_url: str | None = None) -> Json:
    """Tell whoever wrote a note elsewhere that it is on its case."""
    return card(
        heading("📝 Anotado"),
        _which(case),
        text("A anotação está no caso e no tópico dele, com o seu nome.", spacing="Medium"),
        _to_thread("Abrir o tópico", thread_url),
        fallback_text=f"Anotado no caso {case.code}, {case.facts.customer}.",
    )


def discarded_card() -> Json:
    """Tell that a request was thrown away."""
    return card(
        heading("Rascunho descartado"),
        text("Nada foi registrado, e ninguém foi chamado."),
        action_set(StartForm.button("Começar outro")),
        fallback_text="Rascunho descartado. Nada foi registrado.",
    )


def _first_case(case: Case) -> Json | None:
    if case.companion is None:
        return None
    companion = plain(one_line(case.companion.name, at_most=_LONGEST_NAME))
    return text(f"🌟 É o seu primeiro caso: **{companion}** acompanha você no tópico.")


def _which(case: Case) -> Json:
    return rich(
        run(case.facts.customer, bold=True),
        run(f" · Caso {case.facts.crm_case_number} · {case.code}"),
    )


def _to_thread(title: str, url: str | None) -> Json | None:
    return action_set(open_url(title, url)) if url else None
