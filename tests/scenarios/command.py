"""A command of `app.py`, run in a process of its own as an operator does."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

from tests.scenarios.process import forked


async def command(url, *arguments):
    """Run it on a database; returns exit code, output and error."""
    with tempfile.TemporaryDirectory() as folder:
        out, error = Path(folder) / "out", Path(folder) / "error"
        async with forked(*arguments, out=out, error=error, DATABASE_URL=url) as process:
            await asyncio.to_thread(process.join)
        return process.exitcode, out.read_text(), error.read_text()
