"""The pt-BR name of every value a person may see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cards.elements import Band
from retention.domain.business_clock import SnoozeFor
from retention.domain.cancellation import (
    CancellationPath,
    CancellationReason,
    Mood,
    Opening,
    OriginChannel,
)
from retention.domain.events import (
    CaseStatus,
    DocumentState,
    FeedbackChannel,
    HandoverStep,
    OutcomeKind,
    Requirement,
    TreatmentStep,
)
from retention.domain.people import Role
from retention.domain.playbook import Diagnosis, OfferKind
from retention.domain.rehearsal import Route
from retention.domain.report import Measure

PRIORITY = "ALTA"
QUEUE = "FOOD - ADMINISTRATIVO/FINANCEIRO"
CRM_STATUS = "Aguardando Informação Externa"


@dataclass(frozen=True, slots=True)
class StatusLabel:
    """An icon with a shape of its own and a title; the band's colour only repeats them."""

    icon: str
    title: str
    band: Band | None

    @property
    def words(self) -> str:
        return f"{self.icon} {self.title}"


STATUSES: Mapping[CaseStatus, StatusLabel] = {
    CaseStatus.IN_TREATMENT: StatusLabel("🎧", "Em tratativa no RC", "accent"),
    CaseStatus.AWAITING_ADMFIN: StatusLabel("⏳", "Aguardando Adm/Fin", "warning"),
    CaseStatus.WITH_ADMFIN: StatusLabel("🤝", "Em tratativa no Adm/Fin", "accent"),
    CaseStatus.AWAITING_INFO: StatusLabel("💬", "Aguardando informação", "warning"),
    CaseStatus.LEAVING: StatusLabel("🚪", "Saída em andamento", None),
    CaseStatus.RETAINED: StatusLabel("🌱", "Retido, em vigília", "good"),
    CaseStatus.LOST: StatusLabel("📁", "Cancelado", None),
    CaseStatus.VOID: StatusLabel("📁", "Sem efeito", None),
}

OVERDUE = StatusLabel("⏰", "Atrasado: aguardando Adm/Fin", "attention")
"""Nobody has claimed the case in time."""

ANSWER_LATE = StatusLabel("⏰", "Resposta atrasada", "attention")
"""Who was asked has not answered in time."""

SNOOZES: Mapping[SnoozeFor, str] = {
    SnoozeFor.TWO_HOURS: "2 horas de atendimento",
    SnoozeFor.NEXT_DAY: "Próximo dia útil, cedo",
    SnoozeFor.THREE_DAYS: "3 dias úteis",
    SnoozeFor.FIVE_DAYS: "5 dias úteis",
}

PATHS: Mapping[CancellationPath, str] = {
    CancellationPath.TECHNICAL_OPEN: "Técnico com abertura",
    CancellationPath.TECHNICAL_BLOCKED: "Técnico sem abertura",
    CancellationPath.NON_TECHNICAL: "Não técnico",
}

ROUTES: Mapping[Route, str] = {
    **{Route(path): title for path, title in PATHS.items()},
    Route.NOT_CANCELLATION: "Não é pedido de cancelamento",
}

OPENINGS: Mapping[Opening, str] = {
    Opening.OPEN: "Deu abertura",
    Opening.BLOCKED: "Não deu abertura",
    Opening.UNCLEAR: "Não ficou claro",
    Opening.NOT_APPLICABLE: "Não se aplica",
}

