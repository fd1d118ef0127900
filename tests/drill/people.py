"""Load: people who register requests, claim them, write notes and end them, all at once."""

from __future__ import annotations

import asyncio
import random
import re
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import orjson

from tests.drill.bots import DrillFailed
from tests.scenarios.office import ROSTER, Answer, Office, buttons, chat, filled, inputs

Json = dict[str, Any]

QUOTES = (
    "Vou ser bem sincero, estou quase desistindo do sistema. Mas quero entender se tem solução.",
    "Já cansei. Só quero cancelar. Me manda logo pra quem resolve isso.",
    "Não adianta tentar. Já contratei outro sistema. Só quero encerrar com vocês.",
)
OUTCOME = {
    "Desfecho": "Retido: o cliente fica",
    "Tentativa de feedback": "Telefone",
    "O que o cliente respondeu": "Agora alguém me ouviu",
    "Lição": "Chamar o N2 na segunda queixa",
}
PEOPLE = tuple(member.name for member in ROSTER)
LEAD = "Fernanda Lima"
_PRIVATE = 0.12
_PRESSED_TWICE = 0.08
_SEES_FORM_SECONDS = 4.0
_TRIES = 60
_CODE = re.compile(rb"RET-[0-9]{4,}")


@dataclass
class Promises:
    """What the bot said yes to, as the people at their screens know it."""

    cases: dict[str, str] = field(default_factory=dict)
    """The case's code → its Caso number."""
    notes: list[tuple[str, str]] = field(default_factory=list)
    claimed: list[str] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)


