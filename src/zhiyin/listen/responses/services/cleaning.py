"""Taking answers out of analysis for a reason, and putting them back."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from zhiyin.accounts.models import Person
from zhiyin.accounts.services import record
from zhiyin.listen.responses.models import ExclusionReason, Response


def exclusion_label(reason: str) -> str:
    """Return a reason in words; a reason of an import's rule stands as it is."""
    known = dict(ExclusionReason.choices)
    return str(known.get(reason, reason))


@transaction.atomic
def exclude_responses(
    *,
    responses: Iterable[Response],
    reason: str,
    note: str,
    by: Person,
) -> int:
    """Leave answers out of every number; return how many were in until now.

    The rows stay as they are and `restore_responses` undoes it. Raises ValueError
    for an unknown reason.
    """
    if reason not in ExclusionReason.values:
        raise ValueError(
            _("Choose one of the reasons; received “%(reason)s”.") % {"reason": reason},
        )
    done = 0
    for response in responses:
        fresh = Response.objects.filter(pk=response.pk, excluded="")
        if fresh.update(excluded=reason):
            done += 1
            record(
                action="response.excluded",
                actor=by,
                target=response,
                reason=note[:300],
                because=reason,
            )
    return done


@transaction.atomic
def restore_responses(
    *,
    responses: Iterable[Response],
    note: str,
    by: Person,
) -> int:
    """Count excluded answers again; return how many were excluded until now."""
    done = 0
    for response in responses:
        excluded = Response.objects.filter(pk=response.pk).exclude(excluded="")
        if excluded.update(excluded=""):
            done += 1
            record(
                action="response.restored",
                actor=by,
                target=response,
                reason=note[:300],
                because=response.excluded,
            )
    return done
