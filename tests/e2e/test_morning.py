"""The leader's summary, in a second Playground, started as Helena, on the cases of the first."""

from tests.e2e.playground_driver import Desk
from tests.e2e.test_main_job import QUOTES, register

WITHOUT_LESSON = {
    "Desfecho": "Cancelado: o cliente sai",
    "Tentativa de feedback": "Telefone",
    "O que o cliente respondeu": "Não quis dizer",
}
WHY = {"Encerrar mesmo assim: por quê": "O cliente não atende mais"}


async def end_by_exception(desk, thread):
    """End a case as Fernanda, without the lesson that the close gate asks for."""
    await desk.act_as("Fernanda")
    await thread.press("Assumir")
    await thread.expect_text("Fernanda Lima assumiu o caso.")
    await thread.press("Registrar resultado")
    await thread.fill(WITHOUT_LESSON)
    await thread.press("Registrar resultado")
    await thread.fill(WHY)
    await thread.press("Registrar resultado")
    await thread.expect_text("Encerrado por exceção")


async def test_helena_reads_the_summary_and_acts_in_place(tmp_path):
    url = f"sqlite:///{tmp_path / 'retencao.db'}"
    async with Desk.start(database_url=url) as desk:
        quote = QUOTES["only wants out"][0]
        await end_by_exception(desk, await register(desk, quote, customer="Bar do Porto"))
        waiting = await register(desk, quote, customer="Padaria Sol")
        await waiting.expect_text("ALTA · Padaria Sol pede cancelamento")

    async with Desk.start(database_url=url, acting="helena") as desk:
        chat = await desk.open_personal("Helena")
        await chat.write("/resumo")

        await chat.expect_text("1 decisão espera você")
        await chat.expect_text("Encerrado por exceção por Fernanda")
        await chat.expect_text("Mais antigo sem dono")
        await chat.expect_text("Padaria Sol")
        await chat.press("Estou ciente")

        await chat.expect_text("nada espera sua decisão")
        await chat.expect_text("Anotado: você viu como Bar do Porto foi encerrado")
        await chat.expect_no_text("Encerrado por exceção por Fernanda")
        await chat.press("Ver casos sem dono")
        await chat.expect_text("Casos sem dono")
