"""What a person is told in private without asking, and how to stop or begin it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import time

from cards.actions.around import MuteNotices
from cards.elements import Json, action_set, card, container, heading, text
from retention.domain.notices import NoticeKind, PersonalChat

ONLY_IN_PRIVATE = "Os seus avisos são na conversa comigo, em particular. Lá, escreva /avisos."


@dataclass(frozen=True, slots=True)
class _Words:
    """How a kind of notice is named, and the two sides of its button."""

    title: str
    muted: str
    stop: str
    begin: str


_WORDS: Mapping[NoticeKind, _Words] = {
    NoticeKind.DIGEST: _Words(
        "Resumo do dia",
        "Desligado. Para ver o resumo quando quiser: **/resumo**.",
        "Não receber o resumo",
        "Voltar a receber o resumo",
    ),
    NoticeKind.RISK: _Words(
        "Risco de detrator",
        "Desligado. Aviso a próxima pessoa no seu lugar.",
        "Não receber riscos",
        "Voltar a receber riscos",
    ),
}


def notices_card(
    chat: PersonalChat,
    *,
    kinds: Sequence[NoticeKind],
    digest_at: time,
    with_support: bool,
) -> Json:
    """Show which notices a person gets, each with the button that stops or begins it.

    Args:
        chat: what they have muted.
        kinds: those they get unless they mute them.
        digest_at: when the summary of the day comes.
        with_support: they may be called for support, which is never muted.
    """
    on = {
        NoticeKind.DIGEST: f"Ligado: chega em dias úteis, às {digest_at:%H:%M}, se houver o que "
        "contar.",
        NoticeKind.RISK: "Ligado: chega quando alguém da equipe ouve um cliente que pode falar mal "
        "de nós.",
    }
    states = ", ".join(
        f"{_WORDS[kind].title}: {'desligado' if kind in chat.muted else 'ligado'}" for kind in kinds
    )
    return card(
        heading("Seus avisos"),
        *(_section(kind, on[kind], is_muted=kind in chat.muted) for kind in kinds),
        container(
            text("**Chamados de apoio**", spacing="None"),
            text(
                "Sempre ligados, a qualquer hora: alguém da equipe precisa de você agora.",
                spacing="None",
            ),
            spacing="Medium",
        )
        if with_support
        else None,
        text("As menções no canal continuam, com ou sem estes avisos.", small=True),
        fallback_text=f"Seus avisos. {states}.",
    )


def _section(kind: NoticeKind, on: str, *, is_muted: bool) -> Json:
    words = _WORDS[kind]
    return container(
        text(f"**{words.title}**", spacing="None"),
        text(words.muted if is_muted else on, spacing="None"),
        action_set(
            MuteNotices.button(words.begin, kind=kind, on=0)
            if is_muted
            else MuteNotices.button(words.stop, kind=kind, on=1),
            spacing="Small",
        ),
        spacing="Medium",
    )
