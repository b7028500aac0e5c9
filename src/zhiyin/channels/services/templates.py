"""Writes about templates, and a message made from one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from zhiyin.accounts.services import record
from zhiyin.channels.models import MessageTemplate
from zhiyin.channels.queries import fill
from zhiyin.channels.services.queueing import Draft


@transaction.atomic
def save_template(*, template: MessageTemplate) -> MessageTemplate:
    """Add or change a template; messages already queued keep their text."""
    is_new = template.pk is None
    template.save()
    action = "template.created" if is_new else "template.changed"
    record(action=action, target=template, code=template.code)
    return template


@transaction.atomic
def set_template_archived(*, template: MessageTemplate, is_archived: bool) -> None:
    """Offer a template no more, or again."""
    template.is_archived = is_archived
    template.save(update_fields=["is_archived", "changed_at"])
    action = "template.archived" if is_archived else "template.restored"
    record(action=action, target=template)


def draft_from(
    template: MessageTemplate,
    *,
    language: str,
    values: Mapping[str, str],
    **given: Any,
) -> Draft:
    """Return a draft with the template's text filled in.

    `given` are the draft's other fields, such as key and to. Raises SlotMissingError
    where a slot is given no value.
    """
    subject, body = template.text_in(language)
    return Draft(
        subject=fill(subject, values),
        body=fill(body, values),
        message_class=template.message_class,
        language=language,
        template_code=template.code,
        provider_code=template.provider_code,
        # A cloud numbers its parameters: the order is that of the text.
        parameters=template.parameters(body, values),
        **given,
    )
