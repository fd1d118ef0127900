"""The lead's desk over HTTP: whose a case is, what it waits for, that the customer leaves."""

from __future__ import annotations

import asyncio

import pytest

from config.settings import Settings
from tests.scenarios.office import buttons, inputs, words

HANDED_OVER = {"Nas palavras do cliente": "Já contratei outro sistema."}
ANA, BRUNO, IGOR = "29:rc-ana", "29:rc-bruno", "29:lead-igor"
FERNANDA, GUSTAVO = "29:fin-fernanda", "29:fin-gustavo"
QUESTION = {"A quem": "Ana Souza", "O que você precisa saber": "A multa já foi cobrada?"}
WHY = {"Por que devolver": "Entro de férias amanhã"}
LESSON = {"Lição": "Perguntar do preço na renovação"}


@pytest.fixture(autouse=True)
def igor_is_an_analyst(tmp_path, monkeypatch):
    """Somebody of the Adm/Fin who leads nobody; and a fast channel."""
    people = Settings(_env_file=None, database_url="sqlite://").people_file.read_text("utf-8")
    before, name, rest = people.partition('name = "Igor Alves"')
    path = tmp_path / "people.toml"
    path.write_text(before + name + rest.replace('["leader"]', '["admfin"]', 1), "utf-8")
    monkeypatch.setenv("PEOPLE_FILE", str(path))
    monkeypatch.setenv("CHANNEL_SENDS_PER_SECOND", "300")
    monkeypatch.setenv("CHANNEL_SENDS_PER_30_SECONDS", "9000")


@pytest.fixture
async def thread(office):
    """The thread of a case that Fernanda has claimed."""
    thread = await office.register(**HANDED_OVER)
    await office.press("Fernanda Lima", thread, "Assumir")
    await office.settle()
    return thread


async def fill(office, who, thread, opens, typed, *, sends=None):
    """Open a form, fill it in and send it; returns what the presser sees then."""
    form = (await office.press(who, thread, opens)).card
    answer = await office.press(who, thread, sends or opens, typed, on=form)
    await office.settle()
    return answer.card


async def assign(office, thread, name, who="Fernanda Lima"):
    return await fill(
        office, who, thread, "Atribuir a…", {"Quem cuida do caso": name}, sends="Atribuir"
    )


async def ask(office, thread, who="Fernanda Lima", **changes):
    return await fill(
        office, who, thread, "Pedir informação", QUESTION | changes, sends="Perguntar"
    )


def called(teams, thread):
    """Whom the newest message of the thread calls."""
    return teams.thread(thread)[-1].mentions


class TestAssign:
    async def test_an_analyst_is_given_a_case_and_called(self, office, teams):
        thread = await office.register(**HANDED_OVER)

        await assign(office, thread, "Igor Alves")

        assert called(teams, thread) == [IGOR]
        assert "Com **Igor Alves** desde 14:02" in words(office.card(thread))
        assert "🤝 Em tratativa no Adm/Fin" in words(office.card(thread))

    async def test_the_analyst_works_on_it_and_a_lead_ends_it(self, office):
        thread = await office.register(**HANDED_OVER)
        await assign(office, thread, "Igor Alves")

        await ask(office, thread, who="Igor Alves")
        refused = await office.press("Igor Alves", thread, "Registrar resultado")

        assert "💬 Aguardando informação" in words(office.card(thread))
        assert "🔒 O resultado é com o Adm/Fin" in words(refused.card)
        assert "**Fernanda Lima** (de plantão) e **Gustavo Rocha**" in words(refused.card)

    async def test_an_agent_is_told_who_may_and_nothing_changes(self, office, teams):
        thread = await office.register(**HANDED_OVER)
        before = len(teams.thread(thread))

        refused = await office.press("Ana Souza", thread, "Atribuir a…")
        await office.settle()

        assert "🔒 Atribuir é com o Adm/Fin" in words(refused.card)
        assert len(teams.thread(thread)) == before
        assert office.rows("SELECT action, why FROM audit") == [("assign", "NotAllowed")]

    async def test_somebody_who_may_own_no_case_is_refused_beside_the_field(self, office):
        thread = await office.register(**HANDED_OVER)
        form = (await office.press("Fernanda Lima", thread, "Atribuir a…")).card
        button = buttons(form)["Atribuir"]
        ana = "00000000-0000-0000-0000-0000000000a1"

        answer = await office.execute(
            "Fernanda Lima", thread, button["verb"], button["data"] | {"assign_found": ana}
        )

        choices = [each["title"] for each in inputs(form)["Quem cuida do caso"]["choices"]]
        assert choices == ["Fernanda Lima", "Gustavo Rocha", "Igor Alves"]
        assert "⚠️ Só o Adm/Fin cuida de casos. Escolha um nome da lista." in words(answer.card)
        assert "Sem dono ainda" in words(office.card(thread))

    async def test_of_two_leads_at_once_one_is_told_politely(self, office):
        thread = await office.register(**HANDED_OVER)
        leads = {"Fernanda Lima": "Gustavo Rocha", "Gustavo Rocha": "Igor Alves"}
        forms = [(await office.press(lead, thread, "Atribuir a…")).card for lead in leads]

        answers = await asyncio.gather(
            *(
                office.press(lead, thread, "Atribuir", {"Quem cuida do caso": name}, on=form)
                for (lead, name), form in zip(leads.items(), forms, strict=True)
            )
        )
        await office.settle()

        polite = [answer for answer in answers if "Já feito por" in words(answer.card)]
        assert len(polite) == 1
        events = office.rows("SELECT type FROM case_events ORDER BY version")
        assert [name for (name,) in events].count("CaseAssigned") == 1


