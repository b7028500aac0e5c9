"""What others have to say about a text before it may be sent.

Channels know no survey; whoever knows what a message must not say registers a check.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class TextFault:
    """One fault of a text; a refusal has to be mended before the text is saved."""

    message: str
    is_refusal: bool
    quote: str = ""


@dataclass(frozen=True)
class Written:
    """A text as it is written, for whom and by which way."""

    body: str
    message_class: str
    language: str
    medium: str
    brand: str = ""


TextCheck = Callable[[Written], Iterable[TextFault]]
_checks: dict[str, TextCheck] = {}


def register_text_check(name: str, check: TextCheck) -> None:
    """Have every text checked by this too; a second one of the name replaces it."""
    _checks[name] = check


def text_faults(written: Written) -> list[TextFault]:
    """Return what is wrong with a text, refusals first."""
    found = [fault for check in _checks.values() for fault in check(written)]
    return sorted(found, key=lambda fault: not fault.is_refusal)
