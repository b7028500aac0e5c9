from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from zhiyin.accounts.models import Person
from zhiyin.analyze.metrics.models import ChangeMarker, MetricNote
from zhiyin.listen.programs.models import Touchpoint


class MetricNoteForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = MetricNote
        fields = ["owner", "target", "note"]
        widgets = {"note": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owner = self.fields["owner"]
        if isinstance(owner, forms.ModelChoiceField):
            owner.queryset = Person.objects.visible_to(person).filter(is_active=True)


class ChangeMarkerForm(forms.ModelForm):  # type: ignore[type-arg]
    touchpoint = forms.ChoiceField(label=_("Touchpoint"), required=False)

    class Meta:
        model = ChangeMarker
        fields = ["on", "label", "kind", "stream", "touchpoint"]
        widgets = {"on": forms.DateInput(attrs={"type": "date"})}

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = Touchpoint.objects.visible_to(person).values_list("code", "name")
        touchpoint = self.fields["touchpoint"]
        if isinstance(touchpoint, forms.ChoiceField):
            touchpoint.choices = [("", _("every touchpoint")), *known]
