"""What every page's frame needs."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from zhiyin.site.navigation import sections_for


def frame(request: HttpRequest) -> dict[str, Any]:
    """Return the rail's sections and the current one."""
    if not getattr(request, "user", None) or not request.user.is_authenticated:
        return {"sections": [], "current_section": None}
    sections = sections_for(request.user)
    here = request.path
    current = None
    for section in sections:
        for entry in section.entries:
            at_root = entry.url == "/"
            if here == entry.url or (not at_root and here.startswith(entry.url)):
                current = section
    return {"sections": sections, "current_section": current}
