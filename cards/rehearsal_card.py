"""`/treino`: a dialogue and three questions on it, what was right and why, the score at the end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from cards.actions.rehearsal import AnswerDialogue, EndRehearsal, NextDialogue, StartRehearsal
from cards.elements import (
    Json,
    action_set,
    band,
    card,
    choice_input,
    container,
    facts,
    heading,
    rich,
    run,
    text,
)
from cards.formats import at_moment
from cards.forms import NO_PROBLEMS, NOTHING_TYPED, Problems, Typed, all_checked
from cards.labels import BY_CHANNEL, FIELDS, MOODS, OPENINGS, REASONS, ROUTES
from cards.notice import Notice, notice_band
from cards.plain_text import plain
from retention.domain.rehearsal import (
    OPENINGS_ASKED,
    REASONS_ASKED,
    Answered,
    Dialogue,
    Question,
    Route,
    Run,
    Tally,
)

ONLY_IN_PRIVATE = (
    "O treino é na conversa comigo, em particular, para você tentar à vontade. Procure Retenção na "
    "busca do Teams, abra o chat e escreva /treino."
)
_INCOMPLETE = Notice(
    "⚠️ Falta responder",
    "Marque abaixo o que falta. O que você já escolheu continua aqui.",
    "attention",
)
_SUBJECTS: Mapping[Question, str] = {
    Question.ROUTE: "Caminho",
    Question.REASON: "Motivo",
    Question.OPENING: "Abertura",
    Question.ACTION: "Ação",
}
_CHOICES: Mapping[Question, Mapping[str, str]] = {
    Question.ROUTE: {route: ROUTES[route] for route in Route},
    Question.REASON: {reason: REASONS[reason] for reason in REASONS_ASKED},
    Question.OPENING: {opening: OPENINGS[opening] for opening in OPENINGS_ASKED},
}
_ERRORS: Mapping[Question, str] = {
    Question.ROUTE: "Escolha o caminho.",
    Question.REASON: "Escolha o motivo.",
    Question.OPENING: "Diga se ele deu abertura.",
    Question.ACTION: "Escolha o que fazer agora.",
}


def question_card(
    progress: Run,
    dialogue: Dialogue,
    *,
    typed: Typed = NOTHING_TYPED,
    problems: Problems = NO_PROBLEMS,
) -> Json:
    """Ask what to make of a customer's words: path, reason or opening, and what to do now."""
    place = f"Diálogo {progress.place} de {len(progress.order)}"
    so_far = f" · {_of(progress.tally)} até aqui" if progress.answered else ""
    return card(
        heading("Treino"),
        text(f"{place}{so_far}", small=True, spacing="None"),
        None
        if progress.answered
        else text(
            "Leia o que o cliente disse e responda como faria no atendimento. O resultado é só seu."
        ),
        rich(run(dialogue.situation), spacing="Medium"),
        _quote(dialogue),
        notice_band(_INCOMPLETE if problems else None),
        *all_checked(
            (_field(question, dialogue, typed) for question in dialogue.questions), problems
        ),
        action_set(
            AnswerDialogue.button(
                "Responder", style="positive", run=progress.id, v=progress.version
            ),
            _end(progress),
        ),
        fallback_text=f"Treino, {place.lower()}. Abra no Teams para responder.",
    )


def feedback_card(progress: Run, dialogue: Dialogue) -> Json:
    """Tell which answers were right, what is right, why, and which rule says so."""
    answered = progress.answered[-1]
    here = Tally(len(answered.right), len(answered.chosen))
    place = f"diálogo {progress.place} de {len(progress.order)}"
    return card(
        heading(_praise(here)),
        text(f"{_of(progress.tally)} até aqui · {place}", small=True, spacing="None"),
        _quote(dialogue),
        container(
            *(_verdict(question, dialogue, answered) for question in dialogue.questions),
            spacing="Medium",
        ),
        container(
            heading("Por quê", section=True, spacing="None"),
            rich(run(dialogue.why)),
            _not_asked(dialogue),
            rich(run(dialogue.rule, small=True, italic=True)),
        ),
        action_set(
            NextDialogue.button(
                "Ver resultado" if progress.is_complete else "Próximo",
                style="positive",
                run=progress.id,
                v=progress.version,
            ),
            None if progress.is_complete else _end(progress),
        ),
        fallback_text=f"Treino, {place}: {_of(here)}.",
    )


