"""`/fluxo`, the playbooks a case was opened with, and a catalogue that cannot be used."""

from __future__ import annotations

import asyncio

from config.playbooks import DEFAULT_PATH
from tests.scenarios.office import CHANNEL, FACTS, words
from tests.scenarios.process import forked


class TestFlow:
    async def test_in_the_thread_of_a_case_it_shows_that_case(self, office):
        thread = await office.register()

        await office.say("Ana Souza", "/fluxo", thread=thread)

        shown = words(office.card(thread))
        assert "Onde o caso está" in shown
        assert "RET-0001" in shown
        assert "Técnico sem abertura: passar ao Adm/Fin" in shown

    async def test_elsewhere_it_shows_the_process(self, office):
        thread = await office.say("Ana Souza", "/fluxo")

        assert "Os três caminhos do cancelamento" in words(office.card(thread))

    async def test_a_case_is_shown_anywhere_by_its_code(self, office):
        await office.register()

        chat = await office.whisper("Fernanda Lima", "/fluxo ret-0001")

        assert "Onde o caso está" in words(office.card(chat))
        assert "https://teams.microsoft.com/l/message/" in str(office.card(chat))

    async def test_a_case_begun_in_private_is_found_in_its_own_thread(self, office, teams):
        chat = await office.whisper("Ana Souza", "/cancelamento")
        second = (await office.press("Ana Souza", chat, "Continuar", FACTS)).card
        await office.press("Ana Souza", chat, "Registrar caso", on=second)
        await office.settle()
        [thread] = [place for place in teams.conversations() if place.startswith(CHANNEL)]

        await office.say("Ana Souza", "/fluxo", thread=thread)

        assert "RET-0001" in words(office.card(thread))

    async def test_what_is_no_case_is_told_kindly(self, office):
        for typed in ("/fluxo RET-0099", "/fluxo Padaria Sol"):
            thread = await office.say("Ana Souza", typed)

            assert "Não encontrei esse caso" in words(office.card(thread))


class TestVersions:
    async def test_a_case_is_opened_with_the_catalogue_in_force_which_is_kept(self, office):
        await office.register()

        [(version,)] = office.rows("SELECT playbook_version FROM cases")
        assert office.rows("SELECT version FROM playbook_versions") == [(version,)]


class TestStart:
    async def test_a_catalogue_that_cannot_be_used_stops_the_start_with_its_mends(self, tmp_path):
        mistaken = tmp_path / "playbooks.toml"
        shipped = DEFAULT_PATH.read_text(encoding="utf-8")
        mistaken.write_text(shipped.replace('"refund"', '"gift"'), encoding="utf-8")
        written = tmp_path / "error"

        async with forked("serve", error=written, PLAYBOOKS_FILE=str(mistaken)) as process:
            await asyncio.to_thread(process.join)

        error = written.read_text(encoding="utf-8")

        assert process.exitcode == 1
        assert f"serve: {mistaken} cannot be used:" in error
        assert error.count("'pause' or 'refund'") == shipped.count('"refund"')
        assert "Traceback" not in error
