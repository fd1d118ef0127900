"""CNPJ and CPF as people type them: checked, then kept masked.

The CNPJ may hold letters in its first twelve places (Receita Federal, from July 2026 on): each
character counts as its ASCII code minus 48, the check digits stay decimal.
"""

from __future__ import annotations

import re
from collections.abc import Callable

_CPF_LENGTH = 11
_CNPJ_LENGTH = 14
_CHECK_DIGITS = 2
_MASKED = re.compile(r"[0-9A-Z]{2}\.\*{3}\.\*{3}/\*{4}-[0-9]{2}|\*{3}\.\*{3}\.\*[0-9]{2}-[0-9]{2}")
_SEPARATORS = re.compile(r"[\s./\-]")


class InvalidTaxId(ValueError):
    """The text is no CNPJ or CPF. `checksum` tells a wrong digit from a wrong shape."""

    def __init__(self, *, checksum: bool) -> None:
        super().__init__("check digits do not match" if checksum else "neither CNPJ nor CPF")
        self.checksum = checksum


def mask_tax_id(typed: str) -> str:
    """Check a CNPJ or CPF and return it masked, e.g. ``12.***.***/****-95`` or ``***.***.*89-09``.

    What is masked already comes back as it is: the form shows a checked number masked.

    Raises:
        InvalidTaxId: wrong length, forbidden characters or check digits.
    """
    if _MASKED.fullmatch(typed.strip()):
        return typed.strip()
    plain = _SEPARATORS.sub("", typed).upper()
    if len(plain) == _CPF_LENGTH and plain.isascii() and plain.isdigit():
        _check(plain, _cpf_digit)
        return f"***.***.*{plain[7:9]}-{plain[9:]}"
    if len(plain) == _CNPJ_LENGTH and re.fullmatch(r"[0-9A-Z]{12}[0-9]{2}", plain):
        _check(plain, _cnpj_digit)
        return f"{plain[:2]}.***.***/****-{plain[12:]}"
    raise InvalidTaxId(checksum=False)


def _check(plain: str, digit_of: Callable[[str], int]) -> None:
    body, given = plain[:-_CHECK_DIGITS], plain[-_CHECK_DIGITS:]
    first = digit_of(body)
    if given != f"{first}{digit_of(body + str(first))}" or len(set(plain)) == 1:
        raise InvalidTaxId(checksum=True)


def _cpf_digit(body: str) -> int:
    weights = range(len(body) + 1, 1, -1)
    rest = sum(int(digit) * weight for digit, weight in zip(body, weights, strict=True)) * 10 % 11
    return rest % 10


def _cnpj_digit(body: str) -> int:
    weights = [2 + place % 8 for place in range(len(body))][::-1]
    rest = sum((ord(char) - 48) * weight for char, weight in zip(body, weights, strict=True)) % 11
    return 0 if rest < _CHECK_DIGITS else 11 - rest
