"""Templates: the list, writing with a live preview, archiving."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from zhiyin.accounts.models import Permission
from zhiyin.accounts.queries.requests import person_of
from zhiyin.channels.forms import PreviewForm, TemplateForm
from zhiyin.channels.models import Medium, MessageClass, MessageTemplate
from zhiyin.channels.queries import preview, templates_of
from zhiyin.channels.queries.checks import Written, text_faults
from zhiyin.channels.services import save_template, set_template_archived
from zhiyin.common.access import permission_required

PER_PAGE = 30
manages = permission_required(Permission.MANAGE_CHANNELS)


@manages
def template_list(request: HttpRequest) -> HttpResponse:
    search = request.GET.get("q", "").strip()
    archived = request.GET.get("archived") == "1"
    rows = templates_of(person_of(request), search=search, is_archived=archived)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "search": search,
        "archived": archived,
        "part": "templates",
    }
    return render(request, "channels/templates.html", context)


@manages
def template_edit(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    person = person_of(request)
    known = MessageTemplate.objects.visible_to(person)
    template = get_object_or_404(known, pk=pk) if pk else None
    form = TemplateForm(request.POST or None, instance=template, person=person)
    wants_preview = "preview" in request.POST
    if request.method == "POST" and not wants_preview and form.is_valid():
        saved = save_template(template=form.template())
        messages.success(request, _("Saved: %(name)s") % {"name": saved})
        return redirect("channel-template", saved.pk)
    context = {
        "form": form,
        "template": template,
        "preview_form": PreviewForm(request.POST or None, person=person),
        "previews": _previews(request, template),
        "part": "templates",
    }
    return render(request, "channels/template.html", context)


def _previews(request: HttpRequest, template: MessageTemplate | None) -> list[object]:
    """Return how each written language looks, as typed or else as saved."""
    person = person_of(request)
    form = PreviewForm(request.POST or None, person=person)
    brand = person.organisation.brand if person.organisation else ""
    given = form.cleaned_data if form.is_valid() else {}
    saved = template.texts if template else {}
    medium = template.medium if template else given.get("medium") or Medium.SMS
    fields = template.provider_fields if template else ""
    message_class = request.POST.get("message_class") or (
        template.message_class if template else MessageClass.SURVEY
    )
    written = MessageTemplate(
        provider_fields=request.POST.get("provider_fields", fields)
    )
    shown: list[object] = []
    for code, name in settings.LANGUAGES:
        said = saved.get(code) or {}
        if request.method == "POST":
            said = {
                "subject": request.POST.get(f"subject_{code}", ""),
                "body": request.POST.get(f"body_{code}", ""),
            }
        if said.get("body"):
            made = preview(
                medium=medium,
                subject=said.get("subject", ""),
                body=said["body"],
                account=given.get("account"),
                fields=written.fields_filled,
            )
            text = Written(said["body"], message_class, code, medium, brand)
            faults = text_faults(text)
            shown.append(
                {"code": code, "name": name, "preview": made, "faults": faults}
            )
    return shown


@manages
@require_POST
def template_preview(request: HttpRequest) -> HttpResponse:
    pk = request.POST.get("template", "")
    known = MessageTemplate.objects.visible_to(person_of(request))
    template = known.filter(pk=pk).first() if pk.isdecimal() else None
    context = {"previews": _previews(request, template)}
    return render(request, "channels/_previews.html", context)


@manages
@require_POST
def template_archive(request: HttpRequest, pk: int) -> HttpResponse:
    known = MessageTemplate.objects.visible_to(person_of(request))
    template = get_object_or_404(known, pk=pk)
    is_archived = request.POST.get("archived") == "1"
    set_template_archived(template=template, is_archived=is_archived)
    text = (
        _("%(name)s is archived and can be restored.")
        if is_archived
        else _("%(name)s is offered again.")
    )
    messages.success(request, text % {"name": template})
    return redirect("channel-template", pk)
