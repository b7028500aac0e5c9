"""Who may open the pages of imports, and which import an address means."""

from __future__ import annotations

from django.contrib import messages
from django.shortcuts import get_object_or_404

from zhiyin.accounts.models import Permission, StaffRequest
from zhiyin.common.access import permission_required
from zhiyin.listen.imports.models import Import
from zhiyin.listen.imports.services import ImportRefusedError, say_file_fault

imports_responses = permission_required(Permission.IMPORT_RESPONSES)


def import_of(request: StaffRequest, pk: int) -> Import:
    """Return an import of the person's own organisation, or 404."""
    rows = Import.objects.visible_to(request.user).select_related("organisation")
    return get_object_or_404(rows, pk=pk)


def tell(request: StaffRequest, refusal: ImportRefusedError) -> None:
    """Show why something was refused on the next page."""
    messages.error(request, say_file_fault(refusal.code, refusal.facts))
