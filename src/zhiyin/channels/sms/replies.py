"""Reading the reply to a question of one number: a score, a doubt, or a goodbye.

A wrong score is worse than another question. So a number counts when it is marked as a
score (9分, 9/10), or when it opens or closes the reply and measures nothing else
(等了3天, 5G). Whatever could be meant in two ways is asked again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from zhiyin.channels.sms.reply_numbers import Found, Plain, numbers, plain


class ReplyKind(StrEnum):
    """What a reply is."""

    SCORE = "score"
    ASK_AGAIN = "ask_again"
    OPT_OUT = "opt_out"
    COMMENT = "comment"
    EMPTY = "empty"


class Doubt(StrEnum):
    """Why a reply must be asked again."""

    NOT_WHOLE = "not_whole"
    OUT_OF_RANGE = "out_of_range"
    SEVERAL = "several"
    AMBIGUOUS = "ambiguous"


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply as read; `comment` is what the customer wrote besides the score.

    An opt-out may carry a score too (9 退订): it is an opt-out first.
    """

    kind: ReplyKind
    score: int | None = None
    comment: str = ""
    doubt: Doubt | None = None


EDGE = " \0\t\r\n<>,，.。!！?？;；:：、~～-—_'\"“”()（）【】[]*#"
WORD = re.compile(r"[^\W_]")

# ---------------------------------------------------------------- saying goodbye
OPT_OUT_WORD = re.compile(
    r"r|t|td|退|退订|退訂|拒收|取消|取消订阅|取消訂閱|停止|stop|stopall|unsubscribe|optout|cancel|"
    r"quit|end"
)
AROUND_OPT_OUT = re.compile(
    r"我要|我想|请|請|麻烦|麻煩|谢谢|謝謝|多谢|多謝|短信|回复|回覆|回|吧|了|"
    r"please|thanks|thankyou|messages|texts|sending"
)
REFUSAL = re.compile(
    r"(?:不要|别|別|勿)再?(?:给我|給我)?(?:发|發|打扰|打擾|骚扰|騷擾)|不再接收|退订|退訂|拒收|"
    r"(?:do not|don'?t) (?:text|message|contact) me|unsubscribe|opt out|"
    r"stop (?:it|this|texting|messaging|sending)"
)
NO_REFUSAL = re.compile(r"(?:不|没|沒|未|别|別)(?:要|想|会|會|用)?(?:退订|退訂|拒收)")
LONGEST_REFUSAL = 20
OPT_OUT_AT_END = re.compile(r"(?:(?<![a-z])(?:td|stop|unsubscribe)|退订|退訂|拒收)\W*$")

# ---------------------------------------------------------------- around a number
MARK = re.compile(
    r"\s*(?:/\s*10(?!\d)\s*分?|(?:out )?of (?:10|ten)\b|(?:points?|pts?|marks?)\b|"
    r"分(?![钟鐘之公])|[点點](?=\W*$))"
)
UNIT = re.compile(
    r"(?:(?:gb?|mb?|kb?|h|hrs?|mins?|km|x|st|nd|rd|th)(?![a-z])|%|分[钟鐘]|星期|礼拜|禮拜|"
    r"[天日号號次年月周週元块塊毛角人个個小时時点點秒楼樓层層栋棟户戶条條台岁歲折倍兆米路"
    r"位级級家遍季])|\s*(?:days?|weeks?|months?|years?|hours?|minutes?|times)\b"
)
BEHIND_MARK = re.compile(r"\s*(?:左右|吧|啊|哦|呀|了|哈|呢)+(?=\W|$)")
BEFORE = re.compile(
    r"(?:i'?d? (?:would )?(?:give|rate|say)(?: (?:it|you|this))?|"
    r"我们?|我們|你们|你們|您|打|给|給|评|評|选|選|答案?|回复|回覆|回|评分|評分|分数|分數|大概|大约|大約|差不多|个|個|是|为|為|推荐|推薦|score|"
    r"\ban?\b|[\s:=])*"
)
NOT_WHOLE = re.compile(r"\s*(?:分?半(?=\W|$)|\+|分多)")
DOUBTFUL_BEFORE = re.compile(
    r"(?:不|没|沒|(?<!差)不到|不足|少于|少於|低于|低於|高于|高於|超过|超過|至少|最多|扣|减|減|"
    r"加|第|\bnot|\bnever|n't|no\.|#|"
    r"\bat (?:least|most)|\b(?:under|over|below|above)|\b(?:less|more) than)"
    r"(?:是|给|給|打|了|值|到| give| rate)*(?: it)?\s*(?:\ban?\b)?\s*$"
)
DOUBTFUL_BEHIND = re.compile(
    r"\s*(?:以上|以下|不到|都不|都没|都沒|[颗顆]?星|stars?)|\s+([天年月周個个人次户戶])(?!\1)"
)
GLUED = re.compile(r"[a-z]+")
LINK = re.compile(r"\s*(?:分|points?)?\s*(?:-|~|—|到|至|或者?|还是|還是|or|to|、|/)\s*")
SCALE = re.compile(
    r"(?:10|十)分(?:制|满分|滿分)|(?:满分|滿分)(?:是|为|為)?:?(?:10|十)分?"
)
CLOCK = re.compile(
    r"\d{1,2}:\d{2}(?::\d{2})?|\d{2,4}[-/.年]\d{1,2}[-/.月]\d{1,2}[日号號]?|"
    r"\d{1,2}月\d{1,2}[日号號]|\d{1,2}[点點]\d{2}分?|百分[百之]"
)
FULL_MARKS = re.compile(
    r"(?:我|打|给|給|评|評|个|個)*(?:满分|滿分)(?:吧|啊|哦|呀|了)?|full marks"
)
MOST_DIGITS = 3
# Nobody puts the score behind so many words; reading stays quick whatever comes.
MOST_LETTERS = 500


