"""Questionnaires out to a file, and in from one."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from zhiyin.accounts.models import Organisation
from zhiyin.accounts.services import record
from zhiyin.listen.surveys.models import Instrument, InstrumentVersion
from zhiyin.listen.surveys.queries.definitions import definition_of
from zhiyin.listen.surveys.queries.exchange import (
    Unmapped,
    dump_definition,
    read_questionnaire,
)
from zhiyin.listen.surveys.queries.linter import Finding, lint_version
from zhiyin.listen.surveys.services.definitions import create_from_definition


@dataclass(frozen=True)
class Imported:
    """A questionnaire made from a file: as a draft, with what is left to look at."""

    instrument: Instrument
    source: str
    unmapped: tuple[Unmapped, ...]
    findings: tuple[Finding, ...]


def export_questionnaire(*, version: InstrumentVersion) -> bytes:
    """Return a version as a file of ours."""
    record(
        action="version.exported",
        target=version.instrument,
        number=version.number,
    )
    return dump_definition(definition_of(version))


@transaction.atomic
def import_questionnaire(
    *,
    organisation: Organisation,
    content: bytes,
    code: str = "",
) -> Imported:
    """Make a draft from a file of ours, of LimeSurvey or of Qualtrics.

    Raises ExchangeError for a file that cannot be read, CodeTakenError for a `code`
    that is taken.
    """
    reading = read_questionnaire(content)
    instrument = create_from_definition(
        organisation=organisation,
        definition=reading.definition,
        code=code,
    )
    record(
        action="instrument.imported",
        target=instrument,
        source=reading.source,
        unmapped=len(reading.unmapped),
    )
    return Imported(
        instrument=instrument,
        source=reading.source,
        unmapped=reading.unmapped,
        findings=tuple(lint_version(instrument.versions.get())),
    )
