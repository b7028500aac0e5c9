"""What was given to one item, checked against what the item takes."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zhiyin.listen.responses.models import Answer, Response
from zhiyin.listen.surveys.models import ItemKind
from zhiyin.listen.surveys.queries import ItemSnapshot

LONGEST_COMMENT = 5_000
LONGEST_OTHER = 500
LARGEST_NUMBER = 1e15
# When somebody who may be contacted would like to be, unless the item says otherwise.
TIMES = ("any", "morning", "noon", "afternoon", "evening")
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
# Full-width digits are what many Chinese keyboards type.
_NARROW = {ord("０") + n: str(n) for n in range(10)} | {ord("．"): ".", ord("－"): "-"}


@dataclass(frozen=True)
class Reply:
    """What was given to one item: words, choices, a score, or a score per row.

    `text` is what was typed: the words, the number, the day, or the text beside a
    choice. `choices` are codes; in a ranking they are in order of rank.
    """

    text: str = ""
    choices: tuple[str, ...] = ()
    score: int | None = None
    rows: Mapping[str, int | None] = field(default_factory=dict)
    time: str = ""
    ranks: Mapping[str, int] = field(default_factory=dict)

    @property
    def says_anything(self) -> bool:
        """Tell whether anything was given at all."""
        scores = (self.score, *self.rows.values())
        typed = self.text.strip() or self.choices or self.ranks
        return bool(typed) or any(score is not None for score in scores)


def check_comment(text: str, longest: int = LONGEST_COMMENT) -> None:
    """Raise ValueError for words that are too long to keep."""
    if len(text) > longest:
        raise ValueError(
            _("At most %(limit)s characters can be sent; you wrote %(count)s.")
            % {"limit": longest, "count": len(text)},
        )


def check_score(item: ItemSnapshot, score: int) -> None:
    """Raise ValueError for a score that is no point of the item's scale."""
    if score not in item.points:
        raise ValueError(
            _("A score from %(low)s to %(high)s is asked; received %(score)s.")
            % {"low": item.scale_min, "high": item.scale_max, "score": score},
        )


def answer_of(response: Response, item: ItemSnapshot, score: float) -> Answer:
    """Return an unsaved answer to a scored item, with the scale it was given on."""
    return Answer(
        response=response,
        item=item.code,
        kind=item.kind,
        is_primary=item.is_primary,
        score=score,
        scale_min=item.scale_min,
        scale_max=item.scale_max,
        detractor_max=item.detractor_max,
        promoter_min=item.promoter_min,
    )


def _plain(response: Response, item: ItemSnapshot) -> Answer:
    return Answer(response=response, item=item.code, kind=item.kind)


def _scored(item: ItemSnapshot, reply: Reply, response: Response) -> list[Answer]:
    if reply.score is None:
        return []
    check_score(item, reply.score)
    return [answer_of(response, item, reply.score)]


def _matrix(item: ItemSnapshot, reply: Reply, response: Response) -> list[Answer]:
    answers = []
    for row in item.row_codes():
        score = reply.rows.get(row)
        if score is None:
            continue
        check_score(item, score)
        answer = answer_of(response, item, score)
        # Each row is a series of its own; it counts as a rating of its scale.
        answer.item = f"{item.code}.{row}"
        answer.kind = ItemKind.RATING
        answer.is_primary = False
        answers.append(answer)
    if item.is_required and len(answers) < len(item.row_codes()):
        raise MissingPartError
    return answers


class MissingPartError(ValueError):
    """A required matrix lacks a row."""

    def __init__(self) -> None:
        super().__init__(_("Please answer every row."))


def _text(item: ItemSnapshot, reply: Reply, response: Response) -> list[Answer]:
    words = reply.text.strip()
    if not words:
        return []
    most = item.settings.get("most")
    check_comment(words, min(int(most or LONGEST_COMMENT), LONGEST_COMMENT))
    least = int(item.settings.get("least") or 0)
    if len(words) < least:
        raise ValueError(
            _("At least %(limit)s characters are asked; you wrote %(count)s.")
            % {"limit": least, "count": len(words)},
        )
    answer = _plain(response, item)
    answer.text = words
    return [answer]


def _number(item: ItemSnapshot, reply: Reply, response: Response) -> list[Answer]:
    typed = reply.text.strip().translate(_NARROW).replace(",", "").replace("，", "")
    if not typed:
        return []
    try:
        value = float(typed)
    except ValueError:
        value = math.nan
    if not abs(value) <= LARGEST_NUMBER:
        raise ValueError(
            _("Please write a number; “%s” is none.") % reply.text[:40],
        )
    _check_between(value, item)
    decimals = int(item.settings.get("decimals") or 0)
    if round(value, decimals) != value:
        raise ValueError(
            _("Please write a whole number.")
            if decimals == 0
            else ngettext(
                "Please write at most %s digit after the point.",
                "Please write at most %s digits after the point.",
                decimals,
            )
            % decimals,
        )
    answer = _plain(response, item)
    answer.number = value
    return [answer]


def _check_between(value: float, item: ItemSnapshot) -> None:
    least, most = item.settings.get("least"), item.settings.get("most")
    if least not in (None, "") and value < float(least):
        raise ValueError(_("The number should be at least %s.") % least)
    if most not in (None, "") and value > float(most):
        raise ValueError(_("The number should be at most %s.") % most)


