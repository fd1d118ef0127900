"""From the registered request to the outcome: who may, who is called, what everybody sees."""

from __future__ import annotations

import asyncio

import pytest

from tests.scenarios.office import buttons, inputs, words

QUOTES = {
    "Técnico com abertura": (
        "Olha, não estou satisfeito com o atendimento, já reportei esse problema várias vezes. "
        "Mas se vocês resolverem agora, continuo.",
        "Vou ser bem sincero, estou quase desistindo do sistema. "
        "Mas quero entender se isso tem solução.",
    ),
    "Técnico sem abertura": ("Já cansei. Só quero cancelar. Me manda logo pra quem resolve isso.",),
    "Não técnico": (
        "Não adianta tentar. Já contratei outro sistema. Só quero encerrar com vocês.",
    ),
}
FOUR = [(path, quote) for path, quotes in QUOTES.items() for quote in quotes]
TOLD = {"Próximos passos informados ao cliente": "Ligamos amanhã às 10:00"}
REVERTED = TOLD | {
    "Resposta do cliente": "Revertido",
    "Quem confirmou": "Dona Célia, a gerente",
    "Quando": "2026-11-24",
    "Hora": "13:50",
    "Por onde": "Telefone",
}
OUTCOME = {
    "Desfecho": "Retido: o cliente fica",
    "Tentativa de feedback": "Telefone",
    "O que o cliente respondeu": "Agora alguém me ouviu",
    "Lição": "Chamar o N2 na segunda queixa",
}


class TestPaths:
    @pytest.mark.parametrize(("path", "quote"), FOUR)
    async def test_the_four_quoted_lines_take_their_documented_path(
        self, office, teams, path, quote
    ):
        thread = await office.register("Bruno Carvalho", **{"Nas palavras do cliente": quote})

        card = words(office.card(thread))
        mentioned = [who for message in teams.thread(thread) for who in message.mentions]
        assert path in card
        if path == "Técnico com abertura":
            assert "Em tratativa no RC" in card
            assert mentioned == []
            assert "sem ação sua agora" in office.texts(thread)[-1]
        else:
            assert "Aguardando Adm/Fin" in card
            assert mentioned == ["29:fin-fernanda", "29:rc-bruno"]

    async def test_the_notification_says_priority_customer_and_caso(self, office, teams):
        thread = await office.register()

        [reply] = [message for message in teams.thread(thread) if message.text]
        assert reply.activity["summary"] == "ALTA · Padaria Sol pede cancelamento · Caso 00012345"
        assert "ALTA · Padaria Sol pede cancelamento · Caso 00012345" in reply.text

    async def test_a_lead_teams_does_not_know_is_named_and_the_post_is_not_lost(
        self, office, teams
    ):
        teams.roster = [member for member in teams.roster if member.name != "Fernanda Lima"]

        thread = await office.register()

        [reply] = [message for message in teams.thread(thread) if message.text]
        assert reply.mentions == ["29:rc-bruno"]
        assert "Fernanda Lima" in reply.text
        assert "<at>Fernanda" not in reply.text


