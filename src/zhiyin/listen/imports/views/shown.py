"""What the templates show, made from what services and queries return."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zhiyin.listen.customers.queries.sensitivity import WORDS as WITHHELD_WORDS
from zhiyin.listen.imports.models import (
    ColumnRule,
    Import,
    ImportFile,
    ImportKind,
    ImportMapping,
    ImportStatus,
    Metric,
    Role,
)
from zhiyin.listen.imports.queries import progress_of
from zhiyin.listen.imports.services import (
    Trial,
    columns_by_name,
    read_rejects,
    say_file_fault,
    say_guess,
    say_row_fault,
)

_DETAILED = {Role.SCORE, Role.ATTRIBUTE, Role.OPERATIONAL}
_FIRST = (Role.SCORE, Role.COMMENT, Role.TIME, Role.CUSTOMER, Role.WEIGHT)
_REJECTS_SHOWN = 20
_FIELDS_SHOWN = 6
_MINUTE = 60


def detected(file: ImportFile) -> dict[str, Any]:
    """Return what was detected about a file, and its first rows."""
    details = file.found.get("details", {})
    columns = file.columns
    repeated = [
        column["name"]
        for column in columns
        if " ".join(column["original"].split()) not in ("", column["name"])
    ]
    return {
        **details,
        "rows": file.found.get("rows", 0),
        "rejected": file.found.get("rejected", 0),
        "notes": [say_guess(note) for note in details.get("notes", ())],
        "repeated": repeated,
        "columns": columns,
        "header": [column["name"] for column in columns[: _head_width(file)]],
        "hidden_columns": max(0, len(columns) - _head_width(file)),
        "head": file.found.get("head", []),
    }


def _head_width(file: ImportFile) -> int:
    head = file.found.get("head") or [[]]
    return len(head[0])


def mapping_choices() -> dict[str, Any]:
    """Return the roles in groups, and the metrics."""
    return {
        "roles": Role.choices,
        "metrics": Metric.choices,
        "other": Metric.OTHER,
        "nps": Metric.NPS_0_10,
    }


def column_rows(batch: Import, mapping: ImportMapping) -> list[dict[str, Any]]:
    """Return one row per column: what is known of it and how it is mapped.

    Scores and what else the answers need come first, fields next, the rest last.
    """
    rules = {rule.name: rule for rule in mapping.columns}
    rows = [
        _column_row(place, column, rules.get(name) or ColumnRule(name=name))
        for place, (name, column) in enumerate(columns_by_name(batch).items())
    ]
    return sorted(rows, key=lambda row: (row["group"], _rank(row["rule"].role)))


def _column_row(place: int, column: dict[str, Any], rule: ColumnRule) -> dict[str, Any]:
    scale = column["scale"] or {}
    return {
        "place": place,
        "column": column,
        "rule": rule,
        "group": _group(rule.role),
        "reason": say_guess(column["reason"]) if rule.role == column["role"] else "",
        "scale_reason": say_guess(scale["reason"]) if scale else "",
        "withheld": withheld_words(column),
        "values": [value for value, _count in column.get("values", [])[:6]],
        "is_detailed": rule.role in _DETAILED,
        "is_one_to_ten": bool(scale.get("one_to_ten")),
        "missing": ", ".join(rule.missing),
        "missing_counts": _missing_counts(column, rule),
        "labels": "\n".join(f"{code}={label}" for code, label in rule.labels.items()),
    }


def withheld_words(column: dict[str, Any]) -> str:
    """Return why nothing of a column is kept and what to do; "" for all others."""
    reason = column.get("withheld", "")
    return str(WITHHELD_WORDS[reason]) if reason else ""


def withheld_shown(batch: Import) -> list[tuple[str, int, str]]:
    """Return the columns of which nothing was kept: name, cells, and why."""
    return [
        (column["name"], column["filled"], withheld_words(column))
        for file in batch.files.all()
        for column in file.columns
        if column.get("withheld")
    ]


def _group(role: str) -> int:
    if role in (Role.ATTRIBUTE, Role.OPERATIONAL):
        return 1
    return 2 if role == Role.IGNORE else 0


def _rank(role: str) -> int:
    return _FIRST.index(Role(role)) if role in _FIRST else len(_FIRST)


def _missing_counts(column: dict[str, Any], rule: ColumnRule) -> list[tuple[str, int]]:
    counts = dict(column.get("values", []))
    found = [(code, counts.get(code, 0)) for code in rule.missing]
    blanks = [(_("blank"), column["blanks"])] if column["blanks"] else []
    return [*found, *blanks]


def trial_counts(trial: Trial) -> dict[str, Any]:
    """Return the counts of a rehearsal with their reasons in words."""
    return {
        "excluded": excluded_reasons(trial.outcome.reasons),
        "rejected": [
            (say_row_fault(reason), count)
            for reason, count in trial.rejected_reasons.most_common()
        ],
        "faults": [
            (
                row.line,
                row.fault.column,
                row.fault.value,
                say_row_fault(row.fault.reason),
            )
            for row in trial.faults
            if row.fault
        ],
    }


def _reasons_in_words(reasons: dict[str, int]) -> list[tuple[str, int]]:
    return [(say_row_fault(reason), count) for reason, count in reasons.items()]


def excluded_reasons(reasons: dict[str, int]) -> list[tuple[str, int]]:
    """Return why rows have no main score, the most frequent reason first."""
    ranked = sorted(reasons.items(), key=lambda item: -item[1])
    return [
        (_("blank") if rule == "blank" else _("code %s") % rule, count)
        for rule, count in ranked
    ]


def sample_rows(trial: Trial, mapping: ImportMapping) -> list[dict[str, Any]]:
    """Return the rehearsal's sample, as the answers will look."""
    return [
        {
            "line": row.line,
            "time": localtime(row.responded_at),
            "scores": [
                (rule.name, score)
                for rule, score in zip(mapping.scores, row.scores, strict=True)
            ],
            "comments": [comment for comment in row.comments if comment],
            "customer": _masked(row.codes.get(Role.CUSTOMER, "")),
            "fields": [
                (name, f"{value:g}" if isinstance(value, float) else value)
                for name, value in list(row.attributes.items())[:_FIELDS_SHOWN]
            ],
            "more": max(0, len(row.attributes) - _FIELDS_SHOWN),
            "weight": row.weight,
        }
        for row in trial.sample
    ]


