"""A survey held by text messages: each reply is read once and answered at most once."""

from __future__ import annotations

import datetime as dt
import logging
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from zhiyin.channels.models import InboundKind, InboundMessage, Medium, Message
from zhiyin.channels.queries import is_opt_out
from zhiyin.channels.services import Draft, queue_message
from zhiyin.channels.sms.replies import ReplyKind, parse_reply
from zhiyin.common import clock
from zhiyin.listen.customers.models import FieldKind
from zhiyin.listen.customers.queries import customers_at
from zhiyin.listen.customers.services import ensure_fields
from zhiyin.listen.programs.models import Channel, Invitation
from zhiyin.listen.programs.queries.tokens import further_key, split_key
from zhiyin.listen.programs.services.lifecycle_optouts import stop_asking
from zhiyin.listen.programs.services.progress import note_completed
from zhiyin.listen.responses.models import ReadReply, ReplyOutcome, Response
from zhiyin.listen.responses.queries.texting import (
    Followup,
    Heard,
    Said,
    again_text,
    followup_of,
    followup_text,
    hear_first,
    hear_later,
    late_text,
    page_text,
)
from zhiyin.listen.responses.services.followups import Sheet, save_page
from zhiyin.listen.responses.services.replies import Reply
from zhiyin.listen.responses.services.scores import Occasion, save_score, version_of
from zhiyin.listen.surveys.queries import VersionSnapshot, published_version

logger = logging.getLogger(__name__)

ROWS = 500
# Numbers are handed out before rows are committed: the youngest are looked at again.
OVERLAP = dt.timedelta(minutes=10)
CHANGED_WITHIN = dt.timedelta(hours=24)
REMEMBERED = dt.timedelta(days=30)
LIFETIME = dt.timedelta(hours=24)
SMS_SOURCE, SMS_MODE = "sms", "sms_reply"
WHY, AGAIN, PAGE, LATE = "why", "again", "page", "late"


@dataclass
class _Talk:
    """One conversation at the moment of one reply."""

    inbound: InboundMessage
    invitation: Invitation
    version: VersionSnapshot
    response: Response | None
    read: ReadReply

    def was_sent(self, part: str) -> bool:
        """Tell whether this message of the conversation went out already."""
        key = further_key(self.invitation.message_key, part)
        rows = Message.objects.of(self.invitation.organisation_id)
        return rows.filter(key=key).exists()


def read_replies() -> bool:
    """Read every reply by text that came in; True when there may be more."""
    old = clock.now() - OVERLAP
    last = ReadReply.objects.filter(read_at__lt=old).order_by("-read_at").first()
    rows = (
        InboundMessage.objects.filter(
            kind=InboundKind.REPLY, pk__gt=last.pk if last else 0, read_reply=None
        )
        .select_related("message", "account", "organisation")
        .order_by("pk")
    )
    part = list(rows[:ROWS])
    done = [_read_safely(inbound) for inbound in part]
    return any(done)


def _read_safely(inbound: InboundMessage) -> bool:
    try:
        read_reply(inbound=inbound)
    except IntegrityError:
        # Another worker reads it at this moment.
        return False
    except Exception:
        # One reply that breaks us must not keep the others from being read.
        logger.exception("reading reply %s failed", inbound.pk)
        return False
    return True


@transaction.atomic
def read_reply(*, inbound: InboundMessage) -> ReadReply:
    """Read one reply and do what follows from it, once and for all."""
    read = ReadReply(
        organisation_id=inbound.organisation_id,
        inbound=inbound,
        outcome=ReplyOutcome.UNKNOWN,
        read_at=clock.now(),
    )
    # The row comes first: whoever makes it is the one who reads.
    read.save(force_insert=True)
    read.outcome = _outcome(inbound, read)
    read.save()
    return read


