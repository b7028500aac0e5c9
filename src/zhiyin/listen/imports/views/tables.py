"""The columns of a file of customers or events; the button starts the import."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render

from zhiyin.accounts.models import StaffRequest
from zhiyin.listen.imports import services
from zhiyin.listen.imports.forms import TableForm, read_table_mapping
from zhiyin.listen.imports.forms.tables import ROLES
from zhiyin.listen.imports.models import (
    ColumnRule,
    Import,
    ImportKind,
    ImportMapping,
    TableRole,
)
from zhiyin.listen.imports.queries import known_names
from zhiyin.listen.imports.services import ImportRefusedError
from zhiyin.listen.imports.views.access import tell
from zhiyin.listen.imports.views.shown import withheld_words


def table_mapping(request: StaffRequest, batch: Import) -> HttpResponse:
    given = (
        batch.read_mapping() if batch.mapping else services.guess_table_mapping(batch)
    )
    form = TableForm(
        request.POST if request.method == "POST" else None,
        initial=vars(given),
        kind=batch.kind,
    )
    if form.is_bound:
        is_valid = form.is_valid()
        columns = services.columns_by_name(batch).values()
        given = read_table_mapping(batch.kind, request.POST, columns, form.cleaned_data)
        if is_valid and _started(request, batch, given):
            return redirect("import_detail", pk=batch.pk)
    rules = {rule.name: rule for rule in given.columns}
    context = {
        "batch": batch,
        "form": form,
        "roles": [(role.value, role.label) for role in ROLES[ImportKind(batch.kind)]],
        "columns": [
            _row(place, column, rules.get(name) or ColumnRule(name=name))
            for place, (name, column) in enumerate(
                services.columns_by_name(batch).items(),
            )
        ],
        "time_zones": known_names(request.user).time_zones,
    }
    return render(request, "imports/table_mapping.html", context)


def _row(place: int, column: dict[str, Any], rule: ColumnRule) -> dict[str, Any]:
    personal = {TableRole.CUSTOMER, TableRole.PHONE, TableRole.EMAIL}
    values = [value for value, _count in column.get("values", [])[:6]]
    return {
        "place": place,
        "column": column,
        "rule": rule,
        "withheld": withheld_words(column),
        "values": values[:3] if rule.role in personal else values,
    }


def _started(request: StaffRequest, batch: Import, given: ImportMapping) -> bool:
    """Keep the mapping and start; say what stands in the way, if anything does."""
    services.save_mapping(batch=batch, mapping=given)
    problems = services.table_problems(batch, given)
    for problem in problems:
        tell(request, problem)
    if problems:
        return False
    try:
        services.start_import(batch=batch, by=request.user)
    except ImportRefusedError as refusal:
        tell(request, refusal)
        return False
    return True
