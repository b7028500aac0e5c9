"""Many texts at once are read as one by one."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from cxstats.text.lexicon import default_lexicon
from cxstats.text.reading import fold, fold_all
from cxstats.text.spotting import Spotter

WORDS = sorted(default_lexicon().entries)
PIECES = st.one_of(
    st.sampled_from(WORDS),
    st.sampled_from("，。！但不过好贵网速慢 \n0a'😡網\0"),
    st.characters(),
)
TEXTS = st.lists(st.lists(PIECES, max_size=12).map("".join), max_size=6)


@settings(max_examples=50)
@given(TEXTS)
def test_texts_read_together_give_what_each_gives_alone(texts: list[str]) -> None:
    lexicon = default_lexicon()
    folded = fold_all(texts)
    assert folded == [fold(text) for text in texts]
    assert lexicon.read_many(folded) == [lexicon.read(text) for text in texts]


def test_the_longest_word_wins_then_what_stands_further_left() -> None:
    spotter = Spotter(["不", "不好", "好看", "好看极了", "了"])
    assert spotter.spot(["不好看极了", "", "好看极", "了"]) == [
        [(0, 2, 1), (4, 5, 4)],
        [],
        [(0, 2, 2)],
        [(0, 1, 4)],
    ]
    assert spotter.spot([]) == []


def test_words_never_reach_from_one_text_into_the_next() -> None:
    assert Spotter(["好看"]).spot(["好", "看", "好看"]) == [[], [], [(0, 2, 0)]]
