"""Questionnaires from definitions: checked first, made in one go."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from zhiyin.accounts.models import Organisation
from zhiyin.listen.surveys.models import Instrument
from zhiyin.listen.surveys.queries.definition_faults import definition_faults
from zhiyin.listen.surveys.queries.standard import load_standard
from zhiyin.listen.surveys.services.instruments import create_instrument, free_code
from zhiyin.listen.surveys.services.versions import publish_version

MOST_FAULTS_SHOWN = 8


class DefinitionError(ValueError):
    """A definition cannot become a questionnaire; `faults` says why, one by one."""

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = list(faults)
        shown = self.faults[:MOST_FAULTS_SHOWN]
        more = len(self.faults) - len(shown)
        text = _("; ").join(shown)
        if more:
            text += _(" (and %s more)") % more
        super().__init__(text)


@transaction.atomic
def create_from_definition(
    *,
    organisation: Organisation,
    definition: Mapping[str, Any],
    code: str = "",
    publish: bool = False,
) -> Instrument:
    """Make a questionnaire of a definition, as a draft or published at once.

    Without a `code` the definition's is taken, or the first free one after it. Raises
    DefinitionError, whose faults name the questions; CodeTakenError for a `code` that
    is taken; VersionIncompleteError and FindingsError when it cannot be published.
    """
    faults = definition_faults(definition)
    if faults:
        raise DefinitionError(faults)
    wanted = code or free_code(organisation, str(definition["code"]))
    made = create_instrument(
        organisation=organisation,
        definition={**definition, "code": wanted},
        publish=False,
    )
    if publish:
        # Nobody looks at the warnings here; what must be mended is refused.
        publish_version(version=made.versions.get(), has_read=True)
    return made


@transaction.atomic
def ensure_standard_instrument(
    *,
    organisation: Organisation,
    standard: str,
) -> Instrument:
    """Return the organisation's questionnaire of a template, made if it is not there.

    What is there stays as it is, edited or not. Raises ValueError for an unknown
    template.
    """
    load_standard(standard)
    known = Instrument.objects.of(organisation).filter(code=standard).first()
    if known is not None:
        return known
    return create_from_definition(
        organisation=organisation,
        definition=load_standard(standard),
        code=standard,
        publish=True,
    )


@transaction.atomic
def load_standard_instruments(
    *,
    organisation: Organisation,
    standards: Iterable[str],
) -> int:
    """Make the questionnaires of these templates that are not there yet; count them."""
    before = Instrument.objects.of(organisation).count()
    for standard in standards:
        ensure_standard_instrument(organisation=organisation, standard=standard)
    return Instrument.objects.of(organisation).count() - before
