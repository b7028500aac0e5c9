"""Webhooks: the list, adding, changing, trying out, and what was told."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from zhiyin.accounts.models import Permission
from zhiyin.accounts.queries.requests import person_of
from zhiyin.channels.forms import WebhookForm
from zhiyin.channels.models import WebhookEndpoint
from zhiyin.channels.queries.webhooks import deliveries_of, endpoints_of, told
from zhiyin.channels.services.webhooks import (
    delete_endpoint,
    renew_secret,
    replay_delivery,
    save_endpoint,
    set_endpoint_enabled,
    test_endpoint,
)
from zhiyin.common.access import permission_required

PER_PAGE = 50
manages = permission_required(Permission.MANAGE_CHANNELS)


def _endpoint(request: HttpRequest, pk: int) -> WebhookEndpoint:
    return get_object_or_404(endpoints_of(person_of(request)), pk=pk)


def _changeable(request: HttpRequest, pk: int) -> WebhookEndpoint:
    endpoint = _endpoint(request, pk)
    if not endpoint.may_be_changed_by(person_of(request)):
        raise PermissionDenied(
            _("Only who may export all of this may have it sent elsewhere."),
        )
    return endpoint


@manages
def webhook_list(request: HttpRequest) -> HttpResponse:
    context = {"endpoints": endpoints_of(person_of(request)), "part": "webhooks"}
    return render(request, "channels/webhooks.html", context)


@manages
@never_cache
def webhook_new(request: HttpRequest) -> HttpResponse:
    person = person_of(request)
    endpoint = WebhookEndpoint(organisation_id=person.organisation_id)
    return _edited(request, endpoint)


@manages
@never_cache
def webhook_edit(request: HttpRequest, pk: int) -> HttpResponse:
    return _edited(request, _changeable(request, pk))


def _edited(request: HttpRequest, endpoint: WebhookEndpoint) -> HttpResponse:
    """Show the form of an endpoint, and save it; a new secret is shown once."""
    is_new = endpoint.pk is None
    form = WebhookForm(request.POST or None, instance=endpoint)
    if request.method == "POST" and form.is_valid():
        try:
            secret = save_endpoint(
                endpoint=form.save(commit=False),
                by=person_of(request),
            )
        except ValidationError as refusal:
            form.add_error(None, refusal)
        except PermissionDenied as refusal:
            form.add_error(None, str(refusal))
        else:
            if secret:
                return _shown(request, endpoint, secret)
            messages.success(request, _("Saved: %(name)s") % {"name": endpoint})
            return redirect("webhook", endpoint.pk)
    context = {
        "form": form,
        "endpoint": None if is_new else endpoint,
        "part": "webhooks",
    }
    return render(request, "channels/webhook_form.html", context)


def _shown(
    request: HttpRequest, endpoint: WebhookEndpoint, secret: str
) -> HttpResponse:
    context = {"endpoint": endpoint, "secret": secret, "part": "webhooks"}
    return render(request, "channels/webhook_secret.html", context)


@manages
def webhook_page(request: HttpRequest, pk: int) -> HttpResponse:
    person = person_of(request)
    endpoint = _endpoint(request, pk)
    rows = deliveries_of(person, pk)
    context = {
        "endpoint": endpoint,
        "may_change": endpoint.may_be_changed_by(person),
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "part": "webhooks",
    }
    return render(request, "channels/webhook.html", context)


@manages
def webhook_delivery(request: HttpRequest, pk: int, delivery: int) -> HttpResponse:
    person = person_of(request)
    endpoint = _endpoint(request, pk)
    made = get_object_or_404(deliveries_of(person, pk), pk=delivery)
    may_change = endpoint.may_be_changed_by(person)
    context = {
        "endpoint": endpoint,
        "delivery": made,
        "told": told(made) if may_change else "",
        "may_change": may_change,
        "part": "webhooks",
    }
    return render(request, "channels/webhook_delivery.html", context)


@manages
@require_POST
def webhook_enable(request: HttpRequest, pk: int) -> HttpResponse:
    is_enabled = request.POST.get("enabled") == "1"
    set_endpoint_enabled(endpoint=_changeable(request, pk), is_enabled=is_enabled)
    text = _("Calls go on.") if is_enabled else _("Paused; calls wait.")
    messages.success(request, text)
    return redirect("webhook", pk)


@manages
@require_POST
@never_cache
def webhook_renew(request: HttpRequest, pk: int) -> HttpResponse:
    endpoint = _changeable(request, pk)
    return _shown(request, endpoint, renew_secret(endpoint=endpoint))


@manages
@require_POST
def webhook_test(request: HttpRequest, pk: int) -> HttpResponse:
    made = test_endpoint(endpoint=_changeable(request, pk))
    messages.success(request, _("A test call is on its way."))
    return redirect("webhook-delivery", pk, made.pk)


@manages
@require_POST
def webhook_replay(request: HttpRequest, pk: int, delivery: int) -> HttpResponse:
    _changeable(request, pk)
    made = get_object_or_404(deliveries_of(person_of(request), pk), pk=delivery)
    try:
        replay_delivery(delivery=made)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, _("It is told once more, under the same id."))
    return redirect("webhook-delivery", pk, delivery)


@manages
def webhook_delete(request: HttpRequest, pk: int) -> HttpResponse:
    endpoint = _changeable(request, pk)
    if request.method != "POST":
        context = {"endpoint": endpoint, "part": "webhooks"}
        return render(request, "channels/webhook_delete.html", context)
    name = str(endpoint)
    delete_endpoint(endpoint=endpoint)
    messages.success(request, _("%(name)s was deleted.") % {"name": name})
    return redirect("webhooks")
