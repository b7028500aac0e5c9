"""What taking answers out does to the score that most people look at."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

import numpy as np
import pyarrow as pa

import cxstats
from zhiyin.accounts.models import Organisation
from zhiyin.common.columns import read_columns
from zhiyin.listen.quality.queries.reading import bounds

SPREAD_AT_LEAST = 2


def effect_of(
    organisation: Organisation, since: dt.date, until: dt.date, out: Collection[int]
) -> dict[str, Any]:
    """Return the Net Promoter Score per stream with and without some answers.

    Each is `value`, `margin` (half the interval's width) and `n`; a stream without an
    answer on 0 to 10 is left out. Weights are not applied: the question is what the
    rules take, not what the score is.
    """
    first, last = bounds(organisation, since, until)
    columns = read_columns(
        "select r.id, r.stream, a.score from responses_answer a"
        " join responses_response r on r.id = a.response_id"
        " where r.organisation_id = %s and r.responded_at >= %s"
        " and r.responded_at < %s and r.excluded = '' and a.is_primary"
        " and a.kind = 'nps' and a.scale_min = 0 and a.scale_max = 10"
        " and a.score is not null",
        [organisation.pk, first, last],
    ) or [(), (), ()]
    pks, streams, scores = (np.array(column) for column in columns)
    kept = ~np.isin(pks, list(out))
    return {
        str(stream): {
            "before": _score(scores[streams == stream]),
            "after": _score(scores[(streams == stream) & kept]),
        }
        for stream in np.unique(streams)
    }


def _score(scores: Any) -> dict[str, Any]:
    if len(scores) < SPREAD_AT_LEAST:
        return {"n": len(scores)}
    table = pa.table({"score": scores.astype(float)})
    found = cxstats.nps(table, score="score").estimate
    margin = (found.upper - found.lower) / 2
    return {"value": found.value, "margin": margin, "n": found.n}