REASONS: Mapping[CancellationReason, str] = {
    CancellationReason.RECURRING_ISSUE: "Falha não resolvida na raiz",
    CancellationReason.SLOW_SUPPORT: "Demora ou falta de retorno do suporte",
    CancellationReason.BAD_SERVICE_ATTITUDE: "Forma do atendimento",
    CancellationReason.PRODUCT_MISFIT: "Produto não atende",
    CancellationReason.HARD_TO_USE_TRAINING: "Dificuldade de uso ou falta de treinamento",
    CancellationReason.INTEGRATION_FISCAL: "Integração ou fiscal (iFood, TEF, nota)",
    CancellationReason.GENERAL_DISSATISFACTION: "Insatisfação sem causa dita",
    CancellationReason.PRICE: "Preço ou reajuste",
    CancellationReason.FINANCIAL_DIFFICULTY: "Dificuldade financeira",
    CancellationReason.COMPETITOR: "Mudança para concorrente",
    CancellationReason.BUSINESS_CLOSING: "Encerramento da empresa",
    CancellationReason.OWNERSHIP_CHANGE: "Troca de proprietário ou CNPJ",
    CancellationReason.SEASONAL_PAUSE: "Pausa, temporada ou reforma",
    CancellationReason.NO_LONGER_NEEDED: "Não usa mais",
    CancellationReason.CONTRACT_BILLING_DISPUTE: "Cobrança, multa ou contrato",
    CancellationReason.CHAMPION_LEFT: "Usuário-chave saiu",
    CancellationReason.OTHER: "Outros (explique)",
}

CHANNELS: Mapping[OriginChannel, str] = {
    OriginChannel.PHONE: "Telefone",
    OriginChannel.CHAT: "Chat",
    OriginChannel.WHATSAPP: "WhatsApp",
    OriginChannel.EMAIL: "E-mail",
    OriginChannel.SOCIAL: "Rede social",
    OriginChannel.IN_PERSON: "Presencial",
}

BY_CHANNEL: Mapping[OriginChannel, str] = {
    OriginChannel.PHONE: "por telefone",
    OriginChannel.CHAT: "pelo chat",
    OriginChannel.WHATSAPP: "pelo WhatsApp",
    OriginChannel.EMAIL: "por e-mail",
    OriginChannel.SOCIAL: "por rede social",
    OriginChannel.IN_PERSON: "pessoalmente",
}

MOODS: Mapping[Mood, str] = {
    Mood.NEUTRAL: "Neutro",
    Mood.FRUSTRATED: "Frustrado",
    Mood.ANGRY: "Irritado",
    Mood.DISAPPOINTED: "Decepcionado",
}

STEPS: Mapping[HandoverStep, str] = {
    HandoverStep.MENTION: "Menção",
    HandoverStep.QUEUE: "Fila",
    HandoverStep.STATUS: "Status",
    HandoverStep.PRIORITY: "Prioridade",
}

HANDOVER_VALUES: Mapping[HandoverStep, str] = {
    HandoverStep.QUEUE: QUEUE,
    HandoverStep.STATUS: CRM_STATUS,
    HandoverStep.PRIORITY: PRIORITY,
}
"""What a step sets, where the configuration of the CRM says nothing else."""

MENTION_GAPS: Mapping[str, str] = {
    "no_lead": "Ninguém do Adm/Fin está de plantão para ser marcado.",
    "no_user": "O líder do Adm/Fin não tem usuário ativo no Salesforce com o e-mail dele.",
    "no_access": "O líder do Adm/Fin não tem acesso a este Caso no Salesforce.",
    "no_mention": "A publicação saiu no Caso, mas sem a menção.",
    "no_post": "A publicação ainda não está no feed do Caso.",
}
"""Why nobody was mentioned in the feed, by what the CRM answered."""

TREATMENT_STEPS: Mapping[TreatmentStep, str] = {
    TreatmentStep.LISTEN: "Ouvir com empatia",
    TreatmentStep.HISTORY: "Panorama do histórico de Casos",
    TreatmentStep.CALL: "Acionar líder do RC ou N2, se preciso",
    TreatmentStep.ACT: "Agir na causa",
}

ROLES: Mapping[Role, str] = {
    Role.ADMFIN_LEAD: "Líder do Adm/Fin",
    Role.RC_LEAD: "Líder do RC",
    Role.N2: "N2",
    Role.ADMFIN: "Adm/Fin",
    Role.LEADER: "Liderança",
    Role.AGENT: "Analista RC",
    Role.ADMIN: "Administração do bot",
}

