"""What an operator runs beside a serving bot, or without one: one function per command."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import date, datetime, time
from pathlib import Path

from pydantic import BaseModel, ValidationError

from bot.room import room_of
from cards.digest_card import digest_card
from cards.elements import Json, as_words
from cards.formats import SAO_PAULO
from cards.report_sheet import CASES_SHEET, HEADER, TOTALS_SHEET, sheet_rows, sheet_totals
from command_line import (
    Command,
    takes_audit,
    takes_digest,
    takes_doctor,
    takes_export,
    takes_file,
    takes_replay,
    takes_span,
)
from config.calendar import load_calendar, load_clock
from config.classifier import BadWeights, load_classifier
from config.logging import configure_logging
from config.people import read_people
from config.settings import InvalidSettings, Settings
from config.toml_file import BadFile
from retention.domain.case import case_code
from retention.domain.classification import as_labels
from retention.domain.people import Directory, PersonRef, Role
from retention.domain.report import Report
from retention.effects.durable import DurableEffects
from retention.services.burials import BurialService, NothingBuried
from retention.services.digests import DigestService
from retention.services.ports.clock import utc_now
from retention.services.ports.effects import NO_CASE
from retention.services.ports.unit_of_work import StartUnitOfWork
from retention.services.reports import ReportService
from retention.services.training import TrainingService
from retention.storage.audit_trail import BrokenChain, NoExport, export, verify
from retention.storage.backup import NoBackup, backup, restore
from retention.storage.engine import (
    DatabaseUnreachable,
    Engines,
    UnsupportedDatabase,
    open_engines,
)
from retention.storage.lock import DatabaseInUse
from retention.storage.migrations import NewerSchema, OldSchema, look_at_schema, migrate
from retention.storage.private_file import new_file_for
from retention.storage.unit_of_work import SqlUnitOfWork
from spreadsheet import write_csv, write_xlsx

REFUSALS = (
    InvalidSettings,
    BadWeights,
    BadFile,
    UnsupportedDatabase,
    DatabaseInUse,
    DatabaseUnreachable,
    OldSchema,
    NewerSchema,
    NothingBuried,
    NoBackup,
    BrokenChain,
    NoExport,
)
"""What stands in the way of a command: its message is a sentence for the operator."""


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
                code = "-" if found.number == NO_CASE else case_code(found.number)
                _print("\t".join((found.key, found.subscriber, code, found.error, since)))


@asynccontextmanager
async def _burials(settings: Settings) -> AsyncIterator[BurialService]:
    """Raises OldSchema."""
    async with _unit_of_work(settings) as uow:
        yield BurialService(uow=uow, clock=utc_now)


@asynccontextmanager
async def _unit_of_work(settings: Settings) -> AsyncIterator[StartUnitOfWork]:
    """Raises OldSchema, DatabaseUnreachable."""
    async with _database(settings) as engines:
        effects = DurableEffects(app=engines.app, system=engines.sync)
        yield lambda: SqlUnitOfWork(engines.app, effects.enqueue)


@asynccontextmanager
async def _database(settings: Settings) -> AsyncIterator[Engines]:
    """Raises OldSchema, DatabaseUnreachable."""
    engines = open_engines(settings.database_url)
    try:
        await look_at_schema(engines.app)
        yield engines
    finally:
        await engines.dispose()


def _audit(settings: Settings, arguments: argparse.Namespace) -> None:
    """Verify the chains of the audit, or export it, while the bot serves or does not."""
    if arguments.verify and (arguments.since or arguments.until):
        sys.exit("audit: --from and --to go with --export; --verify reads everything")
    asyncio.run(_read_audit(settings, arguments))


async def _read_audit(settings: Settings, arguments: argparse.Namespace) -> None:
    async with _database(settings) as engines:
        if arguments.verify:
            found = verify(engines.sync)
            _print(f"sound: cases {found.cases}, events {found.events}, refusals {found.refusals}")
        else:
            written = export(
                engines.sync,
                arguments.export,
                since=datetime.combine(arguments.since or date.min, time.min, SAO_PAULO),
                until=datetime.combine(arguments.until or date.max, time.max, SAO_PAULO),
            )
            _print(f"wrote {written} entries to {arguments.export}")


def _training(settings: Settings, arguments: argparse.Namespace) -> None:
    """Write what people confirmed and corrected as rows to learn from, people masked."""
    _print(f"wrote {asyncio.run(_export_training(settings, arguments.export))} rows")


async def _export_training(settings: Settings, file: Path) -> int:
    written = 0
    async with _unit_of_work(settings) as uow:
        service = TrainingService(uow=uow)
        with new_file_for(file) as new, new.open("w", encoding="utf-8", newline="\n") as out:
            async for row in service.rows():
                out.write(json.dumps(row, ensure_ascii=False) + "\n")
                written += 1
    return written


def _export(settings: Settings, arguments: argparse.Namespace) -> None:
    """Write the report of some days as a spreadsheet, one row per case."""
    if arguments.until < arguments.since:
        sys.exit("export: --to is before --from")
    file = file_of(arguments)
    report = asyncio.run(_report_of(settings, arguments.since, arguments.until))
    with new_file_for(file) as new:
        if arguments.format == "csv":
            written = write_csv(new, HEADER, sheet_rows(report))
        else:
            totals = (("", ""), sheet_totals(report))
            cases = (HEADER, sheet_rows(report))
            written = write_xlsx(new, {CASES_SHEET: cases, TOTALS_SHEET: totals})
    _print(f"wrote {written} cases to {file}")


def file_of(export: argparse.Namespace) -> Path:
    """Give the file to write: one named after the days of the export, where none was given."""
    named = f"relatorio-{export.since}-{export.until}.{export.format}"
    return export.file or Path(named)


async def _report_of(settings: Settings, since: date, until: date) -> Report:
    calendar = load_calendar(settings.calendar_file)
    async with _unit_of_work(settings) as uow:
        return await ReportService(uow=uow, clock=utc_now, calendar=calendar).between(since, until)


def _digest(settings: Settings, arguments: argparse.Namespace) -> None:
    """Print the summary that a leader gets on a day, as a card or as text."""
    directory = read_people(settings.people_file)
    leaders = directory.with_any({Role.LEADER})
    named = [each for each in leaders if arguments.leader in {None, each.name}]
    if not named:
        sys.exit("digest: the people file names no such leader")
    card = asyncio.run(_draw_up(settings, directory, named[0].ref, arguments.date))
    _print(as_words(card) if arguments.text else json.dumps(card, ensure_ascii=False))


async def _draw_up(
    settings: Settings, directory: Directory, leader: PersonRef, on: date | None
) -> Json:
    business = load_clock(settings.calendar_file)
    async with _unit_of_work(settings) as uow:
        digests = DigestService(
            uow=uow, clock=utc_now, business=business, directory=directory, at=settings.digest_at
        )
        digest = await digests.of_day(leader, on or business.calendar.day_of(utc_now()))
    return digest_card(digest, thread_urls=room_of(settings).links_to(digest.named))


def _doctor(settings: Settings, arguments: argparse.Namespace) -> None:
    """Look at everything outside that the bot needs; changes nothing, beside a serving bot too."""
    from doctor.command import look  # noqa: PLC0415 - slow to import, and no part of serving
    from doctor.report import as_json, as_text, is_healthy  # noqa: PLC0415 - as above

    if settings.log_level != "DEBUG":
        configure_logging(level="CRITICAL", as_json=settings.log_format == "json")
    findings = asyncio.run(look(settings, case_number=arguments.case))
    _print(as_json(findings) if arguments.json else as_text(findings))
    if not is_healthy(findings):
        sys.exit(1)


def _backup(settings: Settings, arguments: argparse.Namespace) -> None:
    """Copy the SQLite database while the bot serves, or while it does not."""
    backup(settings.database_url, arguments.file)
    _print(f"wrote {arguments.file}")


def _restore(settings: Settings, arguments: argparse.Namespace) -> None:
    """Put a backup in the place of the SQLite database; the bot must be stopped."""
    kept = restore(settings.database_url, arguments.file, now=utc_now())
    _print(f"restored {arguments.file}" + (f"; what it replaced is {kept}" if kept else ""))


def _print(line: str) -> None:
    sys.stdout.write(line + "\n")


COMMANDS: Mapping[str, Command] = {
    "migrate": Command(
        "bring the database to this version's schema",
        lambda settings, _: migrate(settings.database_url),
    ),
    "doctor": Command(
        "look at everything the bot needs, and say what to do", _doctor, takes_doctor
    ),
    "effects": Command("list the effects that were given up, or replay", _effects, takes_replay),
    "audit": Command("verify the audit, or export it", _audit, takes_audit),
    "backup": Command("copy the SQLite database to a new file", _backup, takes_file),
    "restore": Command("put a backup in the place of the SQLite database", _restore, takes_file),
    "digest": Command("print the summary a leader gets on a day", _digest, takes_digest),
    "export": Command(
        "write the report of some days as a spreadsheet, one row per case", _export, takes_span
    ),
    "training": Command(
        "write what people confirmed and corrected, masked, as JSON lines to learn from",
        _training,
        takes_export,
    ),
    "classify": Command("classify JSON lines from standard input", _classify),
}