class TestPath1:
    @pytest.fixture
    async def thread(self, office):
        return await office.register(**{"Nas palavras do cliente": FOUR[0][1]})

    async def test_reverted_is_handed_over_with_its_evidence(self, office, teams, thread):
        form = (await office.press("Ana Souza", thread, "Registrar resposta")).card

        await office.press("Ana Souza", thread, "Registrar resposta", REVERTED, on=form)
        await office.settle()

        reply = teams.thread(thread)[-1]
        assert reply.mentions == ["29:fin-fernanda"]
        assert "revertido pelo RC" in reply.text
        assert "Revertido pelo RC" in words(office.card(thread))
        assert "Assumir" in buttons(office.card(thread))

    async def test_reverted_without_evidence_is_refused_beside_the_fields(self, office, thread):
        form = (await office.press("Ana Souza", thread, "Registrar resposta")).card
        typed = REVERTED | {"Quem confirmou": "", "Por onde": ""}

        again = (await office.press("Ana Souza", thread, "Registrar resposta", typed, on=form)).card

        assert "⚠️" in words(again)
        assert inputs(again)["Resposta do cliente"]["value"] == "reverted"
        assert "Em tratativa no RC" in words(office.card(thread))

    async def test_what_the_customer_said_reaches_the_lead(self, office, teams, thread):
        form = (await office.press("Ana Souza", thread, "Registrar resposta")).card
        typed = TOLD | {
            "Resposta do cliente": "Não revertido",
            "O que o cliente disse": "Cansei mesmo",
        }

        await office.press("Ana Souza", thread, "Registrar resposta", typed, on=form)
        await office.settle()

        assert "Cansei mesmo" in teams.thread(thread)[-1].text
        assert "Cansei mesmo" in words(office.card(thread))

    @pytest.mark.parametrize(
        "wrong", [{"Hora": ""}, {"Quando": ""}, {"Quando": "2026-11-25"}, {"Quando": "ontem"}]
    )
    async def test_when_it_was_confirmed_is_needed_and_not_in_the_future(
        self, office, thread, wrong
    ):
        form = (await office.press("Ana Souza", thread, "Registrar resposta")).card

        again = await office.press(
            "Ana Souza", thread, "Registrar resposta", REVERTED | wrong, on=form
        )

        assert "⚠️" in words(again.card)
        assert "Em tratativa no RC" in words(office.card(thread))

    async def test_not_reverted_becomes_path_2_in_the_same_thread(self, office, teams, thread):
        form = (await office.press("Ana Souza", thread, "Registrar resposta")).card
        typed = TOLD | {"Resposta do cliente": "Não revertido"}

        await office.press("Ana Souza", thread, "Registrar resposta", typed, on=form)
        await office.settle()

        assert teams.thread(thread)[-1].mentions == ["29:fin-fernanda", "29:rc-bruno"]
        assert "Técnico sem abertura" in words(office.card(thread))
        assert len([m for m in teams.thread(thread) if m.cards]) == 1

    async def test_somebody_else_may_not_answer_for_the_author(self, office, thread):
        form = (await office.press("Ana Souza", thread, "Registrar resposta")).card

        opened = await office.press("Gustavo Rocha", thread, "Registrar resposta")
        forged = await office.press(
            "Gustavo Rocha", thread, "Registrar resposta", REVERTED, on=form
        )

        for answer in (opened, forged):
            assert "Ana Souza" in words(answer.card)
            assert "Quem confirmou" not in inputs(answer.card)
        assert office.rows("SELECT action FROM audit") == [("answer",), ("answer",)]


class TestLead:
    async def test_the_lead_claims_and_everybody_sees_it(self, office, teams):
        thread = await office.register()

        await office.press("Fernanda Lima", thread, "Assumir")
        await office.settle()

        assert "Em tratativa no Adm/Fin" in words(office.card(thread))
        assert "Fernanda Lima assumiu o caso." in office.texts(thread)
        assert "Assumir" not in buttons(office.card(thread))

    async def test_who_is_no_lead_is_refused_in_private_and_written_down(self, office, teams):
        thread = await office.register()
        before = office.card(thread)

        answer = await office.press("Bruno Carvalho", thread, "Assumir")
        await office.settle()

        assert "Fernanda Lima" in words(answer.card)
        assert "Só você vê este aviso" in words(answer.card)
        assert office.card(thread) == before
        assert office.rows("SELECT action, why FROM audit") == [("claim", "NotAllowed")]

    async def test_who_may_not_record_the_outcome_is_told_before_filling_the_form(self, office):
        thread = await office.register()
        await office.press("Fernanda Lima", thread, "Assumir")
        await office.settle()

        answer = await office.press("Ana Souza", thread, "Registrar resultado")

        assert "O resultado é com o Adm/Fin" in words(answer.card)
        assert inputs(answer.card).keys() == inputs(office.card(thread)).keys()

    async def test_two_leads_at_once_have_one_effect_and_a_polite_word(self, office, teams):
        thread = await office.register()

        answers = await asyncio.gather(
            office.press("Fernanda Lima", thread, "Assumir"),
            office.press("Gustavo Rocha", thread, "Assumir"),
        )
        await office.settle()

        said = [words(answer.card) for answer in answers]
        assert sum("Já feito por" in text for text in said) == 1
        assert sum("assumiu o caso" in text for text in office.texts(thread)) == 1

    async def test_the_outcome_closes_the_case(self, office):
        thread = await office.register()
        await office.press("Fernanda Lima", thread, "Assumir")
        await office.settle()
        form = (await office.press("Fernanda Lima", thread, "Registrar resultado")).card

        await office.press("Fernanda Lima", thread, "Registrar resultado", OUTCOME, on=form)
        await office.settle()

        card = office.card(thread)
        assert "Retido" in words(card)
        assert "Agora alguém me ouviu" in words(card)
        assert buttons(card).keys() == {"Salvar passos"}

    async def test_an_outcome_without_feedback_is_refused_and_nothing_is_lost(self, office):
        thread = await office.register()
        await office.press("Fernanda Lima", thread, "Assumir")
        await office.settle()
        form = (await office.press("Fernanda Lima", thread, "Registrar resultado")).card
        typed = OUTCOME | {"Tentativa de feedback": ""}

        again = (
            await office.press("Fernanda Lima", thread, "Registrar resultado", typed, on=form)
        ).card

        assert "⚠️" in words(again)
        assert inputs(again)["Lição"]["value"] == OUTCOME["Lição"]

    async def test_anybody_adds_an_update_once(self, office):
        thread = await office.register()
        form = (await office.press("Helena Martins", thread, "Anotar")).card
        typed = {"Anotação": "Cliente *ligou* <at>de</at> novo"}

        for _ in range(2):
            await office.press("Helena Martins", thread, "Salvar anotação", typed, on=form)
        await office.settle()

        notes = [text for text in office.texts(thread) if "anotou" in text]
        assert len(notes) == 1
        assert "<at>" not in notes[0]


