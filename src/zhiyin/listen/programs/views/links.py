from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from zhiyin.accounts.models import Content, Permission
from zhiyin.accounts.queries.requests import person_of
from zhiyin.accounts.services import WantedExport, open_export
from zhiyin.common.access import permission_required
from zhiyin.common.spreadsheets import csv_pieces, file_answer
from zhiyin.listen.programs.forms import LinkForm, PeopleForm
from zhiyin.listen.programs.models import Channel, SurveyLink
from zhiyin.listen.programs.queries import links_with_counts, qr_png, qr_svg
from zhiyin.listen.programs.services import (
    Invitee,
    PersonalLinks,
    create_invitations,
    save_link,
    set_link_open,
)

PER_PAGE = 30
may_edit = permission_required(Permission.EDIT_SURVEYS)


def _link(request: HttpRequest, pk: int) -> SurveyLink:
    return get_object_or_404(links_with_counts(person_of(request)), pk=pk)


def _address(request: HttpRequest, link: SurveyLink) -> str:
    return request.build_absolute_uri(f"/s/{link.slug}/")


@may_edit
def link_list(request: HttpRequest) -> HttpResponse:
    search = request.GET.get("q", "").strip()
    closed = request.GET.get("closed") == "1"
    rows = links_with_counts(person_of(request)).filter(is_open=not closed)
    if search:
        rows = rows.filter(
            Q(name__icontains=search)
            | Q(slug__icontains=search)
            | Q(instrument__name__icontains=search),
        )
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "search": search, "closed": closed}
    return render(request, "programs/links.html", context)


@may_edit
def link_edit(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    link = _link(request, pk) if pk else None
    initial = {"instrument": request.GET.get("survey")} if link is None else None
    form = LinkForm(
        request.POST or None,
        instance=link,
        initial=initial,
        person=person_of(request),
    )
    if request.method == "POST" and form.is_valid():
        saved = save_link(link=form.link())
        messages.success(request, _("Saved: %(name)s") % {"name": saved})
        return redirect("link", saved.pk)
    return render(request, "programs/link_form.html", {"form": form, "link": link})


@may_edit
def link_page(request: HttpRequest, pk: int) -> HttpResponse:
    link = _link(request, pk)
    address = _address(request, link)
    context = {"link": link, "address": address, "qr": qr_svg(address)}
    context["channel"] = dict(Channel.choices).get(link.channel, link.channel)
    return render(request, "programs/link.html", context)


@may_edit
@require_POST
def link_open(request: HttpRequest, pk: int) -> HttpResponse:
    link = _link(request, pk)
    is_open = request.POST.get("open") == "1"
    set_link_open(link=link, is_open=is_open)
    text = _("The link takes answers.") if is_open else _("The link is closed.")
    messages.success(request, text)
    return redirect("link", pk)


@may_edit
def link_qr(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    link = _link(request, pk)
    address = _address(request, link)
    if kind == "svg":
        response = HttpResponse(qr_svg(address), content_type="image/svg+xml")
    else:
        response = HttpResponse(qr_png(address), content_type="image/png")
    response["Content-Disposition"] = f'attachment; filename="{link.slug}.{kind}"'
    return response


@may_edit
def link_people(request: HttpRequest, pk: int) -> HttpResponseBase:
    link = _link(request, pk)
    form = PeopleForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        made = create_invitations(
            link=link,
            invitees=form.invitees,
            expires_at=form.expires_at(),
            language=form.cleaned_data["language"],
        )
        return _download(request, link, made)
    return render(request, "programs/people.html", {"form": form, "link": link})


def _cells(each: Invitee, names: list[str]) -> list[str]:
    return [each.key, *(each.attributes.get(name, "") for name in names)]


def _download(
    request: HttpRequest, link: SurveyLink, made: PersonalLinks
) -> HttpResponseBase:
    """Return the file of addresses; they are shown this once and kept as hashes."""
    address = _address(request, link)
    listed = [each for each, _found in [*made.tokens, *made.refused]]
    names = sorted({name for each in listed for name in each.attributes})
    rows = [
        *(
            [*_cells(each, names), f"{address}{token}/", ""]
            for each, token in made.tokens
        ),
        *([*_cells(each, names), "", why.rule_words] for each, why in made.refused),
    ]
    # The customers are those the file brought along, in clear as it had them.
    wanted = WantedExport(
        kind="links.exported",
        rows=len(rows),
        content=Content.CLEAR,
        target=link,
        is_own=True,
    )
    entered = open_export(request, wanted)
    header = ["customer", *names, "link", "not_asked_because"]
    name = entered.file_name(f"{link.slug}-links", "csv")
    return file_answer(b"".join(csv_pieces(header, rows)), name)
