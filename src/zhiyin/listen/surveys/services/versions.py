"""Versions: a draft is edited, publishing freezes it, editing makes the next."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from zhiyin.accounts.services import record
from zhiyin.common import clock
from zhiyin.listen.surveys.models import Instrument, InstrumentVersion, Item
from zhiyin.listen.surveys.queries import missing_texts
from zhiyin.listen.surveys.queries.linter import Finding, lint_version, refusals
from zhiyin.listen.surveys.services.drafts import lock_draft


class FindingsError(ValueError):
    """The linter found what has to be mended, or warnings nobody has read yet."""

    def __init__(self, wrong: list[Finding]) -> None:
        self.wrong = wrong
        super().__init__(
            _("Mend these before publishing: %s")
            % " ".join(dict.fromkeys(finding.message for finding in wrong))
            if wrong
            else _("Read the findings and tick that you have, then publish again."),
        )


class VersionIncompleteError(ValueError):
    """A version cannot be published as it is; the message lists why."""


@transaction.atomic
def start_draft(*, instrument: Instrument) -> InstrumentVersion:
    """Return the draft to edit: the one under way, else a copy of the newest."""
    Instrument.objects.select_for_update().get(pk=instrument.pk)
    latest = instrument.versions.order_by("-number").first()
    if latest is not None and latest.published_at is None:
        return latest
    draft = InstrumentVersion.objects.create(
        instrument=instrument,
        number=latest.number + 1 if latest else 1,
        languages=latest.languages if latest else [],
        brand=latest.brand if latest else "",
        texts=latest.texts if latest else {},
        pages=latest.pages if latest else [],
        quotas=latest.quotas if latest else [],
    )
    items = list(latest.items.all()) if latest else []
    for item in items:
        item.pk = None
        item.version = draft
    Item.objects.bulk_create(items)
    record(action="version.started", target=instrument, number=draft.number)
    return draft


@transaction.atomic
def publish_version(
    *,
    version: InstrumentVersion,
    has_read: bool = False,
) -> InstrumentVersion:
    """Freeze a draft; answers are given to it from this moment on.

    Raises FindingsError for what the linter wants mended, and for mere warnings
    unless the person `has_read` them; what was asked elsewhere is taken as it was.
    Raises VersionIncompleteError while a chosen language lacks a text, or when no
    language is chosen or nothing is asked.
    """
    draft = lock_draft(version)
    if not draft.instrument.is_imported:
        _refuse_findings(draft, has_read=has_read)
    if not draft.languages:
        raise VersionIncompleteError(_("Choose at least one language to publish."))
    if not draft.items.exists():
        raise VersionIncompleteError(_("There is no question to publish."))
    if not draft.instrument.is_imported:
        for language in draft.languages:
            _refuse_gaps(draft, language)
    draft.published_at = clock.now()
    draft.save(update_fields=["published_at"])
    record(action="version.published", target=draft.instrument, number=draft.number)
    return draft


def _refuse_findings(draft: InstrumentVersion, *, has_read: bool) -> None:
    findings = lint_version(draft)
    wrong = refusals(findings)
    if wrong:
        raise FindingsError(wrong)
    if findings and not has_read:
        raise FindingsError([])


def _refuse_gaps(draft: InstrumentVersion, language: str) -> None:
    gaps = missing_texts(draft, language)
    if gaps:
        named = ", ".join(f"{gap.item or _('page')}: {gap.name}" for gap in gaps)
        raise VersionIncompleteError(
            _("%(language)s is incomplete: %(gaps)s. Write them or leave it out.")
            % {"language": language, "gaps": named},
        )


@transaction.atomic
def discard_draft(*, version: InstrumentVersion) -> None:
    """Throw a draft away; the published versions stay as they are."""
    draft = lock_draft(version)
    record(action="version.discarded", target=draft.instrument, number=draft.number)
    draft.delete()
