"""`/relatorio` and `app.py export`: the same numbers, each with its cases, for whoever leads."""

import csv
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import load_workbook

from cards.report_sheet import HEADER
from command_line import parse
from operations import COMMANDS, file_of
from tests.scenarios.command import command
from tests.scenarios.office import buttons, walk, words

OUTCOME = {
    "Desfecho": "Retido: o cliente fica",
    "Tentativa de feedback": "Telefone",
    "O que o cliente respondeu": "Agora alguém me ouviu",
    "Lição": "Chamar o N2 na segunda queixa",
}
NOVEMBER = ("--from", "2026-11-01", "--to", "2026-11-30")


async def end(office, thread, **outcome):
    claimed = (await office.press("Fernanda Lima", thread, "Assumir")).card
    form = (await office.press("Fernanda Lima", thread, "Registrar resultado", on=claimed)).card
    typed = OUTCOME | outcome
    await office.press("Fernanda Lima", thread, "Registrar resultado", typed, on=form)
    await office.settle()


@pytest.fixture
async def month(office):
    """One kept, one lost, one that waits."""
    kept = {"Nº do Caso": "10000001", "Cliente": "Café Aurora", "Valor mensal (R$)": "420,00"}
    await end(office, await office.register(**kept))
    lost = {"Nº do Caso": "10000002", "Cliente": "=Bar()", "Valor mensal (R$)": "1.190,50"}
    await end(office, await office.register(**lost), Desfecho="Cancelado: o cliente sai")
    await office.register(**{"Nº do Caso": "10000003", "Cliente": "Padaria Sol"})


def selections(card):
    """What pressing a part of the card does, by its title."""
    presses = [node["selectAction"] for node in walk(card) if "selectAction" in node]
    return {press["title"]: press for press in presses if press["type"] == "Action.Execute"}


async def select(office, who, chat, card, title):
    press = selections(card)[title]
    return (await office.execute(who, chat, press["verb"], press["data"])).card


class TestCard:
    async def test_the_month_is_counted_and_every_number_opens_its_cases(self, office, month):
        chat = await office.whisper("Helena Martins", "/relatorio")
        report = office.card(chat)

        shown = words(report)
        assert "Relatório de novembro de 2026" in shown
        assert "3\npedidos\nR$ 1.610" in shown
        assert "1\nretido\nR$ 420" in shown
        assert "1\ncancelado\nR$ 1.190" in shown
        assert "Feedback pedido: 2 de 2 (100%)" in shown
        lost = await select(office, "Helena Martins", chat, report, "Ver os casos: cancelados")
        assert "1 caso · R$ 1.190,50 por mês" in words(lost)
        assert "=Bar()" in words(lost)
        assert "Café Aurora" not in words(lost)
        assert [n for n in walk(lost) if n.get("type") == "Action.OpenUrl"]

    async def test_the_breakdowns_lead_to_their_cases_and_back(self, office, month):
        chat = await office.whisper("Fernanda Lima", "/relatório")
        by_owner = (await office.press("Fernanda Lima", chat, "Por quem cuidou")).card

        shown = words(by_owner)
        assert "Fernanda Lima\n2 pedidos (R$ 1.610) · 1 retido (R$ 420)" in shown
        assert "Ninguém ainda\n1 pedido" in shown
        [*_, nobody] = [n["selectAction"] for n in walk(by_owner) if "selectAction" in n]
        listed = await office.execute("Fernanda Lima", chat, nobody["verb"], nobody["data"])
        assert "Padaria Sol" in words(listed.card)
        back = await office.press("Fernanda Lima", chat, "Voltar ao relatório", on=listed.card)
        assert "Relatório de novembro" in words(back.card)

    @pytest.mark.parametrize("typed", ["10/2026", "outubro", "Outubro de 2026", "2026-10"])
    async def test_another_month_is_asked_for_as_people_write_it(self, office, month, typed):
        chat = await office.whisper("Helena Martins", f"/relatorio {typed}")

        shown = words(office.card(chat))
        assert "Relatório de outubro de 2026" in shown
        assert "0\npedidos" in shown
        assert "Mês seguinte" in buttons(office.card(chat))

    async def test_what_is_no_month_is_said_with_the_way_to_write_one(self, office):
        chat = await office.whisper("Helena Martins", "/relatorio brumário")

        assert "Não sei que mês é “brumário”" in words(office.card(chat))


