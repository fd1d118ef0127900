"""Where a bot is killed, and how often."""

from __future__ import annotations

import random
from collections.abc import Mapping

BEFORE_PICK_UP = "before pick-up"
"""Right after the answer to a registration; no effect of it has begun."""
ASKED = "POST held open"
"""A new message was asked for; Teams has not acted yet, and never does."""
ACCEPTED = "POST held, accepted"
"""Teams has taken the message and not answered yet."""
ANSWERED = "answered, not in ledger"
"""The whole answer is on the wire; the bot has not written it down."""
STARTING = "while starting"
RANDOM = "at random"
POINTS = (BEFORE_PICK_UP, ASKED, ACCEPTED, ANSWERED, STARTING, RANDOM)

_SHARES: Mapping[str, float] = {
    BEFORE_PICK_UP: 0.20,
    ASKED: 0.06,
    ACCEPTED: 0.005,
    ANSWERED: 0.01,
    STARTING: 0.05,
}
"""Of all kills; the rest is at random. `ACCEPTED` and `ANSWERED` make one duplicate each."""
_AT_LEAST: Mapping[str, int] = {
    BEFORE_PICK_UP: 4,
    ASKED: 2,
    ACCEPTED: 2,
    ANSWERED: 2,
    STARTING: 1,
}


def deck(kills: int, chance: random.Random) -> list[str]:
    """Deal the points of so many kills in an order of chance."""
    named = {
        point: min(max(round(kills * share), _AT_LEAST[point]), kills // 5)
        for point, share in _SHARES.items()
    }
    cards = [point for point, times in named.items() for _ in range(times)]
    cards += [RANDOM] * (kills - len(cards))
    chance.shuffle(cards)
    return cards
