"""Does the bot of this container serve? Ends with 0 when GET /healthz answers 200, else with 1."""

from __future__ import annotations

import http.client
import os
import sys

_PATIENCE_SECONDS = 3


def serves(port: int) -> bool:
    """Ask the bot that listens on this machine."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_PATIENCE_SECONDS)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(not serves(int(os.environ.get("PORT", "3978"))))
