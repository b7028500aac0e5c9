"""The pages of analysis over ten million responses: first, new and repeated requests.

    scripts/bench dashboard -- --rows 10_000_000

An installation of its own is made once under `var/bench`: an organisation, a person,
and a lake of 24 months written by the lake's own writers. Then a fresh process
answers requests through the whole site (login, middleware, templates):

* `cold`: the first request for an address; the first line also carries everything a
  fresh process does once;
* `new`: the same page of a selection nobody asked for before, the engine warm;
* `warm`: the same address again.

The peer is the statement one would write by hand in DuckDB for the score alone, on the
same files in the same process; it must give the same n and the same score.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
import pyarrow as pa

ROOT = Path(__file__).resolve().parent.parent
TARGET_SECONDS = 1.0
MONTHS = 24
FIRST_YEAR = 2025
SERIES = "transactional.nps.NPS_TXN.0~10~6~9"
BLOCK = 120_000
FIELDS = {"region": "category", "grid": "category", "plan": "category",
          "star": "category", "arpu": "number", "tenure": "number"}  # fmt: skip
SPAN = "from=2025-01-01&to=2026-12-31"
PAGES = {
    "score page": "/analyze/scores/?q={q}&{span}&{more}",
    "trend chart": "/analyze/trend.json?q={q}&{span}&{more}",
    "table by region": "/analyze/table/?q={q}&{span}&by=a_region&{more}",
    "table by grid (1,000)": "/analyze/table/?q={q}&{span}&by=a_grid&{more}",
    "compare periods": "/analyze/compare/?q={q}&from=2026-01-01&to=2026-12-31&{more}",
    "comments": "/analyze/voices/?q={q}&{span}&{more}",
    "home": "/?{more}",
}


def main() -> None:
    options = _options()
    home = ROOT / "var" / "bench" / f"dashboard-{options.rows}-{options.seed}"
    os.environ["ZHIYIN_HOME"] = str(home)
    os.environ["DJANGO_SETTINGS_MODULE"] = "zhiyin.site.settings"
    os.environ["ZHIYIN_LOG"] = "ERROR"
    sys.path[:0] = [str(ROOT), str(ROOT / "src")]
    if options.measure:
        print(json.dumps(measure(options.repeat)))
        return
    if not (home / "ready").exists():
        build(home, options.rows, options.seed)
    words = [sys.executable, __file__, "--rows", str(options.rows), "--seed"]
    words += [str(options.seed), "--repeat", str(options.repeat), "--measure"]
    done = subprocess.run(words, check=True, capture_output=True, text=True)
    found = json.loads(done.stdout.splitlines()[-1])
    _print_table(found, options.rows)
    _write(found, options)


# --------------------------------------------------------------- the installation


def build(home: Path, rows: int, seed: int) -> None:
    """Make the installation: database, organisation, person, lake."""
    print(f"writing a lake of {rows:,} responses in {home} ...", flush=True)
    home.mkdir(parents=True, exist_ok=True)
    import django

    django.setup()
    from django.core.management import call_command

    from tests.zhiyin.analyze.dashboards.written_lake import write_lake
    from zhiyin.accounts.models import Organisation, Role
    from zhiyin.accounts.services import add_person
    from zhiyin.listen.customers.models import AttributeField
    from zhiyin.listen.programs.services import load_standard_touchpoints

    call_command("migrate", verbosity=0)
    Organisation.objects.filter(code="bench").delete()
    organisation = Organisation.objects.create(
        code="bench", name="大运营商", brand="大运营商"
    )
    add_person(
        organisation=organisation,
        email="manager@bench.example",
        name="经理",
        roles=[Role.CX_MANAGER],
    )
    AttributeField.objects.bulk_create(
        AttributeField(organisation=organisation, code=code, label=code, kind=kind)
        for code, kind in FIELDS.items()
    )
    load_standard_touchpoints(organisation=organisation)
    started = time.perf_counter()
    months = _months(rows, seed)
    manifest = write_lake(organisation, months)
    seconds = time.perf_counter() - started
    size = sum(file.size for file in manifest.files)
    print(f"{manifest.rows:,} rows, {size / 1e6:,.0f} MB, {seconds:.0f} s", flush=True)
    (home / "ready").write_text("", encoding="utf-8")


def _months(rows: int, seed: int) -> Iterator[tuple[str, Iterator[pa.Table]]]:
    chance = np.random.default_rng(seed)
    for at in range(MONTHS):
        month = f"{FIRST_YEAR + at // 12}-{at % 12 + 1:02d}"
        first, last = rows * at // MONTHS, rows * (at + 1) // MONTHS
        yield month, _blocks(chance, month, first, last)


def _blocks(
    chance: np.random.Generator, month: str, first: int, last: int
) -> Iterator[pa.Table]:
    for start in range(first, last, BLOCK):
        yield _block(chance, month, start, min(start + BLOCK, last))


def _chosen(chance: np.random.Generator, words: list[str], size: int) -> pa.Array:
    index = pa.array(chance.integers(0, len(words), size, dtype=np.int32))
    return pa.DictionaryArray.from_arrays(index, pa.array(words)).cast(pa.string())


def _block(chance: np.random.Generator, month: str, first: int, last: int) -> pa.Table:
    size = last - first
    region = chance.integers(0, 31, size, dtype=np.int32)
    score = np.clip(np.rint(chance.normal(7.6 + 0.05 * (region % 7), 2.4)), 0, 10)
    moment = np.datetime64(month, "us") + np.sort(
        chance.integers(0, 28 * 86_400, size)
    ).astype("m8[s]")
    texts = np.array(["信号不好", "资费太贵", "服务很好", "宽带断线", "修得很快"])
    comment = texts[chance.integers(0, len(texts), size)]
    silent = chance.random(size) > 0.2
    one = np.zeros(size, np.int32)
    regions = pa.array([f"省份{at:02d}" for at in range(31)])
    touchpoints = ["TP_BB_REPAIR", "TP_HALL", "TP_HOTLINE", "TP_APP", "TP_BILL"]
    return pa.table(
        {
            "response_id": np.arange(first + 1, last + 1, dtype=np.int64),
            "item": pa.array(["NPS_TXN"]).take(pa.array(one)),
            "metric": pa.array(["nps"]).take(pa.array(one)),
            "score": pa.array(score, mask=chance.random(size) < 0.01),
            "scale_min": one.astype(np.int16),
            "scale_max": np.full(size, 10, np.int16),
            "detractor_max": np.full(size, 6, np.int16),
            "promoter_min": np.full(size, 9, np.int16),
            "instrument": pa.array(["TXN"]).take(pa.array(one)),
            "instrument_version": np.ones(size, np.int32),
            "responded_at": moment,
            "stream": pa.array(["transactional"]).take(pa.array(one)),
            "touchpoint": _chosen(chance, touchpoints, size),
            "channel": _chosen(chance, ["sms", "app", "call", "wechat"], size),
            "customer": pa.array(chance.integers(0, 10**7, size)).cast(pa.string()),
            "weight": chance.uniform(0.3, 3.0, size),
            "comment": pa.array(comment, pa.string(), mask=silent),
            "excluded": pa.array(
                [None, "employee"], pa.string()
            ).take(pa.array((chance.random(size) < 0.002).astype(np.int32))),
            "a_region": regions.take(pa.array(region)),
            "a_grid": _chosen(chance, [f"网格{at:04d}" for at in range(1000)], size),
            "a_plan": _chosen(chance, [f"套餐{at}" for at in range(40)], size),
            "a_star": _chosen(chance, ["一星", "二星", "三星", "四星", "五星"], size),
            "a_arpu": chance.gamma(2.0, 40.0, size).round(1),
            "a_tenure": chance.integers(0, 240, size).astype(float),
        }
    )  # fmt: skip


# --------------------------------------------------------------- the measurement


def measure(repeat: int) -> dict[str, Any]:
    """Answer every page in this process, and say how long each request took."""
    began = time.perf_counter()
    import django

    django.setup()
    from django.conf import settings
    from django.test import Client

    from zhiyin.accounts.models import Person

    settings.ALLOWED_HOSTS.append("testserver")
    client = Client()
    client.force_login(Person.objects.get(email="manager@bench.example"))
    client.get("/settings/profile/")
    started = time.perf_counter() - began
    pages: dict[str, Any] = {}
    for name, form in PAGES.items():
        plain = form.format(q=SERIES, span=SPAN, more="")
        cold = _timed(client, plain)
        # A filter of its own for every request: nothing of it was computed before.
        chosen = [quote(f"套餐{len(pages) * repeat + at}") for at in range(repeat)]
        others = [f"a_plan={one}" for one in chosen]
        new = [
            _timed(client, form.format(q=SERIES, span=SPAN, more=other))
            for other in others
        ]
        warm = [_timed(client, plain) for _ in range(repeat + 1)][1:]
        pages[name] = {
            "cold": cold,
            "new": statistics.median(new),
            "warm": statistics.median(warm),
        }
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    pages["duckdb sql, score alone"] = _by_hand(client, repeat)
    return {"start": started, "pages": pages, "peak_mb": peak}


SQL = """
SELECT count(score), 100.0 * (count(*) FILTER (WHERE score >= 9)
                            - count(*) FILTER (WHERE score <= 6)) / count(score)
