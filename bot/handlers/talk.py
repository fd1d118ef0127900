"""Words to the bot in the thread of a case that are no command: a note on the case."""

from __future__ import annotations

from bot.turn import Answer, Desk, Nothing, Turn
from dialogs.case_answers import read_note

_FEWEST_WORDS = 2
"""One word alone is rather a command mistyped."""


async def take_as_note(words: str, turn: Turn, desk: Desk) -> Answer | None:
    """Add the words to the case that is discussed here; None when they cannot be meant so.

    The thread repeats the note, as it does one from the form; a redelivery adds nothing.

    Raises:
        InvalidAnswers: more words than a note holds.
    """
    said = words.split()
    has_command = any(word.startswith("/") for word in said)
    if not turn.place.is_channel or has_command or len(said) < _FEWEST_WORDS:
        return None
    case = await desk.services.cases.discussed_in(turn.place.conversation)
    if case is None:
        return None
    text = read_note({"note": words})
    await desk.services.cases.note(
        actor=turn.actor, number=case.number, text=text, request_id=turn.source
    )
    return Nothing()
