"""Tables of programmes."""

from __future__ import annotations

from zhiyin.listen.programs.models.catalogue import (
    Channel,
    Stage,
    Stream,
    Touchpoint,
    Wave,
)
from zhiyin.listen.programs.models.gates import Gate, GateSignOff
from zhiyin.listen.programs.models.invitations import (
    FrameMember,
    FrameState,
    Invitation,
)
from zhiyin.listen.programs.models.kiosks import KioskAnswer, KioskDevice
from zhiyin.listen.programs.models.links import LinkTraffic, SurveyLink
from zhiyin.listen.programs.models.marks import ReadMark
from zhiyin.listen.programs.models.programmes import Cadence, Programme, Trigger
from zhiyin.listen.programs.models.widgets import (
    Corner,
    LinkCode,
    Widget,
    WidgetDay,
    WidgetShape,
)

__all__ = [
    "Cadence",
    "Channel",
    "Corner",
    "FrameMember",
    "FrameState",
    "Gate",
    "GateSignOff",
    "Invitation",
    "KioskAnswer",
    "KioskDevice",
    "LinkCode",
    "LinkTraffic",
    "Programme",
    "ReadMark",
    "Stage",
    "Stream",
    "SurveyLink",
    "Touchpoint",
    "Trigger",
    "Wave",
    "Widget",
    "WidgetDay",
    "WidgetShape",
]
