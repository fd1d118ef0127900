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


def sentence(notice: Notice) -> str:
    """Say a notice as plain text on one line, where no card can be shown."""
    markdown = f"{notice.title}. {notice.text}"
    return " ".join(_MARKUP.sub(lambda found: found[1] or "", markdown).split())
