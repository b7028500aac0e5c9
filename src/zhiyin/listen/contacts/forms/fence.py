"""Forms of the fence and of what to do in each state."""

from __future__ import annotations

from typing import Any

from django import forms

from zhiyin.channels.queries.checks import Written, text_faults
from zhiyin.listen.contacts.models import PortabilityFence, PortabilityStrategy


class FenceForm(forms.ModelForm):  # type: ignore[type-arg]
    """How long customers are left alone, and whether offers follow a query."""

    class Meta:
        model = PortabilityFence
        fields = (
            "hours_after", "days_at_most", "allows_offers", "signed_by", "signed_on",
            "document",
        )  # fmt: skip
        widgets = {
            "signed_on": forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        }


class StrategyForm(forms.ModelForm):  # type: ignore[type-arg]
    """What may be done, what not, by whom, with which words."""

    class Meta:
        model = PortabilityStrategy
        fields = ("may", "must_not", "who", "text")
        widgets = {"text": forms.Textarea({"rows": 3})}

    def __init__(self, *args: Any, brand: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._brand = brand

    def clean_text(self) -> str:
        """Refuse words that the rules of porting forbid."""
        text = str(self.cleaned_data["text"])
        written = Written(
            body=text,
            message_class="service",
            language="",
            medium="call",
            brand=self._brand,
        )
        for fault in text_faults(written) if text else ():
            if fault.is_refusal:
                raise forms.ValidationError(fault.message)
        return text
