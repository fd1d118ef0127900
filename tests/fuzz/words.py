"""What hostile hands type: markup, mentions, strange characters and strange sizes."""

from __future__ import annotations

import copy
from collections.abc import Callable
from random import Random
from typing import Any

CANARIES = (
    "[zq](http://evil.example)",
    "![zq](http://evil.example/i.png)",
    "**zq!**",
    "_zq_",
    "~~zq~~",
    "`zq`",
    "<at>Fernanda Lima</at>",
    "<AT id='0'>Fernanda Lima</at>",
    "<b>zq</b>",
    "<script>zq</script>",
    "&lt;at&gt;zq&lt;/at&gt;",
    "# zq",
    "- zq",
    "1. zq",
    "> zq",
    "oi\n\n# zq\n- zq\n1. zq",
    "\\[zq](http://evil.example)",
    "\\\\**zq!**",
    "[zq]: http://evil.example",
    "<http://evil.example/zq>",
    "| zq | zq |\n|---|---|",
    "\u202ezq\u202c",
    "z\u200bq\u2066",
    "😡\u0301zq",
    "zq\x00zq",
    "zq\r\nzq\x1b[31m",
)
"""User text that any markup of must stay literal; `zq` marks it as ours in what comes back."""

LONE_SURROGATE = "zq\ud800"
BIG = ("A" * 9000, "<at>" * 3000, "á*_" * 4000, "\n" * 5000, "&#x" * 3000, "🤬" * 3000)
HUGE = ("Z" * 400_000, "<at" * 130_000, "<at>x</at>" * 40_000, "/" * 300_000, "é " * 150_000)
NUMBERS: tuple[Any, ...] = (
    *(0, -1, 1, 2**31, 2**63, -(2**63) - 1, 2**64, 10**40, 0.1, -0.0, 1e308),
    *(float("nan"), float("inf"), float("-inf")),
)
ODD: tuple[Any, ...] = (
    *(None, True, False, "", " ", "0", "null", "٣٤٥", "１２３", "0x10", "1e999"),
    *([], {}, [[]], [None], [{}], {"": ""}, {"id": None}, {"id": {"id": "x"}}, ["a", 1, None]),
    *("2026-02-30", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.9999999Z", "amanhã"),
    *("../../etc/passwd", "a;messageid=", "';--", "%00", "RET-99999999999", "28:bot", "29:x"),
)
RAW = {
    "deep list": "[" * 900 + "]" * 900,
    "too deep": "[" * 60_000 + "]" * 60_000,
    "deep object": '{"a":' * 900 + "1" + "}" * 900,
    "infinite": "1e999",
    "long number": "9" * 6000,
    "tiny": "-1e-999",
    "broken escape": '"\\ud83d"',
    "same name twice": '{"id":"a","id":{"id":1},"type":"x","type":"message"}',
}
"""JSON that `json.dumps` does not write, by name."""


def raw(name: str) -> str:
    """Give the stand-in for a piece of raw JSON, put in once the rest is written."""
    return f"@raw {name}@"


def typed(rng: Random) -> str:
    """Type something: mostly short and hostile, seldom very long."""
    dice = rng.random()
    if dice < 0.03:
        return rng.choice(BIG)
    if dice < 0.5:
        return rng.choice(CANARIES)
    return f"{rng.choice(CANARIES)} {rng.choice(CANARIES)}"


def anything(rng: Random) -> Any:
    """Give any JSON value at all, a fresh one each time: mutations change what they get."""
    return copy.deepcopy(rng.choices(_KINDS, _WEIGHTS)[0](rng))


def _several(rng: Random) -> Any:
    return [rng.choice(ODD), {"zq": rng.choice(CANARIES)}, rng.choice(NUMBERS)]


_MAKERS: dict[Callable[[Random], Any], int] = {
    lambda rng: rng.choice(ODD): 30,
    lambda rng: rng.choice(CANARIES): 25,
    lambda rng: rng.choice(NUMBERS): 15,
    lambda rng: raw(rng.choice(list(RAW))): 10,
    lambda _rng: LONE_SURROGATE: 4,
    lambda rng: rng.choice(BIG): 8,
    lambda rng: rng.choice(HUGE): 1,
    _several: 7,
}
_KINDS, _WEIGHTS = list(_MAKERS), list(_MAKERS.values())
