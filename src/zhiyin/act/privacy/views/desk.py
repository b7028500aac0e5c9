"""The desk: the list of requests, one request, and its steps."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from zhiyin.accounts.models import Permission
from zhiyin.accounts.queries.requests import person_of
from zhiyin.act.privacy import services
from zhiyin.act.privacy.forms import (
    CloseForm,
    IdentifyForm,
    NewRequestForm,
    NoteForm,
    OwnerForm,
    RequestFilterForm,
)
from zhiyin.act.privacy.models import SubjectRequest
from zhiyin.act.privacy.queries import requests_seen_by
from zhiyin.common.access import permission_required

PER_PAGE = 50
may_manage = permission_required(Permission.MANAGE_PRIVACY)


def works_everywhere(request: HttpRequest) -> None:
    """Refuse whose role reaches single departments: a request belongs to none."""
    if person_of(request).reach(Permission.MANAGE_PRIVACY) is not None:
        raise PermissionDenied(
            _("Data protection concerns all departments; your role reaches some.")
        )


def request_of(request: HttpRequest, pk: int) -> SubjectRequest:
    """Return one request the person may answer, or there is none."""
    rows = SubjectRequest.objects.visible_to(person_of(request))
    return get_object_or_404(rows.select_related("customer", "owner"), pk=pk)


@may_manage
def desk(request: HttpRequest) -> HttpResponse:
    """List the requests with the time left."""
    works_everywhere(request)
    form = RequestFilterForm(request.GET or None)
    wanted = form.cleaned_data if form.is_bound and form.is_valid() else {}
    rows = requests_seen_by(person_of(request), **wanted)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "privacy/desk.html", {"form": form, "page": page})


@may_manage
def request_new(request: HttpRequest) -> HttpResponse:
    """Write down a request that came by another way."""
    works_everywhere(request)
    person = person_of(request)
    form = NewRequestForm(request.POST or None, initial=request.GET.dict())
    if request.method == "POST" and form.is_valid():
        made = services.receive_request(
            organisation=person.organisation, given=form.given(), by=person
        )
        messages.success(request, _("The request is written down; its clock runs."))
        return redirect("privacy-request", made.pk)
    return render(request, "privacy/new.html", {"form": form})


@may_manage
def request_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one request with what can be done next."""
    found = request_of(request, pk)
    person = person_of(request)
    context = {
        "found": found,
        "notes": found.notes.select_related("by"),
        "identify": IdentifyForm(),
        "note": NoteForm(),
        "close": CloseForm(),
        "owner": OwnerForm(person=person, initial={"owner": found.owner_id}),
        "sees_customer": person.may(Permission.SEE_CUSTOMERS),
        "erasure": getattr(found, "erasure", None),
    }
    return render(request, "privacy/request.html", context)


def _step(request: HttpRequest, take: Callable[[], None], said: str) -> None:
    try:
        take()
    except services.RequestRefusedError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, said)


@may_manage
@require_POST
def request_identify(request: HttpRequest, pk: int) -> HttpResponse:
    """Record how the identity was checked."""
    found = request_of(request, pk)
    form = IdentifyForm(request.POST)
    if form.is_valid():
        key = form.cleaned_data["key"].strip()
        customer = services.customer_named(found.organisation_id, key) if key else None
        if key and customer is None:
            messages.error(request, _("No single customer has this key."))
        else:
            _step(
                request,
                lambda: services.identify(
                    request=found,
                    how=form.cleaned_data["how"],
                    by=person_of(request),
                    customer=customer,
                ),
                _("The identity check is recorded."),
            )
    else:
        messages.error(request, _("Say how the identity was checked."))
    return redirect("privacy-request", pk)


@may_manage
@require_POST
def request_assign(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the request to somebody."""
    found, person = request_of(request, pk), person_of(request)
    form = OwnerForm(request.POST, person=person)
    if form.is_valid():
        owner = form.cleaned_data["owner"]
        _step(
            request,
            lambda: services.assign(request=found, owner=owner, by=person),
            _("The request has an owner."),
        )
    return redirect("privacy-request", pk)


@may_manage
@require_POST
def request_note(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a remark."""
    found = request_of(request, pk)
    form = NoteForm(request.POST)
    if form.is_valid():
        text = form.cleaned_data["text"]
        services.add_note(request=found, text=text, by=person_of(request))
    return redirect("privacy-request", pk)


@may_manage
@require_POST
def request_close(request: HttpRequest, pk: int) -> HttpResponse:
    """Close the request, answered or refused."""
    found = request_of(request, pk)
    outcome = request.POST.get("outcome", "")
    _step(
        request,
        lambda: services.close_request(
            request=found,
            outcome=outcome,
            by=person_of(request),
            is_refused="refuse" in request.POST,
        ),
        _("The request is closed."),
    )
    return redirect("privacy-request", pk)


@may_manage
@require_POST
def request_copy(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand out the copy, once, when a second person has agreed."""
    found = request_of(request, pk)
    try:
        archive, made = services.download_copy(request=found, asked=request)
    except services.RequestRefusedError as refusal:
        messages.error(request, str(refusal))
        return redirect("privacy-request", pk)
    response = HttpResponse(archive, content_type="application/zip")
    name = made.file_name(f"request-{pk}", "zip")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response
