"""Notes typed to the bot: `/anotar`, and words in the thread of a case that are no command."""

from __future__ import annotations

from collections.abc import Callable

from bot.commands import case_number_in
from bot.router import Router
from bot.turn import Answer, Desk, Nothing, Show, Turn
from cards.cases_card import not_found_card
from cards.help_card import no_case_here_card, no_words_card
from cards.receipt_card import noted_card
from dialogs.case_answers import read_note
from retention.domain.case import Case, CaseNumber, case_code
from retention.domain.errors import CaseNotFound
from retention.domain.text import fold

router = Router()
NOTE = "anotar"
_FEWEST_WORDS = 4
"""Fewer, beginning with the name of a command, are rather that command with what it asks for."""

_PLEASANTRIES = frozenset({"oi", "ola", "ok", "opa", "obrigada", "obrigado", "valeu", "bot"})


def is_talk(words: str, *, begins_with_command: bool, is_near: Callable[[], bool]) -> bool:
    """Tell whether words to the bot are meant for the case and not for the bot.

    `is_near` tells whether they are like a command; it is asked only where it matters.
    """
    said = words.split()
    if not said or any(word[0] == "/" and word[1:2].isalpha() for word in said):
        return False
    if begins_with_command:
        return len(said) >= _FEWEST_WORDS
    return len(said) > 1 or not (is_near() or fold(said[0]).strip(".!") in _PLEASANTRIES)


@router.command(NOTE)
async def take_note(turn: Turn, desk: Desk) -> Answer:
    """Add what follows the command to the case discussed here, else to the one it names."""
    if await _case_here(turn, desk) is None:
        return await _note_from_elsewhere(turn, desk)
    noted = await take_as_note(turn.args, turn, desk) if turn.args else None
    return noted or Show(no_words_card())


async def take_as_note(words: str, turn: Turn, desk: Desk) -> Answer | None:
    """Add the words to the case that is discussed here; None when they cannot be meant so.

    The thread repeats the note, as it does one from the form; a redelivery adds nothing.

    Raises:
        InvalidAnswers: more words than a note holds.
    """
    case = await _case_here(turn, desk)
    if case is None:
        return None
    await _note(words, case.number, turn, desk)
    return Nothing()


async def _note_from_elsewhere(turn: Turn, desk: Desk) -> Answer:
    """Add the words to the case whose code they begin with, and say where they went."""
    number, words = _named(turn.args)
    if number is None:
        return Show(no_case_here_card())
    if not words:
        return Show(no_words_card(case_code(number)))
    try:
        case = await _note(words, number, turn, desk)
    except CaseNotFound:
        return Show(not_found_card(case_code(number)))
    return Show(noted_card(case, await desk.thread_url(number)))


async def _note(words: str, number: CaseNumber, turn: Turn, desk: Desk) -> Case:
    text = read_note({"note": words})
    return await desk.services.cases.note(
        actor=turn.actor, number=number, text=text, request_id=turn.source
    )


def _named(words: str) -> tuple[CaseNumber | None, str]:
    """Part words from the code they begin with, be it one word (RET-0042) or two (RET 42)."""
    said = words.split()
    for length in (1, 2):
        number = case_number_in(" ".join(said[:length]).rstrip(":,;."))
        if number is not None:
            return number, " ".join(said[length:])
    return None, words


async def _case_here(turn: Turn, desk: Desk) -> Case | None:
    if not turn.place.is_channel:
        return None
    return await desk.services.cases.discussed_in(turn.place.conversation)
