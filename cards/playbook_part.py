"""The playbook on a case card: what to say, what to do and by which rule, what to ask and require.

Phone first: the place on the path stands open, and the script until the RC has a plan; the rest is
one press away.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cards.elements import Json, action_set, container, heading, rich, run, text, toggle
from cards.flow_card import standing
from cards.formats import listed
from cards.labels import DIAGNOSES, MOODS, OFFERS
from retention.domain.cancellation import CancellationPath
from retention.domain.case import Case
from retention.domain.events import CaseStatus
from retention.domain.playbook import OfferKind, Playbook

_REST = "playbook"


def guidance(case: Case, playbook: Playbook, *folded: str) -> list[Json]:
    """Guide whoever has the ball: a list of sections, empty for an ended case.

    Args:
        case: the case, which says path and mood.
        playbook: that of its reason, in the version the case was opened with.
        folded: what else of the card its button unfolds, by id.
    """
    if not case.status.is_open:
        return []
    script = list(_script(case, playbook))
    is_treated = case.status is CaseStatus.IN_TREATMENT
    has_to_speak = is_treated and case.plan is None
    needs_papers = case.judgement.path is CancellationPath.NON_TECHNICAL
    # Once defined, the documents of a handed over case have a section of their own.
    papers = documents_line(playbook) if is_treated or not playbook.documents else None
    return [
        container(
            standing(case),
            *(script if has_to_speak else []),
            papers if needs_papers else None,
            action_set(
                toggle(
                    "Passo a passo e detalhes" if folded else "Roteiro do motivo", _REST, *folded
                ),
                spacing="Small",
            ),
            container(
                *([] if has_to_speak else script),
                *_steps(case, playbook),
                *_questions(playbook, case.judgement.path),
                *_hints(playbook),
                *_offers(playbook.offers_on(case.judgement.path)),
                None if needs_papers else papers,
                id=_REST,
                visible=False,
                spacing="Small",
            ),
            spacing="Medium",
            id="guidance",
        )
    ]


def documents_line(playbook: Playbook) -> Json:
    """Name the documents the reason asks for."""
    papers = listed(playbook.documents) or "nenhum, por enquanto"
    return rich(run("📄 Documentos do motivo: ", bold=True), run(f"{papers}."))


def _script(case: Case, playbook: Playbook) -> Iterable[Json]:
    mood = case.facts.mood
    yield heading(f"💬 Diga assim (cliente {MOODS[mood].lower()})", section=True)
    path = case.judgement.path
    yield rich(run(f"“{playbook.script(mood, path)}”", italic=True))
    if path is CancellationPath.TECHNICAL_BLOCKED:
        yield text("Se ele não quiser ouvir, não insista: diga que o setor responsável vai ligar.")


def _steps(case: Case, playbook: Playbook) -> Iterable[Json]:
    yield heading("🧭 Passo a passo", section=True)
    for number, step in enumerate(playbook.steps[case.judgement.path], start=1):
        rule = run(f" ({step.rule})", small=True, italic=True)
        yield rich(run(f"{number}. ", bold=True), run(step.words), rule)


def _questions(playbook: Playbook, path: CancellationPath) -> Iterable[Json]:
    """Suggest what to ask; process document: who leaves no room is not held up by questions."""
    is_blocked = path is CancellationPath.TECHNICAL_BLOCKED
    yield text("Pergunte só isto" if is_blocked else "Pergunte", bold=True, spacing="Medium")
    for question in playbook.questions[:1] if is_blocked else playbook.questions:
        yield rich(run(f"• {question}"))


def _hints(playbook: Playbook) -> Iterable[Json]:
    yield text("Diagnóstico: de onde vem", bold=True, spacing="Medium")
    for root, hint in playbook.hints.items():
        yield rich(run(f"{DIAGNOSES[root]}: ", bold=True), run(hint))


def _offers(offers: Sequence[OfferKind]) -> Iterable[Json]:
    if offers:
        words = listed([OFFERS[offer] for offer in offers])
        yield text("O que o Adm/Fin pode oferecer, nesta ordem", bold=True, spacing="Medium")
        yield rich(run(f"{words[:1].upper()}{words[1:]}."))
