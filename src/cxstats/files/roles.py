"""What each column is for, guessed from the words of its header and its content."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from cxstats.files.profiles import ColumnProfile, ValueKind
from cxstats.files.scale_guess import guess_scale

__all__ = ["Role", "RoleGuess", "guess_roles"]


class Role(StrEnum):
    """What a column is used for after import."""

    SCORE = "score"
    WEIGHT = "weight"
    TIME = "time"
    CUSTOMER = "customer"
    TOUCHPOINT = "touchpoint"
    CHANNEL = "channel"
    COMMENT = "comment"
    ATTRIBUTE = "attribute"
    OPERATIONAL = "operational"
    IGNORED = "ignored"


@dataclass(frozen=True, slots=True)
class RoleGuess:
    """The role offered for one column, how sure (0 to 1), and why."""

    column: str
    role: Role
    confidence: float
    reason: str


# A word list per role with how sure the word makes it, the surest first. Headers are
# matched in lower case with _ and - turned into spaces.
_WORDS: dict[Role, tuple[tuple[float, re.Pattern[str]], ...]] = {
    Role.SCORE: (
        (0.95, re.compile(r"\bnps\b|net ?pro|promoter|recommend|推荐|推薦")),
        (
            0.9,
            re.compile(
                r"(?:整体|總體|总体|整體|综合|綜合).{0,4}(?:满意|滿意|评价|評價|评分|評分)"
                r"|overall.?(?:satisf|rating|score|sat\b)"
            ),
        ),
        (0.7, re.compile(r"满意|滿意|satisf|\bcsat\b|\bces\b|费力|費力")),
        (0.6, re.compile(r"评分|評分|打分|得分|分数|分數|\bscore\b|\brating\b")),
    ),
    Role.WEIGHT: (
        (0.95, re.compile(r"^(?:final )?w(?:eigh)?ts?$|^p?weights?$|^wgts?$")),
        (0.9, re.compile(r"权重|權重|加权|加權|\bweight")),
    ),
    Role.TIME: (
        (
            0.9,
            re.compile(
                r"提交|答题|答題|作答|回复|回覆|评价时|評價時|调查时|調查時|测评|"
                r"respon|submit|answer|interview|survey|completed"
            ),
        ),
        (0.7, re.compile(r"日期|时间|時間|date|time|created|\bday\b")),
    ),
    Role.CUSTOMER: (
        (
            0.9,
            re.compile(
                r"(?:客户|客戶|用户|用戶|会员|會員|顾客|顧客).{0,3}"
                r"(?:id|编号|編號|号码|號碼|代码|代碼|标识|標識)"
                r"|(?:customer|user|client|subscriber|member|account).{0,2}"
                r"(?:id|no|num|key|code)\b|msisdn|手机号|手機號|电话号码|電話號碼"
            ),
        ),
        (0.6, re.compile(r"^id$|\bid$|编号|編號|respnum|account")),
    ),
    Role.TOUCHPOINT: (
        (0.95, re.compile(r"触点|觸點|接触点|接觸點|touch ?point")),
        (0.7, re.compile(r"场景|場景|旅程|journey|scenario|业务环节")),
    ),
    Role.CHANNEL: (
        (0.9, re.compile(r"渠道|通路|channel")),
        (0.6, re.compile(r"来源|來源|\bsource\b|received via|^method$|途径")),
    ),
    Role.COMMENT: (
        (
            0.9,
            re.compile(
                r"意见|意見|建议|建議|评论|評論|评语|評語|原声|原聲|原话|原話|留言"
                r"|comment|verbatim|feedback|suggestion|review ?(?:body|text)?$"
            ),
        ),
        (
            0.7,
            re.compile(
                r"描述|备注|備註|原因|说明|說明|投诉|投訴|complaint|reason|remark|review|text"
            ),
        ),
    ),
}

_SINGLE = frozenset(
    {
        Role.SCORE,
        Role.WEIGHT,
        Role.TIME,
        Role.CUSTOMER,
        Role.TOUCHPOINT,
        Role.CHANNEL,
    }
)
_FIRST_DAY = "1950"
_LONG_TEXT = 25
_LONG_CHINESE = 8
_SEVERAL = 5
_COUNTS = re.compile(
    r"次数|次數|数量|數量|个数|天数|number of|count|\\bage\\b|年龄|年齡"
)
_DATES = {ValueKind.DATE, ValueKind.DATETIME}


def _is_rating(profile: ColumnProfile) -> bool:
    return guess_scale(profile) is not None


def _is_weight(profile: ColumnProfile) -> bool:
    low = profile.minimum
    return profile.is_numeric and isinstance(low, float) and low >= 0.0


def _is_key(profile: ColumnProfile) -> bool:
    many = profile.distinct_capped or profile.distinct > profile.filled / 3
    return profile.kind is not ValueKind.NUMBER and many


def _is_moment(profile: ColumnProfile) -> bool:
    """Whether the values are days that a survey can have had: no mere clock times."""
    return profile.kind in _DATES and str(profile.maximum) >= _FIRST_DAY


def _is_words(profile: ColumnProfile) -> bool:
    several = profile.kind is ValueKind.CATEGORY and profile.distinct > _SEVERAL
    return profile.kind is ValueKind.TEXT or several


_CONTENT: dict[Role, Callable[[ColumnProfile], bool]] = {
    Role.SCORE: _is_rating,
    Role.WEIGHT: _is_weight,
    Role.TIME: _is_moment,
    Role.CUSTOMER: _is_key,
    Role.TOUCHPOINT: lambda profile: profile.kind is ValueKind.CATEGORY,
    Role.CHANNEL: lambda profile: profile.kind is ValueKind.CATEGORY,
    Role.COMMENT: _is_words,
}


def guess_roles(profiles: Sequence[ColumnProfile]) -> tuple[RoleGuess, ...]:
    """Offer a role for every column, in the order given.

    One column at most is offered as score, weight, time, customer key, touchpoint and
    channel: the surest, the first among equals. A header alone never suffices; the
    content must fit ("recommended" with yes and no is no score). Other columns that
    look like ratings, and answers to multi-select questions (-1 where not ticked), are
    attributes; the rest is operational; columns without values are ignored.
    """
    candidates = {profile.name: _candidates(profile) for profile in profiles}
    taken = _distribute(candidates)
    return tuple(
        taken.get(profile.name) or _other(profile, candidates[profile.name])
        for profile in profiles
    )


def _candidates(profile: ColumnProfile) -> list[RoleGuess]:
    header = _spelled(profile.name)
    found = []
    for role, words in _WORDS.items():
        for confidence, pattern in words:
            match = pattern.search(header)
            if match and _CONTENT[role](profile):
                reason = f"the header says {match.group()!r}"
                found.append(RoleGuess(profile.name, role, confidence, reason))
                break
    if _is_moment(profile) and not found:
        reason = "the values are dates"
        found.append(RoleGuess(profile.name, Role.TIME, 0.5, reason))
    if _is_prose(profile):
        reason = "the values are long texts"
        found.append(RoleGuess(profile.name, Role.COMMENT, 0.5, reason))
    return sorted(found, key=lambda guess: -guess.confidence)


def _spelled(name: str) -> str:
    """Write a header in lower case with its words apart: "CustomerID" customer id."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])|[_\-\s]+", " ", name)
    return " ".join(apart.split()).casefold()


