"""By which way a programme reaches people, and whom it can reach by it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from zhiyin.channels.models import ChannelAccount, MessageTemplate
from zhiyin.common.confidential import KeyLostError
from zhiyin.listen.customers.models import ContactKind, ContactPoint, Purpose
from zhiyin.listen.customers.queries import contact_point_of, who_may_be_contacted
from zhiyin.listen.programs.models import Channel, Programme

CONTACT_KINDS: dict[str, str] = {
    Channel.SMS: ContactKind.PHONE,
    Channel.EMAIL: ContactKind.EMAIL,
    Channel.WECHAT: ContactKind.WECHAT,
    Channel.WECOM: ContactKind.WECOM,
}
NO_ADDRESS, NO_CONSENT = "no_address", "no_consent"


@dataclass(frozen=True)
class Way:
    """One channel with the sender and the text that a programme uses there."""

    channel: str
    account: ChannelAccount
    template: MessageTemplate | None


@dataclass
class Reached:
    """Customers by the way that reaches them, with the address; and why not others."""

    by_way: dict[int, dict[int, str]] = field(default_factory=dict)
    missed: dict[int, str] = field(default_factory=dict)


def ways_of(programme: Programme) -> list[Way]:
    """Return the ways of a programme that can be used now, the preferred first."""
    given = (
        (programme.channel, programme.account, programme.template),
        (
            programme.fallback_channel,
            programme.fallback_account,
            programme.fallback_template,
        ),
    )
    return [
        Way(channel, account, template)
        for channel, account, template in given
        if account is not None and _fits(channel, account)
    ]


def _fits(channel: str, account: ChannelAccount) -> bool:
    kind = account.known_kind
    if kind is None or not account.is_enabled or channel not in CONTACT_KINDS:
        return False
    return kind.medium in {None, channel}


def reached_by(
    ways: Sequence[Way],
    customers: Iterable[int],
    purpose: str = Purpose.SURVEY,
) -> Reached:
    """Return by which way each customer is reached: the first that has an address.

    An address that its sender cannot use, and one on a channel on which the customer
    wants nothing of this purpose, does not count.
    """
    reached = Reached()
    rest = list(customers)
    reached.missed = dict.fromkeys(rest, NO_ADDRESS)
    for number, way in enumerate(ways):
        points = contact_point_of(rest, CONTACT_KINDS[way.channel])
        willing = who_may_be_contacted(list(points), purpose, way.channel)
        found = {}
        for customer, point in points.items():
            address = _address(way, point)
            if not address:
                continue
            if customer not in willing:
                reached.missed[customer] = NO_CONSENT
                continue
            found[customer] = address
            del reached.missed[customer]
        reached.by_way[number] = found
        rest = [customer for customer in rest if customer not in found]
    return reached


def _address(way: Way, point: ContactPoint) -> str:
    try:
        return way.account.definition.read_address(point.address)
    except (ValueError, KeyLostError):
        return ""
