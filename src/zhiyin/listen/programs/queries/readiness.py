"""What a programme still lacks before it may ask anybody."""

from __future__ import annotations

from django.utils.translation import gettext as _

from zhiyin.listen.programs.models import Programme, Trigger
from zhiyin.listen.programs.queries.ways import ways_of


def live_checks(programme: Programme) -> list[tuple[str, bool]]:
    """Return what must be so before the programme goes live, and whether it is."""
    touchpoint = programme.touchpoint
    checks = [
        (
            _("Customers may be asked about this touchpoint."),
            touchpoint is None or touchpoint.is_surveyed,
        ),
        (_("The touchpoint is in use."), touchpoint is None or touchpoint.is_active),
        (_("A published questionnaire is chosen."), _has_questionnaire(programme)),
        (
            _("A sender in use is chosen for the channel or the other channel."),
            bool(ways_of(programme)),
        ),
    ]
    if programme.trigger == Trigger.EVENT:
        checks.append((_("The event is named."), bool(programme.event_kind.strip())))
    return checks


def missing_for_live(programme: Programme) -> list[str]:
    """Return what is not so yet, in words."""
    return [text for text, is_so in live_checks(programme) if not is_so]


def _has_questionnaire(programme: Programme) -> bool:
    instrument = programme.instrument
    if instrument is None or instrument.is_archived:
        return False
    return instrument.versions.filter(published_at__isnull=False).exists()
