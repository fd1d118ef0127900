"""The words of a request to cancel: what the customer wants, why, and which path it takes.

Labels follow the process document (cancellation by technical and non-technical reasons) and the
annotation guide of the utterances: `intent`, `kind`, `opening`, `reason`.
"""

from __future__ import annotations

from enum import StrEnum


class Intent(StrEnum):
    CANCEL_REQUEST = "cancel_request"
    COMPLAINT_RISK = "complaint_risk"
    NOT_CANCELLATION = "not_cancellation"


class Kind(StrEnum):
    TECHNICAL = "technical"
    NON_TECHNICAL = "non_technical"
    UNCLEAR = "unclear"
    NOT_APPLICABLE = "n/a"


class Opening(StrEnum):
    OPEN = "open"
    BLOCKED = "blocked"
    UNCLEAR = "unclear"
    NOT_APPLICABLE = "n/a"


class CancellationPath(StrEnum):
    """The three ways of the process: act, hand over, hand over with documents."""

    TECHNICAL_OPEN = "technical_open"
    TECHNICAL_BLOCKED = "technical_blocked"
    NON_TECHNICAL = "non_technical"


class CancellationReason(StrEnum):
    RECURRING_ISSUE = "recurring_issue"
    SLOW_SUPPORT = "slow_support"
    BAD_SERVICE_ATTITUDE = "bad_service_attitude"
    PRODUCT_MISFIT = "product_misfit"
    HARD_TO_USE_TRAINING = "hard_to_use_training"
    INTEGRATION_FISCAL = "integration_fiscal"
    GENERAL_DISSATISFACTION = "general_dissatisfaction"
    PRICE = "price"
    FINANCIAL_DIFFICULTY = "financial_difficulty"
    COMPETITOR = "competitor"
    BUSINESS_CLOSING = "business_closing"
    OWNERSHIP_CHANGE = "ownership_change"
    SEASONAL_PAUSE = "seasonal_pause"
    NO_LONGER_NEEDED = "no_longer_needed"
    CONTRACT_BILLING_DISPUTE = "contract_billing_dispute"
    CHAMPION_LEFT = "champion_left"
    OTHER = "other"
    """The product's own: chosen by a person, with a text; never predicted."""


class OriginChannel(StrEnum):
    PHONE = "phone"
    CHAT = "chat"
    WHATSAPP = "whatsapp"
    EMAIL = "email"
    SOCIAL = "social"
    IN_PERSON = "in_person"


class Mood(StrEnum):
    NEUTRAL = "neutral"
    FRUSTRATED = "frustrated"
    ANGRY = "angry"
    DISAPPOINTED = "disappointed"
