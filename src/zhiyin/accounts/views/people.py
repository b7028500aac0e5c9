"""People: the list, one person, roles, access."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from zhiyin.accounts.forms import GrantForm, PeopleFilterForm
from zhiyin.accounts.models import Permission, Person, RoleAssignment, StaffRequest
from zhiyin.accounts.queries import has_second_step, people_of
from zhiyin.accounts.services import (
    deactivate_person,
    end_sessions,
    give_role,
    make_password_link,
    reactivate_person,
    remove_second_step,
    take_role,
)
from zhiyin.common.access import permission_required

PEOPLE_PER_PAGE = 50
manages_people = permission_required(Permission.MANAGE_PEOPLE)


def colleague(request: StaffRequest, pk: int) -> Person:
    """Return a person of the same organisation, else answer 404."""
    found: Person = get_object_or_404(Person.objects.visible_to(request.user), pk=pk)
    return found


@manages_people
def people(request: StaffRequest) -> HttpResponse:
    form = PeopleFilterForm(request.GET, person=request.user)
    found = Paginator(people_of(request.user, form.filter()), PEOPLE_PER_PAGE)
    page = found.get_page(request.GET.get("page"))
    return render(request, "accounts/people.html", {"form": form, "page": page})


@manages_people
def person(request: StaffRequest, pk: int) -> HttpResponse:
    whom = colleague(request, pk)
    form = GrantForm(request.POST or None, person=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            give_role(person=whom, grant=form.grant())
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("The role was given."))
            return redirect("person", pk=pk)
    context = {"whom": whom, "form": form, "has_second_step": has_second_step(whom)}
    return render(request, "accounts/person.html", context)


@manages_people
@require_POST
def remove_role(request: StaffRequest, pk: int, assignment: int) -> HttpResponse:
    whom = colleague(request, pk)
    given = get_object_or_404(RoleAssignment, person=whom, pk=assignment)
    try:
        take_role(assignment=given)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, _("The role was taken away."))
    return redirect("person", pk=pk)


@manages_people
def deactivate(request: StaffRequest, pk: int) -> HttpResponse:
    whom = colleague(request, pk)
    if request.method != "POST":
        return render(request, "accounts/deactivate_person.html", {"whom": whom})
    try:
        deactivate_person(person=whom, by=request.user)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, _("%(name)s can no longer log in.") % {"name": whom})
    return redirect("person", pk=pk)


@manages_people
@require_POST
def reactivate(request: StaffRequest, pk: int) -> HttpResponse:
    whom = colleague(request, pk)
    reactivate_person(person=whom)
    messages.success(request, _("%(name)s can log in again.") % {"name": whom})
    return redirect("person", pk=pk)


@manages_people
@require_POST
def log_out_everywhere(request: StaffRequest, pk: int) -> HttpResponse:
    whom = colleague(request, pk)
    end_sessions(person=whom)
    messages.success(request, _("%(name)s was logged out everywhere.") % {"name": whom})
    return redirect("person", pk=pk)


@manages_people
def lost_second_step(request: StaffRequest, pk: int) -> HttpResponse:
    whom = colleague(request, pk)
    if request.method != "POST":
        return render(request, "accounts/lost_second_step.html", {"whom": whom})
    remove_second_step(person=whom)
    messages.success(
        request, _("The second step of %(name)s was removed.") % {"name": whom}
    )
    return redirect("person", pk=pk)


@manages_people
@require_POST
@never_cache
def password_link(request: StaffRequest, pk: int) -> HttpResponse:
    whom = colleague(request, pk)
    try:
        link = make_password_link(person=whom, link_for=request.build_absolute_uri)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return redirect("person", pk=pk)
    return render(request, "accounts/password_link.html", {"whom": whom, "link": link})
