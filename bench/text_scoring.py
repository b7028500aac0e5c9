"""Comments scored per second and core: cxstats against snownlp as shipped.

    scripts/bench text_scoring
    scripts/bench text_scoring -- --snownlp /path/to/python-with-snownlp

The comments are those of the simulated operator, longer ones made by joining five of
them, and reviews of some 130 characters made of twelve, as long as hotel reviews are.
snownlp runs in an environment of its own, given by its interpreter; without one only
cxstats is measured. Both answer with the probability of praise, and the share that
both put on the true side is printed beside the speed.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
TARGET = 5_000
PEER = """
import json, sys, time
from snownlp import SnowNLP
SnowNLP("好").sentiments
texts = json.load(sys.stdin)
begun = time.process_time()
scored = [SnowNLP(text).sentiments for text in texts]
print(json.dumps({"seconds": time.process_time() - begun, "scored": scored}))
"""


def main() -> None:
    options = _options()
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    summary: dict[str, Any] = {}
    for kind, joined in (("short", 1), ("long", 5), ("review", 12)):
        texts, truth = comments(options.comments, joined, options.seed)
        mean = statistics.mean(map(len, texts))
        print(f"\n{kind} comments, {mean:.0f} characters on average")
        found = {"cxstats": cxstats(texts, options.rounds)}
        if options.snownlp:
            some = texts[: options.peer_comments]
            found["snownlp"] = snownlp(options.snownlp, some)
        for name, (rate, scored) in found.items():
            pairs = zip(scored, truth, strict=False)
            right = statistics.mean((p > 0.5) == t for p, t in pairs)
            print(f"{name:<10}{rate:>12,.0f} a second{right:>10.1%} right")
            summary[f"{name} {kind}"] = {"per_second": rate, "right": right}
        verdict = "met" if found["cxstats"][0] >= TARGET else "MISSED"
        print(f"target: {TARGET:,} a second and core: {verdict}")
    _write(summary)


def comments(n: int, joined: int, seed: int) -> tuple[list[str], list[bool]]:
    from cxstats.simulate.lexicon import load_lexicon

    lexicon, luck = load_lexicon(), random.Random(seed)  # noqa: S311 - words
    pools = [
        [text.as_py() for text in topics.pools[0].texts]
        for topics in (lexicon.complaints, lexicon.praise)
    ]
    truth = [luck.random() < 0.5 for _ in range(n)]
    texts = ["。".join(luck.choices(pools[side], k=joined)) for side in truth]
    return texts, truth


def cxstats(texts: list[str], rounds: int) -> tuple[float, list[float]]:
    from cxstats.text import Polarity

    model = Polarity.starter()
    model.predict_proba(texts[:10])
    seconds, scored = [], model.predict_proba(texts[:10])
    for _ in range(rounds):
        begun = time.process_time()
        scored = model.predict_proba(texts)
        seconds.append(time.process_time() - begun)
    return len(texts) / statistics.median(seconds), scored.tolist()


def snownlp(python: str, texts: list[str]) -> tuple[float, list[float]]:
    done = subprocess.run(
        [python, "-c", PEER],
        input=json.dumps(texts),
        capture_output=True,
        text=True,
        check=True,
    )
    found = json.loads(done.stdout)
    return len(texts) / found["seconds"], found["scored"]


def _write(summary: dict[str, Any]) -> None:
    folder = ROOT / "bench" / "results"
    folder.mkdir(parents=True, exist_ok=True)
    now = datetime.now(UTC)
    path = folder / f"text_scoring-{now:%Y%m%dT%H%M%S}.json"
    content = {"at": now.isoformat(), "python": sys.version, "results": summary}
    content["load"] = os.getloadavg()[0]
    path.write_text(json.dumps(content, indent=2), encoding="utf-8")
    print(f"\nwritten to {path.relative_to(ROOT)}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--comments", type=int, default=20_000)
    parser.add_argument("--peer-comments", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seed", type=int, default=20_261_122)
    parser.add_argument("--snownlp", help="interpreter that has snownlp installed")
    return parser.parse_args()


if __name__ == "__main__":
    main()
