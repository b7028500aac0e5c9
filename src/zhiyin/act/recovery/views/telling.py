"""The message to the customer of one case: read, changed, sent, taken back."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from zhiyin.accounts.models import Permission
from zhiyin.accounts.queries.requests import person_of
from zhiyin.act.cases.models import Case
from zhiyin.act.recovery.forms import TellingForm
from zhiyin.act.recovery.models import Telling
from zhiyin.act.recovery.queries.told import telling_page
from zhiyin.act.recovery.services import (
    cancel_telling,
    send_telling_now,
    write_telling,
)
from zhiyin.common.access import permission_required


@permission_required(Permission.WORK_CASES)
def case_telling(request: HttpRequest, pk: int) -> HttpResponse:
    """Show and change what the customer of a case is told."""
    person = person_of(request)
    case = get_object_or_404(Case.objects.visible_to(person), pk=pk)
    telling = Telling.objects.filter(
        case=case, turn=case.reopened_count, news=None
    ).first()
    form = TellingForm.of(case, telling, request.POST or None)
    if request.method == "POST":
        try:
            if _done(request, case, form):
                return redirect("case-telling", pk)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return redirect("case-telling", pk)
    context = {"form": form, **telling_page(case, telling)}
    return render(request, "recovery/telling.html", context)


def _done(request: HttpRequest, case: Case, form: TellingForm) -> bool:
    """Do what was asked; False where the words cannot be kept."""
    person = person_of(request)
    if "cancel" in request.POST:
        cancel_telling(case=case, person=person)
        messages.success(request, _("The customer is not told."))
        return True
    if not form.is_valid():
        return False
    if form.has_changed():
        write_telling(case=case, person=person, words=form.words())
        messages.success(request, _("Saved."))
    if "send" in request.POST:
        send_telling_now(case=case, person=person)
        messages.success(
            request, _("It leaves at once, as soon as the contact policy allows.")
        )
    return True