class TestChecklist:
    async def test_ticked_steps_say_who_and_when(self, office):
        thread = await office.register()
        card = office.card(thread)
        [steps] = [node for node in inputs(card).values() if node.get("isMultiSelect")]
        data = buttons(card)["Salvar passos"]

        await office.execute(
            "Ana Souza", thread, data["verb"], data["data"] | {steps["id"]: "queue,priority"}
        )
        await office.settle()

        assert "2 de 4" in words(office.card(thread))
        assert "Ana, 14:02" in words(office.card(thread))


class TestForgery:
    async def test_a_case_cannot_be_moved_from_another_thread(self, office):
        thread = await office.register()
        elsewhere = await office.say("Gustavo Rocha", "/ajuda")
        claim = buttons(office.card(thread))["Assumir"]

        answer = await office.execute("Gustavo Rocha", elsewhere, claim["verb"], claim["data"])
        await office.settle()

        assert answer.sentence
        assert "Aguardando Adm/Fin" in words(office.card(thread))

    @pytest.mark.parametrize(
        ("verb", "data"),
        [
            ("case.claim", {}),
            ("case.claim", {"case": "RET-9999"}),
            ("case.claim", {"case": ["RET-0001"]}),
            ("case.claim", {"case": "RET-0001'; DROP TABLE cases"}),
            ("case.explode", {"case": "RET-0001"}),
            ("form.register", {"draft": "none", "v": 1}),
            ("form.continue", {"draft": {"$ne": 1}, "v": "x"}),
            ("", {}),
        ],
    )
    async def test_forged_card_data_is_answered_kindly(self, office, verb, data):
        thread = await office.register()

        answer = await office.execute("Ana Souza", thread, verb, data)

        assert answer.status == 200
        assert any(node.get("id") == "notice" for node in answer.card["body"])
        assert "Aguardando Adm/Fin" in words(answer.card)


class TestSearch:
    async def test_a_case_is_found_by_code_number_and_name(self, office, teams):
        await office.register()

        for reference in ("RET-0001", "00012345", "padária"):
            thread = await office.say("Bruno Carvalho", f"/caso {reference}")
            assert "Padaria Sol" in words(office.card(thread))
            assert "https://teams.microsoft.com/l/message/" in str(office.card(thread))

    async def test_what_is_not_there_is_said_kindly(self, office):
        thread = await office.say("Bruno Carvalho", "/caso Pizzaria Lua")

        assert "Pizzaria Lua" in words(office.card(thread))

    async def test_open_cases_are_listed_with_links(self, office):
        await office.register()
        await office.register(**{"Nº do Caso": "00099999", "Cliente": "Cantina da Nonna"})

        thread = await office.say("Bruno Carvalho", "/casos")

        card = office.card(thread)
        assert "Padaria Sol" in words(card)
        assert "Cantina da Nonna" in words(card)
        assert str(card).count("https://teams.microsoft.com/l/message/") == 2
