"""Template tags without a domain: icons, addresses with changed filters, numbers."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from django import template
from django.contrib.staticfiles import finders
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe

from zhiyin.common.masking import mask_words

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


@register.simple_tag(takes_context=True)
def address_without(context: template.Context, *names: str) -> str:
    """Return this page's address without some query values."""
    query = context["request"].GET.copy()
    for name in (*names, "page", "pick"):
        query.pop(name, None)
    text = query.urlencode()
    return f"?{text}" if text else context["request"].path


@register.simple_tag(takes_context=True)
def hidden_query(context: template.Context, **options: str) -> SafeString:
    """Return hidden inputs for the query, so that a form keeps the other filters."""
    left_out = set(options.get("except", "").split(","))
    return format_html_join(
        "",
        '<input type="hidden" name="{}" value="{}">',
        (
            (name, value)
            for name, values in context["request"].GET.lists()
            if name not in left_out
            for value in values
        ),
    )


@register.filter
def masked(value: object) -> str:
    """Return somebody's words with numbers and mail addresses in them masked."""
    return mask_words(str(value)) if value else ""


@register.filter
def grouped(value: float | None) -> str:
    """Write a whole number with thin groups of thousands: 2,746."""
    return "–" if value is None else f"{value:,.0f}"


@register.filter
def item(known: Mapping[str, Any] | None, name: str) -> Any:
    """Return what a mapping holds under a name; nothing where it is not there."""
    return known.get(name) if known else None


@register.filter
def percent(value: float | None) -> str:
    """Write a share as a percentage: 0.581 gives 58.1%."""
    return "–" if value is None else f"{value * 100:.1f}%"


@register.filter
def unlocalized(value: float) -> str:
    """Write a number as CSS wants it, whatever the language."""
    return f"{value:.2f}"
