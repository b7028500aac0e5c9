"""Making questionnaires, from the standard ones or from a definition."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from zhiyin.accounts.models import Organisation
from zhiyin.accounts.services import record
from zhiyin.listen.customers.models import Audience
from zhiyin.listen.surveys.models import (
    Instrument,
    InstrumentVersion,
    Item,
)
from zhiyin.listen.surveys.queries import complete_languages, load_standard
from zhiyin.listen.surveys.services.versions import publish_version

LONGEST_CODE = 60


class CodeTakenError(ValueError):
    """Another questionnaire of the organisation has this code."""

    def __init__(self, code: str) -> None:
        super().__init__(
            _(
                "There is already a questionnaire with the code %(code)s; "
                "choose another.",
            )
            % {"code": code},
        )


def _text(value: str | Mapping[str, str], language: str) -> str:
    if isinstance(value, str):
        return value
    return value.get(language) or next(iter(value.values()))


def _item(version: InstrumentVersion, position: int, data: Mapping[str, Any]) -> Item:
    scale_min, scale_max = data.get("scale") or (None, None)
    detractor_max, promoter_min = data.get("cuts") or (None, None)
    return Item(
        version=version,
        code=data["code"],
        position=position,
        kind=data["kind"],
        is_primary=data.get("is_primary", False),
        is_required=data.get("is_required", False),
        asked_of=data.get("asked_of", ""),
        scale_min=scale_min,
        scale_max=scale_max,
        detractor_max=detractor_max,
        promoter_min=promoter_min,
        texts=data["texts"],
        page=data.get("page", 1),
        shown_if=data.get("shown_if", {}),
        settings=data.get("settings", {}),
        is_actionable=data.get("is_actionable", False),
    )


@transaction.atomic
def create_instrument(
    *,
    organisation: Organisation,
    definition: Mapping[str, Any],
    is_imported: bool = False,
    publish: bool = True,
) -> Instrument:
    """Make a questionnaire with its first version.

    `definition` has the shape of the packaged files: `code`, `name` (a text, or one
    per language), `items` (each with `code`, `kind`, `texts` per language and, where
    the kind needs them, `scale`, `cuts`, `is_primary`, `is_required`, `asked_of`,
    `page`, `shown_if`, `settings`, `is_actionable`), and optionally `audience`,
    `is_anonymous`, `languages`, `brand`, `pages`, `quotas` and `texts` of the page.
    Raises CodeTakenError.
    """
    code = definition["code"][:LONGEST_CODE]
    if Instrument.objects.of(organisation).filter(code=code).exists():
        raise CodeTakenError(code)
    instrument = Instrument.objects.create(
        organisation=organisation,
        code=code,
        name=_text(definition["name"], organisation.language)[:120],
        audience=definition.get("audience", Audience.CONSUMER),
        is_imported=is_imported,
        is_anonymous=definition.get("is_anonymous", False),
    )
    version = InstrumentVersion.objects.create(
        instrument=instrument,
        number=1,
        texts=definition.get("texts", {}),
        brand=definition.get("brand", ""),
        pages=definition.get("pages", []),
        quotas=definition.get("quotas", []),
    )
    Item.objects.bulk_create(
        _item(version, position, data)
        for position, data in enumerate(definition["items"], start=1)
    )
    version.languages = (
        sorted({lang for data in definition["items"] for lang in data["texts"]})
        if is_imported
        else definition.get("languages") or complete_languages(version)
    )
    version.save(update_fields=["languages"])
    record(action="instrument.created", target=instrument)
    if publish:
        # Nobody looks at warnings here; what must be mended is refused.
        publish_version(version=version, has_read=True)
    return instrument


def free_code(organisation: Organisation, wanted: str) -> str:
    """Return this code if no questionnaire has it, else with the first free number."""
    taken = set(
        Instrument.objects.of(organisation)
        .filter(code__startswith=wanted[: LONGEST_CODE - 5])
        .values_list("code", flat=True),
    )
    code, number = wanted[:LONGEST_CODE], 2
    while code in taken:
        suffix = f"-{number}"
        code = f"{wanted[: LONGEST_CODE - len(suffix)]}{suffix}"
        number += 1
    return code


def create_standard_instrument(
    *,
    organisation: Organisation,
    standard: str = "nps-relationship",
    code: str = "",
    name: str = "",
    publish: bool = True,
) -> Instrument:
    """Make one of the standard questionnaires in all its languages, published.

    Without a `code` the first free one is taken (nps-relationship, then
    nps-relationship-2). Raises ValueError for an unknown standard, CodeTakenError.
    """
    definition = dict(load_standard(standard))
    definition["code"] = code or free_code(organisation, standard)
    definition["name"] = name or definition["name"]
    return create_instrument(
        organisation=organisation,
        definition=definition,
        publish=publish,
    )


@transaction.atomic
def archive_instrument(*, instrument: Instrument, archived: bool) -> None:
    """Take a questionnaire out of the lists, or put it back; answers stay."""
    instrument.is_archived = archived
    instrument.save(update_fields=["is_archived"])
    action = "instrument.archived" if archived else "instrument.restored"
    record(action=action, target=instrument)
