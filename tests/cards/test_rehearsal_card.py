"""`/treino`: a dialogue, its explanation and the score, in words that need no colour."""

import pytest

from cards.rehearsal_card import feedback_card, question_card, score_card
from retention.domain.errors import Problem
from retention.domain.rehearsal import OPENINGS_ASKED, REASONS_ASKED, Question
from tests.cards.gallery import minutes
from tests.cards.rehearsal import ORDER, REHEARSAL, a_run, answered, ended
from tests.cards.teams_rules import all_text, inputs, titles

CHANCE = REHEARSAL["last_chance"]
PRICE = REHEARSAL["new_price"]
DIALOGUES = list(REHEARSAL.dialogues.values())


def values(field):
    return [choice["value"] for choice in field["choices"]]


def score(run, best=None):
    rules = REHEARSAL.rules_to_reread(run)
    return all_text(score_card(run, rules, best=best, now=minutes(15)))


class TestQuestion:
    @pytest.mark.parametrize("dialogue", DIALOGUES, ids=lambda each: each.name)
    def test_shows_the_customer_and_asks_three_questions_with_the_right_answer_on_offer(
        self, dialogue
    ):
        card = question_card(a_run(dialogue.name), dialogue)

        assert f"“{dialogue.words}”" in all_text(card).replace("\u200b", "")
        assert list(inputs(card)) == list(dialogue.questions)
        for question, field in zip(dialogue.questions, inputs(card).values(), strict=True):
            assert dialogue.right_answer(question) in values(field)
            assert "value" not in field

    def test_the_reasons_are_those_of_the_form_but_for_others(self):
        field = inputs(question_card(a_run("new_price"), PRICE))["reason"]

        assert values(field) == list(REASONS_ASKED)

    def test_the_openings_say_too_that_it_may_not_apply(self):
        field = inputs(question_card(a_run("last_chance"), CHANCE))["opening"]

        assert values(field) == list(OPENINGS_ASKED)

    def test_what_is_missing_is_said_beside_its_field_and_what_was_chosen_is_kept(self):
        typed = {"route": "technical_open", "opening": ""}

        card = question_card(
            a_run("last_chance"), CHANCE, typed=typed, problems={"opening": Problem.MISSING}
        )

        lines = all_text(card).splitlines()
        field = lines.index("O cliente deu abertura?")
        assert "⚠️ Diga se o cliente deu abertura." in lines[field : field + 6]
        assert inputs(card)["route"]["value"] == "technical_open"

    def test_the_place_and_the_score_so_far_stand_on_top(self):
        run = answered("new_price", "last_chance", wrongly=[Question.OPENING])
        run.go_on(at=minutes(1))

        assert "Diálogo 3 de 14 · 5 de 6 certas até aqui" in all_text(
            question_card(run, REHEARSAL[run.at])
        )


class TestFeedback:
    def test_says_of_each_answer_in_words_whether_it_was_right(self):
        run = answered("new_price", "last_chance", wrongly=[Question.OPENING])

        words = all_text(feedback_card(run, CHANCE))

        assert "2 de 3 certas\n5 de 6 certas até aqui · diálogo 2 de 14" in words
        assert "✅ Caminho: certo. Técnico com abertura." in words
        assert (
            "❌ Abertura: não foi desta vez. Você marcou “Não deu abertura”. O certo: Deu abertura."
            in words
        )

    def test_tells_why_and_by_which_rule(self):
        words = all_text(feedback_card(answered("last_chance"), CHANCE))

        assert CHANCE.why in words
        assert CHANCE.rule in words
        assert "Motivo: Falha não resolvida na raiz." in words

    def test_the_day_s_work_has_no_reason_to_tell(self):
        trap = REHEARSAL["table_twelve"]

        assert "Motivo" not in all_text(feedback_card(answered(trap.name), trap))

    def test_the_last_one_leads_to_the_result(self):
        first = feedback_card(answered("last_chance"), CHANCE)
        last = feedback_card(answered(*ORDER), REHEARSAL[ORDER[-1]])

        assert titles(first) == ["Próximo", "Encerrar"]
        assert titles(last) == ["Ver resultado"]


class TestScore:
    def test_tells_the_score_by_subject_and_what_to_reread(self):
        words = score(ended(answered(*ORDER, wrongly=[Question.OPENING])))

        assert "Treino completo\n**36 de 42 certas** · 14 de 14 diálogos" in words
        assert "Caminho: 14 de 14\nMotivo: 7 de 7\nAbertura: 1 de 7\nAção: 14 de 14" in words
        assert "• documento 002, Entendendo a demanda" in words

    def test_without_a_mistake_there_is_nothing_to_reread(self):
        assert "Nada: você acertou tudo." in score(ended(answered("last_chance")))

    def test_a_better_run_than_before_is_said_to_be_the_best(self):
        better, worse = ended(answered("last_chance", "new_price")), ended(answered("last_chance"))

        assert "É o seu melhor treino até aqui. O anterior: 3 de 3 certas, às 14:14." in score(
            better, best=worse
        )
        assert "Seu melhor treino até aqui: 6 de 6 certas, às 14:14." in score(worse, best=better)

    def test_the_first_one_is_compared_with_none(self):
        assert "Este é o seu primeiro treino." in score(ended(answered("last_chance")))

    def test_with_nothing_answered_nothing_is_scored(self):
        words = score(ended(a_run()))

        assert "Nenhum diálogo respondido desta vez." in words
        assert "certas" not in words
