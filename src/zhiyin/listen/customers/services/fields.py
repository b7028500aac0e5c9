"""The registry of fields that come with answers, under codes that never change."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from django.db import IntegrityError, transaction

from zhiyin.accounts.models import Organisation
from zhiyin.listen.customers.models import AttributeField
from zhiyin.listen.customers.services.sensitivity import class_of

LONGEST_STEM = 34
LONGEST_LABEL = 200


def _stem(label: str) -> str:
    """Return a column-safe ASCII name, or "" where the label holds no such word."""
    text = unicodedata.normalize("NFKC", label).lower()
    # A label that is mostly Chinese keeps no meaning in its few Latin letters.
    if sum(ch.isalpha() and not ch.isascii() for ch in text):
        return ""
    stem = re.sub(r"[^a-z0-9]+", "_", text).strip("_")
    if stem and not stem[0].isalpha():
        stem = f"f_{stem}"
    return stem[:LONGEST_STEM].rstrip("_")


def _free_code(label: str, taken: set[str]) -> str:
    stem = _stem(label)
    if stem and stem not in taken:
        return stem
    number = 2 if stem else 1
    pattern = f"{stem}_{{}}" if stem else "f{}"
    while pattern.format(number) in taken:
        number += 1
    return pattern.format(number)


def _ensure_once(
    organisation: Organisation,
    wanted: list[tuple[str, str, bool]],
) -> list[AttributeField]:
    fields = list(AttributeField.objects.of(organisation))
    known = {(field.label, field.kind): field for field in fields}
    taken = {field.code for field in fields}
    for label, kind, is_operational in wanted:
        if (label, kind) in known:
            continue
        code = _free_code(label, taken)
        taken.add(code)
        known[label, kind] = AttributeField.objects.create(
            organisation=organisation,
            code=code,
            label=label,
            kind=kind,
            is_operational=is_operational,
            **class_of(label),
        )
    return [known[label, kind] for label, kind, _ in wanted]


def ensure_fields(
    *,
    organisation: Organisation,
    fields: Iterable[tuple[str, str, bool]],
) -> list[AttributeField]:
    """Return a field for every (label, kind, is_operational), in the order given.

    A label met before with the same kind keeps its code for ever, because the code
    names a column of the lake; with another kind it becomes a second field. Chinese
    labels get the codes f1, f2, and so on.
    """
    wanted = [
        (label.strip()[:LONGEST_LABEL], str(kind), is_operational)
        for label, kind, is_operational in fields
    ]
    try:
        with transaction.atomic():
            return _ensure_once(organisation, wanted)
    except IntegrityError:
        # Another process took the same code at the same moment: look once more.
        with transaction.atomic():
            return _ensure_once(organisation, wanted)
