"""Messages: the list, one message, and what a person may decide about it."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from zhiyin.accounts.models import Permission
from zhiyin.accounts.queries.requests import person_of
from zhiyin.channels.forms import MessageFilterForm, RevealForm
from zhiyin.channels.models import Message, MessageState
from zhiyin.channels.queries import MessageFilter, health_of, messages_of
from zhiyin.channels.services import (
    Revealed,
    RevealRefusedError,
    cancel_message,
    confirm_arrival,
    reveal_message,
    send_again,
)
from zhiyin.common.access import permission_required

PER_PAGE = 50
UNCERTAIN_SHOWN = 50
manages = permission_required(Permission.MANAGE_CHANNELS)


def _message(request: HttpRequest, pk: int) -> Message:
    rows = Message.objects.visible_to(person_of(request)).select_related("account")
    return get_object_or_404(rows, pk=pk)


@manages
def message_list(request: HttpRequest) -> HttpResponse:
    form = MessageFilterForm(request.GET, person=person_of(request))
    rows = messages_of(person_of(request), form.filter())
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {"form": form, "page": page, "part": "messages"}
    return render(request, "channels/messages.html", context)


@manages
def message_page(request: HttpRequest, pk: int) -> HttpResponse:
    message = _message(request, pk)
    person = person_of(request)
    context = {
        "message": message,
        "inbound": message.inbound.order_by("pk"),
        "reveal_form": RevealForm(),
        "may_reveal": Message.objects.revealable_to(person).filter(pk=pk).exists(),
        "part": "messages",
    }
    is_part = request.headers.get("HX-Request") == "true"
    name = "_message" if is_part else "message"
    return render(request, f"channels/{name}.html", context)


@permission_required(Permission.REVEAL_PERSONAL_DATA)
def message_reveal(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for a reason, then show receiver and text once; a page, or a part of one."""
    person = person_of(request)
    message = get_object_or_404(Message.objects.revealable_to(person), pk=pk)
    form = RevealForm(request.POST or None)
    shown: Revealed | None = None
    if request.method == "POST" and form.is_valid():
        try:
            shown = reveal_message(
                message=message,
                by=person,
                reason=form.cleaned_data["reason"],
            )
        except RevealRefusedError as error:
            form.add_error(None, str(error))
    is_part = request.headers.get("HX-Request") == "true"
    template = "_reveal" if is_part else "reveal"
    context = {"message": message, "reveal_form": form, "shown": shown}
    response = render(request, f"channels/{template}.html", context)
    response["Cache-Control"] = "no-store"
    return response


@manages
@require_POST
def message_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    message = _message(request, pk)
    if cancel_message(message=message):
        messages.success(request, _("The message was cancelled."))
    else:
        messages.error(request, _("The message has left already."))
    return redirect("channel-message", pk)


@manages
def message_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    message = _message(request, pk)
    if request.method != "POST":
        return render(request, "channels/message_confirm.html", {"message": message})
    if confirm_arrival(message=message, by=person_of(request)):
        messages.success(request, _("The message counts as sent."))
    else:
        messages.info(request, _("The message is no longer uncertain."))
    return redirect("channel-message", pk)


@manages
def message_again(request: HttpRequest, pk: int) -> HttpResponse:
    message = _message(request, pk)
    if request.method != "POST":
        return render(request, "channels/message_again.html", {"message": message})
    if send_again(message=message, by=person_of(request)):
        messages.success(request, _("The message is queued once more."))
    else:
        messages.error(request, _("Only uncertain and failed messages go again."))
    return redirect("channel-message", pk)


@manages
def health(request: HttpRequest) -> HttpResponse:
    person = person_of(request)
    uncertain = MessageFilter(state=MessageState.UNCERTAIN)
    context = {
        "health": health_of(person),
        "uncertain": messages_of(person, uncertain)[:UNCERTAIN_SHOWN],
        "part": "health",
    }
    is_part = request.headers.get("HX-Request") == "true"
    name = "_health" if is_part else "health"
    return render(request, f"channels/{name}.html", context)
