"""Forms of channels."""

from __future__ import annotations

from zhiyin.channels.forms.messages import (
    MessageFilterForm,
    RevealForm,
    SendTestForm,
)
from zhiyin.channels.forms.senders import AccountForm
from zhiyin.channels.forms.templates import PreviewForm, TemplateForm
from zhiyin.channels.forms.webhooks import WebhookForm

__all__ = [
    "AccountForm",
    "MessageFilterForm",
    "PreviewForm",
    "RevealForm",
    "SendTestForm",
    "TemplateForm",
    "WebhookForm",
]
