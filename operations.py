"""What an operator runs beside a serving bot, or without one: one function per command."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pydantic import BaseModel, ValidationError

from config.classifier import BadWeights, load_classifier
from config.lexicon import BadLexicon
from config.people import InvalidPeopleFile
from config.settings import Settings
from retention.domain.case import case_code
from retention.domain.classification import as_labels
from retention.effects.durable import DurableEffects
from retention.services.burials import BurialService, NothingBuried
from retention.storage.backup import NoBackup, backup, restore
from retention.storage.engine import UnsupportedDatabase, open_engines
from retention.storage.lock import DatabaseInUse
from retention.storage.migrations import OldSchema, look_at_schema, migrate
from retention.storage.unit_of_work import SqlUnitOfWork

REFUSALS = (
    ValidationError,
    BadLexicon,
    BadWeights,
    InvalidPeopleFile,
    UnsupportedDatabase,
    DatabaseInUse,
    OldSchema,
    NothingBuried,
    NoBackup,
)
"""What stands in the way of a command: its message is a sentence for the operator."""


def now() -> datetime:
    """The present moment in UTC."""
    return datetime.now(UTC)


class _Utterance(BaseModel):
    text: str


def _classify(settings: Settings, _arguments: argparse.Namespace) -> None:
    """Read JSON lines with a `text` and write one line for each: labels, or what is wrong."""
    classifier = load_classifier(lexicon=settings.lexicon_file)
    mistaken = 0
    for line in sys.stdin:
        text = line.lstrip("\ufeff").strip()
        if not text:
            continue
        try:
            labels = as_labels(classifier.classify(_Utterance.model_validate_json(text).text))
        except ValidationError:
            labels = {"error": 'expected a JSON object such as {"text": "..."}'}
            mistaken += 1
        _print(json.dumps(labels, ensure_ascii=False))
    if mistaken:
        sys.exit(f"classify: {mistaken} lines could not be read")


def _effects(settings: Settings, arguments: argparse.Namespace) -> None:
    """List the effects that were given up, or let the bot run them again."""
    asyncio.run(_tend(settings, arguments))


async def _tend(settings: Settings, arguments: argparse.Namespace) -> None:
    async with _burials(settings) as burials:
        if arguments.replay_all:
            _print(f"{await burials.replay_all()} queued again; the serving bot runs them")
        elif arguments.replay:
            await burials.replay(arguments.replay)
            _print(f"{arguments.replay} queued again; the serving bot runs it")
        else:
            for found in await burials.all():
                since = f"{found.buried_at:%Y-%m-%d %H:%M:%SZ}"
                code = case_code(found.number)
                _print("\t".join((found.key, found.subscriber, code, found.error, since)))


@asynccontextmanager
async def _burials(settings: Settings) -> AsyncIterator[BurialService]:
    """Raises OldSchema."""
    engines = open_engines(settings.database_url)
    effects = DurableEffects(app=engines.app, system=engines.sync)
    try:
        await look_at_schema(engines.app)
        yield BurialService(uow=lambda: SqlUnitOfWork(engines.app, effects.enqueue), clock=now)
    finally:
        await engines.dispose()


def _backup(settings: Settings, arguments: argparse.Namespace) -> None:
    """Copy the SQLite database while the bot serves, or while it does not."""
    backup(settings.database_url, arguments.file)
    _print(f"wrote {arguments.file}")


def _restore(settings: Settings, arguments: argparse.Namespace) -> None:
    """Put a backup in the place of the SQLite database; the bot must be stopped."""
    kept = restore(settings.database_url, arguments.file, now=now())
    _print(f"restored {arguments.file}" + (f"; what it replaced is {kept}" if kept else ""))


def _print(line: str) -> None:
    sys.stdout.write(line + "\n")


def _takes_nothing(_parser: argparse.ArgumentParser) -> None:
    """Most commands have no arguments."""


def _takes_replay(parser: argparse.ArgumentParser) -> None:
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--replay", metavar="KEY", help="let one run again")
    which.add_argument("--replay-all", action="store_true", help="let all of them run again")


def _takes_file(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", type=Path)


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


COMMANDS: Mapping[str, Command] = {
    "migrate": Command(
        "bring the database to this version's schema",
        lambda settings, _: migrate(settings.database_url),
    ),
    "effects": Command("list the effects that were given up, or replay", _effects, _takes_replay),
    "backup": Command("copy the SQLite database to a new file", _backup, _takes_file),
    "restore": Command("put a backup in the place of the SQLite database", _restore, _takes_file),
    "classify": Command("classify JSON lines from standard input", _classify),
}
