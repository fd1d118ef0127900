"""The form: three screens, one message, nothing typed is lost."""

from __future__ import annotations

import asyncio

import pytest
import sqlalchemy as sa

from cards.receipt_card import discarded_card
from retention.domain.draft import DraftStep
from retention.storage.engine import open_engines
from retention.storage.tables import drafts
from tests.fake_connector import FakeConnector
from tests.scenarios.office import (
    FACTS,
    ROSTER,
    buttons,
    filled,
    inputs,
    open_office,
    walk,
    words,
)


def _error_under(card, field):
    return next(
        (node.get("text", "") for node in walk(card) if node.get("id") == f"error-{field}"), ""
    )


def _first_card(teams, thread):
    return next(message.cards for message in teams.thread(thread) if message.cards)


class TestFacts:
    async def test_the_labels_are_those_of_the_process(self, office):
        thread = await office.say("Ana Souza", "/cancelamento")

        fields = inputs(office.card(thread))
        assert list(fields) == [
            "Nº do Caso",
            "Cliente",
            "Canal de origem",
            "Nas palavras do cliente",
            "Humor do cliente",
            "CNPJ ou CPF",
            "Valor mensal (R$)",
            "Contato",
        ]
        assert fields["Humor do cliente"]["value"] == "neutral"

    @pytest.mark.parametrize(
        ("label", "wrong", "field"),
        [
            ("Nº do Caso", "123", "crm_case"),
            ("Nº do Caso", "1234567a", "crm_case"),
            ("Cliente", "   ", "customer"),
            ("Nas palavras do cliente", "", "verbatim"),
            ("CNPJ ou CPF", "12.345.678/0001-99", "tax_id"),
            ("Valor mensal (R$)", "trezentos", "monthly_value"),
        ],
    )
    async def test_a_wrong_answer_is_said_beside_its_field_and_all_is_kept(
        self, office, label, wrong, field
    ):
        thread = await office.say("Ana Souza", "/cancelamento")
        typed = FACTS | {"Contato": "Seu Marcos"} | {label: wrong}

        card = (await office.press("Ana Souza", thread, "Continuar", typed)).card

        assert _error_under(card, field)
        assert inputs(card)["Contato"]["value"] == "Seu Marcos"
        assert inputs(card)[label].get("value", "") == wrong
        assert office.card(thread) == card

    @pytest.mark.parametrize("tax_id", ["12.345.678/0001-95", "12ABC34501DE35", "529.982.247-25"])
    async def test_a_right_cnpj_or_cpf_is_kept_masked(self, office, tax_id):
        thread = await office.register(
            **{"CNPJ ou CPF": tax_id, "Valor mensal (R$)": "R$ 1.349,90"}
        )

        card = office.card(thread)
        assert tax_id not in str(card)
        assert "***" in words(card).replace("\\", "")
        assert "R$ 1.349,90 por mês" in words(card)
        assert tax_id not in str(office.rows("SELECT * FROM cases"))
        assert tax_id not in str(office.rows("SELECT * FROM drafts"))

    async def test_a_right_cnpj_is_masked_in_the_form_the_channel_sees(self, office):
        thread = await office.say("Ana Souza", "/cancelamento")
        typed = FACTS | {"CNPJ ou CPF": "12.345.678/0001-95"}
        await office.press("Ana Souza", thread, "Continuar", typed)

        first = (await office.press("Ana Souza", thread, "Voltar")).card
        second = (await office.press("Ana Souza", thread, "Continuar", on=first)).card

        assert inputs(first)["CNPJ ou CPF"]["value"] == "12.***.***/****-95"
        assert "Registrar caso" in buttons(second)
        assert "12.345.678/0001-95" not in str(office.rows("SELECT * FROM drafts"))


class TestSteps:
    async def test_each_step_shows_for_everybody_in_the_same_message(self, office, teams):
        thread = await office.say("Ana Souza", "/cancelamento")

        second = (await office.press("Ana Souza", thread, "Continuar", FACTS)).card
        shown = office.card(thread)
        case = (await office.press("Ana Souza", thread, "Registrar caso", on=second)).card
        await office.settle()

        with_cards = [message for message in teams.thread(thread) if message.cards]
        assert shown == second
        assert len(with_cards) == 1
        assert "RET-0001" in words(case)
        assert office.card(thread) == case

    async def test_back_returns_with_everything_typed(self, office):
        thread = await office.say("Ana Souza", "/cancelamento")
        await office.press("Ana Souza", thread, "Continuar", FACTS)

        first = (await office.press("Ana Souza", thread, "Voltar")).card

        assert inputs(first)["Cliente"]["value"] == "Padaria Sol"

    async def test_only_the_author_goes_on(self, office):
        thread = await office.say("Ana Souza", "/cancelamento")

        answer = await office.press("Bruno Carvalho", thread, "Continuar", FACTS)

        assert "Ana Souza" in answer.sentence
        assert "Nº do Caso" in inputs(office.card(thread))

    async def test_other_needs_a_text_and_asks_for_it(self, office):
        thread = await office.say("Ana Souza", "/cancelamento")
        second = (await office.press("Ana Souza", thread, "Continuar", FACTS)).card

        asked = await office.press(
            "Ana Souza", thread, "Registrar caso", {"Motivo": "Outros (explique)"}, on=second
        )
        told = await office.press(
            "Ana Souza",
            thread,
            "Registrar caso",
            {"Qual motivo?": "Vai mudar de ramo"},
            on=asked.card,
        )

        assert "Qual motivo?" in inputs(asked.card)
        assert "Vai mudar de ramo" in words(told.card)

    async def test_a_draft_survives_a_restart(self, database_url):
        async with FakeConnector(ROSTER) as teams:
            async with open_office(database_url, teams) as office:
                thread = await office.say("Ana Souza", "/cancelamento")
                second = (await office.press("Ana Souza", thread, "Continuar", FACTS)).card
            async with open_office(database_url, teams) as office:
                case = (await office.press("Ana Souza", thread, "Registrar caso", on=second)).card

        assert "RET-0001" in words(case)