def parse_reply(reply: str, *, lowest: int = 0, highest: int = 10) -> Reply:
    """Read a customer's reply to a question answered by a whole number.

    Parameters
    ----------
    reply
        The text as it came, in Simplified or Traditional Chinese or English.
    lowest, highest
        Range of the scale; for the reasons of a follow-up 1 and 6.

    """
    text = plain(reply)
    if not text.text.strip(EDGE):
        return Reply(ReplyKind.EMPTY)
    if _is_opt_out(text.text):
        return Reply(ReplyKind.OPT_OUT, comment=reply.strip())
    answer = _Reading(text, lowest, highest).answer()
    if answer.score is not None and _says_goodbye_too(text.text, answer.comment):
        return Reply(ReplyKind.OPT_OUT, answer.score, answer.comment)
    return answer


def _is_opt_out(text: str) -> bool:
    letters = "".join(WORD.findall(text))
    if any(map(OPT_OUT_WORD.fullmatch, (letters, AROUND_OPT_OUT.sub("", letters)))):
        return True
    # A long text with the word in it speaks of something else: 退订套餐要等多久.
    return bool(
        len(letters) <= LONGEST_REFUSAL
        and REFUSAL.search(text)
        and not NO_REFUSAL.search(text)
        and not any(one.is_digits for one in numbers(text))
    )


def _says_goodbye_too(text: str, comment: str) -> bool:
    is_word = OPT_OUT_WORD.fullmatch(comment.strip(EDGE).lower())
    return bool(is_word or OPT_OUT_AT_END.search(text))


