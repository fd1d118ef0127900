"""`python -m dev.salesforce`: serve the fake org on loopback until interrupted."""

import argparse
import asyncio
import signal
from collections.abc import Sequence
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from dev.salesforce.org import INTEGRATION_USERNAME
from dev.salesforce.server import FakeSalesforce

CONSUMER_KEY = "retencao-local"
_KEY = Path(__file__).parents[2] / "var" / "salesforce.pem"


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m dev.salesforce", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="porta; 0 escolhe uma livre")
    parser.add_argument("--key", type=Path, default=_KEY, help="chave privada do bot; criada aqui")
    arguments = parser.parse_args(argv)
    asyncio.run(_serve(arguments.port, arguments.key))


async def _serve(port: int, key: Path) -> None:
    salesforce = FakeSalesforce()
    salesforce.register(CONSUMER_KEY, public_key=public_key(key))
    await salesforce.start(port)
    print(f"Salesforce de faz de conta: {salesforce.url}")  # noqa: T201 - this is its output
    print(f"  consumer key: {CONSUMER_KEY}")  # noqa: T201
    print(f"  usuário: {INTEGRATION_USERNAME}")  # noqa: T201
    print(f"  chave privada: {key}", flush=True)  # noqa: T201
    asked = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, asked.set)
    await asked.wait()
    await salesforce.stop()


def public_key(private: Path) -> str:
    """Return the PEM of the public half of a private key, which is made where there is none."""
    if not private.exists():
        private.parent.mkdir(parents=True, exist_ok=True)
        private.touch(mode=0o600)
        private.write_bytes(
            generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
                Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
            )
        )
    key = load_pem_private_key(private.read_bytes(), password=None)
    if not isinstance(key, RSAPrivateKey):
        raise SystemExit(f"{private}: Salesforce takes RSA keys alone")
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


if __name__ == "__main__":
    main()
