"""What a long history costs: registering, lists, search, digest, report with 1k, 100k, 1M cases."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from statistics import median

from bench import history
from bench.bots import OURS_IDLE
from bench.history import NOW, SIZES
from bench.rounds import FEW, Stage, register_each
from bench.world import ANA
from config.calendar import load_clock
from config.people import read_people
from config.playbooks import load_playbooks
from config.settings import Settings
from retention.database import Database
from retention.domain.people import Actor, PersonId
from retention.services.cases import CaseService
from retention.services.digests import DigestService
from retention.services.playbooks import PlaybookService
from retention.services.ports.cases import CaseFilter
from retention.services.ports.effects import Effect
from retention.services.reports import ReportService
from retention.storage.engine import open_engines
from retention.storage.unit_of_work import SqlUnitOfWork

_TIMES = 15
_PAIRS = 5
_CASES_OF_A_PAIR = 60
_SHOWN = 20
_MONTH = timedelta(days=29)

Query = Callable[[], Awaitable[object]]


async def measure(stage: Stage) -> None:
    """Measure growth, writing the histories first where they are missing."""
    await _write_histories(stage)
    small, large = SIZES[0], SIZES[-1]
    found = await _queries()
    for name, times in found.items():
        for size in SIZES:
            stage.figures.add("growth", "ours", f"{name}, {size} cases", ms=median(times[size]))
    ratios = {name: _ratio(times[large], times[small]) for name, times in found.items()}
    for name, ratio in ratios.items():
        stage.figures.add("growth", "ours", name, ratio=ratio)
    stage.figures.add("growth", "ours", "queries", ratio=max(ratios.values()))
    await _turns(stage, small, large)


def _ratio(many: Sequence[float], few: Sequence[float]) -> float:
    """Compare what was measured in turns: the median of the ratios of each pair."""
    return median(one / other for one, other in zip(many, few, strict=True))


async def _write_histories(stage: Stage) -> None:
    missing = [size for size in SIZES if not history.database_of(size).exists()]
    if not missing:
        return
    with tempfile.TemporaryDirectory(dir=stage.folder) as folder:
        first = Path(folder) / "first.db"
        async with stage.bot(OURS_IDLE, first) as served:
            await register_each(served, "", await served.requests(1), users=1)
        for size in missing:
            await asyncio.to_thread(history.write, first, size)


async def _queries() -> Mapping[str, Mapping[int, Sequence[float]]]:
    """Ask every question of every history in turns; gives milliseconds, by name and size."""
    engines = {size: open_engines(f"sqlite:///{history.database_of(size)}") for size in SIZES}
    questions = {size: _questions(opened.app) for size, opened in engines.items()}
    times: dict[str, dict[int, list[float]]] = defaultdict(lambda: defaultdict(list))
    try:
        for turn in range(_TIMES + 1):
            for size, asked in questions.items():
                for name, ask in asked.items():
                    began = time.perf_counter()
                    await ask()
                    if turn:  # the first one warms up
                        times[name][size].append((time.perf_counter() - began) * 1000)
    finally:
        for opened in engines.values():
            await opened.dispose()
    return times


def _questions(database: Database) -> Mapping[str, Query]:
    settings = Settings(_env_file=None)
    people, business = read_people(settings.people_file), load_clock(settings.calendar_file)
    ana = Actor(PersonId(ANA[0]), ANA[1], frozenset())

    async def keep(_connection: object, _effect: Effect) -> None:
        """Enqueue nothing: nothing is changed here."""

    def uow() -> SqlUnitOfWork:
        return SqlUnitOfWork(database, keep)

    playbooks = PlaybookService(
        uow=uow, clock=lambda: NOW, current=load_playbooks(settings.playbooks_file)
    )
    cases = CaseService(uow=uow, clock=lambda: NOW, directory=people, playbooks=playbooks)
    reports = ReportService(uow=uow, clock=lambda: NOW, calendar=business.calendar)
    digests = DigestService(
        uow=uow,
        clock=lambda: NOW,
        business=business,
        directory=people,
        at=settings.digest_at,
    )
    month = (NOW - _MONTH).date(), NOW.date()
    return {
        "/casos": lambda: cases.list(actor=ana, which=CaseFilter.OPEN, limit=_SHOWN),
        "/casos meus": lambda: cases.list(actor=ana, which=CaseFilter.MINE, limit=_SHOWN),
        "search, a number": lambda: cases.search("20000777", limit=_SHOWN),
        "search, common words": lambda: cases.search("padaria sol", limit=_SHOWN),
        "search, a rare word": lambda: cases.search("padaria tres", limit=_SHOWN),
        "digest": lambda: digests.of_day(ana.ref, NOW.date()),
        "report of a month": lambda: reports.between(*month),
    }


async def _turns(stage: Stage, small: int, large: int) -> None:
    """Register with a short and a long history, in turns: the ratio of each pair counts."""
    with tempfile.TemporaryDirectory(dir=stage.folder) as name:
        folder = Path(name)
        for size in (small, large):
            shutil.copyfile(history.database_of(size), folder / f"{size}.db")
        async with (
            stage.bot(OURS_IDLE, folder / f"{small}.db") as few,
            stage.bot(OURS_IDLE, folder / f"{large}.db") as many,
        ):
            ratios = []
            for _ in range(_PAIRS + 1):
                taken = [
                    await register_each(
                        served, "", await served.requests(_CASES_OF_A_PAIR), users=FEW
                    )
                    for served in (few, many)
                ]
                ratios.append(taken[1].cpu / taken[0].cpu)
            stage.figures.add("growth", "ours", "turns", ratio=median(ratios[1:]))
