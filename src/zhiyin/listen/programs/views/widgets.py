from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from zhiyin.accounts.models import Permission
from zhiyin.accounts.queries.requests import person_of
from zhiyin.common.access import permission_required
from zhiyin.listen.programs.forms import WidgetForm
from zhiyin.listen.programs.models import Widget
from zhiyin.listen.programs.queries.widgets import days_of, widgets_with_counts
from zhiyin.listen.programs.services.widgets import (
    renew_secret,
    save_widget,
    set_widget_live,
)

PER_PAGE = 30
DAYS_SHOWN = 30
may_edit = permission_required(Permission.EDIT_SURVEYS)


def _widget(request: HttpRequest, pk: int) -> Widget:
    return get_object_or_404(widgets_with_counts(person_of(request)), pk=pk)


@may_edit
def widget_list(request: HttpRequest) -> HttpResponse:
    rows = widgets_with_counts(person_of(request)).order_by("-created_at", "-pk")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "programs/widgets.html", {"page": page})


@may_edit
def widget_edit(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    widget = _widget(request, pk) if pk else None
    initial = {"link": request.GET.get("link")} if widget is None else None
    form = WidgetForm(
        request.POST or None,
        instance=widget,
        initial=initial,
        person=person_of(request),
    )
    if request.method == "POST" and form.is_valid():
        saved = save_widget(widget=form.made())
        messages.success(request, _("Saved: %(name)s") % {"name": saved})
        return redirect("widget", saved.pk)
    return render(
        request, "programs/widget_form.html", {"form": form, "widget": widget}
    )


@may_edit
def widget_page(request: HttpRequest, pk: int) -> HttpResponse:
    widget = _widget(request, pk)
    context = {
        "widget": widget,
        "script": request.build_absolute_uri("/w/widget.js"),
        "days": days_of(widget)[:DAYS_SHOWN],
    }
    return render(request, "programs/widget.html", context)


@may_edit
def widget_preview(request: HttpRequest, pk: int) -> HttpResponse:
    widget = _widget(request, pk)
    return render(request, "programs/widget_preview.html", {"widget": widget})


@may_edit
@require_POST
def widget_live(request: HttpRequest, pk: int) -> HttpResponse:
    is_live = request.POST.get("live") == "1"
    set_widget_live(widget=_widget(request, pk), is_live=is_live)
    text = _("The widget asks visitors.") if is_live else _("The widget asks nobody.")
    messages.success(request, text)
    return redirect("widget", pk)


@may_edit
@require_POST
def widget_secret(request: HttpRequest, pk: int) -> HttpResponse:
    renew_secret(widget=_widget(request, pk))
    messages.success(request, _("A new secret is in use."))
    return redirect("widget", pk)
