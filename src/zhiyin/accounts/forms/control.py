"""Forms of approvals and of the register of exports."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class AskForm(forms.Form):
    """Why somebody wants to take data out, and for whom."""

    wish = forms.CharField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("What is it needed for?"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Who decides reads it; it stands in the register of exports."),
    )
    recipient = forms.CharField(
        label=_("Who will receive the file?"),
        max_length=120,
        required=False,
        help_text=_("A person, a department or a company. Empty: only yourself."),
    )


class DecisionForm(forms.Form):
    """What the second person says."""

    note = forms.CharField(
        label=_("Remark"),
        max_length=300,
        required=False,
        help_text=_("Needed when you refuse."),
    )


class RegisterFilterForm(forms.Form):
    """What the register is narrowed to."""

    q = forms.CharField(label=_("Person, purpose or number"), required=False)
    kind = forms.ChoiceField(label=_("What"), required=False)

    def __init__(
        self, *args: object, kinds: list[tuple[str, str]], **kwargs: object
    ) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        known = [("", _("All exports")), *kinds]
        self.fields["kind"].choices = known  # type: ignore[attr-defined]


class ExportLimitsForm(forms.Form):
    """From when two people are needed, and for how long an approval holds."""

    export_limit_rows = forms.IntegerField(
        label=_("Rows one person may export alone"),
        min_value=0,
        max_value=1_000_000,
        help_text=_("More rows, and customers in clear, need a second person."),
    )
    export_window_hours = forms.IntegerField(
        label=_("Hours within which exports are counted together"),
        min_value=1,
        max_value=744,
        help_text=_("A list taken in pieces is as large as the whole."),
    )
    approval_use_minutes = forms.IntegerField(
        label=_("Minutes an approval may be used"), min_value=5, max_value=1_440
    )
    approval_wait_hours = forms.IntegerField(
        label=_("Hours a request waits for a decision"), min_value=1, max_value=168
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        help_text=_("Kept in the audit log with the old and the new numbers."),
    )
