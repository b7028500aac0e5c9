"""Answers per second of the answer page, and whether any is lost.

Usage: `python bench/answer_page.py [--seconds 10] [--people 16]`.
The product is served by its own command on loopback, once on SQLite and once on a
real PostgreSQL started for the purpose. A load generator in a process of its own
plays customers behind one keep-alive connection each:

* `clicks`: the score alone, the one request that must never fail;
* `pages`: open the page and post the score;
* `visits`: open the page, click, open the follow-ups, send a comment, read thanks.

Afterwards the rows in the database are counted against what was confirmed.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import secrets
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from tools.processes import database, free_port, processor_seconds, serving

ENGINES = ("sqlite", "postgresql")
PHASES = ("clicks", "pages", "visits")
LINKS = 4
WARM_UP_SECONDS = 5
MOST_PER_SECOND = 3_000
LONGEST_SECONDS = 30
RESULTS = Path(__file__).parent / "results"
STAMP = re.compile(rb'name="stamp" value="([^"]+)"')


def prepare(stamps: int) -> dict[str, Any]:
    """Make an organisation with links, and the stamps of forms opened before."""
    import django

    django.setup()
    from django.core.management import call_command

    from zhiyin.accounts.models import Organisation
    from zhiyin.listen.programs.services import create_link
    from zhiyin.listen.responses.queries import make_stamp
    from zhiyin.listen.surveys.models import InstrumentVersion
    from zhiyin.listen.surveys.services import create_standard_instrument

    call_command("migrate", verbosity=0, interactive=False)
    home = Organisation.objects.create(code="bench", name="Bench", brand="Bench")
    instrument = create_standard_instrument(organisation=home)
    links = [
        create_link(organisation=home, instrument=instrument, name=f"link {number}")
        for number in range(LINKS)
    ]
    version = InstrumentVersion.objects.get(instrument=instrument)
    return {
        "slugs": [link.slug for link in links],
        "stamps": [make_stamp(version.pk) for _ in range(stamps)],
    }


def count() -> dict[str, int]:
    """Count what the database holds."""
    import django

    django.setup()
    from zhiyin.listen.responses.models import Answer, Response

    return {
        "responses": Response.objects.count(),
        "scores": Answer.objects.filter(is_primary=True, score__isnull=False).count(),
        "comments": Response.objects.exclude(comment="").count(),
    }


@dataclass
class Tally:
    """What the customers of one phase saw."""

    scores: int = 0
    comments: int = 0
    failures: Counter[str] = field(default_factory=Counter)
    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))


@dataclass
class Customer:
    """One connection; each answer on it comes from another address."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    tally: Tally

    async def ask(
        self,
        what: str,
        path: str,
        form: dict[str, Any] | None = None,
    ) -> tuple[int, str, bytes]:
        """Send one request; return status, location and body."""
        body = urlencode(form).encode() if form is not None else b""
        head = (
            f"{'POST' if form is not None else 'GET'} {path} HTTP/1.1\r\n"
            "Host: 127.0.0.1\r\nAccept-Language: zh-CN\r\n"
            f"X-Forwarded-For: 10.{self.sender}\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        began = time.perf_counter()
        self.writer.write(head.encode() + body)
        received = await self.reader.readuntil(b"\r\n\r\n")
        headers = received.decode("latin-1").split("\r\n")
        pairs = (line.split(": ", 1) for line in headers[1:] if ": " in line)
        lower = {name.lower(): value for name, value in pairs}
        content = await self.reader.readexactly(int(lower.get("content-length", "0")))
        self.tally.seconds[what].append(time.perf_counter() - began)
        return int(headers[0].split()[1]), lower.get("location", ""), content

    def expect(self, what: str, status: int, wanted: int) -> bool:
        """Note a status that is not the one wanted."""
        if status != wanted:
            self.tally.failures[f"{what} {status}"] += 1
        return status == wanted

    def arrive(self) -> None:
        """Come from a network address nobody else comes from."""
        number = secrets.randbits(24)
        self.sender = f"{number >> 16}.{number >> 8 & 255}.{number & 255}"

    async def click(self, slug: str, stamp: str) -> None:
        """Send a score from a form that was open for a while."""
        self.arrive()
        form = {"score": secrets.randbelow(11), "stamp": stamp, "lang": "zh-hans"}
        status, _location, _body = await self.ask("score", f"/s/{slug}/", form)
        self.tally.scores += status == 303
        self.expect("score", status, 303)

    async def page_and_post(self, slug: str) -> str:
        """Open the page and post a score; return where the follow-ups are."""
        self.arrive()
        status, _location, body = await self.ask("open", f"/s/{slug}/")
        found = STAMP.search(body)
        if not self.expect("open", status, 200) or found is None:
            return ""
        form = {"score": 10, "stamp": found.group(1).decode(), "lang": "zh-hans"}
        status, more, _body = await self.ask("score", f"/s/{slug}/", form)
        self.tally.scores += status == 303
        return more if self.expect("score", status, 303) else ""

    async def visit(self, slug: str) -> None:
        """Walk through all pages of an answer."""
        more = await self.page_and_post(slug)
        if not more:
            return
        await self.ask("follow-ups", more)
        comment = {"item-why_promoter": "师傅很准时,服务态度好", "lang": "zh-hans"}
        status, thanks, _body = await self.ask("comment", more.split("?")[0], comment)
        self.tally.comments += status == 303
        self.expect("comment", status, 303)
        await self.ask("thanks", thanks)


async def load(options: argparse.Namespace, given: dict[str, Any]) -> dict[str, Any]:
    """Let people answer until the time is over; return what they saw."""
    tally = Tally()
    stamps: Iterator[str] = iter(given["stamps"])
    began = time.perf_counter()
    until = began + options.seconds

    async def person(number: int) -> None:
        streams = await asyncio.open_connection("127.0.0.1", options.port)
        customer = Customer(*streams, tally)
        slug = given["slugs"][number % LINKS]
        while time.perf_counter() < until:
            if options.phase == "visits":
                await customer.visit(slug)
                continue
            if options.phase == "pages":
                await customer.page_and_post(slug)
                continue
            stamp = next(stamps, None)
            if stamp is None:
                break
            await customer.click(slug, stamp)
        streams[1].close()

    await asyncio.gather(*(person(number) for number in range(options.people)))
    return {
        "phase": options.phase,
        "seconds": time.perf_counter() - began,
        "scores": tally.scores,
        "comments": tally.comments,
        "failures": tally.failures,
        "milliseconds": {
            what: {
                "p50": quantile(times, 0.5) * 1000,
                "p99": quantile(times, 0.99) * 1000,
                "longest": max(times) * 1000,
            }
            for what, times in tally.seconds.items()
        },
    }


def quantile(values: list[float], share: float) -> float:
    """Return the value below which this share lies."""
    return sorted(values)[min(int(len(values) * share), len(values) - 1)]


def part(environment: dict[str, str], *arguments: str, given: str = "") -> Any:
    """Run one part of this file in a process of its own; return what it printed."""
    done = subprocess.run(
        [sys.executable, __file__, *arguments],
        env=environment,
        input=given,
        capture_output=True,
        text=True,
        timeout=LONGEST_SECONDS * 6,
        check=False,
    )
    if done.returncode:
        sys.exit(f"{' '.join(arguments)} failed:\n{done.stderr[-2000:]}")
    return json.loads(done.stdout)


def measure(engine: str, options: argparse.Namespace) -> dict[str, Any]:
    """Measure one engine; return the phases and the count of rows afterwards."""
    with tempfile.TemporaryDirectory(prefix="zhiyin-bench-") as folder:
        home = Path(folder)
        with database(engine, home) as where:
            environment = os.environ | where
            # Behind a proxy the sender is the proxy's word, as in production.
            environment |= {"ZHIYIN_HOME": str(home), "ZHIYIN_TLS": "1"}
            environment |= {"DJANGO_SETTINGS_MODULE": "zhiyin.site.settings"}
            if engine == "sqlite":
                environment.pop("DATABASE_URL", None)
            wanted = options.seconds * MOST_PER_SECOND
            given = part(environment, "--part", "prepare", "--stamps", str(wanted))
            port = free_port()
            runs = [
                # The first visits warm the server up and are not measured.
                ("visits", 2, WARM_UP_SECONDS),
                *((phase, options.people, options.seconds) for phase in PHASES),
            ]
            phases = []
            with serving(environment, port) as pid:
                for phase, people, seconds in runs:
                    before = processor_seconds(pid)
                    seen = part(
                        environment,
                        *("--part", "load", "--phase", phase, "--port", str(port)),
                        *("--people", str(people), "--seconds", str(seconds)),
                        given=json.dumps(given),
                    )
                    seen["processor_seconds"] = processor_seconds(pid) - before
                    phases.append(seen)
            rows = part(environment, "--part", "count")
    confirmed = sum(phase["scores"] for phase in phases)
    return {
        "engine": engine,
        "load_average": os.getloadavg()[0],
        "phases": phases[1:],
        "rows": rows,
        "lost": confirmed - rows["scores"],
        "comments_lost": sum(p["comments"] for p in phases) - rows["comments"],
    }


def show(results: list[dict[str, Any]]) -> None:
    """Print what was measured as a table."""
    print(
        f"{'engine':11}{'phase':8}{'answers/s':>10}{'request':>12}"
        f"{'p50 ms':>9}{'p99 ms':>9}{'longest':>9}{'cpu ms/answer':>15}",
    )
    for result in results:
        for phase in result["phases"]:
            rate = phase["scores"] / phase["seconds"]
            cost = 1000 * phase["processor_seconds"] / max(phase["scores"], 1)
            for place, (what, times) in enumerate(phase["milliseconds"].items()):
                first = (result["engine"], phase["phase"], f"{rate:.0f}")
                engine, name, shown = first if place == 0 else ("", "", "")
                spent = f"{cost:15.1f}" if place == 0 else ""
                print(
                    f"{engine:11}{name:8}{shown:>10}{what:>12}{times['p50']:9.1f}"
                    f"{times['p99']:9.1f}{times['longest']:9.1f}{spent}",
                )
        failed = [phase["failures"] for phase in result["phases"] if phase["failures"]]
        print(
            f"  {result['rows']['responses']:,} answers in the database, "
            f"{result['lost']} lost, {result['comments_lost']} comments lost, "
            f"failed requests: {failed or 'none'}; "
            f"{result['load_average']:.1f} processes wanted to run",
        )


def parsed() -> argparse.Namespace:
    """Return the options."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=10, choices=range(1, 16))
    parser.add_argument("--people", type=int, default=16)
    parser.add_argument("--engines", nargs="+", choices=ENGINES, default=ENGINES)
    parser.add_argument("--part", choices=("prepare", "load", "count"))
    parser.add_argument("--phase", choices=PHASES)
    parser.add_argument("--stamps", type=int, default=0)
    parser.add_argument("--port", type=int, default=0)
    return parser.parse_args()


def main() -> None:
    """Measure, print, write, and fail when an answer was lost."""
    options = parsed()
    if options.part == "prepare":
        print(json.dumps(prepare(options.stamps)))
    elif options.part == "count":
        print(json.dumps(count()))
    elif options.part == "load":
        print(json.dumps(asyncio.run(load(options, json.load(sys.stdin)))))
    else:
        results = [measure(engine, options) for engine in options.engines]
        show(results)
        RESULTS.mkdir(exist_ok=True)
        path = RESULTS / time.strftime("answer_page-%Y%m%dT%H%M%S.json")
        path.write_text(json.dumps(results, indent=1), encoding="utf-8")
        print(f"written to {path}")
        if any(result["lost"] or result["comments_lost"] for result in results):
            sys.exit("answers were lost")


if __name__ == "__main__":
    main()
