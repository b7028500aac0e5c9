"""Findings of one wave, looked for again in the next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import scipy

from cxstats.discovery.conditions import both, is_known
from cxstats.discovery.estimating import difference_of
from cxstats.discovery.findings import Finding, Replication
from cxstats.discovery.levelling import Offsets
from cxstats.discovery.study import Study
from cxstats.discovery.sums import contrast
from cxstats.errors import InputError
from cxstats.estimates import Floats
from cxstats.filters import Compare, Filter, Not
from cxstats.reporting import DEFAULT_POLICY

__all__ = ["replications", "waves_of"]

_TWO = 2


def waves_of(
    study: Study, wave: str | None, confirming: Filter | None
) -> tuple[Study, Study]:
    """Return the study of the earlier rows and of those that confirm.

    Parameters
    ----------
    study
        All rows.
    wave
        Column of waves: the last confirms the last but one.
    confirming
        Instead: the rows that confirm; all others are searched.

    Raises
    ------
    InputError
        If both are given, there are fewer than two waves, or they are neither texts
        nor whole numbers.
    """
    if wave is None and confirming is not None:
        return study.within(Not(confirming)), study.within(confirming)
    if wave is None or confirming is not None:
        raise InputError(
            "say which rows confirm either by a filter or by a column of waves, not "
            "by both"
        )
    keys = study.counted((wave,)).keys[0].to_pylist()
    values = sorted({value for value in keys if value is not None}, key=_ordered)
    if len(values) < _TWO:
        raise InputError(
            f"replication needs two waves in {wave!r}; found {len(values)}: give data "
            "of an earlier and a later wave, or say which rows confirm"
        )
    if not all(isinstance(value, str | int) for value in values):
        raise InputError(
            f"waves in {wave!r} must be texts or whole numbers such as 2026 or "
            f"'2026H1'; found {values[0]!r}"
        )
    earlier, later = (Compare(wave, "=", value) for value in values[-2:])
    return study.within(earlier), study.within(later)


def _ordered(value: object) -> tuple[bool, float, str]:
    is_number = isinstance(value, int | float)
    return (not is_number, float(value) if is_number else 0.0, str(value))  # type: ignore[arg-type]


def replications(
    later: Study,
    findings: Sequence[Finding],
    earlier: Sequence[tuple[Filter | None, Offsets]],
    alpha: float,
) -> list[Replication]:
    """Test every finding once more, in its own direction, on the later rows.

    Parameters
    ----------
    later
        The score on the rows that confirm.
    findings, earlier
        Findings; which rows those before each had left, and whom they had levelled.
    alpha
        Level of the test over all findings together (Holm).
    """
    pairs = []
    for finding, (left, offsets) in zip(findings, earlier, strict=True):
        study = replace(later, offsets=offsets)
        part = study.sums(finding.where)
        base = study.sums(both(left, is_known(finding.conditions)))
        pairs.append((part, base))
    directions = [np.sign(finding.difference.value) for finding in findings]
    p = [
        _one_sided(later, part, base, sign)
        for (part, base), sign in zip(pairs, directions, strict=True)
    ]
    corrected = _holm(np.array(p))
    made = []
    for (part, base), value in zip(pairs, corrected, strict=True):
        enough = min(part[0], base[0] - part[0]) >= DEFAULT_POLICY.shown
        status = "confirmed" if value <= alpha else "not_confirmed"
        difference = difference_of(part, base, later)
        made.append(
            Replication(
                status if enough else "too_few", int(part[0]), difference, float(value)
            )
        )
    return made


def _one_sided(study: Study, part: Floats, base: Floats, sign: float) -> float:
    z = float(contrast(part, base, study.measure.added).z)
    return float(scipy.stats.norm.sf(sign * z))


def _holm(p: Floats) -> Floats:
    order = np.argsort(p, kind="stable")
    scaled = p[order] * np.arange(len(p), 0, -1)
    made = np.empty_like(p)
    made[order] = np.maximum.accumulate(scaled).clip(max=1.0)
    return made
