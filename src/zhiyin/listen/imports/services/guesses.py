"""The mapping offered for a file: what was found out about it, or a saved profile."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from zhiyin.listen.imports.models import (
    ColumnRule,
    Import,
    ImportMapping,
    MappingProfile,
    Metric,
    Role,
)
from zhiyin.listen.imports.services.cells import canonical
from zhiyin.listen.imports.services.profiling import USUAL_BLANKS
from zhiyin.listen.imports.services.times import order_of

_STANDARD = {
    ("nps", 0, 10): Metric.NPS_0_10,
    ("csat", 1, 10): Metric.CSAT_1_10,
    ("csat", 1, 5): Metric.CSAT_1_5,
    ("ces", 1, 7): Metric.CES_1_7,
}
_SAYS_NPS = re.compile(r"\bnps\b|net ?pro|promoter|recommend|推荐|推薦", re.IGNORECASE)
_SAYS_SCORE = re.compile(
    r"满意|滿意|satisf|csat|\bces\b|评分|評分|打分|得分|\bscore\b|\brating\b",
    re.IGNORECASE,
)
_SHIFT = {str(code): str(code - 1) for code in range(1, 12)}


def guess_mapping(batch: Import) -> ImportMapping:
    """Return the mapping offered before anybody said anything."""
    columns = _with_a_score(_columns_of(batch))
    order = next(
        (
            order_of(column["date_forms"])
            for column in columns
            if column["role"] == Role.TIME
        ),
        "",
    )
    return ImportMapping(
        columns=tuple(_rule(column) for column in columns),
        date_order="" if order == "?" else order,
        time_zone=batch.organisation.time_zone,
    ).settled()


def _with_a_score(columns: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Believe the header where too few answers show no scale by themselves."""
    if any(column["role"] == Role.SCORE for column in columns):
        return columns
    numeric = [each for each in columns if isinstance(each["minimum"], float)]
    for words in (_SAYS_NPS, _SAYS_SCORE):
        for column in numeric:
            if words.search(column["name"]):
                guessed = column | {"role": Role.SCORE}
                return [guessed if each is column else each for each in columns]
    return columns


def _columns_of(batch: Import) -> list[dict[str, Any]]:
    file = batch.files.first()
    return file.columns if file else []


def _rule(column: Mapping[str, Any]) -> ColumnRule:
    if column["role"] == Role.SCORE:
        return score_rule(column)
    return ColumnRule(
        name=column["name"],
        role=column["role"],
        is_number=column["is_number"],
    )


def score_rule(column: Mapping[str, Any]) -> ColumnRule:
    """Return how a column is read as a score, by the scale it seems to have."""
    scale = column["scale"]
    if scale is None:
        says_nps = _SAYS_NPS.search(column["name"])
        return ColumnRule(
            name=column["name"],
            role=Role.SCORE,
            metric=Metric.NPS_0_10 if says_nps else Metric.OTHER,
            missing=_usual_codes(column) if says_nps else (),
        )
    ends = scale["minimum"], scale["maximum"]
    metric = _STANDARD.get((scale["metric"], *ends), Metric.OTHER)
    return ColumnRule(
        name=column["name"],
        role=Role.SCORE,
        metric=metric,
        scale_min=ends[0] if metric == Metric.OTHER else None,
        scale_max=ends[1] if metric == Metric.OTHER else None,
        missing=tuple(value for value, _count in scale["missing"]),
        labels=_SHIFT if scale["coded_from_one"] else {},
    )


def _usual_codes(column: Mapping[str, Any]) -> tuple[str, ...]:
    usual = USUAL_BLANKS | {"11"}
    values = (value for value, _count in column["values"])
    return tuple(value for value in values if canonical(value).casefold() in usual)


def apply_profile(
    batch: Import, profile: MappingProfile
) -> tuple[ImportMapping, list[ColumnRule]]:
    """Return a profile's mapping for this file, and its columns that are not there.

    Columns of the file that the profile does not know are left out. The date of an
    earlier file is not the date of this one, so it is not taken over.
    """
    columns = _columns_of(batch)
    names = [column["name"] for column in columns]
    fitted, missing = profile.read_mapping().fitted_to(names)
    known = {rule.name: rule for rule in fitted.columns}
    rules = tuple(known.get(name, ColumnRule(name=name)) for name in names)
    return ImportMapping(
        columns=rules,
        date_order=fitted.date_order,
        time_zone=fitted.time_zone,
        stream=fitted.stream,
        touchpoint=fitted.touchpoint,
        channel=fitted.channel,
    ).settled(), missing
