"""With a Salesforce beside the bot (`make run CRM=fake`): the ticks come by themselves."""

from __future__ import annotations

CRM = "fake"


async def test_the_four_ticks_appear_as_salesforce_answers(desk):
    await desk.open_channel()
    await desk.act_as("Ana")
    thread = await desk.post("/cancelamento 00012345")
    await thread.expect_text("Achei no Salesforce")
    await thread.fill(
        {
            "Canal de origem": "Telefone",
            "Nas palavras do cliente": "Já contratei outro sistema. Só quero encerrar.",
            "Humor do cliente": "Irritado",
        }
    )

    await thread.press("Continuar")
    await thread.expect_text("Cobrança: 5 vezes")
    await thread.expect_button("Registrar caso")
    await thread.press("Registrar caso")

    await thread.expect_text("Passos no Salesforce · 4 de 4")
    await thread.expect_text("Padaria Sol pede cancelamento")


async def test_what_the_form_lacks_salesforce_creates(desk):
    await desk.open_channel()
    await desk.act_as("Ana")
    thread = await desk.post("/cancelamento")
    await thread.fill(
        {
            "Cliente": "Bar do Zé",
            "Canal de origem": "Telefone",
            "Nas palavras do cliente": "Já cansei. Só quero cancelar.",
        }
    )

    await thread.press("Criar Caso agora")

    await thread.expect_text("criado no Salesforce")
    await thread.press("Continuar")
    await thread.expect_button("Registrar caso")
    await thread.press("Registrar caso")
    await thread.expect_text("Passos no Salesforce · 4 de 4")
