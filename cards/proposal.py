"""What the bot proposes on screen 2, and the very words that led it there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from cards.elements import Json, container, heading, rich, run, text
from cards.labels import REASONS, decapitalised
from cards.plain_text import one_line
from cards.quote import Look, Span, marked_run
from retention.domain.cancellation import CancellationPath, Intent, Opening
from retention.domain.classification import Classification, Signal, SignalRole

_MOST_QUOTES = 3
_LONGEST_QUOTE = 120
_LOOKS: Mapping[SignalRole, Look] = {
    SignalRole.INTENTION: Look(),
    SignalRole.REASON: Look(underline=True),
    SignalRole.OPENING: Look(italic=True),
}
"""The words of each role look the same in the customer's quote and beside the role's name."""
_TITLES: Mapping[CancellationPath, str] = {
    CancellationPath.TECHNICAL_OPEN: "Parece técnico, com abertura",
    CancellationPath.TECHNICAL_BLOCKED: "Parece técnico, sem abertura",
    CancellationPath.NON_TECHNICAL: "Parece não técnico",
}
_INTENTS: Mapping[Intent, str] = {
    Intent.CANCEL_REQUEST: "pede para encerrar",
    Intent.COMPLAINT_RISK: "pode estar de saída",
    Intent.NOT_CANCELLATION: "é do dia a dia",
}
_OPENINGS: Mapping[Opening, str] = {
    Opening.OPEN: "deixa tentar",
    Opening.BLOCKED: "não deixa tentar",
    Opening.UNCLEAR: "não ficou claro",
    Opening.NOT_APPLICABLE: "não se aplica",
}


def proposed_path(classification: Classification) -> CancellationPath | None:
    """Give the path to preselect: only a certain proposal is one."""
    return classification.path if classification.certain else None


def proposal_title(classification: Classification) -> str:
    if classification.intent is Intent.NOT_CANCELLATION:
        return "Parece rotina, não cancelamento"
    path = proposed_path(classification)
    return "Não tenho certeza" if path is None else _TITLES[path]


def proposal_step(classification: Classification) -> str:
    if classification.intent is Intent.NOT_CANCELLATION:
        return "Passo 2 de 2 · confira antes de registrar"
    if proposed_path(classification) is None:
        return "Passo 2 de 2 · duas perguntas ajudam a decidir"
    return "Passo 2 de 2 · confirme ou corrija"


def marked_signals(classification: Classification) -> Mapping[Look, Sequence[Span]]:
    """Give the customer's words that tell something, by the look of what they tell."""
    return {
        look: [(s.start, s.end) for s in classification.signals if s.role is role]
        for role, look in _LOOKS.items()
    }


def proposal_section(classification: Classification) -> Json | None:
    """Explain the proposal by the customer's words, or ask what would decide."""
    if classification.intent is Intent.NOT_CANCELLATION:
        return _daily_work()
    signals = _signals(classification)
    if proposed_path(classification) is not None:
        return _titled("Por que sugeri isso", signals) if signals else None
    heard = [text("O que ouvi", small=True, bold=True, spacing="Medium"), *signals]
    shown = heard if signals else []
    return container(*_questions(), *shown, spacing="Medium", id="signals")


def _daily_work() -> Json:
    return container(
        text(
            "Cancelar nota, cupom, pedido ou mesa é do dia a dia do sistema. Nesse caso, descarte: "
            "nada é registrado.",
        ),
        text("Se o cliente quer mesmo encerrar o contrato, escolha o caminho e o motivo."),
        spacing="Medium",
        id="signals",
    )


def _questions() -> list[Json]:
    return [
        heading("O motivo é técnico?", section=True, spacing="None"),
        text(
            "**Sim:** falha, demora, atendimento ou uso. "
            "**Não:** preço, concorrente, venda ou fechamento da loja."
        ),
        heading("O cliente deu abertura?", section=True, spacing="Medium"),
        text(
            "**Sim:** dá uma última chance ou quer entender antes. "
            "**Não:** só quer cancelar ou falar com o setor responsável."
        ),
    ]


def _signals(classification: Classification) -> list[Json]:
    reason = classification.reason
    parts = (
        ("🎯 Intenção: ", SignalRole.INTENTION, _INTENTS[classification.intent]),
        ("🔧 Motivo: ", SignalRole.REASON, decapitalised(REASONS[reason]) if reason else ""),
        ("🚪 Abertura: ", SignalRole.OPENING, _OPENINGS[classification.opening]),
    )
    lines = []
    for title, role, meaning in parts:
        quotes = _quotes(signal for signal in classification.signals if signal.role is role)
        if quotes:
            after = f", {meaning}." if meaning else "."
            words = marked_run(quotes, [_LOOKS[role]])
            lines.append(rich(run(title, bold=True), words, run(after)))
    return lines


def _quotes(signals: Iterable[Signal]) -> str:
    texts = dict.fromkeys(one_line(signal.text, at_most=_LONGEST_QUOTE) for signal in signals)
    return ", ".join(f"“{words}”" for words in list(texts)[:_MOST_QUOTES])


def _titled(title: str, items: Iterable[Json]) -> Json:
    first = text(title, small=True, bold=True, spacing="None")
    return container(first, *items, spacing="Medium", id="signals")
