from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from zhiyin.accounts.models import StaffRequest
from zhiyin.act.notices.forms import WishesForm
from zhiyin.act.notices.models import Notice, Way
from zhiyin.act.notices.queries import (
    NoticeFilter,
    kind_of,
    kinds,
    narrowed,
    unread_count,
)
from zhiyin.act.notices.queries.senders import missing_ways
from zhiyin.act.notices.services import mark_all_read, mark_read, save_wishes

PER_PAGE = 40


@login_required
def notices(request: StaffRequest) -> HttpResponse:
    wanted = NoticeFilter(
        unread="unread" in request.GET,
        kind=request.GET.get("kind", ""),
    )
    pages = Paginator(narrowed(request.user, wanted), PER_PAGE)
    page = pages.get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [(each, kind_of(each.kind).label) for each in page],
        "wanted": wanted,
        "kinds": kinds(),
        "unread": unread_count(request.user),
    }
    return render(request, "notices/list.html", context)


@login_required
def bell(request: StaffRequest) -> HttpResponse:
    context = {"unread": unread_count(request.user)}
    return render(request, "notices/_bell.html", context)


def _notice(request: StaffRequest, pk: int) -> Notice:
    return get_object_or_404(Notice.objects.visible_to(request.user), pk=pk)


@login_required
@require_POST
def open_notice(request: StaffRequest, pk: int) -> HttpResponse:
    notice = _notice(request, pk)
    mark_read(notice=notice)
    is_ours = url_has_allowed_host_and_scheme(notice.url, allowed_hosts=None)
    return redirect(notice.url if notice.url and is_ours else "notices")


@login_required
@require_POST
def read_all(request: StaffRequest) -> HttpResponse:
    mark_all_read(person=request.user, kind=request.POST.get("kind", ""))
    return redirect("notices")


@login_required
def wishes(request: StaffRequest) -> HttpResponse:
    form = WishesForm(request.POST or None, person=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            save_wishes(person=request.user, wishes=form.chosen, where=form.where)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("You will be told as you wish."))
            return redirect("notice-wishes")
    context = {
        "form": form,
        "ways": Way.labels,
        "missing": missing_ways(request.user),
    }
    return render(request, "notices/wishes.html", context)
