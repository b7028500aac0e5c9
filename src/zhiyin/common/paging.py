"""Pages of the API: where the next one is, told in a header as well (RFC 8288)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse


def link_to_next(
    request: HttpRequest,
    response: HttpResponse,
    **changed: str | int | None,
) -> None:
    """Name the next page's address in the Link header, unless there is none."""
    if not all(changed.values()):
        return
    query = request.GET.copy()
    for name, value in changed.items():
        query[name] = str(value)
    address = request.build_absolute_uri(f"{request.path}?{query.urlencode()}")
    response["Link"] = f'<{address}>; rel="next"'
