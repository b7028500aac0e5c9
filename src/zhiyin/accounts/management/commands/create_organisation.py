"""Create an organisation with its first administrator."""

from __future__ import annotations

import getpass
import sys
from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from zhiyin.accounts.models import Organisation, Role
from zhiyin.accounts.services import add_person, create_organisation


class Command(BaseCommand):
    help = "Create an organisation with its first administrator, who invites the rest."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("code", help="short name for addresses: letters, digits, -")
        parser.add_argument("name", help="the organisation's name")
        parser.add_argument("--brand", default="", help="what its customers know it by")
        parser.add_argument("--admin", required=True, help="the administrator's e-mail")
        parser.add_argument("--admin-name", default="", help="the administrator's name")
        parser.add_argument("--language", default="zh-hans")
        parser.add_argument(
            "--password-stdin",
            action="store_true",
            help="read the password from standard input instead of asking",
        )

    def handle(self, **options: Any) -> None:
        password = self._password(from_stdin=options["password_stdin"])
        try:
            validate_password(password)
            organisation = self._create(options, password)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stdout.write(
            f"created {organisation.code}; {options['admin']} is its administrator",
        )

    @staticmethod
    def _password(*, from_stdin: bool) -> str:
        if from_stdin:
            return sys.stdin.readline().rstrip("\n")
        password = getpass.getpass("Password of the administrator: ")
        if getpass.getpass("Again: ") != password:
            raise CommandError("the two passwords differ; nothing was created")
        return password

    @staticmethod
    @transaction.atomic
    def _create(options: dict[str, Any], password: str) -> Organisation:
        organisation = create_organisation(
            code=options["code"],
            name=options["name"],
            brand=options["brand"],
            language=options["language"],
        )
        add_person(
            organisation=organisation,
            email=options["admin"],
            name=options["admin_name"] or options["admin"].partition("@")[0],
            roles=[Role.SYS_ADMIN],
            password=password,
        )
        return organisation
