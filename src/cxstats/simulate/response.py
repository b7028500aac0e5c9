"""Who answers: the true propensities behind non-response.

The log-odds of answering are the base of the wave or touchpoint, plus a constant
per standard deviation of age, plus a constant per standard deviation of
satisfaction that depends on the channel (and changes sign after a complaint).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cxstats.simulate.draws import sigmoid
from cxstats.simulate.vocabulary import CHANNELS, TOUCHPOINTS

__all__ = [
    "AGE_PULL",
    "BLANK_RATE",
    "CHANNEL_BASE",
    "EXCLUDED_RATE",
    "SATISFACTION_PULL",
    "WAVE_BASE",
    "answering",
]

WAVE_BASE = -1.35
"""Log-odds of answering a relationship wave by SMS."""

AGE_PULL = 0.25
"""Per standard deviation of age, fifteen years: the older answer more."""

SATISFACTION_PULL = {
    "sms": 0.16,
    "call": 0.08,
    "ivr": 0.14,
    "app": 0.22,
    "wechat": 0.15,
    "chat": 0.14,
}
"""Per standard deviation of satisfaction, by channel."""

CHANNEL_BASE = {
    "sms": 0.0,
    "call": 0.9,
    "ivr": -0.3,
    "app": -0.2,
    "wechat": 0.3,
    "chat": 0.4,
}
"""Added to the log-odds by channel: a call is harder to refuse than a text."""

BLANK_RATE = 0.004
"""Share of answers without a number."""

EXCLUDED_RATE = 0.002
"""Share of answers given from the numbers of staff, excluded from analysis."""

_TOUCHPOINT_BASE = np.array([t.response for t in TOUCHPOINTS] + [WAVE_BASE] * 2)
_DIRECTION = np.array([t.pull for t in TOUCHPOINTS] + [1.0, 1.0])
_CHANNEL_BASE = np.array([CHANNEL_BASE[name] for name in CHANNELS])
_PULL = np.array([SATISFACTION_PULL[name] for name in CHANNELS])


def answering(
    kind: NDArray[np.int8],
    channel: NDArray[np.int8],
    age: NDArray[np.integer],
    latent: NDArray[np.float32],
) -> NDArray[np.floating]:
    """Compute each asked person's true probability of answering."""
    years = (age - 43) / 15.0
    odds = _TOUCHPOINT_BASE[kind] + _CHANNEL_BASE[channel] + AGE_PULL * years
    odds = odds + _DIRECTION[kind] * _PULL[channel] * latent
    return sigmoid(odds)
