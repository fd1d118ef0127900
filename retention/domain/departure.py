"""Whether words say that the customer has already contracted another system.

Process document, path 2, example 2: such a customer has moved to a competitor, and the case goes
on by the non-technical way. Read in notes and answers of agents, who tell it in the third person,
hence cues of their own beside those for a customer's own words.
"""

from __future__ import annotations

import re

from retention.domain.text import fold

_SYSTEM = r"(?:sistemas?|softwares?|plataforma|fornecedor(?:es)?|pdv|erp)\b"
_NOT_OURS = r"(?!\s+(?:noss[oa]|conosco|com\s+a\s+gente|d[eo]\s+voces|da\s+gente|daqui)\b)"
_FOR_ANOTHER_USE = r"(?!\s+(?:d[eo]|operacional)\b)"
_OTHER = (
    rf"(?<!\bdo\s)(?<!\bda\s)(?<!\bde\s)"
    rf"(?:outr[oa]s?\s+{_SYSTEM}{_FOR_ANOTHER_USE}{_NOT_OURS}|concorren\w+)"
)
"""Not the one they came from, nor one for something else."""
_NEW = rf"(?:nov[oa]\s+{_SYSTEM}|{_SYSTEM}\s+nov[oa]\b){_FOR_ANOTHER_USE}{_NOT_OURS}"
"""Some new one; "the new one" may well be ours."""
_RIVAL = r"(?:saipos|colibri|consumer|menudino|cloudfy|linx|totvs)\b"
"""Systems that take the place of ours; menus and ledgers that go along with it are none."""
_OF_A_RIVAL = rf"(?:[oa]\s+)?(?:{_SYSTEM}\s+d[aeo]\s+)?{_RIVAL}"
_OTHER_FIRM = r"outra\s+empresa\b(?:\s+de\s+(?:softwares?|sistemas?)\b|(?!\s+(?:de|para)\b))"
_TO_US = (
    r"(?!\s+(?:em\s+\d{4}|ha\s+\w+\s+anos?|e\s+ve[mi]o?"
    r"|(?:para|pra|pro)\s+(?:[oa]\s+)?(?:noss[oa]|ca|nos|voces))\b)"
)
"""Not behind it: it was long ago, or it is how they came to us."""
_ENDS_HERE = r"(?=\s*(?:[.,;!”\"\n]|\b(?:e|antes|ontem|desde|ha|faz|pois|porque|mas)\b|$))"
_IS = r"(?:esta|ta|estao|tao|estou|to|estamos|tamos)"


def _did(*stems: str) -> str:
    """Return what says that somebody did, or had done, what one of the verbs names."""
    verb = f"(?:{'|'.join(stems)})"
    return rf"(?:{verb}(?:ei|ou|amos|aram)\b|(?:havia|tinha)m?\s+(?:ja\s+)?{verb}ado\b)"


