"""Names for the codes that answers carry, in the reader's language."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from zhiyin.accounts.models import Department, Organisation
from zhiyin.analyze.lake.queries.attributes import answer_fields
from zhiyin.analyze.metrics.queries.selection import (
    DEPARTMENT,
    DIMENSIONS,
    NOT_GIVEN,
)
from zhiyin.analyze.metrics.queries.series import Series
from zhiyin.channels.queries.names import channel_names
from zhiyin.common.masking import is_personal
from zhiyin.listen.customers.models import AttributeField, FieldKind
from zhiyin.listen.programs.models import Stream, Touchpoint, Wave
from zhiyin.listen.surveys.models import Instrument, Item
from zhiyin.listen.surveys.queries import fill


@dataclass(frozen=True)
class Dimension:
    """Something answers can be narrowed and grouped by."""

    name: str
    column: str
    label: str
    is_number: bool = False
    is_operational: bool = False

    @property
    def is_attribute(self) -> bool:
        """Tell whether it is one of the organisation's own fields."""
        return self.column.startswith("a_")

    @property
    def is_tree(self) -> bool:
        """Tell whether its values are paths: a department stands for its subtree."""
        return self.column == DEPARTMENT


@dataclass(frozen=True)
class Labels:
    """Every name a page of one organisation may need."""

    dimensions: tuple[Dimension, ...]
    values: dict[str, dict[str, str]]
    items: dict[str, str]

    def dimension(self, name: str) -> Dimension | None:
        """Return a dimension by the name it has in an address."""
        return next((one for one in self.dimensions if one.name == name), None)

    def value(self, name: str, value: object) -> str:
        """Return what a value of a dimension is called."""
        if value is None or value == NOT_GIVEN:
            return _("(not given)")
        text = str(value)
        return self.values.get(name, {}).get(text, text)

    def series(self, series: Series) -> str:
        """Return a series as people know it: the question, its scale, its stream."""
        question = self.items.get(series.item, series.item)
        if series.kind == "nps" and series.scale.is_nps:
            return f"{series.definition.name} · {question}"
        stream = Stream(series.stream).label
        return f"{series.definition.name} {series.scale} · {question} · {stream}"


def labels_of(organisation: Organisation, columns: frozenset[str]) -> Labels:
    """Return the names; attributes nobody carries and personal ones are left out."""
    names = {
        "touchpoint": _("Touchpoint"),
        "wave": _("Wave"),
        "channel": _("Channel"),
        "language": _("Language"),
        "instrument": _("Questionnaire"),
        "department": _("Department"),
    }
    dimensions = [Dimension(name, DIMENSIONS[name], names[name]) for name in DIMENSIONS]
    fields = AttributeField.objects.of(organisation).for_conditions()
    fields = fields.filter(is_shown=True)
    dimensions += [
        Dimension(
            field.column,
            field.column,
            field.label,
            is_number=field.kind == FieldKind.NUMBER,
            is_operational=field.is_operational,
        )
        for field in fields
        if field.column in columns and not is_personal(field.label)
    ]
    items = item_names(organisation)
    known = {dimension.column for dimension in dimensions}
    dimensions += [
        Dimension(
            f"a_{code}",
            f"a_{code}",
            items.get(item, item),
            is_number=kind == FieldKind.NUMBER,
        )
        for code, (kind, item) in answer_fields(organisation.pk).items()
        if f"a_{code}" in columns - known
    ]
    values = {
        "touchpoint": dict(
            Touchpoint.objects.of(organisation).values_list("code", "name"),
        ),
        "wave": dict(Wave.objects.of(organisation).values_list("code", "name")),
        "instrument": dict(
            Instrument.objects.of(organisation).values_list("code", "name"),
        ),
        "department": dict(
            Department.objects.filter(organisation=organisation).values_list(
                "path",
                "name",
            ),
        ),
        "language": dict(settings.LANGUAGES),
        "channel": channel_names(),
    }
    return Labels(tuple(dimensions), values, items)


def item_names(organisation: Organisation) -> dict[str, str]:
    """Return each question's wording, of its newest version."""
    language = get_language() or "zh-hans"
    slots = {"brand": organisation.brand}
    items = (
        Item.objects.filter(version__instrument__organisation=organisation)
        .order_by("version__number")
        .only("code", "texts", "kind")
    )
    return {
        item.code: fill(str(item.wording(language).get("text", item.code)), slots)
        for item in items
    }
