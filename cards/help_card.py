"""What the bot can do, said when somebody asks, arrives or types something it does not know."""

from __future__ import annotations

from functools import cache

from cards.actions.around import ListCases, ShowHelp
from cards.actions.intake import StartForm
from cards.elements import Json, action_set, card, container, heading, open_url, rich, run, text
from cards.plain_text import one_line, plain

_LONGEST_COMMAND = 60
_A_NOTE = "o cliente prefere ligação depois das 15h"
_COMMANDS = (
    ("/cancelamento 00012345", "Registra um pedido. Leva um minuto."),
    ("/caso Padaria Sol", "Acha um caso por cliente, Caso ou código."),
    ("/casos meus", "Mostra os seus. Também: sem dono, vigília."),
    (
        "/anotar ligo às 15h",
        "Anota no caso do tópico. Fora dele, comece pelo código: RET-0042.",
    ),
    ("/fluxo RET-0042", "Diz onde o caso está e o que fazer. Sozinho, mostra o processo."),
    ("/equipe", "Mostra quem está de plantão e quem está fora."),
    ("/apoio", "Chama alguém da liderança para você, em particular, na hora."),
    ("/resumo", "Mostra o resumo do dia, em particular, para a liderança."),
    ("/avisos", "Liga e desliga o que mando sozinho, em particular."),
    ("/relatorio outubro", "Conta o mês, em particular, para quem lidera. Sozinho, o atual."),
    ("/treino", "Propõe diálogos de clientes para praticar, no nosso chat particular."),
    ("/ajuda", "Mostra esta lista."),
)


@cache
def help_card() -> Json:
    """Give the one card there is of it: nobody changes a card once it is made."""
    return card(
        heading("Como posso ajudar?"),
        text(
            "Cuido do pedido de cancelamento com você: registro, chamo quem decide e acompanho até "
            "o resultado."
        ),
        container(
            *(
                container(
                    rich(run(command, bold=True), spacing="None"),
                    text(meaning, spacing="None"),
                    spacing="Small",
                )
                for command, meaning in _COMMANDS
            )
        ),
        _start_and_list(),
        fallback_text="Ajuda: use /cancelamento e o número do Caso para registrar um pedido.",
    )


def unknown_card(command: str, nearest: str | None = None) -> Json:
    """Answer a command the bot does not know; `nearest` is the one most like it, no slash."""
    guess = (run(" Você quis dizer "), run(f"/{nearest}", bold=True), run("?")) if nearest else ()
    return card(
        rich(
            run("Não entendi “"),
            run(one_line(command, at_most=_LONGEST_COMMAND), bold=True),
            run("”."),
            *guess,
        ),
        text(
            "Eu entendo **/cancelamento**, **/caso**, **/casos**, **/anotar**, **/fluxo**, "
            "**/equipe**, **/apoio**, **/resumo**, **/avisos**, **/relatorio**, **/treino** e "
            "**/ajuda**."
        ),
        action_set(
            StartForm.button("Registrar cancelamento", style="positive"),
            ShowHelp.button("Ver ajuda"),
        ),
        fallback_text="Não entendi. Use /ajuda.",
    )


def no_case_here_card() -> Json:
    """Ask which case a note is for, and say how to find its code."""
    command = f"/anotar RET-0042 {_A_NOTE}"
    return card(
        heading("Em qual caso eu anoto?"),
        text(f"Comece pelo código do caso: **{command}**. No tópico dele, nem precisa do código."),
        text("Para achar o código, escreva **/caso** e o nome do cliente ou o nº do Caso."),
        action_set(ListCases.button("Meus casos", which="mine")),
        fallback_text=f"Comece pelo código do caso: {command}.",
    )


def no_words_card(code: str = "") -> Json:
    """Ask for the words of a note; `code` is that of its case, where it has to be said."""
    command = " ".join(part for part in ("/anotar", code, _A_NOTE) if part)
    return card(
        heading("O que eu anoto?"),
        text(f"Escreva a anotação na mesma mensagem: **{command}**."),
        fallback_text=f"Escreva a anotação na mesma mensagem: {command}.",
    )


def welcome_card(*, bot_name: str = "Retenção", is_channel: bool = True) -> Json:
    """Introduce the bot, once per conversation."""
    command = f"@{bot_name} /cancelamento" if is_channel else "/cancelamento"
    steps = (
        (run("Escreva aqui: "), run(command, bold=True)),
        (run("Conte o que o cliente disse, do jeito que ele falou."),),
        (run("Confirme o caminho. Eu chamo quem precisa e digo o que vem depois."),),
    )
    return card(
        heading(f"Oi, eu sou o {plain(bot_name)}"),
        text(
            "Quando um cliente pedir para sair, me chame. Em um minuto, o caso chega a quem "
            "decide, com as palavras do cliente."
        ),
        container(
            heading("Como começar", section=True, spacing="None"),
            *(
                rich(run(f"{number}. ", bold=True), *step)
                for number, step in enumerate(steps, start=1)
            ),
        ),
        container(
            text(
                "Deste canal, guardo só os pedidos de cancelamento. O resto da conversa eu "
                "descarto sem registrar.",
                small=True,
                spacing="None",
            )
        )
        if is_channel
        else None,
        _start_and_list(),
        fallback_text=f"Oi, eu sou o {bot_name}. Para registrar um pedido, escreva {command}.",
    )


def wrong_channel_card(channel_name: str, url: str | None = None) -> Json:
    """Refuse kindly in a channel that is not the configured one, and show the way."""
    return card(
        heading("Aqui eu não registro pedidos"),
        text(
            "Os pedidos de cancelamento ficam todos em um canal, para ninguém perder nenhum: "
            f"**{plain(channel_name)}**."
        ),
        text("Escreva **/cancelamento** lá, ou no nosso chat particular."),
        action_set(open_url("Abrir o canal", url)) if url else None,
        fallback_text=f"Os pedidos de cancelamento ficam no canal {channel_name}.",
    )


def _start_and_list() -> Json:
    return action_set(
        StartForm.button("Registrar cancelamento", style="positive"),
        ListCases.button("Meus casos", which="mine"),
    )
