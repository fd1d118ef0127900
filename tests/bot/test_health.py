from __future__ import annotations

import asyncio

from bot.health import NotReady, look


async def fine():
    return "schema 1"


async def unfit():
    raise NotReady("the oldest waits for 400 s")


async def broken():
    raise ConnectionError("postgres://secret@host")


async def hanging():
    await asyncio.Event().wait()
    return "never"


class TestLook:
    async def test_every_probe_gives_a_finding_and_no_secret(self):
        findings = await look({"a": fine, "b": unfit, "c": broken})

        assert findings["a"].ok
        assert findings["a"].note == "schema 1"
        assert (findings["b"].ok, findings["b"].note) == (False, "the oldest waits for 400 s")
        assert (findings["c"].ok, findings["c"].note) == (False, "ConnectionError")

    async def test_a_probe_that_hangs_is_a_finding(self, monkeypatch):
        monkeypatch.setattr("bot.health._PATIENCE_SECONDS", 0.01)

        findings = await look({"slow": hanging})

        assert not findings["slow"].ok
