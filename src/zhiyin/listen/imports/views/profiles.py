"""Saved mapping profiles."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from zhiyin.accounts.models import StaffRequest
from zhiyin.listen.imports import services
from zhiyin.listen.imports.models import MappingProfile
from zhiyin.listen.imports.views.access import imports_responses


@imports_responses
def profiles(request: StaffRequest) -> HttpResponse:
    rows = MappingProfile.objects.visible_to(request.user)
    counted = rows.select_related("person").annotate(used=Count("imports"))
    return render(request, "imports/profiles.html", {"profiles": counted})


@imports_responses
def delete_profile(request: StaffRequest, pk: int) -> HttpResponse:
    rows = MappingProfile.objects.visible_to(request.user)
    profile = get_object_or_404(rows, pk=pk)
    if request.method != "POST":
        return render(request, "imports/profile_delete.html", {"profile": profile})
    services.delete_profile(profile=profile)
    messages.success(request, _("The profile was deleted; its answers stay."))
    return redirect("import_profiles")
