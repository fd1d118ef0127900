"""One module per feature, each with its own router."""

from __future__ import annotations

from bot.handlers import (
    cases,
    desk,
    guidance,
    intake,
    morning,
    notices,
    questions,
    rehearsal,
    reminders,
    renumbering,
    reports,
    risk,
    search,
    support,
    talk,
    team,
    treatment,
    triangulation,
)
from bot.router import Router

ROUTER = Router.of(
    [
        intake.router,
        treatment.router,
        desk.router,
        questions.router,
        cases.router,
        renumbering.router,
        reminders.router,
        search.router,
        talk.router,
        guidance.router,
        rehearsal.router,
        team.router,
        reports.router,
        morning.router,
        notices.router,
        support.router,
        triangulation.router,
        risk.router,
    ]
)
