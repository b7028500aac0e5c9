"""By which way the customer of a case hears from us: as they were asked."""

from __future__ import annotations

from zhiyin.act.cases.models import Case
from zhiyin.act.recovery.models import LoopSettings
from zhiyin.channels.models import ChannelAccount
from zhiyin.listen.programs.models import Channel
from zhiyin.listen.programs.queries.ways import CONTACT_KINDS, Way, ways_of

# In WeChat only texts that the platform approved go out; none is ours to change.
USABLE = (Channel.SMS, Channel.EMAIL, Channel.WECOM)


def settings_of(organisation_id: int) -> LoopSettings:
    """Return the organisation's settings; unsaved defaults before any."""
    found = (
        LoopSettings.objects.of(organisation_id)
        .select_related("account", "fallback_account")
        .first()
    )
    return found or LoopSettings(organisation_id=organisation_id)


def ways_for(case: Case, settings: LoopSettings) -> list[Way]:
    """Return the ways for a case, the preferred first; none twice."""
    invitation = case.response.invitation if case.response is not None else None
    programme = invitation.programme if invitation is not None else None
    found = [] if programme is None else ways_of(programme)
    if invitation is not None and found:
        # The way by which this customer answered goes before the programme's other.
        found.sort(key=lambda way: way.channel != invitation.channel)
    for account in (settings.account, settings.fallback_account):
        channel = channel_of(account)
        if account is not None and channel:
            found.append(Way(channel, account, None))
    ways: dict[int, Way] = {}
    for way in found:
        if way.channel in USABLE:
            ways.setdefault(way.account.pk, Way(way.channel, way.account, None))
    return list(ways.values())


def channel_of(account: ChannelAccount | None) -> str:
    """Return what a sender reaches people by; empty where it cannot be used."""
    if account is None or account.known_kind is None or not account.is_enabled:
        return ""
    # A sender of every channel, as for trying out, stands for text messages.
    channel = account.known_kind.medium or Channel.SMS
    return channel if channel in CONTACT_KINDS else ""
