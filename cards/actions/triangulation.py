"""Buttons of the three-way call."""

from __future__ import annotations

from cards.card_action import OnCase, Typed


class OpenTriangulationForm(OnCase):
    verb = "desk.triangulate_form"


class Triangulate(OnCase):
    """Call somebody in: the address of the call, who, from which day and hour on."""

    verb = "desk.triangulate"

    call_url: Typed = ""
    call_who: Typed = ""
    call_date: Typed = ""
    call_time: Typed = ""


class OpenAttendedForm(OnCase):
    verb = "desk.attended_form"


class TellAttended(OnCase):
    """Whether the customer came: `attended` is ``yes`` or ``no``."""

    verb = "desk.attended"

    attended: Typed = ""
    attended_note: Typed = ""


ACTIONS = (OpenTriangulationForm, Triangulate, OpenAttendedForm, TellAttended)
