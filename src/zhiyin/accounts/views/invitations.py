"""Invitations of colleagues: sending, the list, and coming in."""

from __future__ import annotations

from collections.abc import Callable

from allauth.account.internal.flows.reauthentication import (
    reauthenticate_by_password,
)
from django.contrib import messages
from django.contrib.auth import login
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from zhiyin.accounts.forms import AcceptInvitationForm, InvitationForm
from zhiyin.accounts.models import ColleagueInvitation, Permission, StaffRequest
from zhiyin.accounts.services import (
    SentInvitation,
    accept_invitation,
    invite_colleague,
    open_invitation,
    resend_invitation,
    withdraw_invitation,
)
from zhiyin.common.access import permission_required

INVITATIONS_PER_PAGE = 50
LOGIN_BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
manages_people = permission_required(Permission.MANAGE_PEOPLE)


def _link_for(request: StaffRequest) -> Callable[[str], str]:
    def link(token: str) -> str:
        return request.build_absolute_uri(reverse("accept_invitation", args=[token]))

    return link


def _show(request: StaffRequest, sent: SentInvitation) -> HttpResponse:
    # Shown in the answer itself and never stored: the link is as good as a password.
    return render(request, "accounts/invitation_sent.html", {"sent": sent})


@manages_people
@never_cache
def invite(request: StaffRequest) -> HttpResponse:
    initial = {"language": request.user.organisation.language}
    form = InvitationForm(request.POST or None, person=request.user, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            sent = invite_colleague(
                by=request.user,
                invitee=form.invitee(),
                link_for=_link_for(request),
            )
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            return _show(request, sent)
    return render(request, "accounts/invite.html", {"form": form})


@manages_people
def invitations(request: StaffRequest) -> HttpResponse:
    sent = ColleagueInvitation.objects.visible_to(request.user)
    found = Paginator(
        sent.select_related("invited_by", "department"),
        INVITATIONS_PER_PAGE,
    )
    page = found.get_page(request.GET.get("page"))
    return render(request, "accounts/invitations.html", {"page": page})


def _invitation(request: StaffRequest, pk: int) -> ColleagueInvitation:
    return get_object_or_404(
        ColleagueInvitation.objects.visible_to(request.user), pk=pk
    )


@manages_people
@require_POST
@never_cache
def resend(request: StaffRequest, pk: int) -> HttpResponse:
    invitation = _invitation(request, pk)
    try:
        sent = resend_invitation(invitation=invitation, link_for=_link_for(request))
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return redirect("invitations")
    return _show(request, sent)


@manages_people
@require_POST
def withdraw(request: StaffRequest, pk: int) -> HttpResponse:
    try:
        withdraw_invitation(invitation=_invitation(request, pk))
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, _("The invitation was withdrawn."))
    return redirect("invitations")


@never_cache
@sensitive_post_parameters("password", "password_again")
def accept(request: HttpRequest, token: str) -> HttpResponse:
    """Let somebody in who holds a link; no login needed, the link is the key."""
    invitation = open_invitation(token=token)
    if invitation is None:
        return render(request, "accounts/invitation_over.html", status=404)
    chosen = request.GET.get("language") or invitation.language
    initial = {"name": invitation.name, "language": chosen}
    form = AcceptInvitationForm(
        request.POST or None,
        invitation=invitation,
        initial=initial,
    )
    if request.method == "POST" and form.is_valid():
        given = {
            name: form.cleaned_data[name] for name in ("name", "password", "language")
        }
        try:
            person = accept_invitation(invitation=invitation, **given)
        except ValidationError as refusal:
            form.add_error(None, " ".join(refusal.messages))
        else:
            login(request, person, LOGIN_BACKEND)
            # The password was typed a moment ago: setting up the second step next
            # need not ask for it again.
            reauthenticate_by_password(request)
            return redirect("welcome")
    with translation.override(chosen):
        context = {"form": form, "invitation": invitation}
        return render(request, "accounts/accept_invitation.html", context)
