"""A person about herself: profile, language, keys to the API."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST
from django.views.i18n import set_language as django_set_language

from zhiyin.accounts.forms import ProfileForm, TokenForm
from zhiyin.accounts.models import ApiToken, StaffRequest
from zhiyin.accounts.queries import has_second_step
from zhiyin.accounts.services import (
    change_profile,
    create_api_token,
    end_sessions,
    revoke_api_token,
)

PROFILE_FIELDS = ("name", "language", "time_zone", "theme")


@login_required
def profile(request: StaffRequest) -> HttpResponse:
    person = request.user
    initial = {name: getattr(person, name) for name in PROFILE_FIELDS}
    form = ProfileForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        change_profile(person=person, **form.cleaned_data)
        # The page that follows already speaks the language just chosen.
        with translation.override(person.language):
            messages.success(request, _("Your profile was saved."))
        return redirect("profile")
    return render(
        request,
        "accounts/profile.html",
        {"form": form, "has_second_step": has_second_step(person)},
    )


@login_required
def welcome(request: StaffRequest) -> HttpResponse:
    """Greet somebody who has just come in, and offer the second step."""
    if has_second_step(request.user):
        return redirect("home")
    return render(request, "accounts/welcome.html")


@login_required
@require_POST
def end_my_sessions(request: StaffRequest) -> HttpResponse:
    end_sessions(person=request.user)
    # This device stays: who asks is sitting in front of it.
    update_session_auth_hash(request, request.user)
    messages.success(request, _("You are logged out on every other device."))
    return redirect("profile")


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Choose a language: kept in a cookie, and with the person who is logged in."""
    chosen = request.POST.get("language", "")
    if request.user.is_authenticated and chosen in dict(settings.LANGUAGES):
        change_profile(person=request.user, language=chosen)
    response: HttpResponse = django_set_language(request)
    return response


@login_required
@never_cache
def tokens(request: StaffRequest) -> HttpResponse:
    form = TokenForm(request.POST or None)
    made = None
    if request.method == "POST" and form.is_valid():
        try:
            made = create_api_token(person=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            form = TokenForm()
    context = {"form": form, "made": made, "tokens": request.user.api_tokens.all()}
    return render(request, "accounts/tokens.html", context)


@login_required
@require_POST
def revoke_token(request: StaffRequest, pk: int) -> HttpResponse:
    mine = ApiToken.objects.visible_to(request.user).filter(person=request.user)
    revoke_api_token(token=get_object_or_404(mine, pk=pk))
    messages.success(request, _("The token was revoked."))
    return redirect("tokens")
