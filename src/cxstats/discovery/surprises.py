"""Two planned questions: does high value score lower, does a complaint score higher."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy

from cxstats.discovery.asking import Metric, Question, opened
from cxstats.discovery.conditions import Condition, both
from cxstats.discovery.estimating import difference_of, score_of
from cxstats.discovery.sentences import Language
from cxstats.discovery.study import Study
from cxstats.discovery.sums import contrast
from cxstats.display import format_estimate, text_table
from cxstats.engine import Engine, Kind, ValuesQuery, exact_quantiles, resolve_column
from cxstats.errors import InputError
from cxstats.estimates import Estimate, Floats, Notice, json_number
from cxstats.filters import Compare, Filter, In, IsNull, Not
from cxstats.inputs import engine_for, filter_of
from cxstats.reporting import DEFAULT_POLICY
from cxstats.results import Result
from cxstats.scales import Scale

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Surprise", "recovery_paradox", "value_inversion"]

_TOP_SHARE = 0.8


@dataclass(frozen=True, repr=False)
class Surprise(Result):
    """A group, those it is compared with, and whether the surprise holds.

    Parameters
    ----------
    kind
        ``value_inversion`` or ``recovery_paradox``.
    metric
        What was averaged.
    group
        The group as a filter.
    value, rest, difference
        Its score, the others', and the difference.
    p
        One-sided p value in the surprising direction; NaN where it was not tested.
    holds
        Whether p is at most 1 - level.
    sentence
        The answer in words.
    warnings
        What the reader must know.
    """

    kind: str
    metric: str
    group: Filter
    value: Estimate
    rest: Estimate
    difference: Estimate
    p: float
    holds: bool
    sentence: str
    warnings: tuple[Notice, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the answer for JSON."""
        return {
            "kind": self.kind,
            "metric": self.metric,
            "group": self.group.to_text(),
            "n": self.value.n,
            "rest_n": self.rest.n,
            "value": json_number(self.value.value),
            "rest": json_number(self.rest.value),
            "difference": json_number(self.difference.value),
            "lower": json_number(self.difference.lower),
            "upper": json_number(self.difference.upper),
            "p_value": json_number(self.p),
            "holds": self.holds,
            "sentence": self.sentence,
            "warnings": [notice.to_dict() for notice in self.warnings],
        }

    def to_pandas(self) -> pd.DataFrame:
        """Return one row for the group and one for the others."""
        import pandas as pd  # noqa: PLC0415 - heavy, and only needed here

        rows = [("group", self.value), ("others", self.rest)]
        return pd.DataFrame([{"side": side, **item.to_dict()} for side, item in rows])

    def chart(self) -> Any:
        """Draw both scores with their intervals."""
        from cxstats.charts import estimate_chart  # noqa: PLC0415 - heavy

        rows = [
            {
                "label": label,
                "value": item.value,
                "lower": item.lower,
                "upper": item.upper,
                "n": item.n,
            }
            for label, item in ((self.group.to_text(), self.value), ("rest", self.rest))
        ]
        return estimate_chart(rows, unit=self.value.unit)

    def __str__(self) -> str:
        """Write both scores and the answer."""
        rows = [
            [self.group.to_text(), format_estimate(self.value, decimals=1)],
            ["others", format_estimate(self.rest, decimals=1)],
        ]
        return f"{text_table(['group', self.metric], rows)}\n\n{self.sentence}"


def value_inversion(  # noqa: PLR0913 - a notebook names what it means, all but three optional
    data: Any,
    *,
    score: str,
    value: str,
    high: float | str | Sequence[str] | None = None,
    metric: Metric = "nps",
    scale: str | Scale | None = None,
    missing: Sequence[Any] = (),
    weight: str | None = None,
    where: str | Filter | None = None,
    language: Language = "en",
    level: float = 0.95,
    engine: Engine | str | None = None,
) -> Surprise:
    """Test whether customers of high value score lower than the others.

    Parameters
    ----------
    data, score, metric, scale, missing, weight, where, language, level, engine
        As for `discover`.
    value
        Column of what a customer is worth: a number, or tiers as text.
    high
        From which number on value is high (by default from the 80th percentile on),
        or the tiers that are high.

    Raises
    ------
    InputError
        If the column is text and ``high`` does not name its tiers, or a column or
        filter cannot be used.

    Notes
    -----
    A one-sided test of one group chosen beforehand; rows without a value are left
    out. To search for the value from which on customers score lower, see
    `breakpoints`.

    Examples
    --------
    >>> import pyarrow as pa
    >>> data = pa.table({"q1": [9, 9, 8, 10] * 100 + [3, 9, 6, 8] * 25,
    ...                  "arpu": [40.0] * 400 + [200.0] * 100})
    >>> value_inversion(data, score="q1", value="arpu", high=100).holds
    True
    """
    question = Question(score, metric, scale, tuple(missing), weight, level)
    question.words(language)
    kept = filter_of(where)
    source = opened(data, question.columns(kept, value), [])
    with engine_for(engine) as running:
        study = question.study(running, source, kept)
        name = resolve_column(value, running.kinds(source))
        condition, group = _high(study, name, high)
        base = Not(IsNull(name))
        return _judged(
            _Asked("value_inversion", -1, condition, group, base),
            question,
            study,
            language,
        )


