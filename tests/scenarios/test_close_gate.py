"""The close gate over HTTP: outcome, reason, feedback, lesson, documents, or a lead's exception."""

from __future__ import annotations

import asyncio

import pytest

from config.playbooks import DEFAULT_PATH
from tests.scenarios.office import buttons, inputs, open_office, words

OUTCOME = {
    "Desfecho": "Cancelado: o cliente sai",
    "Motivo real": "Mudança para concorrente",
    "Tentativa de feedback": "Telefone",
    "O que o cliente respondeu": "O preço do outro era menor",
    "Lição": "Perguntar do preço na renovação",
}
PAPERS = ("Distrato assinado", "Contrato social")


@pytest.fixture
async def office(sqlite_url, teams, tmp_path, monkeypatch):
    """An office whose playbook asks those who leave for a competitor for two documents."""
    playbooks = DEFAULT_PATH.read_text(encoding="utf-8")
    before, header, rest = playbooks.partition("[reasons.competitor]\n")
    listed = ", ".join(f'"{name}"' for name in PAPERS)
    rest = rest.replace("documents = []", f"documents = [{listed}]", 1)
    path = tmp_path / "playbooks.toml"
    path.write_text(before + header + rest, encoding="utf-8")
    monkeypatch.setenv("PLAYBOOKS_FILE", str(path))
    async with open_office(sqlite_url, teams) as running:
        yield running


@pytest.fixture
async def thread(office):
    """The thread of a case that Fernanda has claimed, of a customer who has left."""
    quote = "Não adianta tentar. Já contratei outro sistema. Só quero encerrar com vocês."
    thread = await office.register(**{"Nas palavras do cliente": quote})
    await office.press("Fernanda Lima", thread, "Assumir")
    await office.settle()
    return thread


async def end(office, thread, who="Fernanda Lima", *, on=None, **changes):
    form = on or (await office.press(who, thread, "Registrar resultado")).card
    answer = await office.press(who, thread, "Registrar resultado", OUTCOME | changes, on=form)
    await office.settle()
    return answer.card


async def mark(office, thread, who, **states):
    """Mark documents, by the input of each state: keys of documents with commas."""
    form = (await office.press(who, thread, "Documentos")).card
    button = buttons(form)["Salvar documentos"]
    answer = await office.execute(who, thread, button["verb"], button["data"] | states)
    await office.settle()
    return answer.card


BOTH = "distrato-assinado,contrato-social"


