"""Settings of the loop, and the texts that customers read."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from zhiyin.accounts.models import Organisation
from zhiyin.accounts.services import record
from zhiyin.act.cases.models import Cause
from zhiyin.act.recovery.models import ClosingText, LoopSettings

Texts = Mapping[str, Mapping[str, str]]


@transaction.atomic
def save_loop_settings(*, settings: LoopSettings) -> LoopSettings:
    """Change how the loop is closed; two people who save at once make one row."""
    known = LoopSettings.objects.of(settings.organisation_id).first()
    settings.pk = known.pk if known is not None else None
    settings.save()
    record(action="loop_settings.changed", target=settings)
    return settings


@transaction.atomic
def save_closing_text(
    *, organisation: Organisation, cause: Cause | None, texts: Texts
) -> ClosingText | None:
    """Keep the text of a cause; without any words it is taken away again."""
    kept = {
        language: {name: text.strip() for name, text in said.items()}
        for language, said in texts.items()
        if said.get("body", "").strip()
    }
    rows = ClosingText.objects.of(organisation).filter(cause=cause)
    code = cause.code if cause is not None else ""
    if not kept:
        if rows.delete()[0]:
            record(action="closing_text.removed", organisation=organisation, cause=code)
        return None
    made, _is_new = rows.update_or_create(
        defaults={"texts": kept},
        create_defaults={
            "organisation": organisation,
            "cause": cause,
            "texts": kept,
        },
    )
    record(action="closing_text.changed", target=made, cause=code)
    return made
