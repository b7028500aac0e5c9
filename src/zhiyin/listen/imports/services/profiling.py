"""Looking at uploaded files: what was detected, what each column seems to be."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

from django.db import transaction

from cxstats.errors import FileError
from cxstats.files import LINE_COLUMN, TableFile
from cxstats.files.profiles import ColumnProfile, ValueKind, scan
from cxstats.files.roles import Role as GuessedRole
from cxstats.files.roles import RoleGuess, guess_roles
from cxstats.files.scale_guess import ScaleGuess, guess_scale
from zhiyin.listen.customers.queries import Withheld, withheld_among
from zhiyin.listen.imports.models import Import, ImportFile, ImportStatus, Role
from zhiyin.listen.imports.services.cells import canonical
from zhiyin.listen.imports.services.faults import ImportRefusedError
from zhiyin.listen.imports.services.reading import as_text, open_file

HEAD_ROWS = 20
HEAD_COLUMNS = 200
_CELL_SHOWN = 200
_VALUES_SHOWN = 30
# Files below this are looked at while the person waits: it takes about a second.
AT_ONCE_BYTES = 1 << 20
# So many answers without a single 0 are not answers to a question that offered one.
MANY_ANSWERS = 100
_TOP_OF_TEN = 10
_BLANK_CODES = (-1, -2, -7, -8, -9, -99, 77, 88, 97, 98, 99, 997, 998, 999)
_BLANK_WORDS = (
    "blank", "n/a", "na", "null", "none", "nan", "missing", "refused", "dk", "无", "無",
    "空", "空白", "缺失", "未答", "未作答", "未评", "未評", "拒答", "不适用", "不適用",
    "不知道",
)  # fmt: skip
USUAL_BLANKS = frozenset([*map(str, _BLANK_CODES), *_BLANK_WORDS])
_DESIGN = {
    Role.STRATUM: re.compile(r"strat(?:a|um)(?:[ _]?id)?|抽样层|抽樣層|分层|分層|层号"),
    Role.CLUSTER: re.compile(
        r"cluster(?:[ _]?id)?|psu|整群|群号|群號|抽样单元|抽樣單元"
    ),
}


def look_at(file: ImportFile) -> None:
    """Find out what a file holds and keep it with the file.

    Raises ImportRefusedError where it is no table.
    """
    table = open_file(file)
    try:
        head = table.head(HEAD_ROWS)
        profiles = scan(table)
    except FileError as error:
        raise ImportRefusedError.of_file(error, file.name) from error
    guesses = guess_roles(profiles)
    organisation_id = file.batch.organisation_id
    withheld = withheld_among(organisation_id, [each.name for each in profiles])
    file.found = {
        "details": _details(table),
        "rows": profiles[0].rows + table.rejections.count,
        "rejected": table.rejections.count,
        "columns": [
            _unseen(profile, withheld[profile.name])
            if profile.name in withheld
            else _column(profile, guess)
            for profile, guess in zip(profiles, guesses, strict=True)
        ],
        "head": _head(head, withheld),
    }
    file.save(update_fields=["found"])


def look_at_import(*, batch: Import) -> None:
    """Look at every file of an import; then it waits for its mapping.

    A file that is no table makes the import fail with the reason; what was uploaded
    stays, so the person can say how to read it.
    """
    fault: dict[str, Any] = {}
    for file in batch.files.all():
        try:
            look_at(file)
        except ImportRefusedError as refusal:
            fault = fault or refusal.stored() | {"file": file.pk}
            file.found = {}
            file.save(update_fields=["found"])
    settle_look(batch=batch, fault=fault)


@transaction.atomic
def settle_look(*, batch: Import, fault: dict[str, Any]) -> None:
    """Write down that the files were looked at, and what was wrong with them."""
    batch.rows_expected = sum(file.found.get("rows", 0) for file in batch.files.all())
    batch.status = ImportStatus.MAPPING
    batch.fault = fault
    batch.claimed_by = ""
    batch.save(update_fields=["rows_expected", "status", "fault", "claimed_by"])


def _details(table: TableFile) -> dict[str, Any]:
    found = table.details[0]
    return {
        "kind": found.kind,
        "encoding": found.encoding,
        "encoding_told_by": found.encoding_told_by,
        "delimiter": found.delimiter,
        "sheet": found.sheet,
        "sheets": list(found.sheets),
        "header_line": found.header_line,
        "notes": list(found.notes),
    }


def _head(head: Any, withheld: Collection[str]) -> list[list[str | None]]:
    names = [name for name in head.schema.names if name != LINE_COLUMN]
    columns = [
        [None] * head.num_rows
        if name in withheld
        else as_text(head.column(name)).to_pylist()
        for name in names[:HEAD_COLUMNS]
    ]
    rows = zip(*columns, strict=True)
    return [[cell and cell[:_CELL_SHOWN] for cell in row] for row in rows]


def _unseen(profile: ColumnProfile, withheld: Withheld) -> dict[str, Any]:
    """Return what is kept of a column of which no value may be: that it was there."""
    return {
        "name": profile.name,
        "original": profile.column.original,
        "kind": str(profile.kind),
        "blanks": profile.blanks,
        "filled": profile.filled,
        "distinct": 0,
        "is_capped": False,
        "values": [],
        "minimum": None,
        "maximum": None,
        "is_number": False,
        "date_forms": [],
        "role": Role.IGNORE,
        "reason": "withheld",
        "scale": None,
        "withheld": withheld.reason,
    }


def _column(profile: ColumnProfile, guess: RoleGuess) -> dict[str, Any]:
    scale = guess_scale(profile)
    role, reason = _role(profile, guess)
    values = [[item.value[:_CELL_SHOWN], item.count] for item in profile.values]
    return {
        "name": profile.name,
        "original": profile.column.original,
        "kind": str(profile.kind),
        "blanks": profile.blanks,
        "filled": profile.filled,
        "distinct": profile.distinct,
        "is_capped": profile.distinct_capped,
        "values": values[:_VALUES_SHOWN],
        "minimum": profile.minimum,
        "maximum": profile.maximum,
        "is_number": profile.is_numeric and not _is_code(profile),
        "date_forms": [str(form) for form in profile.date_forms],
        "role": role,
        "reason": reason,
        "scale": _scale(profile, scale) if scale else None,
    }


def _role(profile: ColumnProfile, guess: RoleGuess) -> tuple[str, str]:
    header = profile.name.casefold()
    for role, pattern in _DESIGN.items():
        if pattern.fullmatch(header) and profile.filled:
            return role, f"the header says '{header}'"
    if guess.role is GuessedRole.IGNORED:
        return Role.IGNORE, guess.reason
    free = {ValueKind.IDENTIFIER, ValueKind.TEXT}
    if guess.role is GuessedRole.OPERATIONAL and profile.kind in free:
        return Role.IGNORE, "almost every value is different"
    return Role(str(guess.role)), guess.reason


def _is_code(profile: ColumnProfile) -> bool:
    """Tell whether numbers are names of things, such as 1 for yes and 2 for no."""
    return (
        profile.kind is ValueKind.INTEGER
        and not profile.distinct_capped
        and (
            profile.distinct <= 2  # noqa: PLR2004 - yes and no
        )
    )


def _scale(profile: ColumnProfile, guess: ScaleGuess) -> dict[str, Any]:
    metric, low, high = str(guess.metric), guess.minimum, guess.maximum
    one_to_ten = looks_one_to_ten(profile)
    if one_to_ten and metric == "nps" and not guess.coded_from_one:
        metric, low, high = "csat", 1, _TOP_OF_TEN
    return {
        "metric": metric,
        "minimum": low,
        "maximum": high,
        "reason": guess.reason,
        "one_to_ten": one_to_ten,
        "coded_from_one": guess.coded_from_one,
        "missing": [
            [code.value, code.count]
            for code in guess.missing
            if _is_usual_blank(code.value, low, high)
        ],
    }


def _is_usual_blank(value: str, low: int, high: int) -> bool:
    """Tell whether a value off the scale usually means "no answer".

    A 0 below a scale that begins at 1, the point after its end (11, 6) and the codes
    and words of survey programs do; anything else is a mistake that must be seen.
    """
    text = canonical(value).casefold()
    beside = {str(high + 1), "0"} if low == 1 else {str(high + 1)}
    return text in beside | USUAL_BLANKS


def looks_one_to_ten(profile: ColumnProfile) -> bool:
    """Tell whether a column holds many answers from 1 to 10 and not one 0."""
    counts = {item.value.strip(): item.count for item in profile.values}
    inside = sum(counts.get(str(point), 0) for point in range(1, _TOP_OF_TEN + 1))
    reaches_ten = counts.get(str(_TOP_OF_TEN), 0) > 0
    has_zero = any(counts.get(zero, 0) for zero in ("0", "0.0"))
    return inside >= MANY_ANSWERS and reaches_ten and not has_zero
