"""One realistic instance of every card and state, and the worst people may type.

`python -m tests.cards.gallery OUTDIR` draws them all, in light and dark, for phone and channel.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from cards.case_card import case_card
from cards.case_forms import note_card
from cards.cases_card import case_summary_card, cases_card, matches_card, not_found_card
from cards.closing_forms import result_card
from cards.duplicate_card import duplicate_card
from cards.elements import Json, card
from cards.errors import NOTHING_TICKED, notice_for
from cards.facts_card import facts_card
from cards.flow_card import case_flow_card, process_card
from cards.help_card import (
    help_card,
    no_case_here_card,
    no_words_card,
    unknown_card,
    welcome_card,
    wrong_channel_card,
)
from cards.judgement_card import judgement_card
from cards.playbook_part import guidance
from cards.receipt_card import discarded_card, joined_card, noted_card, receipt_card
from cards.treatment_forms import answer_card
from config.playbooks import load_playbooks
from retention.domain.cancellation import (
    CancellationPath,
    CancellationReason,
    Intent,
    Kind,
    Mood,
    Opening,
    OriginChannel,
)
from retention.domain.case import Case, CaseAction, CaseFacts, CaseNumber, Judgement, Outcome
from retention.domain.case_line import CaseLine
from retention.domain.classification import Classification, Signal, SignalRole
from retention.domain.draft import Draft, Place
from retention.domain.errors import AlreadyDone, NotAllowed, Problem
from retention.domain.events import FeedbackChannel, HandoverStep, OutcomeKind
from retention.domain.people import Actor, Person, PersonId, Role
from retention.domain.playbook import Diagnosis, OfferKind, Playbook, Step

NOW = datetime(2026, 11, 24, 17, 2, tzinfo=UTC)
"""14:02 in São Paulo, a Tuesday."""
PATTERN = r"^\d{8}$"
URL = "https://teams.example.com/l/message/19:rc-backoffice@thread.tacv2/1"


def person(code: str, name: str, *roles: Role, on_duty: bool = False) -> Person:
    person_id = PersonId(f"00000000-0000-0000-0000-0000000000{code}")
    return Person(person_id, name, frozenset(roles), on_duty=on_duty)


ANA = person("a1", "Ana Souza", Role.AGENT)
BRUNO = person("a2", "Bruno Carvalho", Role.AGENT, Role.RC_LEAD, Role.N2)
FERNANDA = person("b1", "Fernanda Lima", Role.ADMFIN_LEAD, on_duty=True)
GUSTAVO = person("b2", "Gustavo Rocha", Role.ADMFIN_LEAD)
CALLED = (FERNANDA, BRUNO)

PRINTER = (
    "Já reclamei três vezes da impressora que trava no almoço. Cansei. Só quero cancelar, me manda "
    "logo pra quem resolve isso."
)
LAST_CHANCE = (
    "Olha, não estou satisfeito com o atendimento, já reportei esse problema várias vezes. Mas se "
    "vocês resolverem agora, continuo."
)
LEFT_ALREADY = "Não adianta tentar. Já contratei outro sistema. Só quero encerrar com vocês."

_MARKUP = (
    "# *Olha* _isso_ **aqui** [clique](https://mal.example) <at>Fernanda Lima</at> `x` ~~y~~ | z\n"
    "- item\n1. primeiro\n> citação &lt;b&gt; 😤👨‍👩‍👧‍👦🤬 "
)
HOSTILE_WORDS = (_MARKUP * 20)[:2000]
HOSTILE_NAME = "Á*_[#]" + "W" * 60 + " <at>Todos</at> 1. **Restaurante** (Matriz) & Filhos 🍕🍕🍕🍕"
HOSTILE_NAME = HOSTILE_NAME.ljust(120, "ç")[:120]


def actor(who: Person) -> Actor:
    return Actor(who.id, who.name, who.roles | {Role.AGENT})


PADARIA = CaseFacts(
    crm_case_number="00012345",
    customer="Padaria Sol",
    channel=OriginChannel.PHONE,
    verbatim=PRINTER,
    mood=Mood.ANGRY,
    monthly_value=Decimal("349.90"),
)
CANTINA = CaseFacts(
    crm_case_number="00012398",
    customer="Cantina da Nonna",
    channel=OriginChannel.CHAT,
    verbatim=LAST_CHANCE,
    mood=Mood.FRUSTRATED,
    tax_id="12.***.***/****-95",
    monthly_value=Decimal(1519),
    contact="Seu Marcos, (11) 90000-0000",
)
EMPORIO = CaseFacts(
    crm_case_number="00012301",
    customer="Empório Central",
    channel=OriginChannel.EMAIL,
    verbatim=LEFT_ALREADY,
    mood=Mood.DISAPPOINTED,
    monthly_value=Decimal(489),
)
HOSTILE = CaseFacts(
    crm_case_number="00099999",
    customer=HOSTILE_NAME,
    channel=OriginChannel.SOCIAL,
    verbatim=HOSTILE_WORDS,
    mood=Mood.ANGRY,
    tax_id="***.***.*89-09",
    monthly_value=Decimal("9999999.99"),
    contact=HOSTILE_NAME,
)
HOSTILE_PERSON = person("f1", HOSTILE_NAME, Role.AGENT)
HOSTILE_LEAD = person("f2", HOSTILE_NAME, Role.ADMFIN_LEAD, on_duty=True)

BLOCKED = Judgement(CancellationPath.TECHNICAL_BLOCKED, CancellationReason.RECURRING_ISSUE)
OPEN = Judgement(CancellationPath.TECHNICAL_OPEN, CancellationReason.INTEGRATION_FISCAL)
NON_TECHNICAL = Judgement(CancellationPath.NON_TECHNICAL, CancellationReason.COMPETITOR)
HOSTILE_JUDGEMENT = Judgement(
    CancellationPath.TECHNICAL_BLOCKED, CancellationReason.OTHER, reason_text=HOSTILE_NAME
)


def a_case(
    facts: CaseFacts = PADARIA,
    judgement: Judgement = BLOCKED,
    *,
    number: int = 42,
    by: Person = ANA,
    at: datetime = NOW,
    in_crm: bool = False,
) -> Case:
    """Open a case by the domain's own rules."""
    return Case.open(
        number=CaseNumber(number),
        draft_id="d-7f3a",
        facts=facts,
        judgement=judgement,
        by=actor(by),
        at=at,
        in_crm=in_crm,
    )


