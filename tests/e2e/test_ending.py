"""However `make run` ends, it says why and leaves no program behind."""

import asyncio
import os
import re
import signal
import sys
from contextlib import asynccontextmanager

import pytest

from tests.e2e.playground_driver import ROOT, kill_group
from tests.ports import free_port

TOY_BOT = ROOT / "tests" / "dev" / "toy_bot.py"


@asynccontextmanager
async def make_run(bot=TOY_BOT):
    """Run it in a process group of its own; whatever is left at the end is ended, and a failure."""
    ports = ["--port", str(free_port()), "--ui-port", str(free_port())]
    process = await asyncio.create_subprocess_exec(
        *[sys.executable, "-m", "dev.run", "--bot", str(bot), *ports],
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if name != "APP_ID"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        yield process
        async with asyncio.timeout(10):
            await process.wait()
    finally:
        left = kill_group(process.pid)
        await process.wait()
    assert not left


async def read_until(process, text):
    async with asyncio.timeout(30):
        seen = ""
        while text not in seen:
            line = await process.stdout.readline()
            assert line, seen
            seen += line.decode()
        return seen


async def test_ctrl_c_reaches_every_program_and_is_a_clean_end():
    async with make_run() as process:
        await read_until(process, "Ctrl-C")

        os.killpg(process.pid, signal.SIGINT)

    assert process.returncode == 0


async def test_a_term_while_starting_is_a_clean_end(tmp_path):
    silent = tmp_path / "silent.py"
    silent.write_text("import time\nprint('começou', flush=True)\ntime.sleep(60)\n")
    async with make_run(silent) as process:
        await read_until(process, "começou")

        process.terminate()

    assert process.returncode == 0


async def test_a_bot_that_cannot_start_ends_everything(tmp_path):
    broken = tmp_path / "broken.py"
    broken.write_text("raise SystemExit('DATABASE_URL?')\n")

    async with make_run(broken) as process:
        said = await read_until(process, "O bot parou")

    assert said == "DATABASE_URL?\nO bot parou; a causa está nas linhas acima.\n"
    assert process.returncode == 1


@pytest.mark.parametrize(
    ("program", "message"),
    [("toy_bot.py", "O bot parou"), ("m365agentsplayground", "O Agents Playground parou")],
)
async def test_a_program_that_dies_ends_everything(program, message):
    async with make_run() as process:
        await read_until(process, "Ctrl-C")

        os.kill(await child_of(process.pid, program), signal.SIGKILL)

        await read_until(process, message)
    assert process.returncode == 1


async def child_of(parent, program):
    listing = await asyncio.create_subprocess_exec(
        *["ps", "-ww", "-o", "pid=,args=", "--ppid", str(parent)], stdout=asyncio.subprocess.PIPE
    )
    output, _ = await listing.communicate()
    match = re.search(rf"^\s*(\d+) .*{program}", output.decode(), re.MULTILINE)
    assert match, output
    return int(match[1])
