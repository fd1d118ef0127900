"""What is said in private of a call for support and of a risk; the cards are in the gallery."""

from datetime import timedelta

from cards.risk_card import risk_card
from cards.support_card import asked_card, asked_summary, caller_words
from retention.domain.risk import DetractorRisk
from retention.domain.support import About
from tests.cards.gallery import ANA, BRUNO, GUSTAVO, HOSTILE_PERSON, NOW, a_case, actor, claimed
from tests.cards.support import ABOUT, PATIENCE, a_call
from tests.cards.teams_rules import all_text


def said(call, **how):
    return caller_words(call, patience=PATIENCE, **how)


class TestCaller:
    def test_hears_who_is_called_and_when_the_next_one_is(self):
        assert said(a_call(BRUNO)) == (
            "🤝 Chamei **Bruno Carvalho** em particular. Você não precisa explicar nada, e no "
            "canal nada aparece. Sem resposta em 1 minuto, chamo a próxima pessoa."
        )

    def test_hears_that_a_command_typed_in_the_channel_stays_there(self):
        assert said(a_call(BRUNO), typed_in_channel=True).endswith("se quiser, apague.")

    def test_hears_of_each_next_one(self):
        assert said(a_call(BRUNO, GUSTAVO)) == (
            "Bruno ainda não respondeu. Chamei também **Gustavo Rocha**, em particular."
        )

    def test_hears_who_comes_and_whose_the_case_is(self):
        call = a_call(BRUNO, by=actor(BRUNO))
        call.took_over = True

        assert said(call) == (
            "🤝 **Bruno Carvalho** está assumindo o contato. Pode passar o cliente e respirar. O "
            "caso RET-0043 agora está com Bruno Carvalho."
        )

    def test_hears_that_nobody_answered_and_what_to_do(self):
        call = a_call(BRUNO, GUSTAVO)
        call.ask_next([BRUNO, GUSTAVO], NOW)

        assert "**Bruno Carvalho** e **Gustavo Rocha**, e ninguém respondeu ainda" in said(call)
        assert "encerre o contato" in said(call)

    def test_hears_that_there_is_nobody(self):
        call = a_call()
        call.ask_next([], NOW)

        assert "Não encontrei ninguém" in said(call)

    def test_seconds_are_said_as_seconds(self):
        words = caller_words(a_call(BRUNO), patience=timedelta(seconds=90))

        assert "Sem resposta em 90 segundos" in words

    def test_a_name_is_no_markup(self):
        assert "[#]" not in said(a_call(HOSTILE_PERSON))


class TestAsked:
    def test_the_notification_says_no_word_of_the_customer(self):
        assert asked_summary(a_call(BRUNO), BRUNO.ref) == (
            "Ana precisa de apoio agora. Alguém pode assumir o contato?"
        )

    def test_the_card_says_who_where_and_since_when(self):
        text = all_text(asked_card(a_call(BRUNO), BRUNO.ref, ABOUT))

        assert "Ana precisa de apoio agora" in text
        assert "Cliente: Cantina da Nonna · Caso 00012398" in text
        assert "Desde: ter, 24/11, às 14:02" in text

    def test_without_a_case_only_the_hour_is_said(self):
        text = all_text(asked_card(a_call(BRUNO, number=None), BRUNO.ref, About()))

        assert "Cliente:" not in text
        assert "Desde:" in text


class TestRisk:
    def test_says_with_whom_the_case_is_so_that_nobody_calls_beside_them(self):
        risk = DetractorRisk("r1", claimed().number, ANA.ref, NOW, "Vai postar")

        assert "Situação agora: Em tratativa no Adm/Fin, com Fernanda Lima" in all_text(
            risk_card(risk, claimed())
        )
        assert "Situação agora: Aguardando Adm/Fin" in all_text(risk_card(risk, a_case()))
