"""Buttons of the lead's desk: whose the case is, what it waits for, that the customer leaves."""

from __future__ import annotations

from cards.card_action import OnCase, Typed, ticked
from retention.domain.events import FeedbackChannel


class OpenAssignForm(OnCase):
    verb = "desk.assign_form"


class AssignCase(OnCase):
    """To one of the list, or to whom Teams found by name."""

    verb = "desk.assign"

    assign_to: Typed = ""
    assign_found: Typed = ""


class OpenGiveBackForm(OnCase):
    verb = "desk.give_back_form"


class GiveBack(OnCase):
    verb = "desk.give_back"

    give_back_why: Typed = ""


class OpenAskForm(OnCase):
    verb = "desk.ask_form"


class AskInfo(OnCase):
    """Ask somebody for something, by a day and an hour."""

    verb = "desk.ask"

    ask_who: Typed = ""
    ask_what: Typed = ""
    ask_date: Typed = ""
    ask_time: Typed = ""


class OpenInfoForm(OnCase):
    verb = "desk.info_form"


class GiveInfo(OnCase):
    """Answer what was asked."""

    verb = "desk.info"

    info: Typed = ""


class WithdrawQuestion(OnCase):
    """The answer is not needed any more."""

    verb = "desk.withdraw"


class OpenDecisionForm(OnCase):
    verb = "desk.decision_form"


class TellDecision(OnCase):
    """The customer has decided to leave, in these words."""

    verb = "desk.decision"

    customer_said: Typed = ""


class OpenAttemptsForm(OnCase):
    verb = "desk.attempts_form"


class EndAttempts(OnCase):
    """How often, by which ways and when last it was tried to reach the customer."""

    verb = "desk.attempts"

    tries: Typed = ""
    tried_by: Typed = ""
    tried_date: Typed = ""
    tried_time: Typed = ""

    @property
    def channels(self) -> tuple[FeedbackChannel, ...]:
        return ticked(self.tried_by, FeedbackChannel)


ACTIONS = (
    OpenAssignForm,
    AssignCase,
    OpenGiveBackForm,
    GiveBack,
    OpenAskForm,
    AskInfo,
    OpenInfoForm,
    GiveInfo,
    WithdrawQuestion,
    OpenDecisionForm,
    TellDecision,
    OpenAttemptsForm,
    EndAttempts,
)
