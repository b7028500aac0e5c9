"""The form for customers: no login, one code, and the same words for everybody."""

from __future__ import annotations

from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from zhiyin.accounts.models import Organisation
from zhiyin.act.privacy import services
from zhiyin.act.privacy.forms import CodeForm, FilingForm
from zhiyin.act.privacy.models import IdentityCode
from zhiyin.common.network import client_address

_SALT = "privacy filing"
_VALID_SECONDS = 3600


def _organisation(code: str) -> Organisation:
    found = get_object_or_404(Organisation, code=code)
    if not services.settings_of(found).is_form_open:
        raise Http404
    return found


def _private(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def data_request(request: HttpRequest, code: str) -> HttpResponse:
    """Ask what the customer wants, and where to send the code."""
    organisation = _organisation(code)
    form = FilingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            row = services.begin_filing(
                organisation=organisation,
                sender=client_address(request) or "",
                **form.cleaned_data,
            )
        except services.FilingRefusedError as refusal:
            form.add_error(None, str(refusal))
        else:
            token = signing.dumps(row.pk, salt=_SALT)
            return redirect("data-request-code", code=code, token=token)
    context = {"form": form, "brand": organisation.brand, "step": "ask"}
    return _private(render(request, "privacy/public.html", context))


@require_http_methods(["GET", "HEAD", "POST"])
def data_request_code(request: HttpRequest, code: str, token: str) -> HttpResponse:
    """Take the code; whoever has it is who they say."""
    organisation = _organisation(code)
    try:
        number = signing.loads(token, salt=_SALT, max_age=_VALID_SECONDS)
    except signing.BadSignature as error:
        raise Http404 from error
    row = get_object_or_404(IdentityCode.objects.of(organisation), pk=number)
    form = CodeForm(request.POST or None)
    context = {"form": form, "brand": organisation.brand, "step": "code"}
    if request.method == "POST" and form.is_valid():
        try:
            filed = services.finish_filing(row=row, code=form.cleaned_data["code"])
        except services.FilingRefusedError as refusal:
            services.count_try(row=row)
            form.add_error("code", str(refusal))
        else:
            context |= {"step": "done", "filed": filed}
    return _private(render(request, "privacy/public.html", context))
