"""The cards of `/treino`, for the gallery."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from cards.elements import Json
from cards.rehearsal_card import feedback_card, question_card, score_card
from config.rehearsal import load_rehearsal
from retention.domain.errors import Problem
from retention.domain.people import PersonId
from retention.domain.rehearsal import (
    OPENINGS_ASKED,
    REASONS_ASKED,
    Dialogue,
    Question,
    Route,
    Run,
)
from tests.cards.gallery import HOSTILE_WORDS, NOW, minutes

REHEARSAL = load_rehearsal()
ORDER = REHEARSAL.order("any seed")
HOSTILE_DIALOGUE = replace(
    REHEARSAL["last_chance"],
    situation=HOSTILE_WORDS[:160],
    words=HOSTILE_WORDS[:280],
    right=HOSTILE_WORDS[:140],
    wrong=tuple(HOSTILE_WORDS[at : at + 140] for at in (1, 2, 3)),
    why=HOSTILE_WORDS[:320],
    rule=f"documento 002, {HOSTILE_WORDS[:45]}",
)
"""As long and as full of markup as the file may be."""


def a_run(*dialogues: str) -> Run:
    """Begin a run; the dialogues that are named come first."""
    others = [name for name in ORDER if name not in dialogues]
    return Run("7f3a", PersonId("ana"), (*dialogues, *others), NOW)


def mistaken(dialogue: Dialogue, *questions: Question) -> dict[str, str]:
    """Answer a dialogue, wrongly where it says so."""
    return {
        question: _wrong(question, dialogue)
        if question in questions
        else dialogue.right_answer(question)
        for question in dialogue.questions
    }


def answered(*dialogues: str, wrongly: Sequence[Question] = ()) -> Run:
    """A run in which these were answered; all but the first wrongly where it says so."""
    run = a_run(*dialogues)
    for place, name in enumerate(dialogues):
        if place:
            run.go_on(at=NOW)
        dialogue = REHEARSAL[name]
        given = mistaken(dialogue, *(wrongly if place else ()))
        run.answer(dialogue.judge(given))
    return run


def ended(run: Run) -> Run:
    run.end(at=minutes(12))
    return run


def _wrong(question: Question, dialogue: Dialogue) -> str:
    choices: Mapping[Question, Iterable[str]] = {
        Question.ROUTE: tuple(Route),
        Question.REASON: REASONS_ASKED,
        Question.OPENING: OPENINGS_ASKED,
        Question.ACTION: dialogue.actions,
    }
    right = dialogue.right_answer(question)
    return next(choice for choice in choices[question] if choice != right)


def rehearsal() -> dict[str, Json]:
    first, trap = REHEARSAL["last_chance"], REHEARSAL["invoice_of_the_day"]
    second = answered("last_chance", "invoice_of_the_day", wrongly=[Question.OPENING])
    second.go_on(at=NOW)
    half = {"route": "technical_open", "reason": "", "opening": "", "next_action": ""}
    missing = {"opening": Problem.MISSING, "next_action": Problem.MISSING}
    hostile = a_run("last_chance")
    hostile.answer(HOSTILE_DIALOGUE.judge(mistaken(HOSTILE_DIALOGUE, Question.ACTION)))
    two_wrong = answered(
        "last_chance", "invoice_of_the_day", wrongly=[Question.ROUTE, Question.ACTION]
    )
    whole = ended(answered(*ORDER, wrongly=[Question.REASON]))
    part = ended(answered(*ORDER[:5], wrongly=[Question.ACTION, Question.OPENING]))
    return {
        "rehearsal": question_card(a_run("last_chance"), first),
        "rehearsal-later": question_card(second, REHEARSAL[second.at]),
        "rehearsal-missing": question_card(
            a_run("last_chance"), first, typed=half, problems=missing
        ),
        "rehearsal-hostile": question_card(a_run("last_chance"), HOSTILE_DIALOGUE),
        "rehearsal-feedback": feedback_card(
            answered("sold_to_family"), REHEARSAL["sold_to_family"]
        ),
        "rehearsal-feedback-wrong": feedback_card(two_wrong, trap),
        "rehearsal-feedback-last": feedback_card(
            answered(*ORDER, wrongly=[Question.ACTION]), REHEARSAL[ORDER[-1]]
        ),
        "rehearsal-feedback-hostile": feedback_card(hostile, HOSTILE_DIALOGUE),
        "rehearsal-score": score_card(
            whole, REHEARSAL.rules_to_reread(whole), best=part, now=minutes(15)
        ),
        "rehearsal-score-part": score_card(
            part, REHEARSAL.rules_to_reread(part), best=whole, now=minutes(3000)
        ),
        "rehearsal-score-none": score_card(ended(a_run()), [], best=None, now=NOW),
    }