class TestLostAnswers:
    async def test_a_form_whose_id_was_lost_still_becomes_the_case(self, office, teams):
        teams.inject(method="POST", path="/activities", drop=True, delivered=True)
        thread = await office.say("Ana Souza", "/cancelamento")
        second = (await office.press("Ana Souza", thread, "Continuar", FACTS)).card

        await office.press("Ana Souza", thread, "Registrar caso", on=second)
        await office.settle()

        assert "RET-0001" in words(office.card(thread))

    async def test_an_older_press_with_newer_words_shows_them_and_goes_no_further(self, office):
        thread = await office.say("Ana Souza", "/cancelamento")
        old = office.card(thread)
        await office.press("Ana Souza", thread, "Continuar", FACTS | {"Cliente": ""})

        again = await office.press(
            "Ana Souza", thread, "Continuar", FACTS | {"Cliente": "Padaria Nova"}, on=old
        )

        assert inputs(again.card)["Cliente"]["value"] == "Padaria Nova"
        assert "Registrar caso" not in buttons(again.card)

    async def test_a_late_register_undoes_no_step_back(self, office):
        thread = await office.say("Ana Souza", "/cancelamento")
        second = (await office.press("Ana Souza", thread, "Continuar", FACTS)).card
        await office.press("Ana Souza", thread, "Voltar")

        late = await office.press("Ana Souza", thread, "Registrar caso", on=second)

        assert "Nº do Caso" in inputs(late.card)
        assert office.rows("SELECT count(*) FROM cases") == [(0,)]

    async def test_a_discarded_form_registers_nothing(self, office):
        thread = await office.say("Ana Souza", "/cancelamento")
        first = office.card(thread)
        second = (await office.press("Ana Souza", thread, "Continuar", FACTS)).card
        await office.press("Ana Souza", thread, "Descartar", on=first)

        late = await office.press("Ana Souza", thread, "Registrar caso", on=second)

        assert "RET-" not in words(late.card)
        assert office.rows("SELECT count(*) FROM cases") == [(0,)]


class TestOldClients:
    """A client without Action.Execute sends the fallback: a message with a value."""

    async def test_a_form_step_moves_the_message(self, office):
        thread = await office.say("Ana Souza", "/cancelamento")
        card = office.card(thread)
        data = buttons(card)["Continuar"]["fallback"]["data"]

        await office.deliver(office.submit("Ana Souza", thread, data | filled(card, FACTS)))

        assert "Registrar caso" in buttons(office.card(thread))

    async def test_a_refusal_leaves_the_living_card_alone(self, office, teams):
        thread = await office.register()
        before = _first_card(teams, thread)
        data = buttons(office.card(thread))["Assumir"]["fallback"]["data"]

        await office.deliver(office.submit("Bruno Carvalho", thread, data))

        assert _first_card(teams, thread) == before


