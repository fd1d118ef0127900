"""A mistyped Caso number put right, with the whole bot, without and with a CRM."""

from __future__ import annotations

import pytest

from dev.salesforce import faults
from retention.salesforce.crm import SalesforceCrm
from tests.scenarios.office import buttons, open_office, walk, words
from tests.scenarios.with_crm import card_words, ours, settings_of, until

WRONG, RIGHT = "00012345", "00012346"
BRUNO = "bruno.carvalho@empresa.com.br"
LEFT = {"Nº do Caso": WRONG, "Nas palavras do cliente": "Já contratei outro sistema."}


@pytest.fixture
async def office(database_url, teams, monkeypatch):
    monkeypatch.setenv("CHANNEL_SENDS_PER_SECOND", "300")
    monkeypatch.setenv("CHANNEL_SENDS_PER_30_SECONDS", "9000")
    async with open_office(database_url, teams) as running:
        yield running


@pytest.fixture
async def crm_office(database_url, teams, salesforce, monkeypatch):
    monkeypatch.setenv("CHANNEL_SENDS_PER_SECOND", "300")
    monkeypatch.setenv("CHANNEL_SENDS_PER_30_SECONDS", "9000")
    monkeypatch.setattr("retention.services.crm_subscriber._PAUSE_SECONDS", 0.1)
    settings = settings_of(salesforce)
    async with open_office(database_url, teams, settings) as running:
        yield running


async def correct(office, thread, number=RIGHT, who="Ana Souza"):
    form = (await office.press(who, thread, "Corrigir nº do Caso")).card
    return (await office.press(who, thread, "Salvar número", {"Nº do Caso": number}, on=form)).card


async def correct_in_crm(office, thread, number=RIGHT):
    """The CRM knows another customer of this number: it is saved once more."""
    doubted = await correct(office, thread, number)
    typed = {"Nº do Caso": number}
    return (await office.press("Ana Souza", thread, "Salvar número", typed, on=doubted)).card


class TestWithoutCrm:
    async def test_card_and_thread_tell_before_and_after(self, office):
        thread = await office.register(**LEFT)

        shown = await correct(office, thread)
        await office.settle()

        assert f"Caso {RIGHT}" in words(shown)
        assert f"Caso {RIGHT}" in card_words(office, thread)
        told = "Ana corrigiu o nº do Caso: de 00012345 para 00012346."
        assert any(told in text for text in office.texts(thread))
        assert any("foram feitos no Caso 00012346" in text for text in office.texts(thread))

    async def test_a_taken_number_is_said_beside_the_field_with_the_way_there(self, office):
        await office.register(**{**LEFT, "Nº do Caso": RIGHT, "Cliente": "Mercado Lua"})
        thread = await office.register(**LEFT)

        form = await correct(office, thread)

        assert "Este número já é do RET-0001: Mercado Lua, aguardando Adm/Fin." in words(form)
        links = [node for node in walk(form) if node.get("type") == "Action.OpenUrl"]
        assert [link["title"] for link in links] == ["Abrir o tópico"]
        assert "Salvar número" in buttons(form)

    @pytest.mark.parametrize(
        ("typed", "said"),
        [
            ("", "Informe o número do Caso."),
            ("123", "Confira o número do Caso"),
            (WRONG, "O caso já está com este número"),
        ],
    )
    async def test_what_is_no_other_number_is_said_beside_the_field(self, office, typed, said):
        thread = await office.register(**LEFT)

        form = await correct(office, thread, typed)

        assert said in words(form)
        assert "Salvar número" in buttons(form)

    async def test_whoever_has_nothing_to_do_with_it_gets_no_form(self, office):
        thread = await office.register(**LEFT)

        shown = await office.press("Helena Martins", thread, "Corrigir nº do Caso")

        assert "O nº do Caso é com quem cuida do caso" in words(shown.card)
        assert "Salvar número" not in buttons(shown.card)


