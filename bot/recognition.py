"""Is a message in the channel the one we meant to send? What it shows decides.

Teams changes what it is given on the way: Markdown becomes HTML, an emoji an element, blanks and
invisible characters come and go. So of a text only letters and digits are compared, without the
people mentioned, who are chosen anew at each attempt. The living card is known by its button for a
note, which no other card has and nobody can type.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from operator import attrgetter

from bot.graph import Posted, Recognise
from cards.actions.case import OpenNoteForm
from cards.texts import announcement
from retention.domain.case import Case
from retention.domain.events import Event
from retention.domain.people import Person

_CLOCKS_APART = timedelta(minutes=1)
"""How far our clock may be ahead of Teams'."""


def the_root(case: Case) -> Recognise:
    """Recognise the case's card as a message of its own, whatever the case's state in it."""

    def pick(ours: Sequence[Posted]) -> str | None:
        found = (each for each in ours if any(_notes_on(case.code, card) for card in each.cards))
        return _first_since(case.opened_at, found)

    return pick


def the_reply(case: Case, event: Event, mentions: Sequence[Person]) -> Recognise:
    """Recognise the reply that says an event, younger than the event.

    Events of a case may read alike: two equal notes of one person. Then there must be a copy for
    each of them, said before or after: a reply sent twice is better than one never sent.
    """
    names = [_letters(person.name) for person in mentions]
    words = _without(names, _letters(announcement(case, event).text))
    alike = sum(
        _without(names, _letters(announcement(case, other).text)) == words
        for other in case.history
        if type(other) is type(event)
    )

    def pick(ours: Sequence[Posted]) -> str | None:
        copies = [each for each in ours if _without(names, _letters(each.words)) == words]
        return _first_since(event.at, copies) if len(copies) >= alike else None

    return pick


def _first_since(moment: datetime, found: Iterable[Posted]) -> str | None:
    young = [each for each in found if each.at >= moment - _CLOCKS_APART]
    return min(young, key=attrgetter("at")).id if young else None


def _notes_on(code: str, part: object) -> bool:
    """Tell whether a part of a card holds the button that opens the note form of a case."""
    match part:
        case {"verb": OpenNoteForm.verb, "data": {"case": str(carried)}} if carried == code:
            return True
        case dict():
            return any(_notes_on(code, each) for each in part.values())
        case list():
            return any(_notes_on(code, each) for each in part)
        case _:
            return False


def _without(names: Sequence[str], letters: str) -> str:
    """Take away, in front, the names of people Teams does not know, who are named in plain text."""
    for name in names:
        letters = letters.removeprefix(name)
    return letters


def _letters(text: str) -> str:
    return "".join(character for character in text if character.isalnum())