def minutes(count: int) -> datetime:
    return NOW + timedelta(minutes=count)


def claimed(facts: CaseFacts = PADARIA, judgement: Judgement = BLOCKED) -> Case:
    case = a_case(facts, judgement)
    case.tick(by=actor(ANA), at=minutes(3), steps=[HandoverStep.QUEUE, HandoverStep.STATUS])
    case.claim(by=actor(FERNANDA), at=minutes(9))
    return case


def reverted() -> Case:
    case = a_case(CANTINA, OPEN, number=43)
    case.revert(
        by=actor(ANA),
        at=minutes(70),
        confirmed_by="Seu Marcos",
        confirmed_at=minutes(64),
        channel=OriginChannel.PHONE,
        told="O N2 acompanha a loja até sexta.",
    )
    return case


def not_reverted() -> Case:
    case = a_case(CANTINA, OPEN, number=43)
    case.fail_reversal(
        by=actor(ANA),
        at=minutes(70),
        customer_said="Agradeceu, mas já decidiu sair.",
        told="O Adm/Fin liga ainda hoje.",
    )
    return case


def ended(kind: OutcomeKind, facts: CaseFacts = PADARIA, judgement: Judgement = BLOCKED) -> Case:
    case = claimed(facts, judgement)
    case.add_note(by=actor(ANA), at=minutes(20), text="Prefere ligação à tarde.", request_id="n1")
    with_feedback = kind is not OutcomeKind.VOID
    outcome = Outcome(
        kind,
        CancellationReason.RECURRING_ISSUE,
        feedback_channel=FeedbackChannel.PHONE if with_feedback else None,
        feedback_result="Agora alguém me ouviu." if with_feedback else "",
        lesson="Na segunda queixa igual em 30 dias, chamar o N2 sem esperar a terceira.",
    )
    case.record_outcome(by=actor(FERNANDA), at=minutes(198), outcome=outcome)
    return case


