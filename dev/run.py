"""`make run`: the bot and the official Agents Playground, in one terminal, as one of six people."""

import argparse
import asyncio
import os
import signal
import socket
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from http import HTTPStatus
from pathlib import Path
from secrets import token_urlsafe
from tempfile import TemporaryDirectory
from typing import IO

from aiohttp import ClientError, ClientSession, ClientTimeout, web
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.loopback import loopback_only
from dev import playground
from dev.playground import CannotStart
from dev.proxy import AppIdPresent, DevProxy, refuse_real_teams
from dev.salesforce import FakeSalesforce
from dev.world import Person, PersonNotFound, World, load

_ROOT = Path(__file__).parent.parent
_LOG = _ROOT / "var" / "playground.log"
_START_SECONDS = 60
_STOP_SECONDS = 5  # the bot may take 4 to finish what it is doing

_BOT_ENDED = "O bot parou; a causa está nas linhas acima."
_PLAYGROUND_ENDED = f"O Agents Playground parou; a causa está em {_LOG.relative_to(_ROOT)}."
_WELCOME = """
Tudo pronto. Abra {url}
  Você começa como {person.name} ({person.role_label}); a barra no topo da página troca de pessoa.
  No canal {channel.name}, escreva: @{bot.name} /cancelamento
  Para parar: Ctrl-C.
"""
_WITH_CRM = """  O Salesforce é de faz de conta: use, por exemplo, o Caso 00012345, da Padaria Sol.
"""


class _BotSettings(BaseSettings):
    """What the bot itself will read, from the environment and its `.env`, about the real Teams."""

    model_config = SettingsConfigDict(env_ignore_empty=True, extra="ignore")

    app_id: str = ""

    def environ(self) -> dict[str, str]:
        """Give it by the name of its variable."""
        return {"APP_ID": self.app_id}


def main(argv: Sequence[str] | None = None) -> int:
    """Run until interrupted; return the exit code."""
    world = load()
    arguments = _arguments(world, argv)
    try:
        person = world.named(arguments.acting)
        refuse_real_teams(_BotSettings(_env_file=_ROOT / ".env").environ())
        _check_free(arguments.port, option="--port")
        _check_free(arguments.ui_port, option="--ui-port")
        playground.check_installed()
        return asyncio.run(_run(world, person, arguments))
    except PersonNotFound as unknown:
        names = ", ".join(person.first_name for person in world.people)
        _say(f"Não conheço “{unknown}”. Escolha uma destas pessoas: {names}.", file=sys.stderr)
    except AppIdPresent:
        _say(
            "APP_ID está definido, no ambiente ou no arquivo .env: este é o bot do Teams de "
            "verdade. Apague a variável para usar o Playground.",
            file=sys.stderr,
        )
    except CannotStart as problem:
        _say(str(problem), file=sys.stderr)
    return 1


def _arguments(world: World, argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m dev.run", description=__doc__)
    parser.add_argument("--as", dest="acting", default=world.people[0].first_name, metavar="NOME")
    parser.add_argument("--port", type=int, default=3978, help="porta do bot")
    parser.add_argument("--ui-port", type=int, default=56150, help="porta da página")
    parser.add_argument("--crm", choices=("none", "fake"), default="none", help="o Salesforce")
    parser.add_argument("--bot", type=Path, default=_ROOT / "app.py", help="programa do bot")
    return parser.parse_args(argv)


async def _run(world: World, person: Person, arguments: argparse.Namespace) -> int:
    """Serve until asked to stop; return 0 then, raise CannotStart when a part of it ends first."""
    asked = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, asked.set)
    serving = asyncio.create_task(_serve(world, person, arguments))
    asking = asyncio.create_task(asked.wait())
    await asyncio.wait({serving, asking}, return_when=asyncio.FIRST_COMPLETED)
    # Ctrl-C goes to the children too: one may be gone before our own signal is handled.
    await asyncio.wait({asking}, timeout=0.5)
    if not asking.done():
        asking.cancel()
        await serving
    _say("Parando…")
    serving.cancel()
    with suppress(asyncio.CancelledError, CannotStart):
        await serving
    return 0


