"""An update Teams refuses for good: seen on the card and by operators, sent once it is replayed."""

from __future__ import annotations

from tests.scenarios.command import command
from tests.scenarios.office import FACTS, open_office, words

KEY = "RET-0001:1:case_thread"
LINE = "Uma atualização não chegou ao tópico"


async def register_in_vain(office):
    """Register a case whose reply Teams refuses; returns its thread."""
    thread = await office.say("Ana Souza", "/cancelamento")
    second = (await office.press("Ana Souza", thread, "Continuar", FACTS)).card
    office.teams.inject(method="POST", path="/activities", status=403)
    await office.press("Ana Souza", thread, "Registrar caso", on=second)
    await office.teams.until(lambda: LINE in words(office.card(thread)), timeout=20)
    return thread


async def test_it_is_seen_by_everybody_and_replayed_while_the_bot_serves(database_url, teams):
    async with open_office(database_url, teams) as office:
        thread = await register_in_vain(office)
        async with office.client.get("/readyz") as response:
            ready = await response.text()
        async with office.client.get("/metrics") as response:
            metrics = await response.text()
        code, listed, _ = await command(database_url, "effects")
        said_before = office.texts(thread)

        replayed, _, _ = await command(database_url, "effects", "--replay", KEY)
        twice, _, _ = await command(database_url, "effects", "--replay-all")
        await teams.until(lambda: LINE not in words(office.card(thread)), timeout=20)
        async with office.client.get("/readyz") as response:
            ready_again = await response.text()

    assert "1 given up" in ready
    assert "retencao_effects_buried 1.0" in metrics
    assert code == replayed == twice == 0
    assert listed.split("\t")[:4] == [KEY, "case_thread", "RET-0001", "NotPermitted"]
    assert said_before == []
    assert len(office.texts(thread)) == 1
    assert "0 given up" in ready_again


async def test_it_can_be_replayed_while_the_bot_is_stopped(database_url, teams):
    async with open_office(database_url, teams) as office:
        thread = await register_in_vain(office)

    code, said, _ = await command(database_url, "effects", "--replay-all")
    async with open_office(database_url, teams) as office:
        await teams.until(lambda: LINE not in words(office.card(thread)), timeout=20)

    assert (code, said.startswith("1 ")) == (0, True)
    assert len(office.texts(thread)) == 1


async def test_an_unknown_key_is_a_sentence_and_no_trace(database_url):
    code, _, error = await command(database_url, "effects", "--replay", "RET-0009:1:case_thread")

    assert code == 1
    assert error == ("effects: no effect that was given up has the key RET-0009:1:case_thread\n")


async def test_before_the_first_migration_the_command_says_what_is_needed(tmp_path):
    code, _, error = await command(f"sqlite:///{tmp_path}/new.db", "effects")

    assert code == 1
    assert "this program needs" in error