def hostile_case() -> Case:
    """Everything as long and as full of markup as the limits allow."""
    case = a_case(HOSTILE, HOSTILE_JUDGEMENT, number=99999, by=HOSTILE_PERSON)
    for turn in range(12):
        case.add_note(
            by=actor(HOSTILE_PERSON),
            at=minutes(turn),
            text=HOSTILE_WORDS[:1000],
            request_id=f"n{turn}",
        )
    case.tick(by=actor(HOSTILE_PERSON), at=minutes(20), steps=[HandoverStep.QUEUE])
    return case


def hostile_end() -> Case:
    case = hostile_case()
    lead = actor(HOSTILE_LEAD)
    case.claim(by=lead, at=minutes(21))
    outcome = Outcome(
        OutcomeKind.RETAINED,
        CancellationReason.OTHER,
        real_reason_text=HOSTILE_NAME,
        feedback_channel=FeedbackChannel.WHATSAPP,
        feedback_result=HOSTILE_WORDS[:600],
        lesson=HOSTILE_WORDS[:600],
    )
    case.record_outcome(by=lead, at=minutes(5000), outcome=outcome)
    return case


NO_ANSWERS: Mapping[str, str] = {}


def a_draft(
    answers: Mapping[str, str] = NO_ANSWERS, *, in_channel: bool = True, author: Person = ANA
) -> Draft:
    place = Place("https://smba.example", "19:rc@thread.tacv2", is_channel=in_channel)
    return Draft("d-7f3a", author.ref, place, NOW, version=2, answers=dict(answers))


TYPED = {
    "crm_case": "0001235",
    "customer": "Padaria Sol",
    "channel": "phone",
    "verbatim": PRINTER,
    "mood": "",
    "tax_id": "12.345.678/0001-99",
    "monthly_value": "trezentos",
    "contact": "Seu Marcos, (11) 90000-0000",
}
HOSTILE_TYPED = {
    **TYPED,
    "crm_case": "9" * 20,
    "customer": HOSTILE_NAME,
    "verbatim": HOSTILE_WORDS,
    "contact": HOSTILE_NAME,
}


def signal(words: str, role: SignalRole, part: str) -> Signal:
    start = words.index(part)
    return Signal(role, start, start + len(part), part, "rule")


def a_classification(
    words: str = PRINTER,
    signals: Mapping[SignalRole, Sequence[str]] = {},
    *,
    intent: Intent = Intent.CANCEL_REQUEST,
    kind: Kind = Kind.TECHNICAL,
    opening: Opening = Opening.BLOCKED,
    reason: CancellationReason | None = CancellationReason.RECURRING_ISSUE,
    certain: bool = True,
) -> Classification:
    found = [signal(words, role, part) for role, parts in signals.items() for part in parts]
    return Classification(intent, kind, opening, reason, tuple(found), 0.9, certain)


PRINTER_READ = a_classification(
    PRINTER,
    {
        SignalRole.INTENTION: ["Só quero cancelar"],
        SignalRole.REASON: ["Já reclamei três vezes da impressora que trava"],
        SignalRole.OPENING: ["me manda logo pra quem resolve"],
    },
)
LAST_CHANCE_READ = a_classification(
    LAST_CHANCE,
    {
        SignalRole.INTENTION: ["se vocês resolverem agora, continuo"],
        SignalRole.REASON: ["já reportei esse problema várias vezes"],
        SignalRole.OPENING: ["se vocês resolverem agora, continuo"],
    },
    intent=Intent.COMPLAINT_RISK,
    opening=Opening.OPEN,
)
LEFT_READ = a_classification(
    LEFT_ALREADY,
    {
        SignalRole.INTENTION: ["Só quero encerrar com vocês"],
        SignalRole.REASON: ["Já contratei outro sistema"],
        SignalRole.OPENING: ["Não adianta tentar"],
    },
    kind=Kind.NON_TECHNICAL,
    reason=CancellationReason.COMPETITOR,
)
UNSURE = a_classification(
    "Quero cancelar o sistema.",
    {SignalRole.INTENTION: ["Quero cancelar"]},
    kind=Kind.UNCLEAR,
    opening=Opening.UNCLEAR,
    reason=None,
    certain=False,
)
DAILY_WORK = a_classification(
    "Como faço para cancelar a nota do cliente?",
    intent=Intent.NOT_CANCELLATION,
    kind=Kind.NOT_APPLICABLE,
    opening=Opening.NOT_APPLICABLE,
    reason=None,
)
HOSTILE_READ = a_classification(
    HOSTILE_WORDS,
    {role: [HOSTILE_WORDS[5:400], HOSTILE_WORDS[300:900]] for role in SignalRole},
)


