"""The laws of `python -m dev.salesforce`: it says where it is, lets the bot in, ends when asked."""

import asyncio
import re
import sys
import time
from asyncio.subprocess import PIPE

import jwt
from aiohttp import ClientSession

from dev.salesforce.oauth import JWT_BEARER
from dev.salesforce.org import INTEGRATION_USERNAME


async def test_the_program_lets_in_who_holds_the_key_it_made(tmp_path):
    key = tmp_path / "salesforce.pem"
    command = [sys.executable, "-m", "dev.salesforce", "--key", str(key)]
    process = await asyncio.create_subprocess_exec(*command, stdout=PIPE)
    try:
        assert process.stdout is not None
        said = (await process.stdout.readuntil(b"salesforce.pem\n")).decode()
        (url,) = re.findall(r"http://127\.0\.0\.1:\d+", said)
        (consumer_key,) = re.findall(r"consumer key: (\S+)", said)
        claims = {"iss": consumer_key, "sub": INTEGRATION_USERNAME, "aud": url}
        claims["exp"] = str(int(time.time()) + 120)
        assertion = jwt.encode(claims, key.read_text(), algorithm="RS256")

        async with ClientSession() as http:
            form = {"grant_type": JWT_BEARER, "assertion": assertion}
            async with http.post(f"{url}/services/oauth2/token", data=form) as response:
                assert response.status == 200
    finally:
        process.terminate()

    assert await process.wait() == 0
    assert key.stat().st_mode & 0o077 == 0
