"""What keeps the bot from starting is said in a sentence, and holds no secret."""

import asyncio
import socket

import pytest

from retention.storage.lock import SingleProcess
from tests.scenarios.process import forked

SECRET = "do-not-show-me"


async def serve(tmp_path, **environment):
    """Try to serve; returns the exit code and what was said."""
    said = tmp_path / "said"
    async with forked("serve", out=said, error=said, **environment) as process:
        await asyncio.to_thread(process.join)
    return process.exitcode, said.read_text()


@pytest.mark.parametrize(
    "address",
    [f"postgresql://retencao:{SECRET}@127.0.0.1:1/retencao", "sqlite:////proc/retencao/bot.db"],
)
async def test_a_database_that_cannot_be_reached_is_named_without_its_password(tmp_path, address):
    code, said = await serve(tmp_path, DATABASE_URL=address)

    assert code == 1
    assert said.startswith("serve: DATABASE_URL")
    assert said.count("\n") == 1
    assert SECRET not in said


async def test_a_port_that_is_taken_is_named_with_what_to_set(tmp_path, sqlite_url):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, said = await serve(tmp_path, DATABASE_URL=sqlite_url, PORT=str(port))

    assert code == 1
    assert f"serve: cannot listen on 127.0.0.1:{port}, set PORT: " in said
    assert "Traceback" not in said


async def test_a_file_that_another_process_serves_is_refused(tmp_path, sqlite_url):
    with SingleProcess(sqlite_url):
        code, said = await serve(tmp_path, DATABASE_URL=sqlite_url)

    assert code == 1
    assert said.startswith("serve: another process already serves ")
