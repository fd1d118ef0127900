"""What a refusal sounds like: kind, concrete, with the way on. `RetentionError` → words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from cards.elements import Band
from cards.formats import at_moment, calendar_day, listed
from cards.labels import FIELDS, HELPERS, REQUIREMENTS, STATUSES, decapitalised
from cards.notice import Notice
from cards.plain_text import plain
from retention.domain.case import CaseAction
from retention.domain.errors import (
    AlreadyDone,
    AnsweredOtherwise,
    CannotClose,
    CannotOwn,
    CaseNotFound,
    DraftNotFound,
    DuplicateOpenCase,
    ForLeadersAlone,
    IllegalTransition,
    InvalidAnswers,
    NextStepsNotTold,
    NobodyToCall,
    NoNotices,
    NotAllowed,
    NothingChanges,
    NotTheAuthor,
    OutdatedForm,
    Problem,
    RehearsalNotFound,
    RetentionError,
    StaleCase,
    SupportCallNotFound,
)
from retention.domain.events import CaseStatus
from retention.domain.people import Person

_ONLY_YOU = "Só você vê este aviso, e nada mudou no caso."
_WHOSE: Mapping[str, tuple[str, str]] = {
    CaseAction.CLAIM: ("Assumir é com o Adm/Fin", "podem assumir"),
    CaseAction.RECORD_OUTCOME: ("O resultado é com o Adm/Fin", "podem registrar"),
    CaseAction.ANSWER: ("A resposta é com quem abriu o caso", "podem registrar"),
    CaseAction.TREAT: ("A tratativa é com quem abriu o caso", "podem mexer nela"),
    CaseAction.ANSWER_CALL: ("O chamado é para outra pessoa", "podem atender"),
    CaseAction.RECLASSIFY: ("A classificação é com quem cuida do caso", "podem corrigir"),
    CaseAction.SNOOZE: ("O lembrete é com quem cuida do caso", "podem adiar"),
    CaseAction.CORRECT_NUMBER: ("O nº do Caso é com quem cuida do caso", "podem corrigir"),
    CaseAction.VALIDATE: ("Conferir documentos é com o Adm/Fin", "podem conferir"),
    CaseAction.ASSIGN: ("Atribuir é com o Adm/Fin", "podem atribuir"),
    CaseAction.GIVE_BACK: ("Devolver é com quem cuida do caso", "podem devolver"),
    CaseAction.ASK: ("Perguntar é com quem cuida do caso", "podem perguntar"),
    CaseAction.WITHDRAW: ("Dispensar é com quem perguntou", "podem dispensar"),
    CaseAction.DECIDE: ("A decisão é registrada por quem cuida do caso", "podem registrar"),
    CaseAction.END_ATTEMPTS: ("Encerrar tentativas é com o Adm/Fin", "podem encerrar"),
    CaseAction.TRIANGULATE: ("Triangular é com quem cuida do caso", "podem chamar"),
    CaseAction.TRIANGULATED: ("Isso é com quem estava na ligação", "podem registrar"),
    CaseAction.SEE_EXCEPTION: ("A ciência da exceção é com a liderança", "podem dar"),
}
"""Title of the refusal, and how the sentence with the names goes on."""

_FIELD_PROBLEMS: Mapping[tuple[str, Problem], str] = {
    ("crm_case", Problem.MISSING): "Informe o número do Caso.",
    ("crm_case", Problem.UNCHANGED): "O caso já está com este número. Escreva o certo.",
    ("customer", Problem.MISSING): "Informe o nome do cliente.",
    ("channel", Problem.MISSING): "Escolha por onde o cliente falou.",
    ("verbatim", Problem.MISSING): "Escreva o que o cliente disse. Uma frase já basta.",
    ("verbatim", Problem.TOO_LONG): "Cabem 2.000 letras. Cole a parte em que ele fala da saída.",
    ("mood", Problem.MISSING): "Escolha o humor. Na dúvida, use “Neutro”.",
    ("path", Problem.MISSING): "Escolha um dos três caminhos.",
    ("reason", Problem.MISSING): "Escolha o motivo que o cliente deu.",
    ("reason_text", Problem.MISSING): "Diga o motivo em poucas palavras.",
    ("note", Problem.MISSING): "Escreva a anotação. Uma frase já basta.",
    ("answer", Problem.MISSING): "Escolha o que o cliente decidiu.",
    ("confirmed_by", Problem.MISSING): "Diga quem, do lado do cliente, confirmou que fica.",
    ("confirmed_date", Problem.MISSING): "Escolha o dia em que confirmou.",
    ("confirmed_time", Problem.MISSING): "Escolha a hora em que confirmou.",
    ("confirmed_channel", Problem.MISSING): "Escolha por onde o cliente confirmou.",
    ("outcome", Problem.MISSING): "Escolha como o caso terminou.",
    ("real_reason", Problem.MISSING): "Escolha o motivo que você confirmou.",
    ("real_reason_text", Problem.MISSING): "Diga o motivo em poucas palavras.",
    ("feedback_channel", Problem.MISSING): "Escolha por onde você tentou ouvir o cliente.",
    ("feedback_result", Problem.MISSING): "Escreva o que ele respondeu. Sem resposta, escreva “não "
    "atendeu”.",
    ("lesson", Problem.MISSING): "Conte em uma frase o que ajuda no próximo caso, como “chamar o "
    "N2 na segunda queixa”.",
    ("crm_steps", Problem.MISSING): "Toque no que você já fez no Caso e salve de novo. Se ainda "
    "não fez, volte aqui depois.",
    ("rc_steps", Problem.MISSING): "Toque no que você já fez e salve de novo. Se ainda não fez, "
    "volte aqui depois.",
    ("plan_what", Problem.MISSING): "Escreva a ação em uma frase.",
    ("plan_who", Problem.MISSING): "Escolha uma pessoa da equipe.",
    ("plan_due", Problem.MISSING): "Escolha o dia em que fica pronto.",
    ("told", Problem.MISSING): "Escreva o que você disse ao cliente que vem agora. Sem isso, não "
    "dá para registrar a resposta.",
    ("why", Problem.MISSING): "Diga em uma frase por que a classificação muda.",
    ("call_url", Problem.MISSING): "Cole o link da ligação, começando com https://.",
    ("call_who", Problem.MISSING): "Escolha uma pessoa da equipe.",
    ("attended", Problem.MISSING): "Diga se o cliente atendeu.",
    ("heard", Problem.MISSING): "Escreva o que o cliente disse. Uma frase já basta.",
    ("path", Problem.UNCHANGED): "Já está assim. Escolha outro caminho ou outro motivo.",
    ("absent_who", Problem.MISSING): "Escolha a pessoa.",
    ("snooze_for", Problem.MISSING): "Escolha por quanto tempo.",
    ("snooze_why", Problem.MISSING): "Diga em uma frase por que o caso pode esperar.",
    ("override", Problem.MISSING): "O resultado é com o Adm/Fin. Diga por que você encerra.",
    ("assign_to", Problem.MISSING): "Escolha alguém do Adm/Fin.",
    ("give_back_why", Problem.MISSING): "Diga em uma frase por que o caso volta à fila.",
    ("ask_who", Problem.MISSING): "Escolha uma pessoa da equipe.",
    ("ask_what", Problem.MISSING): "Escreva a pergunta em uma frase.",
    ("ask_date", Problem.MISSING): "Escolha o dia.",
    ("ask_time", Problem.MISSING): "Escolha a hora.",
    ("ask_date", Problem.IN_THE_PAST): "Esse momento já passou. Escolha um mais adiante.",
    ("info", Problem.MISSING): "Escreva a resposta. Uma frase já basta.",
    ("customer_said", Problem.MISSING): "Escreva o que o cliente disse. Uma frase já basta.",
    ("tries", Problem.MISSING): "Escolha quantas foram.",
    ("tried_by", Problem.MISSING): "Marque por onde vocês tentaram.",
    ("tried_date", Problem.MISSING): "Escolha o dia da última.",
    ("tried_time", Problem.MISSING): "Escolha a hora da última.",
    ("tried_date", Problem.IN_THE_PAST): "Isso foi antes do pedido. Confira o dia e a hora.",
    ("route", Problem.MISSING): "Escolha um dos caminhos.",
    ("opening", Problem.MISSING): "Diga se o cliente deu abertura.",
    ("next_action", Problem.MISSING): "Escolha o que você faria agora.",
}
_PROBLEMS: Mapping[Problem, str] = {
    Problem.MISSING: "Falta preencher este campo.",
    Problem.TOO_LONG: "Ficou longo demais. Deixe só o principal.",
    Problem.NOT_A_CHOICE: "Escolha uma das opções da lista.",
    Problem.HAS_CASE_NUMBER: "Já há um número aqui. Apague-o para criar outro Caso, ou continue.",
    Problem.CASE_NUMBER: "Confira o número do Caso, como aparece no Salesforce. Ex.: 00012345.",
    Problem.TAX_ID_SHAPE: "CNPJ tem 14 caracteres e CPF tem 11. Corrija ou deixe em branco.",
    Problem.TAX_ID_DIGITS: "Os dois últimos dígitos não conferem. Corrija ou deixe em branco.",
    Problem.MONEY: "Use o formato 349,90 ou deixe em branco.",
    Problem.DATE: "Confira o dia e a hora, como 25/11/2026 e 14:02.",
    Problem.IN_THE_FUTURE: "Esse momento ainda não chegou. Confira o dia e a hora.",
    Problem.IN_THE_PAST: "Esse dia já passou. Escolha hoje ou um dia adiante.",
    Problem.URL: "Cole o link da ligação, começando com https:// e sem espaços.",
    Problem.UNCHANGED: "Já está assim. Mude antes de salvar.",
    Problem.CANNOT_OWN: "Só o Adm/Fin cuida de casos. Escolha um nome da lista.",
    Problem.TOO_FAR: "Escolha um dia nas próximas quatro semanas.",
    Problem.NOT_VALIDATED: "Faltam documentos conferidos. Marque os que você conferiu ou diga "
    "abaixo por que encerrar mesmo assim.",
}

_NOTHING_TO_ANSWER: Mapping[str, str] = {
    CaseAction.ANSWER_CALL: "Ninguém espera resposta a um chamado agora.",
    CaseAction.ANSWER_QUESTION: "Ninguém espera uma resposta nele agora.",
    CaseAction.WITHDRAW: "Ninguém espera uma resposta nele agora.",
}
_UNEXPECTED: tuple[str, str, Band] = (
    "ℹ️ Não deu para fazer isso agora",
    "Nada mudou. Confira o caso.",
    "accent",
)
NO_BUTTON = Notice(
    "Este botão não vale mais", "Nada mudou. Abaixo, o caso como está agora.", "warning"
)
OUTDATED_FORM = Notice(
    "ℹ️ O caso mudou enquanto você escrevia",
    "O que você escreveu continua aqui. Confira como o caso está agora e, se ainda valer, salve de "
    "novo.",
    "accent",
)
NOTHING_TICKED = Notice(
    "ℹ️ Nenhum passo marcado",
    "Nada mudou no caso. O que falta está ao lado dos passos, mais abaixo.",
    "accent",
)


def problem_text(field: str, problem: Problem) -> str:
    """Say what to do about one answer, beside its field."""
    return _FIELD_PROBLEMS.get((field, problem), _PROBLEMS[problem])


def notice_for(error: RetentionError, *, holders: Sequence[Person] = (), now: datetime) -> Notice:
    """Say a refusal above the card as it is now.

    Args:
        error: what the domain refused.
        holders: who may do what was refused, whoever is on duty first.
        now: the present moment; a moment of the same day is written as a mere hour.
    """
    style: Band = "accent"
    match error:
        case NotAllowed():
            return _not_allowed(error, holders)
        case InvalidAnswers():
            return errors_notice(error.problems)
        case AlreadyDone():
            return _already_done(error, now)
        case NotTheAuthor():
            title = f"🔒 Este rascunho é de {plain(error.author.name)}"
            words, style = (
                "Só quem começou continua. Para outro pedido, escreva **/cancelamento**.",
                "warning",
            )
        case IllegalTransition():
            title, words = "ℹ️ O caso já mudou de etapa", f"{_moved_on(error)} Nada mudou nele."
        case CaseNotFound():
            title = f"Não encontrei {plain(error.reference)}"
            words = "Confira o código (RET-0042), o número do Caso ou o nome do cliente."
        case DraftNotFound():
            title = "Não encontrei este rascunho"
            words = "Para começar outro pedido, escreva **/cancelamento**."
        case DuplicateOpenCase():
            title = f"ℹ️ O Caso {plain(error.crm_case_number)} já está aberto"
            words = "Junte o pedido ao caso aberto ou corrija o número."
        case StaleCase() | OutdatedForm():
            title = "ℹ️ O caso mudou enquanto você escrevia"
            words = "Confira como ele está agora e tente mais uma vez."
        case _:
            return _of_the_work(error)
    return Notice(title, words, style)


def answered_meanwhile(error: AlreadyDone, now: datetime) -> Notice:
    """Say above a note who was faster with the answer that it holds."""
    return replace(
        _already_done(error, now),
        text="O que você escreveu continua aqui. Se ainda ajuda, salve como anotação.",
    )


def errors_notice(problems: Mapping[str, Problem], *, purpose: str = "continuar") -> Notice:
    """Name the fields to mend, above the form."""
    names = listed([FIELDS[field].removesuffix("?") for field in problems])
    fields = "1 campo" if len(problems) == 1 else f"{len(problems)} campos"
    return Notice(
        f"⚠️ Ajuste {fields} para {purpose}",
        f"{names}. O que você escreveu continua aqui.",
        "attention",
    )


def _already_done(error: AlreadyDone, now: datetime) -> Notice:
    when = at_moment(error.at, now)
    if isinstance(error, AnsweredOtherwise):
        return Notice(
            f"ℹ️ Você já registrou isso {when}",
            "Vale o primeiro registro, e nada mudou. Se algo ficou errado, anote no caso ou "
            "corrija a classificação.",
            "accent",
        )
    return Notice(
        f"ℹ️ Já feito por {plain(error.by.name)} {when}",
        "Nada foi feito em dobro. O caso abaixo está em dia.",
        "good",
    )


def _of_the_work(error: RetentionError) -> Notice:
    """Say what stands in the way of a step of the work, and the way on."""
    title, words, style = _UNEXPECTED
    match error:
        case NobodyToCall():
            title = f"ℹ️ Não há outra pessoa para chamar: {HELPERS.get(error.role, error.role)}"
            words = (
                "Escreva aqui no tópico por enquanto, e peça a quem cuida do bot para incluir "
                "alguém na lista da equipe."
            )
        case ForLeadersAlone():
            title = "🔒 Isto é com quem lidera"
            words = "Para ver os seus casos, escreva **/casos meus**."
            style = "warning"
        case NoNotices():
            title = "ℹ️ Você não recebe avisos meus em particular"
            words = "Só as menções no canal: não há o que silenciar."
        case SupportCallNotFound():
            title = "Não encontrei esta chamada"
            words = "Para chamar alguém da liderança, escreva **/apoio**."
        case RehearsalNotFound():
            title = "Não encontrei este treino"
            words = "Para treinar, escreva **/treino** na conversa comigo, em particular."
        case NextStepsNotTold():
            title = "ℹ️ Falta contar os próximos passos"
            words = "Diga ao cliente o que vem agora e escreva aqui o que combinou."
        case CannotOwn():
            title = "ℹ️ Esta pessoa não cuida de casos"
            words = _PROBLEMS[Problem.CANNOT_OWN]
        case NothingChanges():
            title, words = "ℹ️ A classificação já está assim", "Nada mudou no caso."
        case CannotClose():
            missing = [REQUIREMENTS[each] for each in error.lacking]
            papers = f" ({listed([plain(name) for name in error.documents])})"
            title = "ℹ️ O caso ainda não pode fechar"
            words = f"Falta: {listed(missing)}{papers if error.documents else ''}."
    return Notice(title, words, style)


def _not_allowed(error: NotAllowed, holders: Sequence[Person]) -> Notice:
    title, verb = _WHOSE.get(error.action, ("Isso é com outra pessoa", "podem fazer"))
    names = [f"**{plain(error.author.name)}**"] if error.author else []
    names += [_name(person) for person in holders if not _is_author(person, error)]
    if not names:
        return Notice(f"🔒 {title}", _ONLY_YOU, "warning")
    who = f"pode{verb.removeprefix('podem')}" if len(names) == 1 else verb
    return Notice(f"🔒 {title}", f"Neste caso, {who}: {listed(names)}.\n\n{_ONLY_YOU}", "warning")


def _name(person: Person) -> str:
    if person.away_until is not None:
        return f"**{plain(person.name)}** (fora até {calendar_day(person.away_until)})"
    return f"**{plain(person.name)}**{' (de plantão)' if person.on_duty else ''}"


def _is_author(person: Person, error: NotAllowed) -> bool:
    return error.author is not None and person.id == error.author.id


def _moved_on(error: IllegalTransition) -> str:
    current = CaseStatus(error.current)
    if not current.is_open:
        return f"Ele já terminou: {STATUSES[current].title.lower()}."
    if error.requested in _NOTHING_TO_ANSWER:
        return _NOTHING_TO_ANSWER[error.requested]
    if error.requested == CaseAction.TREAT:
        return f"Ele saiu da tratativa no RC. Agora: {decapitalised(STATUSES[current].title)}."
    if current is CaseStatus.IN_TREATMENT:
        return "Ele ainda está em tratativa no RC, e o Adm/Fin não precisa agir agora."
    if current is CaseStatus.AWAITING_ADMFIN:
        return "Ele ainda está sem dono: alguém do Adm/Fin precisa assumir antes."
    return f"Agora: {STATUSES[current].title}."
