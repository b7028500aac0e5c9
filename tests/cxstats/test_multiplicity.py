from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from cxstats.errors import InputError
from cxstats.multiplicity import q_values

P_VALUES = st.lists(st.floats(0, 1), min_size=1, max_size=40)


@given(P_VALUES)
def test_q_values_equal_statsmodels(p: list[float]) -> None:
    for own, peer in (("bh", "fdr_bh"), ("by", "fdr_by")):
        expected = multipletests(p, method=peer)[1]
        assert q_values(p, own) == pytest.approx(expected, abs=1e-12)


@given(P_VALUES)
def test_q_is_never_smaller_than_p(p: list[float]) -> None:
    assert (q_values(p) >= np.array(p) - 1e-15).all()


def test_untested_comparisons_do_not_count() -> None:
    q = q_values([0.01, np.nan, 0.04])
    assert np.isnan(q[1])
    assert q[[0, 2]].tolist() == q_values([0.01, 0.04]).tolist()
    assert q_values([0.3], "none").tolist() == [0.3]


def test_bad_p_values_are_refused() -> None:
    with pytest.raises(InputError, match="between 0 and 1"):
        q_values([0.2, 1.2])
