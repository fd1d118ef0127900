"""Ports of this machine, for processes that are told theirs as they start."""

from __future__ import annotations

import socket


def free_port() -> int:
    """Find a port nobody listens on just now."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
