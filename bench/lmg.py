"""Exact importance (LMG) at up to 24 drivers against plain Python and R's relaimpo.

    scripts/bench lmg

Contenders, each in a process of its own and several times in turn:

* ``cxstats``: ``cxstats.drivers.sweep.lmg_shares`` on a correlation matrix;
* ``plain python``: every model solved by elimination in lists, then the definition.
  Run up to ``--plain`` drivers (12); what it would take at 20 is computed from its
  growth over the last two drivers, and printed as computed, not as measured.

R's relaimpo is not run: its figure, 47 seconds of user time at 20 drivers, was
measured once on two cores with relaimpo 2.2-7 under R 4.2.2 (C code), and stands here
as a constant. Both contenders must give the same shares where both ran.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import resource
import statistics
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
SIZES = (10, 12, 15, 18, 20, 22, 24)
RELAIMPO_SECONDS = {10: 0.046, 12: 0.206, 15: 1.143, 18: 13.7, 20: 47.0}
TARGET = 1.0


def main() -> None:
    options = _options()
    if options.contender:
        print(json.dumps(_measure(options.contender, options.drivers, options.repeat)))
        return
    found: dict[str, dict[int, dict[str, Any]]] = {"cxstats": {}, "plain python": {}}
    for size in SIZES:
        found["cxstats"][size] = _rounds(options, "cxstats", size)
    for size in range(options.plain - 4, options.plain + 1, 2):
        found["plain python"][size] = _rounds(options, "plain python", size)
    _agree(found)
    computed = _extrapolated(found["plain python"], options.plain)
    _print_table(found, computed, options.plain)
    _write(found, computed, options)


def correlation(drivers: int) -> np.ndarray[Any, Any]:
    """Correlations of drivers with a common cause, the outcome last."""
    rng = np.random.default_rng(drivers)
    rows = rng.normal(size=(2_000, drivers + 1)) + rng.normal(size=(2_000, 1))
    return np.corrcoef(rows.T)


# ------------------------------------------------------------- the contenders


def by_sweep(matrix: np.ndarray[Any, Any]) -> list[float]:
    from cxstats.drivers.sweep import lmg_shares

    return lmg_shares(matrix).tolist()


def by_plain_python(matrix: np.ndarray[Any, Any]) -> list[float]:
    rows = matrix.tolist()
    p = len(rows) - 1
    explained = [0.0] * (1 << p)
    for subset in range(1, 1 << p):
        kept = [at for at in range(p) if subset >> at & 1]
        explained[subset] = _r_squared(rows, kept, p)
    weights = [
        math.factorial(size) * math.factorial(p - 1 - size) / math.factorial(p)
        for size in range(p)
    ]
    shares = [0.0] * p
    for subset in range(1 << p):
        weight = weights[subset.bit_count()] if subset.bit_count() < p else 0.0
        for driver in range(p):
            if not subset >> driver & 1:
                gain = explained[subset | 1 << driver] - explained[subset]
                shares[driver] += weight * gain
    return shares


def _r_squared(rows: list[list[float]], kept: list[int], outcome: int) -> float:
    """Eliminate the drivers of one model; what is left of the outcome is not told."""
    names = [*kept, outcome]
    left = [[rows[i][j] for j in names] for i in names]
    for step in range(len(kept)):
        for row in range(step + 1, len(names)):
            factor = left[row][step] / left[step][step]
            for column in range(step, len(names)):
                left[row][column] -= factor * left[step][column]
    return 1 - left[-1][-1]


BY_NAME = {"cxstats": by_sweep, "plain python": by_plain_python}


# ------------------------------------------------------------ the measurement


def _measure(contender: str, drivers: int, repeat: int) -> dict[str, Any]:
    run, matrix = BY_NAME[contender], correlation(drivers)
    run(correlation(3))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    walls, cpus, shares = [], [], []
    for _ in range(repeat):
        wall, cpu = time.perf_counter(), time.process_time()
        shares = run(matrix)
        walls.append(time.perf_counter() - wall)
        cpus.append(time.process_time() - cpu)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    return {"wall": walls, "cpu": cpus, "grown_mb": grown / 1024, "shares": shares}


def _rounds(
    options: argparse.Namespace, contender: str, drivers: int
) -> dict[str, Any]:
    print(f"{contender}, {drivers} drivers", flush=True)
    command = [sys.executable, __file__, "--contender", contender]
    command += ["--drivers", str(drivers), "--repeat", str(options.repeat)]
    runs = []
    for _ in range(options.rounds):
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
        runs.append(json.loads(done.stdout.splitlines()[-1]))
    return {
        "wall_seconds": statistics.median(x for run in runs for x in run["wall"]),
        "cpu_seconds": statistics.median(x for run in runs for x in run["cpu"]),
        "grown_mb": max(run["grown_mb"] for run in runs),
        "shares": runs[0]["shares"],
    }


def _agree(found: dict[str, dict[int, dict[str, Any]]]) -> None:
    for size, plain in found["plain python"].items():
        ours = found["cxstats"].get(size)
        shares = ours["shares"] if ours else by_sweep(correlation(size))
        pairs = zip(shares, plain["shares"], strict=True)
        if not all(math.isclose(a, b, abs_tol=1e-9) for a, b in pairs):
            raise SystemExit(f"other shares at {size} drivers: {shares}")


def _extrapolated(plain: dict[int, dict[str, Any]], largest: int) -> float:
    """Seconds at 20 drivers if the growth of the last two drivers goes on."""
    last, before = (plain[size]["cpu_seconds"] for size in (largest, largest - 2))
    return float(last * (last / before) ** ((20 - largest) / 2))


def _print_table(
    found: dict[str, dict[int, dict[str, Any]]], computed: float, largest: int
) -> None:
    print("\nexact LMG, median seconds")
    head = (
        "drivers",
        "models",
        "wall s",
        "cpu s",
        "grown MB",
        "plain cpu s",
        "R user s",
    )
    print(("{:>9}{:>12}" + "{:>12}" * 5).format(*head))
    for size, ours in found["cxstats"].items():
        plain = found["plain python"].get(size)
        cells = [f"{ours['wall_seconds']:.4f}", f"{ours['cpu_seconds']:.4f}"]
        cells.append(f"{ours['grown_mb']:.0f}")
        cells.append(f"{plain['cpu_seconds']:.3f}" if plain else "-")
        cells.append(f"{RELAIMPO_SECONDS.get(size, math.nan):.3g}")
        print(f"{size:>9}{1 << size:>12,}" + "".join(f"{cell:>12}" for cell in cells))
    at_20 = found["cxstats"][20]["wall_seconds"]
    print(
        f"plain Python at 20, computed from its growth to {largest}: {computed:,.0f} s"
    )
    print("relaimpo at 20: 47 s of user time, measured elsewhere, not here")
    verdict = "met" if at_20 < TARGET else "MISSED"
    print(f"target: 20 drivers in less than {TARGET:g} s: {verdict} ({at_20:.2f} s)")


def _write(found: dict[str, Any], computed: float, options: argparse.Namespace) -> None:
    folder = ROOT / "bench" / "results"
    folder.mkdir(parents=True, exist_ok=True)
    now = datetime.now(UTC)
    machine = {"cpus": os.cpu_count(), "load": os.getloadavg()[0]}
    machine |= {"python": platform.python_version(), "system": platform.platform()}
    content = {
        "at": now.isoformat(),
        "rounds": options.rounds,
        "repeat": options.repeat,
        "machine": machine,
        "plain_python_at_20_computed": computed,
        "relaimpo_user_seconds_measured_elsewhere": RELAIMPO_SECONDS,
        "results": found,
    }
    path = folder / f"lmg-{now:%Y%m%dT%H%M%S}.json"
    path.write_text(json.dumps(content, indent=2), encoding="utf-8")
    print(f"written to {path.relative_to(ROOT)}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--repeat", type=int, default=3, help="runs in a process")
    parser.add_argument("--rounds", type=int, default=2, help="processes per contender")
    parser.add_argument("--plain", type=int, default=12, help="drivers in plain Python")
    parser.add_argument("--contender", choices=BY_NAME, help=argparse.SUPPRESS)
    parser.add_argument("--drivers", type=int, default=20, help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    main()
