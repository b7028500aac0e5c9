"""Questionnaires from the command line: templates, the linter, files in and out."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation

from zhiyin.accounts.models import Organisation
from zhiyin.listen.surveys.models import Instrument, InstrumentVersion
from zhiyin.listen.surveys.queries.linter import (
    Finding,
    lint_message,
    lint_version,
    refusals,
)
from zhiyin.listen.surveys.queries.standard import template_codes, templates
from zhiyin.listen.surveys.services.definitions import ensure_standard_instrument
from zhiyin.listen.surveys.services.exchange import (
    export_questionnaire,
    import_questionnaire,
)

EXIT_REFUSED = 1


class Command(BaseCommand):
    """Exit codes: 0 done; 1 refused, by the linter or because of the file."""

    help = "Make questionnaires of templates, lint them, read and write their files."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--organisation", default="", help="its code")
        parser.add_argument("--language", default="", help="zh-hans, zh-hant or en")
        actions = parser.add_subparsers(dest="action", required=True)
        actions.add_parser("templates", help="list the packaged questionnaires")
        one = actions.add_parser("make", help="make questionnaires of templates")
        one.add_argument("codes", nargs="+", metavar="TEMPLATE", help="or: all")
        one = actions.add_parser("lint", help="say what is wrong with a questionnaire")
        one.add_argument("code")
        one = actions.add_parser("lint-message", help="say what is wrong with an SMS")
        one.add_argument("text")
        one.add_argument(
            "--class",
            dest="message_class",
            default="survey",
            choices=["service", "survey", "marketing"],
        )
        one = actions.add_parser("export", help="write a questionnaire to a file")
        one.add_argument("code")
        one.add_argument("file", help="- for the standard output")
        one = actions.add_parser("import", help="read .json, .lss, .txt or .qsf")
        one.add_argument("file")
        one.add_argument("--code", default="", help="of the questionnaire to make")

    def handle(self, *_args: Any, **options: Any) -> None:
        action = str(options["action"]).replace("-", "_")
        if action == "templates":
            self._templates(options["language"] or "zh-hans")
            return
        organisation = self._organisation(options["organisation"])
        with translation.override(options["language"] or organisation.language):
            getattr(self, f"_{action}")(organisation, options)

    def _organisation(self, code: str) -> Organisation:
        known = list(Organisation.objects.filter(**({"code": code} if code else {})))
        if len(known) != 1:
            codes = ", ".join(Organisation.objects.values_list("code", flat=True))
            raise CommandError(f"--organisation is one of: {codes or 'none yet'}")
        return known[0]

    def _version(self, organisation: Organisation, code: str) -> InstrumentVersion:
        version = (
            InstrumentVersion.objects.filter(
                instrument__in=Instrument.objects.of(organisation).filter(code=code),
            )
            .order_by("-number")
            .first()
        )
        if version is None:
            raise CommandError(f"there is no questionnaire with the code {code}")
        return version

    def _templates(self, language: str) -> None:
        for each in templates(language):
            self.stdout.write(f"{each.code:22} {each.item_count:3}  {each.name}")

    def _make(self, organisation: Organisation, options: dict[str, Any]) -> None:
        codes = template_codes() if options["codes"] == ["all"] else options["codes"]
        for code in codes:
            try:
                made = ensure_standard_instrument(
                    organisation=organisation,
                    standard=code,
                )
            except ValueError as error:
                raise CommandError(str(error)) from error
            self.stdout.write(f"{made.code}: {made.name}")

    def _lint(self, organisation: Organisation, options: dict[str, Any]) -> None:
        self._say(lint_version(self._version(organisation, options["code"])))

    def _lint_message(
        self, organisation: Organisation, options: dict[str, Any]
    ) -> None:
        self._say(
            lint_message(
                options["text"],
                options["message_class"],
                brand=organisation.brand,
            ),
        )

    def _say(self, findings: Iterable[Finding]) -> None:
        rows = list(findings)
        for row in rows:
            where = " ".join(filter(None, [row.item, row.language]))
            quote = f" | {row.quote}" if row.quote else ""
            self.stdout.write(
                f"{row.level}: {row.code} {where}: {row.message}{quote}",
            )
        if refusals(rows):
            sys.exit(EXIT_REFUSED)

    def _export(self, organisation: Organisation, options: dict[str, Any]) -> None:
        version = self._version(organisation, options["code"])
        content = export_questionnaire(version=version)
        if options["file"] == "-":
            self.stdout.write(content.decode(), ending="")
        else:
            Path(options["file"]).write_bytes(content)

    def _import(self, organisation: Organisation, options: dict[str, Any]) -> None:
        try:
            made = import_questionnaire(
                organisation=organisation,
                content=Path(options["file"]).read_bytes(),
                code=options["code"],
            )
        except (ValueError, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{made.instrument.code}: {made.instrument.name}")
        for row in made.unmapped:
            self.stdout.write(f"unmapped: {row.name}: {row.reason}")
        for finding in made.findings:
            where = " ".join(filter(None, [finding.item, finding.language]))
            self.stdout.write(f"{finding.level}: {where}: {finding.message}")
