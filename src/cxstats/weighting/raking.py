"""Raking and post-stratification from joint cells."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from cxstats.aggregates import encode_rows
from cxstats.engine import Engine, HistogramQuery
from cxstats.engine.keys import Column
from cxstats.errors import InputError
from cxstats.estimates import Floats, Notice
from cxstats.filters import Filter
from cxstats.inputs import engine_for, filter_of, source_of
from cxstats.weighting.calibration import Stop, largest_miss
from cxstats.weighting.design import sum_by
from cxstats.weighting.diagnostics import summarise_weights
from cxstats.weighting.fitting import Bounds, Plan, Task, fit_task, trim_task
from cxstats.weighting.joint import Calibration, JointCells, usable_weight
from cxstats.weighting.margins import Margin, Targets, label_of, read_targets
from cxstats.weighting.result import MarginRow, Weighting

__all__ = ["poststratify", "rake"]

_HEAVY_KISH = 2.0

FEW_ANSWERS = 20
"""Answers that a value of a margin should have."""


def rake(  # noqa: PLR0913 - a notebook names what it means, all but two optional
    data: Any,
    targets: Targets,
    *,
    weight: str | None = None,
    bounds: Bounds | None = None,
    trim: float | None = None,
    where: str | Filter | None = None,
    tolerance: float = 1e-11,
    engine: Engine | str | None = None,
) -> Weighting:
    """Weight answers so that every margin adds up to its target.

    Parameters
    ----------
    data
        Anything that `nps` takes; one row per answer.
    targets
        Column to value to target, ``{"region": {"North": 1200, "South": 800}}``; a
        tuple of columns with tuples of values for a joint margin; or a table or file
        with the columns ``variable``, ``value`` and ``target``. Counts of people or
        shares that add up to 1. A missing value (NULL, NaN) is the value None.
    weight
        Column of base weights to start from, such as design weights. Each different
        weight makes cells of its own. Rows without a finite weight above 0 are left
        out and counted.
    bounds
        Smallest and largest ratio of a weight to its base weight, after the base
        weights are brought to the total of the targets: ``(0.3, 3)``.
    trim
        Largest weight as a multiple of the median weight, such as 5. What is cut is
        given to the other answers: so that the margins still hold if that is
        possible, else in proportion, and a notice says how far each margin is off.
    where
        Rows to weight.
    tolerance
        Largest relative difference from a target, above 0.
    engine
        An engine or its URL; by default the embedded one.

    Returns
    -------
    Weighting
        Weight per joint cell, margins before and after, and diagnostics.

    Raises
    ------
    InputError
        If a value has no target, a target no answer, targets do not add up, or the
        margins cannot be met; the message names the cell.

    Notes
    -----
    Iterative proportional fitting (Deming and Stephan 1940) to convergence. Weights
    repair an unequal chance to answer only as far as the margins explain it; they
    do not repair a sample that part of the base could not enter.

    Examples
    --------
    >>> import pyarrow as pa
    >>> answers = pa.table({"sex": ["f"] * 75 + ["m"] * 25, "q1": [10] * 60 + [5] * 40})
    >>> weights = rake(answers, {"sex": {"f": 0.5, "m": 0.5}})
    >>> weights.after.kish.__round__(3), round(weights.estimate(answers, "q1").value)
    (1.333, -20)
    """
    plan = Plan(weight, bounds, trim, filter_of(where), Stop(_checked(tolerance)))
    return _weigh(data, targets, plan, engine)


def poststratify(
    data: Any,
    targets: Targets,
    *,
    weight: str | None = None,
    trim: float | None = None,
    where: str | Filter | None = None,
    engine: Engine | str | None = None,
) -> Weighting:
    """Weight answers so that each post-stratum adds up to its target.

    Parameters are those of `rake`, with targets of one column, or of one combination
    of columns: ``{("region", "age"): {("North", "18-29"): 120, ...}}``.

    Raises
    ------
    InputError
        As `rake`, and if targets of several variables are given.

    Notes
    -----
    Holt and Smith (1979). Needs answers in every post-stratum: below about 20 each,
    merge some or use `rake`.

    Examples
    --------
    >>> import pyarrow as pa
    >>> answers = pa.table({"sex": ["f", "f", "f", "m"]})
    >>> table = poststratify(answers, {"sex": {"f": 50, "m": 50}}).apply(answers)
    >>> [round(weight, 3) for weight in table["weight"].to_pylist()]
    [16.667, 16.667, 16.667, 50.0]
    """
    plan = Plan(weight, None, trim, filter_of(where), Stop(), is_joint=True)
    return _weigh(data, targets, plan, engine)


def _checked(tolerance: float) -> float:
    if not 0 < tolerance < 1:
        raise InputError(f"the tolerance lies between 0 and 1; received {tolerance}")
    return tolerance


def _weigh(
    data: Any, targets: Targets, plan: Plan, engine: Engine | str | None
) -> Weighting:
    margins = read_targets(targets)
    if plan.is_joint and len(margins) > 1:
        names = ", ".join(repr(margin.name) for margin in margins)
        raise InputError(
            f"post-stratification takes one variable or one combination, received "
            f"{names}; give {{(column, column): ...}}, or use rake"
        )
    cells, without_weight = _collect(data, margins, plan, engine)
    task = Task.of(cells, margins)
    fitted = fit_task(task, plan)
    weights, cap, notices = trim_task(task, fitted, plan)
    after = summarise_weights(cells.n, weights)
    if after.kish >= _HEAVY_KISH:
        notices.append(_heavy(after.n, after.n_effective, after.kish))
    if without_weight:
        notices.append(_unweighted(without_weight))
    rows = tuple(_margin_rows(task, weights))
    notices += _thin(rows)
    return Weighting(
        method="post-stratification" if plan.is_joint else "raking",
        calibration=Calibration(cells, weights, task.sides),
        margins=rows,
        before=summarise_weights(cells.n, task.start),
        untrimmed=summarise_weights(cells.n, fitted.weights),
        after=after,
        cap=cap,
        passes=fitted.passes,
        miss=largest_miss(cells.n * weights, task.sides),
        warnings=tuple(notices),
    )


def _collect(
    data: Any,
    margins: Sequence[Margin],
    plan: Plan,
    engine: Engine | str | None,
) -> tuple[JointCells, int]:
    """Count the answers of every joint cell, and those without a usable base weight.

    The histogram's score is the base weight, or a column of the margins.
    """
    columns = tuple(dict.fromkeys(name for m in margins for name in m.columns))
    split = plan.weight or columns[-1]
    keys = [name for name in columns if plan.weight or name != split]
    query = HistogramQuery(
        score=split,
        by=tuple(Column(name, f"by{i}") for i, name in enumerate(keys)),
        where=plan.where,
    )
    with engine_for(engine) as opened:
        table = opened.score_histogram(source_of(data, query.columns()), query)
    n = np.asarray(table["n"].to_numpy(), dtype=float)
    base = np.ones(len(n))
    if plan.weight:
        base = np.array([usable_weight(value) for value in table["score"].to_pylist()])
        table = table.drop_columns(["score"])
    values = [column.to_pylist() for column in table.drop_columns(["n"]).columns]
    keep = base > 0
    if not n[keep].sum():
        raise InputError(
            "there is no answer to weight; look at the filter and the base weights"
        )
    arrays = [pa.array(map(label_of, column), pa.string()) for column in values]
    names = [f"c{i}" for i in range(len(arrays))]
    named = pa.table([*arrays, pa.array(base)], names=[*names, "base"])
    index, found = encode_rows(named.filter(pa.array(keep)))
    cells = JointCells(
        columns=columns,
        weight_column=plan.weight,
        where=plan.where,
        labels=tuple(key[:-1] for key in found),
        n=sum_by(index, n[keep], len(found)),
        base=np.array([key[-1] for key in found]),
    )
    return cells, int(n[~keep].sum())


def _margin_rows(task: Task, weights: Floats) -> list[MarginRow]:
    n = task.cells.n
    rows = []
    for margin, side, keys in zip(task.margins, task.sides, task.keys, strict=True):
        sums = (side.sums(n), side.sums(n * task.start), side.sums(n * weights))
        rows += [
            MarginRow(
                variable=margin.name,
                value="*".join("" if part is None else part for part in key),
                n=int(sums[0][i]),
                target=float(side.target[i]),
                before=float(sums[1][i]),
                after=float(sums[2][i]),
            )
            for i, key in enumerate(keys)
        ]
    return rows


def _heavy(n: int, effective: float, kish: float) -> Notice:
    return Notice(
        "weights",
        f"the weights are so unequal that {n:,} answers are worth only "
        f"{effective:,.0f} (Kish effect {kish:.1f}); trim them, or merge small values",
    )


def _thin(rows: Sequence[MarginRow]) -> list[Notice]:
    thin = [row for row in rows if row.n < FEW_ANSWERS]
    if not thin:
        return []
    names = ", ".join(f"{row.variable} = {row.value!r} ({row.n})" for row in thin[:3])
    more = f" and {len(thin) - 3} more" if len(thin) > 3 else ""  # noqa: PLR2004
    return [
        Notice(
            "thin_cells",
            f"fewer than {FEW_ANSWERS} answers stand for everybody with {names}{more}; "
            "merge such values",
        )
    ]


def _unweighted(rows: int) -> Notice:
    return Notice(
        "weights",
        f"{rows:,} answers have no usable base weight (missing, zero, negative or "
        "infinite) and were left out",
    )