def _day(text: str) -> dt.date | None:
    match = _DATE.fullmatch(text.strip().translate(_NARROW))
    try:
        return dt.date(*map(int, match.groups())) if match else None
    except ValueError:
        return None


def _date(item: ItemSnapshot, reply: Reply, response: Response) -> list[Answer]:
    if not reply.text.strip():
        return []
    day = _day(reply.text)
    if day is None:
        raise ValueError(
            _("Please write a date such as 2026-05-03; “%s” is none.")
            % reply.text[:40],
        )
    least, most = (_day(str(item.settings.get(n) or "")) for n in ("least", "most"))
    if least is not None and day < least:
        raise ValueError(_("The date should not be before %s.") % date_format(least))
    if most is not None and day > most:
        raise ValueError(_("The date should not be after %s.") % date_format(most))
    answer = _plain(response, item)
    answer.date = day
    return [answer]


def _check_codes(item: ItemSnapshot, codes: tuple[str, ...]) -> None:
    known = item.option_codes()
    for code in codes:
        if code not in known:
            raise ValueError(
                _("“%(choice)s” is not among the choices.")
                % {
                    "choice": code[:40],
                }
            )


def _choices(item: ItemSnapshot, reply: Reply, response: Response) -> list[Answer]:
    codes = tuple(dict.fromkeys(code for code in reply.choices if code))
    if item.kind in (ItemKind.CHOICE, ItemKind.YES_NO):
        codes = codes[:1]
    if not codes:
        return []
    _check_codes(item, codes)
    if item.kind == ItemKind.MULTIPLE:
        _check_together(item, codes)
    answer = _plain(response, item)
    answer.choices = list(codes)
    if set(codes) & set(item.settings.get("with_text", ())):
        check_comment(reply.text, LONGEST_OTHER)
        answer.text = reply.text.strip()
    return [answer]


def _check_together(item: ItemSnapshot, codes: tuple[str, ...]) -> None:
    alone = set(codes) & set(item.settings.get("exclusive", ()))
    if alone and len(codes) > 1:
        raise ValueError(
            _("One of your choices excludes all others. Choose it alone or not."),
        )
    if not alone:
        _check_count(item, len(codes))


def _check_count(item: ItemSnapshot, count: int) -> None:
    least = int(item.settings.get("least") or 0)
    most = int(item.settings.get("most") or 0)
    if count < least:
        raise ValueError(
            _("Please choose at least %(limit)s; you chose %(count)s.")
            % {"limit": least, "count": count},
        )
    if most and count > most:
        raise ValueError(
            _("Please choose at most %(limit)s; you chose %(count)s.")
            % {"limit": most, "count": count},
        )


def _ranking(item: ItemSnapshot, reply: Reply, response: Response) -> list[Answer]:
    if len(set(reply.ranks.values())) < len(reply.ranks):
        raise ValueError(_("Please give every place only once."))
    ranked = tuple(sorted(reply.ranks, key=lambda code: reply.ranks[code]))
    codes = ranked or tuple(dict.fromkeys(reply.choices))
    if not codes:
        return []
    _check_codes(item, codes)
    _check_count(item, len(codes))
    answer = _plain(response, item)
    answer.choices = list(codes)
    return [answer]


def _consent(item: ItemSnapshot, reply: Reply, response: Response) -> list[Answer]:
    if not reply.choices or not reply.choices[0]:
        return []
    given = reply.choices[:1]
    _check_codes(item, given)
    answer = _plain(response, item)
    answer.choices = list(given)
    if given == ("yes",) and reply.time in times_of(item):
        answer.choices.append(reply.time)
    return [answer]


def times_of(item: ItemSnapshot) -> tuple[str, ...]:
    """Return the codes of the times at which somebody may wish to be contacted."""
    own = [
        option[0]
        for wording in item.texts.values()
        for option in wording.get("options") or ()
    ]
    return tuple(dict.fromkeys(own)) or TIMES


_KINDS: dict[str, Callable[[ItemSnapshot, Reply, Response], list[Answer]]] = {
    ItemKind.MATRIX: _matrix,
    ItemKind.TEXT: _text,
    ItemKind.NUMBER: _number,
    ItemKind.DATE: _date,
    ItemKind.YES_NO: _choices,
    ItemKind.CHOICE: _choices,
    ItemKind.MULTIPLE: _choices,
    ItemKind.RANKING: _ranking,
    ItemKind.CONSENT: _consent,
    ItemKind.STATEMENT: lambda *_given: [],
}


def answers_to(item: ItemSnapshot, reply: Reply, response: Response) -> list[Answer]:
    """Return the unsaved answers to one item; none where nothing was given.

    A matrix gives one per row. Raises ValueError with a message for the customer.
    """
    return _KINDS.get(item.kind, _scored)(item, reply, response)


def value_of(answer: Answer) -> object:
    """Return an answer as conditions see it."""
    if answer.score is not None:
        return answer.score
    if answer.number is not None:
        return answer.number
    if answer.date is not None:
        return str(answer.date)
    return list(answer.choices) or answer.text


def comment_of(answers: list[Answer]) -> str:
    """Return the words of all open questions as one comment."""
    words = (answer.text for answer in answers if answer.kind == ItemKind.TEXT)
    return "\n".join(text for text in words if text)
