"""Forms of programmes."""

from __future__ import annotations

from zhiyin.listen.programs.forms.catalogue import (
    LinkForm,
    PeopleForm,
    TouchpointForm,
    WaveForm,
)
from zhiyin.listen.programs.forms.codes import CodesForm
from zhiyin.listen.programs.forms.kiosks import KioskForm
from zhiyin.listen.programs.forms.plans import ProgrammeForm
from zhiyin.listen.programs.forms.widgets import WidgetForm

__all__ = [
    "CodesForm",
    "KioskForm",
    "LinkForm",
    "PeopleForm",
    "ProgrammeForm",
    "TouchpointForm",
    "WaveForm",
    "WidgetForm",
]
