"""What people send about questionnaires."""

from __future__ import annotations

from zhiyin.listen.surveys.forms.items import ItemForm
from zhiyin.listen.surveys.forms.new import NewInstrumentForm, UploadForm
from zhiyin.listen.surveys.forms.parts import PageForm, QuotasForm, SettingsForm
from zhiyin.listen.surveys.forms.texts import TextsForm

__all__ = [
    "ItemForm",
    "NewInstrumentForm",
    "PageForm",
    "QuotasForm",
    "SettingsForm",
    "TextsForm",
    "UploadForm",
]
