"""Errors in one shape: `application/problem+json` (RFC 9457).

`title` says what kind of fault it is, `detail` what was wrong with this call.
"""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

from django.http import HttpResponse

CONTENT_TYPE = "application/problem+json"


def problem(status: int, detail: str, **more: Any) -> HttpResponse:
    """Return an error in the one shape all errors have."""
    body = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        **more,
    }
    return HttpResponse(
        json.dumps(body, ensure_ascii=False),
        status=status,
        content_type=CONTENT_TYPE,
    )


def too_many(detail: str, seconds: int) -> HttpResponse:
    """Return that the caller should come back later, and when."""
    answer = problem(429, detail)
    answer["Retry-After"] = str(seconds)
    return answer
