"""What is said to one person without a card: short answers to a press or a command."""

from __future__ import annotations

import re

from cards.notice import Notice

_MARKUP = re.compile(r"\\(.)|\*\*")
"""An escaped character, to keep; or the mark of bold, to drop."""


SOMETHING_FAILED = "Não consegui concluir agora. Nada se perdeu: tente de novo em instantes."
UNKNOWN_ACTION = "Este botão não vale mais. Envie /casos para ver os casos como estão agora."
NOT_OFFERED = "Ainda não atendo por aqui. No canal, me mencione e escreva /cancelamento."
TOO_FAST = "Recebi muitos pedidos seus de uma vez. Espere um instante e tente de novo."
DONE = "Pronto."
ONLY_IN_OUR_CHAT = "Este botão é da nossa conversa particular. Responda por lá."
GUEST = (
    "Convidados não usam o Retenção: os casos são só da equipe. "
    "Peça a quem é da equipe para registrar o pedido por você."
)
NOT_CHECKED = (
    "Não consegui confirmar agora se você é da equipe. Nada mudou: tente de novo em instantes."
)


def strangers(channel_name: str) -> str:
    """Refuse who is of the company but not of the team, and say how to come in."""
    return (
        f"O Retenção atende só a equipe do canal {channel_name}. Peça a um proprietário "
        "dessa equipe para adicionar você e tente de novo um minuto depois."
    )


def sentence(notice: Notice) -> str:
    """Say a notice as plain text on one line, where no card can be shown."""
    markdown = f"{notice.title}. {notice.text}"
    return " ".join(_MARKUP.sub(lambda found: found[1] or "", markdown).split())
