"""Forms of recovery."""

from __future__ import annotations

from zhiyin.act.recovery.forms.settings import SettingsForm
from zhiyin.act.recovery.forms.texts import NewsForm, TellingForm, TextsForm

__all__ = ["NewsForm", "SettingsForm", "TellingForm", "TextsForm"]
