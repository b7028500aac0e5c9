"""Discovery over many rows and columns: our search against pysubgroup and SliceLine.

    scripts/bench discovery
    scripts/bench discovery -- --rows 100_000 --columns 40 --limit 300

Every contender runs in a process of its own; peers run in an environment of their
own, which is made on first use under `var/bench/`. All search slices of up to two
conditions of the same Parquet file, in which three causes are planted:

* ``cxstats``: `cxstats.discover`, from the file to findings with intervals;
* ``pysubgroup``: depth-first search for the best subgroups by a low mean
  (`StandardQFNumeric`, a = 0.5), numbers cut into the same bins beforehand;
* ``sliceline``: `Slicefinder` with the peer's own score, on the error of the mean.

A contender that needs longer than the limit, or more memory than it is given, is
stopped and tried again with a quarter of the rows, down to a smallest size; the table
says with how many rows it ended and what stopped it before. What a contender found is
compared with what was planted; nobody has to agree.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

ROOT = Path(__file__).resolve().parent.parent
HERE = ROOT / "var" / "bench"
PEERS = {
    # It needs NumPy 1, which newer readers of Parquet no longer take.
    "pysubgroup": ["pysubgroup", "pandas<3", "pyarrow<20"],
    "sliceline": ["sliceline", "pandas<3", "pyarrow"],
}
CONTENDERS = ("cxstats", "pysubgroup", "sliceline")
BINS = 12
SMALLEST = 10_000
SCORE = "score"


def main() -> None:
    options = _options()
    path = HERE / f"discovery-{options.rows}-{options.columns}-{options.seed}.parquet"
    if options.contender:
        print(json.dumps(_measure(options, path)))
        return
    generate(path, options.rows, options.columns, options.seed)
    summary = {name: _bounded(options, name) for name in options.only}
    _print_table(summary, options)
    _write(summary, options)


# ------------------------------------------------------------------- the data


def causes() -> list[dict[str, str]]:
    """What is planted, as the slices to be found."""
    return [
        {"text_00": "v3", "text_01": "v1"},
        {"text_02": "v5"},
        {"text_03": "v2", "text_04": "v0"},
    ]


def generate(path: Path, rows: int, columns: int, seed: int) -> None:
    """Write the survey once: two thirds texts of 2 to 12 values, one third numbers."""
    if path.is_file():
        return
    print(f"generating {rows:,} rows x {columns} columns ...", flush=True)
    chance = np.random.default_rng(seed)
    texts = max(5, columns * 2 // 3)
    data: dict[str, pa.Array] = {}
    codes = {}
    for at in range(texts):
        values = [8, 3, 10, 6, 5][at] if at < 5 else 2 + at % 11
        code = chance.integers(0, values, rows)
        codes[f"text_{at:02d}"] = code
        words = pa.array([f"v{value}" for value in range(values)])
        data[f"text_{at:02d}"] = words.take(pa.array(code))
    for at in range(columns - texts):
        data[f"number_{at:02d}"] = pa.array(chance.gamma(2, 30, rows).round(2))
    opinion = chance.normal(8.3, 2.1, rows)
    for cause, shift in zip(causes(), (1.6, 0.8, 1.1), strict=True):
        hit = np.ones(rows, dtype=bool)
        for name, word in cause.items():
            hit &= codes[name] == int(word[1:])
        opinion -= shift * hit
    data[SCORE] = pa.array(np.clip(np.rint(opinion), 0, 10).astype(np.int8))
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    pq.write_table(pa.table(data), partial, compression="zstd", row_group_size=122_880)
    partial.rename(path)


# ------------------------------------------------------------- the contenders
# Each gives the slices that it found, best first, as column -> value.


def run_cxstats(path: Path, options: argparse.Namespace) -> list[dict[str, str]]:
    import cxstats

    source = _head(path, options)
    found = cxstats.discover(source, score=SCORE, max_conditions=2)
    print(f"{found.tested:,} slices tested", file=sys.stderr)
    strongest = sorted(found.findings, key=lambda item: item.q_value)
    return [
        {test["column"]: str(test["value"]) for test in item.predicate}
        for item in strongest
    ]


def run_pysubgroup(path: Path, options: argparse.Namespace) -> list[dict[str, str]]:
    import pysubgroup as ps

    frame = _binned(path, options)
    # The best subgroups have a high mean: of what is missing from the top of the scale.
    frame[SCORE] = 10.0 - frame[SCORE]
    task = ps.SubgroupDiscoveryTask(
        frame,
        ps.NumericTarget(SCORE),
        ps.create_selectors(frame, ignore=[SCORE]),
        result_set_size=10,
        depth=2,
        qf=ps.StandardQFNumeric(0.5),
    )
    result = ps.DFS().execute(task)
    found = []
    for _quality, subgroup, *_ in result.to_descriptions():
        selectors = getattr(subgroup, "selectors", [subgroup])
        found.append({s.attribute_name: str(s.attribute_value) for s in selectors})
    return found


def run_sliceline(path: Path, options: argparse.Namespace) -> list[dict[str, str]]:
    from sliceline.slicefinder import Slicefinder

    frame = _binned(path, options)
    error = (frame[SCORE] - frame[SCORE].mean()) ** 2
    columns = [name for name in frame.columns if name != SCORE]
    finder = Slicefinder(
        alpha=0.995, k=8, max_l=2, min_sup=max(100, len(frame) // 100), verbose=False
    )
    finder.fit(frame[columns].to_numpy(dtype=object), error.to_numpy())
    return [
        {
            name: str(value)
            for name, value in zip(columns, row, strict=True)
            if value is not None
        }
        for row in finder.top_slices_
    ]


def _head(path: Path, options: argparse.Namespace) -> Any:
    """The file itself, or its first rows where fewer are asked."""
    if options.take >= options.rows:
        return str(path)
    return pq.read_table(path).slice(0, options.take)


def _binned(path: Path, options: argparse.Namespace) -> Any:
    """A frame of texts, numbers cut into bins of equal mass: peers take no numbers."""
    import pandas as pd

    frame = pq.read_table(path).slice(0, options.take).to_pandas()
    for name in frame.columns:
        if name.startswith("number"):
            cut = pd.qcut(frame[name], BINS, labels=False, duplicates="drop")
            frame[name] = "b" + cut.astype(str)
    frame[SCORE] = frame[SCORE].astype(float)
    return frame


RUNS = {
    "cxstats": run_cxstats,
    "pysubgroup": run_pysubgroup,
    "sliceline": run_sliceline,
}


# ------------------------------------------------------------ the measurement


def _measure(options: argparse.Namespace, path: Path) -> dict[str, Any]:
    """Run one contender here; the process is its own, so its peak is its own."""
    if options.memory:
        bytes_ = int(options.memory * 2**30)
        resource.setrlimit(resource.RLIMIT_AS, (bytes_, bytes_))
    wall, cpu = time.perf_counter(), time.process_time()
    found = RUNS[options.contender](path, options)
    return {
        "rows": options.take,
        "wall_seconds": time.perf_counter() - wall,
        "cpu_seconds": time.process_time() - cpu,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "found": found,
    }


def _bounded(options: argparse.Namespace, name: str) -> dict[str, Any]:
    """Measure a contender, with fewer rows where it does not end in time."""
    try:
        python = _python(name)
    except subprocess.CalledProcessError as error:
        return {"failed": f"its environment could not be made ({error})"}
    take = options.rows
    tried = []
    while True:
        print(f"{name}: {take:,} rows", flush=True)
        command = [str(python), __file__, "--contender", name, "--take", str(take)]
        command += ["--rows", str(options.rows), "--columns", str(options.columns)]
        command += ["--seed", str(options.seed)]
        command += ["--memory", str(options.memory)]
        began = time.perf_counter()
        try:
            done = subprocess.run(
                command,
                capture_output=True,
                text=True,
                check=True,
                timeout=options.limit,
            )
        except (subprocess.TimeoutExpired, subprocess.CalledProcessError) as error:
            why, last = _ended_by(error)
            spent = time.perf_counter() - began
            tried.append(
                {"rows": take, "ended_by": why, "said": last, "after_seconds": spent}
            )
            print(f"{name}: stopped after {spent:,.0f} s by {why} {last}", flush=True)
            if take // 4 < SMALLEST or why == "error":
                return {"failed": f"no answer ({why})", "tried": tried}
            take //= 4
            continue
        found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return {**found, "tried": tried}


def _ended_by(error: subprocess.SubprocessError) -> tuple[str, str]:
    """What stopped a contender: time, memory or an error of its own, with its words."""
    if isinstance(error, subprocess.CalledProcessError):
        said = (error.stderr or "").strip().splitlines() or [""]
        memory = ("MemoryError", "bad_alloc", "Out of Memory", "malloc", "allocate")
        short = error.returncode < 0 or any(word in said[-1] for word in memory)
        return ("memory" if short else "error"), said[-1][:200]
    return "time", ""


def _python(name: str) -> Path:
    """Interpreter of a contender; a peer's environment is made on first use."""
    if name not in PEERS:
        return Path(sys.executable)
    folder = HERE / "peers" / name
    python = folder / "bin" / "python"
    if not (folder / "ready").is_file():
        print(f"making an environment for {name} ...", flush=True)
        clean = {
            key: value for key, value in os.environ.items() if key != "PIP_FIND_LINKS"
        }
        make = ["uv", "venv", "--quiet", "--clear", "--python", "3.11", str(folder)]
        subprocess.run(make, check=True, env=clean)
        install = ["uv", "pip", "install", "--quiet", "--python", str(python)]
        subprocess.run([*install, *PEERS[name]], check=True, env=clean)
        (folder / "ready").touch()
    return python


