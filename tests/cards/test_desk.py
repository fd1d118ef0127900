"""What is shown and said of the lead's desk."""

from dataclasses import replace

import pytest

from cards.case_card import case_card
from cards.crm_words import CrmWording
from cards.desk_forms import assign_card
from cards.history import event_words
from cards.question_forms import ask_card
from cards.texts import announcement
from config.playbooks import load_playbooks
from retention.domain.events import OwnerReminded
from tests.cards.desk import (
    INES,
    TRIED,
    UNTIL,
    answered,
    asked,
    assigned,
    given_back,
    leaving,
    overdue,
    unreached,
)
from tests.cards.gallery import ANA, CALLED, FERNANDA, NOW, a_case, actor, claimed, minutes
from tests.cards.teams_rules import all_text, inputs, shown_actions
from tests.cards.test_case_card import band
from tests.cards.triangulation import called_in


def shown(case, at=121):
    return case_card(case, called=CALLED, now=minutes(at))


def visible(case):
    """The buttons of the case in sight; the others are behind the "…"."""
    return [
        each["title"]
        for each in shown_actions(shown(case))
        if each["type"] == "Action.Execute" and each.get("mode") != "secondary"
    ]


def hidden(case):
    return [each["title"] for each in shown_actions(shown(case)) if each.get("mode") == "secondary"]


def positive(case):
    return [each["title"] for each in shown_actions(shown(case)) if each.get("style") == "positive"]


class TestButtons:
    @pytest.mark.parametrize(
        ("case", "first"),
        [
            (a_case(), ["Assumir", "Atribuir a…", "Anotar"]),
            (claimed(), ["Triangular", "Registrar resultado", "Pedir informação"]),
            (asked(), ["Responder", "Dispensar a pergunta", "Anotar"]),
            (leaving(), ["Registrar resultado", "Anotar"]),
        ],
        ids=["queued", "claimed", "asked", "leaving"],
    )
    def test_what_is_due_stands_in_front(self, case, first):
        assert [title for title in visible(case) if title != "Salvar passos"] == first

    def test_the_rest_of_the_desk_is_behind_the_dots(self):
        ways_out = ["Encerrar tentativas", "Atribuir a…", "Devolver"]

        assert hidden(claimed())[:5] == ["Anotar", "Cliente decidiu", *ways_out]
        assert hidden(leaving())[:3] == ways_out
        assert "Pedir informação" not in (*visible(leaving()), *hidden(leaving()))


class TestCard:
    def test_an_assigned_case_says_whose_it_is(self):
        assert "Com **Inês Prado** desde 14:07" in all_text(band(shown(assigned()), "status"))

    def test_a_case_given_back_says_why_and_since_when(self):
        text = all_text(shown(given_back(), 41))

        assert "Sem dono ainda · desde **14:42**" in text
        assert "**Adm/Fin**, assuma o caso: Fernanda devolveu. “Entro de férias amanhã" in text

    def test_a_question_says_who_is_asked_what_until_when(self):
        text = all_text(shown(asked(), 21))

        assert "**Ana Souza** responde até **16:00**" in text
        assert "💬 Pergunta a Ana Souza" in text
        assert "A multa de fidelidade já foi cobrada?" in text

    def test_a_late_answer_says_so_with_its_band(self):
        status = band(shown(overdue()), "status")

        assert status["style"] == "attention"
        assert "⏰ Resposta atrasada" in all_text(status)
        assert "**Ana Souza** devia responder até **16:00**" in all_text(status)

    def test_what_to_do_follows_the_three_way_call(self):
        called, done = called_in(claimed()), called_in(claimed())
        done.end_triangulation(by=actor(FERNANDA), at=minutes(30), attended=True, note="")

        assert "**Fernanda**, ligue com Ana na linha" in all_text(shown(claimed(), 10))
        assert "**Fernanda**, a ligação a três é às 14:22." in all_text(shown(called, 21))
        assert "**Fernanda**, siga o que ficou combinado" in all_text(shown(done, 31))
        assert [positive(case) for case in (claimed(), called, done)] == [
            ["Triangular"],
            ["Registrar se atendeu"],
            ["Registrar resultado"],
        ]

    def test_only_a_reason_with_documents_speaks_of_them_on_the_way_out(self):
        case = leaving()
        playbook = replace(load_playbooks()[case.judgement.reason], documents=("Contrato",))

        with_papers = case_card(case, called=CALLED, now=minutes(121), playbook=playbook)

        assert "confirme a saída com o cliente e cuide dos documentos." in all_text(with_papers)
        assert "confirme a saída com o cliente. Sem novas ofertas." in all_text(shown(case))

    def test_who_leaves_is_offered_nothing_any_more(self):
        text = all_text(shown(leaving()))

        assert "Só documentos e confirmação, sem novas ofertas." in text
        assert "O cliente disse: “Agradeço a ligação, mas já está decidido.”" in text

    def test_attempts_that_ended_stand_on_the_case(self):
        assert (
            "📵 Tentativas encerradas: 3 tentativas, por telefone e pelo WhatsApp; "
            "a última em ter, 24/11, às 14:50." in all_text(shown(unreached()))
        )


