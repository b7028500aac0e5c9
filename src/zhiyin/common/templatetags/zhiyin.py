"""Template tags without a domain: icons, addresses with changed filters, numbers."""

from __future__ import annotations

from functools import cache
from typing import Any

from django import template
from django.contrib.staticfiles import finders
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


@cache
def _icon_source(name: str) -> str:
    path = finders.find(f"vendor/icons/{name}.svg")
    if path is None:
        return ""
    with open(path, encoding="utf-8") as file:  # noqa: PTH123
        return file.read()


@register.simple_tag
def icon(name: str, css: str = "") -> SafeString:
    """Return an icon of the bundled set as inline SVG, hidden from readers."""
    source = _icon_source(name)
    classes = f"icon {css}".strip()
    drawn = source.replace("<svg", f'<svg class="{classes}" aria-hidden="true"', 1)
    # The files come from the locked package in our own static folder.
    return mark_safe(drawn)  # noqa: S308


@register.simple_tag(takes_context=True)
def address_with(context: template.Context, **changes: Any) -> str:
    """Return this page's address with some query values changed.

    A value of None or "" removes the name; a list repeats it. The page number is
    dropped unless it is what changes.
    """
    query = context["request"].GET.copy()
    query.pop("page", None)
    for name, value in changes.items():
        if value in (None, ""):
            query.pop(name, None)
        elif isinstance(value, (list, tuple)):
            query.setlist(name, [str(each) for each in value])
        else:
            query[name] = str(value)
    text = query.urlencode()
    return f"?{text}" if text else context["request"].path


@register.simple_tag(takes_context=True)
def address_with_page(context: template.Context, number: int) -> str:
    """Return this page's address at another page of its list."""
    query = context["request"].GET.copy()
    query["page"] = str(number)
    return f"?{query.urlencode()}"
