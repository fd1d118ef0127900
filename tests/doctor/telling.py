"""How tests look at findings: as their code, once it is sure that there are words for it."""

from __future__ import annotations

from doctor.checks import Finding
from doctor.words import tell


def code_of(finding: Finding) -> tuple[str, str]:
    """Give level and code; a value that the words ask for and the finding has not is an error."""
    told = tell(finding)
    assert "{" not in told.said + told.todo
    return str(finding.level), finding.code


def codes_of(findings: list[Finding]) -> dict[str, tuple[str, str]]:
    """Give level and code of each check."""
    return {finding.check: code_of(finding) for finding in findings}
