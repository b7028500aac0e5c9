"""The demo operator: an invented company to look around in.

Its customers, answers and words come from `cxstats.simulate`, so what was planted is
known; see `docs/methods/simulation.md`.
"""

from __future__ import annotations
