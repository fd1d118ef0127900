"""B: plain botbuilder 4.17.1 as its samples set it up. A message is answered with one card."""

import json
import os
from pathlib import Path

from aiohttp import web
from botbuilder.core import ActivityHandler, CardFactory, MessageFactory, TurnContext
from botbuilder.integration.aiohttp import CloudAdapter, ConfigurationBotFrameworkAuthentication

CARD = json.loads(Path(os.environ["CARD"]).read_text())


class Config:
    APP_ID = os.environ.get("APP_ID", "")
    APP_PASSWORD = os.environ.get("APP_PASSWORD", "")
    APP_TENANTID = os.environ.get("TENANT_ID", "")
    APP_TYPE = "SingleTenant" if APP_ID else "MultiTenant"


class Echo(ActivityHandler):
    async def on_message_activity(self, turn_context: TurnContext) -> None:
        attachment = CardFactory.adaptive_card(CARD)
        await turn_context.send_activity(MessageFactory.attachment(attachment))


adapter = CloudAdapter(ConfigurationBotFrameworkAuthentication(Config()))
bot = Echo()


async def messages(request: web.Request) -> web.Response:
    answer: web.Response = await adapter.process(request, bot)
    return answer


if __name__ == "__main__":
    application = web.Application()
    application.router.add_post("/api/messages", messages)
    port = int(os.environ["PORT"])
    web.run_app(application, host="127.0.0.1", port=port, print=None, access_log=None)
