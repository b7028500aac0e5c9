"""Import survey files from the command line, with the same services as the page."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from zhiyin.accounts.models import Organisation
from zhiyin.listen.imports.models import Import, ImportStatus, MappingProfile, Role
from zhiyin.listen.imports.services import (
    ImportRefusedError,
    Wishes,
    import_paths,
    say_file_fault,
)
from zhiyin.listen.programs.models import Stream

EXIT_REFUSED = 1
EXIT_REJECTED_ROWS = 3
_COLUMN_OPTIONS = (
    Role.SCORE,
    Role.COMMENT,
    Role.WEIGHT,
    Role.TIME,
    Role.CUSTOMER,
    Role.TOUCHPOINT,
    Role.CHANNEL,
    Role.DEPARTMENT,
    Role.STRATUM,
    Role.CLUSTER,
)
_SETTINGS = ("stream", "wave", "time_zone", "date_order")
_READING = ("encoding", "delimiter", "sheet", "header")


class Command(BaseCommand):
    """Columns not named are guessed, as on the page, or taken from the profile.

    Exit codes: 0 all rows were taken or excluded by rule; 1 nothing was imported, the
    message says why; 2 the command was called wrongly; 3 some rows were rejected.
    """

    help = "Import survey files (CSV, TSV, text, XLSX, Parquet) as answers."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="+", metavar="FILE")
        parser.add_argument("--profile", default="", help="a saved mapping profile")
        parser.add_argument("--organisation", default="", help="its code")
        parser.add_argument("--scale", default="", help="of the main score: 0-10")
        parser.add_argument("--missing", nargs="*", default=[], metavar="CODE")
        parser.add_argument("--date", default="", help="of all answers: 2026-05-31")
        for role in _COLUMN_OPTIONS:
            help_text = f"column: {role.value}"
            parser.add_argument(
                f"--{role.value}", nargs="+", metavar="COL", help=help_text
            )
        parser.add_argument("--stream", default="", choices=["", *Stream.values])
        parser.add_argument("--wave", default="")
        parser.add_argument("--time-zone", default="")
        parser.add_argument("--date-order", default="", choices=["", "dmy", "mdy"])
        for name in _READING:
            parser.add_argument(f"--{name}", default="")
        parser.add_argument("--json", action="store_true", help="counts as JSON")

    def handle(self, *_args: Any, **options: Any) -> None:
        organisation = _organisation(options["organisation"])
        paths = [Path(name) for name in options["files"]]
        for path in paths:
            if not path.is_file():
                raise CommandError(f"there is no file {path}", returncode=2)
        try:
            batch = import_paths(
                organisation=organisation,
                paths=paths,
                wishes=_wishes(organisation, options),
                report=self._progress,
            )
        except ImportRefusedError as refusal:
            message = say_file_fault(refusal.code, refusal.facts)
            raise CommandError(message, returncode=EXIT_REFUSED) from refusal
        self._end(batch, as_json=options["json"])

    def _progress(self, batch: Import) -> None:
        if self.stderr.isatty():
            told = f"\r{batch.percent}%  {batch.rows_read:,} rows"
            self.stderr.write(told, ending="")
            self.stderr.flush()

    def _end(self, batch: Import, *, as_json: bool) -> None:
        if self.stderr.isatty():
            self.stderr.write("")
        counts = counts_of(batch)
        if as_json:
            self.stdout.write(json.dumps(counts, ensure_ascii=False))
        else:
            self._print(counts)
        if batch.status != ImportStatus.DONE:
            fault = batch.fault or {"code": "unexpected", "facts": {}}
            message = say_file_fault(fault["code"], fault["facts"])
            raise CommandError(message, returncode=EXIT_REFUSED)
        if batch.rows_rejected:
            sys.exit(EXIT_REJECTED_ROWS)

    def _print(self, counts: dict[str, Any]) -> None:
        self.stdout.write(f"import {counts['import']}: {counts['status']}")
        for name in ("read", "accepted", "rejected", "excluded", "duplicate"):
            reasons = counts["reasons"].get(name, {})
            told = ", ".join(f"{reason}: {n:,}" for reason, n in reasons.items())
            self.stdout.write(f"  {name:<10}{counts[name]:>12,}  {told}".rstrip())
        if counts["date"]:
            self.stdout.write(f"  all answers are dated {counts['date']}")


def counts_of(batch: Import) -> dict[str, Any]:
    """Return the counts of an import under their stable names."""
    mapping = batch.read_mapping()
    return {
        "import": batch.pk,
        "status": str(batch.status),
        "read": batch.rows_read,
        "accepted": batch.rows_accepted,
        "rejected": batch.rows_rejected,
        "excluded": batch.rows_excluded,
        "kept": batch.rows_kept,
        "duplicate": batch.rows_duplicate,
        "reasons": {
            "rejected": batch.tally.get("rejected", {}),
            "excluded": batch.tally.get("excluded", {}),
        },
        "score": mapping.primary.name if mapping.primary else "",
        "date": mapping.date,
    }


def _organisation(code: str) -> Organisation:
    rows = (
        Organisation.objects.filter(code=code) if code else Organisation.objects.all()
    )
    found = list(rows.order_by("pk")[:2])
    if len(found) == 1:
        return found[0]
    known = ", ".join(Organisation.objects.values_list("code", flat=True))
    if not found:
        told = f"there is no organisation {code!r}; there are: {known or 'none'}"
        raise CommandError(told, returncode=2)
    told = f"there are several organisations; name one with --organisation: {known}"
    raise CommandError(told, returncode=2)


def _wishes(organisation: Organisation, options: dict[str, Any]) -> Wishes:
    profile = None
    if options["profile"]:
        rows = MappingProfile.objects.of(organisation)
        profile = rows.filter(name=options["profile"]).first()
        if profile is None:
            known = ", ".join(rows.values_list("name", flat=True)) or "none"
            told = f"there is no mapping profile {options['profile']!r}; saved: {known}"
            raise CommandError(told, returncode=2)
    return Wishes(
        profile=profile,
        columns={role: options[role] for role in _COLUMN_OPTIONS if options[role]},
        scale=options["scale"],
        missing=tuple(options["missing"]),
        date=options["date"],
        settings={name: options[name] for name in _SETTINGS if options[name]},
        reading={name: options[name] for name in _READING if options[name]},
    )
