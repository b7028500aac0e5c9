"""The cleaning rules, the days of a run, and what is compared with the base."""

from __future__ import annotations

from zhiyin.listen.quality.forms.cleaning import CleaningForm, DaysForm
from zhiyin.listen.quality.forms.comparing import CompareForm

__all__ = ["CleaningForm", "CompareForm", "DaysForm"]
