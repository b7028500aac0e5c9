"""Which columns can be searched, and how each becomes an axis."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from cxstats.discovery.axes import Axis, Ints, ordered_runs, quantile_edges
from cxstats.discovery.study import Study
from cxstats.engine import DistinctQuery, Kind, ValuesQuery
from cxstats.estimates import Floats, Notice

__all__ = ["Chosen", "axes_of"]

MOST_CATEGORIES = 300
"""Columns of more texts are names, codes of persons or free text, not groups."""

MOST_VALUES = 40
"""Numbers of at most so many different values keep each of them as a code."""

FINE_BINS = 128

RESTATES = 0.5
"""A column that explains more of the score's variance than this restates it."""

_GROUPS = ((12, 16), (8, 60), (6, 200), (4, 10**9))
"""Groups per number by how many numbers there are: pairs grow with both squared."""

_NAMED_ID = re.compile(
    r"(^|[_\s.-])(id|uuid|guid|msisdn|imei|imsi)$|Id$|ID$|编号|編號|号码|號碼|标识|標識"
    r"|序号|序號|手机号|手機號|身份证|身份證"
)
_PHONES = (1e10, 2e10)


@dataclass
class Chosen:
    """Axes to search, and what was left out for which reason."""

    axes: list[Axis] = field(default_factory=list)
    left_out: dict[str, list[str]] = field(default_factory=dict)

    def leave_out(self, reason: str, column: str) -> None:
        """Note that a column is not searched."""
        self.left_out.setdefault(reason, []).append(column)

    def notices(self) -> list[Notice]:
        """Say which columns were left out and why."""
        return [
            Notice("columns_left_out", f"{_REASONS[reason]}: {', '.join(columns)}")
            for reason, columns in self.left_out.items()
        ]


_REASONS = {
    "identifier": "not searched because they name single customers",
    "categories": f"not searched because they have more than {MOST_CATEGORIES} "
    "different texts (free text or names); group them first",
    "constant": "not searched because they have one value, or none",
    "time": "not searched because they are dates; look for changes over time instead",
    "kind": "not searched because they hold neither numbers nor texts",
    "restates": "not searched because they alone explain more than half of the "
    "score's variance and so restate it (name them in `columns` to search them all "
    "the same)",
}


def axes_of(
    study: Study, columns: Sequence[str], kinds: dict[str, Kind], *, is_chosen: bool
) -> Chosen:
    """Turn columns into axes, leaving out what cannot or should not be searched.

    Parameters
    ----------
    study
        The score and where its rows lie.
    columns, kinds
        Candidate columns and what each holds.
    is_chosen
        Whether a person named the columns: then only what is impossible is left out.
    """
    chosen = Chosen()
    numbers = sum(kinds[name].is_number for name in columns)
    groups = next(groups for groups, most in _GROUPS if numbers <= most)
    for name in columns:
        kind = kinds[name]
        if kind.is_number:
            _number(study, name, chosen, groups, is_chosen=is_chosen)
        elif kind in _READERS:
            _READERS[kind](study, name, chosen, is_chosen=is_chosen)
        else:
            chosen.leave_out("time" if kind.is_time else "kind", name)
    return chosen


def _number(
    study: Study, name: str, chosen: Chosen, groups: int, *, is_chosen: bool
) -> None:
    table = study.engine.value_histogram(
        study.source, ValuesQuery(name, where=study.where)
    )
    table = table.filter(table["value"].is_valid()).sort_by("value")
    values = np.asarray(table["value"].to_numpy(), dtype=float)
    counts = np.asarray(table["n"].to_numpy(), dtype=float)
    if not len(values):
        chosen.leave_out("constant", name)
        return
    whole = bool((values == np.floor(values)).all())
    if not is_chosen and whole and _is_identifier(name, values, counts):
        chosen.leave_out("identifier", name)
        return
    is_exact = len(values) <= MOST_VALUES
    edges = values if is_exact else quantile_edges(values, counts, groups)
    masses = _masses(values, counts, edges)
    axis = Axis(
        column=name,
        kind="number",
        values=tuple(edges.tolist()),
        is_exact=is_exact or len(edges) == len(values),
        is_whole=whole,
        runs=ordered_runs(masses, groups),
        fine=tuple(np.union1d(edges, quantile_edges(values, counts, FINE_BINS))),
    )
    chosen.axes.append(axis)


def _masses(values: Floats, counts: Floats, edges: Floats) -> Floats:
    places = np.searchsorted(edges, values, side="right") - 1
    made = np.bincount(places, weights=counts, minlength=len(edges))
    return np.asarray(made, dtype=float)


def _is_identifier(name: str, values: Floats, counts: Floats) -> bool:
    """Whether whole numbers name customers: each once, and named or dense as such."""
    total = counts.sum()
    if len(values) < MOST_VALUES or len(values) < 0.9 * total:
        return False
    is_dense = values[-1] - values[0] <= 2 * total
    is_phone = values[0] >= _PHONES[0] and values[-1] < _PHONES[1]
    return bool(is_dense or is_phone or _NAMED_ID.search(name))


def _text(study: Study, name: str, chosen: Chosen, *, is_chosen: bool) -> None:
    distinct = study.engine.distinct_count(
        study.source, DistinctQuery(name, where=study.where)
    ).to_pylist()[0]
    if distinct["n_distinct"] > MOST_CATEGORIES:
        is_id = distinct["n_distinct"] >= 0.9 * distinct["n_values"]
        named = is_id and not is_chosen and _NAMED_ID.search(name)
        chosen.leave_out("identifier" if named else "categories", name)
        return
    if not distinct["n_distinct"]:
        chosen.leave_out("constant", name)
        return
    counted = study.counted((name,))
    texts = [text for text in counted.keys[0].to_pylist() if text is not None]
    values = tuple(sorted(set(map(str, texts))))
    runs = np.repeat(np.arange(len(values), dtype=np.int64)[:, None], 2, axis=1)
    chosen.axes.append(
        Axis(name, "text", values, is_exact=True, is_whole=False, runs=runs)
    )


def _truth(study: Study, name: str, chosen: Chosen, *, is_chosen: bool) -> None:
    del study, is_chosen
    runs: Ints = np.array([[0, 0], [1, 1]], dtype=np.int64)
    chosen.axes.append(
        Axis(name, "truth", (False, True), is_exact=True, is_whole=False, runs=runs)
    )


_READERS: dict[Kind, Callable[..., None]] = {Kind.TEXT: _text, Kind.BOOLEAN: _truth}
