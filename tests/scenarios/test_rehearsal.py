"""`/treino` in the personal chat: a whole run, a restart in between, nobody else's business."""

from __future__ import annotations

import asyncio
from functools import cache

import pytest

from config.rehearsal import DEFAULT_PATH, load_rehearsal
from tests.scenarios.office import buttons, filled, inputs, open_office, walk, words
from tests.scenarios.process import forked

TOTAL = len(load_rehearsal().dialogues)


@cache
def _by_words():
    return {dialogue.words: dialogue for dialogue in load_rehearsal().dialogues.values()}


def dialogue_on(card):
    shown = words(card).replace("\u200b", "")
    [dialogue] = [each for said, each in _by_words().items() if f"“{said}”" in shown]
    return dialogue


def right(card, **changes):
    """What is right for the dialogue on a card, by visible label."""
    dialogue = dialogue_on(card)
    answers = {str(each): dialogue.right_answer(each) for each in dialogue.questions} | changes
    return {label: answers[field["id"]] for label, field in inputs(card).items()}


async def answer(office, chat, **changes):
    card = office.card(chat)
    return await office.press("Ana Souza", chat, "Responder", right(card, **changes))


async def press(office, chat, title, *, on=None):
    return await office.press("Ana Souza", chat, title, on=on)


class TestRun:
    async def test_a_whole_run_is_one_message_from_the_first_dialogue_to_the_score(
        self, office, teams
    ):
        chat = await office.whisper("Ana Souza", "/treino")

        for place in range(1, TOTAL + 1):
            assert f"Diálogo {place} de {TOTAL}" in words(office.card(chat))
            shown = (await answer(office, chat)).card
            assert office.card(chat) == shown
            assert f"{3 * place} de {3 * place} certas" in words(shown)
            await press(office, chat, "Próximo" if place < TOTAL else "Ver resultado")

        assert len([message for message in teams.thread(chat) if message.cards]) == 1
        ended = words(office.card(chat))
        assert "Treino completo" in ended
        assert "Nada: você acertou tudo." in ended
        assert "Este é o seu primeiro treino." in ended

    async def test_what_was_not_right_is_explained_and_counted(self, office):
        chat = await office.whisper("Ana Souza", "/treino")
        before = dialogue_on(office.card(chat))
        wrong = next(key for key in before.actions if before.actions[key] != before.right)

        explained = words((await answer(office, chat, next_action=wrong)).card)
        ended = words((await press(office, chat, "Encerrar")).card)

        assert f"Você marcou “{before.actions[wrong]}”. O certo: {before.right}." in explained
        assert before.why in explained
        assert f"**2 de 3 certas** · 1 de {TOTAL} diálogos" in ended
        assert f"• {before.rule}" in ended

    async def test_a_missing_answer_is_said_beside_its_field_and_the_others_are_kept(self, office):
        chat = await office.whisper("Ana Souza", "/treino")
        chosen = {"Caminho": "Técnico com abertura"}

        card = (await office.press("Ana Souza", chat, "Responder", chosen)).card

        errors = [node["id"] for node in walk(card) if str(node.get("id")).startswith("error-")]
        assert errors == [f"error-{each}" for each in dialogue_on(card).questions[1:]]
        assert inputs(card)["Caminho"]["value"] == "technical_open"
        assert office.card(chat) == card

    async def test_the_next_run_is_compared_with_the_best_before(self, office):
        chat = await office.whisper("Ana Souza", "/treino")
        await answer(office, chat)
        await press(office, chat, "Encerrar")

        again = await press(office, chat, "Treinar de novo")
        ended = await press(office, chat, "Encerrar")

        assert f"Diálogo 1 de {TOTAL}" in words(again.card)
        assert "Seu melhor treino até aqui: 3 de 3 certas, às 14:02." in words(ended.card)