def score_card(progress: Run, rules: Sequence[str], *, best: Run | None, now: datetime) -> Json:
    """Tell how a run ended: score by subject, what to reread, the best one before."""
    done, total = len(progress.answered), len(progress.order)
    return card(
        heading("Treino completo" if progress.is_complete else "Treino encerrado"),
        text(f"**{_of(progress.tally)}** · {done} de {total} diálogos")
        if done
        else text("Nenhum diálogo respondido desta vez."),
        facts(
            (title, f"{tally.right} de {tally.asked}")
            for question, title in _SUBJECTS.items()
            if (tally := progress.tally_of(question)).asked
        )
        if done
        else None,
        _to_reread(rules) if done else None,
        _compared(progress, best, now),
        text("O processo inteiro está em **/fluxo**.", small=True, spacing="Medium"),
        action_set(StartRehearsal.button("Treinar de novo", style="positive")),
        fallback_text=f"Treino: {_of(progress.tally)}, {done} de {total} diálogos.",
    )


def _quote(dialogue: Dialogue) -> Json:
    channel = BY_CHANNEL[dialogue.channel]
    tone = f"{channel[:1].upper()}{channel[1:]} · {MOODS[dialogue.mood].lower()}"
    return band(
        text("Nas palavras do cliente", small=True, spacing="None"),
        rich(run(f"“{dialogue.words}”")),
        rich(run(tone, small=True), spacing="None"),
        id="quote",
        style="emphasis",
        spacing="Medium",
    )


def _field(question: Question, dialogue: Dialogue, typed: Typed) -> Json:
    is_action = question is Question.ACTION
    return choice_input(
        question,
        FIELDS[question],
        {value: plain(words) for value, words in _choices(question, dialogue).items()},
        error=_ERRORS[question],
        placeholder="" if is_action else "Escolha",
        value=typed.get(question, ""),
        required=True,
        # Whole sentences: a closed list would cut them.
        expanded=is_action,
    )


def _choices(question: Question, dialogue: Dialogue) -> Mapping[str, str]:
    return dialogue.actions if question is Question.ACTION else _CHOICES[question]


def _verdict(question: Question, dialogue: Dialogue, answered: Answered) -> Json:
    """Say of one answer whether it was right; if not, what was chosen and what is right."""
    choices = _choices(question, dialogue)
    right = choices[dialogue.right_answer(question)]
    title = run(f"{_SUBJECTS[question]}: ", bold=True)
    if question in answered.right:
        return rich(run("✅ "), title, run(f"certo. {right}."))
    chosen = choices.get(answered.chosen[question])
    yours = f" Você marcou “{chosen}”." if chosen else ""
    return rich(
        run("❌ "), title, run(f"não foi desta vez.{yours} O certo: "), run(f"{right}.", bold=True)
    )


def _not_asked(dialogue: Dialogue) -> Json | None:
    """Tell what the other second question would have had for an answer."""
    if dialogue.route is Route.NOT_CANCELLATION:
        return None
    other = Question.OPENING if dialogue.also_asks is Question.REASON else Question.REASON
    answer = _CHOICES[other][dialogue.right_answer(other)]
    return rich(run(f"{_SUBJECTS[other]}: ", bold=True), run(f"{answer}."))


def _to_reread(rules: Sequence[str]) -> Json:
    return container(
        heading("Para reler", section=True, spacing="None"),
        *(rich(run(f"• {rule}"), spacing="None") for rule in rules),
        None if rules else text("Nada: você acertou tudo.", spacing="None"),
    )


def _compared(progress: Run, best: Run | None, now: datetime) -> Json | None:
    if best is None or best.ended_at is None or not best.answered:
        return text("Este é o seu primeiro treino.") if progress.answered else None
    before = f"{_of(best.tally)}, {at_moment(best.ended_at, now)}"
    if progress.tally.right > best.tally.right:
        return text(f"É o seu melhor treino até aqui. O anterior: {before}.")
    return text(f"Seu melhor treino até aqui: {before}.")


def _praise(tally: Tally) -> str:
    if tally.right == tally.asked:
        return "✅ Tudo certo"
    return _of(tally) if tally.right else "Nenhuma certa desta vez"


def _of(tally: Tally) -> str:
    return f"{tally.right} de {tally.asked} certas"


def _end(progress: Run) -> Json:
    return EndRehearsal.button("Encerrar", run=progress.id, v=progress.version)
