from __future__ import annotations

from django import forms

from zhiyin.analyze.dashboards.services import PAGES


class SaveViewForm(forms.Form):
    name = forms.CharField(max_length=80)
    page = forms.ChoiceField(choices=[(page, page) for page in PAGES])
    query = forms.CharField(max_length=4000, required=False)
    is_shared = forms.BooleanField(required=False)