PAPERS = ("Distrato assinado", "Contrato social", "RG e CPF de quem assina")
HOSTILE_PLAYBOOK = Playbook(
    reason=CancellationReason.OTHER,
    scripts=dict.fromkeys(Mood, dict.fromkeys(CancellationPath, HOSTILE_WORDS[:240])),
    steps=dict.fromkeys(
        CancellationPath, (Step(HOSTILE_WORDS[:130], f"documento 002, {HOSTILE_WORDS[:35]}"),) * 4
    ),
    questions=(HOSTILE_WORDS[:100],) * 3,
    offers=tuple(OfferKind),
    documents=(HOSTILE_WORDS[:60],) * 10,
    hints=dict.fromkeys(Diagnosis, HOSTILE_WORDS[:110]),
)
"""As long and as full of markup as the file may be."""


def line_of(case: Case) -> CaseLine:
    facts = case.facts
    return CaseLine(
        case.number,
        facts.crm_case_number,
        facts.customer,
        case.status,
        case.opened_by,
        case.opened_at,
        case.owner,
        None,
    )


def _lines() -> list[CaseLine]:
    return [
        line_of(case) for case in (a_case(), a_case(CANTINA, OPEN, number=43), claimed(EMPORIO))
    ]


def _intake() -> dict[str, Json]:
    problems = {
        "crm_case": Problem.CASE_NUMBER,
        "mood": Problem.MISSING,
        "tax_id": Problem.TAX_ID_DIGITS,
        "monthly_value": Problem.MONEY,
    }
    daily_words = replace(PADARIA, verbatim="Como faço para cancelar a nota do cliente?")
    unsure_words = replace(PADARIA, verbatim="Quero cancelar o sistema.")
    hostile = a_draft(HOSTILE_TYPED, author=HOSTILE_PERSON)
    earlier = [line_of(ended(OutcomeKind.RETAINED)), line_of(ended(OutcomeKind.VOID))]
    no_text = {"reason_text": Problem.MISSING}
    return {
        "facts": facts_card(a_draft({"crm_case": "00012345"}), case_number_pattern=PATTERN),
        "facts-open-already": facts_card(
            a_draft({"crm_case": "00012345"}),
            case_number_pattern=PATTERN,
            open_case=claimed(),
            thread_url=URL,
        ),
        "facts-errors": facts_card(a_draft(TYPED), case_number_pattern=PATTERN, problems=problems),
        "facts-hostile": facts_card(hostile, case_number_pattern=PATTERN, problems=problems),
        "judgement": judgement_card(a_draft(), PADARIA, PRINTER_READ, called=CALLED),
        "judgement-open": judgement_card(
            a_draft(in_channel=False), CANTINA, LAST_CHANCE_READ, called=CALLED
        ),
        "judgement-non-technical": judgement_card(a_draft(), EMPORIO, LEFT_READ, called=CALLED),
        "judgement-unsure": judgement_card(a_draft(), unsure_words, UNSURE, called=CALLED),
        "judgement-daily-work": judgement_card(a_draft(), daily_words, DAILY_WORK, called=CALLED),
        "judgement-other": judgement_card(
            a_draft({"path": "non_technical", "reason": "other"}),
            EMPORIO,
            LEFT_READ,
            called=CALLED,
            problems=no_text,
        ),
        "judgement-hostile": judgement_card(
            a_draft({"reason": "other", "reason_text": HOSTILE_NAME}),
            HOSTILE,
            HOSTILE_READ,
            called=(HOSTILE_LEAD, HOSTILE_PERSON),
            problems={"reason_text": Problem.TOO_LONG},
        ),
        "duplicate": duplicate_card(a_draft(), claimed(), thread_url=URL, earlier=earlier),
        "duplicate-hostile": duplicate_card(
            a_draft(), hostile_case(), thread_url=URL, earlier=[line_of(hostile_end())] * 3
        ),
        "receipt": receipt_card(a_case(), URL),
        "receipt-open": receipt_card(a_case(CANTINA, OPEN), None),
        "joined": joined_card(a_case(), URL),
        "discarded": discarded_card(),
    }


