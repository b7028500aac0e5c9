"""Messages: narrowing the list, testing a sender, seeing a receiver in clear."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhiyin.accounts.models import Person
from zhiyin.channels.models import (
    ChannelAccount,
    Medium,
    MessageClass,
    MessageState,
    MessageTemplate,
)
from zhiyin.channels.queries import MessageFilter


class MessageFilterForm(forms.Form):
    """What the list of messages is narrowed to; all of it stands in the address."""

    q = forms.CharField(label=_("Search"), required=False, max_length=200)
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=lambda: [("", _("All states")), *MessageState.choices],
    )
    message_class = forms.ChoiceField(
        label=pgettext_lazy("message", "Class"),
        required=False,
        choices=lambda: [("", _("All classes")), *MessageClass.choices],
    )
    account = forms.ModelChoiceField(
        label=_("Sender"),
        queryset=ChannelAccount.objects.none(),
        required=False,
        empty_label=_("All senders"),
    )

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["account"]
        field.queryset = ChannelAccount.objects.visible_to(person)

    def filter(self) -> MessageFilter:
        """Return the filter; what is not understood narrows nothing."""
        self.is_valid()
        given = self.cleaned_data
        account = given.get("account")
        return MessageFilter(
            search=given.get("q", ""),
            state=given.get("state", ""),
            message_class=given.get("message_class", ""),
            account=account.pk if account else None,
        )


_RECEIVERS: dict[str | None, Any] = {
    Medium.WECHAT: _(
        "The open id of a follower. A text without a template arrives only within "
        "48 hours after the follower wrote.",
    ),
    Medium.WECOM: _("The id of a member of your enterprise."),
}


class SendTestForm(forms.Form):
    """Where a test message goes, and what it says."""

    to = forms.CharField(label=_("Receiver"), max_length=254)
    template = forms.ModelChoiceField(
        label=_("Template"),
        queryset=MessageTemplate.objects.none(),
        required=False,
        empty_label=_("a short test text"),
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)

    def __init__(
        self,
        *args: Any,
        person: Person,
        account: ChannelAccount,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        medium = account.known_kind.medium if account.known_kind else None
        fits = Q(medium=medium) if medium else Q()
        self.fields["to"].help_text = _RECEIVERS.get(medium, "")
        field: Any = self.fields["template"]
        field.queryset = MessageTemplate.objects.visible_to(person).filter(
            fits,
            is_archived=False,
        )
        self.fields["language"].initial = person.language


class RevealForm(forms.Form):
    """Why somebody wants to see a receiver in clear."""

    reason = forms.CharField(
        label=_("Reason, recorded in the audit log"),
        min_length=4,
        max_length=300,
    )
