"""The words of a survey held by text messages, and what a reply in it means."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from django.utils import translation
from django.utils.translation import gettext as _

from zhiyin.channels.sms.replies import ReplyKind, parse_reply
from zhiyin.listen.programs.models import Invitation
from zhiyin.listen.programs.queries import wording_slots
from zhiyin.listen.programs.queries.invitation_texts import is_answered_by_reply
from zhiyin.listen.programs.queries.tokens import personal_url
from zhiyin.listen.surveys.models import ItemKind
from zhiyin.listen.surveys.queries import ItemSnapshot, VersionSnapshot, fill

# More reasons than this are no message but a form.
MOST_OPTIONS = 12
MARKS = "分點点"
LEAST_LETTERS = 2


class Said(StrEnum):
    """What a text says at this point of the conversation."""

    SCORE = "score"
    REASON = "reason"
    GOODBYE = "goodbye"
    UNCLEAR = "unclear"
    NOTHING = "nothing"


@dataclass(frozen=True)
class Heard:
    """A reply as understood: a score, a reason by its place, words, or none of it."""

    said: Said
    score: int | None = None
    option: int | None = None
    words: str = ""


@dataclass(frozen=True)
class Followup:
    """The one question after the score: reasons to choose from, or only words."""

    choice: ItemSnapshot | None
    text: ItemSnapshot | None

    def options(self, language: str) -> list[tuple[str, str]]:
        """Return code and label of every reason, in order."""
        if self.choice is None:
            return []
        given = self.choice.wording(language).get("options") or ()
        return [(str(code), str(label)) for code, label in given]


def followup_of(version: VersionSnapshot, score: float) -> Followup | None:
    """Return what is asked after a score; None where nothing fits a message."""
    asked = version.followups(score)
    choices = [
        item
        for item in asked
        if item.kind == ItemKind.CHOICE and 1 < len(item.option_codes()) <= MOST_OPTIONS
    ]
    texts = [item for item in asked if item.kind == ItemKind.TEXT]
    if not choices and not texts:
        return None
    return Followup(choices[0] if choices else None, texts[0] if texts else None)


def hear_first(text: str, item: ItemSnapshot) -> Heard:
    """Read a reply to the main question."""
    return _heard(text, item, is_number_a_score=True)


def hear_later(text: str, item: ItemSnapshot, options: int) -> Heard:
    """Read a reply after the score; a plain number up to `options` is a reason.

    A number that is marked as a score (9分), or that is no reason's, is another score.
    """
    plain = unicodedata.normalize("NFKC", text)
    if options and not any(mark in plain for mark in MARKS):
        reply = parse_reply(text, lowest=1, highest=options)
        if reply.kind is ReplyKind.SCORE:
            return Heard(Said.REASON, option=reply.score, words=reply.comment)
    return _heard(text, item, is_number_a_score=False)


def _heard(text: str, item: ItemSnapshot, *, is_number_a_score: bool) -> Heard:
    """Read a reply; where a score was given already, what is no score is words."""
    points = item.points
    if not is_answered_by_reply(item):
        return Heard(Said.NOTHING)
    reply = parse_reply(text, lowest=points[0], highest=points[-1])
    if reply.kind is ReplyKind.OPT_OUT:
        return Heard(Said.GOODBYE, score=reply.score)
    if reply.kind is ReplyKind.EMPTY:
        return Heard(Said.NOTHING)
    if reply.kind is ReplyKind.SCORE:
        return Heard(Said.SCORE, score=reply.score, words=reply.comment)
    is_only_a_number = sum(letter.isalpha() for letter in text) < LEAST_LETTERS
    if is_number_a_score or is_only_a_number:
        return Heard(Said.UNCLEAR, words=text.strip())
    return Heard(Said.REASON, words=text.strip())


def followup_text(
    invitation: Invitation, version: VersionSnapshot, followup: Followup
) -> str:
    """Return the one question after the score, in the customer's language."""
    language = invitation.language
    item = followup.choice or followup.text
    if item is None:
        return ""
    slots = wording_slots(
        invitation.link, language, brand=version.brand, invitation=invitation
    )
    question = fill(str(item.wording(language).get("text", "")), slots)
    options = followup.options(language)
    if not options:
        return question
    listed = " ".join(f"{n}{label}" for n, (_code, label) in enumerate(options, 1))
    with translation.override(language):
        return _(
            "%(question)s %(options)s. Please reply with the number or in words."
        ) % {"question": question, "options": listed}


def again_text(invitation: Invitation, item: ItemSnapshot) -> str:
    """Return the request for a whole number, said once."""
    with translation.override(invitation.language):
        return _(
            "We could not read a score in your reply. Please reply with one whole "
            "number from %(low)s to %(high)s."
        ) % {"low": item.scale_min, "high": item.scale_max}


def page_text(invitation: Invitation) -> str:
    """Return the way to the page, for whom two texts did not bring further."""
    with translation.override(invitation.language):
        return _("You can also answer here with one click: %(link)s") % {
            "link": personal_url(invitation),
        }


def late_text(invitation: Invitation) -> str:
    """Return the answer to who replies after the end."""
    with translation.override(invitation.language):
        return _("Thank you for your reply. This survey has ended.")
