"""What a person is told in private without asking, and how to stop or begin it."""

from __future__ import annotations

from datetime import time

from cards.actions.around import MuteNotices
from cards.elements import Json, action_set, card, heading, text
from retention.domain.notices import NoticeKind, PersonalChat

ONLY_IN_PRIVATE = "Os seus avisos são na conversa comigo, em particular. Lá, escreva /avisos."
NO_NOTICES = (
    "Você não recebe avisos meus em particular, só as menções no canal. Não há o que silenciar."
)


def notices_card(chat: PersonalChat, *, digest_at: time) -> Json:
    """Show which notices a person gets, each with the button that stops or begins it."""
    muted = NoticeKind.DIGEST in chat.muted
    state = (
        "Desligado. Para ver o resumo quando quiser: **/resumo**."
        if muted
        else f"Ligado: chega em dias úteis, às {digest_at:%H:%M}, se houver o que contar."
    )
    return card(
        heading("Seus avisos"),
        text("**Resumo do dia**", spacing="Medium"),
        text(state, spacing="None"),
        action_set(
            MuteNotices.button("Voltar a receber o resumo", kind="digest", on=0)
            if muted
            else MuteNotices.button("Não receber o resumo", kind="digest", on=1)
        ),
        fallback_text=f"Seus avisos. Resumo do dia: {'desligado' if muted else 'ligado'}.",
    )
