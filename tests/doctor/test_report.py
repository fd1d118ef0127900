"""The report: what people read, what machines read, and when all is well."""

from __future__ import annotations

import json

from doctor.checks import CHANNEL, ROSTER, SCHEMA, TEAM, TEXTS, TOKEN, UNASKED
from doctor.report import as_json, as_text, is_healthy

FINE = SCHEMA.found("ok", version="0007")
ODD = ROSTER.found("missing", people=["Ana Souza", "Igor Alves"])
BAD = TEAM.found("not_installed")


def test_warnings_leave_the_bot_healthy_and_a_failure_does_not():
    assert is_healthy([FINE, ODD])
    assert not is_healthy([FINE, ODD, BAD])


class TestText:
    def test_each_group_has_a_title_and_each_finding_its_level(self):
        text = as_text([BAD, ODD, FINE])

        assert [line for line in text.splitlines() if line and not line.startswith(" ")] == [
            "Teams",
            "Pessoas",
            "Banco de dados",
            "Resultado: 1 OK, 1 AVISO, 1 FALHA.",
        ]
        assert "  FALHA  Bot na equipe: " in text
        assert "  AVISO  Pessoas na equipe: não estão na equipe: Ana Souza; Igor Alves." in text
        assert "  OK     Banco e migrações: " in text

    def test_what_to_do_stands_under_what_is_not_well(self):
        assert "O que fazer:" in as_text([BAD])
        assert "O que fazer:" not in as_text([FINE])

    def test_what_was_not_asked_for_one_reason_is_told_once(self):
        text = as_text(
            [TOKEN.found("refused", why="401"), TEAM.found(UNASKED), CHANNEL.found(UNASKED)]
        )

        assert "  AVISO  Bot na equipe, Canal: não conferido" in text

    def test_no_line_is_wider_than_a_terminal(self):
        text = as_text([BAD, ODD, FINE, TEXTS.found("bad", why="uma linha " * 40)])

        assert max(map(len, text.splitlines())) <= 100


class TestJson:
    def test_it_is_one_object_with_the_findings_in_order(self):
        report = json.loads(as_json([BAD, ODD, FINE]))

        assert report["healthy"] is False
        assert [(one["check"], one["level"], one["code"]) for one in report["findings"]] == [
            ("teams.team", "FALHA", "not_installed"),
            ("people.roster", "AVISO", "missing"),
            ("database.schema", "OK", "ok"),
        ]

    def test_a_finding_has_words_and_values(self):
        (told,) = json.loads(as_json([ODD]))["findings"]

        assert told == {
            "group": "people",
            "check": "people.roster",
            "level": "AVISO",
            "code": "missing",
            "title": "Pessoas na equipe",
            "said": told["said"],
            "todo": told["todo"],
            "values": {"people": ["Ana Souza", "Igor Alves"]},
        }
        assert "Ana Souza; Igor Alves" in told["said"]
