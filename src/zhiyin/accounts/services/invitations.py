"""How colleagues come in: by a link that works once, for seven days."""

from __future__ import annotations

import datetime as dt
import logging
import secrets
from collections.abc import Callable
from smtplib import SMTPException
from typing import NamedTuple

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.mail import send_mail
from django.core.validators import validate_email
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from zhiyin.accounts.models import ColleagueInvitation, Person
from zhiyin.accounts.services.audit import record
from zhiyin.accounts.services.people import Grant, add_person, check_grant
from zhiyin.accounts.services.tokens import hash_secret
from zhiyin.common import clock

logger = logging.getLogger(__name__)

VALID_FOR = dt.timedelta(days=7)

LinkFor = Callable[[str], str]


class SentInvitation(NamedTuple):
    """An invitation, its link (seen only now), and whether the mail went out."""

    invitation: ColleagueInvitation
    link: str
    is_mailed: bool


class Invitee(NamedTuple):
    """Who is invited, as what, and in which language the mail speaks."""

    email: str
    name: str
    grant: Grant
    language: str = "zh-hans"


def invite_colleague(
    *, by: Person, invitee: Invitee, link_for: LinkFor
) -> SentInvitation:
    """Invite somebody by mail; a mail that fails leaves a link to copy."""
    token = secrets.token_urlsafe(32)
    invitation = _write_invitation(by=by, invitee=invitee, token=token)
    return _mailed(invitation, link_for(token))


@transaction.atomic
def _write_invitation(
    *,
    by: Person,
    invitee: Invitee,
    token: str,
) -> ColleagueInvitation:
    email = invitee.email.strip().lower()
    validate_email(email)
    check_grant(by.organisation, invitee.grant)
    _check_is_new(by, email)
    now = clock.now()
    invitation = ColleagueInvitation.objects.create(
        organisation_id=by.organisation_id,
        email=email,
        name=invitee.name.strip(),
        role=invitee.grant.role,
        department=invitee.grant.department,
        language=invitee.language,
        token_hash=hash_secret(token),
        invited_by=by,
        created_at=now,
        expires_at=now + VALID_FOR,
    )
    record(action="invitation.sent", target=invitation, role=str(invitation.role))
    return invitation


def _check_is_new(by: Person, email: str) -> None:
    """Refuse somebody who is here already, with what to do instead."""
    there = Person.objects.filter(email=email).first()
    if there is not None and there.organisation_id != by.organisation_id:
        raise ValidationError(
            {"email": _("This e-mail address is already in use.")},
        )
    if there is not None and there.is_active:
        raise ValidationError(
            {
                "email": _(
                    "%(name)s already works here; give the role on the person's page."
                )
                % {"name": there},
            },
        )
    if there is not None:
        raise ValidationError(
            {
                "email": _("%(name)s was deactivated; reactivate the person instead.")
                % {"name": there},
            },
        )
    waiting = ColleagueInvitation.objects.of(by.organisation_id).pending()
    if waiting.filter(email=email).exists():
        raise ValidationError(
            {"email": _("There is an open invitation; send it again from the list.")},
        )


def _mailed(invitation: ColleagueInvitation, link: str) -> SentInvitation:
    """Send the mail outside the transaction: a slow server must not hold the lock."""
    context = {
        "invitation": invitation,
        "organisation": invitation.organisation,
        "link": link,
        "days": VALID_FOR.days,
    }
    with translation.override(invitation.language):
        subject = _("%(inviter)s invites you to %(organisation)s on Zhiyin") % {
            "inviter": invitation.invited_by,
            "organisation": invitation.organisation,
        }
        text = render_to_string("accounts/mail/invitation.txt", context)
    try:
        send_mail(" ".join(subject.split()), text, None, [invitation.email])
    except (OSError, SMTPException):
        logger.exception("the invitation %s could not be mailed", invitation.pk)
        return SentInvitation(invitation, link, is_mailed=False)
    invitation.mail_sent_at = clock.now()
    invitation.save(update_fields=["mail_sent_at"])
    return SentInvitation(invitation, link, is_mailed=True)


def resend_invitation(
    *,
    invitation: ColleagueInvitation,
    link_for: LinkFor,
) -> SentInvitation:
    """Send a new link; the old one stops working."""
    token = secrets.token_urlsafe(32)
    _renew(invitation, token)
    return _mailed(invitation, link_for(token))


@transaction.atomic
def _renew(invitation: ColleagueInvitation, token: str) -> None:
    renewed = (
        ColleagueInvitation.objects.pending()
        .filter(pk=invitation.pk)
        .update(
            token_hash=hash_secret(token),
            expires_at=clock.now() + VALID_FOR,
            mail_sent_at=None,
        )
    )
    if not renewed:
        raise ValidationError(_("This invitation is no longer open."))
    invitation.refresh_from_db()
    record(action="invitation.resent", target=invitation)


@transaction.atomic
def withdraw_invitation(*, invitation: ColleagueInvitation) -> None:
    """Make a link that was not yet used worthless."""
    withdrawn = (
        ColleagueInvitation.objects.pending()
        .filter(pk=invitation.pk)
        .update(withdrawn_at=clock.now())
    )
    if not withdrawn:
        raise ValidationError(_("This invitation is no longer open."))
    record(action="invitation.withdrawn", target=invitation)


def open_invitation(*, token: str) -> ColleagueInvitation | None:
    """Return the invitation this link opens, if it still does."""
    return (
        ColleagueInvitation.objects.pending()
        .filter(token_hash=hash_secret(token), expires_at__gt=clock.now())
        .select_related("organisation", "department", "invited_by")
        .first()
    )


@transaction.atomic
def accept_invitation(
    *,
    invitation: ColleagueInvitation,
    name: str,
    password: str,
    language: str,
) -> Person:
    """Turn an invitation into a person who can log in; works once."""
    validate_password(password, Person(email=invitation.email, name=name))
    taken = (
        ColleagueInvitation.objects.pending()
        .filter(pk=invitation.pk, expires_at__gt=clock.now())
        .update(accepted_at=clock.now())
    )
    if not taken:
        raise ValidationError(_("This invitation is no longer open."))
    person = add_person(
        organisation=invitation.organisation,
        email=invitation.email,
        name=name,
        roles=[Grant(invitation.role, invitation.department)],
        password=password,
        language=language,
    )
    record(action="invitation.accepted", actor=person, target=invitation)
    return person
