"""The simulated operator: from one number to tables, files and their truth."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TypeVar

from cxstats.errors import InputError
from cxstats.simulate.block import Block, block_sizes, simulate_block
from cxstats.simulate.census import Census, take_census
from cxstats.simulate.draws import BLOCK
from cxstats.simulate.files import SimulatedFiles, write_batches
from cxstats.simulate.organisation import Organisation, build_organisation
from cxstats.simulate.period import DEFAULT_END
from cxstats.simulate.tables import Batch, render_block
from cxstats.simulate.truth import Truth, tell_truth
from cxstats.simulate.world import build_world

__all__ = ["LARGEST", "SMALLEST", "Operator"]

SMALLEST, LARGEST = 100, 200_000_000
_WORKERS = 2

T = TypeVar("T")


class Operator:
    """A telecom operator with known truth.

    Customers are correlated by a Gaussian copula and tied by structural equations;
    satisfaction adds up from six drivers with planted effects; whether a person
    answers depends on satisfaction, age and channel. The same arguments give the
    same data, to the byte.

    Parameters
    ----------
    scale
        Number of responses wanted, 100 to 200 million. Who answers is random, so
        the number found differs by about the square root of the number asked.
    seed
        Any non-negative integer.
    end
        Last day of the fifteen months of data.

    Raises
    ------
    InputError
        If the scale or the seed is out of range.

    Examples
    --------
    >>> operator = Operator(scale=500, seed=1)
    >>> truth = operator.truth
    >>> len(truth.waves), truth.operator
    (2, '知音通信(演示)')
    """

    def __init__(self, *, scale: int, seed: int = 7, end: date = DEFAULT_END) -> None:
        if not SMALLEST <= scale <= LARGEST:
            message = (
                f"scale must lie between {SMALLEST} and {LARGEST} responses, "
                f"received {scale!r}"
            )
            raise InputError(message)
        if seed < 0:
            message = f"seed must be zero or a positive integer, received {seed!r}"
            raise InputError(message)
        self.scale = scale
        self.seed = seed
        self.end = end
        self.customers = max(1, round(scale / _responses_per_customer()))
        self._world = build_world(seed, end)

    def organisation(self) -> Organisation:
        """Return departments, employees, grids and shops, all with invented names."""
        return build_organisation(self._world.territory, self.seed)

    @cached_property
    def truth(self) -> Truth:
        """What was planted, and every group's true score in the whole population."""
        return tell_truth(self._world, self._census, self.scale)

    def batches(self) -> Iterator[Batch]:
        """Stream the data in tables of bounded size.

        Yields
        ------
        Batch
            Customers with all their answers, in a fixed order. Text columns are
            dictionary-encoded where the words are few.
        """
        census = self._census
        weights, first = census.weights, census.first_response

        def render(task: tuple[int, int]) -> Batch:
            block = simulate_block(self._world, *task)
            return render_block(self._world, block, int(first[task[0]]), weights)

        yield from _in_order(render, block_sizes(self.customers))

    def write(self, folder: str | Path) -> SimulatedFiles:
        """Write month files of answers and ratings, customers, and the truth.

        Parameters
        ----------
        folder
            Is created if needed; files of the same names are replaced.

        Returns
        -------
        SimulatedFiles
            The paths of everything written.
        """
        files = write_batches(self.batches(), Path(folder))
        self.truth.save(files.truth)
        return files

    @cached_property
    def _census(self) -> Census:
        def simulate(task: tuple[int, int]) -> Block:
            return simulate_block(self._world, *task)

        return take_census(
            self._world, _in_order(simulate, block_sizes(self.customers))
        )


def _in_order(
    work: Callable[[tuple[int, int]], T], tasks: Iterable[tuple[int, int]]
) -> Iterator[T]:
    """Work on two blocks at once and yield results in order.

    NumPy and Arrow let go of the interpreter lock, so threads help; no more than
    two results wait, so memory stays bounded.
    """
    with ThreadPoolExecutor(_WORKERS) as pool:
        waiting: list[Future[T]] = []
        for task in tasks:
            waiting.append(pool.submit(work, task))
            if len(waiting) > _WORKERS:
                yield waiting.pop(0).result()
        while waiting:
            yield waiting.pop(0).result()


@lru_cache(maxsize=1)
def _responses_per_customer() -> float:
    """Measure once how many responses a customer gives, on a fixed operator."""
    block = simulate_block(build_world(0, DEFAULT_END), 0, BLOCK)
    return float(block.occasions.responded.sum()) / block.size
