"""Train the starter model of polarity that ships inside the library.

    .venv/bin/python scripts/train_starter_model.py
    .venv/bin/python scripts/train_starter_model.py --check

It learns from invented comments alone: the phrase bank beside the dictionaries, the
opinion words of the lexicon, and the phrases of the simulated operator. The same
sources give the same file, byte for byte. ``--check`` trains and compares instead of
writing.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from cxstats.simulate.lexicon import MOODS, Lexicon, load_lexicon
from cxstats.text import Polarity
from cxstats.text.reading import dictionary

TARGET = Path(__file__).parent.parent / "src/cxstats/text/models/polarity.npz"
SEED = 20_261_122
COMMENTS = 12_000
MOST_GRAMS = 30_000
BY_MARGIN, BY_LEXICON = 1.0, 2.0
MOST_BYTES = 1_000_000
# How often a statement has an ending, is a whole phrase, is turned, is strengthened.
ENDED, WHOLE, TURNED, STRESSED = 0.5, 0.2, 0.25, 0.4
Labelled = tuple[str, int]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    options = parser.parse_args()
    comments = sorted(set(invented()))
    texts = [text for text, _ in comments]
    labels = [label for _, label in comments]
    fitted = Polarity.fit(texts, labels, most_grams=MOST_GRAMS)
    print(f"on invented comments held out: {fitted.accuracy}")
    # Invented comments are easier than real ones: neither their accuracy nor their
    # certainty may be claimed for a customer's words.
    # Where nothing is known, the constant leaves praise as likely as complaint.
    neutral = -BY_MARGIN * float(fitted.linear.constants[0])
    blend = (BY_MARGIN, BY_LEXICON, neutral)
    model = replace(fitted, blend=blend, accuracy=None)
    with tempfile.TemporaryDirectory() as folder:
        made = model.save(Path(folder) / "polarity.npz").read_bytes()
    print(f"{len(texts):,} comments, {len(made):,} bytes")
    if len(made) > MOST_BYTES:
        print(f"too large: {MOST_BYTES:,} bytes are allowed", file=sys.stderr)
        return 1
    if options.check:
        same = TARGET.is_file() and TARGET.read_bytes() == made
        print("the file is the same" if same else "the file differs", file=sys.stderr)
        return 0 if same else 1
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_bytes(made)
    return 0


def invented() -> Iterator[Labelled]:
    luck = random.Random(SEED)  # noqa: S311 - words, not secrets
    bank = dictionary("starter_phrases")
    for language, share in (("zh", 0.5), ("en", 0.2)):
        parts = {name: words(text) for name, text in bank[language].items()}
        for at in range(int(COMMENTS * share)):
            yield composed(luck, parts, language, label=at % 2)
    yield from lexicon_words(luck, bank)
    operator = load_lexicon()
    for at in range(int(COMMENTS * 0.3)):
        yield operator_comment(luck, operator, label=at % 2)


def words(text: str) -> list[str]:
    return [word.replace("_", " ") for word in text.split()]


def composed(
    luck: random.Random, parts: dict[str, list[str]], language: str, *, label: int
) -> Labelled:
    """Put one or two statements of the same mood together."""
    said = [statement(luck, parts, language, label) for _ in range(luck.choice((1, 2)))]
    text = said[0]
    for other in said[1:]:
        text += luck.choice(parts["joins"]) + other
    if luck.random() < ENDED:
        text += luck.choice(parts["ends"])
    return text, label


def statement(
    luck: random.Random, parts: dict[str, list[str]], language: str, label: int
) -> str:
    mood = "praise" if label else "complaint"
    kind = luck.random()
    if kind < WHOLE:
        return luck.choice(parts[f"whole_{mood}"])
    subject = luck.choice(parts["subjects"])
    degree, turned = "", kind > 1 - TURNED
    opinion = luck.choice(parts[f"turned_{mood}" if turned else mood])
    if not turned and luck.random() < STRESSED:
        degree = luck.choice(parts["degrees"])
    if language == "zh":
        return f"{subject}{degree}{opinion}"
    verb = luck.choice(("is", "was"))
    return f"the {subject} {verb} {degree} {opinion}".replace("  ", " ")


def lexicon_words(
    luck: random.Random, bank: dict[str, dict[str, str]]
) -> Iterator[Labelled]:
    """Say every opinion word of the lexicon of three subjects."""
    raw = dictionary("polarity")
    for section in ("words", "expressions"):
        for strength, text in raw[section].items():
            if abs(strength) < 1:
                continue
            for word in words(text):
                language = "en" if word[0].isascii() else "zh"
                for subject in luck.sample(words(bank[language]["subjects"]), 3):
                    gap = " " if language == "en" else ""
                    yield f"{subject}{gap}{word}", int(strength > 0)


def operator_comment(luck: random.Random, operator: Lexicon, *, label: int) -> Labelled:
    """Say something that the simulated operator's customers say."""
    topics = operator.praise if label else operator.complaints
    language = luck.choices((0, 1, 2), (8, 1, 1))[0]
    pool = topics.pools[language]
    text = pool.texts[luck.randrange(len(pool.texts))].as_py()
    if language == 0:
        mood = MOODS.index("praise" if label else "complaint")
        for frame, is_before in ((operator.opening, True), (operator.closing, False)):
            start, count = int(frame.start[mood]), int(frame.count[mood])
            around = frame.texts[start + luck.randrange(count)].as_py()
            text = around + text if is_before else text + around
    return text, label


if __name__ == "__main__":
    raise SystemExit(main())