def _outcome(inbound: InboundMessage, read: ReadReply) -> ReplyOutcome:
    is_goodbye = is_opt_out(inbound.text) or (
        parse_reply(inbound.text).kind is ReplyKind.OPT_OUT
    )
    kind = inbound.account.known_kind
    if kind is None or kind.medium == Medium.EMAIL:
        # A letter is no score; whoever wants no more says so in any way.
        return _goodbye(inbound) if is_goodbye else ReplyOutcome.UNKNOWN
    invitation = _invitation_of(inbound)
    if invitation is None:
        return _goodbye(inbound) if is_goodbye else ReplyOutcome.UNKNOWN
    read.invitation = invitation
    version = published_version(invitation.link.instrument)
    if invitation.withdrawn_at is not None or version is None:
        return ReplyOutcome.IGNORED
    response = Response.objects.filter(invitation=invitation).first()
    if response is not None:
        version = version_of(response, version)
    talk = _Talk(inbound, invitation, version, response, read)
    outcome = _answer(talk)
    read.response = talk.response
    return outcome


def _invitation_of(inbound: InboundMessage) -> Invitation | None:
    """Return what the reply is about: its message's, else the sender's newest."""
    rows = (
        Invitation.objects.of(inbound.organisation_id)
        .select_for_update(of=("self",))
        .select_related(
            "link__organisation", "link__touchpoint", "link__wave", "link__instrument",
            "programme", "customer",
        )
    )  # fmt: skip
    if inbound.message is not None:
        key = split_key(inbound.message.key)[0]
        return rows.filter(message_key=key).first() if key else None
    people = customers_at(inbound.organisation_id, [inbound.sender_hash])
    recent = rows.filter(
        customer_id__in=people.get(inbound.sender_hash, []),
        channel=Channel.SMS,
        created_at__gte=clock.now() - REMEMBERED,
    ).exclude(message_key="")
    return recent.order_by("-created_at").first()


def _goodbye(inbound: InboundMessage) -> ReplyOutcome:
    stop_asking(inbound=inbound)
    return ReplyOutcome.OPTED_OUT


def _answer(talk: _Talk) -> ReplyOutcome:
    item, text = talk.version.primary, talk.inbound.text
    followup = _followup_sent(talk)
    if talk.response is None:
        heard = hear_first(text, item)
    else:
        options = followup.options(talk.invitation.language) if followup else []
        heard = hear_later(text, item, len(options))
    if heard.said is Said.GOODBYE:
        if heard.score is not None and talk.response is None:
            _save_score(talk, heard)
        return _goodbye(talk.inbound)
    if heard.said is Said.NOTHING:
        return ReplyOutcome.IGNORED
    if talk.invitation.has_expired() or talk.version.is_anonymous:
        return _late(talk)
    if talk.response is None:
        return _first(talk, heard)
    return _later(talk, heard, followup)


def _followup_sent(talk: _Talk) -> Followup | None:
    if talk.response is None or not talk.was_sent(WHY):
        return None
    given = talk.response.answers.filter(item=talk.version.primary.code).first()
    score = given.score if given and given.score is not None else 0
    return followup_of(talk.version, score)


def _first(talk: _Talk, heard: Heard) -> ReplyOutcome:
    if heard.said is not Said.SCORE:
        return _ask_again(talk)
    response = _save_score(talk, heard)
    followup = followup_of(talk.version, heard.score or 0)
    if followup is None:
        _complete(talk)
    elif heard.words:
        _save_reason(talk, followup, heard)
    else:
        text = followup_text(talk.invitation, talk.version, followup)
        _say(talk, WHY, text)
    talk.response = response
    return ReplyOutcome.SCORED


def _later(talk: _Talk, heard: Heard, followup: Followup | None) -> ReplyOutcome:
    if heard.said is Said.SCORE:
        age = clock.now() - talk.response.responded_at if talk.response else LIFETIME
        if age >= CHANGED_WITHIN:
            return ReplyOutcome.LATE
        _save_score(talk, heard)
        return ReplyOutcome.RESCORED
    if heard.said is not Said.REASON or followup is None:
        return ReplyOutcome.IGNORED
    _save_reason(talk, followup, heard)
    return ReplyOutcome.EXPLAINED


