"""Structured logs: `noun.verbed` events with ids. Never names or what people typed (LGPD)."""

from __future__ import annotations

import logging
import sys
import traceback
from pathlib import Path

import structlog

_OURS = ("__main__", "app", "bot", "config", "dialogs", "retention")


def _where_it_broke(
    _logger: object, _method: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    """Write a traceback as places and a type: an error's text may hold what a customer said."""
    error = event.pop("exc_info", None)
    if error is True:
        error = sys.exc_info()
    if isinstance(error, tuple):
        error = error[1]
    if isinstance(error, BaseException):
        frames = traceback.extract_tb(error.__traceback__)
        event["error"] = type(error).__name__
        event["trace"] = [f"{Path(one.filename).name}:{one.lineno} {one.name}" for one in frames]
    return event


def configure_logging(*, level: str, as_json: bool) -> None:
    """Route structlog and the standard library's loggers to stderr, one line per event."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _where_it_broke,
    ]
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer()
        if as_json
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)  # libraries may write what they were given: parameters, bodies
    for ours in _OURS:
        logging.getLogger(ours).setLevel(level)