class TestRestart:
    async def test_a_run_goes_on_where_it_stood(self, database_url, teams):
        async with open_office(database_url, teams) as office:
            chat = await office.whisper("Ana Souza", "/treino")
            await answer(office, chat)
            explained = office.card(chat)
        async with open_office(database_url, teams) as office:
            following = await press(office, chat, "Próximo", on=explained)
            await office.whisper("Ana Souza", "/treino")

            assert f"Diálogo 2 de {TOTAL} · 3 de 3 certas até aqui" in words(following.card)
            assert office.card(chat) == following.card


class TestPresses:
    async def test_two_presses_count_once(self, office):
        chat = await office.whisper("Ana Souza", "/treino")
        card = office.card(chat)
        typed = right(card)

        first, second = await asyncio.gather(
            *(office.press("Ana Souza", chat, "Responder", typed, on=card) for _ in range(2))
        )

        assert first.card == second.card
        assert f"3 de 3 certas até aqui · diálogo 1 de {TOTAL}" in words(first.card)

    async def test_an_older_card_shows_where_the_run_stands(self, office):
        chat = await office.whisper("Ana Souza", "/treino")
        older = office.card(chat)
        typed = right(older)
        await answer(office, chat)
        present = (await press(office, chat, "Próximo")).card

        shown = await office.press("Ana Souza", chat, "Responder", typed, on=older)

        assert shown.card == present

    async def test_nobody_goes_on_with_another_s_run(self, office):
        chat = await office.whisper("Ana Souza", "/treino")
        card = office.card(chat)
        button = buttons(card)["Responder"]
        data = button["data"] | filled(card, right(card))

        refused = await office.execute(
            "Bruno Carvalho", "a:chat-Bruno Carvalho", button["verb"], data
        )

        assert "Não encontrei este treino" in refused.sentence
        assert "/treino" in refused.sentence
        assert office.card(chat) == card
        [(action, why)] = office.rows("SELECT action, why FROM audit")
        assert (action, why) == ("rehearsal", "RehearsalNotFound")

    async def test_each_person_has_a_run_of_their_own(self, office):
        chat = await office.whisper("Ana Souza", "/treino")
        await answer(office, chat)

        other = await office.whisper("Bruno Carvalho", "/treino")

        assert f"Diálogo 1 de {TOTAL}" in words(office.card(other))


class TestChannel:
    @pytest.mark.parametrize("mention", [True, False])
    async def test_in_the_channel_the_way_to_the_personal_chat_is_shown(self, office, mention):
        thread = await office.say("Ana Souza", "/treino", mention=mention)

        [told] = office.texts(thread)
        assert "O treino é na conversa comigo, em particular" in told
        assert "escreva /treino" in told
        assert office.rows("SELECT id FROM rehearsal_runs") == []

    async def test_a_button_carried_into_the_channel_does_nothing_there(self, office):
        chat = await office.whisper("Ana Souza", "/treino")
        card = office.card(chat)
        thread = await office.say("Ana Souza", "/ajuda")
        button = buttons(card)["Encerrar"]

        told = await office.execute("Ana Souza", thread, button["verb"], button["data"])

        assert "em particular" in told.sentence
        assert office.rows("SELECT step FROM rehearsal_runs") == [("question",)]

    async def test_a_slip_of_the_command_is_understood(self, office):
        chat = await office.whisper("Ana Souza", "/trieno")

        assert "Você quis dizer /treino?" in words(office.card(chat))


class TestStart:
    async def test_dialogues_that_cannot_be_used_stop_the_start_with_their_mends(self, tmp_path):
        mistaken = tmp_path / "rehearsal.toml"
        shipped = DEFAULT_PATH.read_text(encoding="utf-8")
        mistaken.write_text(shipped.replace('reason = "price"\n', ""), encoding="utf-8")
        written = tmp_path / "error"

        async with forked("serve", error=written, REHEARSAL_FILE=str(mistaken)) as process:
            await asyncio.to_thread(process.join)

        error = written.read_text(encoding="utf-8")

        assert process.exitcode == 1
        assert f"serve: {mistaken} cannot be used:" in error
        assert "invented.new_price: every path has a reason" in error
        assert "Traceback" not in error
