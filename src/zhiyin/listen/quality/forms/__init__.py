"""Cleaning rules, what is compared with the base, and what is checked."""

from __future__ import annotations

from zhiyin.listen.quality.forms.auditing import CheckForm, SampleForm
from zhiyin.listen.quality.forms.cleaning import CleaningForm, DaysForm
from zhiyin.listen.quality.forms.comparing import CompareForm

__all__ = ["CheckForm", "CleaningForm", "CompareForm", "DaysForm", "SampleForm"]
