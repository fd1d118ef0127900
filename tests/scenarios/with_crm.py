"""What the scenarios with a CRM share: how the bot is let in, and what it left there."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from pydantic import SecretStr

from cards.plain_text import ZERO_WIDTH_SPACE
from config.salesforce import SalesforceSettings
from dev.salesforce import FakeSalesforce
from tests.scenarios.office import Office, words


def settings_of(salesforce: FakeSalesforce) -> SalesforceSettings:
    """Give the settings of a bot that works with this organisation, and hears of it at once."""
    return SalesforceSettings(
        _env_file=None,
        url=salesforce.url,
        client_id="retencao",
        client_secret=SecretStr("s"),
        plan_field="Account.Plan__c",
        monthly_value_field="Account.Monthly_Value__c",
        poll_seconds=0.1,
    )


async def until(seen: Callable[[], object], seconds: float = 20) -> None:
    """Wait until something is seen. Raises TimeoutError."""
    async with asyncio.timeout(seconds):
        while not seen():  # noqa: ASYNC110 - a background reader tells nobody
            await asyncio.sleep(0.05)


def ours(salesforce: FakeSalesforce, number: str) -> list[str]:
    """List the comments that the bot wrote on a Caso, without its mark."""
    bodies = [row["CommentBody"] for row in salesforce.comments(number)]
    return [body.partition(" [rb:")[0] for body in bodies if "[rb:" in body]


def card_words(office: Office, thread: str) -> str:
    """Give what the living card says, without the places where a long word may be broken."""
    return words(office.card(thread)).replace(ZERO_WIDTH_SPACE, "")