class TestGiveBack:
    async def test_the_case_waits_again_and_another_lead_is_called(self, office, teams, thread):
        await fill(office, "Fernanda Lima", thread, "Devolver", WHY)

        assert called(teams, thread) == [GUSTAVO]
        card = words(office.card(thread))
        assert "⏳ Aguardando Adm/Fin" in card
        assert "assumir até **14:17**" in card
        assert "Fernanda devolveu. “Entro de férias amanhã”" in card

    async def test_somebody_else_takes_it_and_a_stale_card_shows_so(self, office, thread):
        stale = office.card(thread)
        await fill(office, "Fernanda Lima", thread, "Devolver", WHY)
        await office.press("Gustavo Rocha", thread, "Assumir")
        await office.settle()

        answer = await office.press("Ana Souza", thread, "Devolver", on=stale)

        assert "🔒 Devolver é com quem cuida do caso" in words(answer.card)
        assert "Com **Gustavo Rocha**" in words(answer.card)

    async def test_a_reason_is_needed(self, office, thread):
        form = (await office.press("Fernanda Lima", thread, "Devolver")).card

        answer = await office.press("Fernanda Lima", thread, "Devolver", {}, on=form)

        assert "⚠️ Diga em uma frase por que o caso volta à fila." in words(answer.card)
        assert "Com **Fernanda Lima**" in words(office.card(thread))


class TestQuestion:
    async def test_who_is_asked_is_called_and_the_card_says_what_and_until_when(
        self, office, teams, thread
    ):
        await ask(office, thread)

        card = words(office.card(thread))
        assert called(teams, thread) == [ANA]
        assert "A multa já foi cobrada?" in office.texts(thread)[-1]
        assert "💬 Aguardando informação" in card
        assert "**Ana Souza** responde até **qua, 25/11, às 08:00**" in card
        assert "💬 Pergunta a Ana Souza" in card

    async def test_an_answer_goes_back_to_who_asked(self, office, teams, thread):
        await ask(office, thread)

        shown = await fill(
            office, "Bruno Carvalho", thread, "Responder", {"Sua resposta": "Foi paga em outubro."}
        )

        assert called(teams, thread) == [FERNANDA]
        assert "💬 Bruno Carvalho respondeu:" in office.texts(thread)[-1]
        assert "🤝 Em tratativa no Adm/Fin" in words(shown)
        assert "Bruno respondeu: “Foi paga em outubro.”" in words(office.card(thread))

    async def test_an_answer_that_comes_second_is_kept_for_a_note(self, office, thread):
        await ask(office, thread)
        late = (await office.press("Ana Souza", thread, "Responder")).card
        await fill(office, "Bruno Carvalho", thread, "Responder", {"Sua resposta": "Foi paga."})

        answer = await office.press(
            "Ana Souza", thread, "Responder", {"Sua resposta": "Foi, em outubro."}, on=late
        )
        await office.press("Ana Souza", thread, "Salvar anotação", on=answer.card)
        await office.settle()

        assert "ℹ️ Já feito por Bruno Carvalho às 14:02" in words(answer.card)
        assert inputs(answer.card)["Anotação"]["value"] == "Foi, em outubro."
        assert "Foi, em outubro." in office.texts(thread)[-1]

    async def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_lost(self, office, thread):
        form = (await office.press("Fernanda Lima", thread, "Pedir informação")).card

        typed = QUESTION | {"Até quando": "2026-11-23"}
        answer = await office.press("Fernanda Lima", thread, "Perguntar", typed, on=form)

        assert "⚠️ Esse momento já passou. Escolha um mais adiante." in words(answer.card)
        fields = inputs(answer.card)
        assert fields["O que você precisa saber"]["value"] == "A multa já foi cobrada?"
        assert fields["Até quando"]["value"] == "2026-11-23"

    async def test_the_answer_is_proposed_for_some_open_hours_later(self, office, thread):
        form = inputs((await office.press("Fernanda Lima", thread, "Pedir informação")).card)

        assert form["A quem"]["value"] == "00000000-0000-0000-0000-0000000000a1"
        assert form["Até quando"]["value"] == "2026-11-25"
        assert form["Até que horas"]["value"] == "08:00"

    async def test_a_question_is_withdrawn_with_one_press(self, office, teams, thread):
        await ask(office, thread)

        await office.press("Fernanda Lima", thread, "Dispensar a pergunta")
        await office.settle()

        assert called(teams, thread) == []
        assert "dispensou a pergunta a Ana" in office.texts(thread)[-1]
        assert "🤝 Em tratativa no Adm/Fin" in words(office.card(thread))

    async def test_two_who_press_at_once_ask_once(self, office, thread):
        form = (await office.press("Fernanda Lima", thread, "Pedir informação")).card

        await asyncio.gather(
            *(
                office.press("Fernanda Lima", thread, "Perguntar", QUESTION, on=form)
                for _ in range(3)
            )
        )
        await office.settle()

        events = office.rows("SELECT type FROM case_events ORDER BY version")
        assert [name for (name,) in events].count("InfoAsked") == 1


