"""A command of `app.py`, run in a process of its own as an operator does."""

from __future__ import annotations

import asyncio
import os
import sys

from tests.scenarios.process import ROOT


async def command(url, *arguments):
    """Run it on a database; returns exit code, output and error."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "app.py",
        *arguments,
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "DATABASE_URL": url},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, error = await process.communicate()
    return process.returncode, out.decode(), error.decode()
