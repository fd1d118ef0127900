"""What is shown and said about time."""

from dataclasses import replace
from datetime import timedelta

from cards.case_card import case_card
from cards.history import event_words
from cards.texts import announcement
from retention.domain.events import (
    ClaimEscalated,
    ClaimStep,
    CrmChangeKind,
    OwnerReminded,
    ReminderKind,
)
from tests.cards.clocks import WHY, overdue, snoozed
from tests.cards.gallery import CALLED, FERNANDA, GUSTAVO, NOW, a_case, claimed, minutes
from tests.cards.teams_rules import all_text, shown_actions


def shown(case, now=NOW, **more):
    return all_text(case_card(case, called=CALLED, now=now, **more))


def titles(case):
    card = case_card(case, called=CALLED, now=minutes(202))
    return [action["title"] for action in shown_actions(card)]


class TestCard:
    def test_an_unclaimed_case_says_the_hour_to_claim_by(self):
        assert "Sem dono ainda · assumir até **14:17**" in shown(a_case(), claim_by=minutes(15))

    def test_on_another_day_the_hour_has_its_day(self):
        tomorrow = shown(a_case(), claim_by=NOW + timedelta(hours=18))

        assert "assumir até **qua, 25/11, às 08:02**" in tomorrow

    def test_a_late_one_says_so_with_its_band(self):
        card = case_card(overdue(), called=CALLED, now=minutes(31), claim_by=minutes(15))

        band = next(block for block in card["body"] if block.get("id") == "status")
        assert band["style"] == "attention"
        assert "⏰ Atrasado: aguardando Adm/Fin · ALTA" in all_text(card)
        assert "assumir até" not in all_text(card)

    def test_reminders_that_wait_say_until_when_and_why(self):
        text = shown(snoozed(), minutes(202))

        assert f"💤 Lembretes adiados até qua, 25/11, às 14:02: “{WHY}”" in text
        assert "💤" not in shown(snoozed(), NOW + timedelta(days=1))

    def test_whoever_has_a_case_may_put_its_reminder_off(self):
        assert "Adiar lembrete" in titles(snoozed())
        assert "Adiar lembrete" in titles(claimed())
        assert "Adiar lembrete" not in titles(a_case())


class TestThread:
    def test_the_first_call_names_whom_it_calls_and_since_when(self):
        case = overdue()
        first = next(event for event in case.history if isinstance(event, ClaimEscalated))

        said = announcement(case, first, [FERNANDA, GUSTAVO])

        assert said.text == (
            "<at>Fernanda Lima</at> <at>Gustavo Rocha</at> "
            "⏰ Ainda sem dono: Padaria Sol · Caso 00012345\n\n"
            "Espera desde **14:02**. Quem puder agora, toque em Assumir."
        )

    def test_the_second_asks_to_agree_who_takes_it(self):
        case = overdue()

        text = announcement(case, case.history[-1]).text

        assert "⏰ Continua sem dono" in text
        assert "Combinem aqui quem fica com o caso." in text

    def test_a_reminder_is_a_question(self):
        case = snoozed()
        reminder = next(event for event in case.history if isinstance(event, OwnerReminded))

        text = announcement(case, reminder).text

        assert text.startswith("🔔 Como está? Cantina da Nonna · Caso 00012398")
        assert "A última notícia aqui é de **14:02**." in text

    def test_documents_are_named_as_they_were_typed(self):
        case = snoozed()
        reminder = next(event for event in case.history if isinstance(event, OwnerReminded))
        papers = replace(reminder, kind=ReminderKind.DOCUMENTS, documents=("Contrato *x*", "RG"))

        assert "Contrato \\*x\\* e RG. Vale lembrar o cliente." in announcement(case, papers).text
        assert event_words(papers) == "Bot lembrou Ana dos documentos: Contrato *x* e RG"

    def test_what_the_crm_told_at_night_is_said_with_its_moment(self):
        case = a_case()
        case.hear(
            at=minutes(300),
            kind=CrmChangeKind.CLOSED,
            who="Bruno",
            text="",
            was="",
            happened_at=minutes(300),
        )
        case.remind(ReminderKind.CRM, at=minutes(1200))

        text = announcement(case, case.history[-1]).text

        assert text == (
            "🔔 Veja no Salesforce: Padaria Sol · Caso 00012345\n\n"
            "O Caso foi encerrado lá em ter, 24/11, às 19:02, e o RET-0042 continua aberto: "
            "registre aqui o resultado para encerrar."
        )

    def test_steps_refused_at_night_are_to_be_done_by_hand(self):
        case = a_case()
        case.refuse_handover(at=minutes(600), code="X", said="Preencha o CNPJ")
        case.remind(ReminderKind.CRM, at=minutes(1200))

        text = announcement(case, case.history[-1]).text

        assert "recusou os passos do Caso 00012345: “Preencha o CNPJ”. Façam os passos" in text

    def test_a_snooze_says_until_when_and_why(self):
        case = snoozed()

        text = announcement(case, case.history[-1]).text

        assert text == (
            f"Ana Souza adiou os lembretes até qua, 25/11, às 14:02.\n\nPor quê: “{WHY}”"
        ).replace("Ana Souza", "💤 Ana Souza")

    def test_the_history_has_a_line_for_each(self):
        lines = [event_words(event) for event in (*overdue().history[1:], *snoozed().history[1:])]

        assert lines == [
            "Bot chamou de novo: caso sem dono",
            "Bot chamou RC e liderança: caso sem dono",
            "Bot perguntou a Ana como está o caso",
            f"Ana adiou os lembretes até qua, 25/11, às 14:02: “{WHY}”",
        ]


def test_each_step_of_the_ladder_reads_differently():
    case = overdue()
    event = case.last(ClaimEscalated)

    assert event is not None
    said = {announcement(case, replace(event, step=step)).text for step in ClaimStep}

    assert len(said) == len(ClaimStep)