class TestWithCrm:
    async def test_another_customers_caso_is_doubted_once(self, crm_office):
        thread = await crm_office.register(**LEFT)

        doubted = await correct(crm_office, thread)
        unknown = await correct(crm_office, thread, "00099999")

        assert "No Salesforce, este Caso é de Mercado Lua" in words(doubted)
        assert "O Salesforce não tem esse Caso" in words(unknown)

    async def test_the_handover_is_done_once_on_the_right_caso_and_the_former_one_rests(
        self, crm_office, salesforce
    ):
        thread = await crm_office.register(**LEFT)
        await crm_office.say("Ana Souza", "liguei e ninguém atendeu ainda", thread=thread)
        await crm_office.settle()
        former = salesforce.case(WRONG), ours(salesforce, WRONG), salesforce.posts(WRONG)

        await correct_in_crm(crm_office, thread)
        await crm_office.settle()
        await crm_office.say("Ana Souza", "agora atendeu, volto a ligar amanhã", thread=thread)
        await crm_office.settle()

        assert salesforce.case(RIGHT)["OwnerId"] == salesforce.queue_id()
        assert len(salesforce.posts(RIGHT)) == 1
        diagnosis, note = ours(salesforce, RIGHT)
        assert "liguei e ninguém atendeu ainda" in diagnosis
        assert "agora atendeu" in note
        assert "4 de 4" in card_words(crm_office, thread)
        now = salesforce.case(WRONG), ours(salesforce, WRONG), salesforce.posts(WRONG)
        assert now == former

    async def test_only_the_right_caso_is_heard_and_watched(self, crm_office, salesforce):
        thread = await crm_office.register(**LEFT)
        await correct_in_crm(crm_office, thread)
        await crm_office.settle()

        salesforce.comment_as(BRUNO, WRONG, "Isto é de outro cliente")
        salesforce.comment_as(BRUNO, RIGHT, "Isto é deste cliente")
        salesforce.change(RIGHT, "Priority", "Low", by=BRUNO)
        await until(lambda: any("deste cliente" in text for text in crm_office.texts(thread)))
        await until(lambda: salesforce.case(RIGHT)["Priority"] == "High")
        await crm_office.settle()

        assert not any("outro cliente" in text for text in crm_office.texts(thread))

    async def test_a_caso_that_is_not_there_is_put_right_and_nothing_stays_missing(
        self, crm_office, salesforce
    ):
        thread = await crm_office.say("Ana Souza", "/cancelamento")
        typed = {"Cliente": "Mercado Lua", "Canal de origem": "Telefone", **LEFT}
        typed["Nº do Caso"] = "00099999"
        doubted = (await crm_office.press("Ana Souza", thread, "Continuar", typed)).card
        second = (await crm_office.press("Ana Souza", thread, "Continuar", {}, on=doubted)).card
        await crm_office.press("Ana Souza", thread, "Registrar caso", {}, on=second)
        await crm_office.settle()
        refused = card_words(crm_office, thread)

        await correct(crm_office, thread)
        await crm_office.settle()

        assert "não tem o Caso 00099999" in refused
        shown = card_words(crm_office, thread)
        assert "4 de 4" in shown
        assert "não chegou ao Salesforce" not in shown
        assert "não tem o Caso" not in shown

    async def test_what_still_waited_for_the_crm_goes_to_the_right_caso_alone(
        self, crm_office, salesforce
    ):
        salesforce.fail_next(faults.unavailable(), times=500)
        thread = await crm_office.say("Ana Souza", "/cancelamento")
        typed = {"Cliente": "Mercado Lua", "Canal de origem": "Telefone", **LEFT}
        second = (await crm_office.press("Ana Souza", thread, "Continuar", typed)).card
        await crm_office.press("Ana Souza", thread, "Registrar caso", {}, on=second)
        await until(lambda: "CRM pendente" in card_words(crm_office, thread))

        await correct(crm_office, thread)
        salesforce._faults.clear()
        await crm_office.settle()

        assert ours(salesforce, WRONG) == []
        assert salesforce.posts(WRONG) == []
        assert len(ours(salesforce, RIGHT)) == 1
        assert len(salesforce.posts(RIGHT)) == 1

    async def test_a_correction_in_the_middle_of_the_handover_calls_nobody_to_the_former_caso(
        self, crm_office, salesforce, monkeypatch
    ):
        hand_over = SalesforceCrm.hand_over
        corrected: list[object] = []

        async def hand_over_and_correct(self, order):
            await hand_over(self, order)
            if not corrected:
                corrected.append(order)
                await correct_in_crm(crm_office, thread)

        monkeypatch.setattr(SalesforceCrm, "hand_over", hand_over_and_correct)
        thread = await crm_office.say("Ana Souza", "/cancelamento")
        typed = {"Cliente": "Padaria Sol", "Canal de origem": "Telefone", **LEFT}
        second = (await crm_office.press("Ana Souza", thread, "Continuar", typed)).card

        await crm_office.press("Ana Souza", thread, "Registrar caso", {}, on=second)
        await until(lambda: "4 de 4" in card_words(crm_office, thread))
        await crm_office.settle()

        assert salesforce.posts(WRONG) == []
        assert len(salesforce.posts(RIGHT)) == 1
