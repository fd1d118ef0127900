"""Backup while the bot serves, restore while it does not: by the commands an operator types."""

from __future__ import annotations

from tests.scenarios.command import command
from tests.scenarios.office import open_office


async def test_what_was_backed_up_is_served_again_after_the_restore(sqlite_url, tmp_path, teams):
    copy = str(tmp_path / "copy.db")
    async with open_office(sqlite_url, teams) as office:
        thread = await office.register()
        written, _, _ = await command(sqlite_url, "backup", copy)
        again, _, already = await command(sqlite_url, "backup", copy)
        await office.press("Fernanda Lima", thread, "Assumir")
        await office.settle()
        in_use, _, why = await command(sqlite_url, "restore", copy)

    restored, said, _ = await command(sqlite_url, "restore", copy)
    async with open_office(sqlite_url, teams) as office:
        await office.say("Ana Souza", "/caso RET-0001")

    assert (written, again, in_use, restored) == (0, 1, 1, 0)
    assert "exists already" in already
    assert why == f"restore: another process already serves {tmp_path}/test.db\n"
    assert "what it replaced is" in said
    assert len(list(tmp_path.glob("test.db.before-restore-*"))) == 1
    assert office.rows("SELECT status, version FROM cases") == [("awaiting_admfin", 1)]
