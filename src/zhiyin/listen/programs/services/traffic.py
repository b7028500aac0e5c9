"""Answers per link and per sender, counted where every process sees the same count.

Mobile customers of one operator share few public addresses, and a hall's visitors
share one. A sender with many answers is therefore first only flagged: the answers
are kept, excluded, and can be restored. Only what no crowd of people does is refused.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import secrets

from django.conf import settings
from django.utils.translation import gettext as _

from zhiyin.common import clock
from zhiyin.common.rows import ready_cursor
from zhiyin.listen.programs.models import LinkTraffic, SurveyLink

STRETCH_SECONDS = 600
FLAGGED_PER_SENDER = 60
REFUSED_PER_SENDER = 600
REFUSED_PER_LINK = 60_000
# A link's count is spread over rows, or all its answers would wait for one lock.
SHARDS = 16
KEPT_HOURS = 24

# One statement, so that two processes never lose each other's count.
COUNT = """
    INSERT INTO programs_linktraffic (key, began_at, count)
    VALUES (%s, %s, 1), (%s, %s, 1)
    ON CONFLICT (key) DO UPDATE SET count = programs_linktraffic.count + 1
    RETURNING key, count
"""


class TooManyAnswersError(RuntimeError):
    """More answers than people could give; try again when the stretch is over."""

    def __init__(self) -> None:
        super().__init__(
            _("Too many answers arrive from here at once. Try again in ten minutes."),
        )


def _key(*parts: object) -> str:
    text = "\x1f".join(str(part) for part in parts).encode()
    return hmac.new(settings.SECRET_KEY.encode(), text, hashlib.sha256).hexdigest()


def _count(of_link: str, of_sender: str, began_at: dt.datetime) -> tuple[int, int]:
    # In the order of the keys: two statements never wait for one another in a circle.
    first, second = sorted((of_link, of_sender))
    with ready_cursor() as cursor:
        cursor.execute(COUNT, [first, began_at, second, began_at])
        counted = dict(cursor.fetchall())
    return counted[of_link], counted[of_sender]


def count_answer(*, link: SurveyLink, address: str) -> bool:
    """Count one new answer; return True when its sender looks like a machine.

    Raises TooManyAnswersError beyond what is saved at all.
    """
    stretch = int(clock.now().timestamp()) // STRETCH_SECONDS
    began_at = dt.datetime.fromtimestamp(stretch * STRETCH_SECONDS, tz=dt.UTC)
    shard = secrets.randbelow(SHARDS)
    of_shard, of_sender = _count(
        _key(link.pk, stretch, shard, "link"),
        _key(link.pk, stretch, address),
        began_at,
    )
    of_link = SHARDS * of_shard
    if of_link > REFUSED_PER_LINK or of_sender > REFUSED_PER_SENDER:
        raise TooManyAnswersError
    return of_sender > FLAGGED_PER_SENDER


def forget_traffic() -> bool:
    """Delete counts of more than a day ago; nothing is left to do after it."""
    limit = clock.now() - dt.timedelta(hours=KEPT_HOURS)
    LinkTraffic.objects.filter(began_at__lt=limit).delete()
    return False
