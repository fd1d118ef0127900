"""The handover in Salesforce, as the whole bot does it: once, proven, and heard back."""

from __future__ import annotations

import asyncio
import itertools
import time
from datetime import timedelta

import pytest

from dev.salesforce import FakeSalesforce, faults
from dev.salesforce.errors import SalesforceError
from retention.salesforce.crm import SalesforceCrm
from tests.scenarios.office import FACTS, at, inputs, open_office, words
from tests.scenarios.with_crm import card_words, ours, settings_of, until

CASO, KEPT = "00012345", "00012346"
ANA, BRUNO, FERNANDA = (
    "ana.souza@empresa.com.br",
    "bruno.carvalho@empresa.com.br",
    "fernanda.lima@empresa.com.br",
)
HANDED_OVER = {"Nº do Caso": CASO, "Nas palavras do cliente": "Já contratei outro sistema."}


@pytest.fixture
async def office(database_url, teams, salesforce, monkeypatch):
    # A fast channel: what is told here is who hears what, not how patiently.
    monkeypatch.setenv("CHANNEL_SENDS_PER_SECOND", "300")
    monkeypatch.setenv("CHANNEL_SENDS_PER_30_SECONDS", "9000")
    async with open_office(database_url, teams, settings_of(salesforce)) as running:
        yield running


class TestDesk:
    async def test_colleagues_there_read_what_the_desk_does_and_nothing_is_handed_over_twice(
        self, office, salesforce
    ):
        thread = await office.register(**HANDED_OVER)
        await office.press("Fernanda Lima", thread, "Assumir")
        await office.settle()

        for who, opens, typed, sends in (
            (
                "Fernanda Lima",
                "Pedir informação",
                {"O que você precisa saber": "Multa?"},
                "Perguntar",
            ),
            ("Ana Souza", "Responder", {"Sua resposta": "Foi paga."}, "Responder"),
            ("Fernanda Lima", "Devolver", {"Por que devolver": "Entro de férias"}, "Devolver"),
            ("Fernanda Lima", "Atribuir a…", {"Quem cuida do caso": "Gustavo Rocha"}, "Atribuir"),
        ):
            form = (await office.press(who, thread, opens)).card
            await office.press(who, thread, sends, typed, on=form)
            await office.settle()

        said = [comment.partition("\n\n(")[0] for comment in ours(salesforce, CASO)]
        assert said[1:] == [
            "Pergunta a Ana Souza, até qua, 25/11, às 08:00: Multa?",
            "Resposta a Fernanda Lima: Foi paga.",
            "De volta à fila do Adm/Fin, sem dono. Por quê: Entro de férias",
            "Quem cuida agora: Gustavo Rocha.",
        ]
        assert len(salesforce.posts(CASO)) == 1
        assert "4 de 4" in card_words(office, thread)


