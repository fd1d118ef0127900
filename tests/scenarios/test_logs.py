"""Logs are JSON with ids of turn, effect and case, and hold no personal data (LGPD)."""

from __future__ import annotations

import json

from tests.scenarios.office import FACTS, ROSTER, fixture
from tests.scenarios.process import serving

SECRETS = {
    "Nas palavras do cliente": "Já cansei do sistema. Só quero cancelar, me manda logo.",
    "Cliente": "Padaria do Zé Macedo",
    "Contato": "Dona Célia 11 98888-7777",
    "CNPJ ou CPF": "12.345.678/0001-95",
    "Valor mensal (R$)": "1.349,90",
}
NOTE = "O dono desabafou sobre a mãe doente"


async def test_a_whole_scenario_leaves_ids_and_no_personal_data(
    database_url, tmp_path, teams, unused_tcp_port
):
    log = tmp_path / "log.jsonl"
    async with serving(
        database_url, teams, unused_tcp_port, log=log, LOG_LEVEL="DEBUG", LOG_FORMAT="json"
    ) as (_, office):
        thread = await office.register(**SECRETS)
        await office.press("Bruno Carvalho", thread, "Assumir")
        await office.press("Fernanda Lima", thread, "Assumir")
        form = (await office.press("Ana Souza", thread, "Anotar")).card
        await office.press("Ana Souza", thread, "Salvar anotação", {"Anotação": NOTE}, on=form)
        await office.say("Ana Souza", "segredo que ninguém pediu", mention=False)
        await office.execute("Ana Souza", thread, "case.claim", {"case": "Zé Macedo"})
        broken = fixture("channel-message-mention") | {
            "entities": 5,
            "text": SECRETS["Cliente"],
        }
        await office.deliver(broken)
        await office.settle()

    written = log.read_text()
    events = [json.loads(line) for line in written.splitlines()]
    people = [word for member in ROSTER for word in (member.name, member.mri)]
    private = [*SECRETS.values(), *FACTS.values(), NOTE, "segredo", "Macedo", *people]
    assert [word for word in private if word in written] == []
    assert {"turn.answered", "connector.sent", "case.changed", "case.refused"} <= {
        one["event"] for one in events
    }
    assert all("turn" in one for one in events if one["event"] == "turn.answered")