def _cases() -> dict[str, Json]:
    hour_later = minutes(75)
    claim_refused = notice_for(
        NotAllowed(CaseAction.CLAIM, frozenset({Role.ADMFIN_LEAD})),
        holders=(FERNANDA, GUSTAVO),
        now=NOW,
    )
    done = notice_for(AlreadyDone(CaseAction.CLAIM, FERNANDA.ref, minutes(9)), now=minutes(10))
    hostile_refused = notice_for(
        NotAllowed(CaseAction.CLAIM, frozenset({Role.ADMFIN_LEAD})),
        holders=(HOSTILE_LEAD, HOSTILE_PERSON),
        now=NOW,
    )
    all_ticked = claimed()
    all_ticked.tick(by=actor(BRUNO), at=minutes(30), steps=HandoverStep)

    def shown(case: Case, now: datetime = hour_later) -> Json:
        return case_card(case, called=CALLED, now=now)

    return {
        "case-in-treatment": shown(a_case(CANTINA, OPEN, number=43), NOW),
        "case-awaiting": shown(a_case(), NOW),
        "case-awaiting-non-technical": shown(a_case(EMPORIO, NON_TECHNICAL, number=38), NOW),
        "case-reverted": shown(reverted()),
        "case-not-reverted": shown(not_reverted()),
        "case-claimed": shown(claimed()),
        "case-claimed-ticked": shown(all_ticked),
        "case-retained": shown(ended(OutcomeKind.RETAINED), minutes(200)),
        "case-lost": shown(ended(OutcomeKind.LOST, EMPORIO, NON_TECHNICAL), minutes(3000)),
        "case-void": shown(ended(OutcomeKind.VOID), minutes(200)),
        "case-unfinished": shown(replace(claimed(), unfinished=frozenset({"case_thread"}))),
        "case-hostile": case_card(
            hostile_case(), called=(HOSTILE_LEAD, BRUNO), now=NOW, notice=hostile_refused
        ),
        "case-hostile-end": case_card(hostile_end(), called=CALLED, now=NOW),
        "refusal": case_card(a_case(), called=CALLED, now=NOW, notice=claim_refused),
        "already-done": case_card(claimed(), called=CALLED, now=minutes(10), notice=done),
        "nothing-ticked": case_card(
            a_case(),
            called=CALLED,
            now=NOW,
            notice=NOTHING_TICKED,
            problems={"crm_steps": Problem.MISSING},
        ),
    }


def _forms() -> dict[str, Json]:
    answers = {"answer": "reverted", "confirmed_by": "", "confirmed_date": "2026-11-30"}
    answer_problems = {
        "confirmed_by": Problem.MISSING,
        "confirmed_date": Problem.IN_THE_FUTURE,
        "confirmed_channel": Problem.MISSING,
    }
    result = {"outcome": "lost", "real_reason": "other", "lesson": HOSTILE_WORDS[:600]}
    result_problems = {
        "real_reason_text": Problem.MISSING,
        "feedback_channel": Problem.MISSING,
        "feedback_result": Problem.MISSING,
    }
    return {
        "note": note_card(a_case(), "k-1"),
        "note-errors": note_card(a_case(), "k-1", problems={"note": Problem.MISSING}),
        "answer": answer_card(a_case(CANTINA, OPEN, number=43), now=NOW),
        "answer-errors": answer_card(
            a_case(CANTINA, OPEN, number=43), now=NOW, typed=answers, problems=answer_problems
        ),
        "result": result_card(claimed()),
        "result-errors": result_card(claimed(), typed=result, problems=result_problems),
        "result-hostile": result_card(hostile_case(), typed=result, problems=result_problems),
    }


