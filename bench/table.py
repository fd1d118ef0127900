"""The results as Markdown: what each turn took, how it compares, which gates hold."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bench.figures import Figures, Spread
from bench.gates import Verdict

_LEGEND = "Cada célula: menor / **mediana** / maior das rodadas; razões dentro de cada rodada."
_METRICS = (
    ("cpu_ms", "CPU ms/turno"),
    ("rate", "turnos/s"),
    ("p50_ms", "p50 ms"),
    ("p99_ms", "p99 ms"),
)
_NONE = "–"


def turns(figures: Figures, mode: str) -> str:
    """Write what turns took in a mode, beside B and F with as many users."""
    rows = [
        (bot, row)
        for found, bot, row in figures.rows()
        if found == mode and figures.spread(mode, bot, row, "cpu_ms")
    ]
    head = ("bot", "turno", *(title for _, title in _METRICS), "B ÷ CPU", "CPU ÷ F")
    return _table(
        head,
        (
            (
                bot,
                row,
                *(_cell(figures.spread(mode, bot, row, metric)) for metric, _ in _METRICS),
                *(_compared(figures, mode, bot, row)),
            )
            for bot, row in sorted(rows)
        ),
    )


def processes(figures: Figures, mode: str) -> str:
    """Write what the processes took in a mode: start, memory."""
    found = (
        (
            bot,
            _cell(figures.spread(mode, bot, "cold", "seconds")),
            _cell(figures.spread(mode, bot, "cold", "rss")),
            _cell(figures.spread(mode, bot, "peak", "rss")),
        )
        for bot in ("B", "F", "ours")
    )
    head = ("bot", "do início ao 1º turno, s", "memória após o 1º turno, MiB", "pico c=64, MiB")
    return _table(head, found)


def others(figures: Figures) -> str:
    """Write everything that is no turn: growth, loops, tokens, the hour in small."""
    rows = (
        (mode, row, metric, _cell(figures.spread(mode, "ours", row, metric)))
        for mode, row, metric in figures.metrics_of("ours", beside=("cpu_ms", "cold", "peak"))
    )
    return _table(("modo", "o quê", "medida", "valor"), rows)


def document(figures: Figures, modes: Sequence[str], verdicts: Iterable[Verdict]) -> str:
    """Write everything, ready to be pasted."""
    parts = [_LEGEND]
    for mode in modes:
        parts += [f"### {mode}", turns(figures, mode), processes(figures, mode)]
    parts += ["### other", others(figures), "### gates"]
    parts.append("\n".join(f"- {verdict}" for verdict in verdicts))
    return "\n\n".join(parts) + "\n"


def _compared(figures: Figures, mode: str, bot: str, row: str) -> tuple[str, str]:
    """Compare with B and F for as many users; B as often as ours fits into it."""
    users = "c=64" if row.endswith("c=64") else "c=16"
    to_b = figures.ratio(mode, row, "cpu_ms", to=("B", f"turn {users}"), of=bot)
    to_f = figures.ratio(mode, row, "cpu_ms", to=("F", f"turn {users}"), of=bot)
    return _cell(to_b and to_b.inverse()), _cell(to_f)


def _cell(spread: Spread | None) -> str:
    return _NONE if spread is None else str(spread)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [_line(head), _line(["---"] * len(head)), *map(_line, rows)]
    return "\n".join(lines)


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
