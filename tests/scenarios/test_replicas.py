"""Several bots on one PostgreSQL: nobody notices which of them answered."""

from __future__ import annotations

import asyncio

import pytest

from tests.scenarios.office import words
from tests.scenarios.process import serving

OUTCOME = {
    "Desfecho": "Retido: o cliente fica",
    "Tentativa de feedback": "Telefone",
    "O que o cliente respondeu": "Agora alguém me ouviu",
    "Lição": "Chamar o N2 na segunda queixa",
}
NOTES = [f"Nota {number}" for number in range(6)]


@pytest.fixture
async def office(postgres_url, teams, unused_tcp_port_factory):
    """Two bots in processes of their own; each post goes to the one that did not get the last."""
    ports = unused_tcp_port_factory(), unused_tcp_port_factory()
    async with serving(postgres_url, teams, *ports) as (_, office):
        yield office


async def test_a_case_lives_on_both_and_everything_is_said_once_and_in_order(office, teams):
    thread = await office.register()
    claimed_card = (await office.press("Fernanda Lima", thread, "Assumir")).card
    for note in NOTES:
        form = (await office.press("Helena Martins", thread, "Anotar")).card
        await office.press("Helena Martins", thread, "Salvar anotação", {"Anotação": note}, on=form)
    title = "Registrar resultado"
    form = (await office.press("Fernanda Lima", thread, title, on=claimed_card)).card
    await office.press("Fernanda Lima", thread, title, OUTCOME, on=form)
    await office.settle()

    [card, called, claimed, *notes, ended] = teams.thread(thread)
    assert called.mentions == ["29:fin-fernanda", "29:rc-bruno"]
    assert claimed.text == "Fernanda Lima assumiu o caso."
    assert [note.text.rpartition("\n")[2] for note in notes] == NOTES
    assert ended.text == "Fernanda Lima registrou o resultado: retido."
    assert [each.mentions for each in (card, claimed, *notes, ended)] == [[]] * (3 + len(NOTES))
    assert "Retido" in words(card.cards[0])


async def test_two_leads_at_once_have_one_effect_and_a_polite_word(office):
    for number in ("10000001", "10000002", "10000003"):
        facts = {"Nº do Caso": number, "Cliente": f"Padaria {number}"}
        thread = await office.register(**facts)

        answers = await asyncio.gather(
            office.press("Fernanda Lima", thread, "Assumir"),
            office.press("Gustavo Rocha", thread, "Assumir"),
        )
        await office.settle()

        said = [words(answer.card) for answer in answers]
        assert sum("Já feito por" in text for text in said) == 1
        assert sum("assumiu o caso" in text for text in office.texts(thread)) == 1


async def test_a_message_that_comes_again_to_the_other_one_shows_no_second_form(office, teams):
    activity = office.message("Ana Souza", "/cancelamento")

    await office.deliver(activity)
    await office.deliver(activity)

    assert len(teams.of_kind("send")) == 1
