"""What people confirmed and corrected, as rows the classifier can learn from (`dev.train`).

Nothing is stored for this alone: the event that opens a case holds what was proposed, by which
classifier, beside what the agent chose; later corrections are in the case.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterable, Mapping
from itertools import count

from retention.domain.cancellation import CancellationPath, Intent, Kind, Opening
from retention.domain.case import Case, CaseNumber
from retention.domain.classification_verdict import KIND_OF_REASON
from retention.domain.errors import CaseNotFound
from retention.domain.events import CaseOpened, OutcomeRecorded
from retention.services.ports.unit_of_work import StartUnitOfWork

_LINK = re.compile(r"\b(?:https?://|www\.)\S+", re.IGNORECASE)
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_CNPJ_WITH_LETTERS = re.compile(
    r"\b[0-9A-Z]{2}\.?[0-9A-Z]{3}\.?[0-9A-Z]{3}/?[0-9A-Z]{4}-?[0-9]{2}\b"
)
_LONG_NUMBER = re.compile(r"\d(?:[ ().\-/]{0,2}\d){3,}")
_DIGIT_OR_CAPITAL = re.compile(r"[0-9A-Z]")
_SHORTEST_NAME = 3

_LABELS: Mapping[CancellationPath, tuple[Kind, Opening]] = {
    CancellationPath.TECHNICAL_OPEN: (Kind.TECHNICAL, Opening.OPEN),
    CancellationPath.TECHNICAL_BLOCKED: (Kind.TECHNICAL, Opening.BLOCKED),
    CancellationPath.NON_TECHNICAL: (Kind.NON_TECHNICAL, Opening.NOT_APPLICABLE),
}


class TrainingService:
    def __init__(self, *, uow: StartUnitOfWork) -> None:
        self._uow = uow

    async def rows(self) -> AsyncIterator[Mapping[str, object]]:
        """Yield a row for each case that teaches something, by number; the numbers have no gaps."""
        for number in count(1):
            async with self._uow() as uow:
                try:
                    case = await uow.cases.get(CaseNumber(number))
                except CaseNotFound:
                    return
            row = training_row(case)
            if row is not None:
                yield row


def training_row(case: Case) -> Mapping[str, object] | None:
    """Return a row in the shape of the labelled utterances, with what was proposed beside it.

    The labels are those that stand after every correction. Registering a request tells only that
    it is no daily work, so the intention is the one proposed, if that was a flagged one. None for
    a case that teaches nothing: its reason is "other", or is of the other kind than its path.
    """
    opened, closed = case.last(CaseOpened), case.last(OutcomeRecorded)
    kind, opening = _LABELS[case.judgement.path]
    if opened is None or KIND_OF_REASON.get(case.judgement.reason) is not kind:
        return None
    flagged = opened.proposed_intent not in {None, Intent.NOT_CANCELLATION}
    return {
        "id": case.code,
        "group": case.code,
        "text": masked(case.facts.verbatim, _names_in(case)),
        "intent": opened.proposed_intent if flagged else Intent.CANCEL_REQUEST,
        "kind": kind,
        "opening": opening,
        "reason": case.judgement.reason,
        "proposed": {
            "intent": opened.proposed_intent,
            "path": opened.proposed_path,
            "reason": opened.proposed_reason,
            "score": opened.proposed_score,
            "classifier": opened.classifier,
        },
        "chosen": {"path": opened.path, "reason": opened.reason},
        "outcome": closed and closed.kind,
        "real_reason": closed and closed.real_reason,
    }


def masked(text: str, names: Iterable[str] = ()) -> str:
    """Hide what points to a person: links, e-mail addresses, long numbers, and known names.

    Every digit of a number of four or more becomes 0, whatever stands between them: phones, CPF,
    CNPJ (with letters too), protocols, dates, larger amounts. Of names, only those given are
    hidden, whole or by their first word: a name written down nowhere else stays, and so does a
    street. Somebody is to read the file before it leaves the company.
    """
    text = _LINK.sub("[link]", text)
    text = _EMAIL.sub("[email]", text)
    for numbers in (_CNPJ_WITH_LETTERS, _LONG_NUMBER):
        text = numbers.sub(lambda number: _DIGIT_OR_CAPITAL.sub("0", number.group()), text)
    for name in _forms(names):
        text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", "[nome]", text, flags=re.IGNORECASE)
    return text


def _names_in(case: Case) -> list[str]:
    """Return the names the case holds: the customer, the contact, whoever worked on it."""
    people = [case.opened_by, case.owner, *(event.by for event in case.history)]
    told = [case.facts.customer, case.facts.contact or ""]
    return told + [person.name for person in people if person]


def _forms(names: Iterable[str]) -> list[str]:
    """Return whole names and their first words, longest first."""
    whole = {" ".join(name.split()) for name in names}
    firsts = {name.split()[0] for name in whole if name}
    known = {form for form in whole | firsts if len(form) >= _SHORTEST_NAME}
    return sorted(known, key=lambda form: (-len(form), form))
