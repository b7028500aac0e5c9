"""What the reader of an adjusted score must know."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cxstats.estimates import Floats, Notice
from cxstats.nonresponse.result import FeatureClass

__all__ = ["class_notices", "model_notices"]

LOW_PROBABILITY = 0.02
NOTABLE_SHARE = 0.05
WEAK_AUC = 0.55
LARGE_GAP = 0.05
PERFECT_AUC = 0.98
FEW = 30
FEWEST = 20


def class_notices(
    classes: Sequence[FeatureClass], features: Sequence[str]
) -> Iterable[Notice]:
    """Name classes without answers, features without spread and missing values."""
    for feature in features:
        mine = [row for row in classes if row.feature == feature]
        if len(mine) == 1:
            yield Notice(
                "constant", f"{feature!r} has one value and says nothing of who answers"
            )
            continue
        lost = [row for row in mine if row.answered == 0 and row.asked >= FEWEST]
        share = sum(row.share_asked for row in lost)
        if lost:
            names = ", ".join(repr(row.value) for row in lost[:3])
            yield Notice(
                "uncovered",
                f"nobody answered with {feature!r} = {names}"
                f"{' and others' if len(lost) > 3 else ''} ({share:.1%} of those "  # noqa: PLR2004
                "asked); weights cannot speak for them",
            )
        missing = sum(row.share_asked for row in mine if row.value is None)
        if missing >= NOTABLE_SHARE:
            yield Notice(
                "missing_feature",
                f"{feature!r} is missing for {missing:.1%} of those asked; missing is "
                "taken as a class, which adjusts only if it means the same for all",
            )


def model_notices(
    auc: float, gap: float, probability: Floats, share: Floats
) -> Iterable[Notice]:
    """Judge the model of who answers.

    Parameters
    ----------
    auc, gap
        Area under the curve and calibration gap.
    probability, share
        Per cell: probability of answering, and share of everybody asked.
    """
    low = float(share[probability < LOW_PROBABILITY].sum())
    if low >= NOTABLE_SHARE / 5:
        yield Notice(
            "low_probability",
            f"{low:.1%} of those asked answer with a probability below "
            f"{LOW_PROBABILITY:.0%}; few people stand for them",
        )
    if auc >= PERFECT_AUC:
        yield Notice(
            "separation",
            f"the features tell almost perfectly who answers (AUC {auc:.3f}): one of "
            "them is probably known only after an answer; leave it out",
        )
    elif auc < WEAK_AUC:
        yield Notice(
            "weak_features",
            f"the features hardly tell who answers (AUC {auc:.3f}), so the adjustment "
            "changes little; that is no proof that those who did not answer are alike",
        )
    if gap > LARGE_GAP:
        yield Notice(
            "poor_fit",
            f"rates of answering differ from the model by up to {gap:.1%}; the "
            "features act together: cut a combination of them as one column",
        )
