"""The business's files: usable or not, and which reasons are still to be completed."""

from __future__ import annotations

import pytest

from config import calendar, lexicon, rehearsal
from config.playbooks import DEFAULT_PATH
from doctor import catalogues
from tests.doctor.telling import code_of, codes_of

SHIPPED = DEFAULT_PATH.read_text(encoding="utf-8")
SHIPPED_TEXTS = {
    "lexicon": lexicon.DEFAULT_PATH,
    "rehearsal": rehearsal.DEFAULT_PATH,
    "calendar": calendar.DEFAULT_PATH,
}


@pytest.fixture
def playbooks(tmp_path):
    """Judge the shipped playbooks after a replacement in them."""

    async def judge(old="", new=""):
        path = tmp_path / "playbooks.toml"
        path.write_text(SHIPPED.replace(old, new) if old else SHIPPED, encoding="utf-8")
        return await catalogues.playbooks(path)

    return judge


class TestPlaybooks:
    async def test_the_shipped_ones_lack_documents_and_the_offers_of_one_reason(self, playbooks):
        findings = await playbooks()

        assert codes_of(findings) == {
            "playbooks.file": ("OK", "ok"),
            "playbooks.offers": ("AVISO", "undefined"),
            "playbooks.documents": ("AVISO", "undefined"),
        }
        assert findings[1].values == {"reasons": ["Encerramento da empresa"]}
        assert len(findings[2].values["reasons"]) == findings[0].values["count"]

    async def test_with_documents_for_every_reason_they_are_complete(self, playbooks):
        findings = await playbooks("documents = []", 'documents = ["Distrato assinado"]')

        assert codes_of(findings)["playbooks.documents"] == ("OK", "ok")

    async def test_with_offers_for_every_reason_they_are_complete(self, playbooks):
        findings = await playbooks("offers = []", 'offers = ["pause"]')

        assert codes_of(findings)["playbooks.offers"] == ("OK", "ok")

    async def test_a_reason_without_a_script_cannot_be_used(self, playbooks):
        findings = await playbooks("[scripts.non_technical]", "[scripts.other]")

        assert codes_of(findings) == {"playbooks.file": ("FALHA", "bad")}
        assert any("scripts.non_technical" in each for each in findings[0].values["problems"])


class TestTexts:
    async def test_the_shipped_ones_can_be_used(self):
        finding = await catalogues.texts(**SHIPPED_TEXTS)

        assert code_of(finding) == ("OK", "ok")

    @pytest.mark.parametrize("broken", list(SHIPPED_TEXTS))
    async def test_a_broken_one_is_named(self, tmp_path, broken):
        path = tmp_path / f"{broken}.toml"
        path.write_text("[", encoding="utf-8")

        finding = await catalogues.texts(**{**SHIPPED_TEXTS, broken: path})

        assert code_of(finding) == ("FALHA", "bad")
        assert str(path) in str(finding.values["why"])