class TestFastLane:
    async def test_nothing_is_offered_any_more(self, office, thread):
        assert "Roteiro do motivo" in words(office.card(thread))

        typed = {"O que o cliente disse": "Já está decidido"}
        await fill(
            office, "Fernanda Lima", thread, "Cliente decidiu", typed, sends="Registrar decisão"
        )

        card = words(office.card(thread))
        assert "🚪 Saída em andamento" in card
        assert "Só documentos e confirmação, sem novas ofertas." in card
        assert "Roteiro do motivo" not in card
        assert "Pedir informação" not in buttons(office.card(thread))

    async def test_a_customer_who_changes_their_mind_is_kept(self, office, thread):
        typed = {"O que o cliente disse": "Já está decidido"}
        await fill(
            office, "Fernanda Lima", thread, "Cliente decidiu", typed, sends="Registrar decisão"
        )

        kept = LESSON | {
            "Desfecho": "Retido: o cliente fica",
            "Tentativa de feedback": "Telefone",
            "O que o cliente respondeu": "Mudou de ideia",
        }
        await fill(office, "Fernanda Lima", thread, "Registrar resultado", kept)

        assert "🌱 Retido, em vigília" in words(office.card(thread))

    async def test_attempts_that_ended_fill_in_the_outcome(self, office, thread):
        form = (await office.press("Fernanda Lima", thread, "Encerrar tentativas")).card
        button = buttons(form)["Encerrar tentativas"]
        typed = {
            "tries": "3",
            "tried_by": "phone,whatsapp",
            "tried_date": "2026-11-24",
            "tried_time": "14:02",
        }
        ended = await office.execute(
            "Fernanda Lima", thread, button["verb"], button["data"] | typed
        )
        assert "registre o resultado: as tentativas já vão preenchidas" in words(ended.card)
        result = await office.press("Fernanda Lima", thread, "Registrar resultado")

        shown = await office.press(
            "Fernanda Lima", thread, "Registrar resultado", LESSON, on=result.card
        )
        await office.settle()

        said = "Não conseguimos contato: 3 tentativas, por telefone e pelo WhatsApp; a última em"
        assert inputs(result.card)["O que o cliente respondeu"]["value"].startswith(said)
        assert "📁 Cancelado" in words(shown.card)
        assert said in words(office.card(thread))

    async def test_attempts_need_their_number_and_their_way(self, office, thread):
        form = (await office.press("Fernanda Lima", thread, "Encerrar tentativas")).card

        answer = await office.press("Fernanda Lima", thread, "Encerrar tentativas", {}, on=form)

        assert "⚠️ Escolha quantas foram." in words(answer.card)
        assert "⚠️ Marque por onde vocês tentaram." in words(answer.card)


class TestLists:
    async def test_what_waits_for_an_answer_is_open_and_its_owner_s(self, office, thread):
        await ask(office, thread)

        chat = await office.whisper("Fernanda Lima", "/casos meus")

        assert "💬 Aguardando informação · com Fernanda Lima" in words(office.card(chat))

    async def test_what_was_given_back_has_no_owner(self, office, thread):
        await fill(office, "Fernanda Lima", thread, "Devolver", WHY)

        chat = await office.whisper("Gustavo Rocha", "/casos sem dono")

        assert "⏳ Aguardando Adm/Fin · sem dono" in words(office.card(chat))
