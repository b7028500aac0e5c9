"""What was changed about a cause, told to the customers of its closed cases."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from zhiyin.accounts.models import Person
from zhiyin.accounts.services import record
from zhiyin.act.cases.models import Case, Cause
from zhiyin.act.recovery.models import CauseNews, Telling
from zhiyin.act.recovery.queries.concerned import customers_concerned
from zhiyin.act.recovery.queries.words import LANGUAGES
from zhiyin.common import clock

ROWS_PER_QUERY = 100

Texts = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class News:
    """What is to be told to whom; `expected` is the number of customers confirmed."""

    cause: Cause
    since: dt.date
    texts: Texts
    expected: int
    key: str


@transaction.atomic
def send_news(*, person: Person, news: News) -> CauseNews:
    """Queue a message to each customer concerned, as confirmed; a key is sent once.

    Raises ValidationError where by now other customers are concerned than were
    confirmed, or nobody is.
    """
    known = CauseNews.objects.of(person.organisation_id).filter(key=news.key).first()
    if known is not None:
        return known
    cases = customers_concerned(person, news.cause, news.since)
    if len(cases) != news.expected or not cases:
        raise ValidationError(
            _("%(now)s customers are concerned now, and %(then)s were confirmed.")
            % {"now": len(cases), "then": news.expected},
        )
    made = CauseNews.objects.create(
        organisation_id=person.organisation_id,
        cause=news.cause,
        key=news.key,
        since=news.since,
        texts={language: dict(said) for language, said in news.texts.items()},
        customers=len(cases),
        created_by=person,
        created_at=clock.now(),
    )
    Telling.objects.bulk_create(
        _tellings(made, cases), batch_size=ROWS_PER_QUERY, ignore_conflicts=True
    )
    record(action="cause_news.sent", target=made, actor=person, customers=len(cases))
    return made


def _tellings(news: CauseNews, cases: Mapping[int, Case]) -> list[Telling]:
    spoken = [each for each in LANGUAGES if news.texts.get(each, {}).get("body")]
    home = news.organisation.language
    now = clock.now()
    made = []
    for customer, case in cases.items():
        own = case.customer.language if case.customer is not None else ""
        wanted = [each for each in (own, home) if each in spoken]
        made.append(
            Telling(
                organisation_id=news.organisation_id,
                case=case,
                customer_id=customer,
                turn=case.reopened_count,
                news=news,
                due_at=now,
                language=(wanted or spoken)[0],
                created_at=now,
            )
        )
    return made
