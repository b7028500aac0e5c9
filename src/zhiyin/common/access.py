"""Doors of a view: who may open it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

_Rest = ParamSpec("_Rest")
# A view may declare a narrower request, one whose user is certainly a person.
_Request = TypeVar("_Request", bound=HttpRequest)
_Response = TypeVar("_Response", bound=HttpResponseBase)


def permission_required(
    permission: str,
) -> Callable[
    [Callable[Concatenate[_Request, _Rest], _Response]],
    Callable[Concatenate[_Request, _Rest], _Response],
]:
    """Let only people with this permission in; others get a page that says so."""

    def decorate(
        view: Callable[Concatenate[_Request, _Rest], _Response],
    ) -> Callable[Concatenate[_Request, _Rest], _Response]:
        @wraps(view)
        def inner(
            request: _Request,
            /,
            *args: _Rest.args,
            **kwargs: _Rest.kwargs,
        ) -> _Response:
            may: Callable[[str], bool] = getattr(request.user, "may")  # noqa: B009
            if not may(permission):
                raise PermissionDenied(_("Your role does not include this page."))
            return view(request, *args, **kwargs)

        return login_required(inner)

    return decorate
