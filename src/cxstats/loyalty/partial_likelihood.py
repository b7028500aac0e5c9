"""Cox's partial likelihood with tied times after Efron, as pure arithmetic.

Rows come sorted from the longest time to the shortest, so that everybody who is still
at risk at a time stands before it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cxstats.errors import InputError
from cxstats.estimates import Floats

__all__ = ["CoxFit", "Lives", "concordance", "fit", "proportionality"]

_STEPS = 40
_FLATTEST = 1e12
_NO_MAXIMUM = (
    "the hazards have no maximum likelihood: a column tells for sure who leaves first; "
    "leave it out, or join its rare values"
)
_CLOSE = 1e-11


@dataclass(frozen=True, eq=False)
class Lives:
    """Times, whether each ended in the event, and columns of numbers, sorted.

    `ends` holds, per distinct time with events, one past the last row at risk;
    `dying` the rows whose event that was.
    """

    time: Floats
    event: Floats
    columns: Floats
    ends: tuple[int, ...]
    dying: tuple[slice, ...]

    @classmethod
    def of(cls, time: Floats, event: Floats, columns: Floats) -> Lives:
        """Sort rows: longest first, and at one time those without the event first."""
        order = np.lexsort((event, -time))
        time, event, columns = time[order], event[order], columns[order]
        died = np.flatnonzero(event > 0)
        times, first, count = np.unique(
            -time[died], return_index=True, return_counts=True
        )
        places = [
            slice(int(died[start]), int(died[start]) + int(number))
            for start, number in zip(first, count, strict=True)
        ]
        del times
        ends = tuple(place.stop for place in places)
        return cls(time, event, columns, ends, tuple(places))


@dataclass(frozen=True, eq=False)
class _Moment:
    """Weighted mean and covariance of the columns at one time, after Efron."""

    means: Floats
    covariances: Floats
    log_risk: float


@dataclass(frozen=True, eq=False)
class CoxFit:
    """Coefficients, their covariance, and the log likelihoods at zero and at them."""

    coefficients: Floats
    covariance: Floats
    log_likelihood: tuple[float, float]


def _moments(lives: Lives, beta: Floats) -> list[_Moment]:
    linear = lives.columns @ beta
    # A constant in the exponent cancels; taking out the largest keeps exp finite.
    shift = float(linear.max(initial=0.0))
    risk = np.exp(linear - shift)
    weighted = risk[:, None] * lives.columns
    products = weighted[:, :, None] * lives.columns[:, None, :]
    sums = np.cumsum(risk), np.cumsum(weighted, axis=0), np.cumsum(products, axis=0)
    made = []
    for end, place in zip(lives.ends, lives.dying, strict=True):
        at_risk = [total[end - 1] for total in sums]
        tied = risk[place].sum(), weighted[place].sum(axis=0), products[place].sum(0)
        number = place.stop - place.start
        shares = np.arange(number) / number
        s0 = at_risk[0] - shares * tied[0]
        s1 = at_risk[1] - shares[:, None] * tied[1]
        s2 = at_risk[2] - shares[:, None, None] * tied[2]
        means = s1 / s0[:, None]
        spread = s2 / s0[:, None, None] - means[:, :, None] * means[:, None, :]
        log_risk = float(np.log(s0).sum()) + number * shift
        made.append(_Moment(means.sum(axis=0), spread.sum(axis=0), log_risk))
    return made


def _log_likelihood(lives: Lives, beta: Floats, moments: list[_Moment]) -> float:
    linear = float((lives.columns @ beta)[lives.event > 0].sum())
    return linear - sum(moment.log_risk for moment in moments)


def fit(lives: Lives) -> CoxFit:
    """Maximise the partial likelihood by Newton's method with halved steps.

    Raises
    ------
    InputError
        If it has no maximum: a column separates who left from who stayed, or repeats
        another one.
    """
    died = lives.columns[lives.event > 0].sum(axis=0)
    beta = np.zeros(lives.columns.shape[1])
    moments = _moments(lives, beta)
    start = value = _log_likelihood(lives, beta, moments)
    for _step in range(_STEPS):
        score = died - sum(moment.means for moment in moments)
        information = np.asarray(sum(moment.covariances for moment in moments))
        step = _solve(information, score)
        found, moments_found = value, moments
        for half in range(12):
            trial = beta + step / 2**half
            # Far out, risks underflow and the likelihood is no number: take a
            # shorter step.
            with np.errstate(divide="ignore", invalid="ignore"):
                moments_found = _moments(lives, trial)
            found = _log_likelihood(lives, trial, moments_found)
            if found >= value - _CLOSE:
                break
        gained, beta, value, moments = found - value, trial, found, moments_found
        if abs(gained) < _CLOSE * (abs(value) + 1):
            information = np.asarray(sum(moment.covariances for moment in moments))
            identity = np.eye(len(beta))
            return CoxFit(beta, _solve(information, identity), (start, value))
    raise InputError(_NO_MAXIMUM)


def _solve(matrix: Floats, right: Floats) -> Floats:
    if not np.isfinite(matrix).all():
        raise InputError(_NO_MAXIMUM)
    scale = np.sqrt(np.maximum(np.diag(matrix), 0))
    varies = (scale > 0).all()
    if not varies or np.linalg.cond(matrix / np.outer(scale, scale)) > _FLATTEST:
        raise InputError(
            "the columns repeat one another, or one does not vary while anybody "
            "leaves; leave one of them out"
        )
    return np.asarray(np.linalg.solve(matrix, right), dtype=float)


def proportionality(lives: Lives, beta: Floats) -> tuple[Floats, float]:
    """Test whether hazards stay proportional: p-values per column, and together.

    Score tests of an interaction with 1 minus the Kaplan-Meier curve just before each
    time (Grambsch and Therneau 1994; in the form of R's survival since version 3).
    """
    from scipy.stats import chi2  # noqa: PLC0415 - slow to import

    moments = _moments(lives, beta)
    score_times = _km_before(lives)
    deaths = np.array([place.stop - place.start for place in lives.dying])
    g = score_times - float((score_times * deaths).sum() / deaths.sum())
    size = len(beta)
    u = np.zeros(2 * size)
    information = np.zeros((2 * size, 2 * size))
    for moment, place, at in zip(moments, lives.dying, g, strict=True):
        u[size:] += at * (lives.columns[place].sum(axis=0) - moment.means)
        block = moment.covariances
        information[:size, :size] += block
        information[:size, size:] += at * block
        information[size:, size:] += at * at * block
    information[size:, :size] = information[:size, size:].T
    each = np.empty(size)
    for column in range(size):
        kept = [*range(size), size + column]
        part = u[kept]
        test = part @ np.linalg.solve(information[np.ix_(kept, kept)], part)
        each[column] = chi2.sf(test, 1)
    together = u @ np.linalg.solve(information, u)
    return each, float(chi2.sf(together, size))


def _km_before(lives: Lives) -> Floats:
    """Return 1 minus the Kaplan-Meier curve just before each time with events."""
    at_risk = np.array(lives.ends, dtype=float)
    deaths = np.array([place.stop - place.start for place in lives.dying], dtype=float)
    # Distinct times stand from the longest to the shortest; the curve runs forward.
    kept = (1 - deaths / at_risk)[::-1]
    before = np.concatenate([[1.0], np.cumprod(kept)[:-1]])[::-1]
    return np.asarray(1 - before)


def concordance(lives: Lives, beta: Floats) -> float:
    """Return Harrell's C: of two comparable people, whoever has more risk leaves first.

    Ties in risk count half. Pairs are counted with a tree over the ranks of risk, in
    time n log n.
    """
    risk = np.unique(lives.columns @ beta, return_inverse=True)[1]
    size = int(risk.max()) + 1
    tree = np.zeros(size + 1)
    good = pairs = 0.0
    start = 0
    seen = 0
    for stop in _stops(lives.time):
        group = np.arange(start, stop)
        dead, alive = group[lives.event[group] > 0], group[lives.event[group] <= 0]
        # Who is censored at a time outlived those whose event it was.
        for row in alive:
            _add(tree, int(risk[row]))
        seen += len(alive)
        for row in dead:
            below = _below(tree, int(risk[row]))
            equal = _below(tree, int(risk[row]) + 1) - below
            good += below + equal / 2
            pairs += seen
        for row in dead:
            _add(tree, int(risk[row]))
        seen += len(dead)
        start = stop
    return good / pairs if pairs else float("nan")


def _stops(times: Floats) -> list[int]:
    changes = np.flatnonzero(np.diff(times)) + 1
    return [*changes.tolist(), len(times)]


def _add(tree: Floats, rank: int) -> None:
    place = rank + 1
    while place < len(tree):
        tree[place] += 1
        place += place & -place


def _below(tree: Floats, rank: int) -> float:
    total = 0.0
    while rank > 0:
        total += tree[rank]
        rank -= rank & -rank
    return total