_CONTRACTED = _did("contrat", "assin", "fech", "compr")
_MOVED = _did("migr", "mud", "troc", "instal", "implant", "adot", "opt")
_LEFT = re.compile(
    rf"""
    \b (?:
        (?:ja\s+)? {_CONTRACTED}
            (?:\s+\w+){{0,3}}? \s+ (?: {_OTHER} | {_OTHER_FIRM} )
      | (?:ja\s+)? {_CONTRACTED} \s+ (?:com\s+)? (?:um\s+)? {_NEW}
      | (?:ja\s+)? {_CONTRACTED} \s+ (?:com\s+)? {_OF_A_RIVAL}
      | (?: ja\s+ {_CONTRACTED} \s+ (?:com\s+)? | {_CONTRACTED} \s+ com\s+ ) outr[oa]s?
            {_ENDS_HERE}
      | (?:ja\s+)? {_MOVED} (?:\s+\w+){{0,4}}? \s+ {_OTHER}
      | (?:ja\s+)? {_MOVED} \s+ (?:(?:para|pra|pro|por|pel[oa])\s+)? {_OF_A_RIVAL}
      | (?:ja\s+)? {_did("migr", "mud", "troc")} \s+ de \s+
            (?!fornecedor) {_SYSTEM} {_FOR_ANOTHER_USE} {_NOT_OURS} {_TO_US}
      | (?:ja\s+)? {_did("pass", "comec")} \s+ a \s+ (?:usar|utilizar)
            (?:\s+\w+){{0,2}}? \s+ (?: {_OTHER} | {_RIVAL} )
      | (?:foi|foram|fui|fomos|saiu|sairam) \s+ (?:para|pra|pro) (?:\s+[oa])? \s+ {_OTHER}
      | ja\s+ {_IS} \s+ (?:usando|com|n[oa]|em) (?:\s+\w+){{0,2}}? \s+ {_OTHER}
      | ja\s+ {_IS} \s+ (?:com|n[oa]|em) \s+ {_OF_A_RIVAL}
      | ja\s+ {_IS} \s+ (?:com|em) \s+ outr[oa] {_ENDS_HERE}
      | ja\s+ (?: {_IS} \s+ (?:usando|com|em) | tem | tenho | temos ) \s+ (?:um\s+)? {_NEW}
      | (?:ja\s+)? {_IS} \s+ (?:ja\s+)? (?:usando|utilizando|rodando) \s+
            (?: {_OTHER}
              | (?:(?:com\s+)? (?:[oa]\s+)? (?:{_SYSTEM}\s+d[aeo]\s+)?) {_RIVAL}
              | (?:[oa]\s+)? {_SYSTEM} \s+ d[aeo] \s+ (?P<brand>\w+) )
    )
    """,
    re.VERBOSE,
)
_SENTENCE_END = re.compile(r"[.!?\n]|$")
_NOT_SO = re.compile(
    r"\b(?:nao|nem|se|caso|quando|quase|talvez)(?:\s+\w+)?\s+$"
    r"|\b(?:n2|suporte|equipe|tecnic[oa]|time|banco|escritorio)(?:\s+\w+)?\s+$"
)
"""Right before, with at most one word between: a denial, a condition, or somebody of ours."""
_SOMEBODY_ELSE = re.compile(
    r"\b(?:nunca|jamais|ach[oa]|parece|pens(?:ou|ei)|verdade|imagin[ae]|supo(?:nho|mos)"
    r"|vizinh[oa]|filial|(?:outra|a)\s+(?:unidade|loja)\s+d[aeo]|contador|rede|amig[oa]|prim[oa]|cunhad[oa]|colega|conhecid[oa])"
    r"\b[^.!?\n]*$"
    r"|\bconcorrente\s+del[ea]\b[^.!?\n]*$"
)
"""Earlier in the sentence: it is said of others, supposed, or denied from afar."""


_BACK = r"\b(?:volt(?:ou|aram|ei)\s+atras|desist(?:iu|iram)|mud(?:ou|aram)\s+de\s+ideia)\b"
_HAD = re.compile(r"\b(?:havia|tinha)m?\b")
_CAME_BACK = re.compile(rf"{_BACK}[^!?\n]*$")
_COMES_BACK = re.compile(rf"[^.!?\n]*(?:{_BACK}|\bmas\s+(?:(?:vai|decidiu|quer)\s+)?fica\w*)")
"""Around what had been done: they had left, and come back."""
_DENIED_AFTER = re.compile(r"[^.!?\n,;]*\bnao\s*(?:[.!;,\n]|$)")
_FIRST_NO = re.compile(r"(?:^|[.!?\n]\s*)nao\s*,[^.!?\n]*$")
"""Brazilians deny twice: "não, ele já contratou outro não"."""


def words_of_departure(text: str) -> str | None:
    """Return the very words that say so; None when the text says no such thing."""
    folded = fold(text)
    for said in _LEFT.finditer(folded):
        if not _is_common(said, text) and not _is_denied(folded, said):
            return text[said.start() : said.end()]
    return None


def _is_common(said: re.Match[str], text: str) -> bool:
    """Tell whether the system is that of the shop or the till: only a name is a rival's."""
    return said["brand"] is not None and not text[said.start("brand")].isupper()


def _is_denied(folded: str, said: re.Match[str]) -> bool:
    """Tell whether it is asked, denied, supposed, undone, or said of somebody else."""
    before = folded[: said.start()]
    ends = _SENTENCE_END.search(folded, said.end())
    is_question = ends is not None and ends.group() == "?"
    is_denied_twice = _FIRST_NO.search(before) and _DENIED_AFTER.match(folded, said.end())
    is_undone = _HAD.search(said.group()) and (
        _CAME_BACK.search(before) or _COMES_BACK.match(folded, said.end())
    )
    is_elsewhere = _NOT_SO.search(before) or _SOMEBODY_ELSE.search(before)
    return is_question or bool(is_elsewhere or is_denied_twice or is_undone)
