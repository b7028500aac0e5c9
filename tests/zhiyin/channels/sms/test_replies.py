"""Replies to a score question, as customers write them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiyin.channels.sms.replies import Doubt, ReplyKind, parse_reply

SCORES = [
    ("9", 9, ""), ("0", 0, ""), ("10", 10, ""), ("9分", 9, ""), ("９", 9, ""),
    ("９分", 9, ""), ("１０", 10, ""), ("10分。", 10, ""), (" 9 \n", 9, ""),
    ("九", 9, ""), ("九分", 9, ""), ("十", 10, ""), ("十分", 10, ""),
    ("十分吧", 10, ""),
    ("零", 0, ""), ("零分", 0, ""), ("〇", 0, ""), ("两分", 2, ""), ("兩分", 2, ""),
    ("玖", 9, ""), ("⑨", 9, ""), ("9️⃣", 9, ""), ("🔟", 10, ""), ("09", 9, ""),
    ("9.0", 9, ""), ("9!", 9, ""), ("９！", 9, ""), ("【9】", 9, ""), ("9点", 9, ""),
    ("9 9", 9, "9"), ("9/10", 9, ""), ("9/10分", 9, ""), ("10/10", 10, ""),
    ("打10分", 10, ""), ("我给9分", 9, ""), ("我給9分", 9, ""), ("给九分吧", 9, ""),
    ("打个九", 9, ""), ("大概8分", 8, ""), ("差不多8分", 8, ""), ("8分左右", 8, ""),
    ("评分:7", 7, ""), ("满分", 10, ""), ("給滿分", 10, ""),
    ("nine", 9, ""), ("Nine!", 9, ""), ("9 points", 9, ""), ("9pts", 9, ""),
    ("9 out of 10", 9, ""), ("ten out of ten", 10, ""), ("I'd give it a 9", 9, ""),
    ("score: 8", 8, ""), ("10分满意", 10, "满意"), ("9👍", 9, "👍"),
    ("9 服务很好", 9, "服务很好"), ("9服务很好", 9, "服务很好"),
    ("9分,师傅态度好", 9, "师傅态度好"), ("服务很好,9分", 9, "服务很好"),
    ("服务很好9", 9, "服务很好"), ("非常满意 九分", 9, "非常满意"),
    ("3分 等了30分钟", 3, "等了30分钟"), ("8,但是等了2天", 8, "但是等了2天"),
    ("服務很好,給10分", 10, "服務很好,給"), ("8 天天掉线", 8, "天天掉线"),
    ("9 请联系13800138000", 9, "请联系13800138000"),
    ("满分10分我给8分", 8, "满分10分我给"), ("9分(10分制)", 9, "10分制"),
    ("9, quick and friendly", 9, "quick and friendly"),
    ("Good service 8", 8, "Good service"), ("2 5G信号差", 2, "5G信号差"),
    ("不错 8", 8, "不错"), ("不满意2分", 2, "不满意"), ("0,垃圾", 0, "垃圾"),
    ("1.网络", 1, "网络"), ("答案是9", 9, ""), ("9。", 9, ""), ("(9)", 9, ""),
    ("昨天来了2个人,给9分", 9, "昨天来了2个人,给"),
    ("还行吧8分", 8, "还行吧"), ("6 2024-01-01装的", 6, "2024-01-01装的"),
]  # fmt: skip

DOUBTS = [
    ("8.5", Doubt.NOT_WHOLE), ("８．５", Doubt.NOT_WHOLE), ("8.5分", Doubt.NOT_WHOLE),
    ("8。5", Doubt.NOT_WHOLE), ("八点五", Doubt.NOT_WHOLE), ("8点5", Doubt.NOT_WHOLE),
    ("8分半", Doubt.NOT_WHOLE), ("9½", Doubt.NOT_WHOLE), ("8+", Doubt.NOT_WHOLE),
    ("11", Doubt.OUT_OF_RANGE), ("100", Doubt.OUT_OF_RANGE),
    ("100分", Doubt.OUT_OF_RANGE), ("一百分", Doubt.OUT_OF_RANGE),
    ("十一", Doubt.OUT_OF_RANGE), ("💯", Doubt.OUT_OF_RANGE),
    ("-1", Doubt.OUT_OF_RANGE), ("13800138000", Doubt.OUT_OF_RANGE),
    ("8-9", Doubt.SEVERAL), ("8～9分", Doubt.SEVERAL), ("8到9", Doubt.SEVERAL),
    ("8或9", Doubt.SEVERAL), ("8分或者9分", Doubt.SEVERAL), ("七八分", Doubt.SEVERAL),
    ("八九", Doubt.SEVERAL), ("8 9", Doubt.SEVERAL), ("8,9", Doubt.SEVERAL),
    ("服务9分网络5分", Doubt.SEVERAL), ("7 or 8", Doubt.SEVERAL),
    ("seven or eight", Doubt.SEVERAL), ("3/5", Doubt.SEVERAL),
    ("十分满意", Doubt.AMBIGUOUS), ("十分不满意", Doubt.AMBIGUOUS),
    ("我觉得9可以", Doubt.AMBIGUOUS), ("不到8分", Doubt.AMBIGUOUS),
    ("8分以上", Doubt.AMBIGUOUS), ("扣2分", Doubt.AMBIGUOUS),
    ("给不了10分", Doubt.AMBIGUOUS), ("1O", Doubt.AMBIGUOUS),
    ("5星", Doubt.AMBIGUOUS), ("10 年老用户", Doubt.AMBIGUOUS),
    ("at least 8", Doubt.AMBIGUOUS),
    ("1分都不给", Doubt.AMBIGUOUS), ("not a 9", Doubt.AMBIGUOUS),
]  # fmt: skip

OPT_OUTS = [
    "R", "r", "T", "t", "TD", "td", "ＴＤ", "T。", "退订", "退訂", "拒收", "退订!",
    "回复TD", "回T", "请退订谢谢", "我要退订", "別再發了", "不要再给我发短信",
    "STOP", "Stop.", "please stop", "unsubscribe", "don't text me",
    "I want to unsubscribe", "stop it", "不再接收", "取消", "退",
]  # fmt: skip

COMMENTS = [
    "服务很好", "一般", "一直没信号", "等了3天", "等了30分钟", "你们5G信号差",
    "10年老用户",
    "2-3天没网", "请联系13800138000", "8:30才来", "👍", "百分百满意", "不退订",
    "怎么办理套餐退订之前预存的话费什么时候可以退还给我", "one of the worst",
    "iphone9没信号", "Thank you", "信號很差", "what is this?",
]  # fmt: skip


@pytest.mark.parametrize(("reply", "score", "comment"), SCORES)
def test_score_is_read_with_the_comment_beside_it(
    reply: str, score: int, comment: str
) -> None:
    read = parse_reply(reply)
    assert (read.kind, read.score, read.comment) == (ReplyKind.SCORE, score, comment)


@pytest.mark.parametrize(("reply", "doubt"), DOUBTS)
def test_doubtful_number_is_asked_again(reply: str, doubt: Doubt) -> None:
    read = parse_reply(reply)
    assert (read.kind, read.doubt, read.score) == (ReplyKind.ASK_AGAIN, doubt, None)


@pytest.mark.parametrize("reply", OPT_OUTS)
def test_goodbye_is_an_opt_out(reply: str) -> None:
    assert parse_reply(reply).kind is ReplyKind.OPT_OUT


@pytest.mark.parametrize("reply", COMMENTS)
def test_words_without_a_score_are_a_comment(reply: str) -> None:
    read = parse_reply(reply)
    assert (read.kind, read.score) == (ReplyKind.COMMENT, None)
    assert read.comment == reply


@pytest.mark.parametrize("reply", ["", " ", "\n\t", "。", "??", "　", "...", "\u200b"])
def test_nothing_is_empty(reply: str) -> None:
    assert parse_reply(reply).kind is ReplyKind.EMPTY


@pytest.mark.parametrize(
    ("reply", "score"),
    [("9 退订", 9), ("3分,TD", 3), ("9T", 9), ("9 R", 9), ("T 9", 9)],
)
def test_opt_out_beside_a_score_keeps_both(reply: str, score: int) -> None:
    read = parse_reply(reply)
    assert (read.kind, read.score) == (ReplyKind.OPT_OUT, score)


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        ("1", ReplyKind.SCORE),
        ("3 师傅没来", ReplyKind.SCORE),
        ("6", ReplyKind.SCORE),
        ("7", ReplyKind.ASK_AGAIN),
        ("0", ReplyKind.ASK_AGAIN),
        ("网络不好", ReplyKind.COMMENT),
    ],
)
def test_reasons_of_a_follow_up_have_their_own_range(
    reply: str, kind: ReplyKind
) -> None:
    assert parse_reply(reply, lowest=1, highest=6).kind is kind


@given(st.text(max_size=200))
def test_any_text_is_read_and_no_score_leaves_the_range(reply: str) -> None:
    read = parse_reply(reply)
    assert (read.score is None) or 0 <= read.score <= 10
    assert (read.kind is ReplyKind.ASK_AGAIN) == (read.doubt is not None)
    assert (read.kind is ReplyKind.SCORE) <= (read.score is not None)


@given(
    st.integers(0, 10),
    st.sampled_from(
        ["{}", "{}分", " {} ", "我给{}分", "{} 服务好", "很好,{}分", "{}。"]
    ),
    st.sampled_from([0, 0xFEE0]),
)
def test_width_of_digits_changes_nothing(score: int, form: str, shift: int) -> None:
    digits = "".join(chr(ord(digit) + shift) for digit in str(score))
    assert parse_reply(form.format(digits)).score == score


def test_a_text_of_any_length_is_read_quickly() -> None:
    assert parse_reply("9 " * 20_000).score == 9
    assert parse_reply("很" * 40_000).kind is ReplyKind.COMMENT


MANUAL = Path(__file__).parents[4] / "docs" / "how-to" / "sms-gateways.md"
READ_AS = {
    "the score": ReplyKind.SCORE,
    "asked again": ReplyKind.ASK_AGAIN,
    "a comment": ReplyKind.COMMENT,
    "opt-out": ReplyKind.OPT_OUT,
}


def test_manual_says_how_replies_are_read() -> None:
    chapter = MANUAL.read_text(encoding="utf-8").split("## How replies are read")[1]
    rows = re.findall(r"^\| (.*`.*) \| (.+) \|$", chapter, re.MULTILINE)
    assert len(rows) >= 9
    for examples, meaning in rows:
        kinds = [kind for words, kind in READ_AS.items() if meaning.startswith(words)]
        read = {one: parse_reply(one).kind for one in re.findall("`(.+?)`", examples)}
        assert read == dict.fromkeys(read, kinds[0])
