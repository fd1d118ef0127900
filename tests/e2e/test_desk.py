"""The lead's desk, as people do it in the Playground: claim, ask, answer, result; assign."""

from __future__ import annotations

from tests.e2e.test_main_job import QUOTES, register

WANTS_OUT = QUOTES["only wants out"][0]


async def test_a_lead_claims_asks_is_answered_and_records_the_result(desk):
    thread = await register(desk, WANTS_OUT, customer="Padaria Sol")
    await desk.act_as("Fernanda")
    await thread.press("Assumir")
    await thread.expect_text("Fernanda Lima assumiu o caso.")

    await thread.press("Pedir informação")
    await thread.fill({"A quem": "Ana Souza", "O que você precisa saber": "A multa foi cobrada?"})
    await thread.press("Perguntar")
    await thread.expect_text("Aguardando informação")
    await thread.expect_text("Ana Souza 💬 Fernanda Lima pergunta, para responder até")

    await desk.act_as("Ana")
    await thread.press("Responder")
    await thread.fill({"Sua resposta": "Foi cobrada e paga em outubro."})
    await thread.press("Responder")
    await thread.expect_text("Fernanda Lima 💬 Ana Souza respondeu:")
    await thread.expect_text("Em tratativa no Adm/Fin")

    await desk.act_as("Fernanda")
    await thread.press("Registrar resultado")
    await thread.fill(
        {
            "Desfecho": "Retido: o cliente fica",
            "Tentativa de feedback": "Telefone",
            "O que o cliente respondeu": "Agora alguém me ouviu",
            "Lição": "Conferir a multa antes de ligar",
        }
    )
    await thread.press("Registrar resultado")
    await thread.expect_text("Fernanda Lima registrou o resultado: retido.")


async def test_a_lead_assigns_a_case_where_nobody_can_be_searched(desk):
    thread = await register(desk, WANTS_OUT, customer="Cantina da Nonna")
    await thread.expect_text("ALTA · Cantina da Nonna pede cancelamento")
    await desk.act_as("Fernanda")

    await thread.press("Atribuir a…")
    await thread.fill({"Quem cuida do caso": "Gustavo Rocha"})
    await thread.press("Atribuir")

    await thread.expect_text("Gustavo Rocha, Fernanda Lima passou o caso para você")
    await thread.expect_text("Com Gustavo Rocha desde")
