"""The base that a sample is held against: how many customers have which value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pyarrow.parquet as pq
from django.utils.translation import gettext as _

from zhiyin.accounts.models import Organisation
from zhiyin.listen.customers.queries.known_files import (
    KnownFile,
    known_folder,
    read_known_manifest,
)

Base = dict[str, dict[str, float]]
"""Field code to value to customers."""

_PARTS = 3
_MOST_VALUES = 500


class BaseError(ValueError):
    """The base cannot be used; the message says why and what to do."""


def read_base(text: str, labels: Mapping[str, str]) -> Base:
    """Read a base typed by hand: field, value and customers on each line.

    A field may stand there by its code or its label. Raises BaseError naming the line.
    """
    codes = {label: code for code, label in labels.items()} | {
        code: code for code in labels
    }
    made: Base = {}
    for number, line in enumerate(text.splitlines(), start=1):
        parts = line.replace(",", " ").replace("\t", " ").split()
        if not parts:
            continue
        code = codes.get(parts[0])
        if len(parts) < _PARTS or code is None or not _is_count(parts[-1]):
            raise BaseError(
                _(
                    "Line %(line)s needs a field, a value and a number of customers; "
                    "received “%(text)s”.",
                )
                % {"line": number, "text": line.strip()[:80]},
            )
        made.setdefault(code, {})[" ".join(parts[1:-1])] = float(parts[-1])
    return made


def _is_count(text: str) -> bool:
    try:
        return float(text) > 0
    except ValueError:
        return False


def base_of(
    organisation: Organisation, codes: Sequence[str], typed: Mapping[str, object]
) -> Base:
    """Return the base of every field: as typed, else as the newest file knows it.

    Raises BaseError for a field that neither knows.
    """
    files = read_known_manifest(organisation.pk).files
    made: Base = {}
    for code in codes:
        given = typed.get(code)
        made[code] = dict(given) if isinstance(given, dict) else {}
        if not made[code]:
            made[code] = _counted(organisation.pk, files, code)
    return made


def _counted(
    organisation_id: int, files: Sequence[KnownFile], code: str
) -> dict[str, float]:
    newest = max((file.as_of for file in files if code in file.columns), default="")
    counts: dict[str, float] = {}
    for file in files:
        if code in file.columns and file.as_of == newest:
            path = known_folder(organisation_id) / file.path
            column = pq.read_table(path, columns=[code])[code]
            for pair in column.drop_null().value_counts().to_pylist():
                value = str(pair["values"])
                counts[value] = counts.get(value, 0) + pair["counts"]
    if not counts:
        raise BaseError(
            _(
                "No customer file knows the field “%(code)s”: import customers with "
                "it, or type the base by hand.",
            )
            % {"code": code},
        )
    if len(counts) > _MOST_VALUES:
        raise BaseError(
            _("The field “%(code)s” has %(count)s values: too many to compare.")
            % {"code": code, "count": len(counts)},
        )
    return counts
