"""What `make run` gives a person, tried with a toy bot: six people, threads, chats, cards."""

import asyncio
import re
from typing import Any

from aiohttp import ClientSession
from playwright.async_api import Route

from tests.e2e.playground_driver import ROOT, Desk

BOT = ROOT / "tests" / "dev" / "toy_bot.py"


async def received(desk: Desk) -> list[dict[str, Any]]:
    async with ClientSession() as http, http.get(f"{desk.bot_url}/received") as response:
        return list(await response.json())


async def test_a_mention_in_the_channel_reaches_the_bot_as_from_the_person_acting(desk):
    await desk.act_as("Fernanda")

    thread = await desk.post("/oi", mention=True)

    await thread.expect_text("Fernanda Lima disse: /oi")
    last = (await received(desk))[-1]
    assert last["from"]["aadObjectId"] == "00000000-0000-0000-0000-0000000000b1"
    assert [entity["type"] for entity in last["entities"]] == ["mention", "clientInfo"]
    assert last["conversation"]["id"].endswith(f";messageid={last['id']}")


async def test_text_without_a_mention_reaches_the_bot_as_with_rsc(desk):
    await desk.act_as("Bruno")

    thread = await desk.post("/oi", mention=False)

    await thread.expect_text("Bruno Carvalho disse: /oi")
    assert [entity["type"] for entity in (await received(desk))[-1]["entities"]] == ["clientInfo"]


async def test_an_answer_that_comes_before_the_page_has_its_post_is_shown(desk):
    async def late(route: Route) -> None:
        response = await route.fetch()
        await asyncio.sleep(0.5)  # the bot has answered by now
        await route.fulfill(response=response)

    await desk.page.route("**/messages", late, times=1)

    thread = await desk.post("/oi")

    await thread.expect_text("disse: /oi")


async def test_what_goes_to_a_post_from_before_a_reload_does_not_hide_the_next(desk):
    await desk.act_as("Ana")
    before = await desk.post("/cancelamento")
    await before.expect_button("Registrar")
    old = (await received(desk))[-1]["conversation"]["id"]
    await desk.page.reload(wait_until="domcontentloaded")
    await desk.open_channel()

    thread = await desk.post(f"/responder {old}")

    await thread.expect_text("Respondido lá")


async def test_a_reply_stays_in_its_thread_with_an_id_of_its_own(desk):
    await desk.act_as("Ana")
    thread = await desk.post("/oi")

    await thread.write("/resposta")

    await thread.expect_text("Ana Souza disse: /resposta")
    last = (await received(desk))[-1]
    assert last["id"].isdigit()
    assert not last["conversation"]["id"].endswith(last["id"])


async def test_every_kind_of_input_is_filled_by_its_label_and_arrives(desk):
    await desk.act_as("Ana")
    thread = await desk.post("/cancelamento")

    await thread.fill(
        {
            "Cliente": "Padaria Sol",
            "Observações": "linha um\nlinha dois",
            "O cliente dá abertura?": "Não",
            "Motivo": "Preço",
            "Canais": ["Telefone", "E-mail"],
            "Passos": ["Agir"],
            "Data do pedido": "2026-12-24",
            "Hora": "14:30",
            "Valor mensal": "350",
            "Prioridade": True,
        }
    )
    await thread.press("Registrar")

    await thread.expect_text("Registrado por Ana Souza")
    data = (await received(desk))[-1]["value"]["action"]["data"]
    assert data == {
        "case": 1,
        "customer": "Padaria Sol",
        "notes": "linha um\nlinha dois",
        "opening": "não",
        "reason": "preço",
        "channels": "telefone,e-mail",
        "steps": "agir",
        "day": "2026-12-24",
        "hour": "14:30",
        "value": "350",
        "urgent": "true",
    }


async def test_a_missing_required_input_is_said_and_nothing_is_sent(desk):
    await desk.act_as("Ana")
    thread = await desk.post("/cancelamento")
    await thread.expect_button("Registrar")
    before = len(await received(desk))

    await thread.press("Registrar")

    assert await thread.errors() == {"Cliente": "Informe o cliente"}
    assert len(await received(desk)) == before


async def test_a_press_after_a_switch_is_by_the_new_person_and_edits_the_card(desk):
    await desk.act_as("Ana")
    thread = await desk.post("/cancelamento")
    await thread.fill({"Cliente": "Padaria Sol"})
    await thread.press("Registrar")
    await thread.expect_text("Registrado por Ana Souza")

    await desk.act_as("Gustavo")
    await thread.press("Assumir")

    await thread.expect_text("Assumido por Gustavo Rocha")
    assert await thread.buttons() == []


async def test_the_bot_finds_a_member_by_entra_object_id(desk):
    thread = await desk.post("/membro 00000000-0000-0000-0000-0000000000c1")

    await thread.expect_text("Helena Martins 29:lead-helena helena.martins@empresa.com.br")


async def test_a_post_by_the_bot_is_a_new_thread_of_the_channel(desk):
    await desk.post("/novo Padaria Sol")

    thread = desk.thread_with("Caso novo: Padaria Sol")
    await thread.expect_text("Primeira resposta")


async def test_each_person_has_a_personal_chat_and_acts_in_it(desk):
    await desk.post("/avisar 00000000-0000-0000-0000-0000000000c1")

    chat = await desk.open_personal("Helena")
    await chat.expect_text("Resumo do dia")
    await chat.press("Assumir")
    await chat.expect_text("Assumido por Helena Martins")
    await chat.write("/oi")
    await chat.expect_text("Helena Martins disse: /oi")


async def test_the_person_acting_first_has_the_page_s_own_personal_chat(desk):
    chat = await desk.open_personal("Ana")

    await chat.write("/oi")

    await chat.expect_text("Ana Souza disse: /oi")


async def test_messages_show_who_wrote_them(desk):
    await desk.act_as("Igor")
    thread = await desk.post("/oi")
    await thread.expect_text("Igor Alves disse: /oi")

    await desk.act_as("Ana")

    await thread.expect_text(re.compile(r"^(IA)?Igor Alves"))


async def test_a_thread_is_shown_whole_in_a_screenshot(desk, tmp_path):
    thread = await desk.post("/cancelamento")
    await thread.expect_button("Registrar")

    await thread.screenshot(tmp_path / "thread.png")

    assert (tmp_path / "thread.png").stat().st_size > 10_000
