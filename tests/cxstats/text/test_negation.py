"""Praise and complaint that turn on a small word, in Chinese and English."""

from __future__ import annotations

import pytest

from cxstats.text import Polarity

PRAISE = """
不差
没有不满意
除了贵都好
不是不好
没什么不好
从来没有失望过
从没让我失望
再也不卡了
网速不慢
毫无问题
不能不说很棒
不难看
并不麻烦
除了有点远，其他都很满意
虽然贵但是服务好
沒有不滿意
網絡不慢
网速唔慢
not bad at all
never disappointed
no complaints
can't complain
nothing wrong with it
couldn't be happier
except the price everything is great
without any problems
expensive but excellent
""".strip().splitlines()

COMPLAINT = """
再也不来
再也不用了
不是很好
不太好
非常不满意
不推荐
并不便宜
谈不上满意
没有一次满意
一点也不好
不会再来了
便宜但是太慢
希望网速快一点
再也不來
客服唔好
除了便宜没有优点
not good
isn't reliable
I will never come back
not very helpful
hardly reliable
I don't like it
cheap but terrible
no longer satisfied
""".strip().splitlines()


@pytest.mark.parametrize("text", PRAISE)
def test_a_turned_complaint_is_praise(text: str) -> None:
    assert Polarity.starter().predict_proba([text])[0] > 0.5
    assert Polarity.lexicon_only().predict_proba([text])[0] > 0.5


@pytest.mark.parametrize("text", COMPLAINT)
def test_turned_praise_is_a_complaint(text: str) -> None:
    assert Polarity.starter().predict_proba([text])[0] < 0.5
    assert Polarity.lexicon_only().predict_proba([text])[0] < 0.5


def test_a_model_trained_on_plain_words_still_reads_negation() -> None:
    texts = ["这家很好", "房间很满意", "早餐差", "服务很差", "太贵了", "环境好"] * 20
    labels = [1, 1, 0, 0, 0, 1] * 20
    model = Polarity.fit(texts, labels)
    probability = model.predict_proba(["不差", "没有不满意", "再也不来", "除了贵都好"])
    assert (probability > 0.5).tolist() == [True, True, False, True]
