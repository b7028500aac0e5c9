"""Passing the gates of a survey project, by a person's word that is kept."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction
from django.utils.translation import gettext as _

from zhiyin.accounts.models import Person
from zhiyin.accounts.services import record
from zhiyin.common import clock
from zhiyin.listen.programs.models import Gate, GateSignOff, Programme, Wave
from zhiyin.listen.programs.queries.gates import POINTS, stages_of


class GateClosedError(ValueError):
    """A gate cannot be passed; the message says why."""


@transaction.atomic
def sign_gate(
    *,
    programme: Programme,
    wave: Wave | None,
    gate: Gate,
    by: Person,
    checks: Collection[str],
    note: str = "",
) -> GateSignOff:
    """Pass a gate: every point of its list ticked, and all gates before it passed.

    Raises GateClosedError.
    """
    # Holding the row makes two people who sign at once wait for each other.
    Programme.objects.select_for_update().get(pk=programme.pk)
    stage = next(one for one in stages_of(programme, wave) if one.gate == gate)
    if stage.passed:
        raise GateClosedError(_("This gate is passed already."))
    if not stage.is_next:
        raise GateClosedError(_("Pass the gates before it first."))
    if stage.missing:
        raise GateClosedError(_("Not so yet: %s") % " ".join(stage.missing))
    if {code for code, _text in POINTS[gate]} - set(checks):
        raise GateClosedError(_("Tick every point of the list, or leave it open."))
    made = GateSignOff.objects.create(
        organisation_id=programme.organisation_id,
        programme=programme,
        wave=wave,
        gate=gate,
        checks=sorted(checks),
        note=note,
        signed_by=by,
        signed_at=clock.now(),
    )
    record(action="gate.signed", target=programme, gate=gate.value, note=note)
    return made


@transaction.atomic
def withdraw_gate(*, programme: Programme, wave: Wave | None, gate: Gate) -> None:
    """Take a gate back, and those after it with it; what was signed stays on record."""
    order = list(Gate)
    after = order[order.index(gate) :]
    rows = GateSignOff.objects.filter(
        programme=programme, wave=wave, gate__in=after, withdrawn_at=None
    )
    if rows.update(withdrawn_at=clock.now()):
        record(action="gate.withdrawn", target=programme, gate=gate.value)
