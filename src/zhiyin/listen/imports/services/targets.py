"""What an import's answers refer to: its instrument version, fields, touchpoints."""

from __future__ import annotations

import hashlib
import re
import zoneinfo
from typing import Any

from django.db import transaction
from django.db.models import Max, Min

from cxstats.scales import Scale, parse_scale
from zhiyin.accounts.models import Department, Organisation
from zhiyin.accounts.services import record
from zhiyin.listen.customers.models import FieldKind
from zhiyin.listen.customers.services import ensure_fields
from zhiyin.listen.imports.models import ColumnRule, Import, ImportMapping, Role
from zhiyin.listen.imports.models.mappings import FIELD_ROLES, plain
from zhiyin.listen.programs.models import Touchpoint, Wave
from zhiyin.listen.responses.models import Response
from zhiyin.listen.surveys.models import Instrument, InstrumentVersion, Item, ItemKind
from zhiyin.listen.surveys.services import create_instrument, publish_version

_LONGEST_NAME = 120


def scale_of(rule: ColumnRule) -> Scale:
    """Return a score's scale with its cuts; a scale of its own has none."""
    low, high = rule.scale()
    return parse_scale(f"{low}-{high}") if low >= 0 else Scale(low, high)


def item_codes(mapping: ImportMapping) -> dict[str, str]:
    """Return a stable item code per score and comment column."""
    codes: dict[str, str] = {}
    for rule in [*mapping.scores, *mapping.with_role(Role.COMMENT)]:
        stem = re.sub(r"[^a-z0-9]+", "_", rule.name.lower()).strip("_")[:40]
        marked = f"{stem}_{_short(rule.name)}".lstrip("_")
        # Chinese headers leave no letters; the mark keeps two of them apart.
        is_whole = stem and rule.name.isascii() and stem not in codes.values()
        codes[rule.name] = stem if is_whole else f"q_{marked}"
    return codes


def _short(text: str) -> str:
    return hashlib.sha256(plain(text).encode()).hexdigest()[:8]


def _item(rule: ColumnRule, code: str, language: str) -> dict[str, Any]:
    base = {"code": code, "texts": {language: {"text": rule.name}}}
    if rule.role == Role.COMMENT:
        return base | {"kind": ItemKind.TEXT}
    scale = scale_of(rule)
    has_cuts = scale.detractor_max is not None
    return base | {
        "kind": rule.kind,
        "is_primary": rule.is_primary,
        "scale": (scale.minimum, scale.maximum),
        "cuts": (scale.detractor_max, scale.promoter_min) if has_cuts else None,
    }


@transaction.atomic
def ensure_version(*, batch: Import, mapping: ImportMapping) -> InstrumentVersion:
    """Return the version the answers were given to, made from the columns' headers.

    The same profile, or the same main and other scores without one, is the same
    instrument; another scale or another set of questions is another version of it.
    """
    codes = item_codes(mapping)
    language = batch.organisation.language
    asked = [*mapping.scores, *mapping.with_role(Role.COMMENT)]
    items = [_item(rule, codes[rule.name], language) for rule in asked]
    instrument = _known_instrument(batch, mapping)
    if instrument is None:
        instrument = create_instrument(
            organisation=batch.organisation,
            definition={
                "code": _instrument_code(batch, mapping),
                "name": _instrument_name(batch, mapping),
                "items": items,
            },
            is_imported=True,
        )
    _tie_profile(batch, instrument)
    return _equal_version(instrument, items) or _next_version(
        instrument, items, language
    )


def _known_instrument(batch: Import, mapping: ImportMapping) -> Instrument | None:
    if batch.profile is not None and batch.profile.instrument is not None:
        return batch.profile.instrument
    code = _instrument_code(batch, mapping)
    return Instrument.objects.of(batch.organisation).filter(code=code).first()


def _instrument_code(batch: Import, mapping: ImportMapping) -> str:
    if batch.profile is not None:
        return f"import-profile-{batch.profile.pk}"
    questions = sorted(plain(rule.name) for rule in mapping.scores)
    return f"import-{_short('|'.join(questions))}"


def _instrument_name(batch: Import, mapping: ImportMapping) -> str:
    if batch.profile is not None:
        return batch.profile.name
    return mapping.scores[0].name[:_LONGEST_NAME]


def _tie_profile(batch: Import, instrument: Instrument) -> None:
    profile = batch.profile
    if profile is not None and profile.instrument_id is None:
        profile.instrument = instrument
        profile.save(update_fields=["instrument"])


