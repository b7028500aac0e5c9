"""Sync, rebuild, examine and verify lakes from the command line."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from zhiyin.accounts.models import Organisation
from zhiyin.analyze.lake.queries import status
from zhiyin.analyze.lake.queries.verification import verify_lake
from zhiyin.analyze.lake.services import rebuild_organisation, sync_organisation
from zhiyin.analyze.lake.services.locks import writing_lock


class Command(BaseCommand):
    help = "Sync, rebuild, examine or verify the lake of one or all organisations."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("action", choices=["sync", "rebuild", "status", "verify"])
        parser.add_argument("organisations", nargs="*", metavar="ORGANISATION")

    def handle(self, *args: Any, **options: Any) -> None:
        del args
        action = getattr(self, f"_{options['action']}")
        failed = [
            organisation.code
            for organisation in _organisations(options["organisations"])
            if action(organisation) is False
        ]
        if failed:
            message = f"{options['action']} failed for {', '.join(failed)}"
            raise CommandError(message)

    def _sync(self, organisation: Organisation) -> None:
        report = sync_organisation(organisation=organisation)
        self._say(organisation, f"{report.outcome}, {report.rows} rows")

    def _rebuild(self, organisation: Organisation) -> None:
        report = rebuild_organisation(organisation=organisation)
        self._say(organisation, f"{report.outcome}, {report.rows} rows")

    def _status(self, organisation: Organisation) -> None:
        now = status(organisation)
        when = now.synced_at.isoformat() if now.synced_at else "never"
        behind = "behind" if now.is_behind else "up to date"
        self._say(
            organisation,
            f"{now.rows} rows in {now.files} files, {now.size} bytes; synced {when}, "
            f"{behind}; erased up to revision {now.erasure.deleted_until}, "
            f"{now.erasure.waiting} waiting",
        )

    def _verify(self, organisation: Organisation) -> bool:
        with writing_lock(organisation.pk, wait=True):
            checks = list(verify_lake(organisation.pk))
        wrong = [check for check in checks if not check.is_right]
        for check in wrong:
            self._say(
                organisation,
                f"{check.month}: {check.rows_in_lake} rows in the lake, "
                f"{check.rows_in_database} in the database; "
                f"{len(check.damaged)} damaged files",
            )
        rows = sum(check.rows_in_lake for check in checks)
        verdict = "not equal" if wrong else "equal"
        self._say(organisation, f"{rows} rows in {len(checks)} months, {verdict}")
        return not wrong

    def _say(self, organisation: Organisation, text: str) -> None:
        self.stdout.write(f"{organisation.code}: {text}")


def _organisations(codes: list[str]) -> list[Organisation]:
    rows = Organisation.objects.order_by("pk")
    if not codes:
        return list(rows)
    found = list(rows.filter(code__in=codes))
    unknown = sorted(set(codes) - {organisation.code for organisation in found})
    if unknown:
        message = (
            f"no organisation has the code {', '.join(unknown)}; "
            f"there are {', '.join(rows.values_list('code', flat=True)) or 'none'}"
        )
        raise CommandError(message)
    return found
