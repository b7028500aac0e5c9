"""Where a request came from, through the proxies that the installation trusts."""

from __future__ import annotations

from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str | None:
    """Return the address of whoever sent the request; None if there is none.

    Every proxy adds its peer's address at the end of X-Forwarded-For. As many entries
    as there are trusted proxies are believed; what stands before them is whatever the
    sender wrote.
    """
    trusted = settings.ALLAUTH_TRUSTED_PROXY_COUNT
    header = request.headers.get("X-Forwarded-For", "")
    entries = [entry.strip() for entry in header.split(",") if entry.strip()]
    if trusted and entries:
        claimed = _valid(entries[-min(trusted, len(entries))])
        if claimed:
            return claimed
    return _valid(str(request.META.get("REMOTE_ADDR", "")))


def _valid(text: str) -> str | None:
    try:
        return str(ip_address(text))
    except ValueError:
        return None