class TestHandover:
    async def test_the_six_effects_are_done_and_read_back(self, office, salesforce):
        thread = await office.register(**HANDED_OVER)

        case = salesforce.case(CASO)
        [comment] = ours(salesforce, CASO)
        [post] = salesforce.posts(CASO)
        assert case["OwnerId"] == salesforce.queue_id()
        assert salesforce.org.choice("Status", case["Status"]).label == (
            "Aguardando Informação Externa"
        )
        assert salesforce.org.choice("Priority", case["Priority"]).label.upper() == "ALTA"
        assert "Já contratei outro sistema." in comment
        assert "via Teams por Ana Souza" in comment
        assert "Fernanda Lima" in post["Body"]
        shown = card_words(office, thread)
        assert "Passos no Salesforce · 4 de 4" in shown
        assert "FOOD - ADMINISTRATIVO/FINANCEIRO" in shown
        assert "Salesforce, 14:02" in shown

    @pytest.mark.parametrize(
        "fault",
        [
            faults.lock(),
            faults.unavailable(),
            faults.expired_session(),
            faults.reset,
            faults.reset_after_commit,
        ],
        ids=["lock", "503", "expired session", "reset", "reset after commit"],
    )
    @pytest.mark.parametrize("on", ["POST /composite", "POST /chatter"])
    async def test_whatever_fails_everything_is_there_once(
        self, office, salesforce, monkeypatch, fault, on
    ):
        monkeypatch.setattr("retention.services.crm_subscriber._PAUSE_SECONDS", 0.1)
        salesforce.fail_next(fault, on=on, times=2)

        thread = await office.register(**HANDED_OVER)

        assert len(ours(salesforce, CASO)) == 1
        assert len(salesforce.posts(CASO)) == 1
        assert "4 de 4" in card_words(office, thread)

    @pytest.mark.parametrize("on", ["POST /composite", "POST /chatter"])
    async def test_what_was_done_without_an_answer_is_not_done_again(
        self, office, salesforce, monkeypatch, on
    ):
        monkeypatch.setattr("retention.services.crm_subscriber._PAUSE_SECONDS", 0.1)
        salesforce.fail_next(faults.hang_after_commit, on=on)

        thread = await office.register(**HANDED_OVER)

        assert len(ours(salesforce, CASO)) == 1
        assert len(salesforce.posts(CASO)) == 1
        assert "4 de 4" in card_words(office, thread)

    async def test_a_daily_limit_is_waited_out(self, office, salesforce, monkeypatch):
        for module in ("errors", "limit"):
            monkeypatch.setattr(f"retention.salesforce.{module}.LIMIT_SECONDS", 0.5)
        salesforce.fail_next(faults.limit(), on="POST /composite", times=3)

        thread = await office.register(**HANDED_OVER)

        assert len(ours(salesforce, CASO)) == 1
        assert len(salesforce.posts(CASO)) == 1
        assert "4 de 4" in card_words(office, thread)

    async def test_while_the_crm_is_away_the_agent_goes_on_and_the_card_says_so(
        self, office, salesforce, monkeypatch
    ):
        monkeypatch.setattr("retention.services.crm_subscriber._PAUSE_SECONDS", 0.3)
        salesforce.fail_next(faults.unavailable(), times=40)

        thread = await office.say("Ana Souza", "/cancelamento")
        second = (await office.press("Ana Souza", thread, "Continuar", FACTS | HANDED_OVER)).card
        await office.press("Ana Souza", thread, "Registrar caso", {}, on=second)
        await until(lambda: "CRM pendente" in card_words(office, thread))
        salesforce._faults.clear()
        await office.settle()

        assert len(ours(salesforce, CASO)) == 1
        assert "4 de 4" in card_words(office, thread)

    async def test_the_organisations_own_refusal_is_shown_and_people_do_it_by_hand(
        self, office, salesforce
    ):
        said = "Preencha o CNPJ antes de mudar o status"
        salesforce.refuse_next(
            "Case", SalesforceError("FIELD_CUSTOM_VALIDATION_EXCEPTION", said, fields=["Status"])
        )

        thread = await office.register(**HANDED_OVER)

        assert said in card_words(office, thread)
        assert "marque o que já fez" in card_words(office, thread)
        assert any(said in text for text in office.texts(thread))
        assert ours(salesforce, CASO) == []

    async def test_a_caso_merged_into_another_is_named_and_the_right_one_gets_everything(
        self, office, salesforce
    ):
        thread = await office.register(**HANDED_OVER)
        await office.settle()
        salesforce.merge_case(CASO, into=KEPT, by=BRUNO)

        await office.say("Ana Souza", "/anotar a dona ligou de novo", thread=thread)
        await office.settle()

        said = f"No Salesforce, o Caso {CASO} foi unido ao {KEPT}."
        assert sum(said in text for text in office.texts(thread)) == 1
        assert said in card_words(office, thread)
        assert "não chegou ao Salesforce" not in card_words(office, thread)

        form = (await office.press("Ana Souza", thread, "Corrigir nº do Caso")).card
        for _ in range(2):  # the CRM knows another customer of this number: it is saved once more
            typed = {"Nº do Caso": KEPT}
            form = (await office.press("Ana Souza", thread, "Salvar número", typed, on=form)).card
        await office.settle()

        comments = " ".join(row["CommentBody"] for row in salesforce.comments(KEPT))
        assert "a dona ligou de novo" in comments
        assert "foi unido" not in card_words(office, thread)

    async def test_what_changes_before_it_is_read_back_is_set_back_and_told(
        self, office, salesforce, monkeypatch
    ):
        read = SalesforceCrm.read_handover
        meddled: list[object] = []

        async def meddle_and_read(self, order):
            if not meddled:
                meddled.append(order)
                salesforce.change(CASO, "Priority", "Low", by=BRUNO)
            return await read(self, order)

        monkeypatch.setattr(SalesforceCrm, "read_handover", meddle_and_read)

        thread = await office.register(**HANDED_OVER)
        await office.settle()

        assert salesforce.case(CASO)["Priority"] == "High"
        assert "4 de 4" in card_words(office, thread)
        assert any("Bruno Carvalho mudou a prioridade" in text for text in office.texts(thread))

    async def test_a_case_that_went_back_to_the_rc_meanwhile_is_not_handed_over(
        self, office, salesforce, monkeypatch
    ):
        monkeypatch.setattr("retention.services.crm_subscriber._PAUSE_SECONDS", 0.5)
        salesforce.fail_next(faults.unavailable(), times=5_000)
        thread = await office.say("Ana Souza", "/cancelamento")
        second = (await office.press("Ana Souza", thread, "Continuar", FACTS | HANDED_OVER)).card
        await office.press("Ana Souza", thread, "Registrar caso", {}, on=second)
        await until(lambda: "CRM pendente" in card_words(office, thread))
        form = (await office.press("Ana Souza", thread, "Corrigir classificação")).card
        right = {"Caminho": "Técnico com abertura", "Motivo": "Preço ou reajuste"}
        await office.press(
            "Ana Souza",
            thread,
            "Salvar classificação",
            right | {"Por que mudar": "O cliente quer conversar"},
            on=form,
        )

        left = len(salesforce._faults)
        await until(lambda: len(salesforce._faults) <= left - 6)  # an attempt that began later
        salesforce._faults.clear()
        await office.settle()

        assert salesforce.case(CASO)["OwnerId"] != salesforce.queue_id()
        assert salesforce.posts(CASO) == []
        assert len(ours(salesforce, CASO)) == 2

    async def test_another_database_on_the_same_organisation_is_another_bot(
        self, salesforce, tmp_path, teams
    ):
        for name in ("one.db", "another.db"):
            url = f"sqlite:///{tmp_path / name}"
            async with open_office(url, teams, settings_of(salesforce)) as office:
                salesforce.change(CASO, "OwnerId", salesforce.user_id(BRUNO), by=BRUNO)
                await office.register(**HANDED_OVER)

        assert salesforce.case(CASO)["OwnerId"] == salesforce.queue_id()
        assert len(ours(salesforce, CASO)) == 2

    async def test_a_number_the_crm_does_not_know_is_said(self, office):
        thread = await office.say("Ana Souza", "/cancelamento")
        typed = FACTS | HANDED_OVER | {"Nº do Caso": "00099999"}
        doubted = (await office.press("Ana Souza", thread, "Continuar", typed)).card
        second = (await office.press("Ana Souza", thread, "Continuar", {}, on=doubted)).card
        await office.press("Ana Souza", thread, "Registrar caso", {}, on=second)
        await office.settle()

        assert "não tem o Caso 00099999" in card_words(office, thread)

    async def test_a_number_the_crm_does_not_know_is_said_at_once_and_holds_nobody_up(self, office):
        thread = await office.say("Ana Souza", "/cancelamento 00099999")
        asked = office.card(thread)
        typed = FACTS | HANDED_OVER | {"Nº do Caso": "00099998"}

        doubted = (await office.press("Ana Souza", thread, "Continuar", typed, on=asked)).card
        second = (await office.press("Ana Souza", thread, "Continuar", typed, on=doubted)).card

        assert "Não encontrei o Caso 00099999" in words(asked)
        assert "Não encontrei o Caso 00099998" in words(doubted)
        assert "o Salesforce não tem esse Caso" in words(second)

    @pytest.mark.parametrize(("typed", "said"), [("", "Informe"), ("abc", "algarismos")])
    async def test_what_is_no_number_is_not_looked_up(self, office, typed, said):
        thread = await office.say("Ana Souza", "/cancelamento")

        shown = await office.press(
            "Ana Souza", thread, "Buscar no Salesforce", {"Nº do Caso": typed}
        )

        assert said in words(shown.card)