HELPERS: Mapping[Role, str] = {Role.N2: "N2", Role.RC_LEAD: "líder do RC"}
"""Whom the RC may call."""

DOCUMENT_STATES: Mapping[DocumentState, str] = {
    DocumentState.REQUESTED: "pedido",
    DocumentState.RECEIVED: "recebido",
    DocumentState.VALIDATED: "conferido",
}

REQUIREMENTS: Mapping[Requirement, str] = {
    Requirement.OUTCOME: "desfecho",
    Requirement.REAL_REASON: "motivo real",
    Requirement.REAL_REASON_TEXT: "motivo por extenso",
    Requirement.FEEDBACK_CHANNEL: "tentativa de feedback",
    Requirement.FEEDBACK_RESULT: "resposta do cliente",
    Requirement.LESSON: "lição",
    Requirement.DOCUMENTS: "documentos",
    Requirement.OVERRIDE: "motivo da exceção",
}
"""What the close gate asks for, as named in "closed without"."""

OUTCOMES: Mapping[OutcomeKind, str] = {
    OutcomeKind.RETAINED: "Retido: o cliente fica",
    OutcomeKind.LOST: "Cancelado: o cliente sai",
    OutcomeKind.VOID: "Sem efeito: não era cancelamento",
}

OUTCOME_WORDS: Mapping[OutcomeKind, str] = {
    OutcomeKind.RETAINED: "retido",
    OutcomeKind.LOST: "cancelado",
    OutcomeKind.VOID: "sem efeito",
}

MEASURES: Mapping[Measure, tuple[str, str]] = {
    Measure.OPENED: ("pedido", "pedidos"),
    Measure.CLAIMED: ("assumido", "assumidos"),
    Measure.REVERTED: ("revertido", "revertidos"),
    Measure.RETAINED: ("retido", "retidos"),
    Measure.LOST: ("cancelado", "cancelados"),
    Measure.VOID: ("sem efeito", "sem efeito"),
    Measure.EXCEPTION: ("por exceção", "por exceção"),
    Measure.FEEDBACK: ("com feedback", "com feedback"),
}
"""The word under a number: of one case, of several."""

DIAGNOSES: Mapping[Diagnosis, str] = {
    Diagnosis.TECHNICAL: "Técnico",
    Diagnosis.STRATEGIC: "Estratégico",
    Diagnosis.RELATIONAL: "Relacional",
}

OFFERS: Mapping[OfferKind, str] = {
    OfferKind.DOWNSELL: "plano menor",
    OfferKind.DISCOUNT: "desconto por alguns meses",
    OfferKind.EASIER_PAYMENT: "pagamento facilitado",
    OfferKind.UPGRADE: "plano com mais recursos",
    OfferKind.EXTRA_BENEFIT: "benefício extra",
    OfferKind.TRAINING: "treinamento",
    OfferKind.PAUSE: "pausa no contrato",
    OfferKind.REFUND: "devolução de valor",
}

FEEDBACK_CHANNELS: Mapping[FeedbackChannel, str] = {
    FeedbackChannel.PHONE: "Telefone",
    FeedbackChannel.CHAT: "Chat",
    FeedbackChannel.WHATSAPP: "WhatsApp",
    FeedbackChannel.EMAIL: "E-mail",
    FeedbackChannel.NO_CONTACT: "Não consegui contato",
}

WAYS: Mapping[FeedbackChannel, str] = {
    FeedbackChannel.PHONE: "por telefone",
    FeedbackChannel.CHAT: "pelo chat",
    FeedbackChannel.WHATSAPP: "pelo WhatsApp",
    FeedbackChannel.EMAIL: "por e-mail",
    FeedbackChannel.NO_CONTACT: "sem contato",
}
"""How somebody tried to reach the customer."""