class People:
    """Desks that work until `stop`, each on one case after the other.

    Deterministic by seed as far as what they do; not when, for the bot and its deaths decide that.
    """

    def __init__(self, office: Office, *, seed: int, pause_seconds: float = 0.15) -> None:
        self.promises = Promises()
        self._office, self._seed, self._pause = office, seed, pause_seconds
        self._is_stopped = False
        self._casos = 10_000_000
        self._desks: list[asyncio.Task[None]] = []
        self._chats: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._hired = 0

    def begin(self, desks: int) -> None:
        """Let so many desks begin to work."""
        self._is_stopped = False
        for _ in range(desks):
            self._hired += 1
            chance = random.Random(f"{self._seed}-{self._hired}")  # noqa: S311 - no secret
            self._desks.append(asyncio.create_task(self._work(chance)))

    async def stop(self) -> None:
        """Let everybody finish the case at hand. Raises what kept somebody from working."""
        self._is_stopped = True
        await asyncio.gather(*self._desks)
        self._desks.clear()

    async def dismiss(self) -> None:
        """Let everybody drop what they do."""
        for desk in self._desks:
            desk.cancel()
        await asyncio.gather(*self._desks, return_exceptions=True)

    def raise_what_failed(self) -> None:
        """Raise what kept somebody from working, if anything did."""
        for desk in self._desks:
            if desk.done() and (error := desk.exception()) is not None:
                raise error

    async def _work(self, chance: random.Random) -> None:
        while not self._is_stopped:
            await asyncio.sleep(chance.uniform(0, 2 * self._pause))
            author = chance.choice(PEOPLE)
            if chance.random() < _PRIVATE:
                async with self._chats[author]:
                    await self._register(author, chance, is_private=True)
            else:
                thread, code, card = await self._register(author, chance, is_private=False)
                await asyncio.gather(
                    self._lead(thread, code, card, chance),
                    *(
                        self._note(thread, code, card, f"{code} nota {n} {chance.random()}", chance)
                        for n in range(chance.randint(1, 4))
                    ),
                )

    async def _register(
        self, author: str, chance: random.Random, *, is_private: bool
    ) -> tuple[str, str, Json]:
        thread, form = await self._ask_for_form(author, is_private=is_private)
        self._casos += 1
        caso = str(self._casos)
        facts = {
            "Nº do Caso": caso,
            "Cliente": f"Padaria {caso}",
            "Canal de origem": "Telefone",
            "Nas palavras do cliente": chance.choice(QUOTES),
        }
        judgement = await self._press(author, thread, "Continuar", facts, on=form, chance=chance)
        done = await self._press(author, thread, "Registrar caso", on=judgement, chance=chance)
        found = _CODE.search(orjson.dumps(done))
        assert found is not None, done
        code = found[0].decode()
        self.promises.cases[code] = caso
        return thread, code, done

    async def _ask_for_form(self, author: str, *, is_private: bool) -> tuple[str, Json]:
        """Ask until a form is seen: what is never answered is asked for anew, as people do."""
        office = self._office
        for _ in range(_TRIES):
            before = len(office.teams.thread(chat(author))) if is_private else 0
            if is_private:
                thread = await office.whisper(author, "/cancelamento")
            else:
                thread = await office.say(author, "/cancelamento")

            def forms(thread: str = thread, before: int = before) -> list[Json]:
                messages = office.teams.thread(thread)[before:]
                cards = [card for message in messages for card in message.cards]
                return [card for card in cards if "Continuar" in buttons(card)]

            if await _seen(forms):
                return thread, forms()[-1]
        raise DrillFailed("a form was asked for and never shown")

    async def _note(
        self, thread: str, code: str, card: Json, text: str, chance: random.Random
    ) -> None:
        who = chance.choice(PEOPLE)
        await asyncio.sleep(chance.uniform(0, 4 * self._pause))
        form = await self._press(who, thread, "Anotar", on=card, chance=chance)
        typed = {"Anotação": text}
        await self._press(who, thread, "Salvar anotação", typed, on=form, chance=chance)
        self.promises.notes.append((code, text))

    async def _lead(self, thread: str, code: str, card: Json, chance: random.Random) -> None:
        """Claim, tick a step, and often end the case."""
        if "Assumir" not in buttons(card):
            return
        await asyncio.sleep(chance.uniform(0, 4 * self._pause))
        card = await self._press(LEAD, thread, "Assumir", on=card, chance=chance)
        self.promises.claimed.append(code)
        steps = next(node for label, node in inputs(card).items() if "marque" in label)
        ticked = {steps["label"]: chance.choice(steps["choices"])["title"]}
        card = await self._press(LEAD, thread, "Salvar passos", ticked, on=card, chance=chance)
        if chance.random() < 0.6:
            title = "Registrar resultado"
            form = await self._press(LEAD, thread, title, on=card, chance=chance)
            await self._press(LEAD, thread, title, OUTCOME, on=form, chance=chance)
            self.promises.ended.append(code)

    async def _press(
        self,
        who: str,
        thread: str,
        title: str,
        typed: dict[str, str] | None = None,
        *,
        on: Json,
        chance: random.Random,
    ) -> Json:
        """Press until a card comes back, and now and then once too often."""
        button = buttons(on)[title]
        data = dict(button["data"])
        if button.get("associatedInputs") != "none":
            data |= filled(on, typed or {})
        await asyncio.sleep(chance.uniform(0, self._pause))
        if chance.random() < _PRESSED_TWICE:
            await self._office.execute(who, thread, button["verb"], data)
        for _ in range(_TRIES):
            answer = await self._office.execute(who, thread, button["verb"], data)
            if not _failed(answer):
                return answer.card
            await asyncio.sleep(0.3)
        raise DrillFailed(f"{title} was pressed and never answered with a yes")


def _failed(answer: Answer) -> bool:
    """Tell whether the bot said no: a sentence, or a notice on top of the card."""
    if not isinstance(answer.body["value"], dict):
        return True
    return any(node.get("id") == "notice" for node in answer.card["body"])


async def _seen(what: Callable[[], object]) -> bool:
    until = time.monotonic() + _SEES_FORM_SECONDS
    while not what():
        if time.monotonic() > until:
            return False
        await asyncio.sleep(0.02)
    return True