class TestWhoMay:
    async def test_others_are_refused_kindly_and_the_try_is_written_down(self, office, month):
        chat = await office.whisper("Ana Souza", "/relatorio")

        assert "Isto é com quem lidera" in office.texts(chat)[-1]
        assert office.rows("SELECT action, why FROM audit") == [("report", "ForLeadersAlone")]

    async def test_a_forged_press_shows_nothing(self, office, month):
        chat = await office.whisper("Ana Souza", "/casos")

        told = await office.execute("Ana Souza", chat, "report.show", {"month": "2026-11"})

        assert "quem lidera" in told.sentence

    async def test_in_the_channel_nobody_reads_the_numbers(self, office, month):
        thread = await office.say("Helena Martins", "/relatorio")
        pressed = await office.execute(
            "Helena Martins", thread, "report.cases", {"month": "2026-11"}
        )

        assert "em particular" in office.texts(thread)[-1]
        assert "em particular" in pressed.sentence


class TestExport:
    async def test_the_csv_opens_as_brazilian_programs_expect_and_adds_up(
        self, office, month, database_url, tmp_path
    ):
        file = tmp_path / "novembro.csv"

        code, told, error = await command(database_url, "export", *NOVEMBER, str(file))

        assert (code, told, error) == (0, f"wrote 3 cases to {file}\n", "")
        assert file.read_bytes().startswith(b"\xef\xbb\xbf")
        with file.open(encoding="utf-8-sig", newline="") as opened:
            rows = list(csv.DictReader(opened, delimiter=";"))
        assert tuple(rows[0]) == HEADER
        assert [row["Caso"] for row in rows] == ["10000001", "10000002", "10000003"]
        assert rows[1]["Cliente"] == "'=Bar()"
        assert rows[1]["Valor mensal (R$)"] == "1190,50"
        assert rows[0]["Aberto em"] == "24/11/2026 14:02"
        assert sum(int(row["Retido no período"]) for row in rows) == 1
        lost = [Decimal(row["R$ cancelado no período"].replace(",", ".")) for row in rows]
        assert sum(lost) == Decimal("1190.50")

    async def test_the_totals_of_the_xlsx_are_the_sums_of_its_columns(
        self, office, month, database_url, tmp_path
    ):
        file = tmp_path / "novembro.xlsx"

        await command(database_url, "export", *NOVEMBER, "--format", "xlsx", str(file))

        book = load_workbook(file)
        header, *rows = book["Casos"].values
        totals = dict(list(book["Totais"].values)[1:])
        sums = {name: sum(row[header.index(name)] for row in rows) for name in totals}
        assert {name: float(total) for name, total in sums.items()} == totals
        assert totals["Pedido no período"] == 3
        assert totals["R$ retido no período"] == 420
        [customer] = [cell for cell in book["Casos"]["C"] if cell.value == "=Bar()"]
        assert customer.data_type == "s"

    async def test_a_span_that_ends_before_it_begins_is_refused(self, database_url, tmp_path):
        backwards = ("--from", "2026-11-30", "--to", "2026-11-01", str(tmp_path / "x.csv"))

        code, _, error = await command(database_url, "export", *backwards)

        assert (code, error) == (1, "export: --to is before --from\n")

    def test_without_a_file_it_is_named_after_its_days(self):
        given = parse(COMMANDS, ["export", *NOVEMBER, "--format", "xlsx"])

        assert file_of(given) == Path("relatorio-2026-11-01-2026-11-30.xlsx")

    @pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "2026-13-01", "amanhã"])
    async def test_a_day_that_is_none_or_has_no_neighbour_is_refused(self, database_url, day):
        code, _, error = await command(database_url, "export", "--from", day, "--to", day)

        assert code == 2
        assert f"invalid day value: '{day}'" in error
