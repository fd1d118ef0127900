"""The Playground that is installed is the one that is pinned, not any version that is pinned."""

import json

import pytest

from dev.playground import CannotStart, check_version

PINNED = {"dependencies": {"@microsoft/m365agentsplayground": "0.2.28", "markdown-it": "14.1.0"}}


@pytest.fixture
def package(tmp_path):
    def install(version):
        (tmp_path / "package.json").write_text(json.dumps({"version": version}))
        return tmp_path

    return install


def test_the_pinned_version_will_do(package):
    check_version(pinned=PINNED, package=package("0.2.28"))


@pytest.mark.parametrize("version", ["0.2.27", "14.1.0"])
def test_another_version_is_refused_even_one_that_something_else_is_pinned_to(package, version):
    with pytest.raises(CannotStart, match="outra versão"):
        check_version(pinned=PINNED, package=package(version))


def test_one_that_is_not_installed_is_said(tmp_path):
    with pytest.raises(CannotStart, match="não está instalado"):
        check_version(pinned=PINNED, package=tmp_path)