def _is_prose(profile: ColumnProfile) -> bool:
    sample = "".join(profile.examples)
    chinese = sum(character > "\u2e80" for character in sample) * 2 > len(sample)
    longest = _LONG_CHINESE if chinese else _LONG_TEXT
    return profile.kind is ValueKind.TEXT and profile.mean_length >= longest


def _distribute(candidates: dict[str, list[RoleGuess]]) -> dict[str, RoleGuess]:
    taken: dict[str, RoleGuess] = {}
    filled: set[Role] = set()
    ranked = sorted(
        (guess for guesses in candidates.values() for guess in guesses),
        key=lambda guess: -guess.confidence,
    )
    for guess in ranked:
        free = guess.role not in _SINGLE or guess.role not in filled
        if guess.column not in taken and free:
            taken[guess.column] = guess
            filled.add(guess.role)
    return taken


def _other(profile: ColumnProfile, candidates: list[RoleGuess]) -> RoleGuess:
    if profile.kind is ValueKind.BLANK:
        return RoleGuess(profile.name, Role.IGNORED, 0.9, "the column is blank")
    named = any(guess.role is Role.SCORE for guess in candidates)
    if named or (_is_rating(profile) and not _is_count(profile)):
        reason = "the values look like ratings"
        return RoleGuess(profile.name, Role.ATTRIBUTE, 0.7, reason)
    if _is_tick(profile):
        reason = "-1 and one other value: a multi-select answer"
        return RoleGuess(profile.name, Role.ATTRIBUTE, 0.6, reason)
    return RoleGuess(profile.name, Role.OPERATIONAL, 0.4, "nothing says otherwise")


def _is_count(profile: ColumnProfile) -> bool:
    """Whether a column counts things: its header says so, or most rows have none."""
    if _COUNTS.search(_spelled(profile.name)):
        return True
    first = profile.values[0]
    return first.value in {"0", "0.0"} and first.count * 2 > profile.filled


def _is_tick(profile: ColumnProfile) -> bool:
    ticks = {item.value for item in profile.values}
    return profile.is_numeric and len(ticks) == 2 and "-1" in ticks  # noqa: PLR2004
