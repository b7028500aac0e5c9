"""The five gates of a survey project: what each asks, and which are passed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from zhiyin.listen.programs.models import (
    FrameMember,
    Gate,
    GateSignOff,
    Programme,
    Wave,
)
from zhiyin.listen.programs.queries.readiness import missing_for_live

POINTS: dict[str, tuple[tuple[str, str | Promise], ...]] = {
    Gate.DESIGN: (
        ("purpose", _("The decision that the answers serve is written down.")),
        ("neutral", _("The wording does not lead, coach a score or promise a reward.")),
        ("length", _("Every question is needed; the questionnaire is short.")),
        ("languages", _("All languages were read by somebody who speaks them.")),
    ),
    Gate.FRAME: (
        ("who", _("The customers asked are those the decision is about.")),
        ("left_out", _("Whoever is left out, and why, was looked at.")),
        ("when", _("The time and the delay fit the experience.")),
        ("size", _("The sample is large enough for the wanted interval.")),
    ),
    Gate.FIELDWORK: (
        ("monitor", _("The frame reconciles: sent and not asked, each by its reason.")),
        ("quota", _("Quotas and the response rate of each channel were watched.")),
        ("conduct", _("Nobody influenced who was asked or what was answered.")),
    ),
    Gate.ANALYSIS: (
        ("base", _("Sample and customers were compared, and weighted where needed.")),
        ("certainty", _("Scores are reported with n and interval.")),
        ("causes", _("Causes were looked for in answers and in customers' words.")),
    ),
    Gate.IMPROVEMENT: (
        ("actions", _("Every main cause has an action, an owner and a date.")),
        ("told", _("Those who answered are told what is done.")),
        ("again", _("The next measurement that will show the effect is planned.")),
    ),
}


@dataclass(frozen=True)
class Stage:
    """One gate as it stands for a programme or a wave."""

    gate: Gate
    points: Sequence[tuple[str, str | Promise]]
    passed: GateSignOff | None
    missing: Sequence[str]
    is_next: bool

    @property
    def label(self) -> str:
        """Return the gate's name."""
        return str(self.gate.label)

    @property
    def is_open(self) -> bool:
        """Tell whether somebody may pass it now."""
        return self.is_next and not self.missing


def stages_of(programme: Programme, wave: Wave | None = None) -> list[Stage]:
    """Return the gates in order; the first that is not passed is the next."""
    rows = GateSignOff.objects.filter(
        programme=programme, wave=wave, withdrawn_at=None
    ).select_related("signed_by")
    passed = {row.gate: row for row in rows}
    made, is_next = [], True
    for gate in Gate:
        found = passed.get(gate)
        missing = _missing(gate, programme, wave) if is_next and not found else []
        made.append(
            Stage(gate, POINTS[gate], found, missing, is_next and found is None)
        )
        is_next = is_next and found is not None
    return made


def _missing(gate: Gate, programme: Programme, wave: Wave | None) -> list[str]:
    """Return what the machine knows to stand against passing a gate."""
    looks: dict[str, Callable[[Programme, Wave | None], list[str]]] = {
        Gate.DESIGN: _design,
        Gate.FRAME: _frame,
        Gate.FIELDWORK: _fieldwork,
    }
    look = looks.get(gate)
    return look(programme, wave) if look else []


def _design(programme: Programme, _wave: Wave | None) -> list[str]:
    instrument = programme.instrument
    is_ready = (
        instrument is not None
        and instrument.versions.filter(published_at__isnull=False).exists()
    )
    return [] if is_ready else [str(_("A published questionnaire is chosen."))]


def _frame(programme: Programme, _wave: Wave | None) -> list[str]:
    return missing_for_live(programme)


def _fieldwork(programme: Programme, wave: Wave | None) -> list[str]:
    rows = FrameMember.objects.filter(programme=programme)
    if wave is not None:
        rows = rows.filter(wave=wave)
    if rows.filter(invitation__isnull=False).exists():
        return []
    return [str(_("Somebody was asked."))]
