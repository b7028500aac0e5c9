"""What every page's frame needs."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from zhiyin.act.notices.queries import unread_count
from zhiyin.site.navigation import Entry, Section, sections_for


def frame(request: HttpRequest) -> dict[str, Any]:
    """Return the rail's sections, and the section and entry that are open."""
    if not getattr(request, "user", None) or not request.user.is_authenticated:
        return {"sections": []}
    sections = sections_for(request.user)
    best: tuple[int, Section | None, Entry | None] = (0, None, None)
    for section in sections:
        for entry in section.entries:
            for url in entry.urls:
                whole = request.path == url
                fits = whole or (url != "/" and request.path.startswith(url))
                if fits and len(url) > best[0]:
                    best = (len(url), section, entry)
    return {
        # Each in itself: who cannot read this page still finds her language.
        "languages": settings.LANGUAGES,
        "sections": sections,
        "rail_counts": {
            entry.url_name: entry.waiting(request.user)
            for section in sections
            for entry in section.entries
            if entry.waiting is not None
        },
        "current_section": best[1],
        "current_entry": best[2],
        # Asked of the database only where a page shows the bell.
        "unread_notices": partial(unread_count, request.user),
    }
