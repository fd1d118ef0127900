"""Path 1 over HTTP: steps, calls, plan, next steps told, corrections, the first case."""

from __future__ import annotations

import asyncio

import pytest

from tests.scenarios.office import buttons, inputs, walk, words

LAST_CHANCE = (
    "Olha, não estou satisfeito com o atendimento, já reportei esse problema várias vezes. "
    "Mas se vocês resolverem agora, continuo."
)
PLAN = {
    "O que será feito": "Refazer a integração do iFood",
    "Quem faz": "Bruno Carvalho",
    "Até quando": "2026-11-25",
    "Próximos passos informados ao cliente": "Ligamos amanhã às 10:00",
}


@pytest.fixture
async def thread(office):
    """The thread of a case of path 1 that Ana treats."""
    return await office.register(**{"Nas palavras do cliente": LAST_CHANCE})


async def save_plan(office, thread, who="Ana Souza", **changes):
    form = (await office.press(who, thread, "Montar plano")).card
    answer = await office.press(who, thread, "Salvar plano", PLAN | changes, on=form)
    await office.settle()
    return answer.card


async def note(office, thread, who, text):
    form = (await office.press(who, thread, "Anotar")).card
    await office.press(who, thread, "Salvar anotação", {"Anotação": text}, on=form)
    await office.settle()


class TestSteps:
    async def test_ticked_steps_say_who_and_when(self, office, thread):
        button = buttons(office.card(thread))["Salvar passos"]

        await office.execute(
            "Ana Souza", thread, button["verb"], button["data"] | {"rc_steps": "listen,history"}
        )
        await office.settle()

        card = words(office.card(thread))
        assert "Passos do RC · 2 de 4" in card
        assert "Ouvir com empatia · Ana, 14:02" in card

    async def test_who_does_not_treat_the_case_is_refused_and_written_down(self, office, thread):
        button = buttons(office.card(thread))["Salvar passos"]

        answer = await office.execute(
            "Gustavo Rocha", thread, button["verb"], button["data"] | {"rc_steps": "act"}
        )

        assert "A tratativa é com quem abriu o caso" in words(answer.card)
        assert office.rows("SELECT action, why FROM audit") == [("treat", "NotAllowed")]

    async def test_nothing_ticked_is_said_kindly_beside_the_steps(self, office, thread):
        answer = await office.press("Ana Souza", thread, "Salvar passos", {})

        [line] = [node for node in walk(answer.card) if node.get("id") == "error-rc_steps"]
        assert "Toque no que você já fez" in line["text"]
        assert "Nenhum passo marcado" in words(answer.card)
        assert office.rows("SELECT version FROM cases") == [(1,)]


class TestCalls:
    @pytest.mark.parametrize(
        ("button", "said"),
        [
            ("Acionar N2", r"</at>, Ana Souza chama você \(N2\):"),
            ("Acionar líder RC", r"</at>, Ana Souza chama você \(líder do RC\):"),
        ],
    )
    async def test_whoever_holds_the_role_is_mentioned_in_the_thread(
        self, office, teams, thread, button, said
    ):
        await office.press("Ana Souza", thread, button)
        await office.settle()

        reply = teams.thread(thread)[-1]
        assert reply.mentions == ["29:rc-bruno"]
        assert said in reply.text
        assert "chamado por Ana" in words(office.card(thread))

    async def test_an_answer_acknowledges_and_claims_nothing(self, office, thread):
        await office.press("Ana Souza", thread, "Acionar líder RC")
        await office.settle()

        await office.press("Bruno Carvalho", thread, "Atendo o chamado")
        await office.settle()

        card = words(office.card(thread))
        assert "Bruno Carvalho · atende desde 14:02" in card
        assert "Em tratativa no RC" in card
        assert "Atendo o chamado" not in buttons(office.card(thread))

    async def test_whoever_was_not_called_is_told_who_was(self, office, thread):
        await office.press("Ana Souza", thread, "Acionar N2")
        await office.settle()

        answer = await office.press("Fernanda Lima", thread, "Atendo o chamado")

        assert "O chamado é para outra pessoa" in words(answer.card)
        assert "Bruno Carvalho" in words(answer.card)

    async def test_two_presses_at_once_call_once(self, office, teams, thread):
        await asyncio.gather(*(office.press("Ana Souza", thread, "Acionar N2") for _ in range(2)))
        await office.settle()

        assert sum("chama você" in text for text in office.texts(thread)) == 1

    async def test_nobody_to_call_is_said_kindly(self, office):
        thread = await office.register("Bruno Carvalho", **{"Nas palavras do cliente": LAST_CHANCE})

        answer = await office.press("Bruno Carvalho", thread, "Acionar N2")

        assert "Não há outra pessoa para chamar: N2" in words(answer.card)
        assert not any("chama você" in text for text in office.texts(thread))


