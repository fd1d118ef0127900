"""Salesforce ids: 15 letters and digits, or the same with 3 more that carry the case of the 15."""

import re
from itertools import count
from string import ascii_lowercase, ascii_uppercase, digits

_SHAPE = re.compile(r"[a-zA-Z0-9]{15}([a-zA-Z0-9]{3})?")
_SUFFIX = ascii_uppercase + "012345"
_DIGITS = digits + ascii_uppercase + ascii_lowercase


class Ids:
    """Give ids that have never been given; a rolled back record takes its id with it."""

    def __init__(self) -> None:
        self._numbers = count(1)

    def new(self, prefix: str) -> str:
        """Return an id of 18 characters for the kind of record that the prefix of 3 stands for."""
        number, tail = next(self._numbers), ""
        while number:
            number, digit = divmod(number, len(_DIGITS))
            tail = _DIGITS[digit] + tail
        return canonical(f"{prefix}3h{tail:0>10}")


def is_id(text: str) -> bool:
    return _SHAPE.fullmatch(text) is not None


def canonical(text: str) -> str:
    """Return the 18 characters of an id of 15 or 18; any other text as it is."""
    if not is_id(text):
        return text
    chunks = (text[0:5], text[5:10], text[10:15])
    return text[:15] + "".join(_SUFFIX[_capitals(chunk)] for chunk in chunks)


def _capitals(chunk: str) -> int:
    return sum(1 << place for place, letter in enumerate(chunk) if letter in ascii_uppercase)