class _Reading:
    """One reply while its numbers are weighed against each other."""

    def __init__(self, reply: Plain, lowest: int, highest: int) -> None:
        self.reply = reply
        self.range = range(lowest, highest + 1)
        blank = CLOCK.sub(_blank, SCALE.sub(_blank, reply.text))
        self.text = blank
        self.found = self._told_apart(numbers(blank[:MOST_LETTERS]))

    def answer(self) -> Reply:
        """Score, doubt or comment."""
        if self._is_range():
            return self._asked(Doubt.SEVERAL)
        chosen = [one for one in self.found if self._mark_end(one)] or [
            one for one in self.found if self._is_bare(one)
        ]
        if not chosen:
            return self._without_number()
        if len({one.value for one in chosen}) > 1 or chosen[0].value is None:
            return self._asked(Doubt.SEVERAL)
        doubt = self._doubt(chosen[0])
        return self._asked(doubt) if doubt else self._score(chosen[0])

    # ------------------------------------------------------------ which numbers

    def _told_apart(self, found: list[Found]) -> list[Found]:
        """Numbers that may be scores: no measures, no scales, no telephones."""
        measures = {one for one in found if self._is_measure(one)}
        for left, right in pairwise(found):
            is_scale = right.begin < self._mark_end(left)
            is_linked = LINK.fullmatch(self.text, left.end, right.begin)
            if is_scale:
                measures.add(right)
            elif is_linked and right in measures:
                measures.add(left)
        return [one for one in found if one not in measures]

    def _is_measure(self, one: Found) -> bool:
        is_long = one.is_digits and one.end - one.begin > MOST_DIGITS
        if is_long and self.text.strip(EDGE) != self.text[one.begin : one.end]:
            return True
        if self._mark_end(one) or NOT_WHOLE.match(self.text, one.end):
            return False
        is_in_word = (
            one.is_digits
            and self.text[: one.begin][-1:].isascii()
            and (self.text[: one.begin][-1:].isalpha())
        )
        return is_in_word or bool(UNIT.match(self.text, one.end))

    def _is_range(self) -> bool:
        return any(
            LINK.fullmatch(self.text, left.end, right.begin)
            and left.value != right.value
            for left, right in pairwise(self.found)
        )

    def _mark_end(self, one: Found) -> int:
        """Where the mark behind a number ends; 0 without one."""
        mark = MARK.match(self.text, one.end)
        return mark.end() if mark else 0

    def _is_bare(self, one: Found) -> bool:
        before, behind = self.text[: one.begin], self.text[one.end :]
        opens = bool(BEFORE.fullmatch(before.lstrip(EDGE)))
        closes = not behind.strip(EDGE) or bool(BEHIND_MARK.fullmatch(behind))
        if one.is_digits:
            return opens or closes
        # Words are numbers only where they stand alone: not 一般, not one of many.
        ends = closes or (
            behind[0] in EDGE and not (one.is_english and behind[0] == " ")
        )
        begins = opens or before[-1] in EDGE
        return begins and ends and (opens or closes)

    # ------------------------------------------------------------ what they say

    def _doubt(self, one: Found) -> Doubt | None:
        before = self.text[: one.begin]
        behind = self._mark_end(one) or one.end
        if one.value is None or DOUBTFUL_BEFORE.search(before):
            return Doubt.AMBIGUOUS
        if DOUBTFUL_BEHIND.match(self.text, behind) or self._may_mean_more(one):
            return Doubt.AMBIGUOUS
        if one.value.denominator != 1 or NOT_WHOLE.match(self.text, one.end):
            return Doubt.NOT_WHOLE
        return None if int(one.value) in self.range else Doubt.OUT_OF_RANGE

    def _may_mean_more(self, one: Found) -> bool:
        """1O may be a ten, and 十分满意 "ten points" or "very satisfied"."""
        marked = self._mark_end(one)
        if not marked:
            glued = GLUED.match(self.text, one.end)
            return bool(glued and not OPT_OUT_WORD.fullmatch(glued.group()))
        behind = self.text[marked:]
        is_ten = self.text[one.begin : one.end] == "十"
        follows = bool(behind) and behind[0] not in EDGE
        return is_ten and follows and not BEHIND_MARK.match(behind)

    def _score(self, one: Found) -> Reply:
        end = self._mark_end(one) or one.end
        tail = BEHIND_MARK.match(self.text, end)
        before, behind = self.reply.without(one.begin, tail.end() if tail else end)
        if BEFORE.fullmatch(self.text[: one.begin].lstrip(EDGE)):
            before = ""
        pieces = (before.strip(EDGE), behind.strip(EDGE))
        comment = " ".join(piece for piece in pieces if piece)
        return Reply(ReplyKind.SCORE, int(one.value or 0), comment)

    def _without_number(self) -> Reply:
        clauses = (clause.strip() for clause in re.split(r"[\s,，。.!！]", self.text))
        is_full = any(map(FULL_MARKS.fullmatch, [*clauses, self.text.strip(EDGE)]))
        if is_full:
            return Reply(ReplyKind.SCORE, self.range[-1])
        middle = [one for one in self.found if one.is_digits]
        if len(middle) == 1 and middle[0].value in self.range:
            return self._asked(Doubt.AMBIGUOUS)
        return Reply(ReplyKind.COMMENT, comment=self.reply.original.strip())

    def _asked(self, doubt: Doubt) -> Reply:
        comment = self.reply.original.strip()
        return Reply(ReplyKind.ASK_AGAIN, comment=comment, doubt=doubt)


def _blank(match: re.Match[str]) -> str:
    """As many letters that mean nothing, so that places stay where they are."""
    return "·" * len(match.group())
