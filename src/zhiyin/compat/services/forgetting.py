"""What was told of customers goes when they go."""

from __future__ import annotations

from zhiyin.channels.models import WebhookDelivery
from zhiyin.channels.services import forget_subjects
from zhiyin.listen.customers.models import Customer

BATCH = 500
ABOUT = "customer:"


def forget_gone_customers() -> bool:
    """Take away the content of calls about customers who were erased."""
    rows = WebhookDelivery.objects.filter(subject__startswith=ABOUT)
    told = rows.exclude(body_encrypted=b"").order_by()
    pairs = sorted(set(told.values_list("organisation_id", "subject")))
    for start in range(0, len(pairs), BATCH):
        part = pairs[start : start + BATCH]
        numbers = {int(subject.removeprefix(ABOUT)) for _home, subject in part}
        known = Customer.objects.filter(pk__in=numbers).exclude(key_encrypted=b"")
        there = {f"{ABOUT}{number}" for number in known.values_list("pk", flat=True)}
        for home in {home for home, _subject in part}:
            gone = [each for owner, each in part if owner == home and each not in there]
            forget_subjects(organisation_id=home, subjects=gone)
    return False