def _hits(found: list[dict[str, str]]) -> tuple[int, int]:
    """How many causes are among the first three, and how many slices are others."""
    wanted = causes()
    hits = sum(cause in found[: len(wanted)] for cause in wanted)
    return hits, sum(item not in wanted for item in found)


def _print_table(
    summary: dict[str, dict[str, Any]], options: argparse.Namespace
) -> None:
    print(f"\n{options.rows:,} rows x {options.columns} columns, 2 conditions")
    head = ("", "rows", "wall s", "CPU s", "peak MB", "first 3", "others")
    print("{:12} {:>10} {:>9} {:>9} {:>9} {:>8} {:>7}".format(*head))
    for name, run in summary.items():
        if "failed" in run:
            print(f"{name:12} {run['failed']}: {run.get('tried', '')}")
            continue
        hits, others = _hits(run["found"])
        wall, cpu = run["wall_seconds"], run["cpu_seconds"]
        print(
            f"{name:12} {run['rows']:>10,} {wall:>9.1f} {cpu:>9.1f} "
            f"{run['peak_mb']:>9,.0f} {hits:>6}/3 {others:>7}"
        )
        for item in run["found"][:5]:
            print("             " + " & ".join(f"{k} = {v}" for k, v in item.items()))


def _write(summary: dict[str, dict[str, Any]], options: argparse.Namespace) -> None:
    folder = ROOT / "bench" / "results"
    folder.mkdir(exist_ok=True)
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
    path = folder / f"discovery-{options.rows}-{stamp}.json"
    facts = {
        "rows": options.rows,
        "columns": options.columns,
        "limit_seconds": options.limit,
        "limit_gb": options.memory,
        "load": os.getloadavg(),
        "machine": platform.platform(),
        "cores": os.cpu_count(),
        "contenders": summary,
    }
    path.write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")
    print(f"\nwritten to {path.relative_to(ROOT)}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--columns", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--limit", type=int, default=900, help="seconds per try")
    parser.add_argument("--memory", type=float, default=10.0, help="GB; 0 for no bound")
    parser.add_argument("--only", nargs="+", choices=CONTENDERS, default=CONTENDERS)
    parser.add_argument("--contender", choices=CONTENDERS, help=argparse.SUPPRESS)
    parser.add_argument("--take", type=int, default=0, help=argparse.SUPPRESS)
    options = parser.parse_args()
    options.take = options.take or options.rows
    return options


if __name__ == "__main__":
    main()
