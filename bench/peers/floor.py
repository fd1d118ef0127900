"""F: the least a bot in one Python process does, on aiohttp, uvloop and orjson.

Read the activity, check its token (each one once), post the card over one pooled session. No
framework, no rules, nothing kept.
"""

import asyncio
import os
import time
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import quote

import aiohttp
import jwt
import orjson
import uvloop
from aiohttp import web
from yarl import URL

CARD = orjson.loads(Path(os.environ["CARD"]).read_bytes())
APP_ID = os.environ.get("APP_ID", "")
TOKEN_URL = f"https://login.microsoftonline.com/{os.environ.get('TENANT_ID', '')}/oauth2/v2.0/token"
METADATA_URL = "https://login.botframework.com/v1/.well-known/openidconfiguration"
ISSUER = "https://api.botframework.com"
_JSON = {"Content-Type": "application/json"}


class Floor:
    session: aiohttp.ClientSession

    def __init__(self) -> None:
        self._keys: dict[str, jwt.PyJWK] = {}
        self._verified: dict[str, tuple[str, float]] = {}
        self._headers = _JSON
        self._expires_at = 0.0 if APP_ID else float("inf")
        self._renewing = asyncio.Lock()

    async def life(self, _application: web.Application) -> AsyncIterator[None]:
        pool = aiohttp.TCPConnector(limit=0, keepalive_timeout=60)
        async with aiohttp.ClientSession(connector=pool) as self.session:
            yield

    async def messages(self, request: web.Request) -> web.Response:
        activity = orjson.loads(await request.read())
        if APP_ID:
            await self._check(request.headers["Authorization"].removeprefix("Bearer "), activity)
        conversation = quote(activity["conversation"]["id"], safe="")
        url = f"{activity['serviceUrl']}v3/conversations/{conversation}/activities"
        message = {
            "type": "message",
            "attachments": [
                {"contentType": "application/vnd.microsoft.card.adaptive", "content": CARD}
            ],
        }
        headers = await self._authorised()
        async with self.session.post(
            URL(url, encoded=True), data=orjson.dumps(message), headers=headers
        ) as answer:
            orjson.loads(await answer.read())
        return web.Response(status=200)

    async def _check(self, token: str, activity: dict[str, object]) -> None:
        if token not in self._verified:
            key = await self._key(jwt.get_unverified_header(token)["kid"])
            claims = jwt.decode(token, key, algorithms=["RS256"], audience=APP_ID, issuer=ISSUER)
            self._verified[token] = claims["serviceurl"], claims["exp"]
        service_url, expires_at = self._verified[token]
        if service_url != activity["serviceUrl"] or expires_at < time.time():
            raise web.HTTPUnauthorized

    async def _key(self, key_id: str) -> jwt.PyJWK:
        if key_id not in self._keys:
            async with self.session.get(METADATA_URL) as answer:
                metadata = await answer.json()
            async with self.session.get(metadata["jwks_uri"]) as answer:
                found = await answer.json()
            self._keys = {key["kid"]: jwt.PyJWK.from_dict(key, "RS256") for key in found["keys"]}
        return self._keys[key_id]

    async def _authorised(self) -> dict[str, str]:
        if time.time() < self._expires_at:
            return self._headers
        async with self._renewing:
            if time.time() >= self._expires_at:
                asked = {
                    "grant_type": "client_credentials",
                    "client_id": APP_ID,
                    "client_secret": os.environ["APP_PASSWORD"],
                    "scope": f"{ISSUER}/.default",
                }
                async with self.session.post(TOKEN_URL, data=asked) as answer:
                    token = await answer.json()
                bearer = f"Bearer {token['access_token']}"
                self._headers = {**_JSON, "Authorization": bearer}
                self._expires_at = time.time() + token["expires_in"] - 300
        return self._headers


async def application() -> web.Application:
    floor = Floor()
    found = web.Application()
    found.router.add_post("/api/messages", floor.messages)
    found.cleanup_ctx.append(floor.life)
    return found


if __name__ == "__main__":
    uvloop.install()
    port = int(os.environ["PORT"])
    web.run_app(application(), host="127.0.0.1", port=port, print=None, access_log=None)
