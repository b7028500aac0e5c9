"""The standard touchpoints, packaged as data."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

SOURCE = Path(__file__).resolve().parent.parent / "standard" / "touchpoints.yaml"


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
