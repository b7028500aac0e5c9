"""`cxstats profile`: what a file holds before anything is computed from it."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import Any

from cxstats.cli.arguments import add_files, add_json
from cxstats.cli.data import open_files
from cxstats.cli.rendering import print_json, shorten
from cxstats.display import text_table
from cxstats.files import (
    ColumnProfile,
    FileDetails,
    RoleGuess,
    TableFile,
    guess_roles,
    guess_scale,
    scan,
)

__all__ = ["add_arguments", "run"]

_SHOWN_VALUES = 10
_WIDEST_CODES = 40


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    add_files(parser)
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Run the command and print its answer."""
    table = open_files(options)
    profiles = scan(table)
    roles = guess_roles(profiles)
    if options.json:
        print_json(_as_dict(table, profiles, roles))
        return 0
    for details in table.details:
        print(_file_line(details))
    rows = profiles[0].rows if profiles else 0
    print(f"{rows:,} rows, {len(profiles)} columns, {_rejected(table)}\n")
    headers = ["column", "kind", "filled", "distinct", "values", "role", "scale"]
    print(
        text_table(headers, [_row(*pair) for pair in zip(profiles, roles, strict=True)])
    )
    for note in table.notes:
        print(f"note: {note}")
    return 0


def _file_line(details: FileDetails) -> str:
    parts = [details.kind, f"{details.size:,} bytes"]
    if details.encoding:
        parts.append(f"{details.encoding} ({details.encoding_told_by})")
    if details.delimiter:
        parts.append(f"separated by {details.delimiter!r}")
    if details.sheet:
        parts.append(f"sheet {details.sheet} of {', '.join(details.sheets)}")
    return f"{details.name}: {', '.join(parts)}"


def _rejected(table: TableFile) -> str:
    count = table.rejections.count
    return f"{count:,} rows could not be read" if count else "every row could be read"


def _row(profile: ColumnProfile, role: RoleGuess) -> list[str]:
    more = "+" if profile.distinct_capped else ""
    return [
        shorten(profile.name),
        profile.kind.value,
        f"{profile.filled:,}",
        f"{profile.distinct:,}{more}",
        _values(profile),
        role.role.value,
        _scale(profile),
    ]


def _values(profile: ColumnProfile) -> str:
    if profile.minimum is not None and (profile.is_numeric or profile.date_forms):
        low, high = (
            f"{end:g}" if isinstance(end, float) else str(end)
            for end in (profile.minimum, profile.maximum)
        )
        forms = " or ".join(form.value for form in profile.date_forms)
        return f"{low} to {high}" + (f" ({forms})" if forms else "")
    return shorten(", ".join(profile.examples))


def _scale(profile: ColumnProfile) -> str:
    guess = guess_scale(profile)
    if guess is None:
        return ""
    codes = [f"{code.value} x{code.count:,}" for code in guess.missing]
    missing = shorten(", ".join(codes), _WIDEST_CODES)
    shifted = ", stored from 1" if guess.coded_from_one else ""
    tail = f"; missing? {missing}" if missing else ""
    return f"{guess.metric.value} {guess.text}{shifted}{tail}"


def _as_dict(
    table: TableFile,
    profiles: tuple[ColumnProfile, ...],
    roles: tuple[RoleGuess, ...],
) -> dict[str, Any]:
    return {
        "files": [
            {name: value for name, value in asdict(item).items() if name != "path"}
            for item in table.details
        ],
        "rows": profiles[0].rows if profiles else 0,
        "rejected": [asdict(row) for row in table.rejections.rows],
        "columns": [
            _column(profile, role)
            for profile, role in zip(profiles, roles, strict=True)
        ],
    }


def _column(profile: ColumnProfile, role: RoleGuess) -> dict[str, Any]:
    guess = guess_scale(profile)
    return {
        "name": profile.name,
        "original": profile.column.original,
        "kind": profile.kind.value,
        "filled": profile.filled,
        "blanks": profile.blanks,
        "distinct": profile.distinct,
        "distinct_capped": profile.distinct_capped,
        "minimum": profile.minimum,
        "maximum": profile.maximum,
        "date_forms": [form.value for form in profile.date_forms],
        "values": [asdict(item) for item in profile.values[:_SHOWN_VALUES]],
        "role": {"name": role.role.value, "reason": role.reason},
        "scale": asdict(guess) if guess else None,
    }
