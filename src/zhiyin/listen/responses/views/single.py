from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from zhiyin.accounts.models import Permission
from zhiyin.accounts.queries.requests import person_of
from zhiyin.common.access import permission_required
from zhiyin.common.masking import mask_words
from zhiyin.listen.customers.models import Customer
from zhiyin.listen.customers.services import reveal_words
from zhiyin.listen.customers.views.reveal import show_for_a_reason
from zhiyin.listen.programs.models import Channel
from zhiyin.listen.responses.forms import EraseForm, ExcludeForm
from zhiyin.listen.responses.models import Response
from zhiyin.listen.responses.queries import (
    answers_shown,
    attributes_shown,
    hides_numbers,
    history_of,
    touchpoint_names,
    words_said,
)
from zhiyin.listen.responses.services import (
    ErasureRefusedError,
    erase_response,
    exclusion_label,
)


def _response(request: HttpRequest, pk: int) -> Response:
    rows = Response.objects.visible_to(person_of(request)).select_related(
        "organisation",
        "instrument_version__instrument",
        "link__organisation",
        "link__touchpoint",
        "invitation",
        "customer",
        "department",
    )
    return get_object_or_404(rows, pk=pk)


@permission_required(Permission.SEE_RESPONSES)
def response_single(request: HttpRequest, pk: int) -> HttpResponse:
    person = person_of(request)
    response = _response(request, pk)
    names = touchpoint_names(person, [response.touchpoint])
    revealable = Customer.objects.revealable_to(person)
    context = {
        "response": response,
        "answers": answers_shown(response),
        "attributes": attributes_shown(response),
        "history": history_of(person, response),
        "touchpoint": names.get(response.touchpoint, response.touchpoint),
        "channel": dict(Channel.choices).get(response.channel, response.channel),
        "language": dict(settings.LANGUAGES).get(response.language, response.language),
        "excluded": exclusion_label(response.excluded),
        "exclude_form": ExcludeForm(),
        "may_exclude": person.may(Permission.EXCLUDE_RESPONSES),
        "may_erase": person.may(Permission.ERASE_RESPONSES),
        "may_reveal_words": hides_numbers(response)
        and Response.objects.revealable_to(person).filter(pk=pk).exists(),
        "may_reveal": revealable.filter(pk=response.customer_id or 0).exists(),
    }
    return render(request, "responses/single.html", context)


@permission_required(Permission.REVEAL_PERSONAL_DATA)
def response_reveal(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for a reason, then show the customer's words with the numbers in them."""
    person = person_of(request)
    response = get_object_or_404(Response.objects.revealable_to(person), pk=pk)
    words = words_said(response)
    shown = {
        "heading": _("Response %(number)s") % {"number": pk},
        "masked": mask_words(words),
        "part": f"words-{pk}",
        "action": reverse("response-reveal", args=[pk]),
    }
    return show_for_a_reason(
        request,
        shown,
        lambda reason: reveal_words(
            target=response, words=words, by=person, reason=reason
        ),
    )


@permission_required(Permission.ERASE_RESPONSES)
def response_erase(request: HttpRequest, pk: int) -> HttpResponse:
    response = _response(request, pk)
    form = EraseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            erase_response(
                response=response,
                by=person_of(request),
                reason=form.cleaned_data["reason"],
            )
        except ErasureRefusedError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The answer is erased for good."))
            return redirect("responses")
    context = {"response": response, "form": form}
    return render(request, "responses/erase.html", context)
