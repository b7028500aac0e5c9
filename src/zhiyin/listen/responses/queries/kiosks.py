"""A whole questionnaire as a kiosk keeps it, to ask it without a network."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from zhiyin.listen.programs.models import Channel, KioskDevice
from zhiyin.listen.responses.queries.questions import questions_of
from zhiyin.listen.responses.queries.visits import Visit
from zhiyin.listen.surveys.models import ItemKind
from zhiyin.listen.surveys.queries import (
    ItemSnapshot,
    VersionSnapshot,
    published_version,
)

LANGUAGE_NAMES = {"zh-hans": "简体中文", "zh-hant": "繁體中文", "en": "English"}


@dataclass(frozen=True)
class _Kept(Visit):
    """A visit whose wordings keep the slots of earlier answers for the device."""

    @cached_property
    def _answer_slots(self) -> dict[str, str]:
        names = (f"answer.{item.code}" for item in self.version.items)
        return {name: f"{{{name}}}" for name in names}


def known_at(device: KioskDevice, language: str) -> dict[str, Any]:
    """Return the facts known of whoever answers at a device."""
    link = device.link
    return {
        "touchpoint": link.touchpoint.code if link.touchpoint else "",
        "language": language,
        "channel": Channel.KIOSK.value,
        "audience": link.instrument.audience,
    }


def kiosk_setup(device: KioskDevice) -> dict[str, Any]:
    """Return what a device needs to ask; {"open": False} where nothing is asked."""
    version = published_version(device.link.instrument)
    is_personal = device.link.is_personal
    if version is None or is_personal or not device.link.takes_answers():
        return {"open": False}
    offered = version.languages
    return {
        "open": True,
        "version": version.pk,
        "brand": version.brand or device.link.organisation.brand,
        "device": {
            "name": device.name,
            "accent": device.accent,
            "idle_seconds": device.idle_seconds,
            "thanks_seconds": device.thanks_seconds,
            "salt": device.pin_salt,
            "pin": device.pin_hash,
        },
        "languages": [
            {"code": code, "name": LANGUAGE_NAMES.get(code, code)} for code in offered
        ],
        "pages": [{"shown_if": page.get("shown_if") or {}} for page in version.pages],
        "items": [_rules(version, item) for item in version.in_order],
        "known": known_at(device, ""),
        "texts": {code: _texts(device, version, code) for code in offered},
    }


def _rules(version: VersionSnapshot, item: ItemSnapshot) -> dict[str, Any]:
    """Return when an item is asked, and where its answers lead."""
    settings = item.settings
    cuts = [item.detractor_max, item.promoter_min]
    return {
        "code": item.code,
        "shape": _shape(item),
        "page": item.page,
        "is_primary": item is version.primary,
        # Without a click on the opening question nothing is begun.
        "is_required": item.is_required or item is version.opening,
        "asked_of": item.asked_of,
        "shown_if": item.shown_if or {},
        "skips": [
            {"if": skip.get("if") or {}, "to": str(skip.get("to") or "")}
            for skip in settings.get("skips") or ()
        ],
        "cuts": None if None in cuts else cuts,
        "is_shuffled": bool(settings.get("is_shuffled")),
        "last": [*settings.get("exclusive", ()), *settings.get("with_text", ())],
    }


def _shape(item: ItemSnapshot) -> str:
    if item.is_scored:
        return "scale"
    chosen = (ItemKind.YES_NO, ItemKind.CHOICE, ItemKind.MULTIPLE)
    return "choice" if item.kind in chosen else item.kind


def _texts(
    device: KioskDevice, version: VersionSnapshot, language: str
) -> Mapping[str, Any]:
    visit = _Kept(link=device.link, version=version, language=language, base="")
    with translation.override(language):
        shown = questions_of(dataclasses.replace(visit), version.in_order)
        return {
            "items": {each["code"]: each for each in shown},
            "thanks": visit.page_text("thanks"),
            "next": visit.page_text("next"),
            "ui": _words(),
        }


def _words() -> dict[str, str]:
    return {
        "invitation": _("How was it? Please tell us."),
        "begin": _("Begin"),
        "begin_again": _("Back to the beginning"),
        "next": _("Next"),
        "send": _("Send"),
        "skip": _("Go on"),
        "back": _("Back"),
        "again": _("Begin again"),
        "progress": _("Progress"),
        "required": _("Please answer this question."),
        "thanks": _("Thank you"),
        "still": _("Are you still there? This page begins again in seconds:"),
        "yes": _("Yes, you may"),
        "no": _("No, thank you"),
        "when": _("If so, when?"),
        "staff": _("For the staff"),
        "pin": _("PIN of the staff"),
        "wrong": _("This PIN is not right."),
        "locked": _("Too many attempts. Please wait for a minute."),
        "leave": _("Leave the kiosk"),
        "stay": _("Stay"),
        "left": _("This page may be closed now. What waits is kept and sent later."),
        "waiting": _("Answers still waiting on this device:"),
        "resume": _("Ask again"),
    }