class TestRedelivery:
    async def test_the_same_message_again_shows_no_second_form(self, office, teams):
        activity = office.message("Ana Souza", "/cancelamento")

        for _ in range(3):
            await office.deliver(activity)

        assert len(teams.of_kind("send")) == 1

    async def test_the_same_message_after_a_restart_shows_no_second_form(self, database_url):
        async with FakeConnector(ROSTER) as teams:
            async with open_office(database_url, teams) as office:
                activity = office.message("Ana Souza", "/cancelamento")
                await office.deliver(activity)
            async with open_office(database_url, teams) as office:
                await office.deliver(activity)

            assert len(teams.of_kind("send")) == 1

    async def test_a_second_request_typed_by_a_person_is_a_second_form(self, office, teams):
        await office.say("Ana Souza", "/cancelamento")
        await office.say("Ana Souza", "/cancelamento")

        assert len(teams.of_kind("send")) == 2

    async def test_a_second_press_of_register_opens_no_second_case(self, office, teams):
        thread = await office.say("Ana Souza", "/cancelamento")
        second = (await office.press("Ana Souza", thread, "Continuar", FACTS)).card

        first = await office.press("Ana Souza", thread, "Registrar caso", on=second)
        again = await office.press("Ana Souza", thread, "Registrar caso", on=second)
        await office.settle()

        assert first.card == again.card
        assert office.rows("SELECT count(*) FROM cases") == [(1,)]
        assert len([text for text in office.texts(thread) if "pede cancelamento" in text]) == 1

    async def test_two_presses_of_register_at_once_open_one_case(self, office):
        thread = await office.say("Ana Souza", "/cancelamento")
        second = (await office.press("Ana Souza", thread, "Continuar", FACTS)).card

        answers = await asyncio.gather(
            *(office.press("Ana Souza", thread, "Registrar caso", on=second) for _ in range(5))
        )
        await office.settle()

        assert all("RET-0001" in words(answer.card) for answer in answers)
        assert office.rows("SELECT count(*) FROM cases") == [(1,)]
        assert len([text for text in office.texts(thread) if "pede cancelamento" in text]) == 1

    @pytest.mark.parametrize("number", ["123", "00012345"])
    async def test_what_another_replica_went_on_with_is_shown_whatever_was_typed(
        self, office, database_url, number
    ):
        thread = await office.say("Ana Souza", "/cancelamento")
        first = office.card(thread)
        engines = open_engines(database_url)
        async with engines.app.begin() as connection:
            ended = {"step": DraftStep.DISCARDED, "answers": {}, "version": 2}
            await connection.execute(sa.update(drafts).values(ended))
        await engines.dispose()

        typed = FACTS | {"Nº do Caso": number}
        late = await office.press("Ana Souza", thread, "Continuar", typed, on=first)

        assert words(late.card) == words(discarded_card())

    async def test_a_late_continue_shows_the_present_screen(self, office):
        thread = await office.say("Ana Souza", "/cancelamento")
        first = office.card(thread)
        second = (await office.press("Ana Souza", thread, "Continuar", FACTS)).card

        again = await office.press("Ana Souza", thread, "Continuar", FACTS, on=first)

        assert again.card == second


class TestDuplicates:
    async def test_a_second_request_for_the_caso_offers_to_join(self, office):
        await office.register()
        thread = await office.say("Bruno Carvalho", "/cancelamento")

        card = (await office.press("Bruno Carvalho", thread, "Continuar", FACTS)).card

        assert "RET-0001" in words(card)
        assert "Juntar ao caso aberto" in buttons(card)
        assert "https://teams.microsoft.com/l/message/" in str(card)

    async def test_joining_adds_the_words_to_the_open_thread(self, office):
        first = await office.register()
        thread = await office.say("Bruno Carvalho", "/cancelamento")
        typed = FACTS | {"Nas palavras do cliente": "Ligou de novo, bem irritado."}
        await office.press("Bruno Carvalho", thread, "Continuar", typed)

        await office.press("Bruno Carvalho", thread, "Juntar ao caso aberto")
        await office.settle()

        assert any("Ligou de novo, bem irritado" in text for text in office.texts(first))
        assert office.rows("SELECT count(*) FROM cases") == [(1,)]

    async def test_a_number_typed_with_the_command_says_at_once_that_it_is_open(self, office):
        await office.register()

        thread = await office.say("Bruno Carvalho", "/cancelamento 00012345")

        form = office.card(thread)
        assert "Este Caso já está aberto" in words(form)
        assert "RET-0001" in words(form)
        assert "https://teams.microsoft.com/l/message/" in str(form)

    async def test_the_words_alone_join_from_the_first_screen(self, office):
        first = await office.register()
        thread = await office.say("Bruno Carvalho", "/cancelamento 00012345")
        join = "Juntar ao caso aberto"

        empty = (await office.press("Bruno Carvalho", thread, join)).card
        await office.press(
            "Bruno Carvalho", thread, join, {"Nas palavras do cliente": "Ligou de novo."}, on=empty
        )
        await office.settle()

        assert "Escreva o que o cliente disse" in words(empty)
        assert any("Ligou de novo." in text for text in office.texts(first))
        assert "Juntei ao caso aberto" in words(office.card(thread))
        assert office.rows("SELECT count(*) FROM cases") == [(1,)]

    async def test_two_forms_for_one_caso_end_in_one_case(self, office):
        threads = [
            await office.say(who, "/cancelamento") for who in ("Ana Souza", "Bruno Carvalho")
        ]
        seconds = [
            (await office.press(who, thread, "Continuar", FACTS)).card
            for who, thread in zip(("Ana Souza", "Bruno Carvalho"), threads, strict=True)
        ]

        await office.press("Ana Souza", threads[0], "Registrar caso", on=seconds[0])
        late = await office.press("Bruno Carvalho", threads[1], "Registrar caso", on=seconds[1])

        assert "Juntar ao caso aberto" in buttons(late.card)
        assert office.rows("SELECT count(*) FROM cases") == [(1,)]

    async def test_the_number_can_be_mended(self, office):
        await office.register()
        thread = await office.say("Bruno Carvalho", "/cancelamento")
        await office.press("Bruno Carvalho", thread, "Continuar", FACTS)

        first = (await office.press("Bruno Carvalho", thread, "Corrigir o número")).card

        assert inputs(first)["Cliente"]["value"] == "Padaria Sol"
