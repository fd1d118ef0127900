"""From an activity to the bytes of a request that no client of Teams would send."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any

from bot.http import MAX_BODY_BYTES
from tests.fuzz.words import CANARIES, RAW, anything, raw

Json = dict[str, Any]
Path = tuple[Any, ...]
JSON_TYPE = {"Content-Type": "application/json; charset=utf-8"}


@dataclass(frozen=True)
class Shot:
    """One request: what it was made from, what was done to it, and what is posted."""

    origin: str
    mutations: tuple[str, ...]
    body: bytes
    headers: dict[str, str] = field(default_factory=lambda: dict(JSON_TYPE))

    @property
    def wants_answer(self) -> bool:
        """Tell an unharmed invoke: people see an error when it has no answer."""
        is_small = len(self.body) < MAX_BODY_BYTES
        is_invoke = self.origin.startswith(("press", "fixture invoke"))
        return is_invoke and is_small and not self.mutations


def mutate(rng: Random, origin: str, activity: Json, service_url: str) -> Shot:
    """Change an activity in one to three ways; one in ten of the results is broken as bytes too."""
    mutated: Any = copy.deepcopy(activity)
    names = []
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        change = rng.choice(_CHANGES)
        change(rng, mutated)
        names.append(change.__name__)
    shot = plain_shot(origin, _answering_to(mutated, service_url), tuple(names))
    return _break(rng, shot) if rng.random() < 0.1 else shot


def plain_shot(origin: str, activity: Json, mutations: tuple[str, ...] = ()) -> Shot:
    """Write an activity as it is; values no JSON should hold count as a mutation."""
    text = json.dumps(activity)
    odd = (
        ("raw",)
        if "@raw " in text or "\\ud800" in text or "NaN" in text or "Infinity" in text
        else ()
    )
    for name, piece in RAW.items():
        text = text.replace(f'"{raw(name)}"', piece)
    return Shot(origin, mutations or odd, text.encode())


# ---- of the JSON ---------------------------------------------------------------------------------


def swap(rng: Random, activity: Json) -> None:
    """Put any value in the place of another."""
    path = _some_path(rng, activity)
    _put(activity, path, anything(rng))


def swap_deep_inside(rng: Random, activity: Json) -> None:
    """Put any value where a leaf was: most of the activity stays believable."""
    leaves = [path for path, value in _walk(activity) if not isinstance(value, dict | list)]
    _put(activity, rng.choice(leaves), anything(rng))


def drop(rng: Random, activity: Json) -> None:
    path = _some_path(rng, activity)
    parent = _at(activity, path[:-1])
    del parent[path[-1]]


def wrap(rng: Random, activity: Json) -> None:
    """Put a list or an object around a value."""
    path = _some_path(rng, activity)
    value = _at(activity, path)
    _put(
        activity,
        path,
        rng.choice(([value], [value, copy.deepcopy(value)], {"value": value}, {"id": value})),
    )


def splice(rng: Random, activity: Json) -> None:
    """Put hostile characters into a string."""
    strings = [path for path, value in _walk(activity) if isinstance(value, str)]
    path = rng.choice(strings)
    value, piece = (
        _at(activity, path),
        rng.choice((*CANARIES, "\x00", "\ufeff", "\u202e", ";", "|")),
    )
    place = rng.randint(0, len(value))
    _put(activity, path, value[:place] + piece + value[place:])


def move(rng: Random, activity: Json) -> None:
    """Put one part of the activity in the place of another."""
    there = copy.deepcopy(_at(activity, _some_path(rng, activity)))
    _put(activity, _some_path(rng, activity), there)


def add(rng: Random, activity: Json) -> None:
    """Add fields nobody asked for, known ones of other activities among them."""
    name = rng.choice((*_FIELDS, rng.choice(CANARIES), ""))
    objects = [path for path, value in _walk(activity) if isinstance(value, dict)]
    _at(activity, rng.choice([(), *objects]))[name] = anything(rng)


def retype(rng: Random, activity: Json) -> None:
    """Call it another kind of activity."""
    activity["type"] = rng.choice(
        ("message", "invoke", "conversationUpdate", "installationUpdate", "event", "typing", "zq")
    )


_CHANGES: tuple[Callable[[Random, Json], None], ...] = (
    *(swap, swap_deep_inside, swap_deep_inside, drop, wrap, splice, splice, move, add, retype),
)
_FIELDS = (
    *("value", "entities", "text", "name", "replyToId", "attachments", "membersAdded", "action"),
    *("deliveryMode", "callerId", "locale", "textFormat", "channelData", "aadObjectId", "verb"),
)


# ---- of the bytes --------------------------------------------------------------------------------


def _break(rng: Random, shot: Shot) -> Shot:
    body, headers = shot.body, dict(shot.headers)
    name = rng.choice(list(_BREAKS))
    body = _BREAKS[name](rng, body)
    if name == "another type":
        headers["Content-Type"] = rng.choice(("text/plain", "", "application/xml", "a/b; c=\xe9"))
    if name == "false encoding":
        headers["Content-Encoding"] = rng.choice(("gzip", "deflate", "br", "zstd", "zq"))
    return Shot(shot.origin, (*shot.mutations, name), body, headers)


def _cut(rng: Random, body: bytes) -> bytes:
    return body[: rng.randrange(len(body))]


def _flip(rng: Random, body: bytes) -> bytes:
    place = rng.randrange(len(body))
    return body[:place] + bytes([rng.randrange(256)]) + body[place + 1 :]


_BREAKS: dict[str, Callable[[Random, bytes], bytes]] = {
    "cut": _cut,
    "flipped byte": _flip,
    "twice": lambda _rng, body: body + body,
    "no utf-8": lambda _rng, body: body.replace(b'"', b'"\xff\xed\xa0\x80', 3),
    "utf-16": lambda _rng, body: body.decode().encode("utf-16"),
    "mark": lambda _rng, body: b"\xef\xbb\xbf" + body,
    "empty": lambda _rng, _body: b"",
    "list": lambda _rng, body: b"[" + body + b"]",
    "too long": lambda _rng, body: body[:-1] + b',"zq":"' + b"z" * 1_100_000 + b'"}',
    "another type": lambda _rng, body: body,
    "false encoding": lambda _rng, body: body,
}


# ---- places in a tree ----------------------------------------------------------------------------


def _walk(node: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Visit everything but the root: where it stands, and what it is."""
    items = node.items() if isinstance(node, dict) else enumerate(node)
    for name, value in items:
        yield (*path, name), value
        if isinstance(value, dict | list):
            yield from _walk(value, (*path, name))


def _some_path(rng: Random, activity: Json) -> Path:
    return rng.choice([path for path, _ in _walk(activity)])


def _at(node: Any, path: Path) -> Any:
    for name in path:
        node = node[name]
    return node


def _put(activity: Json, path: Path, value: Any) -> None:
    _at(activity, path[:-1])[path[-1]] = value


def _answering_to(activity: Json, service_url: str) -> Json:
    """Leave no address but the fake Teams' and what is no address at all."""
    given = activity.get("serviceUrl")
    if isinstance(given, str) and given.strip().lower().startswith("http"):
        activity["serviceUrl"] = service_url
    return activity
