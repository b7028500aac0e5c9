"""Doors of a view: who may open it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

_Rest = ParamSpec("_Rest")
_View = Callable[Concatenate[HttpRequest, _Rest], HttpResponse]


def permission_required(
    permission: str,
) -> Callable[[_View[_Rest]], _View[_Rest]]:
    """Let only people with this permission in; others get a page that says so."""

    def decorate(view: _View[_Rest]) -> _View[_Rest]:
        @wraps(view)
        def inner(
            request: HttpRequest,
            /,
            *args: _Rest.args,
            **kwargs: _Rest.kwargs,
        ) -> HttpResponse:
            may: Callable[[str], bool] = getattr(request.user, "may")  # noqa: B009
            if not may(permission):
                raise PermissionDenied(_("Your role does not include this page."))
            return view(request, *args, **kwargs)

        return login_required(inner)

    return decorate