ATTENDED: Mapping[str, str] = {"yes": "Atendeu", "no": "Não atendeu"}
ANSWERS: Mapping[str, str] = {"reverted": "Revertido", "not_reverted": "Não revertido"}


UNFINISHED: Mapping[str, str] = {
    "case_thread": ("⚠️ Uma atualização não chegou ao tópico. Quem cuida do bot já pode reenviar."),
    "crm": ("⚠️ Uma atualização não chegou ao Salesforce. Quem cuida do bot já pode reenviar."),
}
"""What is missing, by the name of the subscriber that did not get through."""

LISTS: Mapping[str, str] = {
    "open": "Casos abertos",
    "mine": "Seus casos abertos",
    "unclaimed": "Casos sem dono",
    "watched": "Casos em vigília",
}
"""The title of each list of cases, by the value of its filter."""

FIELDS: Mapping[str, str] = {
    "crm_case": "Nº do Caso",
    "customer": "Cliente",
    "channel": "Canal de origem",
    "verbatim": "Nas palavras do cliente",
    "mood": "Humor do cliente",
    "tax_id": "CNPJ ou CPF",
    "monthly_value": "Valor mensal (R$)",
    "contact": "Contato",
    "path": "Caminho",
    "reason": "Motivo",
    "reason_text": "Qual motivo?",
    "note": "Anotação",
    "answer": "Resposta do cliente",
    "confirmed_by": "Quem confirmou",
    "confirmed_date": "Quando",
    "confirmed_time": "Hora",
    "confirmed_channel": "Por onde",
    "customer_said": "O que o cliente disse",
    "outcome": "Desfecho",
    "real_reason": "Motivo real",
    "real_reason_text": "Qual motivo?",
    "feedback_channel": "Tentativa de feedback",
    "feedback_result": "O que o cliente respondeu",
    "lesson": "Lição",
    "crm_steps": "Passos no Salesforce",
    "rc_steps": "Passos do RC",
    "plan_what": "O que será feito",
    "plan_who": "Quem faz",
    "plan_due": "Até quando",
    "told": "Próximos passos informados ao cliente",
    "why": "Por que mudar",
    "call_url": "Link da ligação",
    "call_who": "Quem chamar",
    "call_date": "Quando",
    "call_time": "A partir de",
    "attended": "Atendeu?",
    "attended_note": "O que ficou combinado",
    "heard": "O que você ouviu",
    "snooze_for": "Lembrar de novo em",
    "snooze_why": "Por que adiar",
    "assign_to": "Quem cuida do caso",
    "assign_found": "Outra pessoa",
    "give_back_why": "Por que devolver",
    "ask_who": "A quem",
    "ask_what": "O que você precisa saber",
    "ask_date": "Até quando",
    "ask_time": "Até que horas",
    "info": "Sua resposta",
    "tries": "Quantas tentativas",
    "tried_by": "Por onde",
    "tried_date": "Quando foi a última",
    "tried_time": "A que horas",
    "doc_requested": "Documentos pedidos ao cliente",
    "doc_received": "Documentos recebidos",
    "doc_validated": "Documentos conferidos",
    "absent_who": "Quem",
    "absent_until": "Fora até",
    "override": "Encerrar mesmo assim: por quê",
    "route": "Caminho",
    "opening": "O cliente deu abertura?",
    "next_action": "O que fazer agora",
}
"""The visible label of each input, by its id."""


def reason_words(reason: CancellationReason, other: str = "") -> str:
    """Name a reason; what a person wrote for "Outros" comes unescaped."""
    if reason is CancellationReason.OTHER:
        return f"Outros: {other}" if other.strip() else "Outros"
    return REASONS[reason]


def decapitalised(label: str) -> str:
    """Bring a label into the middle of a sentence."""
    return label[:1].lower() + label[1:]
