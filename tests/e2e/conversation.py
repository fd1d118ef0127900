"""What a person sees of one conversation in the Playground, and what they do there.

Everything is found by what is visible: labels of inputs, titles of buttons, text.
"""

import asyncio
import re
from calendar import month_name
from collections.abc import Mapping, Sequence
from pathlib import Path

from playwright.async_api import Locator, Page, Request, ViewportSize, expect

Value = str | bool | Sequence[str]

WAIT_MS = 30_000
_MONTHS = list(month_name)[1:]  # of the Playground's calendar, in English


class Conversation:
    """What is shown of one thread, or of one personal chat: its cards and its text."""

    def __init__(self, page: Page, root: Locator) -> None:
        self._page = page
        self.root = root

    async def fill(self, values: Mapping[str, Value]) -> None:
        """Fill inputs of the newest card that has them, by visible label.

        Text, numbers, dates (2026-11-20) and times (14:30) are given as text; a choice by its
        title; several choices as a list of titles; a toggle as a bool.
        """
        for label, value in values.items():
            await self._fill(label, value)

    async def press(self, title: str) -> None:
        """Press the newest button of that title and wait until the bot has answered, if asked."""
        sent: asyncio.Queue[Request] = asyncio.Queue()

        def notice(request: Request) -> None:
            if request.url.endswith(("/_conversation/v1/invoke", "/_conversation/v1/submit")):
                sent.put_nowait(request)

        self._page.on("request", notice)
        try:
            await self.button(title).click()
            # Nothing is sent when an input is invalid, or when the button only shows or hides.
            request = await asyncio.wait_for(sent.get(), 0.5)
            await request.response()
        except TimeoutError:
            pass
        finally:
            self._page.remove_listener("request", notice)

    def button(self, title: str) -> Locator:
        """Return the newest visible button of the cards with that title."""
        buttons = self.root.locator(".ac-adaptiveCard").get_by_role(
            "button", name=title, exact=True
        )
        return buttons.filter(visible=True).last

    async def buttons(self) -> list[str]:
        """Return the titles of the buttons on the cards, oldest first."""
        titles = self.root.locator(".ac-adaptiveCard .ac-pushButton-content").filter(visible=True)
        return [title.strip() for title in await titles.all_inner_texts()]

    async def errors(self) -> dict[str, str]:
        """Return what the cards say is wrong with their inputs, by label."""
        found: dict[str, str] = {}
        labels = self.root.locator(".ac-adaptiveCard label.ac-richTextBlock").filter(visible=True)
        for label in await labels.all():
            message = label.locator("xpath=..").locator(":scope > .ac-textBlock")
            if await message.count():
                name = re.sub(r"\s*\*$", "", (await label.inner_text()).strip())
                found[name] = (await message.first.inner_text()).strip()
        return found

    async def text(self) -> str:
        """Return everything that can be read, what inputs hold aside."""
        return await self.root.inner_text()

    async def expect_text(self, text: str | re.Pattern[str]) -> None:
        """Wait until the text can be read."""
        await expect(self.root).to_contain_text(text, timeout=WAIT_MS)

    async def expect_no_text(self, text: str | re.Pattern[str]) -> None:
        """Wait until the text can no longer be read."""
        await expect(self.root).not_to_contain_text(text, timeout=WAIT_MS)

    async def expect_button(self, title: str) -> None:
        """Wait until there is a button of that title."""
        await expect(self.button(title)).to_be_visible(timeout=WAIT_MS)

    async def expect_value(self, label: str, value: str) -> None:
        """Wait until the input holds the value."""
        box = (await self._input(label)).locator("input, textarea").first
        await expect(box).to_have_value(value, timeout=WAIT_MS)

    async def write(self, text: str) -> None:
        """Write a message here: a reply in a thread, or a message to the bot in its chat."""
        await self.root.locator("[data-lexical-editor=true]").last.click()
        await self._page.keyboard.insert_text(text)
        async with self._page.expect_response(re.compile("/messages$")):
            await self.root.get_by_role("button", name="Send Message").last.click()

    async def screenshot(self, path: Path) -> None:
        """Save a picture of the whole conversation."""
        box = await self.root.bounding_box()
        size = self._page.viewport_size
        if not box or not size:
            raise AssertionError("nothing to see")
        height = max(size["height"], int(box["height"]) + 200)
        await self._page.set_viewport_size(ViewportSize(width=size["width"], height=height))
        await self.root.screenshot(path=path)
        await self._page.set_viewport_size(size)

    async def _input(self, label: str) -> Locator:
        """Return the container of the newest input with that label."""
        exact = re.compile(rf"^\s*{re.escape(label)}\s*\*?\s*$")
        labels = self.root.locator(".ac-adaptiveCard label.ac-richTextBlock")
        newest = labels.filter(has_text=exact, visible=True).last
        return newest.locator("xpath=..").locator(".ac-input-container")

    async def _fill(self, label: str, value: Value) -> None:
        container = await self._input(label)
        await container.wait_for(timeout=WAIT_MS)

        async def has(selector: str) -> bool:
            return await container.locator(selector).count() > 0

        box = container.locator("input, textarea").first
        if isinstance(value, bool):
            await box.set_checked(value, force=True)
        elif await has(".fui-Checkbox"):
            await self._tick(container, [value] if isinstance(value, str) else value)
        elif await has(".fui-Radio"):
            await container.get_by_text(str(value), exact=True).click()
        elif await has(".fui-DatePicker"):
            await self._pick_date(box, str(value))
        elif await has(".fui-TimePicker"):
            await box.fill(str(value))
            await box.press("Enter")
            await box.blur()
        elif await has(".fui-Combobox"):
            await self._choose(box, [value] if isinstance(value, str) else value)
        else:
            await box.fill(str(value))
            await box.blur()

    async def _tick(self, container: Locator, titles: Sequence[str]) -> None:
        for choice in await container.locator(".fui-Checkbox").all():
            title = (await choice.inner_text()).strip()
            await choice.locator("input").set_checked(title in titles, force=True)

    async def _choose(self, box: Locator, titles: Sequence[str]) -> None:
        await box.click()
        for title in titles:
            option = self._page.get_by_role("option", name=title, exact=True)
            several = self._page.get_by_role("menuitemcheckbox", name=title, exact=True)
            await option.or_(several).first.click()
        await self._page.keyboard.press("Escape")  # several choices leave the list open

    async def _pick_date(self, box: Locator, date: str) -> None:
        year, month, day = (int(part) for part in date.split("-"))
        await box.click()
        calendar = self._page.locator(".fui-Calendar").last
        await calendar.wait_for()
        wanted = f"{day}, {_MONTHS[month - 1]}, {year}"
        for _ in range(36):
            button = calendar.locator(f'.fui-CalendarDayGrid__weekRow [aria-label="{wanted}"]')
            if await button.count():
                await button.first.click()
                return
            shown = re.search(rf"({'|'.join(_MONTHS)})\s+(\d{{4}})", await calendar.inner_text())
            if shown is None:
                raise AssertionError("the calendar shows no month")
            at = int(shown[2]) * 12 + _MONTHS.index(shown[1])
            way = "Next" if at < year * 12 + month - 1 else "Previous"
            await calendar.locator(f'button[title^="{way} month"]').click()
            await self._page.wait_for_timeout(350)  # the grid slides; a press now would be lost
        raise AssertionError(f"{date} is too far away")
