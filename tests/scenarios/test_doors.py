"""How a case starts: the doors, the spellings, and what stays outside."""

from __future__ import annotations

import pytest

from tests.scenarios.office import CHANNEL, FACTS, buttons, inputs, words


class TestSpellings:
    @pytest.mark.parametrize(
        "typed",
        [
            "/cancelamento",
            "cancelamento",
            "/CANCELAMENTO",
            "\uff0fcancelamento",
            "/rescisao",
            "/rescisão",
            "/rescisa\u0303o",
            "cancelar contrato",
            "Cancelar  Contrato",
            "\xa0/cancelamento\xa0",
            "&nbsp;/cancelamento",
            "/cancelamento 00012345",
        ],
    )
    async def test_the_request_is_understood_however_it_is_spelt(self, office, typed):
        thread = await office.say("Ana Souza", typed)

        assert "Nº do Caso" in inputs(office.card(thread))

    async def test_the_case_number_of_the_command_is_already_filled_in(self, office):
        thread = await office.say("Ana Souza", "/cancelamento 00012345")

        assert inputs(office.card(thread))["Nº do Caso"]["value"] == "00012345"

    async def test_plain_text_with_the_slash_needs_no_mention(self, office):
        thread = await office.say("Ana Souza", "/cancelamento", mention=False)

        assert "Nº do Caso" in inputs(office.card(thread))

    async def test_an_unknown_command_gets_the_nearest_one(self, office):
        thread = await office.say("Ana Souza", "/cancelar")

        assert "/cancelamento" in words(office.card(thread))

    @pytest.mark.parametrize("typed", ["", "/", "?"])
    async def test_a_mention_without_words_gets_the_help(self, office, typed):
        thread = await office.say("Ana Souza", typed)

        assert "Como posso ajudar?" in words(office.card(thread))

    async def test_words_in_a_sentence_find_the_command_too(self, office):
        thread = await office.say("Ana Souza", "por favor /cancelamento")

        assert "Você quis dizer /cancelamento?" in words(office.card(thread))

    async def test_a_slip_with_its_slash_is_answered_without_a_mention(self, office):
        thread = await office.say("Ana Souza", "/cancelameto", mention=False)

        assert "/cancelamento" in words(office.card(thread))

    async def test_an_unknown_filter_is_said(self, office):
        thread = await office.say("Ana Souza", "/casos vencendo")

        assert "Não sei filtrar por “vencendo”" in words(office.card(thread))

    async def test_a_search_without_words_is_asked_for_them(self, office):
        thread = await office.say("Ana Souza", "/caso")

        assert "Qual caso?" in words(office.card(thread))

    async def test_help_lists_the_commands(self, office):
        thread = await office.say("Ana Souza", "/ajuda")

        assert "/casos" in words(office.card(thread))


class TestOutside:
    @pytest.mark.parametrize(
        "talk",
        [
            "bom dia, alguém viu o cancelamento da Padaria Sol?",
            "cancelamento do pedido 12 na mesa 4",
            "cancelar contrato da loja nova pode?",
            "oi",
            "?",
            "ajuda",
            "Caso 00012345",
            "/giphy gato",
        ],
    )
    async def test_other_talk_of_the_channel_is_dropped(self, office, teams, talk, caplog):
        await office.say("Ana Souza", talk, mention=False)

        assert teams.calls == []

    async def test_another_channel_gets_a_kind_refusal_with_a_link(self, office, teams):
        activity = office.message("Ana Souza", "/cancelamento")
        activity["conversation"]["id"] = "19:other@thread.tacv2;messageid=1"
        activity["channelData"]["channel"]["id"] = "19:other@thread.tacv2"

        await office.deliver(activity)

        [message] = teams.thread("19:other@thread.tacv2;messageid=1")
        assert "RC + BACKOFFICE & RETENÇÃO" in words(message.cards[0])
        assert "https://teams.microsoft.com/l/channel/" in str(message.cards[0])

    async def test_talk_in_another_channel_is_dropped(self, office, teams):
        activity = office.message("Ana Souza", "/cancelamento", mention=False)
        activity["conversation"]["id"] = "19:other@thread.tacv2;messageid=1"

        await office.deliver(activity)

        assert teams.calls == []

    async def test_another_tenant_is_dropped(self, office, teams):
        activity = office.message("Ana Souza", "/cancelamento")
        activity["channelData"]["tenant"]["id"] = "99999999-9999-9999-9999-999999999999"

        status, _ = await office.deliver(activity)

        assert status == 200
        assert teams.calls == []

    async def test_a_bot_is_not_answered(self, office, teams):
        activity = office.message("Ana Souza", "/cancelamento")
        activity["from"]["id"] = "28:another-bot"

        await office.deliver(activity)

        assert teams.calls == []


class TestPersonalChat:
    async def test_the_form_stays_private_and_becomes_a_receipt_with_a_link(self, office, teams):
        chat = await office.whisper("Ana Souza", "/cancelamento")

        await _through_the_form(office, chat)

        [root] = [place for place in teams.conversations() if place.startswith(CHANNEL)]
        receipt = office.card(chat)
        assert "Padaria Sol" in words(office.card(root))
        assert "https://teams.microsoft.com/l/message/" in str(receipt)
        assert "Assumir" not in buttons(receipt)

    async def test_the_team_is_called_in_the_new_thread(self, office, teams):
        chat = await office.whisper("Ana Souza", "/cancelamento")

        await _through_the_form(office, chat)

        [root] = [place for place in teams.conversations() if place.startswith(CHANNEL)]
        mentioned = [who for message in teams.thread(root) for who in message.mentions]
        assert mentioned == ["29:fin-fernanda", "29:rc-bruno"]

    async def test_a_receipt_that_cannot_be_given_takes_no_mention_away(self, office, teams):
        chat = await office.whisper("Ana Souza", "/cancelamento")
        second = (await office.press("Ana Souza", chat, "Continuar", FACTS)).card
        gone = {"error": {"code": "ActivityNotFoundInConversation"}}
        teams.inject(method="PUT", path=chat, status=404, json=gone, times=None)

        await office.press("Ana Souza", chat, "Registrar caso", on=second)
        await office.settle()

        [root] = [place for place in teams.conversations() if place.startswith(CHANNEL)]
        assert teams.thread(root)[-1].mentions == ["29:fin-fernanda", "29:rc-bruno"]


async def _through_the_form(office, chat):
    second = (await office.press("Ana Souza", chat, "Continuar", FACTS)).card
    await office.press("Ana Souza", chat, "Registrar caso", on=second)
    await office.settle()


async def test_too_many_presses_of_one_person_get_a_polite_word(no_refill, office):
    thread = await office.register()

    answers = [await office.execute("Ana Souza", thread, "help.show", {}) for _ in range(30)]
    other = await office.execute("Bruno Carvalho", thread, "help.show", {})

    assert answers[0].card
    assert "Espere um instante" in answers[-1].sentence
    assert other.card
