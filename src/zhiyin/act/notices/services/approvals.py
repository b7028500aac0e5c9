"""Approvals of exports: who may decide hears of a request, who asked of the decision.

Read from the rows themselves: what was told has its notice, so a run may be killed
anywhere and made twice.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import partial

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhiyin.accounts.models import Approval, ApprovalState
from zhiyin.accounts.queries import people_who_approve
from zhiyin.accounts.services import action_label, may_decide
from zhiyin.act.notices.models import Notice
from zhiyin.act.notices.queries import register_kind
from zhiyin.act.notices.services.telling import Telling, notify_many
from zhiyin.common import clock

ASKED, DECIDED = "approval.asked", "approval.decided"
# What was decided longer ago was told, or a worker stood still for days.
LATELY = dt.timedelta(days=3)


def register_kinds() -> None:
    """Name what people are told of approvals."""
    register_kind(
        ASKED, gettext_lazy("An export waits for my approval"), ways=("email",)
    )
    register_kind(
        DECIDED, gettext_lazy("My request to export was decided"), ways=("email",)
    )


def tell_of_approvals() -> bool:
    """Tell of requests and decisions that nobody was told of; True when there were."""
    asked = _tell(ASKED, Approval.objects.waiting(), _request)
    since = clock.now() - LATELY
    decided = Q(decided_at__gt=since)
    expired = Q(state=ApprovalState.EXPIRED, decided_at=None, expires_at__gt=since)
    return (
        _tell(DECIDED, Approval.objects.filter(decided | expired), _decision) or asked
    )


def _tell(
    kind: str, rows: QuerySet[Approval], telling: Callable[[Approval, str], Telling]
) -> bool:
    by_key = {
        f"{kind}:{each.pk}": each
        for each in rows.select_related("asked_by", "decided_by")
    }
    told = Notice.objects.filter(kind=kind, key__in=by_key)
    for key in set(told.values_list("key", flat=True)):
        del by_key[key]
    tellings = [telling(each, key) for key, each in by_key.items()]
    return bool(tellings) and notify_many(kind=kind, tellings=tellings) > 0


def _request(approval: Approval, key: str) -> Telling:
    return Telling(
        people=[
            each
            for each in people_who_approve(approval.asked_by)
            if may_decide(each, approval)
        ],
        key=key,
        title=partial(_asked_for, approval),
        text=_only_a_colleague,
        url=_url(approval),
    )


def _decision(approval: Approval, key: str) -> Telling:
    return Telling(
        people=[approval.asked_by],
        key=key,
        title=partial(_decided, approval),
        url=_url(approval),
    )


def _url(approval: Approval) -> str:
    # Written out: the worker would read every page of the site to look it up.
    return f"/settings/approvals/{approval.pk}/"


def _asked_for(approval: Approval) -> str:
    return _("%(person)s asks for your approval: %(what)s, %(rows)s rows") % {
        "person": approval.asked_by,
        "what": action_label(approval.kind),
        "rows": approval.rows,
    }


def _only_a_colleague() -> str:
    return _("Look at what is to go out, to whom and why, before you decide.")


def _decided(approval: Approval) -> str:
    what = action_label(approval.kind)
    if approval.decided_by is None:
        return _("Nobody decided in time: %(what)s") % {"what": what}
    if approval.state == ApprovalState.REFUSED:
        words = _("%(person)s refused your request: %(what)s")
    else:
        words = _("%(person)s approved your request: %(what)s")
    return words % {"person": approval.decided_by, "what": what}
