"""The department tree as a CSV file: code, name and the parent's code."""

from __future__ import annotations

import csv
import io
from collections import Counter
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from zhiyin.accounts.models import Department, Organisation
from zhiyin.accounts.services.audit import record
from zhiyin.accounts.services.departments import (
    add_department,
    change_department,
    move_department,
)
from zhiyin.common.spreadsheets import csv_pieces

HEADER = ("code", "name", "parent_code")
MOST_ROWS = 5000


@dataclass(frozen=True)
class DepartmentRow:
    """One line of the file, with its line number for messages."""

    line: int
    code: str
    name: str
    parent_code: str


@dataclass(frozen=True)
class ImportedDepartments:
    """What an import of departments did."""

    added: int
    changed: int
    unchanged: int


def departments_as_csv(*, organisation: Organisation) -> str:
    """Return the tree as CSV, parents before children."""
    rows = Department.objects.filter(organisation=organisation).select_related("parent")
    cells = (
        (each.code, each.name, each.parent.code if each.parent else "")
        for each in rows.order_by("path")
    )
    return b"".join(csv_pieces(HEADER, cells)).decode("utf-8-sig")


def read_departments(content: bytes) -> list[DepartmentRow]:
    """Read the file; a fault is told with its line."""
    reader = csv.DictReader(io.StringIO(_decoded(content)))
    missing = [name for name in HEADER if name not in (reader.fieldnames or [])]
    if missing:
        raise ValidationError(
            _("The first line must name the columns %(wanted)s; missing: %(missing)s.")
            % {"wanted": ", ".join(HEADER), "missing": ", ".join(missing)},
        )
    rows = []
    for values in reader:
        cells = [(values.get(name) or "").strip().removeprefix("'") for name in HEADER]
        if not any(cells):
            continue
        row = DepartmentRow(reader.line_num, *cells)
        if not row.code or not row.name:
            raise ValidationError(
                _("Line %(line)s: a department needs a code and a name.")
                % {"line": row.line},
            )
        rows.append(row)
    if len(rows) > MOST_ROWS:
        raise ValidationError(
            _("The file has %(rows)s departments; at most %(most)s are read at once.")
            % {"rows": len(rows), "most": MOST_ROWS},
        )
    return rows


def _decoded(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ValidationError(_("The file is neither UTF-8 nor GB18030 text."))


@transaction.atomic
def import_departments(
    *,
    organisation: Organisation,
    rows: list[DepartmentRow],
) -> ImportedDepartments:
    """Add and change departments by code; all lines or none."""
    known = {each.code: each for each in organisation.departments.all()}
    counts = Counter({"added": 0, "changed": 0, "unchanged": 0})
    for row in _parents_first(rows, known):
        parent = known.get(row.parent_code)
        try:
            counts[_apply(organisation, row, known, parent)] += 1
        except ValidationError as refusal:
            raise ValidationError(
                _("Line %(line)s: %(why)s")
                % {"line": row.line, "why": " ".join(refusal.messages)},
            ) from refusal
    done = ImportedDepartments(**counts)
    record(
        action="departments.imported",
        organisation=organisation,
        counts=dict(counts),
    )
    return done


def _apply(
    organisation: Organisation,
    row: DepartmentRow,
    known: dict[str, Department],
    parent: Department | None,
) -> str:
    department = known.get(row.code)
    if department is None:
        known[row.code] = add_department(
            organisation=organisation,
            code=row.code,
            name=row.name,
            parent=parent,
        )
        return "added"
    parent_id = parent.pk if parent else None
    if (department.name, department.parent_id) == (row.name, parent_id):
        return "unchanged"
    change_department(department=department, code=row.code, name=row.name)
    move_department(department=department, parent=parent)
    return "changed"


def _parents_first(
    rows: list[DepartmentRow],
    known: dict[str, Department],
) -> list[DepartmentRow]:
    """Order the lines so that every parent exists when its child comes."""
    waiting = {row.code: row for row in rows}
    _check_codes(rows, {"", *known, *waiting})
    ordered: list[DepartmentRow] = []
    while waiting:
        ready = [row for row in waiting.values() if row.parent_code not in waiting]
        if not ready:
            row = next(iter(waiting.values()))
            raise ValidationError(
                _("Line %(line)s: “%(code)s” would stand below itself.")
                % {"line": row.line, "code": row.code},
            )
        ordered += ready
        for row in ready:
            del waiting[row.code]
    return ordered


def _check_codes(rows: list[DepartmentRow], there: set[str]) -> None:
    seen: set[str] = set()
    for row in rows:
        if row.code in seen:
            raise ValidationError(
                _("Line %(line)s: the code “%(code)s” stands in the file twice.")
                % {"line": row.line, "code": row.code},
            )
        if row.parent_code not in there:
            raise ValidationError(
                _("Line %(line)s: there is no department with the code “%(code)s”.")
                % {"line": row.line, "code": row.parent_code},
            )
        seen.add(row.code)
