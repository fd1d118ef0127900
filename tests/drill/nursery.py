"""A process that has imported the bot already and forks `app.py serve` whenever it is asked to.

    python -m tests.drill.nursery

Reads one JSON object a line, `{"environment": {...}, "folder": "...", "log": "..."}`; writes
`born PID` for each, and `died PID` once that process is gone. Ends with its children when its
input ends. It spares every start the two seconds of importing; all else is a start as any other.
"""

import json
import os
import random
import signal
import sys
import traceback
from contextlib import suppress
from pathlib import Path

import app

_children: set[int] = set()


def say(line):
    os.write(sys.stdout.fileno(), f"{line}\n".encode())


def bury(*_):
    """Take note of every child that has ended."""
    with suppress(ChildProcessError):
        while (found := os.waitpid(-1, os.WNOHANG))[0]:
            _children.discard(found[0])
            say(f"died {found[0]}")


def serve(order):
    """Become the bot."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    with Path(order["log"]).open("ab") as log, Path(os.devnull).open("rb") as nothing:
        os.dup2(nothing.fileno(), 0)
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
    os.environ.clear()
    os.environ.update(order["environment"])
    os.chdir(order["folder"])
    random.seed()
    try:
        app.main(["serve"])
    except BaseException:  # noqa: BLE001 - the child must not go on as a nursery
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(0)


def main():
    signal.signal(signal.SIGCHLD, bury)
    for line in sys.stdin:
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
        pid = os.fork()
        if not pid:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
            serve(json.loads(line))
        _children.add(pid)
        say(f"born {pid}")
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for pid in _children:
        os.kill(pid, signal.SIGKILL)


if __name__ == "__main__":
    main()