async def _serve(world: World, person: Person, arguments: argparse.Namespace) -> None:
    """Start the bot, the Playground and the proxy, in this order, and watch over them."""
    bot_url = f"http://127.0.0.1:{arguments.port}"
    page_url = f"http://127.0.0.1:{arguments.ui_port}"
    playground_port = _free_port()
    playground_url = f"http://127.0.0.1:{playground_port}"
    _LOG.parent.mkdir(exist_ok=True)
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        noise = stack.enter_context(_LOG.open("a", encoding="utf-8"))
        crm = await stack.enter_async_context(_crm()) if arguments.crm == "fake" else {}
        bot = await stack.enter_async_context(
            _child(
                [sys.executable, str(arguments.bot), "serve"],
                environment={"PORT": str(arguments.port), **crm},
                output=None,
            )
        )
        await _answers(f"{bot_url}/healthz", bot, failure=_BOT_ENDED)
        client = await stack.enter_async_context(
            _child(
                playground.command(port=playground_port, proxy_url=page_url),
                environment=playground.environment(world=world, acting=person, folder=folder),
                output=noise,
            )
        )
        await _answers(f"{playground_url}/_debug/ping", client, failure=_PLAYGROUND_ENDED)
        proxy = DevProxy(
            world=world,
            acting=person,
            bot_url=f"{bot_url}/api/messages",
            playground_url=playground_url,
        )
        await stack.enter_async_context(_listening(proxy, arguments.ui_port))
        _say(_WELCOME.format(url=page_url, person=person, channel=world.channel, bot=world.bot))
        if crm:
            _say(_WITH_CRM)
        ends = {
            asyncio.create_task(bot.wait()): _BOT_ENDED,
            asyncio.create_task(client.wait()): _PLAYGROUND_ENDED,
        }
        ended, _ = await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        raise CannotStart(ends[ended.pop()])


@asynccontextmanager
async def _crm() -> AsyncIterator[Mapping[str, str]]:
    """Serve a Salesforce of this process; gives what the bot needs to know of it."""
    async with FakeSalesforce() as salesforce:
        secret = token_urlsafe()
        salesforce.register("retencao-local", secret=secret)
        yield {
            "SALESFORCE_URL": salesforce.url,
            "SALESFORCE_CLIENT_ID": "retencao-local",
            "SALESFORCE_CLIENT_SECRET": secret,
            "SALESFORCE_PLAN_FIELD": "Account.Plan__c",
            "SALESFORCE_MONTHLY_VALUE_FIELD": "Account.Monthly_Value__c",
            "SALESFORCE_POLL_SECONDS": "2",
        }


@asynccontextmanager
async def _child(
    command: Sequence[str], *, environment: Mapping[str, str], output: IO[str] | None
) -> AsyncIterator[Process]:
    """Run a program beside this one; end it on leaving, by force when it does not listen."""
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=_ROOT,
        env={**os.environ, **environment},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=output,
        stderr=output,
    )
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            process.terminate()
        try:
            await asyncio.wait_for(process.wait(), _STOP_SECONDS)
        except TimeoutError:
            process.kill()
            await process.wait()


async def _answers(url: str, process: Process, *, failure: str) -> None:
    """Wait until the URL answers 200.

    Raises:
        CannotStart: the process ended, or took too long.
    """
    deadline = asyncio.get_running_loop().time() + _START_SECONDS
    async with ClientSession(timeout=ClientTimeout(total=2)) as http:
        while process.returncode is None and asyncio.get_running_loop().time() < deadline:
            with suppress(ClientError, TimeoutError):
                async with http.get(url) as response:
                    if response.status == HTTPStatus.OK:
                        return
            await asyncio.sleep(0.1)
    raise CannotStart(failure)


@asynccontextmanager
async def _listening(proxy: DevProxy, port: int) -> AsyncIterator[None]:
    app = proxy.app()
    app.middlewares.append(loopback_only)  # it asks nobody for a token either
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", port).start()
        yield
    finally:
        await runner.cleanup()


def _check_free(port: int, *, option: str) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise CannotStart(
                f"A porta {port} está em uso: pare o programa que a usa ou escolha outra "
                f"com {option}."
            ) from None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _say(text: str, *, file: IO[str] = sys.stdout) -> None:
    print(text, file=file, flush=True)


if __name__ == "__main__":
    sys.exit(main())
