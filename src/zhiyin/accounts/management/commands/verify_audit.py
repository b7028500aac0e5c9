"""Look along the chain of the audit log, and compare it with a proof kept elsewhere."""

from __future__ import annotations

import csv
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from zhiyin.accounts.models import Organisation
from zhiyin.accounts.services import seal_that_differs, verify_chain


class Command(BaseCommand):
    help = "Verify the audit log of an organisation; fails at the first broken entry."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("code", help="the organisation's code")
        parser.add_argument(
            "--proof", type=Path, help="a file of seals downloaded before"
        )

    def handle(self, **options: Any) -> None:
        home = Organisation.objects.filter(code=options["code"]).first()
        if home is None:
            message = f"there is no organisation {options['code']!r}"
            raise CommandError(message)
        found = verify_chain(home.pk)
        if found.fault:
            message = f"entry {found.broken_entry}: {found.fault}"
            raise CommandError(message)
        if options["proof"]:
            self._compare(home, options["proof"])
        self.stdout.write(
            f"intact up to entry {found.through_entry} ({found.entries} entries)"
        )

    @staticmethod
    def _compare(home: Organisation, path: Path) -> None:
        try:
            with path.open(encoding="utf-8-sig", newline="") as file:
                rows = csv.DictReader(file)
                kept = {int(row["seal"]): row["hash"] for row in rows}
        except (OSError, KeyError, ValueError) as error:
            message = f"{path} is no proof downloaded from the audit page: {error}"
            raise CommandError(message) from error
        differs = seal_that_differs(home.pk, kept)
        if differs is not None:
            message = f"seal {differs} is not what the proof says"
            raise CommandError(message)
