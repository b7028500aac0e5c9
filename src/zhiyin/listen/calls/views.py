"""The door of call centres, and the pages about them."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from zhiyin.accounts.models import Permission
from zhiyin.accounts.queries.requests import person_of
from zhiyin.common.access import permission_required
from zhiyin.listen.calls.forms import IvrSourceForm
from zhiyin.listen.calls.models import IvrSource
from zhiyin.listen.calls.queries import NotThisError, calls_of, sources_of
from zhiyin.listen.calls.services import (
    delete_source,
    renew_secret,
    save_source,
    take_call,
    verdict_of,
)

PER_PAGE = 50
LARGEST_BYTES = 64 * 1024
may_edit = permission_required(Permission.EDIT_SURVEYS)


@csrf_exempt
@require_POST
def ivr_hook(request: HttpRequest, code: str) -> JsonResponse:
    """Take one call. A call that gives no answer is kept, and not to be sent again."""
    rows = IvrSource.objects.select_related(
        "link__organisation", "link__instrument", "link__touchpoint", "link__wave"
    )
    source = rows.filter(code=code, is_enabled=True).first()
    if source is None:
        return JsonResponse({"outcome": "unknown_source"}, status=404)
    length = request.headers.get("content-length") or "0"
    if not length.isdecimal() or int(length) > LARGEST_BYTES:
        return JsonResponse({"outcome": "too_large"}, status=413)
    headers = {name.lower(): value for name, value in request.headers.items()}
    try:
        call = take_call(source=source, headers=headers, body=request.body)
    except PermissionDenied:
        return JsonResponse({"outcome": "not_signed"}, status=401)
    except NotThisError:
        return JsonResponse({"outcome": "ignored"})
    verdict = verdict_of(call)
    return JsonResponse({"outcome": verdict.outcome, "reason": verdict.reason})


def _source(request: HttpRequest, pk: int) -> IvrSource:
    return get_object_or_404(sources_of(person_of(request)), pk=pk)


def _address(request: HttpRequest, source: IvrSource) -> str:
    return request.build_absolute_uri(f"/hooks/ivr/{source.code}/")


@may_edit
def source_list(request: HttpRequest) -> HttpResponse:
    page = Paginator(sources_of(person_of(request)), PER_PAGE)
    context = {"page": page.get_page(request.GET.get("page"))}
    return render(request, "calls/sources.html", context)


@may_edit
@never_cache
def source_edit(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    source = _source(request, pk) if pk else None
    person = person_of(request)
    initial = {"link": request.GET.get("link")} if source is None else None
    form = IvrSourceForm(
        request.POST or None, instance=source, initial=initial, person=person
    )
    if request.method == "POST" and form.is_valid():
        made = form.source()
        secret = save_source(source=made)
        if secret:
            return _shown(request, made, secret)
        messages.success(request, _("Saved: %(name)s") % {"name": made})
        return redirect("ivr-source", made.pk)
    return render(request, "calls/source_form.html", {"form": form, "source": source})


def _shown(request: HttpRequest, source: IvrSource, secret: str) -> HttpResponse:
    address = _address(request, source)
    context = {"source": source, "secret": secret, "address": address}
    return render(request, "calls/secret.html", context)


@may_edit
def source_page(request: HttpRequest, pk: int) -> HttpResponse:
    source = _source(request, pk)
    rejected = request.GET.get("rejected") == "1"
    rows = calls_of(person_of(request), source, rejected=rejected)
    context = {
        "source": source,
        "rejected": rejected,
        "address": _address(request, source),
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "calls/source.html", context)


@may_edit
@require_POST
@never_cache
def source_renew(request: HttpRequest, pk: int) -> HttpResponse:
    source = _source(request, pk)
    return _shown(request, source, renew_secret(source=source))


@may_edit
def source_delete(request: HttpRequest, pk: int) -> HttpResponse:
    source = _source(request, pk)
    if request.method == "POST":
        delete_source(source=source)
        messages.success(request, _("Deleted: %(name)s") % {"name": source.name})
        return redirect("ivr-sources")
    return render(request, "calls/delete.html", {"source": source})
