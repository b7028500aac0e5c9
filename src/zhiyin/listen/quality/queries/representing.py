"""Whether those who answered are like those who could have been asked."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import scipy
from django.utils.translation import gettext as _

import cxstats
from cxstats.errors import InputError
from cxstats.intervals import goodman_intervals
from cxstats.multiplicity import q_values
from cxstats.weighting import Weighting, rake
from zhiyin.accounts.models import Organisation
from zhiyin.common.columns import read_columns
from zhiyin.listen.quality.queries.base import Base, BaseError
from zhiyin.listen.quality.queries.reading import bounds

MOST_ANSWERS = 300_000
# Fewer answers than this carry no weight of their own: the values go together.
LEAST_ANSWERS = 10
OTHER = "…"
# A weight is at most five times the median weight, whatever the margins want.
TRIM = 5.0
SHOWN = 40


@dataclass(frozen=True)
class Selection:
    """Which answers are held against the base."""

    stream: str
    since: dt.date
    until: dt.date
    wave: str = ""
    touchpoint: str = ""

    def to_dict(self) -> dict[str, str]:
        """Return the selection as it is kept."""
        return {name: str(value) for name, value in asdict(self).items()}


@dataclass(frozen=True)
class Sample:
    """Answers with their values of the fields; rows that lack one are counted apart."""

    pks: Sequence[int]
    values: Mapping[str, Sequence[str]]
    scores: Sequence[float | None]
    left_out: int


@dataclass(frozen=True)
class ValueRow:
    """One value: its share of the base and of the answers, with an interval."""

    value: str
    n: int
    share: float
    lower: float
    upper: float
    base: float

    @property
    def standing(self) -> str:
        """Return too_many, too_few, or "" where chance explains the difference."""
        if self.base < self.lower:
            return "too_many"
        return "too_few" if self.base > self.upper else ""


@dataclass(frozen=True)
class FieldReport:
    """One field: its values, and whether chance explains the differences."""

    code: str
    label: str
    rows: tuple[ValueRow, ...]
    n: int
    p_value: float
    q_value: float

    @property
    def differs(self) -> bool:
        """Tell whether the answers differ from the base beyond chance."""
        return self.q_value < 0.05  # noqa: PLR2004 - the level of all finders


def read_sample(organisation: Organisation, selection: Selection, base: Base) -> Sample:
    """Return the answers that count, with every field joined to the base's values.

    Values with too few answers are joined to one class, in the base too: `base` is
    changed in place. Raises BaseError where there are too many answers.
    """
    pks, rows, scores, left_out = _rows(organisation, selection, base)
    values = {code: [row[code] for row in rows] for code in base}
    for code, column in values.items():
        counts = Counter(column)
        rare = {one for one in base[code] if counts[one] < LEAST_ANSWERS}
        if rare:
            rest = sum(base[code].pop(one) for one in rare)
            base[code][OTHER] = rest
            values[code] = [OTHER if one in rare else one for one in column]
    return Sample(pks, values, scores, left_out)


def _rows(
    organisation: Organisation, selection: Selection, base: Base
) -> tuple[list[int], list[dict[str, str]], list[float | None], int]:
    first, last = bounds(organisation, selection.since, selection.until)
    narrowed = {"touchpoint": selection.touchpoint, "wave": selection.wave}
    wanted = {name: value for name, value in narrowed.items() if value}
    conditions = "".join(f" and r.{name} = %s" for name in wanted)
    columns = read_columns(
        "select r.id, r.attributes, a.score from responses_response r"  # noqa: S608
        " left join responses_answer a on a.response_id = r.id and a.is_primary"
        " and a.scale_min = 0 and a.scale_max = 10"
        " where r.organisation_id = %s and r.stream = %s and r.responded_at >= %s"
        f" and r.responded_at < %s and r.excluded = ''{conditions} limit %s",
        [organisation.pk, selection.stream, first, last, *wanted.values(),
         MOST_ANSWERS + 1],
    ) or [(), (), ()]  # fmt: skip
    if len(columns[0]) > MOST_ANSWERS:
        raise BaseError(
            _("At most %(most)s answers at once; choose fewer days.")
            % {"most": MOST_ANSWERS},
        )
    pks, rows, scores, left_out = [], [], [], 0
    for pk, attributes, score in zip(*columns, strict=True):
        known = attributes if isinstance(attributes, dict) else json.loads(attributes)
        row = {code: str(known.get(code) or "") for code in base}
        if all(value in base[code] for code, value in row.items()):
            pks.append(pk)
            rows.append(row)
            scores.append(score)
        else:
            left_out += 1
    return pks, rows, scores, left_out


def compare(sample: Sample, base: Base, labels: Mapping[str, str]) -> list[FieldReport]:
    """Hold each field against the base: chi-square, corrected over the fields.

    The base is taken as known without error. Intervals of a field's shares hold
    together (Goodman 1965).
    """
    found = [_field(sample.values[code], base[code]) for code in base]
    tested = q_values([p for _rows, p in found])
    return [
        FieldReport(code, labels[code], rows, len(sample.pks), p, float(q))
        for code, (rows, p), q in zip(base, found, tested, strict=True)
    ]


def _field(
    column: Sequence[str], base: Mapping[str, float]
) -> tuple[tuple[ValueRow, ...], float]:
    names = sorted(base, key=lambda one: (one == OTHER, -base[one]))
    counts = np.array([column.count(one) for one in names], dtype=float)
    people = np.array([base[one] for one in names])
    shares = people / people.sum()
    n = counts.sum()
    if not n or len(names) == 1:
        ends = np.tile([0.0, 1.0], (len(names), 1))
        p = 1.0
    else:
        ends = goodman_intervals(counts)
        p = float(scipy.stats.chisquare(counts, shares * n).pvalue)
    rows = tuple(
        ValueRow(name, int(count), count / n if n else 0.0, low, high, share)
        for name, count, (low, high), share in zip(
            names, counts.tolist(), ends.tolist(), shares.tolist(), strict=True
        )
    )
    return rows[:SHOWN], p


def weigh(sample: Sample, base: Base) -> tuple[Weighting, list[float]]:
    """Rake the answers to the base; return the weighting and each answer's weight.

    Weights have mean 1. Values that nobody answered with are left out of the base:
    `unreached` says how much of it that is. Raises BaseError where the margins
    cannot be met.
    """
    table = pa.table({code: list(column) for code, column in sample.values.items()})
    table = table.append_column("score", pa.array(sample.scores, pa.float64()))
    shares = {
        code: _shares(counts, set(sample.values[code])) for code, counts in base.items()
    }
    try:
        made = rake(table, shares, trim=TRIM)
    except InputError as error:
        raise BaseError(str(error)) from error
    weights = np.array(made.apply(table)["weight"].to_pylist(), dtype=float)
    return made, (weights / weights.mean()).tolist()


def _shares(counts: Mapping[str, float], answered: set[str]) -> dict[str, float]:
    """Return shares of the values that somebody answered with."""
    kept = {value: count for value, count in counts.items() if value in answered}
    total = sum(kept.values())
    return {value: count / total for value, count in kept.items()}


def unreached(sample: Sample, base: Base) -> float:
    """Return the largest share of the base, over the fields, that nobody speaks for."""
    missing = [
        sum(n for value, n in counts.items() if value not in set(sample.values[code]))
        / sum(counts.values())
        for code, counts in base.items()
    ]
    return max(missing, default=0.0)


def weighting_effect(sample: Sample, made: Weighting) -> dict[str, Any]:
    """Return the score without and with the weights, and what they cost."""
    table = pa.table({code: list(column) for code, column in sample.values.items()})
    table = table.append_column("score", pa.array(sample.scores, pa.float64()))
    before = _plain(table)
    after = made.estimate(table, "score") if before else None
    return {
        "before": before,
        "after": after and {**_parts(after), "n_effective": after.n_effective},
        "kish": made.after.kish,
        "n_effective": made.after.n_effective,
        "efficiency": made.after.efficiency,
        "largest": made.after.largest / (made.after.total / made.after.n),
        "warnings": [notice.message for notice in made.warnings],
    }


def _plain(table: pa.Table) -> dict[str, Any] | None:
    known = table.filter(pc.is_valid(table["score"]))
    if not known.num_rows:
        return None
    return _parts(cxstats.nps(known, score="score").estimate)


def _parts(estimate: Any) -> dict[str, Any]:
    margin = (estimate.upper - estimate.lower) / 2
    return {"value": estimate.value, "margin": margin, "n": estimate.n}
