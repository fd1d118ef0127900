"""Whether words say that the customer has already contracted another system.

Process document, path 2, example 2: such a customer has moved to a competitor, and the case goes
on by the non-technical way. Read in notes and answers of agents, who tell it in the third person,
hence cues of their own beside those for a customer's own words.
"""

from __future__ import annotations

import re

from retention.domain.text import fold

_DONE = r"(?:ei|ou|amos|aram)"
_SYSTEM = r"(?:sistemas?|softwares?|plataforma|fornecedor(?:es)?|pdv|erp)\b"
_OTHER = rf"(?<!\bdo\s)(?<!\bda\s)(?<!\bde\s)(?:outr[oa]s?\s+{_SYSTEM}(?!\s+d[eo]\b)|concorren\w+)"
"""Not the one they came from, nor one for something else; and a new one may well be ours."""
_LEFT = re.compile(
    rf"""
    \b (?:
        (?:ja\s+)? (?:contrat|assin|fech) {_DONE} \b
            (?:\s+\w+){{0,3}}? \s+ (?: {_OTHER} | outra\s+empresa\b (?!\s+(?:de|para)\b) )
      | ja\s+ (?:contrat|assin|fech) {_DONE} \s+ (?:com\s+)? outr[oa]s?
            (?= \s* (?:[.,;!”"]|\be\b|$) )
      | (?:ja\s+)? (?:migr|mud|troc|instal) {_DONE} \b (?:\s+\w+){{0,4}}? \s+ {_OTHER}
      | ja\s+ (?:esta|estao|estou|estamos) \s+ (?:usando|com|n[oa]|em)
            (?:\s+\w+){{0,2}}? \s+ (?: {_OTHER} | nov[oa]\s+{_SYSTEM} )
    )
    """,
    re.VERBOSE,
)
_SENTENCE_END = re.compile(r"[.!?\n]|$")
_NOT_SO = re.compile(r"\b(?:nao|nem|se|caso|quando|quase|talvez)(?:\s+\w+)?\s+$")
"""Right before: a denial or a condition, with at most one word between."""
_SOMEBODY_ELSE = re.compile(
    r"\b(?:nunca|jamais|ach[oa]|parece|pens(?:ou|ei)|verdade|vizinh[oa]|filial|contador|rede)\b[^.!?\n]*$"
    r"|\bconcorrente\s+del[ea]\b[^.!?\n]*$"
)
"""Earlier in the sentence: it is said of others, supposed, or denied from afar."""


def words_of_departure(text: str) -> str | None:
    """Return the very words that say so; None when the text says no such thing."""
    folded = fold(text)
    for said in _LEFT.finditer(folded):
        ends = _SENTENCE_END.search(folded, said.end())
        is_question = ends is not None and ends.group() == "?"
        before = folded[: said.start()]
        if not (is_question or _NOT_SO.search(before) or _SOMEBODY_ELSE.search(before)):
            return text[said.start() : said.end()]
    return None
