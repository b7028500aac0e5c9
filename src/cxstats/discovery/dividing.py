"""Cutting a number into bins, dividing the bins, and testing for any break."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from cxstats.discovery.axes import quantile_edges
from cxstats.discovery.estimating import difference_of, score_of
from cxstats.discovery.permutation import largest_f, permuted_f, simulated_f
from cxstats.discovery.pieces import Division, Piece
from cxstats.discovery.study import Study
from cxstats.discovery.sums import coded_moments
from cxstats.engine import Bins, Kind, ValuesQuery, resolve_column
from cxstats.errors import InputError
from cxstats.estimates import Estimate, Floats, Notice
from cxstats.reporting import DEFAULT_POLICY
from cxstats.segmentation import Segmentation, segment

__all__ = ["Cut", "Divided", "Effort", "cut_up", "divide"]

MOST_BINS = 256
"""Bins of like mass among whose edges breaks are sought."""

_SEED = 20_240_101
_SHARE = 0.01
_PLAIN_SUMS = 3


@dataclass(frozen=True)
class Effort:
    """How breaks are sought.

    Parameters
    ----------
    most_breaks, min_size
        Most breaks; least answers in a piece, None chooses by the number of answers.
    permutations, alpha
        Repetitions and level of the test for any break.
    """

    most_breaks: int
    min_size: int | None
    permutations: int
    alpha: float

    def __post_init__(self) -> None:
        """Refuse what no search can do."""
        if self.most_breaks < 1 or self.permutations < 1:
            raise InputError(
                "most_breaks and permutations must be 1 or more; received "
                f"{self.most_breaks} and {self.permutations}"
            )
        if self.min_size is not None and self.min_size < 1:
            raise InputError(f"min_size must be 1 or more; received {self.min_size}")
        if not 0 < self.alpha < 1:
            raise InputError(f"alpha lies between 0 and 1; received {self.alpha}")

    def least(self, n: float) -> float:
        """Return the least answers of a piece among n."""
        return float(self.min_size or max(DEFAULT_POLICY.shown, _SHARE * n))


@dataclass(frozen=True, eq=False)
class Cut:
    """A number cut into bins, with the sums of each.

    Parameters
    ----------
    column
        Its stored name.
    lowest, highest
        Least and largest value of each bin.
    bins
        Sums per bin.
    cells
        Bin and sums of each coded value that occurs in it.
    """

    column: str
    lowest: Floats
    highest: Floats
    bins: Floats
    cells: tuple[Floats, Floats]

    @property
    def n(self) -> float:
        """Valid answers with a number."""
        return float(self.bins[:, 0].sum())


def cut_up(study: Study, column: str) -> Cut:
    """Cut a number into at most `MOST_BINS` bins and sum the answers in each.

    Raises
    ------
    InputError
        If the column holds no number.
    """
    kinds = study.engine.kinds(study.source)
    name = resolve_column(column, kinds)
    table = None
    if kinds[name].is_number or kinds[name] is Kind.TEXT:
        query = ValuesQuery(name, where=study.where)
        table = study.engine.value_histogram(study.source, query)
        table = table.filter(table["value"].is_valid()).sort_by("value")
    if table is None or not table.num_rows:
        raise InputError(
            f"breakpoints need numbers, and {name!r} holds none; choose a column of "
            "numbers"
        )
    values = np.asarray(table["value"].to_numpy(), dtype=float)
    edges = quantile_edges(values, np.asarray(table["n"].to_numpy(), float), MOST_BINS)
    starts = np.searchsorted(values, edges)
    highest = values[np.concatenate([starts[1:], [len(values)]]) - 1]
    counted = study.counted([Bins(name, tuple(edges.tolist()))])
    key = counted.keys[0]
    known = np.asarray(key.is_valid())
    code = np.asarray(key.drop_null().to_numpy(), dtype=np.int64) - 1
    sums = counted.sums[known]
    bins = np.zeros((len(edges), sums.shape[1]))
    np.add.at(bins, np.clip(code, 0, None), sums)
    return Cut(name, edges, highest, bins, (code.astype(float), sums))


@dataclass(frozen=True, eq=False)
class Divided:
    """The divisions of a cut, the test, and the number of breaks chosen."""

    cut: Cut
    division: Segmentation | None
    chosen: int
    f: float
    p: float
    notices: tuple[Notice, ...]

    def divisions(self) -> tuple[Division, ...]:
        """Return the best division for each number of breaks."""
        if self.division is None:
            return ()
        found = self.division
        return tuple(
            Division(
                tuple(float(self.cut.highest[at - 1]) for at in breaks),
                float(rss),
                float(bic),
            )
            for breaks, rss, bic in zip(found.breaks, found.rss, found.bic, strict=True)
        )

    def estimates(self, study: Study) -> tuple[tuple[Piece, ...], tuple[Estimate, ...]]:
        """Estimate the score of each piece and the step from each to the next."""
        cut, size = self.cut, len(self.cut.lowest)
        spans = self.division.spans(self.chosen) if self.division else ((0, size),)
        pieces = tuple(
            Piece(
                float(cut.lowest[a]),
                float(cut.highest[b - 1]),
                score_of(cut.bins[a:b].sum(axis=0), study),
            )
            for a, b in spans
        )
        steps = tuple(
            difference_of(cut.bins[b:d].sum(axis=0), cut.bins[a:d].sum(axis=0), study)
            for (a, b), (_, d) in pairwise(spans)
        )
        return pieces, steps


def divide(cut: Cut, effort: Effort) -> Divided:
    """Divide a cut for every number of breaks, and choose one.

    Breaks are only chosen where the largest F of one break is significant; how many
    is then told by BIC.
    """
    least = effort.least(cut.n)
    if cut.n < 2 * least or len(cut.lowest) == 1:
        few = Notice(
            "no_test",
            f"{cut.column} cannot be divided: {cut.n:,.0f} answers with a number in "
            f"{len(cut.lowest)} bins, and a piece needs {least:,.0f}",
        )
        return Divided(cut, None, 0, math.nan, math.nan, (few,))
    w, s, q = coded_moments(cut.bins)
    scaled = least * float(w.sum()) / cut.n
    division = segment(w, s, q, most_breaks=effort.most_breaks, min_size=scaled)
    rss = float(division.rss[0])
    f = float(largest_f(w, s, rss, scaled))
    chance = _chance(cut, rss, scaled, effort.permutations)
    # The data themselves are one of the ways in which answers can be dealt.
    p = (1 + int((chance >= f * (1 - 1e-9)).sum())) / (effort.permutations + 1)
    chosen = 0
    if p <= effort.alpha and rss > 0 and len(division.breaks) > 1:
        chosen = max(1, division.best)
    return Divided(cut, division, chosen, f, p, ())


def _chance(cut: Cut, rss: float, least: float, times: int) -> Floats:
    code, sums = cut.cells
    if sums.shape[1] == _PLAIN_SUMS:
        levels, level = np.unique(
            (sums[:, 1] / sums[:, 0]).round(9), return_inverse=True
        )
        counts = np.zeros((len(cut.lowest), len(levels)), dtype=np.int64)
        np.add.at(counts, (code.astype(int).clip(0), level), sums[:, 0].astype(int))
        return permuted_f(counts, levels, least=least, times=times, seed=_SEED)
    w, _, _ = coded_moments(cut.bins)
    noise = np.sqrt(rss / w.sum() * cut.bins[:, 4])
    return simulated_f(w, noise, rss, least=least, times=times, seed=_SEED)