class TestPlan:
    async def test_it_stands_on_the_card_and_is_said_in_the_thread(self, office, thread):
        await save_plan(office, thread)

        card = words(office.card(thread))
        assert "Refazer a integração do iFood" in card
        assert "Quem: Bruno Carvalho · até: qua, 25/11" in card
        assert "Combinado com o cliente: “Ligamos amanhã às 10:00”" in card
        assert "fez o plano" in office.texts(thread)[-1]

    async def test_it_can_be_changed(self, office, thread):
        await save_plan(office, thread)
        form = (await office.press("Bruno Carvalho", thread, "Mudar plano")).card

        later = {"Até quando": "2026-11-27"}
        await office.press("Bruno Carvalho", thread, "Salvar plano", later, on=form)
        await office.settle()

        assert "até: sex, 27/11" in words(office.card(thread))

    async def test_what_is_wrong_is_said_beside_the_field_and_nothing_is_lost(self, office, thread):
        again = await save_plan(office, thread, **{"Até quando": "2026-11-20"})

        assert "Esse dia já passou" in words(again)
        assert inputs(again)["O que será feito"]["value"] == PLAN["O que será feito"]
        assert "📝 Plano" not in words(office.card(thread))

    async def test_who_wrote_on_an_old_form_sees_the_other_plan_before_saving(self, office, thread):
        form = (await office.press("Ana Souza", thread, "Montar plano")).card
        await save_plan(office, thread, "Bruno Carvalho")
        mine = PLAN | {"O que será feito": "Trocar o roteador"}

        again = (await office.press("Ana Souza", thread, "Salvar plano", mine, on=form)).card
        kept = words(office.card(thread))
        await office.press("Ana Souza", thread, "Salvar plano", on=again)
        await office.settle()

        assert "O caso mudou enquanto você escrevia" in words(again)
        assert inputs(again)["O que será feito"]["value"] == "Trocar o roteador"
        assert "Refazer a integração do iFood" in kept
        assert "Trocar o roteador" in words(office.card(thread))


class TestAnswer:
    async def test_a_second_and_different_answer_is_refused_with_a_word(self, office, thread):
        form = (await office.press("Ana Souza", thread, "Registrar resposta")).card
        told = {"Próximos passos informados ao cliente": "Ligamos amanhã às 10:00"}
        failed = told | {"Resposta do cliente": "Não revertido"}
        won = told | {
            "Resposta do cliente": "Revertido",
            "Quem confirmou": "Seu Marcos",
            "Por onde": "Telefone",
        }

        await office.press("Ana Souza", thread, "Registrar resposta", failed, on=form)
        repeat = await office.press("Ana Souza", thread, "Registrar resposta", failed, on=form)
        other = await office.press("Ana Souza", thread, "Registrar resposta", won, on=form)
        await office.settle()

        assert "Você já registrou isso às 14:02" not in words(repeat.card)
        assert "Você já registrou isso às 14:02" in words(other.card)
        assert "O RC tentou reverter" in words(office.card(thread))


class TestNextStepsTold:
    async def test_no_answer_is_recorded_before_the_customer_was_told(self, office, thread):
        form = (await office.press("Ana Souza", thread, "Registrar resposta")).card
        typed = {"Resposta do cliente": "Não revertido", "O que o cliente disse": "Cansei"}

        again = (await office.press("Ana Souza", thread, "Registrar resposta", typed, on=form)).card

        assert "Escreva o que você disse ao cliente que vem agora" in words(again)
        assert inputs(again)["O que o cliente disse"]["value"] == "Cansei"
        assert "Em tratativa no RC" in words(office.card(thread))

    async def test_a_wrong_form_of_a_stranger_is_refused_and_not_mended(self, office, thread):
        form = (await office.press("Ana Souza", thread, "Registrar resposta")).card

        answer = await office.press("Gustavo Rocha", thread, "Registrar resposta", on=form)

        assert "A resposta é com quem abriu o caso" in words(answer.card)
        assert office.rows("SELECT action FROM audit") == [("answer",)]

    async def test_what_the_plan_says_was_told_is_filled_in(self, office, thread):
        await save_plan(office, thread)
        form = (await office.press("Ana Souza", thread, "Registrar resposta")).card
        typed = {"Resposta do cliente": "Não revertido"}

        await office.press("Ana Souza", thread, "Registrar resposta", typed, on=form)
        await office.settle()

        assert "Aguardando Adm/Fin" in words(office.card(thread))


