"""The addresses of links, touchpoints and waves."""

from __future__ import annotations

import datetime as dt
import secrets
from typing import Any

from tests.zhiyin.listen.surveys.addresses import instrument
from tests.zhiyin.strangers import SECRET, Address, register
from zhiyin.accounts.models import Organisation, Permission
from zhiyin.listen.programs.models import (
    KioskDevice,
    Programme,
    Stream,
    SurveyLink,
    Touchpoint,
    Trigger,
    Wave,
    Widget,
)
from zhiyin.listen.programs.services import create_link
from zhiyin.listen.programs.services.codes import make_codes
from zhiyin.listen.programs.services.kiosks import save_kiosk
from zhiyin.listen.programs.services.widgets import save_widget


def link(home: Organisation) -> SurveyLink:
    return create_link(
        organisation=home,
        instrument=instrument(home),
        name=f"{SECRET} link",
    )


def a_link(home: Organisation) -> dict[str, Any]:
    return {"pk": link(home).pk}


def a_qr_code(home: Organisation) -> dict[str, Any]:
    return {"pk": link(home).pk, "kind": "png"}


def a_touchpoint(home: Organisation) -> dict[str, Any]:
    made = Touchpoint.objects.create(
        organisation=home,
        code=f"TP_{secrets.token_hex(4)}",
        name=f"{SECRET} touchpoint",
    )
    return {"pk": made.pk}


def programme(home: Organisation) -> Programme:
    return Programme.objects.create(
        organisation=home,
        code=f"P_{secrets.token_hex(4)}",
        name=f"{SECRET} programme",
        stream=Stream.RELATIONSHIP,
        trigger=Trigger.WAVE,
    )


def a_programme(home: Organisation) -> dict[str, Any]:
    return {"pk": programme(home).pk}


def a_wave(home: Organisation) -> dict[str, Any]:
    made = Wave.objects.create(
        organisation=home,
        code=f"w-{secrets.token_hex(4)}",
        name=f"{SECRET} wave",
        starts_on=dt.date(2026, 1, 1),
        ends_on=dt.date(2026, 3, 31),
        programme=programme(home),
    )
    return {"pk": made.pk}


def widget(home: Organisation) -> Widget:
    made = Widget(organisation=home, name=f"{SECRET} widget", link=link(home))
    return save_widget(widget=made)


def a_widget(home: Organisation) -> dict[str, Any]:
    return {"pk": widget(home).pk}


def kiosk(home: Organisation) -> KioskDevice:
    made = KioskDevice(organisation=home, name=f"{SECRET} shop", link=link(home))
    return save_kiosk(device=made, pin="2580")


def a_kiosk(home: Organisation) -> dict[str, Any]:
    return {"pk": kiosk(home).pk}


def a_code(home: Organisation) -> dict[str, Any]:
    made = link(home)
    make_codes(link=made, departments=[None], employees=[f"{SECRET} 1"])
    return {"pk": made.pk, "code": made.codes.get().code}


SURVEYS = Permission.EDIT_SURVEYS
PROGRAMS = Permission.EDIT_PROGRAMS

register(
    Address("links", SURVEYS),
    Address("link-new", SURVEYS),
    Address("link", SURVEYS, a_link),
    Address("link-edit", SURVEYS, a_link),
    Address("link-open", SURVEYS, a_link),
    Address("link-people", SURVEYS, a_link),
    Address("link-qr", SURVEYS, a_qr_code),
    Address("link-codes", SURVEYS, a_link),
    Address("link-codes-print", SURVEYS, a_link),
    Address("link-code-active", SURVEYS, a_code),
    Address("link-kiosks", SURVEYS, a_link),
    Address("kiosk-edit", SURVEYS, a_kiosk),
    Address("kiosk-active", SURVEYS, a_kiosk),
    Address("widgets", SURVEYS),
    Address("widget-new", SURVEYS),
    Address("widget", SURVEYS, a_widget),
    Address("widget-edit", SURVEYS, a_widget),
    Address("widget-preview", SURVEYS, a_widget),
    Address("widget-live", SURVEYS, a_widget),
    Address("widget-secret", SURVEYS, a_widget),
    Address("touchpoints", PROGRAMS),
    Address("touchpoint-new", PROGRAMS),
    Address("touchpoints-standard", PROGRAMS),
    Address("touchpoint", PROGRAMS, a_touchpoint),
    Address("touchpoint-active", PROGRAMS, a_touchpoint),
    Address("waves", PROGRAMS),
    Address("wave-new", PROGRAMS),
    Address("wave", PROGRAMS, a_wave),
    Address("wave-edit", PROGRAMS, a_wave),
    Address("wave-monitor", PROGRAMS, a_wave),
    Address("journey", PROGRAMS),
    Address("programmes", PROGRAMS),
    Address("programme-new", PROGRAMS),
    Address("programmes-standard", PROGRAMS),
    Address("programme", PROGRAMS, a_programme),
    Address("programme-edit", PROGRAMS, a_programme),
    Address("programme-live", PROGRAMS, a_programme),
    Address("programme-try", PROGRAMS, a_programme),
    Address("programme-questionnaire", PROGRAMS, a_programme),
    Address("programme-frame", PROGRAMS, a_programme),
    Address("programme-monitor", PROGRAMS, a_programme),
    Address("programme-export", Permission.EXPORT_DATA, a_programme),
    Address("programme-gates", PROGRAMS, a_programme),
)