class TestGate:
    async def test_everything_missing_is_said_at_once_and_nothing_typed_is_lost(
        self, office, thread
    ):
        blank = {"Tentativa de feedback": "", "O que o cliente respondeu": ""}

        again = await end(office, thread, **blank)

        said = words(again)
        assert "Ajuste 3 campos para registrar" in said
        assert "Faltam documentos conferidos" in said
        assert inputs(again)["Lição"]["value"] == OUTCOME["Lição"]
        assert "Em tratativa no Adm/Fin" in words(office.card(thread))
        assert office.rows("SELECT why FROM audit") == [("CannotClose",)]

    async def test_a_lesson_that_says_nothing_is_asked_for_again_beside_its_field(
        self, office, thread
    ):
        again = await end(office, thread, Lição="ok", Desfecho="Retido: o cliente fica")

        assert "⚠️ Conte em uma frase o que ajuda no próximo caso" in words(again)
        assert inputs(again)["Lição"]["value"] == "ok"
        assert "Em tratativa no Adm/Fin" in words(office.card(thread))

    async def test_documents_are_asked_for_received_and_validated_with_who_and_when(
        self, office, thread
    ):
        await mark(office, thread, "Ana Souza", doc_requested=BOTH)
        await mark(office, thread, "Ana Souza", doc_received="contrato-social")
        await mark(office, thread, "Fernanda Lima", doc_validated="contrato-social")

        card = words(office.card(thread))
        assert "Documentos · 1 de 2 conferidos" in card
        assert "Distrato assinado · pedido · Ana, 14:02" in card
        assert "Contrato social · conferido · Fernanda, 14:02" in card

    async def test_only_the_adm_fin_validates(self, office, thread):
        form = (await office.press("Ana Souza", thread, "Documentos")).card

        answer = await mark(office, thread, "Ana Souza", doc_validated=BOTH)

        assert "Documentos conferidos" not in inputs(form)
        assert "Conferir documentos é com o Adm/Fin" in words(answer)

    async def test_with_everything_there_the_case_ends(self, office, thread):
        await mark(office, thread, "Fernanda Lima", doc_validated=BOTH)

        await end(office, thread)

        card = words(office.card(thread))
        assert "📁 Cancelado" in card
        assert "Encerrado por exceção" not in card

    async def test_documents_can_be_validated_while_ending(self, office, thread):
        form = (await office.press("Fernanda Lima", thread, "Registrar resultado")).card

        await end(office, thread, on=form, **{"Documentos conferidos": BOTH})

        assert "📁 Cancelado" in words(office.card(thread))
        assert "Documentos · 2 de 2 conferidos" in words(office.card(thread))

    async def test_who_stays_hands_in_no_papers(self, office, thread):
        await end(office, thread, Desfecho="Retido: o cliente fica")

        assert "Retido" in words(office.card(thread))

    async def test_the_real_reason_decides_which_papers(self, office, thread):
        await end(office, thread, **{"Motivo real": "Preço ou reajuste"})

        assert "📁 Cancelado" in words(office.card(thread))

    async def test_two_who_end_it_at_once_end_it_once(self, office, thread):
        await mark(office, thread, "Fernanda Lima", doc_validated=BOTH)
        form = (await office.press("Fernanda Lima", thread, "Registrar resultado")).card

        answers = await asyncio.gather(
            *(
                office.press(who, thread, "Registrar resultado", OUTCOME, on=form)
                for who in ("Fernanda Lima", "Gustavo Rocha")
            )
        )
        await office.settle()

        assert sum("Já feito por" in words(answer.card) for answer in answers) == 1
        assert sum("registrou o resultado" in text for text in office.texts(thread)) == 1


class TestException:
    WHY = {"Encerrar mesmo assim: por quê": "A loja fechou e ninguém atende"}

    async def test_a_lead_ends_it_and_the_reason_stays_in_sight(self, office, thread):
        refused = await end(office, thread, Lição="")

        await end(office, thread, on=refused, Lição="", **self.WHY)

        card = words(office.card(thread))
        assert "Encerrado por exceção\nSem: lição." in card
        assert "Documentos não conferidos: Distrato assinado e Contrato social." in card
        assert "A loja fechou e ninguém atende" in card
        assert "Encerrado por exceção" in office.texts(thread)[-1]

    async def test_a_leader_needs_a_reason_to_end_it_at_all(self, office, thread):
        await mark(office, thread, "Fernanda Lima", doc_validated=BOTH)

        refused = await end(office, thread, "Helena Martins")
        await end(office, thread, "Helena Martins", on=refused, **self.WHY)

        assert "O resultado é com o Adm/Fin. Diga por que você encerra." in words(refused)
        assert "Encerrado por exceção" in words(office.card(thread))

    async def test_outcome_and_real_reason_cannot_be_waived(self, office, thread):
        refused = await end(office, thread)
        data = buttons(refused)["Registrar resultado"]

        answer = await office.execute(
            "Fernanda Lima", thread, data["verb"], data["data"] | {"override": "tanto faz"}
        )

        assert "Escolha como o caso terminou." in words(answer.card)
        assert "Em tratativa no Adm/Fin" in words(office.card(thread))

    async def test_an_agent_cannot_make_one(self, office, thread):
        refused = await end(office, thread)

        answer = await end(office, thread, "Ana Souza", on=refused, **self.WHY)

        assert "O resultado é com o Adm/Fin" in words(answer)
        assert "Em tratativa no Adm/Fin" in words(office.card(thread))
