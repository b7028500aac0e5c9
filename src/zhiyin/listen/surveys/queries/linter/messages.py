"""The text of a message: an SMS or a mail that invites, reminds or thanks."""

from __future__ import annotations

import re
from collections.abc import Iterator

from zhiyin.channels.queries.checks import TextFault, Written
from zhiyin.channels.sms.numbers import count_segments
from zhiyin.listen.surveys.queries.linter import wording
from zhiyin.listen.surveys.queries.linter.findings import REFUSE, Finding, found
from zhiyin.listen.surveys.queries.linter.patterns import OPT_OUT

SERVICE, SURVEY, MARKETING = "service", "survey", "marketing"
# Whoever does not want these any more unfollows the account.
UNFOLLOWED = ("wechat", "wecom")
_SLOT = re.compile(r"\{([a-z][a-z0-9_]*)\}")
# What a slot is likely to be filled with, for the length.
_LIKELY = {"link": "https://cx.example/s/abcdefgh"}
_LIKELY_ELSE = "某某某某"


def message_class_of(text: str, declared: str) -> str:
    """Return the class a message truly has: words of an offer make it marketing."""
    return MARKETING if wording.offer_words(text) else declared


def _segments(text: str) -> int:
    filled = _SLOT.sub(lambda slot: _LIKELY.get(slot.group(1), _LIKELY_ELSE), text)
    return count_segments(filled)


def _findings(
    text: str,
    message_class: str,
    language: str,
    medium: str,
    brand: str,
) -> Iterator[Finding]:
    for finding in wording.text_findings(text, language=language):
        # Offers and comparisons have their own, stricter rules in messages.
        if finding.code not in {"offer", "comparative"}:
            yield finding
    offer = wording.offer_words(text)
    if offer and message_class != MARKETING:
        yield found("offer_in_message", language=language, quote=offer)
    yield from _forbidden(text, message_class, language, brand)
    reward = wording.rewards_answer(text)
    if reward and message_class == SURVEY and not wording.rewards_score(text):
        yield found("incentive", language=language, quote=reward)
    needs_way_out = message_class != SERVICE and medium not in UNFOLLOWED
    if needs_way_out and not OPT_OUT.search(wording.folded(text)):
        yield found("no_opt_out", language=language)
    if medium == "sms" and _segments(text) > 1:
        yield found("long_message", language=language, names=str(_segments(text)))


def _forbidden(
    text: str, message_class: str, language: str, brand: str
) -> Iterator[Finding]:
    """Yield what the rules of number portability forbid in every message."""
    fear = wording.frightens(text)
    if fear:
        yield found("fear_message", language=language, quote=fear)
    porting = wording.speaks_of_porting(text)
    if porting and message_class_of(text, message_class) == MARKETING:
        yield found("porting_offer", language=language, quote=porting)
    named = wording.compares(text, brand)
    if named:
        yield found("comparative_message", language=language, quote=named)


def lint_message(
    text: str,
    message_class: str = SURVEY,
    *,
    language: str = "",
    medium: str = "sms",
    brand: str = "",
) -> list[Finding]:
    """Return what is wrong with a message of a class (service, survey, marketing).

    `brand` is the sender's own name, which is no other operator. Slots count with a
    likely length. The messages are in the active language, refusals first.
    """
    findings = _findings(text, message_class, language, medium, brand)
    return sorted(dict.fromkeys(findings), key=lambda each: each.level != REFUSE)


def faults_written(written: Written) -> Iterator[TextFault]:
    """Yield what is wrong with a text that is being written for a channel."""
    for finding in lint_message(
        written.body,
        written.message_class,
        language=written.language,
        medium=written.medium,
        brand=written.brand,
    ):
        yield TextFault(finding.message, finding.is_refusal, finding.quote)