class TestForms:
    def test_who_may_own_a_case_is_listed_and_the_conversation_is_searched(self):
        fields = inputs(assign_card(a_case(), (FERNANDA, INES)))

        names = [each["title"] for each in fields["assign_to"]["choices"]]
        assert names == ["Fernanda Lima", "Inês Prado"]
        assert "choices.data" not in fields["assign_to"]
        assert fields["assign_found"]["choices.data"] == {
            "type": "Data.Query",
            "dataset": "graph.microsoft.com/users?scope=currentContext",
        }

    def test_the_first_of_the_team_and_the_proposed_moment_are_preset(self):
        fields = inputs(ask_card(claimed(), (ANA.ref, INES.ref), until=UNTIL, now=NOW))

        assert fields["ask_who"]["value"] == ANA.id
        assert (fields["ask_date"]["value"], fields["ask_time"]["value"]) == ("2026-11-24", "16:00")


class TestWords:
    @pytest.mark.parametrize(
        ("case", "said"),
        [
            (assigned(), "Inês Prado, Fernanda Lima passou o caso para você: Padaria Sol"),
            (given_back(), "↩️ Fernanda Lima devolveu o caso à fila: Padaria Sol"),
            (asked(), "💬 Fernanda Lima pergunta, para responder até 16:00: Padaria Sol"),
            (answered(), "💬 Bruno Carvalho respondeu: Padaria Sol"),
            (leaving(), "🚪 O cliente decidiu sair: Empório Central"),
            (unreached(), "Fernanda Lima encerrou as tentativas de contato: 3 tentativas"),
        ],
        ids=["assigned", "given back", "asked", "answered", "leaving", "unreached"],
    )
    def test_the_thread_hears_of_it(self, case, said):
        assert announcement(case, case.history[-1]).text.startswith(said)

    def test_who_is_given_the_case_is_named_once(self):
        case = assigned()

        said = announcement(case, case.history[-1], [INES])

        assert said.text.startswith("<at>Inês Prado</at>, Fernanda Lima passou o caso para você")
        assert said.text.count("Inês") == 1

    def test_who_takes_the_case_with_the_form_is_not_called_to_it(self):
        case = a_case()
        case.assign(by=actor(FERNANDA), at=minutes(5), to=FERNANDA)

        said = announcement(case, case.history[-1])

        assert said.text.startswith("Fernanda Lima ficou com o caso: Padaria Sol")
        assert event_words(case.history[-1]) == "Fernanda ficou com o caso"

    def test_a_late_answer_says_what_was_asked_and_when_it_was_due(self):
        case = overdue()

        text = announcement(case, case.history[-1]).text

        assert isinstance(case.history[-1], OwnerReminded)
        assert "🔔 Resposta atrasada: Padaria Sol" in text
        assert "Era para **16:00**: “A multa de fidelidade já foi cobrada?" in text

    @pytest.mark.parametrize(
        ("case", "said"),
        [
            (assigned(), "Fernanda passou o caso para Inês Prado"),
            (asked(), "Fernanda perguntou a Ana: “A multa de fidelidade"),
            (answered(), "Bruno respondeu: “Foi cobrada em outubro, e paga.”"),
        ],
        ids=["assigned", "asked", "answered"],
    )
    def test_the_history_keeps_it_in_a_line(self, case, said):
        assert event_words(case.history[-1]).startswith(said)

    @pytest.mark.parametrize(
        ("case", "said"),
        [
            (assigned(), "Quem cuida agora: Inês Prado."),
            (given_back(), "De volta à fila do Adm/Fin, sem dono. Por quê: Entro de férias"),
            (asked(), "Pergunta a Ana Souza, até ter, 24/11, às 16:00: A multa"),
            (answered(), "Resposta a Fernanda Lima: Foi cobrada em outubro, e paga."),
            (leaving(), "O cliente decidiu sair: “Agradeço a ligação, mas já está decidido.”"),
            (unreached(), "Tentativas de contato encerradas: 3 tentativas"),
        ],
        ids=["assigned", "given back", "asked", "answered", "leaving", "unreached"],
    )
    def test_a_colleague_in_salesforce_reads_it_whole(self, case, said):
        comment = CrmWording().comment(case, case.history[-1])

        assert comment.startswith(said)
        assert "(RET-0042, via Teams por " in comment


class TestWhoRecordsTheOutcome:
    def test_of_a_case_an_analyst_has_it_is_a_lead(self):
        said = all_text(case_card(assigned(), called=CALLED, now=minutes(6)))

        assert "Inês, ligue com" in said.replace("*", "")
        assert "um líder do Adm/Fin registra o resultado aqui" in said
        assert "registre o resultado" not in said

    def test_after_the_attempts_it_is_by_name_whoever_ended_them(self):
        case = assigned()
        case.end_attempts(by=actor(FERNANDA), at=minutes(60), attempts=TRIED)

        said = all_text(case_card(case, called=CALLED, now=minutes(61))).replace("*", "")

        assert "Fernanda, registre o resultado: as tentativas já vão preenchidas." in said

    def test_of_a_case_a_lead_claimed_it_is_the_lead(self):
        said = all_text(case_card(claimed(), called=(), now=minutes(6)))

        assert "No fim, registre o resultado aqui." in said
