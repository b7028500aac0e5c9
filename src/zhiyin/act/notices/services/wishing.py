"""A person chooses how they wish to be told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from zhiyin.accounts.models import Person
from zhiyin.accounts.services import record
from zhiyin.act.notices.models import NoticeAddress, NoticeSetting, Way
from zhiyin.act.notices.queries import Wish


@dataclass(frozen=True)
class PersonalWishes:
    """Where and when one person may be reached outside the page."""

    wecom_user_id: str = ""
    quiet_from: dt.time | None = None
    quiet_until: dt.time | None = None


@transaction.atomic
def save_wishes(
    *,
    person: Person,
    wishes: Collection[Wish],
    where: PersonalWishes,
) -> None:
    """Keep how a person wishes to be told; escalations stay on the page.

    Raises ValidationError where quiet hours lack an end, or WeCom its user.
    """
    if (where.quiet_from is None) != (where.quiet_until is None):
        raise ValidationError(
            {"quiet_from": _("Quiet hours need a beginning and an end.")},
        )
    if not where.wecom_user_id and any(Way.WECOM in each.ways for each in wishes):
        raise ValidationError(
            {"wecom_user_id": _("Give your WeCom user id to be told by WeCom.")},
        )
    NoticeAddress.objects.update_or_create(
        person=person,
        defaults={
            "wecom_user_id": where.wecom_user_id,
            "quiet_from": where.quiet_from,
            "quiet_until": where.quiet_until,
        },
    )
    for wish in wishes:
        NoticeSetting.objects.update_or_create(
            person=person,
            kind=wish.kind.code,
            defaults={
                "in_page": wish.in_page or wish.kind.is_essential,
                "by_email": Way.EMAIL in wish.ways,
                "by_wecom": Way.WECOM in wish.ways,
                "by_webhook": Way.WEBHOOK in wish.ways,
                "pace": wish.pace,
            },
        )
    record(action="notices.chosen", target=person)
