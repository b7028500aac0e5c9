"""Keeping and forgetting views."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from zhiyin.accounts.models import Permission
from zhiyin.accounts.queries.requests import person_of
from zhiyin.analyze.dashboards import services
from zhiyin.analyze.dashboards.forms import SaveViewForm
from zhiyin.analyze.dashboards.models import SavedView
from zhiyin.common.access import permission_required


@require_POST
@permission_required(Permission.SEE_SCORES)
def save_view(request: HttpRequest) -> HttpResponse:
    """Keep the page that was open."""
    form = SaveViewForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("The view needs a name of at most 80 characters."))
        return redirect("scores")
    view = services.save_view(person=person_of(request), **form.cleaned_data)
    messages.success(request, _("Saved as “%(name)s”.") % {"name": view.name})
    return redirect(f"{reverse(view.page)}?{view.query}")


@require_POST
@permission_required(Permission.SEE_SCORES)
def delete_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Forget one of one's own views."""
    person = person_of(request)
    view = get_object_or_404(SavedView.objects.visible_to(person), pk=pk)
    if view.person_id != person.pk:
        raise PermissionDenied(_("Only its owner may delete a view."))
    services.delete_view(person=person, view=view)
    messages.success(request, _("The view was deleted."))
    return redirect(view.page)
