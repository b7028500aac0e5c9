"""The largest F of one break, and how large it gets by chance."""

from __future__ import annotations

import numpy as np

from cxstats.discovery.axes import Ints
from cxstats.estimates import Floats

__all__ = ["largest_f", "permuted_f", "simulated_f"]


def largest_f(n: Floats, s: Floats, rss: float, least: float) -> Floats:
    """Return the largest F over all places of one break.

    Parameters
    ----------
    n, s
        Count and sum per bin, bins last; leading axes are repetitions.
    rss
        Squared error around the overall mean.
    least
        Least observations on each side.

    Returns
    -------
    numpy.ndarray
        ``max (RSS0 - RSS1) / (RSS1 / (N - 2))`` per repetition; 0 where no place
        leaves enough on both sides.
    """
    ends, sums = np.cumsum(n, axis=-1)[..., :-1], np.cumsum(s, axis=-1)
    total, whole = n.sum(axis=-1)[..., None], sums[..., -1:]
    allowed = (ends >= least) & (total - ends >= least)
    with np.errstate(divide="ignore", invalid="ignore"):
        gain = (sums[..., :-1] - whole * ends / total) ** 2
        gain = gain * total / (ends * (total - ends))
    best = np.where(allowed, gain, 0.0).max(axis=-1, initial=0.0)
    left = np.maximum(rss - best, np.finfo(float).tiny)
    made: Floats = best / (left / (total[..., 0] - 2))
    return made


def permuted_f(
    counts: Ints, levels: Floats, *, least: float, times: int, seed: int
) -> Floats:
    """Return the largest F of answers that were dealt to the bins at random.

    Only the counts are drawn, by the hypergeometric law that dealing cards gives, so
    that the effort does not grow with the number of answers.

    Parameters
    ----------
    counts
        Shape (bins, levels): how often each level occurs in each bin.
    levels
        Value of each level.
    least, times, seed
        Least answers on a side, repetitions, and the seed of the generator.
    """
    generator = np.random.default_rng(seed)
    sizes = counts.sum(axis=1)
    n = sizes.astype(float)
    left = np.tile(counts.sum(axis=0), (times, 1))
    s = np.zeros((times, len(sizes)))
    for at, size in enumerate(sizes):
        open_places = np.full(times, size)
        for level, value in enumerate(levels[:-1]):
            others = left[:, level + 1 :].sum(axis=1)
            drawn = generator.hypergeometric(left[:, level], others, open_places)
            left[:, level] -= drawn
            open_places -= drawn
            s[:, at] += value * drawn
        left[:, -1] -= open_places
        s[:, at] += levels[-1] * open_places
    total = counts.sum(axis=0)
    mean = total @ levels / total.sum()
    rss = float(total @ (levels - mean) ** 2)
    return largest_f(np.broadcast_to(n, s.shape), s, rss, least)


def simulated_f(
    w: Floats, noise: Floats, rss: float, *, least: float, times: int, seed: int
) -> Floats:
    """Return the largest F of weighted sums that vary by chance alone.

    Weighted answers cannot be dealt out by counts; the sums of the bins are drawn
    from normal laws instead.

    Parameters
    ----------
    w, noise
        Sum of weights, and standard deviation of the sum of answers, per bin.
    rss, least, times, seed
        As for the others.
    """
    generator = np.random.default_rng(seed)
    s = generator.standard_normal((times, len(w))) * noise
    s -= w * s.sum(axis=1, keepdims=True) / w.sum()
    return largest_f(np.broadcast_to(w, s.shape), s, rss, least)
