"""When customers were invited, for their time line."""

from __future__ import annotations

from zhiyin.accounts.models import Person
from zhiyin.listen.customers.models import Customer
from zhiyin.listen.customers.queries import Moment, MomentKind, register_source
from zhiyin.listen.programs.models import Channel, Invitation


def invitations_of(customer: Customer, _person: Person, limit: int) -> list[Moment]:
    """Return the invitations that went out to a customer, the newest first."""
    rows = (
        Invitation.objects.filter(customer=customer, sent_at__isnull=False)
        .select_related("link", "programme")
        .order_by("-sent_at")[:limit]
    )
    return [_moment(invitation) for invitation in rows]


def _moment(invitation: Invitation) -> Moment:
    about = str(invitation.programme or invitation.link)
    channel = str(dict(Channel.choices).get(invitation.channel, invitation.channel))
    parts = [channel, invitation.employee]
    return Moment(
        at=invitation.sent_at or invitation.created_at,
        kind=MomentKind.DID,
        title=f"{Invitation._meta.verbose_name} · {about}",  # noqa: SLF001
        text=" · ".join(part for part in parts if part),
        tone="warm" if invitation.failed_at else "",
    )


def register_sources() -> None:
    """Offer invitations to the time line."""
    register_source("invitations", invitations_of)
