"""The standard touchpoints and how they are asked about, packaged as data."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).resolve().parent.parent / "standard"
SOURCE = FOLDER / "touchpoints.yaml"
PROGRAMMES = FOLDER / "programmes.yaml"


@dataclass(frozen=True)
class StandardTouchpoint:
    """A touchpoint that most operators have, with its names and usual owner."""

    code: str
    zh_hans: str
    zh_hant: str
    en: str
    owner: str

    @property
    def names(self) -> dict[str, str]:
        """Return the name per language code."""
        return {"zh-hans": self.zh_hans, "zh-hant": self.zh_hant, "en": self.en}


@cache
def standard_touchpoints() -> tuple[StandardTouchpoint, ...]:
    """Return all of them in the catalogue's order."""
    rows = yaml.safe_load(SOURCE.read_text(encoding="utf-8"))
    return tuple(StandardTouchpoint(*row) for row in rows)


@dataclass(frozen=True)
class StandardProgramme:
    """How most operators ask about a touchpoint; every value may be changed.

    Times are in minutes and days, `cap_days` -1 means never again.
    """

    code: str
    stage: str
    event: str
    cancel: str
    conditions: dict[str, Any]
    always: dict[str, Any]
    delay_minutes: int
    channel: str
    fallback: str
    share: float
    cap_days: int
    metrics: tuple[str, ...]
    occasion: dict[str, str]
    is_surveyed: bool
    audience: str
    cadence: str
    days: int


_MINUTES = {"m": 1, "h": 60, "d": 1440}
ONCE = -1
# The contact policy looks back no further: who was asked then is not asked again.
NEVER_DAYS = 730


def _minutes(text: str) -> int:
    return int(text[:-1]) * _MINUTES[text[-1]]


def _programme(row: dict[str, Any]) -> StandardProgramme:
    return StandardProgramme(
        code=row["code"],
        stage=row["stage"],
        event=row.get("event", ""),
        cancel=row.get("cancel", ""),
        conditions=row.get("conditions", {}),
        always=row.get("always", {}),
        delay_minutes=_minutes(row.get("delay", "0m")),
        channel=row["channel"],
        fallback=row.get("fallback", ""),
        share=row.get("share", 1.0),
        cap_days=ONCE if row["cap"] == "once" else row["cap"],
        metrics=tuple(row["metrics"]),
        occasion=row.get("occasion", {}),
        is_surveyed=row.get("surveyed", True),
        audience=row.get("audience", "consumer"),
        cadence=row.get("cadence", ""),
        days=row.get("days", 0),
    )


@cache
def standard_programmes() -> tuple[StandardProgramme, ...]:
    """Return the standard programme of every standard touchpoint, in its order."""
    rows = yaml.safe_load(PROGRAMMES.read_text(encoding="utf-8"))
    return tuple(_programme(row) for row in rows)
