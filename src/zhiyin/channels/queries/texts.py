"""Texts: filling slots, counting what they cost, and knowing a wish to hear no more."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from zhiyin.channels.models import ChannelAccount, Medium
from zhiyin.channels.models.templates import SLOT
from zhiyin.channels.sms.contract import PermanentSmsError
from zhiyin.channels.sms.text import Encoding, compose

LONGEST_OPT_OUT = 20
# What operators print under messages differs: 退订回T, 拒收请回复R, 回TD退订.
OPT_OUTS = frozenset(
    {
        *("t", "td", "tt", "qx", "r", "退", "退订", "退訂", "拒收", "取消", "停止"),
        *("取消订阅", "取消訂閱", "不要再发", "stop", "unsubscribe", "stopall"),
    },
)


class SlotMissingError(ValueError):
    """A template was given no value for one of its slots."""


def fill(text: str, values: Mapping[str, str]) -> str:
    """Put values into the slots of a text; every slot needs one."""
    missing = [name for name in SLOT.findall(text) if name not in values]
    if missing:
        raise SlotMissingError(
            _("No value was given for {%(name)s}.") % {"name": missing[0]},
        )
    return SLOT.sub(lambda found: str(values[found.group(1)]), text)


def is_opt_out(text: str) -> bool:
    """Tell whether a reply says nothing but: no more."""
    if len(text) > LONGEST_OPT_OUT:
        return False
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(ch for ch in plain if ch.isalnum()) in OPT_OUTS


@dataclass(frozen=True)
class Preview:
    """A text as its receiver reads it, and what it is charged as."""

    subject: str
    body: str
    segments: int
    characters: int
    is_unicode: bool
    cost: Decimal | None
    currency: str
    problem: str = ""


def preview(
    *,
    medium: str,
    subject: str,
    body: str,
    account: ChannelAccount | None,
    fields: Mapping[str, str] | None = None,
) -> Preview:
    """Return how a text looks; slots stand in it as they are.

    In WeChat the fields of an approved template are read in place of the text.
    """
    if medium == Medium.WECHAT and fields:
        body = "\n".join(f"{name}: {text}" for name, text in fields.items())
    signature = account.signature if account else ""
    price = account.price if account else None
    currency = account.currency if account else ""
    plain = Preview(subject, body, 1, len(body), is_unicode=False, cost=price,
                    currency=currency)  # fmt: skip
    if medium != Medium.SMS or not body.strip():
        return plain
    try:
        made = compose(body, signature=signature)
    except PermanentSmsError as error:
        return Preview(subject, body, 0, len(body), is_unicode=False, cost=None,
                       currency=currency, problem=str(error))  # fmt: skip
    return Preview(
        subject="",
        body=made.text,
        segments=made.segments,
        characters=made.characters,
        is_unicode=made.encoding is Encoding.UCS2,
        cost=None if price is None else made.price(price),
        currency=currency,
    )