FROM read_parquet([{files}])
WHERE item = 'NPS_TXN' AND stream = 'transactional' AND excluded IS NULL
  AND responded_at >= '2024-12-31 16:00' AND responded_at < '2026-12-31 16:00' {more}
"""


def _by_hand(client: Any, repeat: int) -> dict[str, Any]:
    """Ask DuckDB the page's main question, and hold the page's number against it."""
    import duckdb
    from django.conf import settings

    paths = sorted(Path(settings.LAKE_ROOT).glob("*/answers/month=*/*.parquet"))
    listed = ", ".join(f"'{path}'" for path in paths)
    connection = duckdb.connect()
    times = []
    plans = ["", *(f"AND a_plan = '套餐{30 + at}'" for at in range(repeat)), ""]
    for more in plans:
        began = time.perf_counter()
        row = connection.execute(SQL.format(files=listed, more=more)).fetchone()
        times.append(time.perf_counter() - began)
    api = client.get(f"/api/v1/scores?q={SERIES}&{SPAN}").json()
    if row is None or (row[0], round(row[1], 9)) != (api["n"], round(api["value"], 9)):
        raise SystemExit(f"by hand {row}, the page {api['n']}, {api['value']}")
    return {"cold": times[0], "new": statistics.median(times[1:-1]), "warm": times[-1]}


def _timed(client: Any, address: str) -> float:
    began = time.perf_counter()
    response = client.get(address)
    seconds = time.perf_counter() - began
    if response.status_code != 200 or not response.content:
        raise SystemExit(f"{address} answered {response.status_code}")
    return seconds


def _print_table(found: dict[str, Any], rows: int) -> None:
    load = os.getloadavg()[0]
    print(f"\nPages over {rows:,} responses, seconds (load {load:.1f}, "
          f"{os.cpu_count()} cores)")  # fmt: skip
    print(f"{'':24}{'cold':>9}{'new':>9}{'warm':>9}")
    for name, times in found["pages"].items():
        numbers = "".join(f"{times[kind]:9.3f}" for kind in ("cold", "new", "warm"))
        print(f"{name:24}{numbers}")
    print(f"process ready after {found['start']:.1f} s, peak {found['peak_mb']:.0f} MB")
    score = found["pages"]["score page"]["warm"]
    verdict = "met" if score < TARGET_SECONDS else "missed"
    print(f"score page warm {score:.3f} s: target {TARGET_SECONDS:g} s {verdict}")


def _write(found: dict[str, Any], options: argparse.Namespace) -> None:
    folder = ROOT / "bench" / "results"
    folder.mkdir(parents=True, exist_ok=True)
    now = datetime.now(UTC)
    machine = {
        "cpus": os.cpu_count(),
        "load": os.getloadavg()[0],
        "python": platform.python_version(),
        "system": platform.platform(),
    }
    asked = {"rows": options.rows, "seed": options.seed, "repeat": options.repeat}
    content = {"at": now.isoformat(), **asked, "machine": machine, **found}
    path = folder / f"dashboard-{options.rows}-{now:%Y%m%dT%H%M%S}.json"
    path.write_text(json.dumps(content, indent=2), encoding="utf-8")
    print(f"written to {path.relative_to(ROOT)}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--seed", type=int, default=20_261_122)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--measure", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    main()
