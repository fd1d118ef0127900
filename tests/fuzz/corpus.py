"""Where activities come from: the payloads of Teams, commands, and the buttons now on screen."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from itertools import count
from random import Random
from typing import Any

from cards.actions import ACTIONS
from tests.fake_connector import RosterMember
from tests.fuzz.house import HOSTILE
from tests.fuzz.mutations import Shot, mutate, plain_shot
from tests.fuzz.words import anything, typed
from tests.scenarios.office import BOT, CHANNEL, FIXTURES, ROSTER, buttons, fixture, inputs

Json = dict[str, Any]
NAMES = sorted(path.stem for path in FIXTURES.glob("*.json"))
COMMANDS = (
    *("/cancelamento", "cancelamento", "/rescisão", "cancelar contrato", "／Cancelamento"),
    *("/caso", "/casos", "/casos meus", "/casos sem dono", "/casos vigília", "/ajuda", "?"),
    *("/caso RET-0001", "/caso Padaria", "/zq", "/cancelamnto", ""),
)
_CASOS = 400
"""So few that many requests meet an open case of the same Caso."""
_SCREENS = 300
_NEWEST = 12
"""Most presses are on the newest buttons: so requests come to an end and cases get on."""
_ONE_LINERS = {
    "tax_id": ("", "", "", "12.345.678/0001-95", "12.ABC.345/01DE-35", "529.982.247-25", "1"),
    "monthly_value": ("", "", "R$ 1.234,56", "9999999,99", "-1"),
    "Input.Date": ("2026-11-23", "2026-11-24", "0001-01-01", "9999-12-31", "2026-02-30"),
    "Input.Time": ("10:00", "10:00", "23:59:59", "24:00"),
}


@dataclass(frozen=True)
class Screen:
    """A button somebody can press, with the inputs beside it."""

    conversation: str
    message: str
    viewer: RosterMember
    verb: str
    data: Json
    fields: tuple[Json, ...]


class Corpus:
    """Makes one request after the other, from a seed and from what the bot has shown so far."""

    def __init__(self, seed: int, service_url: str) -> None:
        self._rng = Random(seed)  # noqa: S311 - to be repeated, not to be secret
        self._service_url = service_url
        self._screens: deque[Screen] = deque(maxlen=_SCREENS)
        self._known: deque[Json] = deque(maxlen=_SCREENS)
        self._ids = count(1_796_000_000_001)
        self.sender: RosterMember = ROSTER[0]
        """Who sends the newest request."""

    def learn(self, card: Json, conversation: str, message: str) -> None:
        """Remember the buttons of a card that came back."""
        fields = tuple(inputs(card).values())
        for button in buttons(card).values():
            data = button["data"]
            filled = fields if button.get("associatedInputs") != "none" else ()
            self._screens.append(
                Screen(conversation, message, self.sender, button["verb"], data, filled)
            )
            self._known.append(data)

    def next(self) -> Shot:
        rng = self._rng
        self.sender = rng.choice(ROSTER if rng.random() < 0.7 else HOSTILE)
        dice = rng.random()
        if dice < 0.3:
            return self._maybe_mutated(0.95, *self._fixture())
        if dice < 0.45:
            return self._maybe_mutated(0.5, *self._command())
        if dice < 0.85 and self._screens:
            return self._maybe_mutated(0.35, *self._press(self._button()))
        return self._maybe_mutated(0.3, *self._forgery())

    def _maybe_mutated(self, chance: float, origin: str, activity: Json) -> Shot:
        activity["serviceUrl"] = self._service_url
        if self._rng.random() < chance:
            return mutate(self._rng, origin, activity, self._service_url)
        return plain_shot(origin, activity)

    # ---- what people send ------------------------------------------------------------------------

    def _fixture(self) -> tuple[str, Json]:
        name = self._rng.choice(NAMES)
        activity = fixture(name)
        if self._rng.random() < 0.7:
            activity["id"] = self._id()
        return f"fixture {name}", activity

    def _command(self) -> tuple[str, Json]:
        rng = self._rng
        command = rng.choice(COMMANDS)
        words = f"{command} {typed(rng)}" if rng.random() < 0.5 else command
        if rng.random() < 0.3:
            activity = fixture("personal-message") | {"text": words}
            activity["conversation"]["id"] = f"a:chat-{self.sender.mri}"
        else:
            activity = fixture("channel-message-mention")
            activity["text"] = f"<at>{BOT['name']}</at> {words}"
            activity["conversation"]["id"] = f"{CHANNEL};messageid={self._id()}"
        return "command", activity | {"id": self._id(), "from": self._account()}

    def _button(self) -> Screen:
        """Choose a button: mostly one of the newest, and one that gets things done."""
        rng = self._rng
        newest = list(self._screens)[-_NEWEST:] if rng.random() < 0.7 else list(self._screens)
        useful = [screen for screen in newest if screen.fields] or newest
        return rng.choice(useful if rng.random() < 0.6 else newest)

    def _press(self, screen: Screen) -> tuple[str, Json]:
        rng = self._rng
        if rng.random() < 0.8:
            self.sender = screen.viewer
        data = screen.data | {field["id"]: self._fill(field) for field in screen.fields}
        return self._pressed("press", screen, screen.verb, data)

    def _forgery(self) -> tuple[str, Json]:
        """Send a real verb with real fields whose values no card of ours holds."""
        rng = self._rng
        verb = rng.choice(list(ACTIONS))
        known = rng.choice(self._known) if self._known and rng.random() < 0.7 else {}
        data = {
            name: known.get(name, anything(rng) if rng.random() < 0.5 else typed(rng))
            for name in ACTIONS[verb].model_fields
        }
        if rng.random() < 0.3:
            data |= {rng.choice(["case", "draft", "v", "k", "which"]): anything(rng)}
        screen = rng.choice(self._screens) if self._screens else None
        return self._pressed("forged", screen, verb, data)

    def _pressed(self, origin: str, on: Screen | None, verb: str, data: Json) -> tuple[str, Json]:
        place = on.conversation if on else f"{CHANNEL};messageid={self._id()}"
        kind = "channel" if place.startswith("19:") else "personal"
        same = {
            "from": self._account(),
            "replyToId": on.message if on else "0",
            "conversation": {"id": place, "conversationType": kind},
        }
        if self._rng.random() < 0.1:
            value: Json = {"verb": verb, **data}
            activity = fixture("message-action-submit-fallback")
            return f"submit {verb}", activity | same | {"id": self._id(), "value": value}
        action = {"type": "Action.Execute", "verb": verb, "data": data}
        activity = fixture("invoke-adaptivecard-action-execute")
        value = {"action": action, "trigger": self._rng.choice(("manual", "automatic"))}
        return f"{origin} {verb}", activity | same | {"id": f"f:{self._id()}", "value": value}

    def _fill(self, field: Json) -> Any:
        rng = self._rng
        if rng.random() < 0.02:
            return anything(rng)
        if "choices" in field:
            values = [choice["value"] for choice in field["choices"]]
            return ",".join(values) if field.get("isMultiSelect") else rng.choice(values)
        if field["id"] == "crm_case":
            return f"{rng.randrange(_CASOS):08d}"
        known = _ONE_LINERS.get(field["id"]) or _ONE_LINERS.get(field["type"])
        return rng.choice(known) if known else typed(rng)[: field.get("maxLength", 4000)]

    def _account(self) -> Json:
        who = self.sender
        return {"id": who.mri, "name": who.name, "aadObjectId": who.object_id}

    def _id(self) -> str:
        return str(next(self._ids))
