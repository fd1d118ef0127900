"""From a channel message to a command: mentions, odd spaces and spellings taken away.

Teams: the sender can edit the display name inside a mention, spaces arrive as `&nbsp;` or U+00A0,
and `TurnContext.remove_recipient_mention` of the SDK deletes the bot's name everywhere. So whether
the bot was mentioned is read from the entities alone.
"""

from __future__ import annotations

import difflib
import html
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

_ANY_MENTION = re.compile(r"<at[^>]{0,200}>([^<]{0,200})</at>", re.IGNORECASE)
_SPACES = re.compile(r"[\s\u00a0\u200b\u200c\u200d\u2060\ufeff]+")
_SLASHES = ("/", "\N{FULLWIDTH SOLIDUS}")
_NEAR_ENOUGH = 0.6


@dataclass(frozen=True, slots=True)
class Said:
    """A message as meant: `text` without the mention of the bot, `addressed` when it was called."""

    text: str
    addressed: bool

    def to_the_bot(self) -> Said:
        """The same words in a personal chat, where everything is meant for the bot."""
        return Said(self.text, addressed=True)


@dataclass(frozen=True, slots=True)
class Command:
    """`name` is the canonical command, None for one nobody knows; `word` is what was typed."""

    name: str | None
    word: str
    args: str


def what_was_said(activity: Mapping[str, Any]) -> Said:
    """Take the bot's mention out of a message and its spaces back to plain ones."""
    bot = activity.get("recipient") or {}
    bot_id, bot_name = str(bot.get("id", "")).casefold(), fold(str(bot.get("name", "")))
    text = activity.get("text")
    text = text if isinstance(text, str) else ""
    entities = activity.get("entities")
    addressed = bool(bot.get("isTargeted"))
    for entity in entities if isinstance(entities, list) else ():
        if not isinstance(entity, dict) or entity.get("type") != "mention":
            continue
        mentioned = entity.get("mentioned")
        if isinstance(mentioned, dict) and str(mentioned.get("id", "")).casefold() == bot_id:
            addressed = True
            text = text.replace(str(entity.get("text") or ""), " ", 1)
    text = _ANY_MENTION.sub(lambda match: _keep_people(match, bot_name), text)
    return Said(_SPACES.sub(" ", html.unescape(text)).strip(), addressed)


class CommandBook:
    """The commands people may type, in all their spellings."""

    def __init__(self) -> None:
        self._spellings: dict[str, str] = {}

    def add(self, name: str, aliases: Iterable[str] = ()) -> None:
        """Register a command; spellings are compared without accents, case or slash."""
        for spelling in (name, *aliases):
            self._spellings[fold(spelling)] = name

    def read(self, said: Said) -> Command | None:
        """Read a command; None when the words were meant for somebody else.

        Words that did not call the bot count only as a known command with its slash, or as the
        bare command word: people of the channel also talk about cancelling.
        """
        has_slash = said.text.startswith(_SLASHES)
        words = said.text.lstrip("".join(_SLASHES)).strip()
        name, spelling_length = self._match(words)
        if name is not None:
            command = Command(name, words[:spelling_length], words[spelling_length:].strip())
            is_bare = not command.args or command.args.isdigit()
            return command if said.addressed or has_slash or is_bare else None
        if not said.addressed:
            return None
        word, _, args = words.partition(" ")
        return Command(None, word, args.strip())

    def nearest(self, word: str) -> str | None:
        """Find the command somebody probably meant."""
        near = difflib.get_close_matches(fold(word), self._spellings, n=1, cutoff=_NEAR_ENOUGH)
        return self._spellings[near[0]] if near else None

    def _match(self, words: str) -> tuple[str | None, int]:
        folded = fold(words)
        for spelling in sorted(self._spellings, key=len, reverse=True):
            rest = folded[len(spelling) :]
            if folded.startswith(spelling) and (not rest or not rest[0].isalnum()):
                return self._spellings[spelling], len(spelling)
        return None, 0


def _keep_people(match: re.Match[str], bot_name: str) -> str:
    """Drop what is left of the bot's own mention (Teams may split it); keep people's names."""
    inner = fold(match[1])
    return " " if inner and inner in bot_name else match[1]


def fold(text: str) -> str:
    """Drop accents and case, character by character, so that lengths stay comparable."""
    return "".join(unicodedata.normalize("NFD", char)[0] for char in text).casefold().strip()
