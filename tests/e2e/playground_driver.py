"""Use `make run` as a person does: start it, open its page in Chromium, act as one of the six.

    async with Desk.start(database_url="sqlite:///…") as desk:
        await desk.act_as("Ana Souza")
        thread = await desk.post("/cancelamento")
        await thread.fill({"Cliente": "Padaria Sol", "Canal": "Telefone"})
        await thread.press("Continuar")
        await thread.expect_text("Caso registrado")

One page per run: the Playground keeps its messages in the page alone.
"""

import asyncio
import os
import re
import shutil
import signal
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Self

import pytest
from playwright.async_api import Page, Route, async_playwright, expect

from dev.world import World, load
from tests.e2e.conversation import WAIT_MS, Conversation
from tests.ports import free_port

ROOT = Path(__file__).parents[2]
START_SECONDS = 60
STOP_SECONDS = 10
_BROWSERS = ("chromium", "chromium-browser", "google-chrome")
# The column between the list of conversations and the log.
_PANEL = "xpath=//*[@aria-label='Chat and Teams Channel']/../../following-sibling::*[1]"


class Desk:
    """A running `make run` and the one page open on it."""

    def __init__(self, page: Page, world: World, bot_url: str) -> None:
        self.page = page
        self.bot_url = bot_url
        self._world = world

    @classmethod
    @asynccontextmanager
    async def start(
        cls,
        *,
        database_url: str = "",
        acting: str = "ana",
        bot: Path | None = None,
        crm: str = "none",
    ) -> AsyncIterator[Self]:
        """Start the bot, the Playground and a browser; stop them on leaving."""
        browser = _browser()
        bot_port, page_port = free_port(), free_port()
        command = ["-m", "dev.run", "--as", acting, "--port", str(bot_port)]
        command += ["--ui-port", str(page_port), "--crm", crm]
        command += ["--bot", str(bot)] if bot else []
        environment = {**os.environ, "DATABASE_URL": database_url, "DIGEST_AT": "11:59"}
        environment.pop("APP_ID", None)
        async with _running(command, environment) as url, _browser_page(browser, url) as page:
            desk = cls(page, load(), f"http://127.0.0.1:{bot_port}")
            await desk.open_channel()
            yield desk

    async def act_as(self, name: str) -> None:
        """Become another person, by the bar on top of the page."""
        person = self._world.named(name)
        button = self.page.locator("#dev-bar").get_by_role("button", name=person.name)
        await button.click()
        await expect(button).to_have_attribute("aria-pressed", "true")

    async def post(self, text: str, *, mention: bool = True) -> Conversation:
        """Write a new post in the channel, to the bot or to nobody; return its thread."""
        await self.open_channel()
        await self.page.locator("[data-lexical-editor=true]").first.click()
        if mention:
            await self.page.keyboard.type("@Bot")
            choice = self.page.locator("#typeahead-menu [role=menuitem]")
            await choice.filter(has_text=self._world.bot.name).last.click()
            await self.page.keyboard.type(" ")
        await self.page.keyboard.insert_text(text)
        async with self.page.expect_response(re.compile("/messages$")) as answer:
            await self.page.get_by_role("button", name="Post", exact=True).click()
        created = await (await answer.value).json()
        return await self._thread(created["postConversationId"])

    def thread_with(self, text: str) -> Conversation:
        """Return the channel's newest thread that has the text, such as a post by the bot."""
        posts = self.page.locator(".fui-Card").filter(has_text=text)
        return Conversation(self.page, posts.first)

    async def open_channel(self) -> None:
        """Show the channel."""
        name = f"{self._world.team.name} - {self._world.channel.name}"
        await self.page.get_by_role("treeitem", name=name, exact=True).click()
        await self.page.get_by_text("Start a new post").first.wait_for()

    async def open_personal(self, name: str) -> Conversation:
        """Show the personal chat of a person with the bot; there, it is that person who acts."""
        person = self._world.named(name)
        await self.page.get_by_role("treeitem", name=f"Chat de {person.name}").click()
        panel = self.page.locator(_PANEL)
        await panel.locator("[data-lexical-editor=true]").wait_for()
        return Conversation(self.page, panel)

    async def screenshot(self, path: Path) -> None:
        """Save a picture of the page."""
        await self.page.screenshot(path=path)

    async def _thread(self, conversation: str) -> Conversation:
        """Find a thread among the posts (shown newest first, under the box for a new one)."""
        await self.page.wait_for_function(
            """([channel, thread]) => {
                const state = window.playgroundStore.getState();
                const {posts} = state.conversationList.channels.byId[channel];
                const cards = document.querySelectorAll(".fui-Card");
                const index = posts.indexOf(thread);
                if (index < 0 || cards.length !== posts.length + 1) return false;
                cards[posts.length - index].dataset.thread = thread;
                return true;
            }""",
            arg=[self._world.channel.id, conversation],
        )
        return Conversation(self.page, self.page.locator(f'[data-thread="{conversation}"]'))


@asynccontextmanager
async def _running(command: Sequence[str], environment: Mapping[str, str]) -> AsyncIterator[str]:
    """Run `make run`'s command in its own process group; give the address that it prints."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *command,
        cwd=ROOT,
        env=environment,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        start_new_session=True,
    )
    lines: list[str] = []
    address: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    async def read() -> None:
        stream = process.stdout
        while stream and (line := (await stream.readline()).decode()):
            lines.append(line)
            if (found := re.search(r"Abra (http://\S+)", line)) and not address.done():
                address.set_result(found[1])
        if not address.done():
            address.set_exception(RuntimeError("".join(lines)))

    reading = asyncio.create_task(read())
    try:
        yield await asyncio.wait_for(address, START_SECONDS)
    finally:
        if process.returncode is None:
            process.terminate()
        try:
            end = f"ended with {await asyncio.wait_for(process.wait(), STOP_SECONDS)}"
        except TimeoutError:
            end = "did not end"
        if kill_group(process.pid):
            end += ", leaving programs behind"
        await reading
        sys.stdout.write("".join(lines))  # shown by pytest when the test fails
        if end != "ended with 0":
            raise RuntimeError(f"make run {end}:\n{''.join(lines)}")


def kill_group(group: int) -> bool:
    """End what is left of a process group; say whether there was anything."""
    try:
        os.killpg(group, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True


@asynccontextmanager
async def _browser_page(browser_path: str, url: str) -> AsyncIterator[Page]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=browser_path, args=["--no-sandbox", "--disable-gpu"]
        )
        page = await browser.new_page(
            viewport={"width": 1500, "height": 1100},
            locale="pt-BR",
            timezone_id="America/Sao_Paulo",
        )
        page.set_default_timeout(WAIT_MS)
        await page.route(lambda address: not address.startswith(url), _refuse)
        try:
            await page.goto(url, wait_until="domcontentloaded")
            yield page
        finally:
            await browser.close()


async def _refuse(route: Route) -> None:
    """Nothing beyond this machine: fonts and pictures of the Playground come from the net."""
    await route.abort()


def _browser() -> str:
    """Return the system's Chromium; the tests of this folder fail without one."""
    for name in (os.environ.get("CHROMIUM"), *_BROWSERS):
        if name and (path := shutil.which(name)):
            return path
    pytest.fail("no Chromium: `apt-get install chromium`, or give its path in CHROMIUM")
