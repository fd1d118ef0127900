"""A small bot, to try the Playground, the proxy and the browser driver without the real one.

Run as `python toy_bot.py serve` with PORT; `GET /received` gives every activity it got.
"""

import json
import os
import re
from typing import Any
from urllib.parse import quote

from aiohttp import ClientSession, web

Json = dict[str, Any]

CARD = "application/vnd.microsoft.card.adaptive"
CHANNEL = "19:rc-backoffice@thread.tacv2"


def choices(*titles: str) -> list[Json]:
    return [{"title": title, "value": title.lower()} for title in titles]


FORM: list[Json] = [
    {"type": "TextBlock", "text": "Nova solicitação", "weight": "Bolder"},
    {
        "type": "Input.Text",
        "id": "customer",
        "label": "Cliente",
        "isRequired": True,
        "errorMessage": "Informe o cliente",
    },
    {"type": "Input.Text", "id": "notes", "label": "Observações", "isMultiline": True},
    {
        "type": "Input.ChoiceSet",
        "id": "opening",
        "label": "O cliente dá abertura?",
        "choices": choices("Sim", "Não"),
    },
    {
        "type": "Input.ChoiceSet",
        "id": "reason",
        "label": "Motivo",
        "style": "expanded",
        "choices": choices("Preço", "Atendimento"),
    },
    {
        "type": "Input.ChoiceSet",
        "id": "channels",
        "label": "Canais",
        "isMultiSelect": True,
        "choices": choices("Telefone", "WhatsApp", "E-mail"),
    },
    {
        "type": "Input.ChoiceSet",
        "id": "steps",
        "label": "Passos",
        "style": "expanded",
        "isMultiSelect": True,
        "choices": choices("Ouvir", "Agir"),
    },
    {"type": "Input.Date", "id": "day", "label": "Data do pedido"},
    {"type": "Input.Time", "id": "hour", "label": "Hora"},
    {"type": "Input.Number", "id": "value", "label": "Valor mensal"},
    {"type": "Input.Toggle", "id": "urgent", "title": "Urgente", "label": "Prioridade"},
]


def card(body: list[Json], actions: list[Json] | None = None) -> Json:
    return {"type": "AdaptiveCard", "version": "1.5", "body": body, "actions": actions or []}


def execute(title: str, verb: str) -> Json:
    return {"type": "Action.Execute", "title": title, "verb": verb, "data": {"case": 1}}


def line(text: str) -> Json:
    return {"type": "TextBlock", "text": text, "wrap": True}


class ToyBot:
    def __init__(self) -> None:
        self.received: list[Json] = []

    def app(self) -> web.Application:
        app = web.Application()
        app.add_routes(
            [
                web.get("/healthz", self._healthz),
                web.get("/received", self._received),
                web.post("/api/messages", self._messages),
            ]
        )
        return app

    async def _healthz(self, _: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    async def _received(self, _: web.Request) -> web.Response:
        return web.json_response(self.received)

    async def _messages(self, request: web.Request) -> web.Response:
        activity = await request.json()
        self.received.append(activity)
        if activity["type"] == "invoke":
            return await self._invoke(activity)
        if activity["type"] == "message":
            await self._message(activity)
        return web.Response(status=202)

    async def _invoke(self, activity: Json) -> web.Response:
        action = activity["value"]["action"]
        who = activity["from"]["name"]
        values = json.dumps(action["data"], ensure_ascii=False, sort_keys=True)
        if action["verb"] == "submit":
            shown = card(
                [line(f"Registrado por {who}"), line(values)], [execute("Assumir", "claim")]
            )
        else:
            shown = card([line(f"Assumido por {who}")])
            conversation, message = activity["conversation"]["id"], activity["replyToId"]
            await self._call(activity, "PUT", f"{conversation}/activities/{message}", card=shown)
        value = {"statusCode": 200, "type": CARD, "value": shown}
        return web.json_response(value)

    async def _message(self, activity: Json) -> None:
        command, _, argument = re.sub("<at>.*?</at>", "", activity["text"]).strip().partition(" ")
        thread = f"{activity['conversation']['id']}/activities"
        if command == "/cancelamento":
            await self._call(activity, "POST", thread, type_="typing")
            form = card(FORM, [execute("Registrar", "submit")])
            await self._call(activity, "POST", thread, card=form)
        elif command == "/membro":
            conversation = activity["conversation"]["id"]
            member = await self._call(activity, "GET", f"{conversation}/members/{argument}")
            text = f"{member['name']} {member['id']} {member['email']}"
            await self._call(activity, "POST", thread, text=text)
        elif command == "/novo":
            first = {"type": "message", "text": f"Caso novo: {argument}"}
            data = {"channel": {"id": CHANNEL}}
            new = {"isGroup": True, "channelData": data, "activity": first}
            post = await self._call(activity, "POST", "", body=new)
            await self._call(activity, "POST", f"{post['id']}/activities", text="Primeira resposta")
        elif command == "/responder":
            await self._call(activity, "POST", f"{argument}/activities", text="Tarde demais")
            await self._call(activity, "POST", thread, text="Respondido lá")
        elif command == "/avisar":
            new = {"members": [{"id": argument}], "channelData": {"tenant": {"id": "any"}}}
            chat = await self._call(activity, "POST", "", body=new)
            shown = card([line("Resumo do dia")], [execute("Assumir", "claim")])
            await self._call(activity, "POST", f"{chat['id']}/activities", card=shown)
        else:
            text = f"{activity['from']['name']} disse: {command} {argument}".strip()
            await self._call(activity, "POST", thread, text=text)

    async def _call(
        self,
        activity: Json,
        method: str,
        path: str,
        *,
        body: Json | None = None,
        card: Json | None = None,
        text: str | None = None,
        type_: str = "message",
    ) -> Json:
        if card:
            body = {"type": type_, "attachments": [{"contentType": CARD, "content": card}]}
        elif body is None and method != "GET":
            body = {"type": type_, "text": text}
        separator = "/" if path else ""
        url = f"{activity['serviceUrl']}/v3/conversations{separator}{quote(path)}"
        async with ClientSession() as http, http.request(method, url, json=body) as response:
            response.raise_for_status()
            answer: Json = await response.json() if response.status != 202 else {}
            return answer


if __name__ == "__main__":
    web.run_app(ToyBot().app(), host="127.0.0.1", port=int(os.environ["PORT"]), print=None)
