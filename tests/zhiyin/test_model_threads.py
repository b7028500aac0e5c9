"""Training a model leaves the other processes of the machine their cores."""

from __future__ import annotations

import os

import sklearn.ensemble
import threadpoolctl


def test_libraries_that_train_models_use_the_threads_they_were_given() -> None:
    assert sklearn.ensemble, "what brings the libraries with threads of their own"
    pools = threadpoolctl.threadpool_info()
    assert {pool["user_api"] for pool in pools} == {"blas", "openmp"}
    wanted = int(os.environ["OMP_NUM_THREADS"])
    assert {pool["num_threads"] for pool in pools} == {wanted}
