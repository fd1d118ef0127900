"""The rehearsal: dialogues with customers to practise on, what is right in each, and the score.

The words are the business's and come from their file. A run takes one person through all dialogues;
each answer is judged when it is given and stays as judged, whatever the file says later.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from retention.domain.cancellation import (
    CancellationPath,
    CancellationReason,
    Intent,
    Mood,
    Opening,
    OriginChannel,
)
from retention.domain.errors import InvalidAnswers, Problem
from retention.domain.people import PersonId

_KEY_LENGTH = 12


class Route(StrEnum):
    """Where words of a customer lead: one of the three paths, or back to the day's work."""

    TECHNICAL_OPEN = CancellationPath.TECHNICAL_OPEN
    TECHNICAL_BLOCKED = CancellationPath.TECHNICAL_BLOCKED
    NON_TECHNICAL = CancellationPath.NON_TECHNICAL
    NOT_CANCELLATION = Intent.NOT_CANCELLATION


class Question(StrEnum):
    """What is asked about a dialogue; of reason and opening, always one."""

    ROUTE = "route"
    REASON = "reason"
    OPENING = "opening"
    ACTION = "next_action"


REASONS_ASKED = tuple(each for each in CancellationReason if each is not CancellationReason.OTHER)
OPENINGS_ASKED = (Opening.OPEN, Opening.BLOCKED, Opening.NOT_APPLICABLE)


@dataclass(frozen=True, slots=True)
class Tally:
    right: int
    asked: int


@dataclass(frozen=True, slots=True)
class Answered:
    """The answers to one dialogue, and which of them were right."""

    dialogue: str
    chosen: Mapping[Question, str]
    right: frozenset[Question]


@dataclass(frozen=True, slots=True)
class Dialogue:
    """One situation, the customer's words in it, what is right, and the rule that says so.

    `reason` is None when the words are no wish to leave. `also_asks` is the second question:
    REASON or OPENING. `is_documented` tells a dialogue of the process document from an invented
    one.
    """

    name: str
    situation: str
    channel: OriginChannel
    mood: Mood
    words: str
    route: Route
    reason: CancellationReason | None
    opening: Opening
    also_asks: Question
    right: str
    wrong: tuple[str, ...]
    why: str
    rule: str
    is_documented: bool

    @property
    def questions(self) -> tuple[Question, Question, Question]:
        return (Question.ROUTE, self.also_asks, Question.ACTION)

    @property
    def actions(self) -> Mapping[str, str]:
        """Give key → words of each action on offer; the order does not tell which is right."""
        keyed = {_key(words): words for words in (self.right, *self.wrong)}
        return dict(sorted(keyed.items()))

    def right_answer(self, question: Question) -> str:
        answers: Mapping[Question, str] = {
            Question.ROUTE: self.route,
            Question.REASON: self.reason or "",
            Question.OPENING: self.opening,
            Question.ACTION: _key(self.right),
        }
        return answers[question]

    def judge(self, given: Mapping[str, str]) -> Answered:
        """Compare the answers to its questions with what is right.

        Raises:
            InvalidAnswers: some question has no answer, or one that was not on offer.
        """
        problems = {
            str(question): Problem.NOT_A_CHOICE if given.get(question) else Problem.MISSING
            for question in self.questions
            if given.get(question, "") not in self._choices(question)
        }
        if problems:
            raise InvalidAnswers(problems)
        chosen = {question: given[question] for question in self.questions}
        right = {each for each in chosen if chosen[each] == self.right_answer(each)}
        return Answered(self.name, chosen, frozenset(right))

    def _choices(self, question: Question) -> Iterable[str]:
        choices: Mapping[Question, Iterable[str]] = {
            Question.ROUTE: tuple(Route),
            Question.REASON: REASONS_ASKED,
            Question.OPENING: OPENINGS_ASKED,
            Question.ACTION: self.actions,
        }
        return choices[question]


class RunStep(StrEnum):
    QUESTION = "question"
    FEEDBACK = "feedback"
    ENDED = "ended"


@dataclass(slots=True)
class Run:
    """One person's way through the dialogues, in an order of its own.

    At FEEDBACK the dialogue that was answered last is explained.
    """

    id: str
    person: PersonId
    order: tuple[str, ...]
    started_at: datetime
    step: RunStep = RunStep.QUESTION
    version: int = 1
    answered: list[Answered] = field(default_factory=list)
    ended_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        return self.step is not RunStep.ENDED

    @property
    def is_complete(self) -> bool:
        return len(self.answered) == len(self.order)

    @property
    def place(self) -> int:
        """Which dialogue is asked or explained, counted from 1."""
        return len(self.answered) + (self.step is RunStep.QUESTION)

    @property
    def at(self) -> str:
        """The name of the dialogue that is asked or explained; of an ended run, of the last."""
        return self.order[max(self.place, 1) - 1]

    @property
    def tally(self) -> Tally:
        return Tally(
            right=sum(len(each.right) for each in self.answered),
            asked=sum(len(each.chosen) for each in self.answered),
        )

    def tally_of(self, question: Question) -> Tally:
        """Count what was right in one subject; nothing asked is 0 of 0."""
        asked = [each for each in self.answered if question in each.chosen]
        return Tally(sum(question in each.right for each in asked), len(asked))

    @property
    def mistaken(self) -> Sequence[Answered]:
        """List the answers with something to reread, in the order they were given."""
        return [each for each in self.answered if len(each.right) < len(each.chosen)]

    def answer(self, answered: Answered) -> None:
        """Keep the answers to the dialogue that is asked, and explain it."""
        self.answered.append(answered)
        self._go(RunStep.FEEDBACK)

    def go_on(self, *, at: datetime) -> None:
        """Ask the next dialogue; after the last one the run ends."""
        if self.is_complete:
            self.end(at=at)
        else:
            self._go(RunStep.QUESTION)

    def end(self, *, at: datetime) -> None:
        self.ended_at = at
        self._go(RunStep.ENDED)

    def _go(self, step: RunStep) -> None:
        self.step = step
        self.version += 1


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """All dialogues there are, by name."""

    dialogues: Mapping[str, Dialogue]

    @classmethod
    def of(cls, dialogues: Iterable[Dialogue]) -> Rehearsal:
        return cls({dialogue.name: dialogue for dialogue in dialogues})

    def __getitem__(self, name: str) -> Dialogue:
        return self.dialogues[name]

    def order(self, seed: str) -> tuple[str, ...]:
        """Give the documented dialogues, then the others; each part shuffled, alike for a seed."""
        return tuple(
            sorted(
                self.dialogues,
                key=lambda name: (not self[name].is_documented, _key(f"{seed} {name}")),
            )
        )

    def holds(self, run: Run) -> bool:
        """Tell whether a run goes through these very dialogues: the file may have changed."""
        return set(run.order) == set(self.dialogues)

    def rules_to_reread(self, run: Run) -> Sequence[str]:
        """List, each once, the rules behind what was not right."""
        known = [self.dialogues.get(each.dialogue) for each in run.mistaken]
        return list(dict.fromkeys(dialogue.rule for dialogue in known if dialogue is not None))


def _key(words: str) -> str:
    return hashlib.sha256(words.encode()).hexdigest()[:_KEY_LENGTH]
