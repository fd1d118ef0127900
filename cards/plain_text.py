"""What people typed, made safe to show, short enough, and never cut off on a phone."""

from __future__ import annotations

import re

_ALWAYS_MARKUP = re.compile(r"[\\`*_\[\]()#~|<>]")
_ENTITY = re.compile(r"&(?=#?\w+;)")
ZERO_WIDTH_SPACE = "\u200b"
_TAG = re.compile(r"<(?=/?at\b)", re.IGNORECASE)
_BETWEEN_WORDS = re.compile(r"(?<=[^\W\d_]{8}/)(?=[^\W\d_]{8})")
_LONG_WORD = re.compile(r"(?:\\.|[!-\[\]-~À-ɏ]){10}(?=(?:\\.|[!-\[\]-~À-ɏ]){14})")
"""Ten letters of a word that has fourteen more; an escaped character counts as one."""
_LONG = 24
"""Characters of the shortest word that breaks, where nothing is escaped."""
_INDENT = re.compile(r"^[ \t]+", re.MULTILINE)
_LIST_ITEM = re.compile(r"^(\d+)(\.)", re.MULTILINE)
_LINE_MARKUP = re.compile(r"^[-+=]", re.MULTILINE)
_HARMLESS = re.compile(r"[^\W\d_][^\\`*_\[\]()#~|<>&\n]*")
"""One line that begins with a letter and holds no sign of markup, as most names do."""
_JOINS = re.compile(r"[\u0300-\u036f\u200d\ufe0e\ufe0f\u20e3\U0001f3fb-\U0001f3ff]")
"""Characters that belong to the one before them."""
_SENTENCE_END = re.compile(r"[.!?…]+(?=\s)|[^\s](?=\n)")
_CLAUSE_END = re.compile(r"[^\s,;:](?=[,;:]\s)")
_A_THOUGHT = 80
"""Characters from which on a text holds more than one thought; shorter ones are names."""


def plain(words: str) -> str:
    """Escape what people typed so that Markdown, mentions and entities in it stay literal."""
    if _HARMLESS.fullmatch(words):
        return words
    escaped = _ENTITY.sub(r"\\&", _ALWAYS_MARKUP.sub(r"\\\g<0>", _INDENT.sub("", words)))
    return _LINE_MARKUP.sub(r"\\\g<0>", _LIST_ITEM.sub(r"\1\\\2", escaped))


def one_line(words: str, *, at_most: int) -> str:
    """Bring a text to one line of so many characters, cut at a word where possible."""
    line = " ".join(words.split())
    if len(line) <= at_most:
        return line
    head = line[: cut_at(line, at_most - 1)].rstrip()
    return f"{head}{dots_after(head) if len(head) < at_most - 1 else '…'}"


def dots_after(head: str) -> str:
    """Give the ellipsis that ends the beginning of a text, apart from a full stop before it."""
    return " …" if head.endswith((".", "!", "?")) else "…"


def cut_at(words: str, at_most: int) -> int:
    """Find where to cut a text: at the end of a thought, else after a word, if one ends near.

    Never inside an emoji or accent.
    """
    if len(words) <= at_most:
        return len(words)
    if at_most >= _A_THOUGHT:
        for end, nearest in ((_SENTENCE_END, at_most // 2), (_CLAUSE_END, at_most * 2 // 3)):
            ends = [found.end() for found in end.finditer(words, nearest, at_most + 1)]
            if ends:
                return ends[-1]
    blank = max(words.rfind(" ", 0, at_most + 1), words.rfind("\n", 0, at_most + 1))
    if blank > at_most * 3 // 4:
        return blank
    place = at_most
    while place > 1 and (_JOINS.match(words[place]) or words[place - 1] == "\u200d"):
        place -= 1
    return place


def breakable(words: str) -> str:
    """Let very long words break: paragraphs of runs and tables would cut them on a phone."""
    if "<" in words:
        words = _TAG.sub(f"<{ZERO_WIDTH_SPACE}", words)
    if "/" in words:
        words = _BETWEEN_WORDS.sub(ZERO_WIDTH_SPACE, words)
    if "\\" in words or (len(words) >= _LONG and any(len(word) >= _LONG for word in words.split())):
        words = _LONG_WORD.sub(f"\\g<0>{ZERO_WIDTH_SPACE}", words)
    return words


def paragraphs(words: str) -> str:
    """Escape what people typed, each of its lines as a paragraph of its own."""
    return "\n\n".join(plain(line) for line in words.splitlines() if line.strip())
