"""Words to the bot in the thread of a case: a note, told once, whatever they are."""

from __future__ import annotations

import pytest

from tests.scenarios.office import walk, words

SAID = "a dona ligou e quer conversar amanhã"


async def notes(office):
    rows = office.rows("SELECT data FROM case_events WHERE type = 'NoteAdded'")
    return [str(data) for (data,) in rows]


async def test_words_to_the_bot_in_a_case_become_a_note(office):
    thread = await office.register()

    await office.say("Ana Souza", SAID, thread=thread)
    await office.settle()

    [note] = await notes(office)
    assert "dona ligou" in note
    assert sum("dona ligou" in text for text in office.texts(thread)) == 1


async def test_a_redelivery_adds_nothing(office):
    thread = await office.register()
    activity = office.message("Ana Souza", SAID, thread=thread)

    await office.deliver(activity)
    await office.deliver(activity)
    await office.settle()

    assert len(await notes(office)) == 1


@pytest.mark.parametrize(
    "typed",
    [
        "Caso resolvido com o cliente, ele fica",
        "cancelamento confirmado para sexta",
        "ajuda combinada com o N2",
        "confirmado",
        "ela paga 1 / 2 do valor",
    ],
)
async def test_words_that_begin_like_a_command_are_a_note_all_the_same(office, typed):
    thread = await office.register()

    await office.say("Ana Souza", typed, thread=thread)
    await office.settle()

    assert len(await notes(office)) == 1


@pytest.mark.parametrize(
    "typed",
    [
        "ajuda",
        "/cancelar tudo",
        "por favor /cancelamento",
        "caso padaria sol",
        "cancelamneto",
        "oi",
        "Obrigada!",
    ],
)
async def test_commands_and_slips_are_no_notes(office, typed):
    thread = await office.register()

    await office.say("Ana Souza", typed, thread=thread)
    await office.settle()

    assert await notes(office) == []


async def test_words_outside_a_case_get_help(office):
    thread = await office.say("Ana Souza", SAID)

    assert "Eu entendo **/cancelamento**" in words(office.card(thread))


async def test_words_without_a_mention_are_nobody_elses_business(office):
    thread = await office.register()

    await office.say("Ana Souza", SAID, thread=thread, mention=False)
    await office.settle()

    assert await notes(office) == []


class TestCommand:
    @pytest.mark.parametrize("mention", [True, False])
    async def test_a_note_is_taken_as_from_the_button(self, office, mention):
        thread = await office.register()

        await office.say("Bruno Carvalho", f"/anotar {SAID}", thread=thread, mention=mention)
        await office.settle()

        [note] = await notes(office)
        assert "dona ligou" in note
        assert "anotar" not in note
        assert sum("Bruno Carvalho anotou" in text for text in office.texts(thread)) == 1

    async def test_without_its_slash_the_command_is_no_part_of_the_note(self, office):
        thread = await office.register()

        await office.say("Ana Souza", f"anotar {SAID}", thread=thread)
        await office.settle()

        [note] = await notes(office)
        assert "anotar" not in note

    async def test_without_words_it_asks_for_them(self, office):
        thread = await office.register()

        await office.say("Ana Souza", "/anotar", thread=thread)

        assert "O que eu anoto?" in words(office.card(thread))
        assert await notes(office) == []

    async def test_where_no_case_is_discussed_it_says_where_to(self, office):
        thread = await office.say("Ana Souza", f"/anotar {SAID}")
        chat = await office.whisper("Ana Souza", f"/anotar {SAID}")

        for place in (thread, chat):
            assert "Em qual caso eu anoto?" in words(office.card(place))
        assert await notes(office) == []


class TestElsewhere:
    @pytest.mark.parametrize("code", ["RET-0001", "ret 1", "RET-0001:"])
    async def test_the_code_says_which_case_a_note_is_for(self, office, code):
        thread = await office.register()

        chat = await office.whisper("Bruno Carvalho", f"/anotar {code} {SAID}")
        await office.settle()

        [note] = await notes(office)
        assert SAID in note
        assert "ret" not in note.casefold()
        assert sum("Bruno Carvalho anotou" in text for text in office.texts(thread)) == 1
        answer = office.card(chat)
        assert "Anotado\nPadaria Sol" in words(answer)
        assert "Abrir o tópico" in [node.get("title") for node in walk(answer)]

    async def test_a_redelivery_adds_nothing(self, office):
        await office.register()
        activity = office.message("Ana Souza", f"/anotar RET-0001 {SAID}")

        await office.deliver(activity)
        await office.deliver(activity)
        await office.settle()

        assert len(await notes(office)) == 1

    async def test_a_code_alone_is_asked_what_to_note_there(self, office):
        await office.register()

        chat = await office.whisper("Ana Souza", "/anotar RET-0001")

        assert "/anotar RET-0001 o cliente prefere" in words(office.card(chat))
        assert await notes(office) == []

    async def test_a_case_that_is_not_there_is_said_so(self, office):
        chat = await office.whisper("Ana Souza", f"/anotar RET-0099 {SAID}")

        assert "Não encontrei esse caso" in words(office.card(chat))
