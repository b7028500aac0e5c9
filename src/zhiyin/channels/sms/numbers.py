"""Telephone numbers and lengths, as the channels' seam asks for them."""

from __future__ import annotations

import re
import unicodedata

from zhiyin.channels.base import gettext_noop as _
from zhiyin.channels.sms.contract import PermanentSmsError
from zhiyin.channels.sms.text import cut, sign

MOST_SEGMENTS = 10
_NUMBER = re.compile(r"^\+?[0-9]{5,15}$")
_SEPARATORS = re.compile(r"[\s\-().]+")


def read_number(text: str) -> str:
    """Return a telephone number without separators; raises ValueError."""
    compact = _SEPARATORS.sub("", unicodedata.normalize("NFKC", text).strip())
    if not _NUMBER.match(compact):
        raise ValueError(
            _("A telephone number has 5 to 15 digits and may begin with +."),
        )
    return compact


def count_segments(text: str) -> int:
    """Return how many segments a text is charged as."""
    return len(cut(text))


def signed(body: str, signature: str) -> str:
    """Return the body behind its signature 【】; raises ValueError."""
    if not signature:
        return body
    try:
        return sign(body, signature)
    except PermanentSmsError as error:
        raise ValueError(str(error)) from error
