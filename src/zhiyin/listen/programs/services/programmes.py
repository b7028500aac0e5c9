"""Programmes: saved, loaded from the standard, live or not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from django.db import transaction
from django.db.models import Max

from zhiyin.accounts.models import Department, Organisation
from zhiyin.accounts.services import record
from zhiyin.listen.contacts.queries import Rules, policy_in_force
from zhiyin.listen.contacts.services import save_policy
from zhiyin.listen.customers.models import CustomerEvent
from zhiyin.listen.programs.models import (
    Cadence,
    Programme,
    Stream,
    Touchpoint,
    Trigger,
)
from zhiyin.listen.programs.queries.questionnaires import (
    instrument_codes,
    standard_questionnaire,
)
from zhiyin.listen.programs.queries.readiness import missing_for_live
from zhiyin.listen.programs.queries.sampling import Sampling
from zhiyin.listen.programs.queries.standard import (
    NEVER_DAYS,
    ONCE,
    StandardProgramme,
    standard_programmes,
)
from zhiyin.listen.programs.services.catalogue import load_standard_touchpoints
from zhiyin.listen.surveys.models import Instrument
from zhiyin.listen.surveys.services import create_standard_instrument

RELATIONSHIP_HOURS = 168
TRANSACTIONAL_HOURS = 72
RELATIONSHIP_REMINDER_DAYS = 3


class NotReadyError(ValueError):
    """A programme cannot go live; the message says what is missing."""


@transaction.atomic
def save_programme(
    *,
    programme: Programme,
    pilot: Sequence[Department] = (),
    cap_days: int | None = None,
) -> Programme:
    """Add a programme or change one, with its pilot and its gap in the policy.

    `cap_days` is the days until the same is asked again: 0 takes the programme's own
    gap out of the contact policy, -1 means never again, None leaves it as it is.
    """
    is_new = programme.pk is None
    programme.save()
    programme.pilot_departments.set(pilot)
    record(
        action="programme.created" if is_new else "programme.edited",
        target=programme,
    )
    if cap_days is not None:
        put_caps_in_policy(
            organisation=programme.organisation, caps={programme.code: cap_days}
        )
    return programme


def put_caps_in_policy(*, organisation: Organisation, caps: dict[str, int]) -> None:
    """Give programmes their own gaps in the contact policy; the same change nothing."""
    rules = Rules.of(policy_in_force(organisation).rules)
    own = dict(rules.own_days)
    for code, days in caps.items():
        if days == 0:
            own.pop(code, None)
        else:
            own[code] = NEVER_DAYS if days == ONCE else days
    if own != dict(rules.own_days):
        save_policy(organisation=organisation, rules=replace(rules, own_days=own))


@transaction.atomic
def load_standard_programmes(*, organisation: Organisation) -> int:
    """Add the standard programmes not yet there, with their touchpoints, switched off.

    Their gaps go into the contact policy. Returns how many were added.
    """
    load_standard_touchpoints(organisation=organisation)
    touchpoints = {one.code: one for one in Touchpoint.objects.of(organisation)}
    instruments = {one.code: one for one in Instrument.objects.of(organisation)}
    known = set(Programme.objects.of(organisation).values_list("code", flat=True))
    missing = [one for one in standard_programmes() if one.code not in known]
    for standard in missing:
        touchpoint = touchpoints[standard.code]
        _programme(standard, touchpoint, instruments).save()
    _fill_touchpoints(touchpoints)
    # What is so urgent that the policy frees it from other gaps keeps its own.
    own = Rules.of(policy_in_force(organisation).rules).own_days
    caps = {
        one.code: one.cap_days
        for one in missing
        if one.cap_days and one.code not in own
    }
    put_caps_in_policy(organisation=organisation, caps=caps)
    if missing:
        record(
            action="programmes.loaded", organisation=organisation, added=len(missing)
        )
    return len(missing)


def _fill_touchpoints(touchpoints: dict[str, Touchpoint]) -> None:
    """Put standard touchpoints that have no stage yet into theirs."""
    for standard in standard_programmes():
        touchpoint = touchpoints[standard.code]
        if not touchpoint.stage:
            touchpoint.stage = standard.stage
            touchpoint.is_surveyed = standard.is_surveyed
            touchpoint.save(update_fields=["stage", "is_surveyed"])


def _instrument_for(
    standard: StandardProgramme, instruments: dict[str, Instrument]
) -> Instrument | None:
    """Return the questionnaire made for the touchpoint, else the first metric's."""
    codes = instrument_codes(standard.code, standard.metrics)
    found = (instruments[code] for code in codes if code in instruments)
    return next(found, None)


def _programme(
    standard: StandardProgramme,
    touchpoint: Touchpoint,
    instruments: dict[str, Instrument],
) -> Programme:
    is_wave = bool(standard.cadence)
    sampling = Sampling(
        always=standard.always,
        audience=standard.audience if is_wave else "",
    )
    return Programme(
        organisation_id=touchpoint.organisation_id,
        code=standard.code,
        name=touchpoint.name,
        stream=Stream.RELATIONSHIP if is_wave else Stream.TRANSACTIONAL,
        trigger=Trigger.WAVE if is_wave else Trigger.EVENT,
        touchpoint=touchpoint,
        instrument=_instrument_for(standard, instruments),
        owner=touchpoint.owner,
        plan={"what": standard.occasion, "metrics": list(standard.metrics)},
        event_kind=standard.event,
        cancel_event_kind=standard.cancel,
        conditions=standard.conditions,
        delay_minutes=standard.delay_minutes,
        expires_hours=RELATIONSHIP_HOURS if is_wave else TRANSACTIONAL_HOURS,
        reminder_days=RELATIONSHIP_REMINDER_DAYS if is_wave else None,
        sampling_share=standard.share,
        sampling=sampling.to_dict(),
        cadence=standard.cadence or Cadence.ONCE,
        cadence_days=standard.days or 90,
        channel=standard.channel,
        fallback_channel=standard.fallback,
    )


@transaction.atomic
def make_questionnaire(*, programme: Programme) -> Instrument | None:
    """Give a programme without a questionnaire the standard one of its touchpoint.

    One that the organisation has already is taken. Returns None where there is no
    standard for it.
    """
    code = standard_questionnaire(programme)
    if not code:
        return None
    instruments = Instrument.objects.of(programme.organisation_id)
    found = instruments.filter(code=code, is_archived=False).first()
    if found is None:
        found = create_standard_instrument(
            organisation=programme.organisation, standard=code
        )
    programme.instrument = found
    programme.save(update_fields=["instrument"])
    record(action="programme.edited", target=programme, questionnaire=code)
    return found


@transaction.atomic
def set_programme_live(*, programme: Programme, is_live: bool) -> None:
    """Begin to ask, or stop; going live looks at events from now on.

    Raises NotReadyError naming what is missing.
    """
    missing = missing_for_live(programme) if is_live else []
    if missing:
        raise NotReadyError(" ".join(missing))
    if is_live and not programme.is_live:
        newest = CustomerEvent.objects.of(programme.organisation_id).aggregate(
            last=Max("pk")
        )
        programme.seen_event_id = newest["last"] or 0
    programme.is_live = is_live
    programme.save(update_fields=["is_live", "seen_event_id"])
    action = "programme.started" if is_live else "programme.paused"
    record(action=action, target=programme)