class TestAlreadyLeft:
    async def test_a_note_that_says_so_moves_the_case_and_the_thread_is_told_why(
        self, office, teams, thread
    ):
        await note(office, thread, "Ana Souza", "Disse que já contratou outro sistema")

        card = words(office.card(thread))
        reply = teams.thread(thread)[-1]
        assert "Não técnico" in card
        assert "Aguardando Adm/Fin" in card
        assert "As palavras: “já contratou outro sistema”." in card
        assert reply.mentions == ["29:fin-fernanda", "29:rc-bruno"]
        assert "já contratou outro sistema" in reply.text

    async def test_one_press_takes_it_back(self, office, thread):
        await note(office, thread, "Ana Souza", "Disse que já contratou outro sistema")

        await office.press("Ana Souza", thread, "Não é isso, desfazer")
        await office.settle()

        card = words(office.card(thread))
        assert "Em tratativa no RC" in card
        assert "Técnico com abertura" in card
        assert "desfez a mudança" in office.texts(thread)[-1]

    async def test_a_leader_takes_it_back_and_the_same_words_do_not_move_it_again(
        self, office, thread
    ):
        await note(office, thread, "Ana Souza", "Disse que já contratou outro sistema")

        await office.press("Helena Martins", thread, "Não é isso, desfazer")
        await office.settle()
        await note(office, thread, "Ana Souza", "Disse que já contratou outro sistema")

        assert "Em tratativa no RC" in words(office.card(thread))


class TestReclassify:
    async def correct(self, office, thread, who, **typed):
        form = (await office.press(who, thread, "Corrigir classificação")).card
        answer = await office.press(who, thread, "Salvar classificação", typed, on=form)
        await office.settle()
        return answer.card

    async def test_leaving_path_1_hands_over_at_once_in_the_same_thread(
        self, office, teams, thread
    ):
        why = {"Caminho": "Técnico sem abertura", "Por que mudar": "pediu o setor responsável"}

        await self.correct(office, thread, "Ana Souza", **why)

        reply = teams.thread(thread)[-1]
        assert reply.mentions == ["29:fin-fernanda", "29:rc-bruno"]
        assert "pediu o setor responsável" in reply.text
        assert "Aguardando Adm/Fin" in words(office.card(thread))
        assert len([m for m in teams.thread(thread) if m.cards]) == 1

    async def test_it_needs_a_reason_and_a_change(self, office, thread):
        no_reason = await self.correct(office, thread, "Ana Souza", Caminho="Técnico sem abertura")
        no_change = await self.correct(office, thread, "Ana Souza", **{"Por que mudar": "sei lá"})

        assert "Diga em uma frase por que a classificação muda." in words(no_reason)
        assert inputs(no_reason)["Caminho"]["value"] == "technical_blocked"
        assert "Já está assim" in words(no_change)
        assert inputs(no_change)["Por que mudar"]["value"] == "sei lá"

    async def test_a_form_from_before_the_case_moved_is_shown_anew_with_what_was_typed(
        self, office, thread
    ):
        form = (await office.press("Ana Souza", thread, "Corrigir classificação")).card
        mine = {"Caminho": "Não técnico", "Por que mudar": "vai fechar a loja"}
        theirs = {"Caminho": "Técnico sem abertura", "Por que mudar": "pediu o setor"}
        await self.correct(office, thread, "Bruno Carvalho", **theirs)

        again = (
            await office.press("Ana Souza", thread, "Salvar classificação", mine, on=form)
        ).card
        kept = words(office.card(thread))
        await office.press("Ana Souza", thread, "Salvar classificação", on=again)
        await office.settle()

        assert "O caso mudou enquanto você escrevia" in words(again)
        assert "Agora: Técnico sem abertura" in words(again)
        assert inputs(again)["Caminho"]["value"] == "non_technical"
        assert inputs(again)["Por que mudar"]["value"] == "vai fechar a loja"
        assert "Técnico sem abertura" in kept
        assert "Não técnico" in words(office.card(thread))

    async def test_a_stranger_to_the_case_is_refused_before_the_form(self, office, thread):
        answer = await office.press("Helena Martins", thread, "Corrigir classificação")

        assert "A classificação é com quem cuida do caso" in words(answer.card)
        assert "Por que mudar" not in inputs(answer.card)

    async def test_only_a_lead_gives_a_claimed_case_back_to_the_rc(self, office):
        thread = await office.register()
        await office.press("Fernanda Lima", thread, "Assumir")
        await office.settle()
        back = {"Caminho": "Técnico com abertura", "Por que mudar": "pediu outra chance"}

        refused = await self.correct(office, thread, "Ana Souza", **back)
        await self.correct(office, thread, "Fernanda Lima", **back)

        assert "A classificação é com quem cuida do caso" in words(refused)
        assert "Em tratativa no RC" in words(office.card(thread))


class TestFirstCase:
    async def test_it_is_guided_with_a_companion_who_is_mentioned(self, office, teams, thread):
        [reply] = [message for message in teams.thread(thread) if message.text]

        assert reply.mentions == ["29:fin-fernanda"]
        assert "É o primeiro caso de Ana" in reply.text
        assert "Primeiro caso de Ana" in words(office.card(thread))

    async def test_the_second_is_not(self, office, teams, thread):
        second = await office.register(
            **{"Nas palavras do cliente": LAST_CHANCE, "Nº do Caso": "00054321"}
        )

        [reply] = [message for message in teams.thread(second) if message.text]
        assert reply.mentions == []
        assert "Primeiro caso" not in words(office.card(second))
