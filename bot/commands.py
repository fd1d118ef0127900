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

from retention.domain.case import CaseNumber
from retention.domain.text import fold

_ANY_MENTION = re.compile(r"<at[^>]{0,200}>([^<]{0,200})</at>", re.IGNORECASE)
_SPACES = re.compile(r"[\s\u00a0\u200b\u200c\u200d\u2060\ufeff]+")
_SLASHES = ("/", "\N{FULLWIDTH SOLIDUS}")
_CASE_CODE = re.compile(r"RET-?\s?(\d{1,9})", re.IGNORECASE)
_NEAR_ENOUGH = 0.65
_A_SLIP = 0.8
_WORDS_COMPARED = 8


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
    """`name` is the canonical command, None for one nobody knows; `typed` is all that was typed."""

    name: str | None
    typed: str
    args: str = ""


def what_was_said(activity: Mapping[str, Any]) -> Said:
    """Take the bot's mention out of a message and its spaces back to plain ones."""
    bot = activity.get("recipient") or {}
    bot_id = str(bot.get("id", "")).casefold()
    text = _composed(activity.get("text"))
    entities = activity.get("entities")
    addressed = bool(bot.get("isTargeted"))
    for entity in entities if isinstance(entities, list) else ():
        if not isinstance(entity, dict) or entity.get("type") != "mention":
            continue
        mentioned = entity.get("mentioned")
        if isinstance(mentioned, dict) and str(mentioned.get("id", "")).casefold() == bot_id:
            addressed = True
            text = text.replace(_composed(entity.get("text")), " ", 1)
    if "<" in text:
        bot_name = fold(str(bot.get("name", "")))
        text = _ANY_MENTION.sub(lambda match: _keep_people(match, bot_name), text)
    return Said(_SPACES.sub(" ", html.unescape(text)).strip(), addressed)


class CommandBook:
    """The commands people may type, in all their spellings."""

    def __init__(self) -> None:
        self._spellings: dict[str, str] = {}
        self._longest_first: list[str] = []
        self._bare: set[str] = set()

    def add(self, name: str, aliases: Iterable[str] = (), *, bare: bool = False) -> None:
        """Register a command; spellings are compared without accents, case or slash.

        A `bare` one is understood without slash and mention too, where it stands alone.
        """
        for spelling in (name, *aliases):
            self._spellings[fold(spelling)] = name
        self._longest_first = sorted(self._spellings, key=len, reverse=True)
        if bare:
            self._bare.add(name)

    def read(self, said: Said) -> Command | None:
        """Read a command; None when the words were meant for somebody else.

        Words that did not call the bot count only as a known command with its slash, or as a bare
        command word that stands alone: people of the channel also talk about cancelling.
        """
        has_slash = said.text.startswith(_SLASHES)
        words = said.text.lstrip("".join(_SLASHES)).strip()
        name, spelling_length = self._match(words)
        if name is not None:
            command = Command(name, said.text, words[spelling_length:].strip())
            alone = name in self._bare and (not command.args or command.args.isdigit())
            return command if said.addressed or has_slash or alone else None
        if said.addressed or (has_slash and self._is_near(words)):
            return Command(None, said.text if words else "")
        return None

    def nearest(self, typed: str) -> str | None:
        """Find the command somebody probably meant, by the first words of what they typed."""
        for word in fold(typed).split()[:_WORDS_COMPARED]:
            near = difflib.get_close_matches(
                word.lstrip("".join(_SLASHES)), self._spellings, n=1, cutoff=_NEAR_ENOUGH
            )
            if near:
                return self._spellings[near[0]]
        return None

    def _is_near(self, words: str) -> bool:
        """Tell a slip of one of our commands from a command of somebody else's."""
        first = fold(words).partition(" ")[0]
        return bool(difflib.get_close_matches(first, self._spellings, n=1, cutoff=_A_SLIP))

    def _match(self, words: str) -> tuple[str | None, int]:
        folded = fold(words)
        if folded in self._spellings:
            return self._spellings[folded], len(folded)
        for spelling in self._longest_first:
            length = len(spelling)
            if folded.startswith(spelling) and not folded[length : length + 1].isalnum():
                return self._spellings[spelling], length
        return None, 0


def case_number_in(args: str) -> CaseNumber | None:
    """Read a case code (RET-0042), as people type it; None for anything else."""
    code = _CASE_CODE.fullmatch(args)
    return CaseNumber(int(code[1])) if code else None


def _composed(words: object) -> str:
    """Give a text with each accent and its letter as one character, as most keyboards send them."""
    return unicodedata.normalize("NFC", words) if isinstance(words, str) else ""


def _keep_people(match: re.Match[str], bot_name: str) -> str:
    """Drop what is left of the bot's own mention (Teams may split it); keep people's names."""
    inner = fold(match[1]).strip()
    return " " if inner and inner in bot_name else match[1]
