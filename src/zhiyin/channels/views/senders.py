"""Senders: the list, adding, changing, switching, testing, deleting."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from zhiyin.accounts.models import Permission
from zhiyin.accounts.queries.requests import person_of
from zhiyin.channels.forms import AccountForm, SendTestForm
from zhiyin.channels.models import ChannelAccount
from zhiyin.channels.queries import accounts_of, callback_key
from zhiyin.channels.registry import KINDS
from zhiyin.channels.services import (
    delete_account,
    save_account,
    send_test,
    set_account_enabled,
)
from zhiyin.common.access import permission_required

manages = permission_required(Permission.MANAGE_CHANNELS)


def _account(request: HttpRequest, pk: int) -> ChannelAccount:
    return get_object_or_404(accounts_of(person_of(request)), pk=pk)


@manages
def account_list(request: HttpRequest) -> HttpResponse:
    context = {"accounts": accounts_of(person_of(request)), "part": "senders"}
    return render(request, "channels/senders.html", context)


@manages
def account_new(request: HttpRequest) -> HttpResponse:
    kind = KINDS.get(request.GET.get("kind", ""))
    if kind is None:
        offered = {"kinds": list(KINDS.values()), "part": "senders"}
        return render(request, "channels/kinds.html", offered)
    person = person_of(request)
    form = AccountForm(request.POST or None, person=person, kind=kind)
    if request.method == "POST" and form.is_valid():
        saved = save_account(account=form.account(), secrets=form.secrets())
        messages.success(request, _("Saved. Send a test message to see it work."))
        return redirect("channel", saved.pk)
    context = {"form": form, "kind": kind, "account": None, "part": "senders"}
    return render(request, "channels/sender.html", context)


@manages
def account_page(request: HttpRequest, pk: int) -> HttpResponse:
    account = _account(request, pk)
    kind = account.known_kind
    if kind is None:
        raise Http404
    form = AccountForm(
        request.POST or None,
        instance=account,
        person=person_of(request),
        kind=kind,
    )
    if request.method == "POST" and form.is_valid():
        save_account(account=form.account(), secrets=form.secrets())
        messages.success(request, _("Saved: %(name)s") % {"name": account})
        return redirect("channel", pk)
    context = {
        "form": form,
        "kind": kind,
        "account": account,
        "callback_address": _callback_address(request, account),
        "part": "senders",
    }
    return render(request, "channels/sender.html", context)


def _callback_address(request: HttpRequest, account: ChannelAccount) -> str:
    kind = account.known_kind
    if kind is None or not kind.takes_callbacks:
        return ""
    path = reverse("api-v1:channel_callback", args=[account.public_id])
    is_signed = kind.signs_callbacks or account.settings.get("provider") == "own"
    key = "" if is_signed else f"?key={callback_key(account)}"
    return request.build_absolute_uri(f"{path}{key}")


@manages
@require_POST
def account_enable(request: HttpRequest, pk: int) -> HttpResponse:
    account = _account(request, pk)
    is_enabled = request.POST.get("enabled") == "1"
    set_account_enabled(account=account, is_enabled=is_enabled)
    text = (
        _("%(name)s sends again.")
        if is_enabled
        else _("%(name)s is disabled; its messages wait.")
    )
    messages.success(request, text % {"name": account})
    return redirect("channel", pk)


@manages
def account_delete(request: HttpRequest, pk: int) -> HttpResponse:
    account = _account(request, pk)
    if request.method != "POST":
        return render(request, "channels/sender_delete.html", {"account": account})
    name = str(account)
    try:
        delete_account(account=account)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return redirect("channel", pk)
    messages.success(request, _("%(name)s was deleted.") % {"name": name})
    return redirect("channels")


@manages
def account_test(request: HttpRequest, pk: int) -> HttpResponse:
    account = _account(request, pk)
    form = SendTestForm(
        request.POST or None, person=person_of(request), account=account
    )
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            message = send_test(
                account=account,
                to=given["to"],
                template=given["template"],
                language=given["language"],
            )
        except ValidationError as refusal:
            form.add_error("to", refusal)
        else:
            return redirect("channel-message", message.pk)
    context = {"account": account, "form": form, "part": "senders"}
    return render(request, "channels/test.html", context)
