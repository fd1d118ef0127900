"""`python -m dev.run` says in one sentence what is wrong, before it starts anything."""

import socket

import pytest

from dev import run


def test_an_unknown_person_is_answered_with_the_names(capsys):
    code = run.main(["--as", "zé"])

    assert code == 1
    assert capsys.readouterr().err == (
        "Não conheço “zé”. Escolha uma destas pessoas: "
        "ana, bruno, fernanda, gustavo, helena, igor.\n"
    )


def test_a_teams_app_id_is_refused(capsys, monkeypatch):
    monkeypatch.setenv("APP_ID", "00000000-0000-0000-0000-000000000001")

    code = run.main([])

    assert code == 1
    assert capsys.readouterr().err.startswith("APP_ID está definido")


@pytest.mark.parametrize("name", ["APP_ID", "app_id"])
def test_a_teams_app_id_that_only_the_bot_would_read_is_refused_too(
    capsys, monkeypatch, tmp_path, name
):
    (tmp_path / ".env").write_text(f"{name}=00000000-0000-0000-0000-000000000001\n")
    monkeypatch.setenv("APP_ID", "")  # counts for nothing, to the bot as here
    monkeypatch.setattr(run, "_ROOT", tmp_path)

    code = run.main([])

    assert code == 1
    assert capsys.readouterr().err.startswith("APP_ID está definido")


def test_a_port_in_use_is_named_with_its_option(capsys, monkeypatch):
    monkeypatch.delenv("APP_ID", raising=False)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        code = run.main(["--port", str(port)])

    assert code == 1
    assert capsys.readouterr().err == (
        f"A porta {port} está em uso: pare o programa que a usa ou escolha outra com --port.\n"
    )