def _around() -> dict[str, Json]:
    urls = {CaseNumber(42): URL, CaseNumber(43): URL, CaseNumber(99999): URL}
    return {
        "summary": case_summary_card(claimed(), URL),
        "summary-hostile": case_summary_card(hostile_case(), URL),
        "cases": cases_card(_lines(), which="open", thread_urls=urls, more=True),
        "cases-empty": cases_card([], which="mine", thread_urls={}),
        "cases-hostile": cases_card(
            [line_of(hostile_case())] * 10, which="unclaimed", thread_urls=urls
        ),
        "matches": matches_card(_lines(), query="padaria", thread_urls=urls),
        "not-found": not_found_card("Padaria do Zé"),
        "not-found-hostile": not_found_card(HOSTILE_WORDS),
        "help": help_card(),
        "note-elsewhere": no_case_here_card(),
        "note-empty": no_words_card(),
        "note-empty-elsewhere": no_words_card("RET-0042"),
        "noted": noted_card(a_case(), URL),
        "noted-hostile": noted_card(hostile_case()),
        "unknown": unknown_card("/cancelar", "cancelamento"),
        "unknown-hostile": unknown_card(HOSTILE_WORDS),
        "welcome": welcome_card(),
        "welcome-personal": welcome_card(is_channel=False),
        "wrong-channel": wrong_channel_card("RC + BACKOFFICE & RETENÇÃO", URL),
    }


def _guidance() -> dict[str, Json]:
    books = load_playbooks()
    in_treatment = a_case(CANTINA, OPEN, number=43)
    non_technical = a_case(EMPORIO, NON_TECHNICAL, number=38)

    def guided(case: Case, playbook: Playbook | None = None) -> Json:
        playbook = playbook or books[case.judgement.reason]
        return card(*guidance(case, playbook), fallback_text="Roteiro")

    return {
        "flow": process_card(),
        "flow-in-treatment": case_flow_card(in_treatment, called=CALLED),
        "flow-awaiting": case_flow_card(claimed(), called=CALLED, thread_url=URL),
        "flow-not-reverted": case_flow_card(not_reverted(), called=CALLED),
        "flow-non-technical": case_flow_card(non_technical, called=CALLED),
        "flow-ended": case_flow_card(ended(OutcomeKind.LOST), called=CALLED),
        "flow-hostile": case_flow_card(hostile_case(), called=(HOSTILE_LEAD, BRUNO)),
        "guidance-in-treatment": guided(in_treatment),
        "guidance-awaiting": guided(a_case()),
        "guidance-non-technical": guided(non_technical),
        "guidance-documents": guided(
            in_treatment, replace(books[in_treatment.judgement.reason], documents=PAPERS)
        ),
        "guidance-hostile": guided(a_case(CANTINA, OPEN), HOSTILE_PLAYBOOK),
    }


def gallery() -> dict[str, Json]:
    """Build every card: name → JSON."""
    from tests.cards.clocks import clocks  # noqa: PLC0415 - it builds on what is above
    from tests.cards.crm import in_crm  # noqa: PLC0415 - it builds on what is above
    from tests.cards.desk import desk  # noqa: PLC0415 - it builds on what is above
    from tests.cards.mornings import mornings  # noqa: PLC0415 - it builds on what is above
    from tests.cards.numbers import numbers  # noqa: PLC0415 - it builds on what is above
    from tests.cards.rehearsal import rehearsal  # noqa: PLC0415 - it builds on what is above
    from tests.cards.reports import reports  # noqa: PLC0415 - it builds on what is above
    from tests.cards.support import support  # noqa: PLC0415 - it builds on what is above
    from tests.cards.triangulation import triangulation  # noqa: PLC0415 - it builds on what is above
    from tests.cards.workbench import workbench  # noqa: PLC0415 - it builds on what is above

    groups: Sequence[Callable[[], dict[str, Json]]] = (
        _intake,
        _cases,
        in_crm,
        _forms,
        numbers,
        workbench,
        clocks,
        desk,
        _around,
        _guidance,
        rehearsal,
        reports,
        mornings,
        support,
        triangulation,
    )
    return {name: built for group in groups for name, built in group().items()}


def main() -> None:
    from tests.cards.rendering import THEMES, WIDTHS, Renderer  # noqa: PLC0415 - needs a browser

    folder = Path(sys.argv[1])
    wanted = sys.argv[2:]
    with Renderer() as renderer:
        for name, card in gallery().items():
            if wanted and name not in wanted:
                continue
            for theme in THEMES:
                for width, place in WIDTHS.items():
                    path = folder / f"{name}.{place}-{theme}.png"
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_bytes(renderer.picture(card, theme=theme, width=width))


if __name__ == "__main__":
    main()