class TestForm:
    async def test_a_known_number_fills_in_what_the_crm_knows(self, office):
        thread = await office.say("Ana Souza", f"/cancelamento {CASO}")

        fields = inputs(office.card(thread))
        assert fields["Nº do Caso"]["value"] == CASO
        assert fields["Cliente"]["value"] == "Padaria Sol"
        assert "Achei no Salesforce" in card_words(office, thread)

    async def test_search_fills_in_and_keeps_what_was_typed(self, office):
        thread = await office.say("Ana Souza", "/cancelamento")

        shown = await office.press(
            "Ana Souza",
            thread,
            "Buscar no Salesforce",
            {"Nº do Caso": "12345", "Cliente": "Padaria Sol, loja 2"},
        )

        fields = inputs(shown.card)
        assert fields["Nº do Caso"]["value"] == CASO
        assert fields["Cliente"]["value"] == "Padaria Sol, loja 2"
        assert fields["Valor mensal (R$)"]["value"]

    async def test_going_on_with_the_number_alone_fills_in_the_customer(self, office):
        thread = await office.say("Ana Souza", "/cancelamento")

        second = await office.press(
            "Ana Souza", thread, "Continuar", FACTS | {"Nº do Caso": CASO, "Cliente": ""}
        )

        assert "Padaria Sol" in words(second.card)
        assert "Registrar caso" in words(second.card)

    async def test_two_presses_at_once_create_one_caso(self, office, salesforce):
        thread = await office.say("Ana Souza", "/cancelamento")
        typed = FACTS | {"Nº do Caso": "", "Cliente": "Bar do Zé"}
        form = office.card(thread)

        await asyncio.gather(
            *(
                office.press("Ana Souza", thread, "Criar Caso agora", typed, on=form)
                for _ in range(3)
            )
        )

        rows = salesforce.database.begin().all("Case")
        assert sum("Bar do Zé" in (row["Subject"] or "") for row in rows) == 1

    async def test_the_last_casos_and_what_comes_back_again_stand_beside_the_judgement(
        self, office
    ):
        thread = await office.say("Ana Souza", f"/cancelamento {CASO}")

        second = (await office.press("Ana Souza", thread, "Continuar", FACTS | HANDED_OVER)).card

        said = words(second)
        assert "Do Salesforce" in said
        assert "Cobrança: 5 vezes" in said
        assert "00012301" in said
        assert "aberto há 6 dias" in said

    async def test_a_crm_that_hangs_holds_nobody_up(self, office, salesforce):
        salesforce.fail_next(faults.hang, times=50)
        thread = await office.say("Ana Souza", "/cancelamento")

        begun = time.monotonic()
        second = (await office.press("Ana Souza", thread, "Continuar", FACTS | HANDED_OVER)).card

        assert "Sem dado" in words(second)
        assert time.monotonic() - begun < 4

    async def test_without_a_caso_one_is_created_once(self, office, salesforce):
        thread = await office.say("Ana Souza", "/cancelamento")
        typed = FACTS | {"Nº do Caso": "", "Cliente": "Bar do Zé"}
        salesforce.fail_next(faults.reset_after_commit, on="POST /sobjects/Case")

        shown = await office.press("Ana Souza", thread, "Criar Caso agora", typed)
        if not inputs(shown.card)["Nº do Caso"].get("value"):
            shown = await office.press(
                "Ana Souza", thread, "Criar Caso agora", typed, on=shown.card
            )

        number = inputs(shown.card)["Nº do Caso"]["value"]
        assert "Bar do Zé" in salesforce.case(number)["Subject"]
        rows = salesforce.database.begin().all("Case")
        assert sum("Bar do Zé" in (row["Subject"] or "") for row in rows) == 1
        second = (await office.press("Ana Souza", thread, "Continuar", {}, on=shown.card)).card
        assert f"Caso {number}" in words(second)

    async def test_what_a_new_caso_needs_is_asked_for_beside_its_field(self, office):
        thread = await office.say("Ana Souza", "/cancelamento")

        shown = await office.press("Ana Souza", thread, "Criar Caso agora", {})

        assert "Informe o nome do cliente" in words(shown.card)