def recovery_paradox(  # noqa: PLR0913 - a notebook names what it means, all but three optional
    data: Any,
    *,
    score: str,
    complaints: str,
    at_least: int = 1,
    resolved: str | Filter | None = None,
    metric: Metric = "nps",
    scale: str | Scale | None = None,
    missing: Sequence[Any] = (),
    weight: str | None = None,
    where: str | Filter | None = None,
    language: Language = "en",
    level: float = 0.95,
    engine: Engine | str | None = None,
) -> Surprise:
    """Test whether customers who complained score higher than those who never did.

    Parameters
    ----------
    data, score, metric, scale, missing, weight, where, language, level, engine
        As for `discover`.
    complaints
        Column that counts complaints; 0 means that a customer never complained, a
        missing count leaves the customer out.
    at_least
        From how many complaints on a customer belongs to the group, 1 or more.
    resolved
        Rows whose complaint was resolved; the group is then only those.

    Raises
    ------
    InputError
        If the column is no number, or a column or filter cannot be used.

    References
    ----------
    McCollough and Bharadwaj (1992), the recovery paradox; de Matos, Henrique and
    Rossi (2007) for a meta-analysis: it holds for satisfaction, seldom for loyalty.

    Examples
    --------
    >>> import pyarrow as pa
    >>> data = pa.table({"q1": [9, 7, 6, 10] * 100 + [9, 9, 10, 8] * 25,
    ...                  "complaints": [0] * 400 + [2] * 100})
    >>> recovery_paradox(data, score="q1", complaints="complaints").holds
    True
    """
    if at_least < 1:
        raise InputError(f"at_least must be 1 or more; received {at_least}")
    question = Question(score, metric, scale, tuple(missing), weight, level)
    question.words(language)
    kept, solved = filter_of(where), filter_of(resolved)
    source = opened(data, question.columns(kept, solved, complaints), [])
    with engine_for(engine) as running:
        kinds = running.kinds(source)
        name = resolve_column(complaints, kinds)
        if not kinds[name].is_number:
            raise InputError(
                f"complaints must be counted in a number; {name!r} holds {kinds[name]}"
            )
        study = question.study(running, source, kept)
        condition = Condition(name, ((">=", at_least),))
        group = both(condition.to_filter(), solved)
        assert group is not None  # noqa: S101 - a condition is a filter
        base = group | Compare(name, "<", 1)
        return _judged(
            _Asked("recovery_paradox", 1, condition, group, base),
            question,
            study,
            language,
        )


@dataclass(frozen=True)
class _Asked:
    """A planned contrast: a group within a base, and the surprising direction."""

    kind: str
    sign: int
    condition: Condition
    group: Filter
    base: Filter


def _high(
    study: Study, name: str, high: float | str | Sequence[str] | None
) -> tuple[Condition, Filter]:
    """Say who is of high value."""
    kind = study.engine.kinds(study.source)[name]
    if kind is Kind.TEXT:
        tiers = (high,) if isinstance(high, str) else high
        if not isinstance(tiers, Sequence) or not tiers:
            raise InputError(
                f"{name!r} holds tiers as text; say which are high, for example "
                "high=['gold']"
            )
        label = Condition.equal(name, ", ".join(map(str, tiers)))
        return label, In(name, tuple(map(str, tiers)))
    if high is None:
        query = ValuesQuery(name, where=study.where)
        table = study.engine.value_histogram(study.source, query)
        high = float(exact_quantiles(table, [_TOP_SHARE])[0])
    if not isinstance(high, int | float) or not np.isfinite(high):
        raise InputError(
            f"{name!r} holds {kind}; high must be a number from which on value is "
            f"high, received {high!r}"
        )
    number = int(high) if float(high).is_integer() else float(high)
    condition = Condition(name, ((">=", number),))
    return condition, condition.to_filter()


def _judged(
    asked: _Asked, question: Question, study: Study, language: Language
) -> Surprise:
    overall = question.overall(study.engine, study.source, study.where)
    part, base = study.sums(both(asked.group, asked.base)), study.sums(asked.base)
    value, rest = score_of(part, study), score_of(base - part, study)
    difference = difference_of(part, base, study)
    notices = list(overall.warnings)
    p = float("nan")
    if min(value.n, rest.n) >= DEFAULT_POLICY.shown:
        p = _one_sided(part, base, study, asked.sign)
    else:
        notices.append(
            Notice(
                "small_n",
                f"{value.n:,} answers in the group and {rest.n:,} in the others are "
                f"too few to compare; both need {DEFAULT_POLICY.shown}",
            )
        )
    holds = p <= 1 - question.level
    name = "inversion" if asked.kind == "value_inversion" else "paradox"
    words = question.words(language)
    sentence = words.compared(
        f"{name}_{'holds' if holds else 'fails'}",
        words.where([asked.condition]),
        (value, rest, difference),
    )
    return Surprise(
        kind=asked.kind,
        metric=overall.metric,
        group=asked.group,
        value=value,
        rest=rest,
        difference=difference,
        p=p,
        holds=bool(holds),
        sentence=sentence,
        warnings=tuple(notices),
    )


def _one_sided(part: Floats, base: Floats, study: Study, sign: int) -> float:
    return float(
        scipy.stats.norm.sf(sign * float(contrast(part, base, study.measure.added).z))
    )
