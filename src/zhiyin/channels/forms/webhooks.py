"""What a program is told, where, and in which shape."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from zhiyin.channels.models import WebhookEndpoint, WebhookEvent


class WebhookForm(forms.ModelForm):  # type: ignore[type-arg]
    """An endpoint; its secret is made by us and never typed."""

    events = forms.MultipleChoiceField(
        label=_("Told of"),
        choices=WebhookEvent.choices,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
    )

    class Meta:
        model = WebhookEndpoint
        fields = ["name", "url", "profile", "events", "reveals_contacts"]
        help_texts = {
            "url": _("Called by POST. Redirects are not followed."),
            "reveals_contacts": _(
                "Only where the shape is Delighted's; otherwise addresses stay masked.",
            ),
        }
        widgets = {
            "url": forms.URLInput(attrs={"placeholder": "https://"}),
        }
