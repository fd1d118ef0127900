"""How tests reach an organisation: the fake on loopback, as the app that it knows."""

from __future__ import annotations

from functools import cache

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from pydantic import SecretStr

from retention.salesforce.config import SalesforceConfig

CLIENT_ID = "consumer-key"
USERNAME = "bot.recuperacao@empresa.com.br"
QUEUE = "FOOD - ADMINISTRATIVO/FINANCEIRO"
STATUS = "Aguardando Informação Externa"
PRIORITY = "ALTA"
LEAD = "fernanda.lima@empresa.com.br"
AGENT = "ana.souza@empresa.com.br"
BY_SECRET = {"private_key": None, "client_secret": SecretStr("app-secret")}
"""Settings of the other login: it is at hand at once, while a private key is checked for long."""


@cache
def private_key():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def private_pem(key=None):
    return (
        (key or private_key())
        .private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        .decode()
    )


def public_pem():
    return (
        private_key()
        .public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        .decode()
    )


def config(url, **other):
    """Configure the login by JWT bearer and the handover of the process document."""
    given = {
        "url": url,
        "client_id": CLIENT_ID,
        "username": USERNAME,
        "private_key": SecretStr(private_pem()),
        "queue": QUEUE,
        "status": STATUS,
        "priority": PRIORITY,
    }
    return SalesforceConfig(**{**given, **other})
