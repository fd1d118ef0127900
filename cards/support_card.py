"""A call for support, said in private: to whoever is asked to come, and to whoever calls."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from cards.actions.private import AnswerSupport
from cards.elements import Json, action_set, card, heading, open_url, rich, run, text
from cards.formats import listed, moment
from cards.notice import Notice
from cards.plain_text import one_line, plain
from retention.domain.case import case_code
from retention.domain.people import PersonRef
from retention.domain.support import About, Asked, SupportCall

_LONGEST_NAME = 60
_SECONDS_OF_A_MINUTE = 60
IN_PRIVATE = "Você não precisa explicar nada, e no canal nada aparece."


def asked_card(call: SupportCall, person: PersonRef, about: About, *, url: str = "") -> Json:
    """Show the call to somebody who was asked to come, as it is now.

    `url` is the address of the thread, where there is one.
    """
    caller = _short(call.caller)
    if call.answered_by is None:
        title = f"🤝 {plain(caller)} precisa de apoio agora"
        lines = [
            text(
                f"{plain(_name(call.caller))} está com um cliente e pediu que alguém assuma o "
                "contato. Não pergunte o motivo agora: só assuma."
            ),
            *_about(call, about),
            *_others(call, person),
        ]
        buttons = [AnswerSupport.button("Estou indo", style="positive", call=call.id)]
    elif call.answered_by.id == person.id:
        title = f"🤝 Você está assumindo o contato de {plain(caller)}"
        lines = [
            text(f"Avisei {plain(caller)} em particular. No canal nada foi dito."),
            text(f"O caso {_code(call)} agora está com você.") if call.took_over else None,
            *_about(call, about),
        ]
        buttons = []
    else:
        coming = plain(_name(call.answered_by))
        title = f"✅ {coming} está assumindo o contato"
        lines = [text(f"{plain(caller)} já sabe. Você não precisa fazer nada.")]
        buttons = []
    is_theirs = call.answered_by is None or call.answered_by.id == person.id
    links = [open_url("Abrir o tópico", url)] if url and is_theirs else []
    return card(
        heading(title),
        *lines,
        action_set(*buttons, *links) if buttons or links else None,
        fallback_text=asked_summary(call, person),
    )


def asked_summary(call: SupportCall, person: PersonRef) -> str:
    """Say it in one line, for the notification: without a word of the customer."""
    caller = _short(call.caller)
    if call.answered_by is None:
        return f"{caller} precisa de apoio agora. Alguém pode assumir o contato?"
    if call.answered_by.id == person.id:
        return f"Você está assumindo o contato de {caller}."
    return f"{_name(call.answered_by)} está assumindo o contato de {caller}."


def caller_words(call: SupportCall, *, patience: timedelta, typed_in_channel: bool = False) -> str:
    """Tell the caller how far the call is, in Markdown.

    `typed_in_channel` tells that the command itself stands in the channel for everybody to read.
    """
    if call.answered_by is not None:
        name = plain(_name(call.answered_by))
        case = f" O caso {_code(call)} agora está com {name}." if call.took_over else ""
        return f"🤝 **{name}** está assumindo o contato. Pode passar o cliente e respirar.{case}"
    if not call.asked:
        return (
            "Não encontrei ninguém da liderança para chamar agora. Se precisar, encerre o contato "
            "com o cliente e procure quem lidera a sua equipe por telefone."
        )
    names = [f"**{plain(_name(each.person))}**" for each in call.asked]
    if call.unanswered_at is not None:
        return (
            f"Chamei {listed(names)}, e ninguém respondeu ainda. Se precisar, encerre o contato "
            "com o cliente. Quem responder, eu aviso. Para chamar de novo: **/apoio**."
        )
    if len(call.asked) > 1:
        *_, before, _ = call.asked
        return (
            f"{plain(_short(before.person))} ainda não respondeu. Chamei também {names[-1]}, em "
            "particular."
        )
    erase = " Sua mensagem ficou no canal: se quiser, apague." if typed_in_channel else ""
    return (
        f"🤝 Chamei {names[0]} em particular. {IN_PRIVATE} Sem resposta em {_span(patience)}, "
        f"chamo a próxima pessoa.{erase}"
    )


def called_already(call: SupportCall) -> str:
    """Answer whoever calls once more while somebody is looked for; plain text."""
    names = listed([_name(each.person) for each in call.asked])
    return f"🤝 Já chamei {names}, em particular. Sem resposta, chamo a próxima pessoa."


def called_notice(call: SupportCall) -> Notice:
    """Answer the press, on the presser's own view of the case."""
    if call.answered_by is not None:
        title = f"🤝 {plain(_name(call.answered_by))} está assumindo o contato"
    elif call.asked:
        title = f"🤝 Chamei {plain(_name(call.asked[-1].person))} em particular"
    else:
        title = "🤝 Não encontrei ninguém para chamar agora"
    return Notice(
        title, "Só você vê isto. Na nossa conversa particular eu conto o resto.", "accent"
    )


def _about(call: SupportCall, about: About) -> list[Json | None]:
    since = rich(run("Desde: ", bold=True), run(moment(call.called_at)))
    if not about.customer:
        return [since]
    case = f"{one_line(about.customer, at_most=_LONGEST_NAME)} · Caso {about.crm_case_number}"
    return [rich(run("Cliente: ", bold=True), run(case)), since]


def _others(call: SupportCall, person: PersonRef) -> list[Json | None]:
    """Say who else was asked, so that nobody counts on somebody who does not answer."""
    others: Sequence[Asked] = [each for each in call.asked if each.person.id != person.id]
    if not others:
        return []
    names = listed([_name(each.person) for each in others])
    return [rich(run("Também chamei: ", bold=True), run(f"{names}. Quem for primeiro, assume."))]


def _span(patience: timedelta) -> str:
    seconds = round(patience.total_seconds())
    minutes, rest = divmod(seconds, _SECONDS_OF_A_MINUTE)
    if rest or not minutes:
        return f"{seconds} segundos"
    return "1 minuto" if minutes == 1 else f"{minutes} minutos"


def _code(call: SupportCall) -> str:
    return case_code(call.number or 0)


def _name(person: PersonRef) -> str:
    return one_line(person.name, at_most=_LONGEST_NAME)


def _short(person: PersonRef) -> str:
    return one_line(person.first_name, at_most=_LONGEST_NAME)
