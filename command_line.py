"""How a command is written in a terminal: its name, and what may stand behind it."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from config.settings import Settings


def _takes_nothing(_parser: argparse.ArgumentParser) -> None:
    """Most commands have no arguments."""


@dataclass(frozen=True, slots=True)
class Command:
    what: str
    run: Callable[[Settings, argparse.Namespace], None]
    add_arguments: Callable[[argparse.ArgumentParser], None] = _takes_nothing


def parse(commands: Mapping[str, Command], arguments: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line; `command` names the one to run."""
    parser = argparse.ArgumentParser(description="Retention: a Teams bot for cancellation requests")
    subparsers = parser.add_subparsers(dest="command", required=True)
    for name, command in commands.items():
        command.add_arguments(subparsers.add_parser(name, help=command.what))
    return parser.parse_args(arguments)


def takes_replay(parser: argparse.ArgumentParser) -> None:
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--replay", metavar="KEY", help="let one run again")
    which.add_argument("--replay-all", action="store_true", help="let all of them run again")


def takes_audit(parser: argparse.ArgumentParser) -> None:
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--verify", action="store_true", help="tell whether it is as it was written")
    what.add_argument("--export", metavar="FILE", type=Path, help="write it as JSON lines")
    for name, into, end in (("--from", "since", "first"), ("--to", "until", "last")):
        parser.add_argument(
            name,
            dest=into,
            metavar="DAY",
            type=day,
            help=f"the {end} day to export, as Brasilia counts days: 2026-11-23",
        )


def takes_export(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--export", metavar="FILE", type=Path, required=True)


def takes_digest(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--date", metavar="DAY", type=_day_of_many, help="today, when none is given"
    )
    parser.add_argument("--leader", metavar="NAME", help="the first one of the people file")
    parser.add_argument("--text", action="store_true", help="as text, not as the card's JSON")


def takes_span(parser: argparse.ArgumentParser) -> None:
    for name, into, end in (("--from", "since", "first"), ("--to", "until", "last")):
        parser.add_argument(
            name,
            dest=into,
            metavar="DAY",
            type=_day_of_many,
            required=True,
            help=f"the {end} day",
        )
    parser.add_argument("--format", choices=("csv", "xlsx"), default="csv")
    parser.add_argument(
        "file", metavar="FILE", type=Path, nargs="?", help="one named after the days, by default"
    )


def takes_doctor(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="write one JSON object")
    parser.add_argument("--case", metavar="NUMBER", help="a Caso to try the rights on")


def takes_file(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", type=Path)


def day(text: str) -> date:
    """Read a day, such as 2026-11-23. Raises ValueError, which argparse tells with this name."""
    return date.fromisoformat(text)


def _day_of_many(text: str) -> date:
    """Read a day whose neighbours are asked for too.

    Raises:
        ArgumentTypeError: it is no day, or a neighbour is none.
    """
    try:
        found = day(text)
    except ValueError:
        found = date.min
    if not date.min.year < found.year < date.max.year:
        raise argparse.ArgumentTypeError(f"invalid day value: {text!r}")
    return found
