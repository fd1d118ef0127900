"""What an agent confirmed in the form comes out as a row to learn from."""

import json

from config.classifier import load_classifier
from tests.scenarios.command import command


async def test_what_was_registered_is_written_with_what_had_been_proposed(
    office, database_url, tmp_path
):
    said = "Aqui é o Marcos, (11) 98765-4321. Já contratei outro sistema, só quero encerrar."
    await office.register(**{"Nas palavras do cliente": said})
    file = tmp_path / "rows.jsonl"

    code, told, error = await command(database_url, "training", "--export", str(file))

    (row,) = map(json.loads, file.read_text("utf-8").splitlines())
    assert (code, told, error) == (0, "wrote 1 rows\n", "")
    assert row["text"] == said.replace("(11) 98765-4321", "(00) 00000-0000")
    assert row["proposed"]["path"] == row["chosen"]["path"] == "non_technical"
    assert row["proposed"]["classifier"] == load_classifier().classify("").classifier
    assert file.stat().st_mode & 0o077 == 0
