"""Draw cards as Teams does: the official renderer and host configs, in a headless Chromium."""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from playwright.sync_api import Playwright, sync_playwright

from cards.elements import Json

THEMES = ("light", "dark")
WIDTHS = {320: "phone", 478: "channel", 780: "wide"}
_TEAMS_ALONE = re.compile(r'Unknown element type "Chart\.|Property "choices\.data" ')
"""Teams draws charts and searches people; what this renderer shows instead is looked at here."""
_HERE = Path(__file__).parent / "render"
_ROOT = Path(__file__).parents[2]
_MODULES = Path(os.environ.get("CARDS_NODE_MODULES", _ROOT / "dev" / "node_modules"))
_SCRIPTS = ("adaptivecards/dist/adaptivecards.min.js", "markdown-it/dist/markdown-it.min.js")


@dataclass(frozen=True)
class Drawing:
    """A drawn card: what is wrong with it by kind, and its text without any blanks."""

    faults: dict[str, list[str]]
    text: str


class Renderer:
    """A browser that draws cards; use it in a `with` block."""

    def __enter__(self) -> Self:
        if not all((_MODULES / script).exists() for script in _SCRIPTS):
            raise FileNotFoundError(f"no renderer in {_MODULES}: run `make setup`")
        self._playwright: Playwright = sync_playwright().start()
        self._browser = self._playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"),
            args=["--no-sandbox", "--disable-gpu", "--force-color-profile=srgb"],
        )
        self._draw = (_HERE / "draw.js").read_text("utf-8")
        self._host_configs = {
            theme: json.loads((_HERE / f"host-config-{theme}.json").read_text("utf-8"))
            for theme in THEMES
        }
        self._pages: dict[tuple[str, int], Any] = {}
        return self

    def __exit__(self, *_: object) -> None:
        self._browser.close()
        self._playwright.stop()

    def draw(self, card: Json, *, theme: str, width: int, unfold: bool = False) -> Drawing:
        """Draw a card as wide as so many pixels; `unfold` opens what is folded first."""
        page = self._page(theme, width)
        page.evaluate("document.getElementById('card').replaceChildren()")
        config = self._host_configs[theme]
        report = page.evaluate(self._draw, {"card": card, "hostConfig": config, "unfold": unfold})
        faults = report["faults"]
        faults["notes"] = [note for note in faults["notes"] if not _TEAMS_ALONE.match(note)]
        return Drawing(faults, re.sub(r"[\s\u200b]+", "", report["text"]))

    def picture(self, card: Json, *, theme: str, width: int) -> bytes:
        """Draw a card and give its picture (PNG)."""
        self.draw(card, theme=theme, width=width)
        png: bytes = self._page(theme, width).locator("#card").screenshot()
        return png

    def _page(self, theme: str, width: int) -> Any:
        key = (theme, width)
        if key not in self._pages:
            page = self._browser.new_page(
                viewport={"width": width + 40, "height": 800},
                device_scale_factor=1.5,
                locale="pt-BR",
            )
            page.set_content((_HERE / "page.html").read_text("utf-8"))
            for script in _SCRIPTS:
                page.add_script_tag(path=_MODULES / script)
            page.evaluate(
                "([theme, width]) => { document.documentElement.className = theme;"
                " document.getElementById('card').style.width = `${width}px`; }",
                [theme, width],
            )
            self._pages[key] = page
        return self._pages[key]
