"""The three-way call, as the whole bot does it."""

import pytest

from tests.scenarios.office import buttons, walk, words

URL = "https://teams.microsoft.com/l/meetup-join/1"
ANA = "29:rc-ana"


@pytest.fixture
async def thread(office):
    thread = await office.register(**{"Humor do cliente": "Irritado", "Contato": "Seu Marcos"})
    await office.press("Fernanda Lima", thread, "Assumir")
    await office.settle()
    return thread


async def call(office, thread, who="Fernanda Lima", **typed):
    form = (await office.press(who, thread, "Triangular")).card
    answer = await office.press(
        who, thread, "Chamar para a ligação", {"Link da ligação": URL, **typed}, on=form
    )
    await office.settle()
    return answer.card


async def test_the_briefing_reaches_who_is_called_and_the_outcome_is_kept(office, teams, thread):
    await call(office, thread)

    said = teams.thread(thread)[-1]
    assert said.mentions == [ANA]
    assert "📞 Ligação a três agora: Padaria Sol · Caso 00012345" in said.text
    assert f"[Entrar na ligação]({URL}), com Fernanda Lima." in said.text
    for line in (
        "**Quem:** Padaria Sol (Seu Marcos), espera desde 14:02",
        "**Prometido:** nada ainda",
        "**Humor:** irritado",
        "**Não diga:** “Calma”",
    ):
        assert line in said.text
    card = office.card(thread)
    assert "Cliente atendeu?" in words(card)
    assert URL in [node.get("url") for node in walk(card)]

    form = (await office.press("Ana Souza", thread, "Registrar se atendeu")).card
    typed = {"Atendeu?": "Não atendeu", "O que ficou combinado": "Caixa postal"}
    ended = await office.press("Ana Souza", thread, "Registrar", typed, on=form)
    await office.settle()

    assert "Registrar se atendeu" not in buttons(ended.card)
    assert "Ana registrou que o cliente não atendeu: Caixa postal" in words(ended.card)
    assert "o cliente não atendeu" in office.texts(thread)[-1]


async def test_it_may_be_repeated(office, thread):
    await call(office, thread)
    shown = await call(office, thread, **{"Link da ligação": f"{URL}2"})

    assert f"{URL}2" in [node.get("url") for node in walk(shown)]


async def test_an_address_that_is_none_is_told_so(office, thread):
    card = await call(office, thread, **{"Link da ligação": "http://x"})

    assert "Cole o link da ligação, começando com https:// e sem espaços." in words(card)


async def test_only_who_has_the_case_or_leads_calls(office, thread):
    refused = await office.press("Ana Souza", thread, "Triangular")

    assert "Triangular é com quem cuida do caso" in words(refused.card)
