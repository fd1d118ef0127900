"""The risk of a detractor: a lead reads it alone, once, unless they do not want to."""

import pytest

from tests.scenarios.office import chat, public, words

HEARD = {"O que você ouviu": "Vou reclamar nas redes e no Reclame Aqui."}


@pytest.fixture
async def thread(office):
    """A case that Fernanda has claimed; everybody who leads has spoken to the bot."""
    for who in ("Fernanda Lima", "Gustavo Rocha", "Helena Martins"):
        await office.whisper(who, "/ajuda")
    thread = await office.register()
    await office.press("Fernanda Lima", thread, "Assumir")
    await office.settle()
    return thread


async def tell(office, thread, who="Ana Souza", heard=HEARD):
    form = (await office.press(who, thread, "Risco de detrator…")).card
    answer = await office.press(who, thread, "Avisar em particular", heard, on=form)
    await office.settle()
    return answer.card


def risks(office, who):
    cards = [card for message in office.teams.thread(chat(who)) for card in message.cards]
    return [words(card) for card in cards if "📣 Risco de detrator" in words(card)]


async def test_the_owner_reads_what_was_heard_and_nobody_else_does(office, teams, thread):
    before = public(teams)

    answer = await tell(office, thread)

    [risk] = risks(office, "Fernanda Lima")
    assert "“Vou reclamar nas redes e no Reclame Aqui.”" in risk
    assert "Padaria Sol · Caso 00012345" in risk
    assert "Quem ouviu: Ana Souza" in risk
    assert risks(office, "Gustavo Rocha") == risks(office, "Helena Martins") == []
    assert "Avisei quem lidera, em particular" in words(answer)
    assert public(teams) == before
    assert office.rows("SELECT why FROM audit WHERE action = 'risk'") == [("Told",)]


async def test_the_same_words_are_told_once_and_new_ones_again(office, thread):
    await tell(office, thread)
    again = await tell(
        office,
        thread,
        "Bruno Carvalho",
        {"O que você ouviu": "VOU reclamar nas redes e no Reclame Aqui."},
    )
    await tell(office, thread, heard={"O que você ouviu": "Já postou no Instagram."})

    assert "Isso já foi avisado" in words(again)
    assert len(risks(office, "Fernanda Lima")) == 2


async def test_the_owner_who_hears_it_tells_the_next_one(office, thread):
    await tell(office, thread, "Fernanda Lima")

    assert len(risks(office, "Gustavo Rocha")) == 1


async def test_nothing_is_told_without_words(office, thread):
    answer = await tell(office, thread, heard={"O que você ouviu": " "})

    assert "Escreva o que o cliente disse" in words(answer)
    assert risks(office, "Fernanda Lima") == []


async def test_whoever_muted_it_is_passed_over_and_may_begin_again(office, thread):
    notices = await office.whisper("Fernanda Lima", "/avisos")
    shown = words(office.card(notices))
    muted = (await office.press("Fernanda Lima", notices, "Não receber riscos")).card
    await tell(office, thread)
    first = risks(office, "Fernanda Lima"), len(risks(office, "Gustavo Rocha"))
    await office.press("Fernanda Lima", notices, "Voltar a receber riscos", on=muted)
    await tell(office, thread, heard={"O que você ouviu": "Já postou no Instagram."})

    assert "Resumo do dia" not in shown
    assert "Chamados de apoio" in shown
    assert first == ([], 1)
    assert len(risks(office, "Fernanda Lima")) == 1


async def test_whoever_blocked_the_bot_is_passed_over(office, teams, thread):
    blocked = {"error": {"code": "ConversationBlockedByUser"}}
    teams.inject(method="POST", path="chat-Fernanda", status=403, json=blocked, times=None)

    await tell(office, thread)

    assert len(risks(office, "Gustavo Rocha")) == 1


async def test_an_agent_has_nothing_to_mute_and_a_call_for_support_cannot_be_muted(office):
    agent = await office.whisper("Ana Souza", "/avisos")
    lead = await office.whisper("Bruno Carvalho", "/avisos")
    forged = await office.execute(
        "Bruno Carvalho", lead, "notices.mute", {"kind": "support", "on": 1}
    )

    assert "não há o que silenciar" in office.texts(agent)[-1]
    assert "Sempre ligados, a qualquer hora" in words(office.card(lead))
    assert "não vale mais" in forged.sentence