def _masked(key: str) -> str:
    return f"{key[:1]}***{key[-2:]}" if len(key) > 3 else "***" if key else ""  # noqa: PLR2004


def progress_shown(batch: Import) -> dict[str, Any]:
    """Return the job bar of an import that a worker has or will have."""
    if not batch.is_active:
        return {}
    progress = progress_of(batch)
    rate, left = progress.rows_per_second, progress.seconds_left
    can_cancel = batch.status in {ImportStatus.QUEUED, ImportStatus.RUNNING}
    return {
        "label": batch.get_status_display(),
        "percent": progress.percent,
        "rate": _("%s rows a second") % f"{rate:,.0f}" if rate else "",
        "left": _left(left) if left is not None else "",
        "cancel_url": reverse("import_cancel", args=[batch.pk]) if can_cancel else "",
        "status_url": reverse("import_status", args=[batch.pk]),
    }


def _left(seconds: float) -> str:
    if seconds < _MINUTE:
        return _("less than a minute left")
    minutes = round(seconds / _MINUTE)
    text = ngettext("about %s minute left", "about %s minutes left", minutes)
    return text % minutes


def result_shown(batch: Import) -> dict[str, Any]:
    """Return the counts of an import that is at rest, with reasons in words."""
    tally = batch.tally
    rejected = sorted(tally.get("rejected", {}).items(), key=lambda item: -item[1])
    shown = [
        (each.file, each.line, each.column, each.value, say_row_fault(each.reason))
        for each, _place in zip(
            read_rejects(batch), range(_REJECTS_SHOWN), strict=False
        )
    ]
    in_words = (
        _reasons_in_words if batch.kind != ImportKind.RESPONSES else excluded_reasons
    )
    return {
        "excluded": excluded_reasons(tally.get("excluded", {})),
        "rejected": [(say_row_fault(reason), count) for reason, count in rejected],
        "missing": [
            (name, in_words(reasons))
            for name, reasons in tally.get("missing", {}).items()
        ],
        "rejects": shown,
        "fault_text": batch.fault
        and say_file_fault(batch.fault["code"], batch.fault["facts"]),
    }