def _save_score(talk: _Talk, heard: Heard) -> Response:
    invitation = talk.invitation
    is_new = talk.response is None
    occasion = Occasion(
        link=invitation.link,
        version=talk.version,
        language=invitation.language,
        invitation=invitation,
    )
    response = save_score(occasion=occasion, score=heard.score or 0)
    talk.read.score = heard.score
    if is_new:
        # A number typed into a phone and a click on a page are not alike.
        (mode,) = ensure_fields(
            organisation=talk.inbound.organisation,
            fields=[("mode", FieldKind.CATEGORY, False)],
        )
        response.attributes = {**response.attributes, mode.code: SMS_MODE}
        kind = talk.inbound.account.known_kind
        is_chat = kind is not None and kind.medium in {Medium.WECHAT, Medium.WECOM}
        response.channel = invitation.channel if is_chat else Channel.SMS
        response.source = SMS_SOURCE
        response.save(update_fields=["attributes", "channel", "source"])
    talk.response = response
    return response


def _save_reason(talk: _Talk, followup: Followup, heard: Heard) -> None:
    """Keep a reason chosen by its number, and words, as the follow-up's answers."""
    if talk.response is None:
        return
    options = followup.options(talk.invitation.language)
    replies: dict[str, Reply] = {}
    items = []
    if followup.choice is not None and heard.option is not None:
        code = options[heard.option - 1][0]
        replies[followup.choice.code] = Reply(choices=(code,))
        items.append(followup.choice)
    if followup.text is not None and heard.words:
        before = talk.response.answers.filter(item=followup.text.code).first()
        words = f"{before.text}\n{heard.words}" if before else heard.words
        replies[followup.text.code] = Reply(text=words)
        items.append(followup.text)
    sheet = Sheet(
        version=talk.version,
        items=tuple(items),
        replies=replies,
        language=talk.invitation.language,
        # Nothing is asked for: a text message is no form.
        way="back",
    )
    save_page(response=talk.response, sheet=sheet, before=talk.response.answers.all())
    _complete(talk)


def _complete(talk: _Talk) -> None:
    now = clock.now()
    if talk.response is not None and talk.response.completed_at is None:
        talk.response.completed_at = now
        talk.response.save(update_fields=["completed_at"])
        note_completed(invitation_id=talk.invitation.pk, at=now)


def _ask_again(talk: _Talk) -> ReplyOutcome:
    """Ask for a number once, then show the way to the page once, then leave it."""
    if not talk.was_sent(AGAIN):
        _say(talk, AGAIN, again_text(talk.invitation, talk.version.primary))
        return ReplyOutcome.ASKED_AGAIN
    if not talk.was_sent(PAGE):
        _say(talk, PAGE, page_text(talk.invitation))
        return ReplyOutcome.LINKED
    return ReplyOutcome.IGNORED


def _late(talk: _Talk) -> ReplyOutcome:
    """Answer once that it is over; who answers anonymously does so on the page."""
    if talk.invitation.has_expired():
        _say(talk, LATE, late_text(talk.invitation))
        return ReplyOutcome.LATE
    _say(talk, PAGE, page_text(talk.invitation))
    return ReplyOutcome.LINKED


def _say(talk: _Talk, part: str, text: str) -> None:
    """Answer on the same number; each message of a conversation is sent once.

    No pause applies and no quiet hour: the customer has just written.
    """
    draft = Draft(
        key=further_key(talk.invitation.message_key, part),
        to=talk.inbound.sender,
        body=text,
        language=talk.invitation.language,
        expires_at=clock.now() + LIFETIME,
    )
    try:
        queue_message(account=talk.inbound.account, draft=draft)
    except ValidationError:
        logger.exception("reply %s cannot be answered", talk.inbound.pk)