def _signature(item: dict[str, Any] | Item) -> tuple[Any, ...]:
    if isinstance(item, Item):
        scale = item.scale_min, item.scale_max
        return item.code, item.kind, item.is_primary, *scale
    low, high = item.get("scale") or (None, None)
    return item["code"], str(item["kind"]), item.get("is_primary", False), low, high


def _equal_version(
    instrument: Instrument, items: list[dict[str, Any]]
) -> InstrumentVersion | None:
    wanted = sorted(map(_signature, items), key=str)
    versions = instrument.versions.prefetch_related("items").order_by("-number")
    for version in versions:
        if sorted(map(_signature, version.items.all()), key=str) == wanted:
            return version
    return None


def _next_version(
    instrument: Instrument, items: list[dict[str, Any]], language: str
) -> InstrumentVersion:
    latest = instrument.versions.order_by("-number").first()
    version = InstrumentVersion.objects.create(
        instrument=instrument,
        number=latest.number + 1 if latest else 1,
        languages=[language],
    )
    Item.objects.bulk_create(
        Item(
            version=version,
            position=position,
            code=item["code"],
            kind=item["kind"],
            is_primary=item.get("is_primary", False),
            scale_min=(item.get("scale") or (None,))[0],
            scale_max=(item.get("scale") or (None,))[-1],
            detractor_max=(item.get("cuts") or (None,))[0],
            promoter_min=(item.get("cuts") or (None,))[-1],
            texts=item["texts"],
        )
        for position, item in enumerate(items, start=1)
    )
    return publish_version(version=version)


def ensure_field_codes(
    *, organisation: Organisation, mapping: ImportMapping
) -> list[str]:
    """Return the stable code of every field column in order, registering new ones."""
    rules = mapping.with_role(*FIELD_ROLES)
    fields = ensure_fields(
        organisation=organisation,
        fields=[
            (
                rule.name,
                FieldKind.NUMBER if rule.is_number else FieldKind.CATEGORY,
                rule.role == Role.OPERATIONAL,
            )
            for rule in rules
        ],
    )
    return [field.code for field in fields]


class Touchpoints:
    """Finds touchpoints by code or by any of their names, and makes new ones."""

    def __init__(self, organisation: Organisation) -> None:
        self._organisation = organisation
        self._codes: dict[str, str] = {}
        self._told: dict[str, str] = {"": ""}
        for touchpoint in Touchpoint.objects.of(organisation):
            names = [touchpoint.code, touchpoint.name, *touchpoint.names.values()]
            for name in names:
                self._codes.setdefault(plain(name), touchpoint.code)

    def code_of(self, told: str) -> str:
        """Return the code of what a file calls a touchpoint; "" for none."""
        code = self._told.get(told)
        if code is None:
            code = self._codes.get(plain(told)) or self._add(told)
            self._told[told] = code
        return code

    def _add(self, told: str) -> str:
        stem = re.sub(r"[^A-Za-z0-9]+", "_", told).strip("_")[:50]
        is_whole = stem and told.isascii()
        touchpoint, made = Touchpoint.objects.get_or_create(
            organisation=self._organisation,
            code=stem if is_whole else f"TP_{_short(told)}",
            defaults={"name": told[:_LONGEST_NAME]},
        )
        if made:
            record(action="touchpoint.created", target=touchpoint, by="import")
        self._codes[plain(told)] = touchpoint.code
        return touchpoint.code


def departments_of(organisation: Organisation) -> dict[str, int]:
    """Return the departments an import may name, by code."""
    rows = Department.objects.filter(organisation=organisation)
    return dict(rows.values_list("code", "pk"))


def cover_wave(*, batch: Import, mapping: ImportMapping) -> None:
    """Make the wave an import names, if nobody did: its days are the answers' days."""
    if not mapping.wave or not batch.rows_accepted:
        return
    answers = Response.objects.of(batch.organisation).filter(source=batch.source)
    span = answers.aggregate(first=Min("responded_at"), last=Max("responded_at"))
    if span["first"] is None:
        return
    zone = zoneinfo.ZoneInfo(mapping.time_zone)
    wave, made = Wave.objects.get_or_create(
        organisation=batch.organisation,
        code=mapping.wave,
        defaults={
            "name": mapping.wave,
            "starts_on": span["first"].astimezone(zone).date(),
            "ends_on": span["last"].astimezone(zone).date(),
        },
    )
    if made:
        record(action="wave.created", target=wave, actor=batch.person, by="import")