class TestBack:
    async def test_what_others_do_in_the_crm_is_told_once_and_attributed(self, office, salesforce):
        thread = await office.register(**HANDED_OVER)

        salesforce.comment_as(BRUNO, CASO, "A dona pediu para ligar amanhã")
        salesforce.post_as(FERNANDA, CASO, "Já falei com o financeiro")
        await until(lambda: sum("no Salesforce:" in text for text in office.texts(thread)) >= 2)
        await asyncio.sleep(0.5)  # several readings more
        await office.settle()

        told = [text for text in office.texts(thread) if "no Salesforce:" in text]
        assert len(told) == 2
        assert any("Bruno Carvalho" in text and "ligar amanhã" in text for text in told)
        assert any("Fernanda Lima" in text and "financeiro" in text for text in told)

    async def test_a_drift_is_set_back_once_and_its_author_is_told(self, office, salesforce):
        thread = await office.register(**HANDED_OVER)

        salesforce.change(CASO, "OwnerId", salesforce.user_id(BRUNO), by=BRUNO)
        await until(lambda: salesforce.case(CASO)["OwnerId"] == salesforce.queue_id())
        await office.settle()
        await until(lambda: "4 de 4" in card_words(office, thread))
        salesforce.change(CASO, "OwnerId", salesforce.user_id(BRUNO), by=BRUNO)
        await until(lambda: any("passou o Caso" in text for text in office.texts(thread)))

        assert any("só desta vez" in text for text in office.texts(thread))
        assert salesforce.case(CASO)["OwnerId"] == salesforce.user_id(BRUNO)

    async def test_a_caso_closed_there_asks_the_lead_and_closes_nothing_here(
        self, office, salesforce
    ):
        thread = await office.register(**HANDED_OVER)

        salesforce.close_case(CASO, by=BRUNO)
        await until(lambda: any("encerrou o Caso" in text for text in office.texts(thread)))
        await office.settle()

        assert any("<at>Fernanda Lima</at>" in text for text in office.texts(thread))
        assert office.rows("SELECT status FROM cases") == [("awaiting_admfin",)]

    async def test_a_caso_closed_there_at_night_calls_the_lead_as_the_day_opens(
        self, database_url, teams, monkeypatch
    ):
        monkeypatch.setenv("CLOCK_POLL_SECONDS", "0.05")
        now, ticks = at(20), itertools.count()

        def clock():
            return now + timedelta(microseconds=next(ticks))

        async with FakeSalesforce(clock=lambda: now) as salesforce:
            salesforce.register("retencao", secret="s")
            async with open_office(
                database_url, teams, settings_of(salesforce), clock=clock
            ) as office:
                thread = await office.register(**HANDED_OVER)
                await office.press("Fernanda Lima", thread, "Assumir")
                now = at(20, 30)
                salesforce.close_case(CASO, by=BRUNO)
                await until(lambda: any("encerrou o Caso" in text for text in office.texts(thread)))
                await office.settle()
                at_night = len(office.texts(thread))
                now = at(8) + timedelta(days=1)
                await until(lambda: len(office.texts(thread)) > at_night)
                await office.settle()

                told = office.texts(thread)
                assert "<at>" not in told[at_night - 1]
                assert "encerrou o Caso" in told[at_night - 1]
                assert [text for text in told if "Veja no Salesforce" in text] == told[at_night:]
                assert told[-1].startswith("<at>Fernanda Lima</at> 🔔 Veja no Salesforce")

    async def test_a_hundred_messages_both_ways_make_no_echo(self, office, salesforce):
        thread = await office.register(**HANDED_OVER)

        for number in range(50):
            await office.say("Ana Souza", f"mensagem do Teams {number}", thread=thread)
            salesforce.comment_as(BRUNO, CASO, f"mensagem do Salesforce {number}")
        await until(
            lambda: sum("mensagem do Salesforce" in text for text in office.texts(thread)) >= 50,
            seconds=60,
        )
        await office.settle()
        await asyncio.sleep(0.5)
        await office.settle()

        there = [row["CommentBody"] for row in salesforce.comments(CASO)]
        here = office.texts(thread)
        assert len(ours(salesforce, CASO)) == 51
        for number in range(50):
            assert sum(f"mensagem do Teams {number}\n" in f"{text}\n" for text in there) == 1
            assert sum(f"mensagem do Salesforce {number}\n" in f"{text}\n" for text in there) == 1
            assert sum(f"mensagem do Salesforce {number}\n" in f"{text}\n" for text in here) == 1
            assert sum(f"mensagem do Teams {number}\n" in f"{text}\n" for text in here) == 1
