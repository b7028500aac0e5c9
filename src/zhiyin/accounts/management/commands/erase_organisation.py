"""Erase one organisation for good: people, answers, settings and audit log."""

from __future__ import annotations

import getpass
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from zhiyin.accounts.models import Organisation
from zhiyin.accounts.services import erase_organisation


class Command(BaseCommand):
    help = (
        "Erase an organisation from the operational database for good. Name its code "
        "twice; erase its files and lake afterwards (docs/how-to/people-and-roles.md)."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("code", help="the organisation's code")
        parser.add_argument("--confirm", required=True, help="the same code again")
        parser.add_argument("--reason", required=True, help="why; kept for good")

    def handle(self, **options: Any) -> None:
        if options["confirm"] != options["code"]:
            raise CommandError("--confirm must repeat the organisation's code")
        organisation = Organisation.objects.filter(code=options["code"]).first()
        if organisation is None:
            raise CommandError(f"there is no organisation {options['code']!r}")
        erasure = erase_organisation(
            organisation=organisation,
            ordered_by=getpass.getuser(),
            reason=options["reason"],
        )
        self.stdout.write(
            f"erased {erasure.rows_erased} rows of {erasure.code}; its number was "
            f"{erasure.organisation_number}",
        )
