"""`/ajuda`, and the kind word for what nobody understood."""

from __future__ import annotations

from bot.router import Router
from bot.turn import Answer, Desk, Show, Turn
from cards.actions import ShowHelp
from cards.help_card import help_card

router = Router()


@router.command("ajuda", "help", "?")
async def show_help(turn: Turn, desk: Desk) -> Answer:
    return Show(help_card())


@router.action(ShowHelp)
async def help_pressed(turn: Turn, action: ShowHelp, desk: Desk) -> Answer:
    return Show(help_card())
