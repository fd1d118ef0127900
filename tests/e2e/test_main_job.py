"""The main job, as people do it in the Playground: Ana registers, Fernanda takes it to its end."""

from __future__ import annotations

import itertools
import re

import pytest

NUMBERS = itertools.count(12345)
QUOTES = {
    "last chance": (
        "Olha, não estou satisfeito com o atendimento, já reportei esse problema várias vezes. "
        "Mas se vocês resolverem agora, continuo.",
        "Técnico com abertura",
    ),
    "wants to understand": (
        "Vou ser bem sincero, estou quase desistindo do sistema. "
        "Mas quero entender se isso tem solução.",
        "Técnico com abertura",
    ),
    "only wants out": (
        "Já cansei. Só quero cancelar. Me manda logo pra quem resolve isso.",
        "Técnico sem abertura",
    ),
    "has another system": (
        "Não adianta tentar. Já contratei outro sistema. Só quero encerrar com vocês.",
        "Não técnico",
    ),
}


async def register(desk, quote, *, customer="Padaria Sol"):
    """Fill the form as Ana; the path that the bot proposed stays."""
    await desk.open_channel()
    await desk.act_as("Ana")
    thread = await desk.post("/cancelamento")
    await thread.fill(
        {
            "Nº do Caso": f"{next(NUMBERS):08d}",
            "Cliente": customer,
            "Canal de origem": "Telefone",
            "Nas palavras do cliente": quote,
            "Humor do cliente": "Irritado",
        }
    )
    await thread.press("Continuar")
    await thread.expect_button("Registrar caso")
    await thread.press("Registrar caso")
    return thread


@pytest.mark.parametrize(("quote", "path"), QUOTES.values(), ids=QUOTES)
async def test_each_quoted_line_takes_its_documented_path(desk, quote, path):
    thread = await register(desk, quote)

    await thread.expect_text(path)
    if path == "Técnico com abertura":
        await thread.expect_text("Em tratativa no RC")
        await thread.expect_text("sem ação sua agora")
        await thread.expect_no_text("pede cancelamento")
    else:
        await thread.expect_text("Aguardando Adm/Fin")
        await thread.expect_text(re.compile("Fernanda Lima.*Bruno Carvalho.*ALTA · Padaria Sol"))


async def test_a_lead_takes_the_case_to_its_outcome(desk):
    thread = await register(desk, QUOTES["only wants out"][0], customer="Cantina da Nonna")
    await thread.expect_text("ALTA · Cantina da Nonna pede cancelamento")

    await desk.act_as("Bruno")
    await thread.press("Assumir")
    await thread.expect_text("Assumir é com o Adm/Fin")
    await thread.expect_text("Só você vê este aviso")

    await desk.act_as("Fernanda")
    await thread.press("Assumir")
    await thread.expect_text("Fernanda Lima assumiu o caso.")
    await thread.expect_text("Em tratativa no Adm/Fin")

    await thread.press("Registrar resultado")
    await thread.fill(
        {
            "Desfecho": "Retido: o cliente fica",
            "Tentativa de feedback": "Telefone",
            "O que o cliente respondeu": "Agora alguém me ouviu",
            "Lição": "Chamar o N2 na segunda queixa",
        }
    )
    await thread.press("Registrar resultado")
    await thread.expect_text("Fernanda Lima registrou o resultado: retido.")
    await thread.expect_text("Retido, em vigília")


async def test_wrong_answers_are_said_beside_their_fields_and_nothing_is_lost(desk):
    await desk.open_channel()
    await desk.act_as("Ana")
    thread = await desk.post("/cancelamento 00077777")
    await thread.expect_value("Nº do Caso", "00077777")
    await thread.fill(
        {
            "Cliente": "Empório Central",
            "Canal de origem": "WhatsApp",
            "Nas palavras do cliente": "Quero cancelar.",
            "CNPJ ou CPF": "12.345.678/0001-99",
            "Valor mensal (R$)": "trezentos",
        }
    )

    await thread.press("Continuar")

    await thread.expect_text("Ajuste 2 campos para continuar")
    await thread.expect_value("Cliente", "Empório Central")
    await thread.expect_value("Valor mensal (R$)", "trezentos")


async def test_the_case_is_found_again_in_the_personal_chat(desk):
    thread = await register(desk, QUOTES["only wants out"][0], customer="Bar do Porto")
    await thread.expect_text("ALTA · Bar do Porto pede cancelamento")
    chat = await desk.open_personal("Helena")

    await chat.write("/caso bar do porto")

    await chat.expect_text("Bar do Porto")
    await chat.expect_text("Aguardando Adm/Fin")
