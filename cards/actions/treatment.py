"""Buttons of path 1: the four steps, calls for help, the plan, the answer."""

from __future__ import annotations

from cards.card_action import OnCase, Typed, ticked
from retention.domain.events import TreatmentStep


class TickTreatment(OnCase):
    verb = "rc.tick"

    rc_steps: Typed = ""

    @property
    def steps(self) -> tuple[TreatmentStep, ...]:
        """List the ticked steps in the order of the process; what is no step is left out."""
        return ticked(self.rc_steps, TreatmentStep)


class CallN2(OnCase):
    verb = "rc.call_n2"


class CallLead(OnCase):
    verb = "rc.call_lead"


class AnswerCall(OnCase):
    """Whoever was called says that they are coming."""

    verb = "rc.coming"


class OpenPlanForm(OnCase):
    verb = "rc.plan_form"


class SavePlan(OnCase):
    verb = "rc.plan_save"

    plan_what: Typed = ""
    plan_who: Typed = ""
    plan_due: Typed = ""
    told: Typed = ""


class OpenAnswerForm(OnCase):
    verb = "rc.answer_form"


class RecordAnswer(OnCase):
    """How path 1 ended: `answer` is ``reverted`` or ``not_reverted``."""

    verb = "rc.answer"

    answer: Typed = ""
    told: Typed = ""
    confirmed_by: Typed = ""
    confirmed_date: Typed = ""
    confirmed_time: Typed = ""
    confirmed_channel: Typed = ""
    customer_said: Typed = ""


ACTIONS = (
    TickTreatment,
    CallN2,
    CallLead,
    AnswerCall,
    OpenPlanForm,
    SavePlan,
    OpenAnswerForm,
    RecordAnswer,
)
