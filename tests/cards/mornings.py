"""The summary of the day and the notices, for the gallery."""

from __future__ import annotations

from dataclasses import replace

from cards.digest_card import digest_card
from cards.digest_forms import assigned_notice, digest_assign_card
from cards.elements import Json
from cards.notices_card import notices_card
from config.calendar import load_calendar
from config.settings import Settings
from retention.domain.business_clock import Targets
from retention.domain.case import Case, CaseNumber, Outcome
from retention.domain.digest import Digest, Waiting, draw_up
from retention.domain.errors import Problem
from retention.domain.events import CrmChangeKind, FeedbackChannel, OutcomeKind
from retention.domain.notices import NoticeKind, PersonalChat
from retention.domain.people import PersonRef, Role
from retention.domain.report import Span
from tests.cards.desk import asked
from tests.cards.gallery import (
    BLOCKED,
    CANTINA,
    EMPORIO,
    FERNANDA,
    GUSTAVO,
    HOSTILE,
    HOSTILE_JUDGEMENT,
    HOSTILE_LEAD,
    HOSTILE_NAME,
    HOSTILE_PERSON,
    HOSTILE_WORDS,
    NON_TECHNICAL,
    PADARIA,
    URL,
    a_case,
    actor,
    claimed,
    ended,
    minutes,
    person,
)
from tests.cards.reports import figures

HELENA = person("c1", "Helena Martins", Role.LEADER)
CALENDAR = load_calendar()
NOW = minutes(60 * 19)
"""The morning after."""
URLS = {CaseNumber(number): URL for number in (42, 43, 99999)}


def by_exception(case: Case, why: str = "O cliente não atende mais nenhum contato.") -> Case:
    lead = actor(FERNANDA)
    case.claim(by=lead, at=minutes(9))
    outcome = Outcome(
        OutcomeKind.LOST,
        case.judgement.reason,
        real_reason_text="?" if case.judgement.reason_text else "",
        feedback_channel=FeedbackChannel.PHONE,
    )
    case.record_outcome(by=lead, at=minutes(90), outcome=outcome, override=why)
    return case


def closed_in_crm() -> Case:
    case = claimed(EMPORIO, NON_TECHNICAL)
    case.hear(
        at=minutes(100),
        kind=CrmChangeKind.CLOSED,
        who="Rui",
        text="Fechado",
        was="Novo",
        happened_at=minutes(99),
    )
    return case


def a_digest(
    *open_cases: Case, exceptions: tuple[Case, ...] = (), past: tuple[Case, ...] = ()
) -> Digest:
    listed = [figures(each) for each in open_cases]
    left = [figures(each) for each in exceptions]
    told = {each.line.number: case for each, case in zip(listed, open_cases, strict=True)}
    told |= {each.line.number: case for each, case in zip(left, exceptions, strict=True)}
    digest = draw_up(
        leader=HELENA.ref,
        span=Span(minutes(-60 * 6), NOW),
        today=CALENDAR.day_of(NOW),
        open_cases=listed,
        exceptions=left,
        recent=[*listed, *left, *(figures(each) for each in past)],
        business_time=CALENDAR.between,
        targets=Targets(),
    )

    def filled(waiting: Waiting) -> Waiting:
        case = told[waiting.case.line.number]
        why = case.outcome.override if case.outcome else ""
        return replace(waiting, verbatim=case.facts.verbatim, why=why)

    return replace(digest, waiting=tuple(map(filled, digest.waiting)))


def many_of_a_reason() -> tuple[Case, ...]:
    """Five of nine in this week where there had been two in four; the rest as ever."""
    before = [
        a_case(judgement=BLOCKED if n < 2 else NON_TECHNICAL, number=100 + n) for n in range(12)
    ]
    for case in before:
        case.opened_at = minutes(-60 * 24 * 20)
    now = [a_case(judgement=BLOCKED if n < 5 else NON_TECHNICAL, number=200 + n) for n in range(9)]
    return (*before, *now)


def mornings() -> dict[str, Json]:
    full = a_digest(
        a_case(PADARIA),
        closed_in_crm(),
        a_case(CANTINA, number=43),
        exceptions=(by_exception(a_case(CANTINA, number=44)),),
        past=(*many_of_a_reason(), ended(OutcomeKind.RETAINED), ended(OutcomeKind.LOST)),
    )
    late = a_digest(claimed(), asked(), *(a_case(CANTINA, number=n) for n in range(50, 60)))
    hostile_cases = [
        a_case(HOSTILE, HOSTILE_JUDGEMENT, number=99990 + n, by=HOSTILE_PERSON) for n in range(9)
    ]
    hostile = a_digest(
        *hostile_cases,
        exceptions=tuple(
            by_exception(a_case(HOSTILE, HOSTILE_JUDGEMENT, number=900 + n), HOSTILE_WORDS[:600])
            for n in range(5)
        ),
    )
    everywhere = {each.number: URL for each in hostile_cases}
    name = PersonRef(HOSTILE_LEAD.id, HOSTILE_NAME)
    chat = PersonalChat(HELENA.id)
    at = Settings(_env_file=None).digest_at
    people = (FERNANDA, replace(GUSTAVO, open_cases=3), HOSTILE_LEAD)
    missing = {"assign_to": Problem.MISSING}
    told = replace(a_case(PADARIA), owner=GUSTAVO.ref)
    return {
        "digest-assign": digest_assign_card(a_case(PADARIA), people),
        "digest-assign-hostile": digest_assign_card(hostile_cases[0], people, problems=missing),
        "digest-assigned": digest_card(late, thread_urls=URLS, notice=assigned_notice(told)),
        "digest": digest_card(full, thread_urls=URLS),
        "digest-late": digest_card(late, thread_urls=URLS),
        "digest-quiet": digest_card(a_digest(), thread_urls={}),
        "digest-hostile": digest_card(replace(hostile, leader=name), thread_urls=everywhere),
        "notices": notices_card(chat, kinds=tuple(NoticeKind), digest_at=at, with_support=True),
        "notices-muted": notices_card(
            replace(chat, muted=frozenset(NoticeKind)),
            kinds=tuple(NoticeKind),
            digest_at=at,
            with_support=True,
        ),
        "notices-support-alone": notices_card(chat, kinds=(), digest_at=at, with_support=True),
    }
