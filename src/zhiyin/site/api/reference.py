"""Every operation on a page of our own."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from zhiyin.site.api.assembly import api


@login_required
def reference(request: HttpRequest) -> HttpResponse:
    """Show every operation on a page of our own."""
    described = api.get_openapi_schema()
    operations = [
        {
            "method": method.upper(),
            "path": path,
            "summary": operation.get("summary", ""),
            "description": operation.get("description", ""),
            "parameters": [_parameter(each) for each in operation["parameters"]],
        }
        for path, methods in described["paths"].items()
        for method, operation in methods.items()
    ]
    return render(request, "api_reference.html", {"operations": operations})


def _parameter(described: dict[str, Any]) -> dict[str, Any]:
    schema = described.get("schema", {})
    return {
        "name": described["name"],
        "place": described["in"],
        "is_required": described.get("required", False),
        "meaning": described.get("description") or schema.get("description", ""),
    }
